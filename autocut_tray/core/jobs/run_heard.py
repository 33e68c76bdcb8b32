"""What is heard and said in scenes, until it is stored: many at a time, or at once when memory is short."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from autocut_tray.core.errors import StorageError
from autocut_tray.core.footage import SceneSound, SceneWords
from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.release import ResourceKind

log = logging.getLogger(__name__)

T = TypeVar("T", bound=SceneSound | SceneWords)


class Unsaved(Generic[T]):
    """Collects what one run found of one kind; ``store`` writes it down, and may raise StorageError.

    ``tracker``: knows it as something that can be given back at any time, which is done by storing it. Safe to use
    from several threads.
    """

    def __init__(
        self,
        kind: ResourceKind,
        name: str,
        store: Callable[[list[T]], None],
        tracker: ResourceTracker | None,
    ) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._saving = (
            threading.Lock()
        )  # held until it is on the disk: whoever saves next knows that it is there
        self._found: list[T] = []
        self._bytes = 0
        self._tracked = tracker.register(kind, name, self) if tracker is not None else None

    def add(self, one: T) -> None:
        with self._lock:
            self._found.append(one)
            self._bytes += _size(one)
            self._tell(self._bytes)
        if self._tracked is not None:
            self._tracked.touch()

    def save(self) -> None:
        """Returns when all of it is stored. Raises StorageError, and keeps it then."""
        with self._saving:
            with self._lock:
                found, self._found = self._found, []
            if not found:
                return
            try:
                self._store(found)
            except StorageError:
                with self._lock:
                    self._found = [*found, *self._found]
                raise
            with self._lock:
                self._bytes -= sum(map(_size, found))
                self._tell(self._bytes)

    def release(self, keep: float, *, compress: bool) -> None:
        """All of it goes to the disk: nothing has to be found again."""
        try:
            self.save()
        except StorageError as error:
            log.warning("What was found is not stored yet: %s", error)

    def measure(self) -> int:
        with self._lock:
            return self._bytes

    def end(self) -> None:
        """The run is over."""
        if self._tracked is not None:
            self._tracked.forget()

    def _tell(self, bytes_: int) -> None:
        if self._tracked is not None:
            self._tracked.resize(bytes_)


def _size(one: SceneSound | SceneWords) -> int:
    content = one.sound if isinstance(one, SceneSound) else one.text
    return sys.getsizeof(one) + sys.getsizeof(content)
