"""How much there is to do, for those who decide how fast to look and whether to load a model."""

from __future__ import annotations

from autocut_tray.core.jobs.job import JobState
from autocut_tray.core.jobs.store import JobStore


class Workload:
    """Reads the store. ``held``: the person holds the line, so nothing is wanted for now."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self.held = False

    @property
    def queued(self) -> int:
        """Jobs that stand in line, those that wait for a back end included."""
        return self._store.count(JobState.QUEUED, JobState.PAUSED)

    @property
    def running(self) -> int:
        return self._store.count(JobState.RUNNING)

    @property
    def active(self) -> int:
        return self._store.count(JobState.QUEUED, JobState.PAUSED, JobState.RUNNING)

    @property
    def wanted(self) -> bool:
        """True while a model would be used if one were there."""
        return not self.held and self.active > 0
