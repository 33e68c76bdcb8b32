"""Jobs on disk. A scene's result and the mark that it is done are one transaction; so is every change of state."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Collection, Iterable
from pathlib import Path

from autocut_tray.core.analyzers.base import Description
from autocut_tray.core.clock import Clock
from autocut_tray.core.database import Database, Schema
from autocut_tray.core.egress.tables import EGRESS_TABLES
from autocut_tray.core.errors import UsageError
from autocut_tray.core.footage import Scene, SceneSound, SceneWords, Video
from autocut_tray.core.jobs.job import (
    DescribedBy,
    Force,
    Job,
    JobError,
    JobOptions,
    JobState,
    SceneRecord,
    SceneStatus,
)
from autocut_tray.core.jobs.records import (
    description_to_json,
    dump,
    error_to_json,
    job_from_row,
    load,
    options_to_json,
    record_from_row,
    sound_to_row,
    video_to_json,
)
from autocut_tray.core.messages import Message, message, message_to_json
from autocut_tray.core.planning.plan import Plan, plan_from_json, plan_to_json

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
    )
)

JOB_QUERY = """
SELECT jobs.*,
    (SELECT count(*) FROM scenes WHERE job_id = jobs.id) AS found,
    (SELECT count(*) FROM scenes WHERE job_id = jobs.id AND status = 'described') AS described,
    (SELECT count(*) FROM scenes WHERE job_id = jobs.id AND status = 'failed') AS failed,
    (SELECT count(*) FROM scenes WHERE job_id = jobs.id AND status = 'left_out') AS left_out,
    (SELECT thumbnail FROM scenes WHERE job_id = jobs.id AND thumbnail IS NOT NULL ORDER BY scene LIMIT 1)
        AS thumbnail
