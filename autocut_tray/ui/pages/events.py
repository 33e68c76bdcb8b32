"""Events: what changed by itself, what the person changed, alerts, how jobs ended, and what left this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent

from autocut_tray.core.alert import AlertKind
from autocut_tray.core.alerts.rules import mute_setting
from autocut_tray.core.egress.door import Door
from autocut_tray.core.egress.export import ledger_csv
from autocut_tray.core.egress.sums import of_entries, of_month
from autocut_tray.core.monitor.history import History
from autocut_tray.core.settings.schema import value_of
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.event_export import events_csv
from autocut_tray.ui.models.event_rows import EventRows, Found, event_rows
from autocut_tray.ui.pages.page import MARGINS, Page
from autocut_tray.ui.plot_export import save_as
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.event_table import EventTable
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.ledger_sums import LedgerSums
from autocut_tray.ui.widgets.search_field import SearchField
from autocut_tray.ui.widgets.segmented import Segmented
from autocut_tray.ui.widgets.text import Text

if TYPE_CHECKING:
    from autocut_tray.ui.shell import Shell

SPAN = 30 * 86_400.0
KINDS = ("all", "tier", "memory", "alert", "job", "cloud")
SETTLE_MS = 300
EXPORT_MOST = 1_000_000


class EventsPage(Page):
    """Read again when something was added while it is visible, else when it is shown."""

    def __init__(self, ctx: UiContext, shell: Shell) -> None:
        super().__init__(ctx, shell)
        self._found = Found()
        self._asked = self._taken = 0
        self._chosen: AlertKind | None = None
        self.rows = EventRows(ctx, self)
        self.table = EventTable(ctx, self.rows)
        kinds = Segmented(ctx, tuple((kind, f"ui-events-{kind}") for kind in KINDS), "all")
        kinds.chosen.connect(lambda kind: self._filter(kind=kind))
        search = SearchField(ctx, "ui-events-filter", 168)
        search.searched.connect(lambda query: self._filter(query=query))
        self._empty = Text(ctx, "sub", "ui-events-none", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.mute = Button(ctx, "ui-alert-mute", kind="ghost", small=True)
        self.mute.clicked.connect(self._mute)
        self.mute.hide()
        self.table.alert_chosen.connect(self._choose)
        self.export = Button(ctx, "ui-events-export", kind="ghost", small=True)
        self.export.clicked.connect(self._export)
        self.save = Button(ctx, "ui-events-save", kind="ghost", small=True)
        self.save.clicked.connect(self._save)
        self.save.hide()
        head = self.heading("ui-page-events", kinds, search)
        foot = row(None, self.mute, self.export, self.save)
        self.sums = LedgerSums(ctx)
        self.sums.hide()
        self.setLayout(column(head, 16, self._empty, self.table, 8, foot, self.sums, None, margins=MARGINS))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.refresh)
        ctx.bridge.receipt_added.connect(self._changed)
        ctx.bridge.receipt_proven.connect(self._changed)
        ctx.bridge.memory_released.connect(self._changed)
        ctx.bridge.ledger_changed.connect(self._changed)
        ctx.bridge.alert_raised.connect(self._changed)
        ctx.bridge.alert_ended.connect(self._changed)
        ctx.bridge.settings_changed.connect(self._show_mute)
        shell.book.changed.connect(self._changed)
        ctx.language_changed.connect(self._show)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        now = self.ctx.services.clock.time()
        services = self.ctx.services
        history, door = services.history, services.cloud.door
        self._asked = asked = self._asked + 1
        self.ctx.background.run(lambda: _read(history, door, now), lambda found: self._take(asked, found))

    def _changed(self) -> None:
        if self.isVisible() and not self._settle.isActive():
            self._settle.start()

    def _take(self, asked: int, found: Found) -> None:
        if asked < self._taken:  # two threads read: the later one may be done first
            return
        self._taken, self._found = asked, found
        self._show()

    def _save(self) -> None:
        """What the filter shows."""
        table = events_csv(self.ctx, self.rows.shown)
        name, kind = "autocut-events.csv", "CSV (*.csv)"
        save_as(self.ctx, self, name, kind, lambda: table, self.shell.notice_error)

    def _export(self) -> None:
        """The whole ledger, not only what is shown: it is the proof of what left."""
        ledger = self.ctx.services.cloud.door.ledger
        save_as(
            self.ctx,
            self,
            "autocut-ledger.csv",
            "CSV (*.csv)",
            lambda: ledger_csv(ledger.entries(limit=EXPORT_MOST)).encode("utf-8-sig"),
            self.shell.notice_error,
        )

    def _show(self) -> None:
        self.rows.show_rows(event_rows(self.ctx, self._found, list(self.shell.book.all())))
        self._show_view()

    # -- one alert

    def _choose(self, kind: AlertKind | None) -> None:
        self._chosen = kind
        self._show_mute()

    def _is_muted(self, kind: AlertKind) -> bool:
        return bool(value_of(self.ctx.services.settings.current, mute_setting(kind)))

    def _show_mute(self) -> None:
        kind = self._chosen
        self.mute.setVisible(kind is not None)
        if kind is not None:
            self.mute.say_code("ui-alert-unmute" if self._is_muted(kind) else "ui-alert-mute")

    def _mute(self) -> None:
        kind, store = self._chosen, self.ctx.services.settings
        if kind is not None:
            muted = not self._is_muted(kind)
            self.ctx.background.run(
                lambda: store.set(mute_setting(kind), muted), failed=self.shell.notice_error
            )

    def _filter(self, *, kind: str | None = None, query: str | None = None) -> None:
        self.rows.filter(kind=kind, query=query)
        self._show_view()

    def _show_view(self) -> None:
        self._empty.say_code("ui-events-none-found" if self.rows.total else "ui-events-none")
        self._empty.setVisible(self.rows.rowCount() == 0)
        self.export.setVisible(bool(self._found.sent))
        self.table.setVisible(self.rows.rowCount() > 0)
        self.save.setVisible(self.rows.rowCount() > 0)
        self._show_sums()

    def _show_sums(self) -> None:
        """Of the month; while words are looked for, of what was found."""
        sums = self._found.month
        if self.rows.searched:
            sums = of_entries(row.sent for row in self.rows.shown if row.sent is not None)
        fits = self.rows.kind in ("all", "cloud") and bool(self._found.sent)
        if sums is not None and fits:
            locked = sum(job.options.never_cloud for job in self.shell.book.all())
            self.sums.show_sums(sums, locked)
        self.sums.setVisible(sums is not None and fits)


def _read(history: History, door: Door, now: float) -> Found:
    since, until = now - SPAN, now + 60
    return Found(
        tuple(history.receipts(since, until)),
        tuple(history.alerts.between(since, until)),
        tuple(history.releases.between(since, until)),
        tuple(door.ledger.entries(since)),
        of_month(door.ledger, door.caps(), now),
    )
