"""Four linked plots on one time axis. Imports pyqtgraph and numpy (350 ms, 60 MiB): only with the Monitor page.

Cheap by construction: about 300 minima and maxima a curve, a pen of 1 px, a fixed y axis, no grid and no fill, one
path for all event lines of a band.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QPainterPath,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsGridLayout, QLabel, QWidget

from autocut_tray.core.monitor.history import Metric, Series
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.models.marks import Mark, MarkShape
from autocut_tray.ui.plotting import pg
from autocut_tray.ui.widgets.layouts import restyle, row
from autocut_tray.ui.widgets.text import ElidedText, Text
from autocut_tray.ui.widgets.time_axis import tick_labels

BANDS = (Metric.VRAM, Metric.RAM, Metric.CPU, Metric.FAILURES)

_HEADER, _FOOT, _AXIS = 32, 9, 24
_LEFT, _RIGHT = 40, 46
_LOW, _HIGH = -3.0, 112.0
_MARK_Y = 106.0
_MARK_PX = 9

GAP_SECONDS = 45.0
"""Readings further apart than this are not joined, nor are buckets with an empty one between them: the machine
slept, or nothing measured it. The slowest pace is a reading every 9 s."""

MOVE_SETTLE_MS = 60


class PlotStack(QFrame):
    """``moved`` tells that the person dragged or zoomed to another span; ``mark_clicked`` carries a mark's id."""

    moved = Signal()
    mark_clicked = Signal(int)
    painted = Signal()

    def __init__(self, ctx: UiContext, tip: Callable[[Mark], str]) -> None:
        """``tip``: what hovering over a mark says."""
        super().__init__()
        self._ctx = ctx
        self._tip = tip
        self._base = time.time()
        self._marks: tuple[Mark, ...] = ()
        self._opened: int | None = None
        self._limits: Thresholds | None = None
        self.setProperty("role", "card")
        self._view = _View()
        self._view.setFrameShape(QFrame.Shape.NoFrame)
        self._view.viewport().setAcceptDrops(False)
        self.setLayout(row(self._view, margins=(1, 1, 1, 1)))
        grid = self._view.grid
        grid.setContentsMargins(_LEFT, 0, _RIGHT, 0)
        grid.setSpacing(0)
        self._bands: dict[Metric, _Band] = {}
        for index, metric in enumerate(BANDS):
            grid.setRowFixedHeight(3 * index, _HEADER)
            grid.setRowFixedHeight(3 * index + 2, _FOOT)
            box = pg.ViewBox(enableMenu=False, defaultPadding=0.0)
            box.setMouseEnabled(x=True, y=False)
            box.setYRange(_LOW, _HIGH, padding=0)
            grid.addItem(box, 3 * index + 1, 0)
            if self._bands:
                box.setXLink(self._bands[BANDS[0]].box)
            self._bands[metric] = _Band(ctx, self._view, box, first=not self._bands)
        first = self._bands[BANDS[0]]
        self._shapes = pg.ScatterPlotItem(pxMode=True, hoverable=True, tip=None)
        self._shapes.sigClicked.connect(self._clicked)
        self._shapes.sigHovered.connect(self._hovered)
        first.box.addItem(self._shapes, ignoreBounds=True)
        self._axis = _TimeAxis(self)
        self._axis.linkToView(first.box)
        grid.addItem(self._axis, 3 * len(BANDS), 0)
        grid.setRowFixedHeight(3 * len(BANDS), _AXIS)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(MOVE_SETTLE_MS)
        self._settle.timeout.connect(self.moved)
        for band in self._bands.values():
            band.box.sigRangeChangedManually.connect(self._settle.start)
        first.box.sigResized.connect(self._place)
        self._view.resized.connect(self._place)
        self._view.painted.connect(self.painted)
        self._view.keyed.connect(self._keyed)
        self._view.focused.connect(lambda on: restyle(self, "focused", "true" if on else "false"))
        ctx.theme.changed.connect(self._restyle)
        ctx.language_changed.connect(self._retranslate)
        self._restyle()
        self._retranslate()

    # -- span

    @property
    def span(self) -> tuple[float, float]:
        """What is shown, seconds since the epoch."""
        low, high = self._bands[BANDS[0]].box.viewRange()[0]
        return low + self._base, high + self._base

    def show_span(self, since: float, until: float) -> None:
        self._bands[BANDS[0]].box.setXRange(since - self._base, until - self._base, padding=0)

    def _keyed(self, shift: float, factor: float) -> None:
        since, until = self.span
        middle, half = (since + until) / 2 + shift * (until - since), (until - since) / 2 * factor
        self.show_span(middle - half, middle + half)
        self._settle.start()

    def time_of(self, x: float) -> float:
        return x + self._base

    # -- what is shown, for whoever asks

    @property
    def marks(self) -> tuple[Mark, ...]:
        return self._marks

    @property
    def opened(self) -> int | None:
        """The mark whose line is bright."""
        return self._opened

    def curve(self, metric: Metric) -> pg.PlotCurveItem:
        return self._bands[metric].curve

    def limits(self, metric: Metric) -> list[float]:
        return [value for _label, value in self._bands[metric].limit_labels]

    def missing(self, metric: Metric) -> str:
        label = self._bands[metric].missing
        return "" if label.isHidden() else label.words

    def header(self, metric: Metric) -> tuple[str, str]:
        """The note and the figure beside a name."""
        band = self._bands[metric]
        return band.note.text(), band.value.words

    # -- content

    def show_series(self, series: Series) -> None:
        x, y, connect = points(series, self._base)
        self._bands[series.metric].curve.setData(x, y, connect=connect)

    def show_header(self, metric: Metric, note: str, value: str) -> None:
        band = self._bands[metric]
        band.note.say(note)
        band.value.say(value)

    def show_missing(self, metric: Metric, text: str) -> None:
        """Words instead of a curve, for what cannot be measured; empty takes them away."""
        label = self._bands[metric].missing
        label.say(text)
        label.setVisible(bool(text))

    def show_limits(self, limits: Thresholds) -> None:
        if limits == self._limits:
            return
        self._limits = limits
        for metric, lines in (
            (Metric.VRAM, ((limits.vram_on, "warn"),)),
            (Metric.RAM, ((limits.warn_on, "warn"), (limits.emergency_on, "crit"))),
            (Metric.CPU, ((limits.cpu_on, "warn"),)),
            (Metric.FAILURES, ((limits.failure_rate, "warn"),)),
        ):
            self._bands[metric].set_limits(self._ctx, lines)
        self._restyle()
        self._place()

    def show_marks(self, marks: Sequence[Mark], opened: int | None) -> None:
        """``opened``: the mark whose receipt is open; its line is bright through all bands."""
        marks = tuple(marks)
        if (marks, opened) == (self._marks, self._opened):
            return
        self._marks, self._opened = marks, opened
        self._draw_marks()

    def _draw_marks(self) -> None:
        tokens = self._ctx.theme.tokens
        quiet = [m.at - self._base for m in self._marks if m.id != self._opened]
        bright = [m.at - self._base for m in self._marks if m.id == self._opened]
        for band in self._bands.values():
            _set_lines(band.lines, quiet)
            _set_lines(band.bright, bright)
        self._shapes.setData(
            [
                {
                    "pos": (mark.at - self._base, _MARK_Y),
                    "symbol": _SYMBOLS[mark.shape],
                    "size": _MARK_PX,
                    "pen": QPen(QColor(tokens.text3), 1) if mark.shape is MarkShape.RING else None,
                    "brush": None if mark.shape is MarkShape.RING else QColor(tokens.state(mark.health)),
                    "data": mark,
                }
                for mark in self._marks
            ]
        )

    # -- looks

    def _restyle(self) -> None:
        tokens = self._ctx.theme.tokens
        self._view.setBackground(tokens.card)
        for band in self._bands.values():
            band.curve.setPen(pg.mkPen(tokens.accent, width=1))
            band.lines.setPen(pg.mkPen(tokens.line2, width=1))
            band.bright.setPen(pg.mkPen(tokens.text2, width=1))
            for line, health in band.limits:
                pen = pg.mkPen(tokens.state(health), width=1)
                pen.setDashPattern([4, 4])
                line.setPen(pen)
        self._axis.setTextPen(tokens.text3)
        self._draw_marks()

    def _retranslate(self) -> None:
        self._view.setAccessibleName(self._ctx.t("ui-plots"))
        for metric, band in self._bands.items():
            band.name.say(self._ctx.t(f"ui-metric-{metric.value}"))
            for label, value in band.limit_labels:
                label.setText(self._ctx.say.percent_exact(value))
        self._place()

    def _place(self) -> None:
        width = self._view.width()
        for index, band in enumerate(self._bands.values()):
            area = band.box.sceneBoundingRect()
            band.place(area, width, index)

    def _clicked(self, _item: object, spots: Sequence[pg.SpotItem], _event: object) -> None:
        if len(spots):
            self.mark_clicked.emit(spots[0].data().id)

    def _hovered(self, _item: object, spots: Sequence[pg.SpotItem], _event: object) -> None:
        self._view.setToolTip(self._tip(spots[0].data()) if len(spots) else "")


