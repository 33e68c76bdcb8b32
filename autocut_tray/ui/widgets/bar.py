"""The 4 px bar, painted: a style sheet's chunk loses its radius when it is narrow."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from autocut_tray.ui.context import UiContext
from autocut_tray.ui.theme.tokens import Tokens

HEIGHT = 4


def paint_bar(painter: QPainter, area: QRectF, share: float, tokens: Tokens, colour: str = "accent") -> None:
    """``share``: 0-1 of ``area`` that is full; ``colour``: the name of a token."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.track))
    painter.drawRoundedRect(area, HEIGHT / 2, HEIGHT / 2)
    if share > 0:
        full = QRectF(area)
        full.setWidth(max(float(HEIGHT), area.width() * min(share, 1.0)))
        painter.setBrush(QColor(getattr(tokens, colour)))
        painter.drawRoundedRect(full, HEIGHT / 2, HEIGHT / 2)


class Bar(QWidget):
    """Progress of something whose end is known; jumps to its value."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._share = 0.0
        self.setMinimumWidth(80)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        ctx.theme.changed.connect(self.update)

    @property
    def share(self) -> float:
        return self._share

    def set_share(self, share: float) -> None:
        """0-1 of the whole."""
        if share != self._share:
            self._share = share
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_bar(painter, QRectF(self.rect()), self._share, self._ctx.theme.tokens)
