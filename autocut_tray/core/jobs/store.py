"""Jobs on disk. A scene's result and the mark that it is done are one transaction; so is every change of state."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection
from pathlib import Path

from autocut_tray.core.clock import Clock
from autocut_tray.core.database import Database, Schema
from autocut_tray.core.egress.tables import EGRESS_TABLES
from autocut_tray.core.errors import UsageError
from autocut_tray.core.footage import Video
from autocut_tray.core.jobs.job import (
    Force,
    Job,
    JobError,
    JobOptions,
    JobState,
    SceneStatus,
)
from autocut_tray.core.jobs.plan_store import PlanTable
from autocut_tray.core.jobs.records import (
    dump,
    error_to_json,
    job_from_row,
    options_to_json,
    video_to_json,
)
from autocut_tray.core.jobs.scene_store import SceneTable, forget_wishes
from autocut_tray.core.messages import Message, message, message_to_json
from autocut_tray.core.policy.governor_types import Tier

SCHEMA = Schema(
    (
        """\
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    path BLOB NOT NULL,
    content_key TEXT NOT NULL,
    state TEXT NOT NULL,
    phase TEXT,
    options TEXT NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    position INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    worker_deaths INTEGER NOT NULL DEFAULT 0,
    video TEXT,
    scanned REAL NOT NULL DEFAULT 0,
    scan_complete INTEGER NOT NULL DEFAULT 0,
    budget INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    waiting_for TEXT
);
CREATE INDEX jobs_by_content ON jobs (content_key);
CREATE INDEX jobs_by_state ON jobs (state, position);
CREATE TABLE scenes (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    scene INTEGER NOT NULL,
    start_frame INTEGER NOT NULL,
    end_frame INTEGER NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    transition TEXT NOT NULL,
    status TEXT NOT NULL,
    keyframe REAL,
    thumbnail TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    description TEXT,
    tier TEXT,
    backend TEXT,
    model TEXT,
    seconds REAL,
    error TEXT,
    PRIMARY KEY (job_id, scene)
) WITHOUT ROWID;
""",
        EGRESS_TABLES,
        """\
ALTER TABLE scenes ADD COLUMN audio TEXT;
ALTER TABLE scenes ADD COLUMN subtitles TEXT;
""",
        """\
CREATE TABLE plans (
    job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    plan TEXT NOT NULL,
    updated REAL NOT NULL
) WITHOUT ROWID;
""",
        """\
ALTER TABLE scenes ADD COLUMN picture TEXT;
ALTER TABLE scenes ADD COLUMN degraded INTEGER;
ALTER TABLE scenes ADD COLUMN hand TEXT;
ALTER TABLE scenes ADD COLUMN wanted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN note TEXT;
""",
        """\
ALTER TABLE jobs ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
""",
        """\
ALTER TABLE scenes ADD COLUMN further TEXT;
ALTER TABLE scenes ADD COLUMN pictures INTEGER;
ALTER TABLE scenes ADD COLUMN fewer TEXT;
ALTER TABLE jobs ADD COLUMN way TEXT;
""",
    )
)

JOB_QUERY = """
SELECT jobs.*,
    (SELECT count(*) FROM scenes WHERE job_id = jobs.id) AS found,
    (SELECT count(*) FROM scenes WHERE job_id = jobs.id AND status = 'described') AS described,
    (SELECT count(*) FROM scenes WHERE job_id = jobs.id AND status = 'failed') AS failed,
    (SELECT count(*) FROM scenes WHERE job_id = jobs.id AND status = 'left_out') AS left_out,
    (SELECT count(*) FROM scenes WHERE job_id = jobs.id AND status = 'waiting' AND wanted) AS wanted,
    (SELECT count(*) FROM scenes WHERE job_id = jobs.id AND degraded) AS owed,
    (SELECT thumbnail FROM scenes WHERE job_id = jobs.id AND thumbnail IS NOT NULL ORDER BY scene LIMIT 1)
        AS thumbnail
