"""Telling of what changes fast: not too often, and always the last of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from autocut_tray.core.clock import Clock

T = TypeVar("T")


class Throttle(Generic[T]):
    """Passes values on at most every ``seconds``. One that came too early is passed on when its time has come, unless
    a newer one has taken its place.

    ``tell`` is called by the thread that gives a value or by one of this object's own, never by both at once, and
    always with a newer value than before; it must not call back into this object.
    """

    def __init__(self, tell: Callable[[T], None], clock: Clock, seconds: float, name: str) -> None:
        self._tell = tell
        self._clock = clock
        self._seconds = seconds
        self._name = name
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._held: tuple[T, ...] = ()
        self._told = float("-inf")
        self._thread: threading.Thread | None = None

    def put(self, value: T, *, at_once: bool = False) -> None:
        """Tell of ``value``, now when it is time or ``at_once``, else later; nothing after :meth:`close`."""
        with self._changed:
            if self._closed.is_set():
                return
            self._held = (value,)
            if at_once or self._due_in() <= 0:
                self._release()
                return
            if self._thread is None:  # most values have nothing to wait for
                self._thread = threading.Thread(target=self._run, name=self._name)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Returns when nothing is told any more. What is still held is dropped: whoever closes says how it ended."""
        with self._changed:
            self._closed.set()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._held or self._closed.is_set())
                wait = self._due_in()
            if self._clock.wait(self._closed, max(0.0, wait)):
                return
            with self._changed:
                if self._held and self._due_in() <= 0:
                    self._release()

    def _due_in(self) -> float:
        return self._told + self._seconds - self._clock.monotonic()

    def _release(self) -> None:
        (value,), self._held = self._held, ()
        self._told = self._clock.monotonic()
        self._tell(value)
