"""Waiting for memory that was given back to really come back."""

from __future__ import annotations

from collections.abc import Callable

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import Cancelled


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
