"""The line of jobs: takes in files, has them worked on, and loses none of them."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import AutoCutError, InputError, UsageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.intake import Arrivals, FileIntake, Intake
from autocut_tray.core.jobs.job import (
    Job,
    JobChanged,
    JobOptions,
    JobRemoved,
    JobState,
    SceneChanged,
    SceneRecord,
    Verb,
)
from autocut_tray.core.jobs.more import More, edit_of, scenes_wanted
from autocut_tray.core.jobs.ports import Admission, Scanner
from autocut_tray.core.jobs.run_end import Stop, job_error
from autocut_tray.core.jobs.runner import Runner, RunnerHands
from autocut_tray.core.jobs.side_by_side import ONE_BY_ONE, SideBySide
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.jobs.workload import Workload
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.memory.budget import UnifiedMemoryManager
from autocut_tray.core.messages import message

log = logging.getLogger(__name__)


@frozen
class Submitted:
    """``stored``: the job was done before, and its result is there."""

    job: Job
    stored: bool


class JobQueue:
    """Owns the store, an intake thread and the runner; all of them end in :meth:`stop`.

    ``may_start``: False while no new work may begin (an emergency); :meth:`wake` when it may again. ``side_by_side``:
    given how many jobs run, how many may. ``on_worker_death``: a media worker ended unasked. ``on_memory_error``:
    this process got no memory. ``memory``: the budget of jobs.
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
        side_by_side: Callable[[int], SideBySide] = lambda running: ONE_BY_ONE,
    ) -> None:
        self._store = store
        self._intake = intake
        self._workload = workload
        self._default_options = default_options
        self._thumbnails = thumbnails
        self._bus = bus
        self._clock = clock
        self._recovered = False
        self._arrivals: Arrivals = queue.SimpleQueue()
        self._stopping = CancelToken()
        self._taking_in: threading.Thread | None = None
        self._runner = Runner(
            store,
            scanner,
            admission,
            workload,
            RunnerHands(
                may_start=may_start,
                side_by_side=side_by_side,
                on_worker_death=on_worker_death,
                on_memory_error=on_memory_error,
                scan_options=scan_options,
                tell=self._tell,
                publish=bus.publish,
            ),
            thumbnails=thumbnails,
            clock=clock,
            memory=memory,
        )
        self._lock = self._runner.lock

    # -- life

    def start(self) -> None:
        """Put back in line what the last session left, and begin."""
        if self._taking_in is not None:
            return
        self._stopping = CancelToken()
        self.recover()
        self._taking_in = threading.Thread(target=self._take_in, name="intake")
        self._taking_in.start()
        self._runner.start(self._stopping)

    def recover(self) -> None:
        """Put in order what the last session left: before anything is submitted, and only once."""
        if self._recovered:
            return
        self._recovered = True
        for job_id in self._store.recover():
            log.warning("Job %s ended this program too often and is quarantined", job_id)
        self._store.requeue_waiting()  # what waited for a back end gets its chance

    def stop(self) -> None:
        """End the running jobs so that they go on at the next start; returns when the threads have ended."""
        self._stopping.cancel()
        self._arrivals.put(None)
        self._runner.stop()
        if self._taking_in is not None:
            self._taking_in.join()
            self._taking_in = None
        self._recovered = False

    close = stop

    # -- what a person can do

    def add(self, paths: Sequence[str], options: JobOptions | None = None) -> None:
        """Take in files and folders; returns at once and touches no disk."""
        self._arrivals.put((tuple(paths), options or self._default_options()))

    def focus(self, job_ids: Iterable[str]) -> None:
        """Run only these jobs and those submitted from now on: for a command that was asked for just them."""
        with self._lock:
            self._runner.focus = set(job_ids)

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
                    self._store.release(known.id)
                    if known.options != options:
                        self._runner.stop_run(
                            known.id, Stop.PAUSE
                        )  # it goes on at once, under the new options
                    self._store.requeue(known.id, fresh=known.state is not JobState.PAUSED)
                    return Submitted(self._tell(known.id), stored=False)
            job = self._store.create(path, key, options)
            self._look_at(job.id)
        return Submitted(self._tell(job.id), stored=False)

    def _look_at(self, job_id: str) -> None:
        if self._runner.focus is not None:
            self._runner.focus.add(job_id)

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
            if self._runner.stop_run(job_id, Stop.PERSON):
                return self._store.get(job_id)
            if not self._store.get(job_id).state.ended:
                self._store.finish(job_id, JobState.CANCELLED)
        return self._tell(job_id)

    def retry(self, job_id: str) -> Job:
        """Put an ended job in line again; described scenes keep their descriptions."""
        job = self._store.get(job_id)
        if job.error is not None and job.error.code == "still_written":
            with contextlib.suppress(InputError):  # what is wrong now is for the worker to say
                self._store.set_content(job_id, self._intake.content_key(job.path))
        self._store.requeue(job_id, fresh=True)
        return self._tell(job_id)

    def describe_more(self, job_id: str, more: More) -> Job:
        """Have scenes described that were left out, or again that were done on a lower tier.

        ``max_scenes`` does not count here. Those done on a lower tier wait until a better one works. Raises
        UsageError for an unknown id or when there are no such scenes.
        """
        with self._lock:
            job = self._store.get(job_id)
            self._store.want(job_id, scenes_wanted(self._store.scenes(job_id), more))
            self._look_at(job_id)
            self._runner.stop_run(job_id, Stop.PAUSE)  # it goes on at once, with these scenes, too
            if not job.held:
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
                self._runner.stop_run(job.id, Stop.PAUSE)
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
            if self._runner.run_of(job_id) is not None:
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
        self._runner.stop_all(Stop.PAUSE)

    def resume_all(self) -> None:
        self._workload.held = False
        self._runner.wake()

    def pause(self, job_id: str) -> Job:
        """Let one job rest until :meth:`resume`, over restarts, too; the others go on.

        Raises UsageError for an unknown id or a job that is over.
        """
        with self._lock:
            self._expect_open(job_id)
            self._store.hold(job_id)
            self._runner.stop_run(job_id, Stop.PAUSE)
        return self._tell(job_id)

    def resume(self, job_id: str) -> Job:
        """Let a job go on that :meth:`pause` halted; any other stays as it is. Raises UsageError as that does."""
        with self._lock:
            self._expect_open(job_id)
            self._store.release(job_id)
        return self._tell(job_id)

    def do_next(self, job_id: str) -> Job:
        """Put a job first in line, over restarts, too; one that rests goes on. Raises UsageError as :meth:`pause`."""
        with self._lock:
            self._expect_open(job_id)
            self._look_at(job_id)
            self._store.put_first(job_id)
            self._store.release(job_id)
        return self._tell(job_id)

    def arrange(self, job_id: str, verb: Verb) -> Job:
        """:meth:`pause`, :meth:`resume` or :meth:`do_next`."""
        return {Verb.PAUSE: self.pause, Verb.RESUME: self.resume, Verb.NEXT: self.do_next}[verb](job_id)

    def _expect_open(self, job_id: str) -> None:
        if self._store.get(job_id).state.ended:
            raise UsageError("job_over", message("error-job-over"))

    def set_never_cloud(self, job_id: str, never: bool) -> Job:
        """Keep a job from the cloud from now on, or no longer. Raises UsageError for an unknown id.

        A description that is under way there is broken off: its job goes on at once under the new rule.
        """
        with self._lock:
            job = self._store.get(job_id)
            self._store.set_options(job_id, replace(job.options, never_cloud=never))
            if (
                not self._runner.stop_run(job_id, Stop.PAUSE)
                and job.state is JobState.PAUSED
                and not job.held
            ):
                self._store.requeue(job_id, fresh=False)
        return self._tell(job_id)

    # -- what the control rules do

    def stop_worker(self) -> None:
        """Emergency: end the media workers now; their jobs wait for better times."""
        self._runner.stop_all(Stop.EMERGENCY)

    def interrupt_units(self) -> None:
        """End the descriptions under way; their jobs go on as the control rules then allow."""
        self._runner.interrupt_units()

    def wake(self) -> None:
        """Look again whether something may start."""
        self._runner.wake()

    def look_again(self) -> None:
        """There may be room for one more job beside those that run; costs nothing where none waits for that."""
        self._runner.look_again()

    @property
    def storage_problem(self) -> AutoCutError | None:
        """Why the line stands still, if the disk or the system is the cause."""
        return self._runner.problem

    @property
    def side_by_side(self) -> SideBySide | None:
        """How many jobs there may be at once, and why; None before the first one."""
        return self._runner.side_by_side

    def requeue_waiting(self) -> None:
        """A back end is there again."""
        self._runner.back_end_returned()
        for job_id in self._store.requeue_waiting():
            self._tell(job_id)

    def wait_for_change(self, timeout: float) -> None:
        """For callers that watch a job: returns after ``timeout`` seconds at most."""
        self._clock.wait(self._stopping.event, timeout)

    def _take_in(self) -> None:
        FileIntake(self._intake, self._arrivals, self.submit, self._bus, self._clock, self._stopping).run()

    def _reject(self, path: str, options: JobOptions, error: InputError) -> Job:
        import hashlib  # late: it loads OpenSSL

        key = "path:" + hashlib.sha256(os.fsencode(path)).hexdigest()
        known = self._store.find_by_content(key)
        job = known or self._store.create(path, key, options)
        self._store.finish(job.id, JobState.FAILED, error=job_error(error))
        return self._tell(job.id)

    def _tell(self, job_id: str) -> Job:
        job = self._store.get(job_id)
        self._bus.publish(JobChanged(job))
        if job.state is JobState.QUEUED:
            self._runner.wake()
        return job
