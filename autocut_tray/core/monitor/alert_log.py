"""Alerts that were raised, in the database of the history."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from autocut_tray.core.alert import Alert, AlertKind, AlertLevel
from autocut_tray.core.database import Database

ALERT_TABLE = """\
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    value REAL NOT NULL,
    threshold REAL NOT NULL,
    held_s REAL NOT NULL,
    scaled INTEGER NOT NULL,
    ended REAL
);
CREATE INDEX alerts_by_time ON alerts (at);
"""


class AlertLog:
    """Safe to use from several threads. Every method raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, alert: Alert) -> Alert:
        """Store an alert and give it its id."""
        with self._database.transaction() as db:
            cursor = db.execute(
                "INSERT INTO alerts (at, kind, level, value, threshold, held_s, scaled, ended) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    alert.at,
                    alert.kind.value,
                    alert.level.value,
                    alert.value,
                    alert.threshold,
                    alert.held_s,
                    alert.scaled,
                    alert.ended,
                ),
            )
            return replace(alert, id=cursor.lastrowid or 0)

    def end(self, alert: Alert) -> None:
        """It is over since ``alert.ended``."""
        with self._database.transaction() as db:
            db.execute("UPDATE alerts SET ended = ? WHERE id = ?", (alert.ended, alert.id))

    def between(self, since: float, until: float) -> list[Alert]:
        """Raised between two moments (seconds since the epoch), newest first."""
        rows = self._database.read(
            "SELECT * FROM alerts WHERE at BETWEEN ? AND ? ORDER BY at DESC, id DESC", (since, until)
        )
        return [_alert(row) for row in rows]

    def after(self, alert_id: int) -> list[Alert]:
        """Those stored after this one, oldest first."""
        rows = self._database.read("SELECT * FROM alerts WHERE id > ? ORDER BY id", (alert_id,))
        return [_alert(row) for row in rows]

    @property
    def last_id(self) -> int:
        """0 when there is none."""
        (row,) = self._database.read("SELECT coalesce(max(id), 0) AS id FROM alerts")
        return int(row["id"])


def _alert(row: sqlite3.Row) -> Alert:
    return Alert(
        id=row["id"],
        at=row["at"],
        kind=AlertKind(row["kind"]),
        level=AlertLevel(row["level"]),
        value=row["value"],
        threshold=row["threshold"],
        held_s=row["held_s"],
        scaled=bool(row["scaled"]),
        ended=row["ended"],
    )
