"""Scenes on disk. A scene's result and the mark that it is done are one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import asdict

from autocut_tray.core.analyzers.base import Description
from autocut_tray.core.clock import Clock
from autocut_tray.core.database import Database
from autocut_tray.core.footage import Keyframe, Scene, SceneSound, SceneWords
from autocut_tray.core.jobs.job import DescribedBy, ScenePicture, SceneRecord, SceneStatus
from autocut_tray.core.jobs.plan_store import forget_plan
from autocut_tray.core.jobs.records import (
    Json,
    description_to_json,
    dump,
    load,
    record_from_row,
    sound_to_row,
)
from autocut_tray.core.messages import Message, message_to_json


class SceneTable:
    """The scenes of all jobs. Every method is one transaction or one read. Raises StorageError."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    # -- what scanning finds

    def put_scene(self, job_id: str, scene: Scene) -> SceneRecord:
        """A scene was found. Found again after a crash with the same frames, it keeps its result."""
        with self._database.transaction() as db:
            other = db.execute(
                "DELETE FROM scenes WHERE job_id = ? AND scene = ? AND (start_frame <> ? OR end_frame <> ?)",
                (job_id, scene.id, scene.start_frame, scene.end_frame),
            )
            if other.rowcount:
                forget_plan(db, job_id)
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

    def put_keyframe(
        self, job_id: str, frame: Keyframe, thumbnail: str, further: Collection[ScenePicture] = ()
    ) -> SceneRecord:
        """The pictures of a scene: its key frame, and with a long one more, in order of time."""
        quality = asdict(frame.quality) if frame.quality else None
        more = [asdict(picture) for picture in further] or None
        with self._database.transaction() as db:
            db.execute(
                "UPDATE scenes SET keyframe = ?, thumbnail = ?, picture = ?, further = ? "
                "WHERE job_id = ? AND scene = ?",
                (frame.time, thumbnail, dump(quality), dump(more), job_id, frame.scene_id),
            )
        return self.scene(job_id, frame.scene_id)

    def put_heard(self, job_id: str, sounds: Iterable[SceneSound]) -> None:
        """What scenes sound like."""
        with self._database.transaction() as db:
            db.executemany(
                "UPDATE scenes SET audio = ? WHERE job_id = ? AND scene = ?",
                [(dump(sound_to_row(one.sound)), job_id, one.scene_id) for one in sounds],
            )

    def put_words(self, job_id: str, words: Iterable[SceneWords], *, anew: bool) -> None:
        """What is said in scenes. ``anew``: in all others of the job nothing is."""
        with self._database.transaction() as db:
            if anew:
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
                forget_plan(db, job_id)

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
                "seconds = ?, degraded = ?, pictures = ?, fewer = ?, wanted = 0, error = NULL "
                "WHERE job_id = ? AND scene = ? AND start_frame = ? AND end_frame = ? AND status <> 'described'",
                (
                    dump(description_to_json(description)),
                    by.tier.value,
                    by.backend,
                    by.model,
                    by.seconds,
                    by.degraded,
                    by.pictures,
                    by.fewer.value if by.fewer else None,
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
        """Give a scene up; one that was to be described again keeps the description that it has."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE scenes SET status = CASE WHEN description IS NULL THEN 'failed' ELSE 'described' END, "
                "wanted = 0, error = ? WHERE job_id = ? AND scene = ?",
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

    # -- what a person wants of scenes

    def want(self, job_id: str, scene_ids: Collection[int]) -> None:
        """Have these scenes described, whatever ``max_scenes`` says; until that is done they keep what they have."""
        with self._database.transaction() as db:
            db.executemany(
                "UPDATE scenes SET status = 'waiting', wanted = 1, attempts = 0, error = NULL "
                "WHERE job_id = ? AND scene = ?",
                [(job_id, scene_id) for scene_id in scene_ids],
            )

    def edit(self, job_id: str, scene_id: int, changes: Json) -> SceneRecord:
        """Set fields of a description by hand; they stay whoever describes the scene again."""
        with self._database.transaction() as db:
            (row,) = db.execute(
                "SELECT hand FROM scenes WHERE job_id = ? AND scene = ?", (job_id, scene_id)
            ).fetchall()
            hand = {**(load(row["hand"]) or {}), **changes}
            db.execute(
                "UPDATE scenes SET hand = ? WHERE job_id = ? AND scene = ?", (dump(hand), job_id, scene_id)
            )
        return self.scene(job_id, scene_id)


def forget_wishes(db: sqlite3.Connection, job_id: str) -> None:
    """The run is over: what it did not get to keeps the description that it had."""
    db.execute(
        "UPDATE scenes SET status = 'described' "
        "WHERE job_id = ? AND status = 'waiting' AND description IS NOT NULL",
        (job_id,),
    )
    db.execute("UPDATE scenes SET wanted = 0 WHERE job_id = ? AND wanted", (job_id,))
