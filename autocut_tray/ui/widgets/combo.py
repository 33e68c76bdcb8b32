"""A drop-down whose arrow is a glyph, and which does not turn when a page is scrolled over it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox

from autocut_tray.ui.context import UiContext
from autocut_tray.ui.theme.icons import glyph_pixmap


class Combo(QComboBox):
    """Values are the items' data."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        ctx.theme.changed.connect(self.update)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        tokens = self._ctx.theme.tokens
        colour = tokens.text2 if self.isEnabled() else tokens.text3
        mark = glyph_pixmap("chevron-down", colour, 16, self.devicePixelRatioF())
        QPainter(self).drawPixmap(self.width() - 26, (self.height() - 16) // 2, mark)
