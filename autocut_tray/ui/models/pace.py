"""How fast a job describes scenes, measured from its own progress, and what follows for the time left."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from autocut_tray.core.jobs.job import Job, JobState, Phase

LEAST_UNITS = 3
"""Below this many measured scenes no speed is shown: an estimate from one scene is a guess."""

WINDOW_UNITS = 20


class Pace:
    """Seconds a scene over the last 20 scenes of each running job; wall time, so several at once count as such."""

    def __init__(self) -> None:
        self._marks: dict[str, deque[tuple[float, int]]] = {}

    def note(self, job: Job, now: float) -> None:
        """``now``: monotonic seconds. A job that rests or ends starts afresh."""
        if job.state is not JobState.RUNNING or job.phase is not Phase.DESCRIBING:
            self._marks.pop(job.id, None)
            return
        marks = self._marks.setdefault(job.id, deque(maxlen=WINDOW_UNITS + 1))
        if not marks or job.scenes_done > marks[-1][1]:
            marks.append((now, job.scenes_done))

    def forget(self, job_id: str) -> None:
        self._marks.pop(job_id, None)

    def seconds_per_scene(self, job_id: str) -> float | None:
        """None before three scenes are measured."""
        marks = self._marks.get(job_id)
        if not marks:
            return None
        (first, before), (last, after) = marks[0], marks[-1]
        units = after - before
        return (last - first) / units if units >= LEAST_UNITS else None

    def seconds_together(self, jobs: Iterable[Job]) -> float | None:
        """Seconds a scene of all these jobs together, which share the model; None before one of them is measured."""
        known = [pace for job in jobs if (pace := self.seconds_per_scene(job.id)) is not None]
        rate = sum(1.0 / pace for pace in known if pace > 0.0)
        return 1.0 / rate if rate else None

    def seconds_left_together(self, jobs: Sequence[Job]) -> float | None:
        """Until the last of them is done; None while one of them is not measured."""
        if not jobs or any(self.seconds_per_scene(job.id) is None for job in jobs):
            return None
        pace = self.seconds_together(jobs)
        left = sum(max(0, job.scenes_planned - job.scenes_done) for job in jobs)
        return None if pace is None else pace * left

    def seconds_left(self, job: Job) -> float | None:
        pace = self.seconds_per_scene(job.id)
        return None if pace is None else pace * max(0, job.scenes_planned - job.scenes_done)
