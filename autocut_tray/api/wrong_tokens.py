"""Counts wrong tokens, and locks the door for a while after too many."""

from __future__ import annotations

import logging
from collections import deque

from autocut_tray.api.limits import Limits
from autocut_tray.core.clock import Clock

log = logging.getLogger(__name__)


class WrongTokens:
    """For the thread of the server's event loop only."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._wrong: deque[float] = deque(maxlen=limits.wrong_tokens)
        self._locked_until: float | None = None

    @property
    def seconds_locked(self) -> float:
        """How much longer nobody is let in; 0 while the door is open."""
        if self._locked_until is None:
            return 0.0
        left = self._locked_until - self._clock.monotonic()
        if left <= 0:
            self._locked_until = None
            self._wrong.clear()
            return 0.0
        return left

    def add(self) -> None:
        """One more. The token itself is never logged."""
        now = self._clock.monotonic()
        self._wrong.append(now)
        full = len(self._wrong) == self._limits.wrong_tokens
        if full and now - self._wrong[0] <= self._limits.wrong_window and self._locked_until is None:
            self._locked_until = now + self._limits.lock_seconds
            log.warning(
                "API: %d wrong tokens; locked for %.0f s",
                self._limits.wrong_tokens,
                self._limits.lock_seconds,
            )
