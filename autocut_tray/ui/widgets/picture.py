"""One picture in a 16:9 box as wide as its place."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from autocut_tray.ui.context import UiContext
from autocut_tray.ui.thumbnails import Thumbnails
from autocut_tray.ui.widgets.paint import draw_frame, rounded


class Picture(QWidget):
    """Shows a thumbnail by its name, at the size of the widget."""

    def __init__(self, ctx: UiContext, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._ctx = ctx
        self._thumbnails = thumbnails
        self._name: str | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        thumbnails.arrived.connect(self.update)
        ctx.theme.changed.connect(self.update)

    def show_picture(self, name: str | None) -> None:
        self._name = name
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(width * 9 / 16)

    def sizeHint(self) -> QSize:
        return QSize(240, 135)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        ratio = self.devicePixelRatioF()
        picture = self._thumbnails.get(self._name, self.width(), ratio) if self._name else None
        draw_frame(painter, area, picture, self._ctx.theme.tokens.thumb, rounded(area, 6))
