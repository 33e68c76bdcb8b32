"""The line of jobs: takes in files, runs one job at a time, and loses none of them."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import (
    AutoCutError,
    InputError,
    StorageError,
    SystemExhausted,
    UsageError,
)
from autocut_tray.core.events import EventBus
from autocut_tray.core.jobs.intake import EXHAUSTED_RETRY_SECONDS, Arrivals, FileIntake, Intake
from autocut_tray.core.jobs.job import (
    Job,
    JobChanged,
    JobOptions,
    JobRemoved,
    JobState,
    SceneChanged,
    SceneRecord,
)
from autocut_tray.core.jobs.more import More, edit_of, scenes_wanted
from autocut_tray.core.jobs.ports import Admission, Scanner
from autocut_tray.core.jobs.run_end import Outcome, Stop, job_error
from autocut_tray.core.jobs.store import MAX_WORKER_DEATHS, JobStore
from autocut_tray.core.jobs.workload import Workload
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.scanner import DEATHS
from autocut_tray.core.memory.budget import UnifiedMemoryManager
from autocut_tray.core.messages import message

if TYPE_CHECKING:
    from autocut_tray.core.jobs.run import JobRun

log = logging.getLogger(__name__)

STORAGE_RETRY_SECONDS = 10.0
"""How long the line rests when the disk does not take what it should."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """``stored``: the job was done before, and its result is there."""

    job: Job
    stored: bool


class JobQueue:
    """Owns the store, an intake thread and a runner thread; both end in :meth:`stop`.

    ``may_start``: False while no new work may begin (an emergency); :meth:`wake` when it may again.
    ``on_worker_death``: the media worker ended unasked. ``on_memory_error``: this process got no memory. ``memory``:
    the budget of jobs.
    """

    def __init__(
        self,
        store: JobStore,
        scanner: Scanner,
        admission: Admission,
        intake: Intake,
        workload: Workload,
        *,
        may_start: Callable[[], bool],
        on_worker_death: Callable[[], None],
        scan_options: Callable[[], ScanOptions],
        default_options: Callable[[], JobOptions],
        thumbnails: Path,
        bus: EventBus,
        clock: Clock,
        memory: UnifiedMemoryManager,
        on_memory_error: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._scanner = scanner
        self._admission = admission
        self._intake = intake
        self._workload = workload
        self._may_start = may_start
        self._on_worker_death = on_worker_death
        self._on_memory_error = on_memory_error
        self._exhausted = 0
        """How often in a row the system gave too little to work."""
        self._generation = 0
        self._recovered = False
        self._scan_options = scan_options
        self._default_options = default_options
        self._thumbnails = thumbnails
        self._bus = bus
        self._clock = clock
        self._memory = memory
        self._lock = threading.RLock()
        self._arrivals: Arrivals = queue.SimpleQueue()
        self._focus: set[str] | None = None
        self._wake = threading.Event()
        self._stopping = CancelToken()
        self._run: JobRun | None = None
        self._threads: list[threading.Thread] = []
        self.storage_problem: AutoCutError | None = None
        """Why the line stands still, if the disk or the system is the cause."""

    # -- life

    def start(self) -> None:
        """Put back in line what the last session left, and begin."""
        if self._threads:
            return
        self._stopping = CancelToken()
        self.recover()
        self._threads = [
            threading.Thread(target=self._take_in, name="intake"),
            threading.Thread(target=self._work, name="jobs"),
        ]
        for thread in self._threads:
            thread.start()

    def recover(self) -> None:
        """Put in order what the last session left: before anything is submitted, and only once."""
        if self._recovered:
            return
        self._recovered = True
        for job_id in self._store.recover():
            log.warning("Job %s ended this program too often and is quarantined", job_id)
        self._store.requeue_waiting()  # what waited for a back end gets its chance

    def stop(self) -> None:
        """End the running job so that it goes on at the next start; returns when the threads have ended."""
        self._stopping.cancel()
        self._arrivals.put(None)
        self._stop_run(Stop.SHUTDOWN)
        self._wake.set()
        for thread in self._threads:
            thread.join()
        self._threads = []
        self._recovered = False

    close = stop

    # -- what a person can do

    def add(self, paths: Sequence[str], options: JobOptions | None = None) -> None:
        """Take in files and folders; returns at once and touches no disk."""
        self._arrivals.put((tuple(paths), options or self._default_options()))

    def focus(self, job_ids: Iterable[str]) -> None:
        """Run only these jobs and those submitted from now on: for a command that was asked for just them."""
        with self._lock:
            self._focus = set(job_ids)

    def submit(self, path: str, options: JobOptions, *, again: bool = False) -> Submitted:
        """Put one file in line, or find the job that it already has.

        A file that is no video gets a job that has failed, so that it is seen. Raises StorageError.
        """
        try:
            key = self._intake.content_key(path)
        except InputError as error:
            return Submitted(self._reject(path, options, error), stored=False)
        with self._lock:
            known = self._store.find_by_content(key)
            if known is not None and not again:
                self._look_at(known.id)
                if known.path != path:
                    self._store.set_path(known.id, path)
                if known.state is JobState.DONE and known.options.language == options.language:
                    return Submitted(self._store.get(known.id), stored=True)
                if known.state is not JobState.DONE:
                    self._store.set_options(known.id, options)
                    if self._run is not None and self._run.job_id == known.id and known.options != options:
                        self._run.stop(Stop.PAUSE)  # it goes on at once, under the new options
                    self._store.requeue(known.id, fresh=known.state is not JobState.PAUSED)
                    return Submitted(self._tell(known.id), stored=False)
            job = self._store.create(path, key, options)
            self._look_at(job.id)
        return Submitted(self._tell(job.id), stored=False)

    def _look_at(self, job_id: str) -> None:
        if self._focus is not None:
            self._focus.add(job_id)

    def jobs(self) -> list[Job]:
        """All jobs, newest first. Raises StorageError."""
        return self._store.jobs()

    def get(self, job_id: str) -> Job:
        """Raises UsageError for an unknown id."""
        return self._store.get(job_id)

    def scenes(self, job_id: str) -> list[SceneRecord]:
        return self._store.scenes(job_id)

    def thumbnail_path(self, name: str) -> Path:
        return self._thumbnails / name

    def cancel(self, job_id: str) -> Job:
        """End a job; what it has described stays."""
        with self._lock:
            run = self._run
            if run is not None and run.job_id == job_id:
                run.stop(Stop.PERSON)
                return self._store.get(job_id)
            if not self._store.get(job_id).state.ended:
                self._store.finish(job_id, JobState.CANCELLED)
        return self._tell(job_id)

    def retry(self, job_id: str) -> Job:
        """Put an ended job in line again; described scenes keep their descriptions."""
        self._store.requeue(job_id, fresh=True)
        return self._tell(job_id)

    def describe_more(self, job_id: str, more: More) -> Job:
        """Have scenes described that were left out, or again that were done on a lower tier.

        ``max_scenes`` does not count here. Those done on a lower tier wait until a better one works. Raises
        UsageError for an unknown id or when there are no such scenes.
        """
        with self._lock:
            self._store.get(job_id)
            self._store.want(job_id, scenes_wanted(self._store.scenes(job_id), more))
            self._look_at(job_id)
            if self._run is not None and self._run.job_id == job_id:
                self._run.stop(Stop.PAUSE)  # it goes on at once, with these scenes, too
            self._store.requeue(job_id, fresh=False)
        for record in self._store.scenes(job_id):
            if record.wanted:
                self._bus.publish(SceneChanged(job_id, record))
        return self._tell(job_id)

    def finish_by(self, at: float | None, job_id: str | None = None) -> list[Job]:
        """Have a job, or all that are not over, done by a time in seconds since the epoch; None: no longer.

        A running one goes on at once under the new limit. Raises UsageError for an unknown id or one that is over.
        """
        with self._lock:
            jobs = [job for job in self._store.jobs() if not job.state.ended]
            if job_id is not None:
                jobs = [job for job in jobs if job.id == self._store.get(job_id).id]
            if not jobs:
                raise UsageError("nothing_to_do", message("error-nothing-to-do"))
            for job in jobs:
                self._store.set_options(job.id, replace(job.options, finish_by=at))
                if at is None:
                    self._store.set_note(job.id, None)
                if self._run is not None and self._run.job_id == job.id:
                    self._run.stop(Stop.PAUSE)
        return [self._tell(job.id) for job in jobs]

    def edit(self, job_id: str, scene_id: int, changes: dict[str, Any]) -> SceneRecord:
        """Set the summary or the tags of a description by hand; whoever describes the scene again leaves them alone.

        Raises UsageError for an unknown job or scene, and for a scene without a description.
        """
        self._store.get(job_id)
        known = {record.scene.id: record for record in self._store.scenes(job_id)}
        if scene_id not in known:
            raise UsageError(
                "no_such_scene",
                message("error-no-such-scene", number=str(scene_id), last=str(max(known, default=0))),
            )
        record = self._store.edit(job_id, scene_id, edit_of(known[scene_id], changes))
        self._bus.publish(SceneChanged(job_id, record))
        return record

    def remove(self, job_id: str) -> None:
        """Take a job off the list and its pictures off the disk; the video is not touched."""
        with self._lock:
            if self._run is not None and self._run.job_id == job_id:
                raise UsageError("job_running", message("error-job-running"))
            self._store.remove(job_id)
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self._thumbnails / job_id)
        self._bus.publish(JobRemoved(job_id))

    @property
    def paused(self) -> bool:
        """True while the person holds the line."""
        return self._workload.held

    def pause_all(self) -> None:
        self._workload.held = True
        self._stop_run(Stop.PAUSE)

    def resume_all(self) -> None:
        self._workload.held = False
        self._wake.set()

    def set_never_cloud(self, job_id: str, never: bool) -> Job:
        """Keep a job from the cloud from now on, or no longer. Raises UsageError for an unknown id.

        A description that is under way there is broken off: its job goes on at once under the new rule.
        """
        with self._lock:
            job = self._store.get(job_id)
            self._store.set_options(job_id, replace(job.options, never_cloud=never))
            if self._run is not None and self._run.job_id == job_id:
                self._run.stop(Stop.PAUSE)
            elif job.state is JobState.PAUSED:
                self._store.requeue(job_id, fresh=False)
        return self._tell(job_id)

    # -- what the control rules do

    def stop_worker(self) -> None:
        """Emergency: end the media worker now; its job waits for better times."""
        self._stop_run(Stop.EMERGENCY)

    def interrupt_units(self) -> None:
        """End the descriptions under way; the job goes on as the control rules then allow."""
        with self._lock:
            if self._run is not None:
                self._run.interrupt_units()

    def wake(self) -> None:
        """Look again whether something may start."""
        self._wake.set()

    def requeue_waiting(self) -> None:
        """A back end is there again."""
        with self._lock:
            self._generation += 1
        for job_id in self._store.requeue_waiting():
            self._tell(job_id)

    def wait_for_change(self, timeout: float) -> None:
        """For callers that watch a job: returns after ``timeout`` seconds at most."""
        self._clock.wait(self._stopping.event, timeout)

    # -- threads

    def _take_in(self) -> None:
        FileIntake(self._intake, self._arrivals, self.submit, self._bus, self._clock, self._stopping).run()

    def _work(self) -> None:
        while not self._stopping.cancelled:
            try:
                if self.storage_problem is not None:
                    self._store.requeue_stranded()
                    self.storage_problem = None
                run = self._claim()
                if run is not None:
                    self._carry_out(run)
                    continue
            except (StorageError, SystemExhausted) as error:
                self._rest(error)
                continue
            except MemoryError as error:
                self._rest(SystemExhausted("no_memory", detail=str(error)))
                continue
            except Exception as error:
                log.exception("The line of jobs stumbled")
                self._rest(AutoCutError("internal", detail=f"{type(error).__name__}: {error}"))
                continue
            self._wake.wait()
            self._wake.clear()

    def _rest(self, error: AutoCutError) -> None:
        with self._lock:
            self._run = None
        if self.storage_problem is None:
            log.error("Jobs stand still: %s", error)
        self.storage_problem = error
        if error.code == "no_memory":
            self._on_memory_error()
        self._clock.wait(self._stopping.event, self._resting_seconds(error))

    def _resting_seconds(self, error: AutoCutError) -> float:
        if not isinstance(error, SystemExhausted):
            return STORAGE_RETRY_SECONDS
        step = min(self._exhausted, len(EXHAUSTED_RETRY_SECONDS) - 1)
        self._exhausted += 1
        return EXHAUSTED_RETRY_SECONDS[step]

    def _claim(self) -> JobRun | None:
        with self._lock:
            if self._workload.held or self._stopping.cancelled or not self._may_start():
                return None
            job = self._store.next_queued(self._focus)
            if job is None:
                return None
            from autocut_tray.core.jobs.run import JobRun  # late: not before there is a job

            if not self._store.start(job.id):
                return None
            self._run = run = JobRun(
                self._store.get(job.id),
                self._store,
                self._scanner,
                self._admission,
                scan_options=self._options_of(job.id),
                thumbnails=self._thumbnails,
                publish=self._bus.publish,
                clock=self._clock,
                memory=self._memory,
                generation=lambda: self._generation,
            )
        self._tell(job.id)
        return run

    def _options_of(self, job_id: str) -> ScanOptions:
        """After a worker died on this file, it is tried once more with much less."""
        options = self._scan_options()
        return options.sparing() if self._store.worker_deaths(job_id) else options

    def _carry_out(self, run: JobRun) -> None:
        try:
            outcome = run.run()
        except (StorageError, SystemExhausted):
            raise
        except AutoCutError as error:
            outcome = Outcome(JobState.FAILED, job_error(error))
        self._exhausted = 0
        with self._lock:
            self._run = None
            self._settle(run, outcome)
        self._tell(run.job_id)

    def _settle(self, run: JobRun, outcome: Outcome) -> None:
        job_id = run.job_id
        missed = outcome.state is JobState.PAUSED and run.refused_at not in (None, self._generation)
        if outcome.state is None or missed:  # missed: what it waits for came while it was ending
            self._back_in_line(job_id)
            return
        error = outcome.error
        if error is not None and error.code in DEATHS:
            self._on_worker_death()
            if self._store.count_worker_death(job_id) < MAX_WORKER_DEATHS:
                log.warning("The media worker died on job %s (%s); one more try", job_id, error.code)
                self._back_in_line(job_id)
                return
            self._store.finish(job_id, JobState.POISON, error=error)
            return
        self._store.finish(job_id, outcome.state, error=error, waiting_for=outcome.waiting_for)

    def _back_in_line(self, job_id: str) -> None:
        self._store.finish(job_id, JobState.PAUSED)
        self._store.requeue(job_id, fresh=False)

    def _reject(self, path: str, options: JobOptions, error: InputError) -> Job:
        import hashlib  # late: it loads OpenSSL

        key = "path:" + hashlib.sha256(os.fsencode(path)).hexdigest()
        known = self._store.find_by_content(key)
        job = known or self._store.create(path, key, options)
        self._store.finish(job.id, JobState.FAILED, error=job_error(error))
        return self._tell(job.id)

    def _stop_run(self, why: Stop) -> None:
        with self._lock:
            if self._run is not None:
                self._run.stop(why)

    def _tell(self, job_id: str) -> Job:
        job = self._store.get(job_id)
        self._bus.publish(JobChanged(job))
        if job.state is JobState.QUEUED:
            self._wake.set()
        return job
