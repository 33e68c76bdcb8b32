"""The list of jobs as rows: three groups with their counts, each bounded, so that ten thousand jobs cost nothing."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.job import Job, JobState, line_key
from autocut_tray.ui.models.job_book import JobBook

SHOWN = 200
"""Rows of a group at first; the last row says how many more there are and brings as many again."""

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole + 1


@frozen
class HeaderRow:
    """``group``: ``running``, ``waiting`` or ``finished``."""

    group: str
    count: int


@frozen
class JobRow:
    """``first``/``last`` within its group: the corners of the card."""

    job_id: str
    first: bool
    last: bool


@frozen
class MoreRow:
    group: str
    count: int


Row = HeaderRow | JobRow | MoreRow


class JobRows(QAbstractListModel):
    """Rows keep their place while only their jobs change; ``spoken`` puts a job into words for screen readers."""

    def __init__(self, book: JobBook, spoken: Callable[[Job], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._spoken = spoken
        self._shown = {"running": SHOWN, "waiting": SHOWN, "finished": SHOWN}
        self._rows: list[Row] = []
        book.changed.connect(self._book_changed)
        self._rows = self._compute()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            job = self._book.get(row.job_id) if isinstance(row, JobRow) else None
            return self._spoken(job) if job else ""
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self._rows[index.row()], JobRow | MoreRow):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags

    def row(self, index: Index) -> Row | None:
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def index_of(self, job_id: str) -> QModelIndex:
        for number, row in enumerate(self._rows):
            if isinstance(row, JobRow) and row.job_id == job_id:
                return self.index(number)
        return QModelIndex()

    def show_more(self, group: str) -> None:
        self._shown[group] += SHOWN
        self._replace(self._compute())

    def _book_changed(self, touched: frozenset[str]) -> None:
        rows = self._compute()
        if rows != self._rows:
            self._replace(rows)
            return
        for number, row in enumerate(rows):
            if isinstance(row, JobRow) and row.job_id in touched:
                self.dataChanged.emit(self.index(number), self.index(number))

    def _replace(self, rows: list[Row]) -> None:
        """The new rows; what is selected stays selected, by its job."""
        self.layoutAboutToBeChanged.emit()
        places = {row.job_id: number for number, row in enumerate(rows) if isinstance(row, JobRow)}
        old = self.persistentIndexList()
        new = []
        for index in old:
            row = self._rows[index.row()] if index.row() < len(self._rows) else None
            place = places.get(row.job_id) if isinstance(row, JobRow) else None
            new.append(QModelIndex() if place is None else self.createIndex(place, 0))
        self._rows = rows
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _compute(self) -> list[Row]:
        groups: dict[str, list[Job]] = {"running": [], "waiting": [], "finished": []}
        for job in self._book.all():
            groups[_group(job)].append(job)
        rows: list[Row] = []
        for group, jobs in groups.items():
            if not jobs:
                continue
            rows.append(HeaderRow(group, len(jobs)))
            most = self._shown[group]
            shown = _first(jobs, most, group)
            rest = len(jobs) - len(shown)
            for place, job in enumerate(shown):
                rows.append(JobRow(job.id, place == 0, place == len(shown) - 1 and not rest))
            if rest:
                rows.append(MoreRow(group, rest))
        return rows


def _group(job: Job) -> str:
    if job.state is JobState.RUNNING:
        return "running"
    return "finished" if job.state.ended else "waiting"


def _first(jobs: Iterable[Job], most: int, group: str) -> list[Job]:
    if group == "finished":
        return heapq.nlargest(most, jobs, key=lambda job: (job.updated, job.id))
    if group == "waiting":
        return heapq.nsmallest(most, jobs, key=lambda job: (job.held, *line_key(job), job.id))
    return heapq.nsmallest(most, jobs, key=lambda job: (job.created, job.id))
