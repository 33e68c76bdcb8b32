"""The 4 px bar, painted: a style sheet's chunk loses its radius when it is narrow."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

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
