"""Giving VRAM back, with proof: what the server says it let go, and what the card says is free."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.frozen import frozen
from autocut_tray.core.memory.proof import wait_for_effect
from autocut_tray.core.memory.residency import Resident
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy import models
from autocut_tray.core.quantities import size
from autocut_tray.core.remedies.failures import failure
from autocut_tray.core.runtime.explain import LIST_SEPARATOR, SERVER_TITLES
from autocut_tray.core.runtime.profile import Backend

PROOF_SECONDS = 5.0
"""A server answers at once and drops the model when its last request ends; the driver follows within a second."""
POLL_SECONDS = 0.25
ENOUGH = 0.8
"""Share of what the models held that must be free on the card: other programs take and give meanwhile."""


@frozen
class Freed:
    """The proof. Bytes; None where neither the server nor the card says it. ``still``: models still loaded there."""

    freed_bytes: int | None
    held_bytes: int | None
    seconds: float
    still: tuple[Resident, ...]

    @property
    def complete(self) -> bool:
        if self.freed_bytes is None or not self.held_bytes:
            return True
        return self.freed_bytes >= ENOUGH * self.held_bytes


def free_vram(
    backend: Backend,
    *,
    unload: Callable[[], Sequence[Resident]],
    loaded: Callable[[Backend], Sequence[Resident] | None],
    vram_used: Callable[[], int | None],
    clock: Clock,
    cancel: CancelToken,
) -> Freed:
    """Unload our models from ``backend`` and look for up to :data:`PROOF_SECONDS` whether the memory came back.

    ``unload`` asks the servers to let our models go and returns those asked for; ``loaded`` lists what a server
    holds, None when it does not say; ``vram_used`` is the card's own figure in bytes. Raises BackendError and
    Cancelled.
    """
    title = SERVER_TITLES[backend]
    used_before = vram_used()
    asked = [resident for resident in unload() if resident.backend is backend]
    if not asked:
        present = loaded(backend)
        if present is None:
            raise failure("free_no_answer", server=title)
        raise failure("free_nothing_ours", server=title, holders=_names(present))
    held = _sum(asked)
    handles = {resident.handle for resident in asked}
    proof = [Freed(None, held, 0.0, ())]

    def arrived(seconds: float) -> bool:
        present = loaded(backend)
        still = tuple(present or ())
        ours_left = [resident for resident in still if resident.handle in handles]
        released = None if held is None or present is None else max(0, held - (_sum(ours_left) or 0))
        proof[0] = Freed(_proven(used_before, vram_used(), released), held, seconds, still)
        return present is not None and not ours_left and proof[0].complete

    wait_for_effect(arrived, clock, cancel, limit=PROOF_SECONDS, poll=POLL_SECONDS)
    return proof[0]


def say(backend: Backend, freed: Freed) -> Message:
    """What came back, of how much, and who holds the rest."""
    seconds = f"{freed.seconds:.1f}"
    if freed.freed_bytes is None:
        return message("remedy-freed-unmeasured", server=SERVER_TITLES[backend], seconds=seconds)
    held = max(freed.held_bytes or 0, freed.freed_bytes)
    amounts = {"freed": size(freed.freed_bytes), "held": size(held)}
    if freed.complete:
        return message("remedy-freed", seconds=seconds, **amounts)
    rest = _sum(freed.still)
    if rest:
        server = SERVER_TITLES[backend]
        return message("remedy-freed-part", server=server, rest=size(rest), **amounts)
    return message("remedy-freed-taken", **amounts)


def _proven(before: int | None, now: int | None, released: int | None) -> int | None:
    """The card's own figure where there is one; else the server's word."""
    if before is None or now is None:
        return released
    return max(0, before - now)


def _sum(residents: Sequence[Resident]) -> int | None:
    known = [resident.vram_bytes for resident in residents if resident.vram_bytes is not None]
    return sum(known) if known else None


def _names(residents: Sequence[Resident]) -> str:
    return LIST_SEPARATOR.join(dict.fromkeys(models.title(resident.model) for resident in residents)) or "–"
