"""How much there is to do, for those who decide how fast to look and whether to load a model."""

from __future__ import annotations

from autocut_tray.core.errors import StorageError
from autocut_tray.core.jobs.job import JobState
from autocut_tray.core.jobs.store import JobStore


class Workload:
    """Reads the store; while that cannot be read, what it said last. ``held``: the person holds the line, so
    nothing is wanted for now."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._last: dict[tuple[JobState, ...], int] = {}
        self.held = False

    @property
    def queued(self) -> int:
        """Jobs that stand in line, those that wait for a back end included."""
        return self._count(JobState.QUEUED, JobState.PAUSED)

    @property
    def running(self) -> int:
        return self._count(JobState.RUNNING)

    @property
    def active(self) -> int:
        return self._count(JobState.QUEUED, JobState.PAUSED, JobState.RUNNING)

    @property
    def wanted(self) -> bool:
        """True while a model would be used if one were there."""
        return not self.held and self.active > 0

    def _count(self, *states: JobState) -> int:
        try:
            self._last[states] = self._store.count(*states)
        except StorageError:
            return self._last.get(states, 0)  # who watches the machine must not stop for a full disk
        return self._last[states]
