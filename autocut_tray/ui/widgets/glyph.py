"""A glyph as a widget."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from autocut_tray.ui.context import UiContext
from autocut_tray.ui.theme.icons import glyph_pixmap


class Glyph(QWidget):
    """``colour``: the name of a token. Says nothing to a screen reader: the word stands beside it."""

    def __init__(
        self, ctx: UiContext, name: str | None = None, colour: str = "text2", size: int = 16
    ) -> None:
        super().__init__()
        self._ctx = ctx
        self._name = name
        self._colour = colour
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        ctx.theme.changed.connect(self.update)
        if name is None:
            self.hide()

    def show_glyph(self, name: str | None, colour: str) -> None:
        """None hides it and gives its place away."""
        if (name, colour) != (self._name, self._colour):
            self._name, self._colour = name, colour
            self.update()
        self.setVisible(name is not None)

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._name is None:
            return
        colour = getattr(self._ctx.theme.tokens, self._colour)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, glyph_pixmap(self._name, colour, self._size, self.devicePixelRatioF()))
