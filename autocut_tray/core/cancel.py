"""Cancellation that reaches blocking calls."""

from __future__ import annotations

import threading
from collections.abc import Callable

from autocut_tray.core.errors import Cancelled


class CancelToken:
    """Set once, by whoever wants the work to end; callbacks unblock what waits (a socket, a process).

    Callbacks run in the cancelling thread, at most once each, and must not raise.
    """

    __slots__ = ("_callbacks", "_event", "_lock")

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    @property
    def event(self) -> threading.Event:
        """For waiting through a :class:`~autocut_tray.core.clock.Clock`."""
        return self._event

    def cancel(self) -> None:
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` on cancellation (at once if that was before); returns what takes it back."""
        with self._lock:
            if not self._event.is_set():
                self._callbacks.append(callback)
                return lambda: self._forget(callback)
        callback()
        return lambda: None

    def _forget(self, callback: Callable[[], None]) -> None:
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

    def raise_if_cancelled(self) -> None:
        """Raise :class:`Cancelled` when the work should end."""
        if self._event.is_set():
            raise Cancelled