def points(series: Series, base: float) -> tuple[np.ndarray, np.ndarray, str | np.ndarray]:
    """A curve through the minimum and maximum of each bucket, broken where readings are missing."""
    count = len(series.t)
    x = np.repeat(np.asarray(series.t, dtype=float) + (series.width / 2 - base), 2)
    y = np.empty(2 * count)
    y[0::2] = series.low
    y[1::2] = series.high
    if count < 2:
        return x, y, "all"
    breaks = np.diff(x[0::2]) > max(1.5 * series.width, GAP_SECONDS)
    if not breaks.any():
        return x, y, "all"
    connect = np.ones(2 * count, dtype=np.int32)
    connect[1:-1:2] = ~breaks
    return x, y, connect


class _Band:
    """One plot with its header and its labels, which lie over the view."""

    def __init__(self, ctx: UiContext, view: QWidget, box: pg.ViewBox, *, first: bool) -> None:
        self.box = box
        self.curve = pg.PlotCurveItem(skipFiniteCheck=True, antialias=True)
        self.lines, self.bright = _event_lines(), _event_lines()
        for item in (self.lines, self.bright, self.curve):
            box.addItem(item, ignoreBounds=True)
        self.limits: list[tuple[pg.InfiniteLine, str]] = []
        self.limit_labels: list[tuple[QLabel, float]] = []
        self._view = view
        self.name = Text(ctx, "strong")
        self.note = ElidedText("caption", Qt.TextElideMode.ElideRight)
        self.value = Text(ctx)
        self._header = QWidget(view)
        header = row(self.name, self.note, None, self.value, spacing=8, margins=(16, 7, 16, 0))
        header.setStretch(1, 1)
        self._header.setLayout(header)
        self._hair = None if first else QFrame(view)
        if self._hair is not None:
            self._hair.setProperty("role", "hair")
        self._top, self._bottom = _label("100", view), _label("0", view)
        self.missing = Text(ctx, "caption", parent=view)
        self.missing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.missing.hide()
        for widget in (self._header, self.missing):
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_limits(self, ctx: UiContext, lines: Sequence[tuple[float, str]]) -> None:
        for line, _health in self.limits:
            self.box.removeItem(line)
        for label, _value in self.limit_labels:
            label.deleteLater()
        self.limits, self.limit_labels = [], []
        for value, health in lines:
            line = pg.InfiniteLine(value, angle=0, movable=False)
            self.box.addItem(line, ignoreBounds=True)
            self.limits.append((line, health))
            label = _label(ctx.say.percent_exact(value), self._view)
            restyle(label, "kind", health)
            label.show()
            self.limit_labels.append((label, value))

    def place(self, area: QRectF, width: int, _index: int) -> None:
        top = round(area.top()) - _HEADER
        self._header.setGeometry(0, top, width, _HEADER)
        if self._hair is not None:
            self._hair.setGeometry(0, top, width, 1)
        for label, value in ((self._top, 100.0), (self._bottom, 0.0)):
            label.adjustSize()
            right = round(area.left()) - 8
            label.move(right - label.width(), round(_y_of(area, value) - label.height() / 2))
        bottom = (
            -math.inf
        )  # of the label above: two limits may be nearer to each other than their words are high
        for label, value in sorted(self.limit_labels, key=lambda item: -item[1]):
            label.adjustSize()
            y = max(_y_of(area, value) - label.height() / 2, bottom)
            label.move(round(area.right()) + 6, round(y))
            bottom = y + label.height() - 3
        self.missing.setGeometry(area.toRect())


