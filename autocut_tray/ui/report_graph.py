"""The curves of a printed report: bands over one time axis, with limits and what changed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF

from autocut_tray.core.report.paper import Band, Graph
from autocut_tray.ui.theme.tokens import LIGHT

_BAND, _AXIS, _NOTE = 78.0, 22.0, 20.0
_NAMES = 108.0
"""Left of the curves."""
_PAD = 10.0
_SHADE_ALPHA = 44
_GAPS = 1.5
"""A curve breaks where more than so many of its points are missing in a row."""

_MARKS = {"down": LIGHT.warn, "up": LIGHT.ok, "octagon": LIGHT.crit}


def graph_height(graph: Graph) -> float:
    return len(graph.bands) * _BAND + _AXIS + _NOTE


def draw_graph(painter: QPainter, graph: Graph, frame: QRectF, font: QFont) -> None:
    painter.save()
    painter.setFont(font)
    plot = QRectF(frame.x() + _NAMES, frame.y(), frame.width() - _NAMES, len(graph.bands) * _BAND)
    painter.setPen(QPen(QColor(LIGHT.line), 0.75))
    painter.drawRect(plot)
    for number, band in enumerate(graph.bands):
        box = QRectF(plot.x(), plot.y() + number * _BAND, plot.width(), _BAND)
        if number:
            painter.setPen(QPen(QColor(LIGHT.line), 0.75))
            painter.drawLine(QPointF(frame.x(), box.y()), box.topRight())
        _names(painter, band, QRectF(frame.x(), box.y(), _NAMES - 6, _BAND))
        painter.save()
        painter.setClipRect(box)
        _band(painter, graph, band, box.adjusted(0, _PAD, 0, -_PAD))
        painter.restore()
    _marks(painter, graph, plot)
    _axis(painter, graph, plot)
    painter.setPen(QColor(LIGHT.text3))
    note = QRectF(plot.x(), plot.bottom() + _AXIS, plot.width(), _NOTE)
    painter.drawText(note, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), graph.note)
    painter.restore()


def _x(graph: Graph, at: float, box: QRectF) -> float:
    return box.x() + (at - graph.since) / (graph.until - graph.since) * box.width()


def _y(band: Band, value: float, box: QRectF) -> float:
    return box.bottom() - min(value, band.top) / band.top * box.height()


def _names(painter: QPainter, band: Band, box: QRectF) -> None:
    painter.setPen(QColor(LIGHT.text))
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)
    painter.drawText(box.adjusted(0, 0, -34, 0), flags, band.name)
    painter.setPen(QColor(LIGHT.text3))
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    painter.drawText(box.adjusted(0, 2, 0, 0), right, f"{band.top:g}")
    bottom = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
    painter.drawText(box.adjusted(0, 0, 0, -2), bottom, "0")


def _band(painter: QPainter, graph: Graph, band: Band, box: QRectF) -> None:
    for value, health in band.limits:
        pen = QPen(QColor(LIGHT.state(health)), 0.75)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        y = _y(band, value, box)
        painter.drawLine(QPointF(box.x(), y), QPointF(box.right(), y))
    if band.bars:
        _bars(painter, graph, band, box)
        return
    shade = QColor(LIGHT.accent)
    shade.setAlpha(_SHADE_ALPHA)
    for run in _runs(band):
        xs = [_x(graph, at + band.width / 2, box) for at, _, _, _ in run]
        high = [QPointF(x, _y(band, point[3], box)) for x, point in zip(xs, run, strict=True)]
        low = [QPointF(x, _y(band, point[1], box)) for x, point in zip(xs, run, strict=True)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawPolygon(QPolygonF([*high, *reversed(low)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(LIGHT.accent), 1.2))
        mean = [QPointF(x, _y(band, point[2], box)) for x, point in zip(xs, run, strict=True)]
        if len(mean) == 1:
            mean = [mean[0] - QPointF(1.5, 0), mean[0] + QPointF(1.5, 0)]
        painter.drawPolyline(QPolygonF(mean))


def _bars(painter: QPainter, graph: Graph, band: Band, box: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(LIGHT.accent))
    for at, _, value, _ in band.points:
        left, right = _x(graph, at, box), _x(graph, at + band.width, box)
        top = _y(band, value, box)
        painter.drawRect(QRectF(left + 0.5, top, max(1.0, right - left - 1.0), box.bottom() - top))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _runs(band: Band) -> list[list[tuple[float, float, float, float]]]:
    """The points in rows without a gap."""
    runs: list[list[tuple[float, float, float, float]]] = []
    for point in band.points:
        if runs and point[0] - runs[-1][-1][0] <= _GAPS * band.width:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _marks(painter: QPainter, graph: Graph, plot: QRectF) -> None:
    for at, _shape_name in graph.marks:
        x = _x(graph, at, plot)
        painter.setPen(QPen(QColor(LIGHT.line2), 0.75))
        painter.drawLine(QPointF(x, plot.y() + 8), QPointF(x, plot.bottom()))
    painter.setPen(Qt.PenStyle.NoPen)
    for at, shape in graph.marks:
        painter.setBrush(QColor(_MARKS[shape]))
        painter.drawPath(_shape(shape, QPointF(_x(graph, at, plot), plot.y() + 5)))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _shape(name: str, centre: QPointF) -> QPainterPath:
    corners = {
        "down": ((-4, -3), (4, -3), (0, 4)),
        "up": ((-4, 4), (4, 4), (0, -3)),
        "octagon": ((-2, -4), (2, -4), (4, -2), (4, 2), (2, 4), (-2, 4), (-4, 2), (-4, -2)),
    }[name]
    path = QPainterPath()
    path.addPolygon(QPolygonF([centre + QPointF(*corner) for corner in corners]))
    path.closeSubpath()
    return path


def _axis(painter: QPainter, graph: Graph, plot: QRectF) -> None:
    for at, word in graph.ticks:
        x = _x(graph, at, plot)
        painter.setPen(QPen(QColor(LIGHT.line2), 0.75))
        painter.drawLine(QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + 4))
        painter.setPen(QColor(LIGHT.text3))
        left = min(max(x - 40, plot.x()), plot.right() - 80)
        flags = Qt.AlignmentFlag.AlignHCenter
        if left != x - 40:
            flags = Qt.AlignmentFlag.AlignLeft if x - 40 < plot.x() else Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(left, plot.bottom() + 5, 80, _AXIS), int(flags), word)
