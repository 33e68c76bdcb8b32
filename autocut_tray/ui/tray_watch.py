"""Whether this desktop has a tray, asked again every 10 s: one may come late, or go."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

POLL_MS = 10_000


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
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.poll)
        self._timer.start()

    def poll(self) -> None:
        available = self._ask()
        if available != self.available:
            self.available = available
            self.changed.emit(available)
        self.polled.emit()

    def stop(self) -> None:
        self._timer.stop()
