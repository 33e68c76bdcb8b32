"""Calls that may never return, kept from taking their caller along."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.frozen import frozen

T = TypeVar("T")


@frozen
class Ended(Generic[T]):
    """How a call ended: with ``value``, or with ``error``. ``seconds``: how long it took."""

    value: T | None
    error: Exception | None
    seconds: float


class Run(Generic[T]):
    """One call in a thread of its own."""

    def __init__(self, name: str, act: Callable[[CancelToken], T], clock: Clock) -> None:
        self._act = act
        self._clock = clock
        self._cancel = CancelToken()
        self._done = threading.Event()
        self._ended: Ended[T] | None = None
        self._started = clock.monotonic()
        # A daemon, because a call stuck in a driver can neither be interrupted nor awaited: exit must not hang on it.
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        try:
            self._thread.start()
        except RuntimeError as error:  # the system gives no more threads
            self._end(None, error)

    @property
    def over(self) -> bool:
        return self._done.is_set()

    def wait(self, timeout: float) -> Ended[T] | None:
        """What came out, or None when ``timeout`` seconds were not enough; then the call is asked to end."""
        self._clock.wait(self._done, max(timeout, 0.0))
        if not self._done.is_set():
            self._cancel.cancel()
            return None
        return self._ended

    def close(self, timeout: float) -> bool:
        """Ask the call to end and wait for that; False when it still runs after ``timeout`` seconds."""
        self._cancel.cancel()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        try:
            value = self._act(self._cancel)
        except Exception as error:  # noqa: BLE001 (handed to whoever waits)
            self._end(None, error)
        else:
            self._end(value, None)

    def _end(self, value: T | None, error: Exception | None) -> None:
        self._ended = Ended(value, error, self._clock.monotonic() - self._started)
        self._done.set()


class BoundedCall(Generic[T]):
    """The same call again and again, of which at most one is under way: a hung one is not joined by a second.

    To be used by one thread at a time.
    """

    def __init__(self, name: str, act: Callable[[CancelToken], T], clock: Clock) -> None:
        self._name = name
        self._act = act
        self._clock = clock
        self._run: Run[T] | None = None

    def start(self) -> Run[T] | None:
        """Begin a call; None while the last one has not ended."""
        if self._run is not None and not self._run.over:
            return None
        self._run = Run(self._name, self._act, self._clock)
        return self._run

    def close(self, timeout: float) -> bool:
        """Ask a call under way to end; False when it still runs after ``timeout`` seconds."""
        return self._run is None or self._run.close(timeout)
