"""Monitor: four linked plots with what changed marked on them, and the receipts of those changes."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from autocut_tray.core.monitor.export import Format
from autocut_tray.core.monitor.history import Metric, Series
from autocut_tray.core.policy.limits import limits_in_force
from autocut_tray.core.receipt import Receipt
from autocut_tray.core.runtime.explain import surely_no_card
from autocut_tray.core.sample import MetricsSample
from autocut_tray.receipt_words import shape_of, title_of
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.models.live_series import LiveSeries
from autocut_tray.ui.models.marks import Mark, MarkShape, thinned
from autocut_tray.ui.pages.page import Page, scrolled
from autocut_tray.ui.plot_export import export_png, export_span
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.layouts import column
from autocut_tray.ui.widgets.meters import missing_vram
from autocut_tray.ui.widgets.receipt_list import ReceiptList
from autocut_tray.ui.widgets.segmented import Segmented
from autocut_tray.ui.widgets.what_if import WhatIf

if TYPE_CHECKING:
    from autocut_tray.ui.shell import Shell
    from autocut_tray.ui.widgets.plots import PlotStack

METRICS = (Metric.VRAM, Metric.RAM, Metric.CPU, Metric.FAILURES)

# Range in seconds, and how often it is drawn: a bucket is 1 s, 12 s, 72 s, 288 s, 2016 s, 8640 s wide, so more often
# shows nothing.
RANGES = {
    "5min": (300.0, 3000),
    "1h": (3600.0, 5000),
    "6h": (6 * 3600.0, 15_000),
    "24h": (86_400.0, 30_000),
    "7d": (7 * 86_400.0, 60_000),
    "30d": (30 * 86_400.0, 60_000),
}
FAST_RANGE = "5min"
STEPS = 60
"""The time axis moves on by one sixtieth of the range at a time: each move costs as much as two updates."""

RECEIPTS_WIDTH = 342

EXPORTS = {
    "ui-export-png": None,
    "ui-export-csv": Format.CSV,
    "ui-export-readings": Format.JSON,
    "ui-export-trace": Format.TRACE,
}
"""Texts of the export menu; None is the picture."""


class MonitorPage(Page):
    """Draws only while it is visible; what the person dragged to stays until they choose a range."""

    def __init__(self, ctx: UiContext, shell: Shell) -> None:
        super().__init__(ctx, shell)
        self._range = "1h"
        self._plots: PlotStack | None = None
        self._loading = False
        self._reading = self._read_again = False
        self._receipts: dict[int, Receipt] = {}
        self._receipts_asked = self._receipts_shown = 0
        self._series = LiveSeries(ctx.services.history.series)
        self._ranges = Segmented(ctx, tuple((key, f"ui-range-{key}") for key in RANGES), self._range)
        self._ranges.chosen.connect(self.choose_range)
        self._export = Button(ctx, "ui-export")
        self._export.setMenu(self._export_menu())
        self._export.setEnabled(False)
        self.receipts = ReceiptList(ctx)
        self.receipts.opened.connect(lambda _id: self._show_marks())
        self.receipts.undo.connect(shell.undo)
        self.receipts.pin.connect(shell.pin)
        self.what_if = WhatIf(ctx, lambda: self._span)
        self.receipts.try_limit.connect(self._try_limit)
        self._place = QVBoxLayout()
        self._right = QWidget()
        self._right.setLayout(column(self.receipts, self.what_if, None, spacing=16))
        self._columns: QBoxLayout = QHBoxLayout()
        self._columns.setSpacing(16)
        self._columns.addLayout(self._place, 1)
        self._columns.addWidget(self._right)
        head = self.heading("ui-page-monitor", self._ranges, self._export)
        self.area = scrolled(column(head, 16, self._columns))
        self.setLayout(column(self.area))
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self.refresh)
        ctx.bridge.receipt_added.connect(self._refresh_receipts)
        ctx.bridge.receipt_proven.connect(self._refresh_receipts)
        ctx.bridge.controller_changed.connect(self._refresh_receipts)
        ctx.language_changed.connect(self._retranslate)
        self._retranslate()
        self.set_narrow(False)

    # -- life

    @property
    def plots(self) -> PlotStack | None:
        """None until pyqtgraph is there."""
        return self._plots

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._plots is None:
            self._load_plots()
        else:
            self._start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def set_narrow(self, narrow: bool) -> None:
        self._columns.setDirection(
            QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        )
        self.receipts.set_narrow(narrow)
        self._right.setMinimumWidth(0 if narrow else RECEIPTS_WIDTH)
        self._right.setMaximumWidth(16_777_215 if narrow else RECEIPTS_WIDTH)

    def _load_plots(self) -> None:
        """numpy beside the event loop; pyqtgraph in this thread, because it walks through all of PySide's types."""
        if not self._loading:
            self._loading = True
            self.ctx.background.run(_read_numpy, lambda _done: QTimer.singleShot(0, self._make_plots))

    def _make_plots(self) -> None:
        from autocut_tray.ui.widgets.plots import PlotStack

        self._plots = PlotStack(self.ctx, self._tip)
        self._plots.setMinimumHeight(460)
        self._plots.moved.connect(self._moved)
        self._plots.mark_clicked.connect(self.receipts.open_receipt)
        self._plots.painted.connect(self.shell.plots_painted)
        self._place.addWidget(self._plots)
        self._export.setEnabled(True)
        if self.isVisible():
            self._start()

    def _start(self) -> None:
        self._follow()
        self._show_figures()
        self.refresh()
        self._refresh_receipts()
        self._timer.start(RANGES[self._range][1])

    # -- ranges

    def choose_range(self, key: str) -> None:
        """Show this range up to now, and go on with the time."""
        self._range = key
        self._ranges.select(key)
        self.shell.pace_changed()
        if self._plots is not None and self.isVisible():
            self._start()

    def _moved(self) -> None:
        """The person dragged or zoomed: stay there."""
        self._ranges.select(None)
        self._timer.stop()
        self._read_series()
        self._refresh_receipts()

    @property
    def wants_fast_readings(self) -> bool:
        """Only the shortest range has buckets narrower than the idle pace; the others would show nothing more."""
        return self._range == FAST_RANGE

    @property
    def following(self) -> bool:
        return self._timer.isActive()

    def _follow(self) -> None:
        assert self._plots is not None
        span = RANGES[self._range][0]
        step = span / STEPS
        until = -(-self.ctx.services.clock.time() // step) * step
        since, shown_until = self._plots.span
        if abs(shown_until - until) > step / 2 or abs(shown_until - since - span) > 1:
            self._plots.show_span(until - span, until)
            self._refresh_receipts()

    # -- drawing

    def refresh(self) -> None:
        """The curves, the figures beside them, and the place in time."""
        if self._plots is None:
            return
        if self.following:
            self._follow()
        self._plots.show_limits(limits_in_force(self.ctx.services.settings.current.limits))
        self._read_series()

    @property
    def reading(self) -> bool:
        """Curves are being read, and will be drawn then."""
        return self._reading

    @property
    def _span(self) -> tuple[float, float]:
        """What is shown; before there are plots, what will be."""
        if self._plots is not None:
            return self._plots.span
        now = self.ctx.services.clock.time()
        return now - RANGES[self._range][0], now

    def _read_series(self) -> None:
        """Beside the event loop, which a slow disk must not hold up; one reading at a time."""
        if self._reading:
            self._read_again = True
            return
        self._reading = True
        series, span = self._series, self._span
        self.ctx.background.run(
            lambda: [series.get(metric, *span) for metric in METRICS], self._draw_series, self._not_read
        )

    def _not_read(self, error: Exception) -> None:
        self._reading = self._read_again = False
        if self._plots is not None and self.isVisible():
            self._show_figures()
        raise error

    def _draw_series(self, curves: list[Series]) -> None:
        self._reading, again = False, self._read_again
        self._read_again = False
        if self._plots is None or not self.isVisible():
            return
        for curve in curves:
            self._plots.show_series(curve)
        self._show_figures()  # with the curves: they lie over the plots, and each painting costs 1 ms
        if again:
            self._read_series()

    def _show_figures(self) -> None:
        assert self._plots is not None
        ctx, sample = self.ctx, self.ctx.services.monitor.latest
        ram = cpu = failures = ctx.t("ui-meter-unknown")
        vram = missing_vram(ctx)
        holders = ""
        if sample is not None:
            if sample.vram_used is not None and sample.vram_total:
                vram = ctx.say.of_gb(sample.vram_used, sample.vram_total)
            if sample.ram_available is not None and sample.ram_total:
                ram = ctx.say.of_gb(sample.ram_total - sample.ram_available, sample.ram_total)
            if sample.cpu_percent is not None:
                cpu = ctx.say.percent(sample.cpu_percent)
            if sample.failure_rate is not None:
                failures = ctx.say.percent(100 * sample.failure_rate)
            holders = _holders(ctx, sample)
        if sample is None or sample.failure_rate is None:
            failures = ctx.t("ui-failures-none")
        self._plots.show_header(Metric.VRAM, holders, vram)
        self._plots.show_header(Metric.RAM, "", ram)
        self._plots.show_header(Metric.CPU, "", cpu)
        self._plots.show_header(Metric.FAILURES, ctx.t("ui-failures-note"), failures)
        missing = sample is not None and sample.vram_percent is None
        self._plots.show_missing(Metric.VRAM, self._why_no_vram() if missing else "")

    def _why_no_vram(self) -> str:
        profile = self.ctx.services.detection.profile
        if profile is not None and profile.primary_gpu is not None:
            return self.ctx.t("ui-vram-unmeasured")
        sure = profile is not None and surely_no_card(profile)
        return self.ctx.t("ui-vram-no-card" if sure else "ui-vram-unknown")

    # -- receipts

    def _refresh_receipts(self) -> None:
        if self._plots is None or not self.isVisible():
            return
        since, until = self._plots.span
        history = self.ctx.services.history
        self._receipts_asked = asked = self._receipts_asked + 1
        self.ctx.background.run(
            lambda: history.receipts(since, until), lambda found: self._receipts_read(asked, found)
        )

    def _receipts_read(self, asked: int, receipts: list[Receipt]) -> None:
        if asked < self._receipts_shown:  # a long span is read for longer than the short one chosen after it
            return
        self._receipts_shown = asked
        self._receipts = {receipt.id: receipt for receipt in receipts}
        state = self.ctx.services.controller.state
        self.receipts.show_receipts(
            receipts, undoable=state.can_undo, tiers=state.available, pinned=state.pinned
        )
        self._show_marks()

    def _show_marks(self) -> None:
        if self._plots is None:
            return
        marks = []
        for receipt in self._receipts.values():
            shape, health = shape_of(receipt)
            kind = MarkShape.DOWN if shape == "warn" else MarkShape(shape)
            marks.append(Mark(receipt.id, receipt.at, kind, health))
        opened = self.receipts.open_id
        self._plots.show_marks(thinned(marks, *self._plots.span, opened), opened)

    def _tip(self, mark: Mark) -> str:
        """What hovering over a mark says."""
        receipt = self._receipts.get(mark.id)
        if receipt is None:
            return ""
        now = self.ctx.services.clock.time()
        words = f"{title_of(self.ctx, receipt)}, {self.ctx.say.moment(receipt.at, now)}"
        more = self.ctx.t("ui-marks-more", n=mark.more)
        return f"{words}\n{more}" if mark.more else words

    def _try_limit(self, name: str) -> None:
        self.what_if.choose(name)
        self.area.ensureWidgetVisible(self.what_if)

    # -- export

    def _export_menu(self) -> QMenu:
        menu = QMenu(self)
        self._export_actions = {menu.addAction(""): code for code in EXPORTS}
        for action, code in self._export_actions.items():
            action.triggered.connect(lambda _on=False, form=EXPORTS[code]: self._export_as(form))
        menu.addSeparator()
        report = menu.addAction("")
        report.triggered.connect(self._export_report)
        self._export_actions[report] = "ui-export-report"
        return menu

    def _export_report(self) -> None:
        from autocut_tray.ui.report_export import export_report  # late: no start needs it

        export_report(self.ctx, self, self._span, self.shell.notice_error)

    def _export_as(self, form: Format | None) -> None:
        if self._plots is None:
            return
        if form is None:
            export_png(self.ctx, self._plots, self.shell.notice_error)
        else:
            history = self.ctx.services.history
            export_span(self.ctx, self, history, self._plots.span, form, self.shell.notice_error)

    def _retranslate(self) -> None:
        for action, code in self._export_actions.items():
            action.setText(self.ctx.t(code))
        if self._plots is not None:
            self._show_figures()
            self._show_marks()


def _holders(ctx: UiContext, sample: MetricsSample) -> str:
    """Who holds the VRAM, in GB: ``Ollama 4.1, Resolve 1.2``."""
    parts = [f"{holder.title} {holder.vram_mib / 1024:.1f}" for holder in sample.vram_holders[:3]]
    return ctx.t("ui-list-comma").join(parts)


def _read_numpy() -> None:
    # One thread for linear algebra that this program does not do; each would take memory.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    importlib.import_module("numpy")