FROM jobs
"""

MAX_ATTEMPTS = 3
"""Starts of a job that ended with the death of this program, no scene done meanwhile, before it is quarantined."""

MAX_WORKER_DEATHS = 2
"""Deaths of the media worker on one file before it is quarantined."""


class JobStore:
    """All jobs of this person. Every method is one transaction or one read. Raises StorageError."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._clock = clock
        self._database = Database(file, SCHEMA, durable=True)

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
        job_id = uuid.uuid4().hex[:12]
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

    def next_queued(self, among: Collection[str] | None = None) -> Job | None:
        """The first in line, of all jobs or of those ``among`` which to look."""
        chosen = "" if among is None else f" AND id IN ({','.join('?' * len(among))})"
        rows = self._database.read(
            f"{JOB_QUERY} WHERE state = 'queued'{chosen} ORDER BY position LIMIT 1", tuple(among or ())
        )
        return job_from_row(rows[0]) if rows else None

    def count(self, *states: JobState) -> int:
        marks = ",".join("?" * len(states))
        (row,) = self._database.read(
            f"SELECT count(*) AS n FROM jobs WHERE state IN ({marks})", [s.value for s in states]
        )
        return int(row["n"])

    def waiting_pictures(self) -> list[str]:
        """The key frames of scenes that wait for their description, in jobs that are not over and may leave this
        machine; of each job no more than it has room for."""
        names: list[str] = []
        for job in self.jobs():
            if job.state.ended or job.options.never_cloud or job.options.force is Force.LOCAL:
                continue
            waiting = [
                scene.thumbnail
                for scene in self.scenes(job.id)
                if scene.status is SceneStatus.WAITING and scene.thumbnail is not None
            ]
            names += waiting[: max(0, job.scenes_planned - job.scenes_done) or len(waiting)]
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
            db.execute("UPDATE jobs SET state = 'queued', phase = NULL WHERE state = 'running'")
        return poisoned

    def requeue_stranded(self) -> None:
        """What is called running although nothing runs goes back in line, and the attempt is not counted.

        For the one runner of this program, after the disk refused to take the end of a run.
        """
        with self._database.transaction() as db:
            db.execute(
                "UPDATE jobs SET state = 'queued', phase = NULL, attempts = max(0, attempts - 1) "
                "WHERE state = 'running'"
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
                "updated = ?, attempts = 0, worker_deaths = CASE WHEN ? THEN 0 ELSE worker_deaths END "
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
            ids = [str(row["id"]) for row in db.execute("SELECT id FROM jobs WHERE state = 'paused'")]
            db.execute(
                "UPDATE jobs SET state = 'queued', waiting_for = NULL, attempts = 0 WHERE state = 'paused'"
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

    def set_path(self, job_id: str, path: str) -> None:
        """The same footage was found elsewhere."""
        with self._database.transaction() as db:
            db.execute("UPDATE jobs SET path = ? WHERE id = ?", (os.fsencode(path), job_id))

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

    def put_scene(self, job_id: str, scene: Scene) -> SceneRecord:
        """A scene was found. Found again after a crash with the same frames, it keeps its result."""
        with self._database.transaction() as db:
            other = db.execute(
                "DELETE FROM scenes WHERE job_id = ? AND scene = ? AND (start_frame <> ? OR end_frame <> ?)",
                (job_id, scene.id, scene.start_frame, scene.end_frame),
            )
            if other.rowcount:
                _forget_plan(db, job_id)
            db.execute(
                "INSERT INTO scenes "
                "(job_id, scene, start_frame, end_frame, start_s, end_s, transition, status) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting') ON CONFLICT DO NOTHING",
                (
                    job_id,
                    scene.id,
                    scene.start_frame,
                    scene.end_frame,
                    scene.start,
                    scene.end,
                    scene.transition.value,
                ),
            )
        return self.scene(job_id, scene.id)

    def put_keyframe(self, job_id: str, scene_id: int, seconds: float, thumbnail: str) -> SceneRecord:
        with self._database.transaction() as db:
            db.execute(
                "UPDATE scenes SET keyframe = ?, thumbnail = ? WHERE job_id = ? AND scene = ?",
                (seconds, thumbnail, job_id, scene_id),
            )
        return self.scene(job_id, scene_id)

    def put_heard(self, job_id: str, sounds: Iterable[SceneSound]) -> None:
        """What scenes sound like."""
        with self._database.transaction() as db:
            db.executemany(
                "UPDATE scenes SET audio = ? WHERE job_id = ? AND scene = ?",
                [(dump(sound_to_row(one.sound)), job_id, one.scene_id) for one in sounds],
            )

    def put_words(self, job_id: str, words: Iterable[SceneWords]) -> None:
        """What is said in scenes; in all others of the job nothing is."""
        with self._database.transaction() as db:
            db.execute("UPDATE scenes SET subtitles = NULL WHERE job_id = ?", (job_id,))
            db.executemany(
                "UPDATE scenes SET subtitles = ? WHERE job_id = ? AND scene = ?",
                [(one.text, job_id, one.scene_id) for one in words],
            )

    def drop_scenes_after(self, job_id: str, last: int) -> None:
        """Scenes of an earlier scan beyond those of this one."""
        with self._database.transaction() as db:
            gone = db.execute("DELETE FROM scenes WHERE job_id = ? AND scene > ?", (job_id, last))
            if gone.rowcount:
                _forget_plan(db, job_id)

    # -- what describing finds

    def scene(self, job_id: str, scene_id: int) -> SceneRecord:
        (row,) = self._database.read(
            "SELECT * FROM scenes WHERE job_id = ? AND scene = ?", (job_id, scene_id)
        )
        return record_from_row(row)

    def scenes(self, job_id: str) -> list[SceneRecord]:
        rows = self._database.read("SELECT * FROM scenes WHERE job_id = ? ORDER BY scene", (job_id,))
        return [record_from_row(row) for row in rows]

    def put_description(
        self, job_id: str, scene: Scene, description: Description, by: DescribedBy
    ) -> SceneRecord | None:
        """Store a result; None when this very scene has one already or is gone, and then nothing changes."""
        with self._database.transaction() as db:
            cursor = db.execute(
                "UPDATE scenes SET status = 'described', description = ?, tier = ?, backend = ?, model = ?, "
                "seconds = ?, error = NULL WHERE job_id = ? AND scene = ? AND start_frame = ? "
                "AND end_frame = ? AND status <> 'described'",
                (
                    dump(description_to_json(description)),
                    by.tier.value,
                    by.backend,
                    by.model,
                    by.seconds,
                    job_id,
                    scene.id,
                    scene.start_frame,
                    scene.end_frame,
                ),
            )
            if not cursor.rowcount:
                return None
            # Progress: if the program dies again and again, this file is not the reason.
            db.execute("UPDATE jobs SET updated = ?, attempts = 0 WHERE id = ?", (self._clock.time(), job_id))
        return self.scene(job_id, scene.id)

    def count_scene_attempt(self, job_id: str, scene_id: int) -> int:
        """One more failed try that may be the scene's own fault; returns how many there were."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE scenes SET attempts = attempts + 1 WHERE job_id = ? AND scene = ?", (job_id, scene_id)
            )
            (row,) = db.execute(
                "SELECT attempts FROM scenes WHERE job_id = ? AND scene = ?", (job_id, scene_id)
            ).fetchall()
        return int(row["attempts"])

    def fail_scene(self, job_id: str, scene_id: int, error: Message) -> SceneRecord:
        with self._database.transaction() as db:
            db.execute(
                "UPDATE scenes SET status = 'failed', error = ? WHERE job_id = ? AND scene = ?",
                (dump(message_to_json(error)), job_id, scene_id),
            )
        return self.scene(job_id, scene_id)

    def set_status(self, job_id: str, scene_ids: Iterable[int], status: SceneStatus) -> list[SceneRecord]:
        """Mark undescribed scenes as waiting or left out."""
        ids = list(scene_ids)
        with self._database.transaction() as db:
            db.executemany(
                "UPDATE scenes SET status = ? WHERE job_id = ? AND scene = ? AND status <> 'described'",
                [(status.value, job_id, scene_id) for scene_id in ids],
            )
        return [self.scene(job_id, scene_id) for scene_id in ids]

    # -- rough cuts

    def plan(self, job_id: str) -> Plan | None:
        """The rough cut of a job; None when none was made, or its scenes are no longer those it was made of."""
        rows = self._database.read("SELECT plan FROM plans WHERE job_id = ?", (job_id,))
        return plan_from_json(load(rows[0]["plan"])) if rows else None

    def plans(self) -> dict[str, Plan]:
        """The rough cuts of all jobs."""
        rows = self._database.read("SELECT job_id, plan FROM plans")
        return {row["job_id"]: plan_from_json(load(row["plan"])) for row in rows}

    def put_plan(self, job_id: str, plan: Plan) -> None:
        """Raises UsageError ``no_such_job``."""
        self.get(job_id)
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO plans (job_id, plan, updated) SELECT id, ?, ? FROM jobs WHERE id = ? "
                "ON CONFLICT (job_id) DO UPDATE SET plan = excluded.plan, updated = excluded.updated",
                (dump(plan_to_json(plan)), self._clock.time(), job_id),
            )


def _forget_plan(db: sqlite3.Connection, job_id: str) -> None:
    """Its scenes have become others."""
    db.execute("DELETE FROM plans WHERE job_id = ?", (job_id,))
