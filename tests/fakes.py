"""Collaborators that tests own: time, first of all."""

from __future__ import annotations

import threading


class FakeClock:
    """A clock that moves only when told; ``wait`` moves it by the time-out and never blocks."""

    def __init__(self, start: float = 0.0, epoch: float = 1_790_000_000.0) -> None:
        self._monotonic = start
        self._epoch = epoch - start
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self._monotonic

    def time(self) -> float:
        return self._epoch + self._monotonic

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._monotonic += seconds

    def shift_wall_clock(self, seconds: float) -> None:
        self._epoch += seconds

    def wait(self, event: threading.Event, timeout: float) -> bool:
        if event.is_set():
            return True
        self.advance(timeout)
        return event.is_set()


class FakeEntry:
    """The system's entry for starting with the computer; ``error`` is its refusal."""

    def __init__(self, error: OSError | None = None) -> None:
        self.calls: list[str] = []
        self.error = error

    def _note(self, name: str) -> None:
        self.calls.append(name)
        if self.error is not None:
            raise self.error

    def write(self) -> None:
        self._note("write")

    def refresh(self) -> None:
        self._note("refresh")

    def remove(self) -> None:
        self._note("remove")
