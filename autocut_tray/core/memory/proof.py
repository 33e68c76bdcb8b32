"""Whether memory that was given back really came back."""

from __future__ import annotations

from collections.abc import Callable

import psutil

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import Cancelled
from autocut_tray.core.release import MachineMemory


def wait_for_effect(
    arrived: Callable[[float], bool], clock: Clock, cancel: CancelToken, *, limit: float, poll: float
) -> float:
    """Ask ``arrived``, which gets the seconds passed, every ``poll`` seconds until it says yes or ``limit`` seconds
    are over; returns the seconds that took. Raises Cancelled."""
    begun = clock.monotonic()
    while True:
        seconds = clock.monotonic() - begun
        if arrived(seconds) or seconds >= limit:
            return seconds
        if clock.wait(cancel.event, poll):
            raise Cancelled


def measure_memory(vram_used: int | None) -> MachineMemory:
    """The figures of now. ``vram_used``: bytes, from whoever reads the card."""
    try:
        own = int(psutil.Process().memory_info().rss)
    except (psutil.Error, OSError):
        own = None
    try:
        available = int(psutil.virtual_memory().available)
    except (OSError, RuntimeError):
        available = None
    return MachineMemory(available, vram_used, own)
