"""Builds the services beside the running event loop: the icon is up long before they are.

What it calls must not touch Qt, not even import it: PySide makes its types when they are first touched, and two
threads doing so at once crash.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from autocut_tray.core.errors import AutoCutError

if TYPE_CHECKING:
    from autocut_tray.bootstrap import Services

log = logging.getLogger(__name__)


class Loader(QObject):
    """``ready`` carries the services, ``failed`` the exception; in the GUI thread."""

    ready = Signal(object)
    failed = Signal(object)
    _done = Signal(object, object)

    def __init__(self, build: Callable[[], Services]) -> None:
        super().__init__()
        self._build = build
        self._thread: threading.Thread | None = None
        self._dropped = False
        self._lock = threading.Lock()
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="build services")
        self._thread.start()

    def drop(self, timeout: float) -> bool:
        """Nobody wants them any more: what is built late is closed at once. False when that takes too long."""
        with self._lock:
            self._dropped = True
        if self._thread is not None:
            self._thread.join(timeout)
            return not self._thread.is_alive()
        return True

    def _work(self) -> None:
        services: Services | None = None
        error: Exception | None = None
        try:
            services = self._build()
        except Exception as problem:
            # A defect must be in the log that the window then points to; what has words of its own need not.
            level = logging.INFO if isinstance(problem, AutoCutError) else logging.ERROR
            log.log(level, "Services could not be built", exc_info=True)
            error = problem
        with self._lock:
            if not self._dropped:
                self._done.emit(services, error)
                return
        if services is not None:
            services.close()

    def _deliver(self, services: Services | None, error: Exception | None) -> None:
        if self._thread is not None:
            self._thread.join()
        if error is not None:
            self.failed.emit(error)
        else:
            self.ready.emit(services)
