"""What happened, as a table: changes of tier, memory given back, alerts, ends of jobs, what left; newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from autocut_tray.core.alert import Alert, AlertKind, AlertLevel
from autocut_tray.core.alerts import words as alert_words
from autocut_tray.core.egress import words
from autocut_tray.core.egress.ledger import Entry, EntryState
from autocut_tray.core.egress.sums import Sums
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.job import Job, JobState
from autocut_tray.core.memory import words as memory_words
from autocut_tray.core.quantities import size
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.core.release import ReleaseReport
from autocut_tray.receipt_words import measured, shape_of, title_of, why_of
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.job_words import Progress, job_words
from autocut_tray.ui.phrases import file_name

COLUMNS = ("time", "kind", "what", "why", "result")
EVENT = Qt.ItemDataRole.UserRole + 1
MOST = 1000

_KINDS = {ReceiptKind.MEMORY: "memory", ReceiptKind.SCALE: "alert", ReceiptKind.DEADLINE: "job"}

Index = QModelIndex | QPersistentModelIndex


@frozen
class EventRow:
    """``kind``: ``tier``, ``memory``, ``alert``, ``job``, ``cloud``; ``glyph`` in the colour of the token ``colour``.

    ``alert``: which one it is of; ``sent``: what left, for sums.
    """

    at: float
    kind: str
    glyph: str
    colour: str
    time: str
    word: str
    what: str
    why: str
    result: str
    alert: AlertKind | None = None
    sent: Entry | None = None

    def cell(self, column: int) -> str:
        return (self.time, self.word, self.what, self.why, self.result)[column]


@frozen
class Found:
    """What the storage has of a span."""

    receipts: tuple[Receipt, ...] = ()
    alerts: tuple[Alert, ...] = ()
    released: tuple[ReleaseReport, ...] = ()
    sent: tuple[Entry, ...] = ()
    month: Sums | None = None


def event_rows(ctx: UiContext, found: Found, jobs: Sequence[Job]) -> list[EventRow]:
    """The newest :data:`MOST`, in words."""
    now = ctx.services.clock.time()
    lasting = {alert.id for alert in ctx.services.alerts.active}
    rows = [_receipt_row(ctx, receipt, now) for receipt in found.receipts]
    rows += [_alert_row(ctx, alert, now, lasts=alert.id in lasting) for alert in found.alerts]
    rows += [_release_row(ctx, report, now) for report in found.released]
    rows += [_job_row(ctx, job, now) for job in jobs if job.state.ended]
    names = {job.id: file_name(job.path) for job in jobs}
    rows += [_cloud_row(ctx, entry, names, now) for entry in found.sent]
    rows.sort(key=lambda row: row.at, reverse=True)
    return rows[:MOST]


def _receipt_row(ctx: UiContext, receipt: Receipt, now: float) -> EventRow:
    kind = _KINDS.get(receipt.kind, "tier")
    glyph, colour = shape_of(receipt)
    reading = measured(ctx, receipt.metric, receipt.value) or ""
    result = ctx.t("ui-receipt-undone") if receipt.undone else _freed(ctx, receipt) or reading
    return EventRow(
        receipt.at,
        kind,
        glyph,
        colour,
        ctx.say.moment(receipt.at, now),
        ctx.t(f"ui-event-{kind}"),
        title_of(ctx, receipt),
        why_of(ctx, receipt),
        result,
    )


def _freed(ctx: UiContext, receipt: Receipt) -> str | None:
    """How much came back, where any did; the receipt itself has the rest."""
    proof = receipt.freed
    if proof is None or not proof.freed_bytes:
        return None
    claimed = max(proof.freed_bytes, proof.claimed_bytes)
    return ctx.t("ui-event-freed", freed=size(proof.freed_bytes), claimed=size(claimed))


def _alert_row(ctx: UiContext, alert: Alert, now: float, *, lasts: bool) -> EventRow:
    critical = alert.level is AlertLevel.CRITICAL
    result = ctx.t("ui-alert-lasts") if lasts else ""
    if alert.ended is not None:
        result = ctx.t("ui-alert-ended", span=ctx.say.span(max(0.0, alert.ended - alert.at)))
    return EventRow(
        alert.at,
        "alert",
        "octagon" if critical else "warn",
        "crit" if critical else "warn",
        ctx.say.moment(alert.at, now),
        ctx.t("ui-event-alert"),
        ctx.text(alert_words.title(alert)),
        ctx.text(alert_words.why(alert)),
        result,
        alert.kind,
    )


def _release_row(ctx: UiContext, report: ReleaseReport, now: float) -> EventRow:
    came = report.freed_bytes > 0 or not report.measured
    return EventRow(
        report.at,
        "memory",
        "check" if came else "warn",
        "text2" if came else "warn",
        ctx.say.moment(report.at, now),
        ctx.t("ui-event-memory"),
        ctx.text(memory_words.title(report)),
        ctx.text(memory_words.why(report)),
        ctx.text(memory_words.result(report)),
    )


def _job_row(ctx: UiContext, job: Job, now: float) -> EventRow:
    said = job_words(ctx, job, Progress(None, None, None, now))
    done = job.state is JobState.DONE
    why = ctx.t("ui-job-scenes", n=job.scenes_found) if done else said.lead
    result = ctx.t("ui-job-described", n=job.scenes_done) if job.scenes_done else ""
    code = {JobState.DONE: "ui-event-job-done", JobState.CANCELLED: "ui-event-job-cancelled"}.get(
        job.state, "ui-event-job-failed"
    )
    return EventRow(
        job.updated,
        "job",
        said.glyph or "x",
        said.colour,
        ctx.say.moment(job.updated, now),
        ctx.t("ui-event-job"),
        ctx.t(code, name=file_name(job.path)),
        why,
        result,
    )


_SENT_GLYPHS = {
    EntryState.SETTLED: ("CLOUD", "text2"),
    EntryState.RESERVED: ("CLOUD", "accent"),
    EntryState.UNKNOWN: ("warn", "warn"),
    EntryState.NOT_SENT: ("x", "text3"),
}


def _cloud_row(ctx: UiContext, entry: Entry, names: Mapping[str, str], now: float) -> EventRow:
    glyph, colour = _SENT_GLYPHS[entry.state]
    sent = words.kilobytes(entry.bytes)
    what = ctx.t("ui-event-sent", n=entry.frames, size=sent, host=entry.host)
    state = ctx.t(f"ledger-state-{entry.state.value.replace('_', '-')}")
    name = names.get(entry.job or "", "")
    why = " · ".join(part for part in (entry.model, name, state) if part)
    return EventRow(
        entry.at,
        "cloud",
        glyph,
        colour,
        ctx.say.moment(entry.at, now),
        ctx.t("ui-event-cloud"),
        what,
        why,
        ctx.t("ui-event-cost", cost=words.usd(entry.cost)),
        sent=entry,
    )


class EventRows(QAbstractTableModel):
    """Filtered by kind and by words."""

    def __init__(self, ctx: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._all: list[EventRow] = []
        self._shown: list[EventRow] = []
        self._kind = "all"
        self._query = ""

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row = self._shown[index.row()]
        if role == EVENT:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):  # a narrow column cuts words
            return row.cell(index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[index.column()] == "result":
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._ctx.t(f"ui-event-column-{COLUMNS[section]}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if COLUMNS[section] == "result" else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    @property
    def total(self) -> int:
        return len(self._all)

    @property
    def searched(self) -> bool:
        """Whether words are looked for, so that a part of a kind is shown."""
        return bool(self._query.split())

    @property
    def kind(self) -> str:
        """That is shown; ``all`` for every one."""
        return self._kind

    @property
    def shown(self) -> tuple[EventRow, ...]:
        return tuple(self._shown)

    def show_rows(self, rows: Sequence[EventRow]) -> None:
        if list(rows) == self._all:
            return
        self.beginResetModel()
        self._all = list(rows)
        self._shown = self._filtered()
        self.endResetModel()

    def filter(self, *, kind: str | None = None, query: str | None = None) -> None:
        self.beginResetModel()
        self._kind = self._kind if kind is None else kind
        self._query = self._query if query is None else query.casefold()
        self._shown = self._filtered()
        self.endResetModel()

    def _filtered(self) -> list[EventRow]:
        wanted = self._query.split()
        return [
            row
            for row in self._all
            if self._kind in ("all", row.kind)
            and all(word in f"{row.what} {row.why} {row.result}".casefold() for word in wanted)
        ]
