"""Every job the window knows, kept by events; what counts, lists and the strip look here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from autocut_tray.core.jobs.job import Job, JobChanged, JobRemoved, JobState, line_key
from autocut_tray.ui.background import Background
from autocut_tray.ui.bridge import Bridge

SETTLE_MS = 50
"""Changes within this time are told together: ten thousand dropped files are not ten thousand repaints."""

_RUNNING = (JobState.RUNNING,)
_WAITING = (JobState.QUEUED, JobState.PAUSED)


class JobBook(QObject):
    """``changed`` carries the ids that appeared, moved on, ended or went, as a frozenset."""

    changed = Signal(object)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._jobs: dict[str, Job] = {}
        self._touched: set[str] = set()
        self._gone: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self._timer.timeout.connect(self.settle)
        bridge.job_changed.connect(self._job_changed)
        bridge.job_removed.connect(self._job_removed)

    def load(self, background: Background, read: Callable[[], list[Job]]) -> None:
        """Fetch the jobs there are (``read()`` may wait for a disk) and merge them with what events told."""
        background.run(read, self._loaded)

    def get(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    def all(self) -> Iterable[Job]:
        return self._jobs.values()

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def running(self) -> list[Job]:
        return sorted(self._in(_RUNNING), key=lambda job: job.created)

    @property
    def waiting(self) -> list[Job]:
        """Queued and paused ones, the next first."""
        return sorted(self._in(_WAITING), key=line_key)

    @property
    def ended(self) -> list[Job]:
        """The latest first."""
        return sorted(
            (j for j in self._jobs.values() if j.state.ended), key=lambda j: j.updated, reverse=True
        )

    @property
    def active(self) -> int:
        """Running and waiting ones; those that the person lets rest wait for nothing."""
        return sum(not job.state.ended and not job.held for job in self._jobs.values())

    def settle(self) -> None:
        """Tell now what has changed."""
        self._timer.stop()
        touched, self._touched = frozenset(self._touched), set()
        if touched:
            self.changed.emit(touched)

    def _in(self, states: tuple[JobState, ...]) -> list[Job]:
        return [job for job in self._jobs.values() if job.state in states]

    def _loaded(self, jobs: list[Job]) -> None:
        for job in jobs:
            known = self._jobs.get(job.id)
            if job.id not in self._gone and (known is None or known.updated < job.updated):
                self._jobs[job.id] = job
                self._touched.add(job.id)
        self.settle()

    def _job_changed(self, event: JobChanged) -> None:
        self._jobs[event.job.id] = event.job
        self._gone.discard(event.job.id)
        self._touch(event.job.id)

    def _job_removed(self, event: JobRemoved) -> None:
        self._gone.add(event.job_id)
        if self._jobs.pop(event.job_id, None) is not None:
            self._touch(event.job_id)

    def _touch(self, job_id: str) -> None:
        self._touched.add(job_id)
        if not self._timer.isActive():
            self._timer.start()
