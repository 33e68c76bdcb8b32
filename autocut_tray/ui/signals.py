"""SIGTERM, SIGINT and SIGHUP as an orderly end, without a timer that wakes the processor."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier

_HANDLED = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)


class ExitSignals(QObject):
    """Calls ``ask`` in the GUI thread at the first signal; a second one ends the process at once.

    Python's handlers run only between bytecodes, and Qt's loop is not bytecode: so the interpreter writes each
    signal to a socket that Qt watches.
    """

    def __init__(self, ask: Callable[[], None], now: Callable[[int], object] = os._exit) -> None:
        super().__init__()
        self._ask = ask
        self._now = now
        self._count = 0
        self._theirs, self._mine = socket.socketpair()
        self._theirs.setblocking(False)
        self._mine.setblocking(False)
        self._before = {number: signal.signal(number, self._handle) for number in _HANDLED}
        self._wakeup_before = signal.set_wakeup_fd(self._theirs.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._mine.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)

    def close(self) -> None:
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._theirs.close()
        self._mine.close()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self._count += 1
        if self._count > 1:
            self._now(128 + number)

    def _woken(self) -> None:
        # Reading runs bytecode, so Python's handler has been called by the time recv returns.
        with contextlib.suppress(BlockingIOError):
            self._mine.recv(64)
        if self._count:
            self._ask()
