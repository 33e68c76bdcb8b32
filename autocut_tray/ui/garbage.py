"""Collects garbage in the thread of the desktop and in no other: Qt crashes when another one frees a widget."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from autocut_tray.core import garbage

PATIENCE_SECONDS = 1.0
"""How long another thread waits for the desktop's to collect; it does so later then."""


class _Request:
    def __init__(self) -> None:
        self.done = threading.Event()
        self.found: int | None = None


class GarbageRounds(QObject):
    """Made in the thread of the desktop, for as long as there may be widgets."""

    _asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._rounds = garbage.Rounds()
        self._settled = False
        self._thread = threading.get_ident()
        self._asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        self._end: Callable[[], None] = garbage.leave_to(self._collect)

    def look(self) -> None:
        """Now and then; costs next to nothing when there is little to do. The first time ends the start."""
        if not self._settled:
            self._settled = True
            self._rounds.settle()
        self._rounds.look()

    def close(self) -> None:
        """Python collects by itself again, in any thread."""
        if self._settled:
            gc.unfreeze()
        self._end()

    def _collect(self) -> int | None:
        if threading.get_ident() == self._thread:
            return self._rounds.everything()
        request = _Request()
        self._asked.emit(request)
        request.done.wait(PATIENCE_SECONDS)
        return request.found

    def _answer(self, request: _Request) -> None:
        request.found = self._rounds.everything()
        request.done.set()
