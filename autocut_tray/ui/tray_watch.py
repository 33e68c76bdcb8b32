"""Whether this desktop has a tray, asked again now and then: one may come late, or go."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

ABSENT_MS = 10_000
PRESENT_MS = 20_000
"""A tray that is there hardly ever goes, and each question wakes this program and another one."""


class TrayWatch(QObject):
    """``changed`` carries whether there is a tray now; ``polled`` comes every time, for whatever else may be that
    old: one timer that wakes the processor is enough."""

    changed = Signal(bool)
    polled = Signal()

    def __init__(self, ask: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable) -> None:
        super().__init__()
        self._ask = ask
        self.available = ask()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._set_pace()
        self._timer.timeout.connect(self.poll)
        self._timer.start()

    def poll(self) -> None:
        available = self._ask()
        if available != self.available:
            self.available = available
            self._set_pace()
            self.changed.emit(available)
        self.polled.emit()

    def _set_pace(self) -> None:
        self._timer.setInterval(PRESENT_MS if self.available else ABSENT_MS)

    def stop(self) -> None:
        self._timer.stop()
