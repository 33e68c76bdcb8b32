"""What the threads of one run share: the scenes as they are stored now, and the bell that wakes who waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

from autocut_tray.core.jobs.job import JobChanged, SceneChanged, SceneRecord
from autocut_tray.core.jobs.store import JobStore


class Board:
    """``changed`` guards :attr:`scenes` and is told of every change; whatever is stored is published, too."""

    def __init__(
        self, job_id: str, store: JobStore, publish: Callable[[object], None], changed: threading.Condition
    ) -> None:
        self.job_id = job_id
        self.store = store
        self.publish = publish
        self.changed = changed
        self.scenes: dict[int, SceneRecord] = {}

    def wake(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def put(self, record: SceneRecord) -> None:
        with self.changed:
            self.scenes[record.scene.id] = record
            self.changed.notify_all()
        self.publish(SceneChanged(self.job_id, record))

    def refresh(self, scene_id: int) -> None:
        """Tell a scene as it is stored now: its sound and its description are written by different threads."""
        with self.changed:
            record = self.store.scene(self.job_id, scene_id)
            self.scenes[scene_id] = record
            self.changed.notify_all()
        self.publish(SceneChanged(self.job_id, record))

    def drop_after(self, last: int) -> None:
        """Scenes of an earlier scan beyond those of this one."""
        self.store.drop_scenes_after(self.job_id, last)
        with self.changed:
            for scene_id in [i for i in self.scenes if i > last]:
                del self.scenes[scene_id]

    def tell_job(self) -> None:
        self.publish(JobChanged(self.store.get(self.job_id)))
