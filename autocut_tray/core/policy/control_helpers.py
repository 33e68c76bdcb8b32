"""The controller's threads for what may block: one of each name at a time, all joined at the end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class Helpers:
    """Safe to use from several threads. Its lock is held only while a thread is begun, never while one works."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._shut = False

    @property
    def alive(self) -> tuple[threading.Thread, ...]:
        """Those at work."""
        with self._lock:
            return tuple(thread for thread in self._threads if thread.is_alive())

    def start(self, name: str, work: Callable[[], None], *, alone: bool = True) -> bool:
        """Have ``work`` done; False when it is not begun: after :meth:`shut`, while the system has no thread to give,
        or (``alone``) because one of this name is at it."""
        thread = threading.Thread(target=work, name=name)
        with self._lock:
            self._threads = [known for known in self._threads if known.is_alive()]
            if self._shut or (alone and any(known.name == name for known in self._threads)):
                return False
            try:
                thread.start()
            except RuntimeError as error:
                log.warning("No thread for %s: %s", name, error)
                return False
            self._threads.append(thread)
        return True

    def shut(self) -> None:
        """Begin nothing more."""
        with self._lock:
            self._shut = True

    def join(self) -> None:
        """Returns when all have ended."""
        for thread in self.alive:
            thread.join()
