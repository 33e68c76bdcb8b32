"""One run of one job: nothing lost, nothing twice, whatever happens in the middle."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from autocut_tray.core.analyzers.base import DescribeRequest, Description
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import BackendError, FailureClass, InputError
from autocut_tray.core.footage import Finished, Keyframe
from autocut_tray.core.jobs.job import JobOptions, JobState, SceneRecord, SceneStatus
from autocut_tray.core.jobs.ports import Lease, Refusal, RefusalKind
from autocut_tray.core.jobs.run import JobRun, Outcome, Stop
from autocut_tray.core.jobs.run_unit import MAX_SCENE_ATTEMPTS, REQUEST_COPIES
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.memory.budget import BudgetOptions, UnifiedMemoryManager
from autocut_tray.core.messages import message
from tests.fakes import FakeClock
from tests.jobs.fakes import DESCRIPTION, FakeAdmission, FakeAnalyzer, FakeScanner, scan_of, scene, video

OPTIONS = JobOptions("en")
CLOSED = Refusal(RefusalKind.CLOSED, message("waiting-no-route"))
HELD = Refusal(RefusalKind.HOLD, message("waiting-probe"))


class Bench:
    """Everything a run needs, and the job it runs."""

    def __init__(self, store: JobStore, folder: Path, scanner: FakeScanner, admission: FakeAdmission) -> None:
        self.store, self.scanner, self.admission = store, scanner, admission
        self.folder = folder
        self.events: list[object] = []
        self.budget = UnifiedMemoryManager(SystemClock())
        self.job = store.create("/clip.mp4", "key", OPTIONS)

    def make(self, options: JobOptions = OPTIONS) -> JobRun:
        self.store.set_options(self.job.id, options)
        self.store.requeue(self.job.id, fresh=False)
        self.store.start(self.job.id)
        return JobRun(
            self.store.get(self.job.id),
            self.store,
            self.scanner,
            self.admission,
            scan_options=ScanOptions(0.5, 0.5, 512),
            thumbnails=self.folder,
            publish=self.events.append,
            clock=FakeClock(),
            memory=self.budget,
        )

    def finish(self, outcome: Outcome) -> None:
        self.store.finish(self.job.id, outcome.state or JobState.PAUSED, error=outcome.error)

    def statuses(self) -> list[SceneStatus]:
        return [record.status for record in self.store.scenes(self.job.id)]


def bench(
    store: JobStore, tmp_path: Path, scenes: int = 4, analyzer: FakeAnalyzer | None = None, **admission: int
) -> Bench:
    return Bench(
        store,
        tmp_path / "t",
        FakeScanner(scan_of(scenes)),
        FakeAdmission(analyzer or FakeAnalyzer(), **admission),
    )


def test_every_scene_is_described_once_in_order(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path)
    assert b.make().run() == Outcome(JobState.DONE)
    records = store.scenes(b.job.id)
    assert [r.status for r in records] == [SceneStatus.DESCRIBED] * 4
    assert all(r.description == DESCRIPTION and r.described_by for r in records)
    assert sorted(b.admission.analyzer.described) == [1, 2, 3, 4]
    assert (tmp_path / "t" / str(records[0].thumbnail)).read_bytes() == b"jpeg 1"
    assert b.admission.leases == 0
    job = store.get(b.job.id)
    assert (job.scenes_found, job.scenes_planned, job.scenes_done) == (4, 4, 4)


def test_more_scenes_than_the_budget_are_spread_and_the_rest_is_left_out(
    store: JobStore, tmp_path: Path
) -> None:
    b = bench(store, tmp_path, scenes=40, budget=4)
    assert b.make().run() == Outcome(JobState.DONE)
    done = [r.scene.id for r in store.scenes(b.job.id) if r.status is SceneStatus.DESCRIBED]
    assert len(done) == 4 and b.statuses().count(SceneStatus.LEFT_OUT) == 36
    assert max(done) - min(done) >= 10, f"not spread: {done}"
    assert store.get(b.job.id).scenes_planned == 4


def test_descriptions_begin_while_the_video_is_still_read(store: JobStore, tmp_path: Path) -> None:
    described = threading.Event()
    analyzer = FakeAnalyzer(lambda _: described.set() or DESCRIPTION)  # type: ignore[func-returns-value]
    b = bench(store, tmp_path, analyzer=analyzer)

    def wait_for_first(_: CancelToken) -> None:
        assert described.wait(10)

    b.scanner.messages.insert(3, wait_for_first)  # after the first scene and its picture
    assert b.make().run() == Outcome(JobState.DONE)


def test_several_at_once_still_once_each(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path, scenes=30, budget=30, concurrency=4)
    assert b.make().run() == Outcome(JobState.DONE)
    assert sorted(b.admission.analyzer.described) == list(range(1, 31))


@pytest.mark.fault("FM3")
def test_three_failures_in_a_row_fall_on_three_scenes(store: JobStore, tmp_path: Path) -> None:
    """A server that is out of memory for a while costs no scene all its tries."""
    seen: list[int] = []

    def answer(request: DescribeRequest) -> Description | BackendError:
        seen.append(request.scene.id)
        return BackendError(FailureClass.RESOURCE, "out_of_memory") if len(seen) <= 3 else DESCRIPTION

    b = bench(store, tmp_path, scenes=6, analyzer=FakeAnalyzer(answer))
    assert b.make().run() == Outcome(JobState.DONE)
    assert len(set(seen[:3])) == 3 and b.statuses() == [SceneStatus.DESCRIBED] * 6


def test_pictures_on_their_way_to_a_model_stay_within_the_budget(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path, scenes=30, budget=30, concurrency=4)
    b.budget.configure(BudgetOptions(limit=2 * REQUEST_COPIES * len(b"jpeg 10")))  # two at once, never four
    seen: list[int] = []

    def answer(request: DescribeRequest) -> Description:
        seen.append(b.budget.get_memory_stats().by_stage["descriptions"])
        return DESCRIPTION

    b.admission.analyzer.script = answer
    assert b.make().run() == Outcome(JobState.DONE)
    assert sorted(b.admission.analyzer.described) == list(range(1, 31))
    stats = b.budget.get_memory_stats()
    assert max(seen) <= stats.limit and stats.peak <= stats.limit
    assert (stats.granted, stats.used, stats.leases, stats.leaked) == (30, 0, 0, 0)


def test_a_run_that_waits_for_memory_can_be_stopped(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path)
    b.budget.configure(BudgetOptions(limit=100))
    run = b.make()
    with b.budget.allocate(100, "somebody", cancel=CancelToken()):
        ended: list[Outcome] = []
        thread = threading.Thread(target=lambda: ended.append(run.run()))
        thread.start()
        pause = threading.Event()
        while b.budget.get_memory_stats().waiting == 0:
            pause.wait(0.005)
        run.stop(Stop.PAUSE)
        thread.join(10)
    assert ended == [Outcome(None)]
    assert SceneStatus.DESCRIBED not in b.statuses() and b.admission.leases == 0
    assert b.budget.get_memory_stats().used == 0


def test_a_picture_that_no_budget_could_hold_costs_its_scene_only(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path, scenes=3)
    b.scanner.messages[4] = Keyframe(2, 1.5, 8, 8, b"x" * 1000)
    b.budget.configure(BudgetOptions(limit=3000))
    assert b.make().run() == Outcome(JobState.DONE)
    assert b.statuses() == [SceneStatus.DESCRIBED, SceneStatus.FAILED, SceneStatus.DESCRIBED]


def test_no_back_end_means_scenes_are_found_and_wait(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path)
    b.admission.refusal = CLOSED
    outcome = b.make().run()
    assert outcome == Outcome(JobState.PAUSED, waiting_for=CLOSED.reason)
    assert b.statuses() == [SceneStatus.WAITING] * 4
    b.finish(outcome)
    b.admission.refusal = None
    assert b.make().run() == Outcome(JobState.DONE)
    assert b.scanner.scans == 1, "a video that was read to its end is not read again"
    assert sorted(b.admission.analyzer.described) == [1, 2, 3, 4]


def test_a_hold_waits_and_says_why(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path)
    b.admission.refusal = HELD
    run = b.make()
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(run.run()))
    thread.start()
    limit = threading.Event()
    for _ in range(500):
        if store.get(b.job.id).waiting_for == HELD.reason and store.is_scanned(b.job.id):
            break
        limit.wait(0.01)
    assert store.get(b.job.id).waiting_for == HELD.reason
    b.admission.set_refusal(None)
    thread.join(10)
    assert outcomes == [Outcome(JobState.DONE)]
    assert store.get(b.job.id).waiting_for is None


@pytest.mark.fault("FM1")
def test_a_server_that_dies_in_the_middle_loses_nothing(store: JobStore, tmp_path: Path) -> None:
    refused = BackendError(FailureClass.DOWN, "connection_refused")
    alive = True

    def answer(request: object) -> object:
        return DESCRIPTION if alive else refused

    analyzer = FakeAnalyzer(answer)  # type: ignore[arg-type]
    b = bench(store, tmp_path, scenes=6, analyzer=analyzer)

    def after(outcome: object) -> None:
        nonlocal alive
        if len(analyzer.described) == 2:
            alive = False
        if len([o for o in b.admission.outcomes if o.failure]) == 3:
            b.admission.set_refusal(CLOSED)  # what the governor does after three refusals

    b.admission.after_release = after
    outcome = b.make().run()
    assert outcome.state is JobState.PAUSED
    assert b.statuses().count(SceneStatus.DESCRIBED) == 2
    b.finish(outcome)
    alive, b.admission.refusal, b.admission.after_release = True, None, lambda _: None
    assert b.make().run() == Outcome(JobState.DONE)
    assert sorted(analyzer.described) == [1, 2, 3, 4, 5, 6]


def test_a_scene_that_always_fails_is_given_up_and_the_rest_goes_on(store: JobStore, tmp_path: Path) -> None:
    bad = BackendError(FailureClass.TIER, "bad_reply", message("error-internal"))
    analyzer = FakeAnalyzer(lambda request: bad if request.scene.id == 2 else DESCRIPTION)
    b = bench(store, tmp_path, analyzer=analyzer)
    assert b.make().run() == Outcome(JobState.DONE)
    assert b.statuses() == [
        SceneStatus.DESCRIBED,
        SceneStatus.FAILED,
        SceneStatus.DESCRIBED,
        SceneStatus.DESCRIBED,
    ]
    assert len([o for o in b.admission.outcomes if o.failure]) == MAX_SCENE_ATTEMPTS
    assert store.get(b.job.id).scenes_done == 4


def test_nothing_described_is_a_failed_job(store: JobStore, tmp_path: Path) -> None:
    bad = BackendError(FailureClass.INPUT, "bad_picture", message("error-internal"))
    b = bench(store, tmp_path, analyzer=FakeAnalyzer(lambda _: bad))
    outcome = b.make().run()
    assert outcome.state is JobState.FAILED and outcome.error and outcome.error.code == "no_scene_described"


def test_an_unreadable_file_fails_on_its_input(store: JobStore, tmp_path: Path) -> None:
    def refuse(_: CancelToken) -> None:
        raise InputError("not_a_video", message("error-internal"))

    b = bench(store, tmp_path)
    b.scanner.messages = [refuse]
    outcome = b.make().run()
    assert outcome.state is JobState.FAILED and outcome.error and outcome.error.exit_code == 3


def test_a_damaged_file_keeps_its_readable_scenes_and_says_where_it_breaks(
    store: JobStore, tmp_path: Path
) -> None:
    b = bench(store, tmp_path)
    b.scanner.messages[-1] = Finished(video(100), damaged_at=192.0)
    outcome = b.make().run()
    assert outcome.state is JobState.FAILED and outcome.error and outcome.error.code == "damaged"
    assert outcome.error.message.params["at"] == "00:03:12"
    assert outcome.error.exit_code == 3
    assert b.statuses() == [SceneStatus.DESCRIBED] * 4


@pytest.mark.parametrize(
    ("why", "state"),
    [
        (Stop.PERSON, JobState.CANCELLED),
        (Stop.SHUTDOWN, None),
        (Stop.PAUSE, None),
        (Stop.EMERGENCY, JobState.PAUSED),
    ],
)
def test_stopping_ends_a_reading_run_and_keeps_what_is_done(
    store: JobStore, tmp_path: Path, why: Stop, state: JobState | None
) -> None:
    b = bench(store, tmp_path)
    run = b.make()

    def stop_and_wait(cancel: CancelToken) -> None:
        threading.Thread(target=run.stop, args=(why,)).start()
        assert cancel.event.wait(10)

    b.scanner.messages.insert(5, stop_and_wait)  # two scenes are known
    assert run.run().state is state
    b.scanner.messages.pop(5)
    b.store.finish(b.job.id, JobState.PAUSED)
    assert b.make().run() == Outcome(JobState.DONE)
    assert sorted(b.admission.analyzer.described) == [1, 2, 3, 4]


def test_scenes_found_anew_keep_results_only_where_they_are_the_same(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path)
    b.scanner.messages.insert(5, lambda cancel: (_ for _ in ()).throw(InputError("hung")))
    b.make().run()
    assert [r.status for r in store.scenes(b.job.id)][:1] == [SceneStatus.DESCRIBED]
    b.scanner.messages = [video(75), scene(1), Keyframe(1, 0.5, 8, 8, b"x")]
    b.scanner.messages += [scene(2, 30), Keyframe(2, 1.5, 8, 8, b"y"), Finished(video(75))]
    b.finish(Outcome(JobState.FAILED))
    assert b.make().run() == Outcome(JobState.DONE)
    assert b.admission.analyzer.described.count(1) == 1, "the same scene was described again"
    assert b.statuses() == [SceneStatus.DESCRIBED] * 2


def test_a_result_that_comes_twice_is_stored_once(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path)
    b.make().run()
    first = store.scenes(b.job.id)[0]
    assert first.described_by is not None
    assert store.put_description(b.job.id, first.scene, DESCRIPTION, first.described_by) is None


def test_fewer_at_once_while_pressed_and_all_again_when_it_is_over(store: JobStore, tmp_path: Path) -> None:
    """Four side by side, then one by one from the moment that the admission says so, then four again."""
    lock = threading.Lock()
    calls = 0
    alone: list[bool] = []
    company = threading.Barrier(2)
    four = threading.Barrier(4, action=lambda: b.admission.set_concurrency(1), timeout=10)
    again = threading.Barrier(4, timeout=10)

    def describe(_: DescribeRequest) -> Description:
        nonlocal calls
        with lock:
            calls += 1
            number = calls
        if number <= 4:
            four.wait()
        elif number > 10:
            again.wait()
        else:
            try:
                company.wait(0.05)
                alone.append(False)
            except threading.BrokenBarrierError:  # nobody came
                alone.append(True)
                company.reset()
            if number == 10:
                b.admission.set_concurrency(4)
        return DESCRIPTION

    b = bench(store, tmp_path, scenes=14, analyzer=FakeAnalyzer(describe), budget=14, concurrency=4)
    assert b.make().run() == Outcome(JobState.DONE)
    assert alone == [True] * 6
    assert sorted(b.admission.analyzer.described) == list(range(1, 15)), "nothing lost, nothing twice"


def test_a_run_that_begins_while_pressed_speeds_up_when_it_is_over(store: JobStore, tmp_path: Path) -> None:
    together = threading.Barrier(2, timeout=10)
    calls: list[int] = []

    def describe(request: DescribeRequest) -> Description:
        calls.append(request.scene.id)
        if len(calls) == 1:
            b.admission.set_concurrency(2)
        else:
            together.wait()
        return DESCRIPTION

    b = bench(store, tmp_path, scenes=3, analyzer=FakeAnalyzer(describe), concurrency=2)
    b.admission.concurrency = 1
    assert b.make().run() == Outcome(JobState.DONE)


def test_a_description_that_is_just_about_to_begin_is_interrupted_as_well(
    store: JobStore, tmp_path: Path
) -> None:
    """Its lease is for the tier that is being left this moment: on it nothing may begin any more."""
    b = bench(store, tmp_path, scenes=2)
    run = b.make()
    left = threading.Event()
    describe = run._describe_one

    def describe_one(record: SceneRecord, lease: Lease) -> None:
        if not left.is_set():
            left.set()
            run.interrupt_units()
        describe(record, lease)

    run._describe_one = describe_one  # type: ignore[method-assign]
    assert run.run() == Outcome(JobState.DONE)
    assert [outcome.failure for outcome in b.admission.outcomes] == [FailureClass.CANCEL, None, None]
    assert sorted(b.admission.analyzer.described) == [1, 2]
