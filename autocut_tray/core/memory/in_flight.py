"""Bytes on their way from one step of the work to the next, as the tracker sees them."""

from __future__ import annotations

from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.release import ResourceKind


class BufferInFlight:
    """One buffer that is in use from its birth to :meth:`end`; ``bytes_`` are really there."""

    def __init__(self, tracker: ResourceTracker, name: str, bytes_: int) -> None:
        self._bytes = bytes_
        self._tracked = tracker.register(ResourceKind.TEMP_BUFFERS, name, self, bytes_=bytes_)
        tracker.change(self._tracked.id, touched=True, uses=1)

    def release(self, keep: float, *, compress: bool) -> None:
        """Nothing to do: it goes with the step that holds it, and an emergency ends that one."""

    def measure(self) -> int:
        return self._bytes

    def end(self) -> None:
        """It is gone; the second time does nothing."""
        self._bytes = 0
        self._tracked.forget()
