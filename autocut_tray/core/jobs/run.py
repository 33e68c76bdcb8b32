"""One run of one job: scenes are found by the media worker and described while it still reads on."""

from __future__ import annotations

import enum
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from autocut_tray.core.analyzers.base import DescribeRequest
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.egress.door import Errand
from autocut_tray.core.errors import (
    AutoCutError,
    BackendError,
    Cancelled,
    FailureClass,
    StorageError,
    SystemExhausted,
    exhaustion,
)
from autocut_tray.core.files import write_atomic
from autocut_tray.core.footage import (
    Finished,
    Keyframe,
    Progress,
    Scene,
    SceneSound,
    SceneWords,
    Video,
)
from autocut_tray.core.jobs.job import (
    DescribedBy,
    Force,
    Job,
    JobChanged,
    JobError,
    JobState,
    SceneChanged,
    SceneRecord,
    SceneStatus,
)
from autocut_tray.core.jobs.ports import (
    Admission,
    Lease,
    Refusal,
    RefusalKind,
    Scanner,
    UnitOutcome,
)
from autocut_tray.core.jobs.selection import next_scene, paced_budget
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.scanner import damage
from autocut_tray.core.memory.budget import UnifiedMemoryManager
from autocut_tray.core.messages import Message, message

log = logging.getLogger(__name__)

MAX_SCENE_ATTEMPTS = 3
"""Failed tries that may be the scene's own fault (``resource`` and ``tier``) before it is given up."""

STAGE = "descriptions"
"""What the memory of pictures on their way to a model is reserved for."""
REQUEST_COPIES = 4
"""A picture is there as JPEG, as base64 (4/3 of it), in the JSON text, and as the bytes that are sent."""

PROGRESS_SECONDS = 1.0
"""How often progress of reading is stored and told."""


UNKNOWN_OUTCOME = frozenset({"runner_crashed", "connection_lost", "answer_cut_off"})
"""Failures after the server was reached: the picture itself may be what kills it, so they count as the scene's."""


class Stop(enum.Enum):
    """Why a run is ended from outside."""

    PERSON = "person"
    PAUSE = "pause"
    EMERGENCY = "emergency"
    SHUTDOWN = "shutdown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended; None for ``state`` means: back in line."""

    state: JobState | None
    error: JobError | None = None
    waiting_for: Message | None = None


