"""One run of one job: scenes are found by the media worker and described while it still reads on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import AutoCutError, FailureClass, SystemExhausted
from autocut_tray.core.footage import Scene
from autocut_tray.core.jobs.deadline import Pacer, share_of
from autocut_tray.core.jobs.job import Job, JobChanged, JobError, JobState, SceneRecord, SceneStatus
from autocut_tray.core.jobs.ports import Admission, Lease, Refusal, RefusalKind, Scanner, UnitOutcome
from autocut_tray.core.jobs.run_board import Board
from autocut_tray.core.jobs.run_end import Outcome, Stop, job_error
from autocut_tray.core.jobs.run_scan import ScanIntake
from autocut_tray.core.jobs.run_unit import SceneWork
from autocut_tray.core.jobs.selection import next_scene, paced_budget
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.jobs.turns import Turns
from autocut_tray.core.jobs.ways import Switch
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.memory.budget import UnifiedMemoryManager
from autocut_tray.core.messages import Message, message

log = logging.getLogger(__name__)


class JobRun:
    """Runs once, in the calling thread and a few helpers that all have ended when :meth:`run` returns.

    ``memory``: the budget for pictures on their way to a model. ``generation`` counts how often waiting jobs were put
    back in line, so that a run that is refused just then is not left behind. ``turns``: the places at the model,
    where other jobs run beside this one. ``on_read``: the video is read, and the worker has ended.
    ``others_wait``: True while another job stands in line for want of room beside this one; :meth:`look_again` when
    that changes.
    """

    def __init__(
        self,
        job: Job,
        store: JobStore,
        scanner: Scanner,
        admission: Admission,
        *,
        scan_options: ScanOptions,
        thumbnails: Path,
        publish: Callable[[object], None],
        clock: Clock,
        memory: UnifiedMemoryManager,
        generation: Callable[[], int] = lambda: 0,
        turns: Turns | None = None,
        on_read: Callable[[], None] = lambda: None,
        others_wait: Callable[[], bool] = lambda: False,
    ) -> None:
        self._job = job
        self._on_read = on_read
        self._others_wait = others_wait
        self._generation = generation
        self._store = store
        self._admission = admission
        self._publish = publish
        self._clock = clock
        self._turns = turns or Turns(lambda: admission.concurrency)
        self._claim = self._turns.claim(limited=job.options.finish_by is not None)
        self._changed = self._claim.changed
        self._board = Board(job.id, store, publish, self._changed)
        self._intake = ScanIntake(job, self._board, scanner, scan_options, thumbnails, clock, memory.tracker)
        self._work = SceneWork(job, self._board, thumbnails, clock, memory, self._note_set_back)
        self._cancel = CancelToken()
        self._units = CancelToken()
        self._cancel.on_cancel(lambda: self._units.cancel())
        self._stop: Stop | None = None
        self.refused_at: int | None = None
        """What ``generation`` said when this run was last refused."""
        self._in_flight: dict[int, Scene] = {}
        self._token_of: dict[int, CancelToken] = {}
        """By scene, from the moment it may be described: an interruption in between must reach it."""
        self._set_back: set[int] = set()
        """Scenes that failed in this run."""
        self._scan_ended = store.is_scanned(job.id)
        self._failure: AutoCutError | None = None
        self._refusal: Refusal | None = None
        self._last_scene_error: Message | None = None
        self._budget: int | None = None
        self._pacer: Pacer | None = None
        self._note = job.note

    @property
    def job_id(self) -> str:
        return self._job.id

    @property
    def stopped(self) -> Stop | None:
        """Why it was asked to end, if it was."""
        return self._stop

    @property
    def is_reading(self) -> bool:
        """Whether its scenes are still being found."""
        return not self._scan_ended

    def stop(self, why: Stop) -> None:
        """End this run within about a second; the first reason counts, but a person's word beats all."""
        if self._stop is None or why is Stop.PERSON:
            self._stop = why
        self._cancel.cancel()
        self._wake()

    def look_again(self) -> None:
        """Something is different outside."""
        self._wake()

    def interrupt_units(self) -> None:
        """End the descriptions under way; their scenes wait for the next try."""
        with self._changed:
            units, self._units = self._units, CancelToken()
        units.cancel()
        if self._cancel.cancelled:
            self._units.cancel()

    def run(self) -> Outcome:
        """Returns when nothing is left to do, can be done, or may be done.

        Raises AutoCutError: StorageError, SystemExhausted, or ``internal`` for what nobody foresaw.
        """
        for record in self._store.scenes(self.job_id):
            self._board.scenes[record.scene.id] = record
        self._reopen_left_out()
        threads = [
            threading.Thread(target=self._guard, args=(self._describe,), name=f"describe-{n}")
            for n in range(self._admission.most_at_once)
        ]
        if not self._scan_ended:
            threads.append(threading.Thread(target=self._guard, args=(self._scan,), name="scan"))
        unsubscribe = self._admission.on_change(self._wake)
        self._turns.enter(self._claim)
        try:
            self._run_threads(threads)
            if self._failure is not None:
                raise self._failure
            return self._outcome()
        finally:
            unsubscribe()
            self._turns.leave(self._claim)
            self._end_pace()

    def _end_pace(self) -> None:
        """However the run ended: the next one begins the usual way."""
        if self._pacer is not None:
            self._tell_switch(self._pacer.end())

    def _run_threads(self, threads: list[threading.Thread]) -> None:
        started: list[threading.Thread] = []
        try:
            for thread in threads:
                thread.start()
                started.append(thread)
        except (
            RuntimeError
        ) as error:  # the system gives no more threads: those that run must not wait for ever
            self._fail(SystemExhausted("no_threads", detail=str(error)))
        for thread in started:
            thread.join()

    def _guard(self, work: Callable[[], None]) -> None:
        """Whatever a helper thread raises ends the run and is raised by :meth:`run`."""
        try:
            work()
        except AutoCutError as error:
            self._fail(error)
        except MemoryError as error:
            self._fail(SystemExhausted("no_memory", detail=str(error)))
        except Exception as error:
            log.exception("Job %s failed in an unforeseen way", self.job_id)
            self._fail(AutoCutError("internal", detail=f"{type(error).__name__}: {error}"))

    def _fail(self, error: AutoCutError) -> None:
        if self._failure is None:
            self._failure = error
        self._cancel.cancel()
        self._wake()

    def _wake(self) -> None:
        self._board.wake()

    # -- finding scenes

    def _scan(self) -> None:
        try:
            self._intake.run(self._cancel)
        finally:
            self._scan_ended = True
            self._wake()
            self._on_read()

    # -- describing them

    def _describe(self) -> None:
        while (work := self._next()) is not None:
            record, lease = work
            try:
                self._describe_one(record, lease)
            finally:
                with self._changed:
                    self._in_flight.pop(record.scene.id, None)
                    self._turns.give_back(self._claim)
                    self._changed.notify_all()

    def _next(self) -> tuple[SceneRecord, Lease] | None:
        """The next scene and the right to describe it; None when this run has no more work for this thread."""
        with self._changed:
            while not self._cancel.cancelled:
                if not self._turns.is_due(self._claim):
                    self._wait()  # whoever ends a scene, or the admission, wakes it
                    continue
                self._keep_time()
                record = self._pick()
                if record is not None:
                    better = record.description is not None
                    by = self._pacer.other if self._pacer is not None and not better else None
                    answer = self._admission.acquire(self._job.options, better=better, by=by)
                    if isinstance(answer, Lease):
                        self._begin(record.scene, answer)
                        return record, answer
                    self._refuse(answer)
                    if self._scan_ended and self._gives_way(answer):
                        break
                elif self._scan_ended and not self._in_flight:
                    break
                self._turns.pass_on(self._claim)
                self._wait()
            self._turns.pass_on(self._claim)
        return None

    def _gives_way(self, answer: Refusal) -> bool:
        """Whether this run ends over it, so that its job waits without taking a place among those that run."""
        rests = answer.kind is RefusalKind.REST and not self._in_flight and self._others_wait()
        return rests or answer.kind is RefusalKind.CLOSED

    def _begin(self, scene: Scene, lease: Lease) -> None:
        try:
            self._refuse(None)
        except BaseException:
            self._admission.release(lease, UnitOutcome(self._work.unit(scene), 0.0, FailureClass.CANCEL))
            raise
        self._in_flight[scene.id] = scene
        self._token_of[scene.id] = self._units
        self._turns.take(self._claim)
        if self._pacer is not None:
            self._pacer.begin()

    def _pick(self) -> SceneRecord | None:
        waiting: list[SceneRecord] = []
        taken: list[Scene] = list(self._in_flight.values())
        for record in self._board.scenes.values():
            if record.status in (SceneStatus.DESCRIBED, SceneStatus.FAILED):
                taken.append(record.scene)
            elif (
                record.status is SceneStatus.WAITING
                and record.thumbnail is not None
                and record.scene.id not in self._in_flight
            ):
                waiting.append(record)
        # A scene that just failed waits for the others: a server out of memory must not cost one scene all its tries.
        others = [record for record in waiting if record.scene.id not in self._set_back]
        if others or not self._scan_ended:
            waiting = others
        new = [record.scene for record in waiting if not record.wanted]
        room = self._room(new, taken, len(waiting) - len(new))
        chosen = next_scene(new, taken, room, all_known=self._scan_ended)
        if chosen is not None:
            return self._board.scenes[chosen.id]
        in_time = self._pacer is None or self._pacer.more() > len(self._in_flight)
        return first_wanted(waiting) if in_time else None

    def _room(self, waiting: list[Scene], taken: list[Scene], asked: int) -> int:
        """How many more scenes may be chosen now, beside those that a person ``asked`` for."""
        budget = self._in_time(self._admission.budget(self._job.options), len(waiting), len(taken), asked)
        if budget != self._budget:
            self._budget = budget
            self._store.set_budget(self.job_id, budget)
        if not self._scan_ended:
            read = max((scene.end for scene in (*waiting, *taken)), default=0.0)
            budget = paced_budget(budget, read, self._intake.duration)
        return budget - len(taken)

    def _keep_time(self) -> None:
        """Several videos with a time limit share what is left when it is the turn of this one."""
        finish_by = self._job.options.finish_by
        if finish_by is None or self._pacer is not None:
            return
        jobs = sum(
            one.options.finish_by is not None and not one.state.ended and not one.held
            for one in self._store.jobs()
        )
        until = share_of(finish_by, self._clock.time(), jobs)
        self._pacer = Pacer(self._clock, finish_by, until, lambda: self._admission.ways(self._job.options))

    def _in_time(self, budget: int, waiting: int, taken: int, asked: int) -> int:
        """What of the budget can be done in time; says so where that is news."""
        if self._pacer is None:
            return budget
        done = taken - len(self._in_flight)
        wanted = max(min(budget, waiting + taken), done) + asked
        if self._scan_ended:  # before, nobody knows how many there are
            self._tell_switch(self._pacer.plan(wanted - done))
            note = self._pacer.words(done, wanted)
            if note != self._note:
                self._keep_note(note)
        else:
            self._tell_switch(self._pacer.plan(self._foreseen(budget) - done))
        return min(budget, done + self._pacer.more())

    def _foreseen(self, budget: int) -> int:
        """How many scenes there will be to describe, from what is read of the video so far."""
        found, total = len(self._board.scenes), self._intake.duration
        read = max((record.scene.end for record in self._board.scenes.values()), default=0.0)
        return min(budget, max(found, round(found * total / read)) if total and read else found)

    def _tell_switch(self, switch: Switch | None) -> None:
        if switch is not None:
            self._admission.switched(switch)
            self._keep_note(self._note)

    def _keep_note(self, note: Message | None) -> None:
        other = self._pacer.other if self._pacer is not None else None
        self._note = note
        way = other.tier if other is not None else None
        self._publish(JobChanged(self._store.set_note(self.job_id, note, way)))

    def _wait(self) -> None:
        """For whatever changes; with a time limit no longer than that."""
        self._changed.wait(None if self._pacer is None else max(0.05, self._pacer.left))

    def _refuse(self, refusal: Refusal | None) -> None:
        if refusal is not None:
            self.refused_at = self._generation()
        reason = refusal.reason if refusal else None
        if reason != (self._refusal.reason if self._refusal else None):
            self._publish(JobChanged(self._store.set_waiting(self.job_id, reason)))
        self._refusal = refusal

    def _describe_one(self, record: SceneRecord, lease: Lease) -> None:
        """Describe and store, then give the lease back, whatever happens."""
        outcome = UnitOutcome(self._work.unit(record.scene), 0.0, FailureClass.CANCEL)
        why: Message | None = None
        try:
            outcome, why = self._work.attempt(record, lease, self._token_of.pop(record.scene.id))
            self._pace(lease, outcome)
        finally:
            # The scene's own record comes first: a change of tier that follows may end this run.
            poisoned = self._admission.release(lease, outcome)
        if why is None and poisoned:
            why = message("error-scene-poison")
        if why is not None:
            self._last_scene_error = why
            self._work.give_up(record.scene, why)

    def _pace(self, lease: Lease, outcome: UnitOutcome) -> None:
        if self._pacer is None or outcome.failure in (FailureClass.CANCEL, FailureClass.INPUT):
            return
        with self._changed:
            if outcome.failure is None:
                self._pacer.count(lease.route)
            else:
                self._pacer.failed(lease.route)

    def _note_set_back(self, scene_id: int) -> None:
        with self._changed:
            self._set_back.add(scene_id)

    # -- ending

    def _reopen_left_out(self) -> None:
        """A new run has a new budget: what an earlier one left out may come in now."""
        left_out = [r.scene.id for r in self._board.scenes.values() if r.status is SceneStatus.LEFT_OUT]
        for record in self._store.set_status(self.job_id, left_out, SceneStatus.WAITING):
            self._board.scenes[record.scene.id] = record

    def _outcome(self) -> Outcome:
        if self._stop is Stop.PERSON:
            return Outcome(JobState.CANCELLED)
        if self._stop in (Stop.PAUSE, Stop.SHUTDOWN):
            return Outcome(None)
        if self._stop is Stop.EMERGENCY:
            return Outcome(JobState.PAUSED, waiting_for=message("waiting-emergency"))
        if self._intake.error is not None and not self._board.scenes:
            return Outcome(JobState.FAILED, job_error(self._intake.error))
        with self._changed:
            if self._pick() is not None and self._refusal is not None:
                return Outcome(JobState.PAUSED, waiting_for=self._refusal.reason)
        self._leave_out_the_rest()
        if self._intake.error is not None:
            return Outcome(JobState.FAILED, job_error(self._intake.error))
        statuses = {record.status for record in self._board.scenes.values()}
        if SceneStatus.FAILED in statuses and SceneStatus.DESCRIBED not in statuses:
            error = JobError(
                "no_scene_described",
                message("error-no-scene-described"),
                self._last_scene_error,
                "",
                exit_code=1,
            )
            return Outcome(JobState.FAILED, error)
        return Outcome(JobState.DONE)

    def _leave_out_the_rest(self) -> None:
        waiting = [r.scene.id for r in self._board.scenes.values() if r.status is SceneStatus.WAITING]
        for record in self._store.set_status(self.job_id, waiting, SceneStatus.LEFT_OUT):
            self._board.put(record)


def first_wanted(waiting: list[SceneRecord]) -> SceneRecord | None:
    """Of the scenes that a person asked for, the next one: those without a description first."""
    wanted = [record for record in waiting if record.wanted]
    return min(wanted, key=lambda record: (record.description is not None, record.scene.id), default=None)