_KEYS = {
    Qt.Key.Key_Left: (-0.25, 1.0),
    Qt.Key.Key_Right: (0.25, 1.0),
    Qt.Key.Key_Plus: (0.0, 0.5),
    Qt.Key.Key_Equal: (0.0, 0.5),  # plus without Shift on many keyboards
    Qt.Key.Key_Minus: (0.0, 2.0),
}
"""By how much of itself the span moves, and to how much of itself it becomes: what dragging and the wheel do."""


class _View(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph has no types
    """Rows of plots in ``grid``; pyqtgraph's own layout brings plots with menus, which nobody sees here."""

    resized = Signal()
    painted = Signal()
    keyed = Signal(float, float)
    focused = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        rows = pg.GraphicsWidget()
        self.grid = QGraphicsGridLayout(rows)
        self.setCentralItem(rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        change = _KEYS.get(Qt.Key(event.key()))
        if change is None:
            super().keyPressEvent(event)
        else:
            self.keyed.emit(*change)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(event.reason() is not Qt.FocusReason.MouseFocusReason)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focused.emit(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: object) -> None:
        super().paintEvent(event)
        self.painted.emit()


class _TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """Times of day, or dates over long spans; no line and no ticks."""

    def __init__(self, stack: PlotStack) -> None:
        super().__init__("bottom", pen=None, showValues=True)
        self._stack = stack
        self.setPen(pg.mkPen(None))
        font = QFont(stack.font())
        font.setPixelSize(11)
        self.setStyle(tickLength=0, tickFont=font, tickTextOffset=6, tickAlpha=0)
        self.setTickPen(pg.mkPen(None))

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        base = self._stack.time_of(0.0)
        step, ticks = tick_labels(low + base, high + base, max(2, int(size / 80)))
        self._labels = {round(at - base, 3): text for at, text in ticks}
        return [(step, [at - base for at, _text in ticks])]

    def tickStrings(self, values: Sequence[float], _scale: float, _spacing: float) -> list[str]:
        return [self._labels.get(round(value, 3), "") for value in values]


def _event_lines() -> pg.PlotCurveItem:
    return pg.PlotCurveItem(connect="pairs", antialias=False, skipFiniteCheck=True)


def _set_lines(item: pg.PlotCurveItem, at: Sequence[float]) -> None:
    x = np.repeat(np.asarray(at, dtype=float), 2)
    item.setData(x, np.tile((_LOW, _HIGH), len(at)), connect="pairs")


def _label(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "axis")
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label


def _y_of(area: QRectF, value: float) -> float:
    return area.bottom() - (value - _LOW) / (_HIGH - _LOW) * area.height()


def _symbol(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def _ring() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(0, 0), 0.36, 0.36)
    return path


# Symbols of pyqtgraph live in a unit square around the origin, y downwards.
_SYMBOLS = {
    MarkShape.UP: _symbol((0, -0.5), (0.55, 0.45), (-0.55, 0.45)),
    MarkShape.DOWN: _symbol((-0.55, -0.45), (0.55, -0.45), (0, 0.5)),
    MarkShape.OCTAGON: _symbol(
        (-0.22, -0.54),
        (0.22, -0.54),
        (0.54, -0.22),
        (0.54, 0.22),
        (0.22, 0.54),
        (-0.22, 0.54),
        (-0.54, 0.22),
        (-0.54, -0.22),
    ),
    MarkShape.RING: _ring(),
}
