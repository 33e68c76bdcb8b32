"""What nobody caught: written to the log once in a while, never a crash, never a flood.

The hooks replace Python's own (main thread, other threads, objects that fail while dying) and Qt's messages go to
the log. ``faulthandler`` writes the stacks of a real crash to :data:`CRASH_FILE`.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from autocut_tray.core.clock import Clock

log = logging.getLogger(__name__)
qt_log = logging.getLogger("qt")

CRASH_FILE = "crash.log"

SAME_PER_MINUTE, SAME_PER_HOUR = 1, 20
SAFE_MODE_ERRORS, SAFE_MODE_SECONDS = 50, 600.0

_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class ErrorLimit:
    """Decides which errors are worth a log entry: the same one once a minute and 20 times an hour.

    :attr:`flooded` turns true after more than 50 errors of any kind within 10 minutes and stays so.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._logged: dict[str, deque[float]] = {}
        self._all: deque[float] = deque(maxlen=SAFE_MODE_ERRORS + 1)
        self.flooded = False

    def admit(self, key: str) -> bool:
        now = self._clock.monotonic()
        with self._lock:
            self._all.append(now)
            if len(self._all) > SAFE_MODE_ERRORS and now - self._all[0] <= SAFE_MODE_SECONDS:
                self.flooded = True
            times = self._logged.setdefault(key, deque(maxlen=SAME_PER_HOUR))
            if times and now - times[-1] < 60 / SAME_PER_MINUTE:
                return False
            if len(times) == SAME_PER_HOUR and now - times[0] < 3600:
                return False
            times.append(now)
            return True


class FaultHooks:
    """Installed for the life of the program; :meth:`close` puts back what was there before."""

    def __init__(
        self, clock: Clock, logs: Path | None, on_memory_error: Callable[[], None] = lambda: None
    ) -> None:
        """``logs``: where the stacks of a crash go; None: nowhere. ``on_memory_error``: a handler or a thread got no
        memory."""
        self.limit = ErrorLimit(clock)
        self._on_memory_error = on_memory_error
        self._crash_file = self._open_crash_file(logs)
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        sys.unraisablehook = self._unraisable
        qInstallMessageHandler(qt_message)

    def close(self) -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        qInstallMessageHandler(None)
        if self._crash_file is not None:
            faulthandler.disable()
            self._crash_file.close()
            self._crash_file = None

    def _open_crash_file(self, logs: Path | None) -> IO[str] | None:
        if logs is None:
            return None
        try:
            logs.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = (logs / CRASH_FILE).open("a", encoding="utf-8")
        except OSError as error:
            log.warning("Stacks of a crash cannot be kept: %s", error)
            return None
        faulthandler.enable(file)
        return file

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, MemoryError):
            self._on_memory_error()
        self._report("Uncaught error", kind, error, trace)

    def _uncaught_in_thread(self, given: threading.ExceptHookArgs) -> None:
        if issubclass(given.exc_type, MemoryError):
            self._on_memory_error()
        if given.exc_type is not SystemExit:
            name = given.thread.name if given.thread else "?"
            self._report(
                f"Uncaught error in thread {name}", given.exc_type, given.exc_value, given.exc_traceback
            )

    def _unraisable(self, given: sys.UnraisableHookArgs) -> None:
        where = f"Error in {given.object!r}"
        self._report(where, given.exc_type, given.exc_value, given.exc_traceback)

    def _report(
        self,
        where: str,
        kind: type[BaseException],
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        place = trace
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        key = (
            f"{kind.__name__}@{place.tb_frame.f_code.co_filename}:{place.tb_lineno}"
            if place
            else kind.__name__
        )
        if self.limit.admit(key):
            log.error("%s", where, exc_info=(kind, error, trace) if error is not None else None)


def qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Qt's own words, to the log."""
    category = context.category or "default"
    qt_log.log(_QT_LEVELS.get(kind, logging.WARNING), "%s: %s", category, text)
