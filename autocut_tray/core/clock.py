"""Time as a collaborator, so that tests own it."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """What the core may know of time."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back. On Linux it stands still during suspend."""

    def time(self) -> float:
        """Seconds since the Unix epoch, as a person's clock shows them; may jump."""

    def wait(self, event: threading.Event, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds for ``event``; True when it was set."""


class SystemClock:
    """The machine's own clocks."""

    def monotonic(self) -> float:
        return time.monotonic()

    def time(self) -> float:
        return time.time()

    def wait(self, event: threading.Event, timeout: float) -> bool:
        return event.wait(timeout)
