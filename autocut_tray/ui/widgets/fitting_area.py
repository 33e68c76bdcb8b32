"""A part of a page that scrolls only when it has to."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from autocut_tray.ui.context import UiContext


class FittingArea(QScrollArea):
    """As high as its content while there is room, scrolling when there is not; ``least``: px that it keeps."""

    def __init__(self, ctx: UiContext, body: QWidget, code: str) -> None:
        """``code``: the text that names it to those who do not see it; keys scroll it."""
        super().__init__()
        self._ctx = ctx
        self._code = code
        self.least = 120
        self._body = body
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(body)
        self.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        ctx.language_changed.connect(self._retranslate)
        self._retranslate()
        self.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }")

    def _retranslate(self) -> None:
        self.setAccessibleName(self._ctx.t(self._code))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        body = self._body
        width = max(self.viewport().width(), 200)
        layout = body.layout()
        height = (
            layout.totalHeightForWidth(width)
            if layout and layout.hasHeightForWidth()
            else body.sizeHint().height()
        )
        return QSize(width, height)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, min(self.least, self.sizeHint().height()))
