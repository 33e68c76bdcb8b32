"""Rough cuts on disk."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from autocut_tray.core.clock import Clock
from autocut_tray.core.database import Database
from autocut_tray.core.errors import UsageError
from autocut_tray.core.jobs.records import dump, load
from autocut_tray.core.messages import message

if TYPE_CHECKING:
    from autocut_tray.core.planning.plan import Plan


class PlanTable:
    """The rough cuts of all jobs. Every method is one transaction or one read. Raises StorageError."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def plan(self, job_id: str) -> Plan | None:
        """The rough cut of a job; None when none was made, or its scenes are no longer those it was made of."""
        rows = self._database.read("SELECT plan FROM plans WHERE job_id = ?", (job_id,))
        if not rows:
            return None
        from autocut_tray.core.planning.plan import plan_from_json  # late: few jobs have one

        return plan_from_json(load(rows[0]["plan"]))

    def plans(self) -> dict[str, Plan]:
        """The rough cuts of all jobs."""
        rows = self._database.read("SELECT job_id, plan FROM plans")
        from autocut_tray.core.planning.plan import plan_from_json

        return {row["job_id"]: plan_from_json(load(row["plan"])) for row in rows}

    def put_plan(self, job_id: str, plan: Plan) -> None:
        """Raises UsageError ``no_such_job``."""
        from autocut_tray.core.planning.plan import plan_to_json

        with self._database.transaction() as db:
            put = db.execute(
                "INSERT INTO plans (job_id, plan, updated) SELECT id, ?, ? FROM jobs WHERE id = ? "
                "ON CONFLICT (job_id) DO UPDATE SET plan = excluded.plan, updated = excluded.updated",
                (dump(plan_to_json(plan)), self._clock.time(), job_id),
            )
        if not put.rowcount:
            raise UsageError("no_such_job", message("error-no-such-job", id=job_id))


def forget_plan(db: sqlite3.Connection, job_id: str) -> None:
    """Its scenes have become others."""
    db.execute("DELETE FROM plans WHERE job_id = ?", (job_id,))
