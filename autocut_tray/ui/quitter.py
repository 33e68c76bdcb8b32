"""The end, in stages: what is seen goes first, then the services; never longer than four seconds."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal

log = logging.getLogger(__name__)

LIMIT_MS = 4000


class Quitter(QObject):
    """Runs ``close`` in a thread while the event loop still turns, then ends the loop with ``code``.

    A service that does not end in time must not keep a program alive that has no window any more: the process then
    ends on the spot, with the same code.
    """

    _closed = Signal()

    def __init__(
        self,
        leave: Callable[[int], object] = QCoreApplication.exit,
        die: Callable[[int], object] = os._exit,
        limit_ms: int = LIMIT_MS,
    ) -> None:
        """``leave`` ends the event loop, ``die`` the process."""
        super().__init__()
        self._leave = leave
        self._die = die
        self._code = 0
        self._thread: threading.Thread | None = None
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.setInterval(limit_ms)
        self._limit.timeout.connect(self._too_long)
        self._closed.connect(self._end, Qt.ConnectionType.QueuedConnection)

    @property
    def begun(self) -> bool:
        return self._thread is not None

    def begin(self, close: Callable[[], None], code: int) -> None:
        """Once; later calls change nothing."""
        if self._thread is not None:
            return
        self._code = code
        self._limit.start()
        self._thread = threading.Thread(target=self._work, args=(close,), name="close services")
        self._thread.start()

    def _work(self, close: Callable[[], None]) -> None:
        try:
            close()
        except Exception:
            log.exception("Closing failed")
        self._closed.emit()

    def _end(self) -> None:
        self._limit.stop()
        if self._thread is not None:
            self._thread.join()
        self._leave(self._code)

    def _too_long(self) -> None:
        log.error("Services did not end in %d ms; the process ends now", LIMIT_MS)
        logging.shutdown()
        self._die(self._code)
