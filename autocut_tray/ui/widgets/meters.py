"""The three quiet meters at the foot of the sidebar: the only live part of the window outside the Monitor page."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.limits import limits_in_force
from autocut_tray.core.runtime.explain import surely_no_card
from autocut_tray.core.sample import MetricsSample
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.theme.icons import glyph_pixmap
from autocut_tray.ui.widgets.bar import HEIGHT as BAR
from autocut_tray.ui.widgets.bar import paint_bar

REFRESH_MS = 5000

_ROW = 35
_SIDE = 8


@frozen
class Reading:
    """One meter. ``share``/``tick``: 0-1 or None. ``health``: ``ok``, ``warn`` or ``crit``. ``figure``: in words."""

    name: str
    figure: str
    share: float | None
    tick: float | None
    health: str


def readings(
    ctx: UiContext, sample: MetricsSample | None, limits: Thresholds
) -> tuple[Reading, Reading, Reading]:
    """What the meters show for one sample; an unknown figure says so and has no bar."""
    vram = ram = cpu = None
    vram_text = missing_vram(ctx)
    ram_text = cpu_text = ctx.t("ui-meter-unknown")
    if sample is not None:
        vram, ram, cpu = sample.vram_percent, sample.ram_percent, sample.cpu_percent
        if vram is not None and sample.vram_used is not None and sample.vram_total is not None:
            vram_text = ctx.say.of_gb(sample.vram_used, sample.vram_total)
        if ram is not None and sample.ram_available is not None and sample.ram_total is not None:
            ram_text = ctx.say.of_gb(sample.ram_total - sample.ram_available, sample.ram_total)
        if cpu is not None:
            cpu_text = ctx.say.percent(cpu)
    return (
        _reading(ctx.t("ui-metric-vram"), vram_text, vram, limits.vram_on, None),
        _reading(ctx.t("ui-metric-ram"), ram_text, ram, limits.warn_on, limits.emergency_on),
        _reading(ctx.t("ui-metric-cpu"), cpu_text, cpu, None, None),
    )


def missing_vram(ctx: UiContext) -> str:
    """What stands for VRAM without a figure: "none" only on a PC that certainly has no card."""
    profile = ctx.services.detection.profile
    none = profile is not None and surely_no_card(profile)
    return ctx.t("ui-meter-none" if none else "ui-meter-unknown")


def _reading(
    name: str, figure: str, percent: float | None, warn: float | None, crit: float | None
) -> Reading:
    health = "ok"
    if percent is not None and warn is not None and percent > warn:
        health = "crit" if crit is not None and percent >= crit else "warn"
    return Reading(
        name,
        figure,
        None if percent is None else percent / 100,
        None if warn is None or percent is None else warn / 100,
        health,
    )


class Meters(QWidget):
    """One widget for all three; repainted at most every 5 s, only when a rounded figure changed, never hidden."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._shown: tuple[Reading, ...] = ()
        self.repaints = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        ctx.theme.changed.connect(self.update)
        ctx.language_changed.connect(self.refresh)

    def sizeHint(self) -> QSize:
        return QSize(184, 3 * _ROW - 6)

    @property
    def ticking(self) -> bool:
        """Whether it looks again by itself."""
        return self._timer.isActive()

    def refresh(self) -> None:
        services = self._ctx.services
        limits = limits_in_force(services.settings.current.limits)
        shown = readings(self._ctx, services.monitor.latest, limits)
        if tuple((r.name, r.figure, r.health) for r in shown) == tuple(
            (r.name, r.figure, r.health) for r in self._shown
        ):
            return
        self._shown = shown
        self.setAccessibleName("; ".join(self._spoken(r) for r in shown))
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        self.repaints += 1
        tokens = self._ctx.theme.tokens
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(12)
        painter.setFont(font)
        width = self.width() - 2 * _SIDE
        for index, reading in enumerate(self._shown):
            top = index * _ROW
            line = QRectF(_SIDE, top, width, 18)
            painter.setPen(QColor(tokens.text2))
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, reading.name)
            painter.setPen(QColor(tokens.text3))
            painter.drawText(
                line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, reading.figure
            )
            if reading.health != "ok":
                taken = painter.fontMetrics().horizontalAdvance(reading.figure)
                colour = tokens.state(reading.health)
                mark = glyph_pixmap(reading.health, colour, 14, self.devicePixelRatioF())
                painter.drawPixmap(round(_SIDE + width - taken - 20), top + 2, mark)
            if reading.share is None:
                continue
            bar = QRectF(_SIDE, top + 21, width, BAR)
            paint_bar(
                painter, bar, reading.share, tokens, "accent" if reading.health == "ok" else reading.health
            )
            if reading.tick is not None:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
                painter.fillRect(
                    QRectF(round(_SIDE + width * reading.tick), top + 19, 1, 8), QColor(tokens.text3)
                )

    def _spoken(self, reading: Reading) -> str:
        if reading.share is None:
            return self._ctx.t("ui-meter-spoken-plain", name=reading.name, figure=reading.figure)
        code = {"ok": "ui-meter-spoken", "warn": "ui-meter-spoken-warn", "crit": "ui-meter-spoken-crit"}[
            reading.health
        ]
        return self._ctx.t(code, name=reading.name, figure=reading.figure)
