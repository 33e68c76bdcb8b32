"""Mark and name at the head of the sidebar."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from autocut_tray.ui.theme.icons import app_pixmap
from autocut_tray.ui.widgets.layouts import row

SIDE_WIDTH = 200
NAME = "AutoCut Director"


class Brand(QWidget):
    """As high as the state strip beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(48)
        name = QLabel(NAME)
        name.setProperty("role", "strong")
        self.setLayout(row(_Mark(), name, None, spacing=10, margins=(8, 0, 8, 0)))


class _Mark(QWidget):
    _SIZE = 22

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._SIZE, self._SIZE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).drawPixmap(0, 0, app_pixmap(self._SIZE, self.devicePixelRatioF()))
