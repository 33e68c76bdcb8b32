"""Runs the jobs in line, as many side by side as there is room for, and puts each down as it ended."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import AutoCutError, StorageError, SystemExhausted
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.intake import EXHAUSTED_RETRY_SECONDS
from autocut_tray.core.jobs.job import Job, JobState
from autocut_tray.core.jobs.ports import Admission, Scanner
from autocut_tray.core.jobs.run_end import Outcome, Stop, job_error
from autocut_tray.core.jobs.side_by_side import SideBySide
from autocut_tray.core.jobs.store import HELD, MAX_WORKER_DEATHS, JobStore
from autocut_tray.core.jobs.turns import Turns
from autocut_tray.core.jobs.workload import Workload
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.scanner import DEATHS
from autocut_tray.core.memory.budget import UnifiedMemoryManager

if TYPE_CHECKING:
    from autocut_tray.core.jobs.run import JobRun

log = logging.getLogger(__name__)

STORAGE_RETRY_SECONDS = 10.0
"""How long the line rests when the disk does not take what it should."""

CALM_SECONDS = 60.0
"""How long memory and the editor must have been calm before there is more than one job again: reading a video that
is put back in line over and over would only cost."""


@frozen
class RunnerHands:
    """What the runner asks and tells. ``may_start``: False while no new work may begin (an emergency).

    ``side_by_side``: given the number of jobs under way, how many may be. ``on_worker_death``: a media worker ended
    unasked. ``on_memory_error``: this process got no memory. ``tell`` publishes a job as it is stored now.
    """

    may_start: Callable[[], bool]
    side_by_side: Callable[[int], SideBySide]
    on_worker_death: Callable[[], None]
    on_memory_error: Callable[[], None]
    scan_options: Callable[[], ScanOptions]
    tell: Callable[[str], Job]
    publish: Callable[[object], None]


class Runner:
    """Owns a thread that begins jobs and one for each of them; all have ended when :meth:`stop` returns.

    ``lock`` guards what a person asks of a job against its end; it may be held while calling anything here.
    """

    def __init__(
        self,
        store: JobStore,
        scanner: Scanner,
        admission: Admission,
        workload: Workload,
        hands: RunnerHands,
        *,
        thumbnails: Path,
        clock: Clock,
        memory: UnifiedMemoryManager,
    ) -> None:
        self._store = store
        self._scanner = scanner
        self._admission = admission
        self._workload = workload
        self._hands = hands
        self._thumbnails = thumbnails
        self._clock = clock
        self._memory = memory
        self.lock = threading.RLock()
        self.focus: set[str] | None = None
        """The only jobs that run; None: all."""
        self.problem: AutoCutError | None = None
        """Why the line stands still, if the disk or the system is the cause."""
        self.side_by_side: SideBySide | None = None
        """How many jobs there may be at once, when that was last asked."""
        self._turns = Turns(lambda: admission.concurrency)
        self._runs: dict[str, JobRun] = {}
        self._alone = False
        """The one that runs is not to have others beside it."""
        self._calm_from = -math.inf
        """When there may be more than one job again."""
        self._full = False
        """A job stands in line for want of room beside the others."""
        self._threads: list[threading.Thread] = []
        self._dispatcher: threading.Thread | None = None
        self._trouble: AutoCutError | None = None
        self._exhausted = 0
        """How often in a row the system gave too little to work."""
        self._generation = 0
        self._wake = threading.Event()
        self._stopping = CancelToken()

    # -- life

    def start(self, stopping: CancelToken) -> None:
        self._stopping = stopping
        self._dispatcher = threading.Thread(target=self._work, name="jobs")
        self._dispatcher.start()

    def stop(self) -> None:
        """End the running jobs so that they go on at the next start; ``stopping`` is cancelled already."""
        self.stop_all(Stop.SHUTDOWN)
        self._wake.set()
        if self._dispatcher is not None:
            self._dispatcher.join()
            self._dispatcher = None
        for thread in self._threads:
            thread.join()
        self._threads = []

    # -- what others ask

    def run_of(self, job_id: str) -> JobRun | None:
        """The run of this job, if it runs now."""
        return self._runs.get(job_id)

    def stop_run(self, job_id: str, why: Stop) -> bool:
        """True when the job runs; its run ends within about a second."""
        with self.lock:
            run = self._runs.get(job_id)
            if run is not None:
                run.stop(why)
        return run is not None

    def stop_all(self, why: Stop) -> None:
        with self.lock:
            for run in self._runs.values():
                run.stop(why)

    def interrupt_units(self) -> None:
        """End the descriptions under way; their jobs go on as the control rules then allow."""
        with self.lock:
            runs = list(self._runs.values())
        for run in runs:
            run.interrupt_units()

    def wake(self) -> None:
        """Look again whether something may start."""
        self._wake.set()

    def look_again(self) -> None:
        """There may be room for one more."""
        if self._full:
            self._wake.set()

    def back_end_returned(self) -> None:
        with self.lock:
            self._generation += 1

    # -- beginning

    def _work(self) -> None:
        while not self._stopping.cancelled:
            trouble = self._take_trouble()
            if trouble is not None:
                self._rest(trouble)
            elif self._guarded(self._begin_all):
                self._wake.wait()
                self._wake.clear()

    def _begin_all(self) -> None:
        if self.problem is not None:
            with self.lock:
                self._store.requeue_stranded(self._runs)
            self.problem = None
        while (run := self._claim()) is not None:
            try:
                self._hands.tell(run.job_id)
                self._begin(run)
            except BaseException:
                self._forget(run)
                raise

    def _begin(self, run: JobRun) -> None:
        thread = threading.Thread(target=self._carry_out, args=(run,), name=f"job-{run.job_id}")
        try:
            thread.start()
        except RuntimeError as error:  # the system gives no more threads
            raise SystemExhausted("no_threads", detail=str(error)) from error
        self._threads = [*(one for one in self._threads if one.is_alive()), thread]

    def _claim(self) -> JobRun | None:
        with self.lock:
            self._full = False
            if self._workload.held or self._stopping.cancelled or not self._hands.may_start():
                return None
            allowed = self._hands.side_by_side(len(self._runs))
            self._follow(allowed)
            job_id = self._store.next_queued(self.focus)
            if job_id is None:
                return None
            alone = self._store.was_fatal(job_id)
            if self._runs and (alone or self._alone or not self._has_room(allowed)):
                self._full = True
                for run in self._runs.values():
                    run.look_again()  # one that only waits for a tier gives way
                return None
            if not self._store.start(job_id):
                return None
            self._alone = alone
            run = self._runs[job_id] = self._make(job_id)
        return run

    def _has_room(self, allowed: SideBySide) -> bool:
        if self._clock.monotonic() < self._calm_from:
            return False
        reading = sum(run.is_reading for run in self._runs.values())
        return len(self._runs) < allowed.jobs and reading < allowed.reading

    def _follow(self, allowed: SideBySide) -> None:
        """Remember the number, and put back in line what there is no room for any more."""
        if self.side_by_side is None or self.side_by_side.jobs != allowed.jobs:
            log.info("%d videos side by side: %s", allowed.jobs, [why.code for why in allowed.reasons])
        self.side_by_side = allowed
        if allowed.give_up:
            self._calm_from = self._clock.monotonic() + CALM_SECONDS
            for run in list(self._runs.values())[allowed.jobs :]:
                if run.is_reading:
                    run.stop(Stop.PAUSE)

    def _make(self, job_id: str) -> JobRun:
        from autocut_tray.core.jobs.run import JobRun  # late: not before there is a job

        return JobRun(
            self._store.get(job_id),
            self._store,
            self._scanner,
            self._admission,
            scan_options=self._options_of(job_id),
            thumbnails=self._thumbnails,
            publish=self._hands.publish,
            clock=self._clock,
            memory=self._memory,
            generation=lambda: self._generation,
            turns=self._turns,
            on_read=self._wake.set,
            others_wait=lambda: self._full,
        )

    def _options_of(self, job_id: str) -> ScanOptions:
        """After a worker died on this file, it is tried once more with much less."""
        options = self._hands.scan_options()
        return options.sparing() if self._store.worker_deaths(job_id) else options

    # -- one job, in its own thread

    def _carry_out(self, run: JobRun) -> None:
        self._guarded(lambda: self._end(run, self._outcome_of(run)))
        self._forget(run)
        self._wake.set()

    def _outcome_of(self, run: JobRun) -> Outcome:
        try:
            return run.run()
        except (StorageError, SystemExhausted):
            raise
        except AutoCutError as error:
            return Outcome(JobState.FAILED, job_error(error))

    def _end(self, run: JobRun, outcome: Outcome) -> None:
        with self.lock:
            self._settle(run, outcome)
            self._forget(run)
        self._exhausted = 0
        self._hands.tell(run.job_id)

    def _forget(self, run: JobRun) -> None:
        with self.lock:
            if self._runs.get(run.job_id) is run:
                del self._runs[run.job_id]

    def _settle(self, run: JobRun, outcome: Outcome) -> None:
        job_id = run.job_id
        waits = outcome.state in (None, JobState.PAUSED)
        if waits and run.stopped is Stop.PERSON:
            outcome, waits = Outcome(JobState.CANCELLED), False  # the word came while it was ending
        missed = outcome.state is JobState.PAUSED and run.refused_at not in (None, self._generation)
        if outcome.state is None or missed or (waits and self._store.get(job_id).held):
            self._back_in_line(job_id)  # missed: what it waits for came while it was ending
            return
        error = outcome.error
        if error is not None and error.code in DEATHS:
            self._hands.on_worker_death()
            if self._store.count_worker_death(job_id) < MAX_WORKER_DEATHS:
                log.warning("The media worker died on job %s (%s); one more try", job_id, error.code)
                self._back_in_line(job_id)
                return
            self._store.finish(job_id, JobState.POISON, error=error)
            return
        self._store.finish(job_id, outcome.state, error=error, waiting_for=outcome.waiting_for)

    def _back_in_line(self, job_id: str) -> None:
        if self._store.get(job_id).held:
            self._store.finish(job_id, JobState.PAUSED, waiting_for=HELD)
            return
        self._store.finish(job_id, JobState.PAUSED)
        self._store.requeue(job_id, fresh=False)

    # -- when the disk or the system refuses

    def _guarded(self, work: Callable[[], None]) -> bool:
        """False when something went wrong that the whole line has to rest for."""
        try:
            work()
        except (StorageError, SystemExhausted) as error:
            self._note_trouble(error)
        except MemoryError as error:
            self._note_trouble(SystemExhausted("no_memory", detail=str(error)))
        except Exception as error:
            log.exception("The line of jobs stumbled")
            self._note_trouble(AutoCutError("internal", detail=f"{type(error).__name__}: {error}"))
        else:
            return True
        return False

    def _note_trouble(self, error: AutoCutError) -> None:
        with self.lock:
            self._trouble = self._trouble or error

    def _take_trouble(self) -> AutoCutError | None:
        with self.lock:
            trouble, self._trouble = self._trouble, None
        return trouble

    def _rest(self, error: AutoCutError) -> None:
        if self.problem is None:
            log.error("Jobs stand still: %s", error)
        self.problem = error
        if error.code == "no_memory":
            self._hands.on_memory_error()
        self._clock.wait(self._stopping.event, self._resting_seconds(error))

    def _resting_seconds(self, error: AutoCutError) -> float:
        if not isinstance(error, SystemExhausted):
            return STORAGE_RETRY_SECONDS
        step = min(self._exhausted, len(EXHAUSTED_RETRY_SECONDS) - 1)
        self._exhausted += 1
        return EXHAUSTED_RETRY_SECONDS[step]
