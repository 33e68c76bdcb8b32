"""How long units of work took lately."""

from __future__ import annotations

import threading
from collections import deque

from autocut_tray.core.clock import Clock

UNITS = 20
MAX_AGE = 600.0
"""The window that the control rules judge failures by: twenty units, none older than ten minutes."""


class TaskTimes:
    """A sliding window of units that ended well. Safe to use from several threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._ended: deque[tuple[float, float]] = deque(maxlen=UNITS)

    def add(self, seconds: float) -> None:
        """A unit took this long."""
        with self._lock:
            self._ended.append((self._clock.monotonic(), seconds))

    @property
    def mean(self) -> float | None:
        """Seconds of a unit; None when none ended lately."""
        oldest = self._clock.monotonic() - MAX_AGE
        with self._lock:
            while self._ended and self._ended[0][0] < oldest:
                self._ended.popleft()
            return sum(seconds for _, seconds in self._ended) / len(self._ended) if self._ended else None
