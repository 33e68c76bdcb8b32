"""Who held the memory that ran short, and who of them is to blame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from autocut_tray.core.policy.governor_types import Cause
from autocut_tray.core.receipt import HeldBy, HeldMemory, Holders
from autocut_tray.core.runtime.explain import SERVER_TITLES
from autocut_tray.core.sample import MetricsSample, program_title

RAM_CAUSES = frozenset({Cause.RAM, Cause.MEMORY, Cause.MEMORY_ERROR, Cause.EMERGENCY})
VRAM_CAUSES = frozenset({Cause.VRAM, Cause.EDITOR, Cause.FAILURES, Cause.SLOW})

_NAMED = 3
"""How many are named at most: who holds little explains little."""


def holders_at(
    cause: Cause, metrics: MetricsSample | None, ram_holders: Callable[[], Sequence[HeldBy]]
) -> Holders | None:
    """Of the memory that this cause is about; None for a cause that is about none, and where nobody can be named."""
    if metrics is None:
        return None
    if cause in VRAM_CAUSES:
        named = titled((one.title, one.vram_mib) for one in metrics.vram_holders)
        return _holders(HeldMemory.VRAM, named, metrics.vram_used)
    if cause in RAM_CAUSES:
        return _holders(HeldMemory.RAM, ram_holders(), metrics.ram_used)
    return None


def titled(found: Iterable[tuple[str, int]]) -> tuple[HeldBy, ...]:
    """Programs with what their processes hold together in MiB, largest first."""
    sums: dict[str, int] = {}
    for title, mib in found:
        sums[title] = sums.get(title, 0) + mib
    return tuple(HeldBy(title, mib) for title, mib in sorted(sums.items(), key=lambda one: (-one[1], one[0])))


def ram_holders() -> tuple[HeldBy, ...]:
    """The programs that hold the most RAM now. Looks at every process: for when memory ran short."""
    from autocut_tray.core.runtime.probes.ram_holders import ram_by_process  # late: no start needs it

    return titled((program_title(name), mib) for name, mib in ram_by_process())


def culprit(programs: Sequence[HeldBy]) -> HeldBy | None:
    """The largest that is not the server of our own models; with servers alone, the largest of them."""
    others = [one for one in programs if one.name not in SERVER_TITLES.values()]
    return max(others or programs, key=lambda one: one.mib, default=None)


def _holders(memory: HeldMemory, programs: Sequence[HeldBy], used: int | None) -> Holders | None:
    if not programs:
        return None
    named = tuple(programs[:_NAMED])
    rest = None if used is None else max(0, used - sum(one.mib for one in named))
    return Holders(memory, named, rest)
