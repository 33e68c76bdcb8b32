"""Pieces that several delegates paint."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QTextLayout,
    QTextOption,
)

WEIGHT_STRONG = QFont.Weight.DemiBold


def font_of(base: QFont, px: int, *, strong: bool = False) -> QFont:
    font = QFont(base)
    font.setPixelSize(px)
    if strong:
        font.setWeight(WEIGHT_STRONG)
    return font


def rounded(area: QRectF, radius: float, *, top: bool = True, bottom: bool = True) -> QPainterPath:
    """A rectangle whose upper or lower corners are round."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addRoundedRect(area, radius, radius)
    if not top:
        path.addRect(QRectF(area.left(), area.top(), area.width(), radius))
    if not bottom:
        path.addRect(QRectF(area.left(), area.bottom() - radius, area.width(), radius))
    return path.simplified()


def draw_lines(
    painter: QPainter, area: QRect, text: str, font: QFont, colour: str, line_height: int, most: int
) -> int:
    """Wrapped text in at most ``most`` lines, the last one elided; returns how many were drawn."""
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout = QTextLayout(text, font)
    layout.setTextOption(option)
    painter.setPen(QColor(colour))
    painter.setFont(font)
    metrics = QFontMetrics(font)
    drop = (line_height - metrics.height()) / 2
    layout.beginLayout()
    drawn = 0
    while drawn < most:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(area.width())
        top = area.top() + drawn * line_height + drop
        rest = text[line.textStart() :]
        if drawn == most - 1 and line.textLength() < len(rest):
            elided = metrics.elidedText(rest.replace("\n", " "), Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(QPointF(area.left(), top + metrics.ascent()), elided)
        else:
            line.setPosition(QPointF(0, 0))
            line.draw(painter, QPointF(area.left(), top))
        drawn += 1
    layout.endLayout()
    return drawn


def draw_frame(
    painter: QPainter, area: QRectF, picture: QPixmap | None, ground: str, shape: QPainterPath
) -> None:
    """A picture centred in its box, never cropped; the box shows where there is none."""
    painter.save()
    painter.setClipPath(shape)
    painter.fillRect(area, QColor(ground))
    if picture is not None:
        size = picture.deviceIndependentSize()
        scaled = size.scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(QPointF(0, 0), scaled)
        target.moveCenter(area.center())
        if target.width() > area.width() - 2 and target.height() > area.height() - 2:
            target = area  # the same shape but for rounding
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(target, picture, QRectF(picture.rect()))
    painter.restore()


def draw_button(
    painter: QPainter,
    area: QRect,
    text: str,
    font: QFont,
    *,
    border: str | None,
    ground: str | None,
    colour: str,
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(border), 1) if border else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground) if ground else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    if text:
        painter.setPen(QColor(colour))
        painter.setFont(font)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def button_size(text: str, font: QFont, height: int, padding: int = 11) -> QSize:
    return QSize(QFontMetrics(font).horizontalAdvance(text) + 2 * padding, height)
