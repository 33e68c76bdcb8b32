"""Time as a collaborator, so that tests own it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol


class Clock(Protocol):
    """What the core may know of time."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back. The time of a suspend is in it."""

    def time(self) -> float:
        """Seconds since the Unix epoch, as a person's clock shows them; may jump."""

    def wait(self, event: threading.Event, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds for ``event``; True when it was set."""


def _read_through_suspend() -> Callable[[], float]:
    """A steady clock that goes on while the machine sleeps, so that the next reading shows the gap. Python's own one
    stands still then on Linux and macOS; it does not on Windows."""
    names = {
        "linux": "CLOCK_BOOTTIME",
        "darwin": "CLOCK_MONOTONIC",
    }  # that of macOS counts sleep, that of Linux not
    number = getattr(time, names.get(sys.platform, ""), None)
    return time.monotonic if number is None else partial(time.clock_gettime, number)


class SystemClock:
    """The machine's own clocks."""

    _steady = staticmethod(_read_through_suspend())

    def monotonic(self) -> float:
        return self._steady()

    def time(self) -> float:
        return time.time()

    def wait(self, event: threading.Event, timeout: float) -> bool:
        return event.wait(timeout)