class JobRun:
    """Runs once, in the calling thread and a few helpers that all have ended when :meth:`run` returns.

    ``memory``: the budget for pictures on their way to a model. ``generation`` counts how often waiting jobs were put
    back in line, so that a run that is refused just then is not left behind.
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
    ) -> None:
        self._job = job
        self._generation = generation
        self._store = store
        self._scanner = scanner
        self._admission = admission
        self._scan_options = scan_options
        self._thumbnails = thumbnails
        self._publish = publish
        self._clock = clock
        self._memory = memory
        self._cancel = CancelToken()
        self._units = CancelToken()
        self._cancel.on_cancel(lambda: self._units.cancel())
        self._stop: Stop | None = None
        self.refused_at: int | None = None
        """What ``generation`` said when this run was last refused."""
        self._changed = threading.Condition()
        self._scenes: dict[int, SceneRecord] = {}
        self._in_flight: dict[int, Scene] = {}
        self._set_back: set[int] = set()
        """Scenes that failed in this run."""
        self._scan_ended = False
        self._scan_error: AutoCutError | None = None
        self._failure: AutoCutError | None = None
        self._refusal: Refusal | None = None
        self._last_scene_error: Message | None = None
        self._heard: list[SceneSound] = []
        self._said: list[SceneWords] = []
        """Sound and words are stored many at a time: each of them would be a write to the disk of its own."""
        self._budget: int | None = None
        self._duration: float | None = None

    @property
    def job_id(self) -> str:
        return self._job.id

    def stop(self, why: Stop) -> None:
        """End this run within about a second; the first reason counts, but a person's word beats all."""
        if self._stop is None or why is Stop.PERSON:
            self._stop = why
        self._cancel.cancel()
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
            self._scenes[record.scene.id] = record
        self._reopen_left_out()
        threads = [
            threading.Thread(target=self._guard, args=(self._describe,), name=f"describe-{n}")
            for n in range(self._admission.most_at_once)
        ]
        if self._store.is_scanned(self.job_id):
            self._scan_ended = True
        else:
            threads.append(threading.Thread(target=self._guard, args=(self._scan,), name="scan"))
        unsubscribe = self._admission.on_change(self._wake)
        try:
            self._run_threads(threads)
        finally:
            unsubscribe()
        if self._failure is not None:
            raise self._failure
        return self._outcome()

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
        with self._changed:
            self._changed.notify_all()

    # -- finding scenes

    def _scan(self) -> None:
        told_at = self._clock.monotonic()
        last_id = 0
        options = replace(self._scan_options, language=self._job.options.language)
        try:
            with self._scanner.scan(self._job.path, options, self._cancel) as messages:
                for said in messages:
                    match said:
                        case Video():
                            self._duration = said.duration
                            self._store.set_video(self.job_id, said, scan_complete=False)
                            self._tell_job()
                        case Scene():
                            last_id = said.id
                            self._put(self._store.put_scene(self.job_id, said))
                        case Keyframe():
                            self._keep_keyframe(said)
                        case SceneSound():
                            self._heard.append(said)
                        case SceneWords():
                            self._said.append(said)
                        case Progress():
                            now = self._clock.monotonic()
                            if now - told_at >= PROGRESS_SECONDS:
                                told_at = now
                                self._keep_sound()
                                self._publish(JobChanged(self._store.set_scanned(self.job_id, said.read)))
                        case Finished():
                            self._finish_scan(said, last_id)
        except Cancelled:
            pass
        except (StorageError, SystemExhausted):
            raise
        except AutoCutError as error:
            self._scan_error = error
            self._keep_sound()
        finally:
            self._scan_ended = True
            self._wake()

    def _finish_scan(self, end: Finished, last_id: int) -> None:
        self._store.drop_scenes_after(self.job_id, last_id)
        self._keep_sound()
        self._keep_words()
        with self._changed:
            for scene_id in [i for i in self._scenes if i > last_id]:
                del self._scenes[scene_id]
        self._store.set_video(self.job_id, end.video, scan_complete=end.damaged_at is None)
        self._scan_error = damage(end)
        self._tell_job()

    def _keep_keyframe(self, frame: Keyframe) -> None:
        name = f"{self.job_id}/{frame.scene_id}.jpg"
        try:
            write_atomic(self._thumbnails / name, frame.jpeg)
            if frame.small_jpeg:
                write_atomic(_small(self._thumbnails / name), frame.small_jpeg)
        except OSError as error:
            raise StorageError(
                "storage_unavailable", message("error-storage-unavailable", file=name), detail=str(error)
            ) from error
        self._put(self._store.put_keyframe(self.job_id, frame.scene_id, frame.time, name))

    def _keep_sound(self) -> None:
        if not self._heard:
            return
        heard, self._heard = self._heard, []
        self._store.put_heard(self.job_id, heard)
        for one in heard:
            self._refresh(one.scene_id)

    def _keep_words(self) -> None:
        """Those of an earlier scan go: a side-car file may be gone."""
        spoken = {one.scene_id for one in self._said}
        spoken |= {record.scene.id for record in self._store.scenes(self.job_id) if record.subtitles}
        if not spoken:
            return
        self._store.put_words(self.job_id, self._said)
        for scene_id in sorted(spoken):
            self._refresh(scene_id)

    # -- describing them

    def _describe(self) -> None:
        while (work := self._next()) is not None:
            record, lease = work
            try:
                self._describe_one(record, lease)
            finally:
                with self._changed:
                    self._in_flight.pop(record.scene.id, None)
                    self._changed.notify_all()

    def _next(self) -> tuple[SceneRecord, Lease] | None:
        """The next scene and the right to describe it; None when this run has no more work for this thread."""
        with self._changed:
            while not self._cancel.cancelled:
                if len(self._in_flight) >= self._admission.concurrency:
                    self._changed.wait()  # the next one that ends, or the admission, wakes it
                    continue
                record = self._pick()
                if record is not None:
                    answer = self._admission.acquire(self._job.options)
                    if isinstance(answer, Lease):
                        self._begin(record.scene, answer)
                        return record, answer
                    self._refuse(answer)
                    if answer.kind is RefusalKind.CLOSED and self._scan_ended:
                        return None
                elif self._scan_ended and not self._in_flight:
                    return None
                self._changed.wait()
        return None

    def _begin(self, scene: Scene, lease: Lease) -> None:
        try:
            self._refuse(None)
        except BaseException:
            self._admission.release(lease, UnitOutcome(self._unit(scene), 0.0, FailureClass.CANCEL))
            raise
        self._in_flight[scene.id] = scene

    def _pick(self) -> SceneRecord | None:
        waiting: list[Scene] = []
        taken: list[Scene] = list(self._in_flight.values())
        for record in self._scenes.values():
            if record.status in (SceneStatus.DESCRIBED, SceneStatus.FAILED):
                taken.append(record.scene)
            elif (
                record.status is SceneStatus.WAITING
                and record.thumbnail is not None
                and record.scene.id not in self._in_flight
            ):
                waiting.append(record.scene)
        # A scene that just failed waits for the others: a server out of memory must not cost one scene all its tries.
        others = [scene for scene in waiting if scene.id not in self._set_back]
        if others or not self._scan_ended:
            waiting = others
        budget = self._admission.budget(self._job.options)
        if budget != self._budget:
            self._budget = budget
            self._store.set_budget(self.job_id, budget)
        if not self._scan_ended:
            read = max((scene.end for scene in (*waiting, *taken)), default=0.0)
            budget = paced_budget(budget, read, self._duration)
        chosen = next_scene(waiting, taken, budget - len(taken), all_known=self._scan_ended)
        return None if chosen is None else self._scenes[chosen.id]

    def _refuse(self, refusal: Refusal | None) -> None:
        if refusal is not None:
            self.refused_at = self._generation()
        reason = refusal.reason if refusal else None
        if reason != (self._refusal.reason if self._refusal else None):
            self._publish(JobChanged(self._store.set_waiting(self.job_id, reason)))
        self._refusal = refusal

    def _describe_one(self, record: SceneRecord, lease: Lease) -> None:
        """Describe and store, then give the lease back, whatever happens."""
        scene, unit = record.scene, self._unit(record.scene)
        outcome = UnitOutcome(unit, 0.0, FailureClass.CANCEL)
        why: Message | None = None
        try:
            outcome, why = self._attempt(record, lease)
        finally:
            # The scene's own record comes first: a change of tier that follows may end this run.
            poisoned = self._admission.release(lease, outcome)
        if why is None and poisoned:
            why = message("error-scene-poison")
        if why is not None:
            self._fail_scene(scene, why)

    def _attempt(self, record: SceneRecord, lease: Lease) -> tuple[UnitOutcome, Message | None]:
        """One try: how it ended, and why the scene is given up, if it is."""
        scene, unit = record.scene, self._unit(record.scene)
        began = self._clock.monotonic()
        file = self._thumbnails / str(record.thumbnail)
        try:
            room = self._memory.allocate(_request_bytes(file), STAGE, cancel=self._units, owner=self)
        except Cancelled:
            return UnitOutcome(unit, self._clock.monotonic() - began, FailureClass.CANCEL), None
        except (OSError, SystemExhausted) as error:
            return self._without_picture(unit, error)
        with room:
            try:
                jpeg, small = file.read_bytes(), _read_small(file)
            except OSError as error:
                return self._without_picture(unit, error)
            options = self._job.options
            errand = Errand(self.job_id, unit, options.never_cloud or options.force is Force.LOCAL)
            request = DescribeRequest(scene, jpeg, options.language, small, errand)
            return self._ask(scene, request, lease)

    def _without_picture(self, unit: str, error: Exception) -> tuple[UnitOutcome, Message]:
        """Raises SystemExhausted when the picture is there, but nothing can be opened for now."""
        exhausted = exhaustion(error) if isinstance(error, OSError) else None
        if exhausted is not None:
            raise exhausted from error
        log.warning("Key frame of scene %s cannot be read: %s", unit, error)
        return UnitOutcome(unit, 0.0, FailureClass.INPUT), message("error-keyframe-lost")

    def _ask(
        self, scene: Scene, request: DescribeRequest, lease: Lease
    ) -> tuple[UnitOutcome, Message | None]:
        """Have a picture described and store the answer."""
        unit = self._unit(scene)
        began = self._clock.monotonic()
        try:
            result = lease.analyzer.describe(request, self._units)
        except Cancelled:
            return UnitOutcome(unit, self._clock.monotonic() - began, FailureClass.CANCEL), None
        except BackendError as error:
            log.info("Scene %s on %s: %s (%s)", unit, lease.route.tier.value, error, error.failure.value)
            seconds = self._clock.monotonic() - began
            given_up = error.message if self._is_given_up(scene, error) else None
            return UnitOutcome(unit, seconds, error.failure, error.retry_after), given_up
        by = DescribedBy(lease.route.tier, lease.route.backend.value, result.model, round(result.seconds, 3))
        if self._store.put_description(self.job_id, scene, result.description, by) is not None:
            self._refresh(scene.id)
            self._tell_job()
        return UnitOutcome(unit, result.seconds), None

    def _unit(self, scene: Scene) -> str:
        return f"{self.job_id}/{scene.id}"

    def _is_given_up(self, scene: Scene, error: BackendError) -> bool:
        """Counts a failure that may be the scene's own fault; True when it is not tried again."""
        if error.failure is FailureClass.INPUT:
            return True
        if error.failure in (FailureClass.TIER, FailureClass.RESOURCE) or error.code in UNKNOWN_OUTCOME:
            with self._changed:
                self._set_back.add(scene.id)
            return self._store.count_scene_attempt(self.job_id, scene.id) >= MAX_SCENE_ATTEMPTS
        return False

    def _fail_scene(self, scene: Scene, why: Message) -> None:
        self._last_scene_error = why
        self._store.fail_scene(self.job_id, scene.id, why)
        self._refresh(scene.id)
        self._tell_job()

    # -- telling and ending

    def _put(self, record: SceneRecord) -> None:
        with self._changed:
            self._scenes[record.scene.id] = record
            self._changed.notify_all()
        self._publish(SceneChanged(self.job_id, record))

    def _refresh(self, scene_id: int) -> None:
        """Tell a scene as it is stored now: its sound and its description are written by different threads."""
        with self._changed:
            record = self._store.scene(self.job_id, scene_id)
            self._scenes[scene_id] = record
            self._changed.notify_all()
        self._publish(SceneChanged(self.job_id, record))

    def _tell_job(self) -> None:
        self._publish(JobChanged(self._store.get(self.job_id)))

    def _reopen_left_out(self) -> None:
        """A new run has a new budget: what an earlier one left out may come in now."""
        left_out = [r.scene.id for r in self._scenes.values() if r.status is SceneStatus.LEFT_OUT]
        for record in self._store.set_status(self.job_id, left_out, SceneStatus.WAITING):
            self._scenes[record.scene.id] = record

    def _outcome(self) -> Outcome:
        if self._stop is Stop.PERSON:
            return Outcome(JobState.CANCELLED)
        if self._stop in (Stop.PAUSE, Stop.SHUTDOWN):
            return Outcome(None)
        if self._stop is Stop.EMERGENCY:
            return Outcome(JobState.PAUSED, waiting_for=message("waiting-emergency"))
        if self._scan_error is not None and not self._scenes:
            return Outcome(JobState.FAILED, job_error(self._scan_error))
        with self._changed:
            if self._pick() is not None and self._refusal is not None:
                return Outcome(JobState.PAUSED, waiting_for=self._refusal.reason)
        self._leave_out_the_rest()
        if self._scan_error is not None:
            return Outcome(JobState.FAILED, job_error(self._scan_error))
        statuses = {record.status for record in self._scenes.values()}
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
        waiting = [r.scene.id for r in self._scenes.values() if r.status is SceneStatus.WAITING]
        for record in self._store.set_status(self.job_id, waiting, SceneStatus.LEFT_OUT):
            self._put(record)


def _small(keyframe: Path) -> Path:
    """Where the picture of half the size is kept."""
    return keyframe.with_suffix(".small.jpg")


def _read_small(keyframe: Path) -> bytes | None:
    """None where there is none: a tiny picture, or one of an earlier version. Raises OSError."""
    try:
        return _small(keyframe).read_bytes()
    except FileNotFoundError:
        return None


def _request_bytes(keyframe: Path) -> int:
    """What describing the picture takes in this process. Raises OSError."""
    return keyframe.stat().st_size * REQUEST_COPIES


def job_error(error: AutoCutError) -> JobError:
    return JobError(error.code, error.message, error.hint, error.detail, error.exit_code)