FROM jobs
"""

_FINISH_BY = "json_extract(options, '$.finish_by')"
_IN_LINE = "CASE WHEN held THEN 'paused' ELSE 'queued' END"

HELD = message("waiting-by-person")
"""Why a job rests that the person paused."""

MAX_ATTEMPTS = 3
"""Starts of a job that ended with the death of this program, no scene done meanwhile, before it is quarantined."""

MAX_WORKER_DEATHS = 2
"""Deaths of the media worker on one file before it is quarantined."""


class JobStore(SceneTable, PlanTable):
    """All jobs of this person. Every method is one transaction or one read. Raises StorageError."""

    def __init__(self, file: Path, clock: Clock) -> None:
        database = Database(file, SCHEMA, durable=True)
        SceneTable.__init__(self, database, clock)
        PlanTable.__init__(self, database, clock)

    @property
    def database(self) -> Database:
        """The file of the jobs, which holds consents and the ledger, too."""
        return self._database

    @property
    def problem(self) -> Message | None:
        """What happened to a damaged database, if anything did."""
        return self._database.problem

    def close(self) -> None:
        self._database.close()

    # -- jobs

    def create(self, path: str, content_key: str, options: JobOptions) -> Job:
        """A new queued job at the end of the line."""
        from uuid import uuid4  # late: no start makes a job

        job_id = uuid4().hex[:12]
        now = self._clock.time()
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO jobs (id, path, content_key, state, options, created, updated, position) "
                "VALUES (?, ?, ?, 'queued', ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM jobs))",
                (job_id, os.fsencode(path), content_key, dump(options_to_json(options)), now, now),
            )
        return self.get(job_id)

    def get(self, job_id: str) -> Job:
        """Raises UsageError ``no_such_job``."""
        rows = self._database.read(JOB_QUERY + "WHERE jobs.id = ?", (job_id,))
        if not rows:
            raise UsageError("no_such_job", message("error-no-such-job", id=job_id))
        return job_from_row(rows[0])

    def find_by_content(self, content_key: str) -> Job | None:
        """The newest job on the same footage, wherever the file lay then."""
        rows = self._database.read(
            JOB_QUERY + "WHERE content_key = ? ORDER BY created DESC, position DESC LIMIT 1", (content_key,)
        )
        return job_from_row(rows[0]) if rows else None

    def jobs(self) -> list[Job]:
        """All jobs, newest first."""
        return [job_from_row(row) for row in self._database.read(JOB_QUERY + "ORDER BY position DESC")]

    def next_queued(self, among: Collection[str] | None = None) -> str | None:
        """The id of the first in line, of all jobs or of those ``among`` which to look; for the order see
        :func:`~.job.line_key`."""
        chosen = "" if among is None else f" AND id IN ({','.join('?' * len(among))})"
        rows = self._database.read(
            f"SELECT id FROM jobs WHERE state = 'queued'{chosen} "
            f"ORDER BY turn DESC, {_FINISH_BY} IS NULL, {_FINISH_BY}, position LIMIT 1",
            tuple(among or ()),
        )
        return str(rows[0]["id"]) if rows else None

    def was_fatal(self, job_id: str) -> bool:
        """Whether this program or a media worker died while the job ran, and it has not shown since that it is not
        the reason."""
        (row,) = self._database.read("SELECT attempts, worker_deaths FROM jobs WHERE id = ?", (job_id,))
        return bool(row["attempts"] or row["worker_deaths"])

    def count(self, *states: JobState) -> int:
        """Those that the person lets rest do not count."""
        marks = ",".join("?" * len(states))
        (row,) = self._database.read(
            f"SELECT count(*) AS n FROM jobs WHERE state IN ({marks}) AND NOT held", [s.value for s in states]
        )
        return int(row["n"])

    def waiting_pictures(self) -> list[str]:
        """The pictures of scenes that wait for their description, in jobs that are not over and may leave this
        machine; of each job no more scenes than it has room for."""
        names: list[str] = []
        for job in self.jobs():
            if job.state.ended or job.options.never_cloud or job.options.force is Force.LOCAL:
                continue
            waiting = [
                [picture.name for picture in scene.pictures]
                for scene in self.scenes(job.id)
                if scene.status is SceneStatus.WAITING and scene.thumbnail is not None
            ]
            wanted = waiting[: max(0, job.scenes_planned - job.scenes_done) or len(waiting)]
            names += [name for pictures in wanted for name in pictures]
        return names

    def recover(self) -> list[str]:
        """After a start: what ran when the program died goes back in line, or into quarantine after
        :data:`MAX_ATTEMPTS`. Returns the ids of the quarantined."""
        with self._database.transaction() as db:
            poisoned = [
                str(row["id"])
                for row in db.execute(
                    "SELECT id FROM jobs WHERE state = 'running' AND attempts >= ?", (MAX_ATTEMPTS,)
                )
            ]
            for job_id in poisoned:
                error = JobError(
                    "poison", message("error-poison"), message("error-poison-hint"), "", exit_code=3
                )
                self._set_state(db, job_id, JobState.POISON, error=error)
            db.execute(f"UPDATE jobs SET state = {_IN_LINE}, phase = NULL WHERE state = 'running'")
        return poisoned

    def requeue_stranded(self, running: Collection[str] = ()) -> None:
        """What is called running although it is not among those ``running`` goes back in line, and the attempt is not
        counted.

        For the one runner of this program, after the disk refused to take the end of a run.
        """
        marks = ",".join("?" * len(running))
        with self._database.transaction() as db:
            db.execute(
                f"UPDATE jobs SET state = {_IN_LINE}, phase = NULL, attempts = max(0, attempts - 1) "
                f"WHERE state = 'running' AND id NOT IN ({marks})",
                tuple(running),
            )

    def hold(self, job_id: str) -> None:
        """Let a job that is not over rest until :meth:`release`; one that runs is to be stopped, too."""
        with self._database.transaction() as db:
            db.execute("UPDATE jobs SET held = 1 WHERE id = ?", (job_id,))
            db.execute(
                "UPDATE jobs SET state = 'paused', waiting_for = ?, updated = ? "
                "WHERE id = ? AND state IN ('queued', 'paused')",
                (dump(message_to_json(HELD)), self._clock.time(), job_id),
            )

    def release(self, job_id: str) -> None:
        """Let a job go on that rests because of :meth:`hold`; nothing else changes."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE jobs SET state = 'queued', waiting_for = NULL, updated = ? "
                "WHERE id = ? AND held AND state = 'paused'",
                (self._clock.time(), job_id),
            )
            db.execute("UPDATE jobs SET held = 0 WHERE id = ?", (job_id,))

    def put_first(self, job_id: str) -> None:
        """Before all others in line until it is over."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE jobs SET turn = (SELECT max(turn) + 1 FROM jobs), updated = ? WHERE id = ?",
                (self._clock.time(), job_id),
            )

    def start(self, job_id: str) -> bool:
        """Queued to running, counting the attempt; False when someone changed its state meanwhile."""
        with self._database.transaction() as db:
            cursor = db.execute(
                "UPDATE jobs SET state = 'running', phase = 'scanning', attempts = attempts + 1, updated = ?, "
                "error = NULL, waiting_for = NULL WHERE id = ? AND state = 'queued'",
                (self._clock.time(), job_id),
            )
            return cursor.rowcount == 1

    def requeue(self, job_id: str, *, fresh: bool) -> bool:
        """Back in line from any ended or paused state. ``fresh``: forget failures, for a person's retry."""
        with self._database.transaction() as db:
            cursor = db.execute(
                "UPDATE jobs SET state = 'queued', phase = NULL, waiting_for = NULL, error = NULL, "
                "updated = ?, attempts = 0, held = 0, worker_deaths = CASE WHEN ? THEN 0 ELSE worker_deaths END "
                "WHERE id = ? AND state NOT IN ('queued', 'running')",
                (self._clock.time(), fresh, job_id),
            )
            if fresh and cursor.rowcount:
                db.execute(
                    "UPDATE scenes SET status = 'waiting', attempts = 0, error = NULL "
                    "WHERE job_id = ? AND status = 'failed'",
                    (job_id,),
                )
            return cursor.rowcount == 1

    def requeue_waiting(self) -> list[str]:
        """Every job that waits for a back end goes back in line; returns their ids."""
        with self._database.transaction() as db:
            waiting = db.execute("SELECT id FROM jobs WHERE state = 'paused' AND NOT held")
            ids = [str(row["id"]) for row in waiting]
            db.execute(
                "UPDATE jobs SET state = 'queued', waiting_for = NULL, attempts = 0 "
                "WHERE state = 'paused' AND NOT held"
            )
        return ids

    def finish(
        self,
        job_id: str,
        state: JobState,
        *,
        error: JobError | None = None,
        waiting_for: Message | None = None,
    ) -> Job:
        """A run of this job is over: done, failed, cancelled, paused or poisoned."""
        with self._database.transaction() as db:
            self._set_state(db, job_id, state, error=error, waiting_for=waiting_for)
            if state is not JobState.RUNNING:
                db.execute("UPDATE jobs SET attempts = 0 WHERE id = ?", (job_id,))
            if state.ended:
                db.execute("UPDATE jobs SET held = 0, turn = 0 WHERE id = ?", (job_id,))
                forget_wishes(db, job_id)
        return self.get(job_id)

    def _set_state(
        self,
        db: sqlite3.Connection,
        job_id: str,
        state: JobState,
        *,
        error: JobError | None = None,
        waiting_for: Message | None = None,
    ) -> None:
        db.execute(
            "UPDATE jobs SET state = ?, phase = NULL, error = ?, waiting_for = ?, updated = ? WHERE id = ?",
            (
                state.value,
                dump(error_to_json(error)) if error else None,
                dump(message_to_json(waiting_for)) if waiting_for else None,
                self._clock.time(),
                job_id,
            ),
        )

    def set_waiting(self, job_id: str, waiting_for: Message | None) -> Job:
        """Say why a running job stands still, or that it no longer does."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE jobs SET waiting_for = ? WHERE id = ?",
                (dump(message_to_json(waiting_for)) if waiting_for else None, job_id),
            )
        return self.get(job_id)

    def set_note(self, job_id: str, note: Message | None, way: Tier | None = None) -> Job:
        """What is to be known of a job beside its state. ``way``: the tier it alone runs on, to keep its limit."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE jobs SET note = ?, way = ? WHERE id = ?",
                (dump(message_to_json(note)) if note else None, way.value if way else None, job_id),
            )
        return self.get(job_id)

    def set_path(self, job_id: str, path: str) -> None:
        """The same footage was found elsewhere."""
        with self._database.transaction() as db:
            db.execute("UPDATE jobs SET path = ? WHERE id = ?", (os.fsencode(path), job_id))

    def set_content(self, job_id: str, content_key: str) -> None:
        """The file has become another one since."""
        with self._database.transaction() as db:
            db.execute("UPDATE jobs SET content_key = ? WHERE id = ?", (content_key, job_id))

    def set_options(self, job_id: str, options: JobOptions) -> None:
        with self._database.transaction() as db:
            db.execute("UPDATE jobs SET options = ? WHERE id = ?", (dump(options_to_json(options)), job_id))

    def count_worker_death(self, job_id: str) -> int:
        """One more death of the media worker on this file; returns how many there were."""
        with self._database.transaction() as db:
            db.execute("UPDATE jobs SET worker_deaths = worker_deaths + 1 WHERE id = ?", (job_id,))
            (row,) = db.execute("SELECT worker_deaths FROM jobs WHERE id = ?", (job_id,)).fetchall()
        return int(row["worker_deaths"])

    def worker_deaths(self, job_id: str) -> int:
        """How often the media worker died on this file."""
        (row,) = self._database.read("SELECT worker_deaths FROM jobs WHERE id = ?", (job_id,))
        return int(row["worker_deaths"])

    def remove(self, job_id: str) -> list[str]:
        """Forget an ended or waiting job; returns the thumbnails that nobody needs any more."""
        with self._database.transaction() as db:
            names = [
                str(row["thumbnail"])
                for row in db.execute(
                    "SELECT thumbnail FROM scenes WHERE job_id = ? AND thumbnail IS NOT NULL", (job_id,)
                )
            ]
            db.execute("DELETE FROM jobs WHERE id = ? AND state <> 'running'", (job_id,))
        return names

    # -- what scanning finds

    def is_scanned(self, job_id: str) -> bool:
        (row,) = self._database.read("SELECT scan_complete FROM jobs WHERE id = ?", (job_id,))
        return bool(row["scan_complete"])

    def set_video(self, job_id: str, video: Video, *, scan_complete: bool) -> None:
        with self._database.transaction() as db:
            db.execute(
                "UPDATE jobs SET video = ?, scan_complete = ?, "
                "phase = CASE WHEN ? THEN 'describing' ELSE phase END, "
                "scanned = CASE WHEN ? THEN coalesce(?, scanned) ELSE scanned END, updated = ? WHERE id = ?",
                (
                    dump(video_to_json(video)),
                    scan_complete,
                    scan_complete,
                    scan_complete,
                    video.duration,
                    self._clock.time(),
                    job_id,
                ),
            )

    def set_scanned(self, job_id: str, seconds: float) -> Job:
        with self._database.transaction() as db:
            db.execute("UPDATE jobs SET scanned = ? WHERE id = ?", (seconds, job_id))
        return self.get(job_id)

    def set_budget(self, job_id: str, budget: int) -> None:
        """How many scenes may be described at most."""
        with self._database.transaction() as db:
            db.execute("UPDATE jobs SET budget = ? WHERE id = ? AND budget <> ?", (budget, job_id, budget))
