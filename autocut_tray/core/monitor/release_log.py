"""What was given back of memory, when and why and what came of it, in the database of the history."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from autocut_tray.core.database import Database
from autocut_tray.core.release import (
    MachineMemory,
    ReleaseCause,
    ReleaseOutcome,
    ReleaseRecord,
    ReleaseReport,
    ResourceKind,
)

MOST = 10_000
"""How many are kept at most, besides the days of the history: about 6 MB."""

RELEASE_TABLE = """\
CREATE TABLE releases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    cause TEXT NOT NULL,
    keep REAL NOT NULL,
    seconds REAL NOT NULL,
    records TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL
);
CREATE INDEX releases_by_time ON releases (at);
"""


class ReleaseLog:
    """Safe to use from several threads. Every method raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, report: ReleaseReport) -> ReleaseReport:
        """Store a report and give it its id."""
        with self._database.transaction() as db:
            cursor = db.execute(
                "INSERT INTO releases (at, cause, keep, seconds, records, before, after) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    report.at,
                    report.cause.value,
                    report.keep,
                    report.seconds,
                    json.dumps([record.to_json() for record in report.records]),
                    json.dumps(_machine_to_json(report.before)),
                    json.dumps(_machine_to_json(report.after)),
                ),
            )
            return replace(report, id=cursor.lastrowid or 0)

    def between(self, since: float, until: float) -> list[ReleaseReport]:
        """Those of between two moments (seconds since the epoch), newest first."""
        rows = self._database.read(
            "SELECT * FROM releases WHERE at BETWEEN ? AND ? ORDER BY at DESC, id DESC", (since, until)
        )
        return [_report(row) for row in rows]

    @staticmethod
    def prune(db: sqlite3.Connection, horizon: float) -> None:
        """Forget what is older than ``horizon`` (seconds since the epoch), and what is beyond :data:`MOST`."""
        db.execute("DELETE FROM releases WHERE at < ?", (horizon,))
        db.execute(
            "DELETE FROM releases WHERE id <= (SELECT id FROM releases ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (MOST,),
        )


def _machine_to_json(memory: MachineMemory) -> dict[str, int | None]:
    return {"ram_available": memory.ram_available, "vram_used": memory.vram_used, "own": memory.own}


def _report(row: sqlite3.Row) -> ReleaseReport:
    return ReleaseReport(
        at=row["at"],
        cause=ReleaseCause(row["cause"]),
        keep=row["keep"],
        seconds=row["seconds"],
        records=tuple(_record(entry) for entry in json.loads(row["records"])),
        before=MachineMemory(**json.loads(row["before"])),
        after=MachineMemory(**json.loads(row["after"])),
        id=row["id"],
    )


def _record(entry: Mapping[str, Any]) -> ReleaseRecord:
    return ReleaseRecord(
        ResourceKind(entry["kind"]),
        entry["name"],
        entry["claimed_bytes"],
        entry["freed_bytes"],
        ReleaseOutcome(entry["outcome"]),
        entry["compressed"],
    )
