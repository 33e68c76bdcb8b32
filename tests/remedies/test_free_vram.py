"""VRAM given back is proven, or it is said who holds it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import BackendError, Cancelled
from autocut_tray.core.memory.residency import Resident
from autocut_tray.core.remedies.free_vram import PROOF_SECONDS, Freed, free_vram, say
from autocut_tray.core.runtime.profile import Backend
from tests.remedies.conftest import HookedClock, error_in_words, in_words

GIB = 2**30
MOONDREAM = Resident(Backend.OLLAMA, "moondream:latest", "moondream:latest", 2 * GIB)
QWEN = Resident(Backend.OLLAMA, "qwen2.5:14b", "qwen2.5:14b", 9 * GIB)
STUDIO = Resident(Backend.LMSTUDIO, "tiny-vlm", "tiny-vlm", None)


class Card:
    """A card and a server: what the server holds leaves after ``delay`` seconds, but for ``kept`` bytes."""

    def __init__(self, *held: Resident, ours: Sequence[Resident], delay: float = 0.6, kept: int = 0) -> None:
        self.clock = HookedClock()
        self.cancel = CancelToken()
        self.held = held
        self.ours = tuple(ours)
        self.delay = delay
        self.kept = kept
        self.asked: float | None = None
        self.silent = False
        self.measured = True

    def unload(self) -> tuple[Resident, ...]:
        self.asked = self.clock.monotonic()
        return self.ours

    @property
    def _gone(self) -> bool:
        return self.asked is not None and self.clock.monotonic() - self.asked >= self.delay

    def loaded(self, backend: Backend) -> tuple[Resident, ...] | None:
        if self.silent:
            return None
        return tuple(r for r in self.held if r.backend is backend and not (self._gone and r in self.ours))

    def used(self) -> int | None:
        if not self.measured:
            return None
        total = GIB + sum(resident.vram_bytes or 3 * GIB for resident in self.held)
        ours = sum(resident.vram_bytes or 3 * GIB for resident in self.ours)
        return total - (ours - self.kept if self._gone else 0)

    def free(self, backend: Backend = Backend.OLLAMA) -> Freed:
        return free_vram(
            backend,
            unload=self.unload,
            loaded=self.loaded,
            vram_used=self.used,
            clock=self.clock,
            cancel=self.cancel,
        )

    def failure(self) -> str:
        with pytest.raises(BackendError) as raised:
            self.free()
        return raised.value.code + ": " + error_in_words(raised.value)


def test_all_came_back() -> None:
    freed = Card(MOONDREAM, QWEN, ours=[MOONDREAM]).free()
    assert (freed.freed_bytes, freed.held_bytes, freed.still) == (2 * GIB, 2 * GIB, (QWEN,))
    assert 0.6 <= freed.seconds <= 1.0
    assert in_words(say(Backend.OLLAMA, freed)) == "Freed 2.0 GB of 2.0 GB in 0.8 s."


def test_the_server_says_so_but_the_card_does_not() -> None:
    freed = Card(MOONDREAM, ours=[MOONDREAM], kept=GIB).free()
    assert freed.seconds == PROOF_SECONDS
    assert in_words(say(Backend.OLLAMA, freed)) == "Freed 1.0 GB of 2.0 GB. Another program took the rest."


def test_the_server_holds_on() -> None:
    freed = Card(MOONDREAM, QWEN, ours=[MOONDREAM], delay=60).free()
    assert freed.seconds == PROOF_SECONDS
    assert in_words(say(Backend.OLLAMA, freed)) == "Freed 0 MB of 2.0 GB. Ollama still holds 11.0 GB."


def test_without_a_reading_of_the_card_the_server_is_believed() -> None:
    card = Card(MOONDREAM, ours=[MOONDREAM])
    card.measured = False
    assert card.free().freed_bytes == 2 * GIB


def test_a_server_that_names_no_sizes() -> None:
    freed = Card(STUDIO, ours=[STUDIO]).free(Backend.LMSTUDIO)
    assert (freed.freed_bytes, freed.held_bytes) == (3 * GIB, None)
    assert in_words(say(Backend.LMSTUDIO, freed)) == "Freed 3.0 GB of 3.0 GB in 0.8 s."
    card = Card(STUDIO, ours=[STUDIO])
    card.measured = False
    assert "cannot be measured" in in_words(say(Backend.LMSTUDIO, card.free(Backend.LMSTUDIO)))


def test_what_others_loaded_stays_and_is_named() -> None:
    said = Card(MOONDREAM, QWEN, ours=[]).failure()
    assert said.startswith("free_nothing_ours") and "Moondream 2 / qwen2.5:14b" in said


def test_a_server_that_does_not_answer() -> None:
    card = Card(MOONDREAM, ours=[])
    card.silent = True
    assert card.failure().startswith("free_no_answer")
    card.ours = (MOONDREAM,)
    assert card.free().seconds == PROOF_SECONDS  # not proven, so it was waited for


def test_cancelled() -> None:
    card = Card(MOONDREAM, ours=[MOONDREAM])
    card.clock.meanwhile = card.cancel.cancel
    with pytest.raises(Cancelled):
        card.free()
