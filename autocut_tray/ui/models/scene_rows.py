"""Scenes of one job, or those of all jobs that a search found."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.job import SceneRecord

Index = QModelIndex | QPersistentModelIndex
SCENE = Qt.ItemDataRole.UserRole + 1


@frozen
class SceneRow:
    """``clip``: the name of its video, to show."""

    job_id: str
    clip: str
    record: SceneRecord


def haystack(row: SceneRow) -> str:
    """All words of a scene that a search looks at, what is said in it included, folded for comparison."""
    description, subtitles = row.record.description, row.record.subtitles
    words = [subtitles] if subtitles else []
    if description is not None:
        words += [
            description.summary,
            *description.subjects,
            description.action,
            description.shot,
            description.camera,
            description.mood,
            *description.quality,
            *description.tags,
        ]
    return "\n".join(words).casefold()


def matches(row: SceneRow, query: str) -> bool:
    """Every word of the query occurs somewhere in the scene's words."""
    words = query.casefold().split()
    if not words:
        return True
    text = haystack(row)
    return all(word in text for word in words)


class SceneRows(QAbstractListModel):
    """Ordered by scene; new and changed scenes come in one by one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[SceneRow] = []
        self._shown: list[SceneRow] = []
        self._query = ""

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row = self._shown[index.row()]
        if role == SCENE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            summary = row.record.description.summary if row.record.description else ""
            return f"{row.record.scene.id}. {summary}"
        return None

    @property
    def total(self) -> int:
        """Scenes before the search."""
        return len(self._all)

    @property
    def shown(self) -> tuple[SceneRow, ...]:
        return tuple(self._shown)

    def thumbnail(self, scene: int) -> str | None:
        """Of a scene of the one job that is shown, whether or not the search finds it."""
        number = bisect.bisect_left(self._all, scene, key=lambda one: one.record.scene.id)
        found = number < len(self._all) and self._all[number].record.scene.id == scene
        return self._all[number].record.thumbnail if found else None

    def row(self, index: Index) -> SceneRow | None:
        return self._shown[index.row()] if index.isValid() and index.row() < len(self._shown) else None

    def show_rows(self, rows: Iterable[SceneRow]) -> None:
        self.beginResetModel()
        self._all = list(rows)
        self._shown = self._filtered()
        self.endResetModel()

    def search(self, query: str) -> None:
        """Show only the scenes in which every word occurs; empty shows all."""
        if query == self._query:
            return
        self.beginResetModel()
        self._query = query
        self._shown = self._filtered()
        self.endResetModel()

    def put(self, row: SceneRow) -> None:
        """A scene was found or got its result."""
        self._put_into(self._all, row)
        number = _place(self._shown, row)
        present = number < len(self._shown) and _key(self._shown[number]) == _key(row)
        wanted = matches(row, self._query)
        if present and wanted:
            self._shown[number] = row
            self.dataChanged.emit(self.index(number), self.index(number))
        elif present:
            self.beginRemoveRows(QModelIndex(), number, number)
            del self._shown[number]
            self.endRemoveRows()
        elif wanted:
            self.beginInsertRows(QModelIndex(), number, number)
            self._shown.insert(number, row)
            self.endInsertRows()

    def _filtered(self) -> list[SceneRow]:
        return [row for row in self._all if matches(row, self._query)]

    @staticmethod
    def _put_into(rows: list[SceneRow], row: SceneRow) -> None:
        number = _place(rows, row)
        if number < len(rows) and _key(rows[number]) == _key(row):
            rows[number] = row
        else:
            rows.insert(number, row)


def _key(row: SceneRow) -> tuple[str, int]:
    return row.job_id, row.record.scene.id


def _place(rows: list[SceneRow], row: SceneRow) -> int:
    return bisect.bisect_left(rows, row.record.scene.id, key=lambda one: one.record.scene.id)
