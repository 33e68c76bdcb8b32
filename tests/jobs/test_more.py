"""More of a job that is done: what was left out, what was done on a lower tier, and what a person wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import BackendError, FailureClass, UsageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.jobs.intake import Intake
from autocut_tray.core.jobs.job import DescribedBy, JobOptions, JobState, SceneRecord, SceneStatus
from autocut_tray.core.jobs.more import More, more_from_json, more_to_json, scenes_wanted
from autocut_tray.core.jobs.ports import Lease, Refusal, RefusalKind
from autocut_tray.core.jobs.queue import JobQueue
from autocut_tray.core.jobs.run import Outcome
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.jobs.workload import Workload
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.memory.budget import UnifiedMemoryManager
from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import Route
from tests.jobs.fakes import DESCRIPTION, FakeAdmission, FakeAnalyzer, scene
from tests.jobs.test_run import OPTIONS, Bench, bench

BETTER = Refusal(RefusalKind.CLOSED, message("waiting-better-tier"))


class Ladder(FakeAdmission):
    """Describes on a lower tier while :attr:`down`."""

    down = True

    def acquire(
        self, options: JobOptions, *, better: bool = False, by: Route | None = None
    ) -> Lease | Refusal:
        if better and self.down:
            return BETTER
        answer = super().acquire(options)
        return replace(answer, degraded=self.down) if isinstance(answer, Lease) else answer


def ladder(store: JobStore, folder: Path, scenes: int = 4, **admission: int) -> tuple[Bench, Ladder]:
    made = bench(store, folder, scenes)
    made.admission = Ladder(FakeAnalyzer(), **admission)
    return made, made.admission


def do(b: Bench) -> Outcome:
    outcome = b.make().run()
    b.finish(outcome)
    return outcome


def saying(words: str) -> FakeAnalyzer:
    return FakeAnalyzer(lambda _: replace(DESCRIPTION, summary=words))


def queue_of(b: Bench) -> JobQueue:
    """A line that is never started: what a person asks of it goes into the store."""
    return JobQueue(
        b.store,
        b.scanner,
        b.admission,
        Intake(lambda path: path, lambda path: None, lambda paths, cancel: paths),
        Workload(b.store),
        may_start=lambda: True,
        on_worker_death=lambda: None,
        scan_options=ScanOptions,
        default_options=lambda: OPTIONS,
        thumbnails=b.folder,
        bus=EventBus(),
        clock=SystemClock(),
        memory=UnifiedMemoryManager(SystemClock()),
    )


def record(
    number: int, status: SceneStatus, degraded: bool | None = False, tier: Tier = Tier.GPU
) -> SceneRecord:
    described = status is SceneStatus.DESCRIBED
    return SceneRecord(
        scene(number),
        status,
        0.5,
        "t.jpg",
        DESCRIPTION if described else None,
        DescribedBy(tier, "ollama", "m", 1.0, degraded) if described else None,
        None,
    )


RECORDS = [
    record(1, SceneStatus.DESCRIBED),
    record(2, SceneStatus.LEFT_OUT),
    record(3, SceneStatus.DESCRIBED, degraded=True),
    record(4, SceneStatus.FAILED),
    record(5, SceneStatus.WAITING),
    record(6, SceneStatus.DESCRIBED, degraded=None, tier=Tier.CPU),
]


@pytest.mark.parametrize(
    ("more", "scenes"),
    [
        (More(rest=True), [2, 4]),
        (More(lower=True), [3]),
        (More(lower=True, base=Tier.GPU), [3, 6]),
        (More(lower=True, base=Tier.CPU), [3]),
        (More(rest=True, lower=True), [2, 3, 4]),
        (More(rest=True, lower=True, scenes=(3, 5, 1, 9)), [3]),
    ],
)
def test_which_scenes_are_meant(more: More, scenes: list[int]) -> None:
    assert scenes_wanted(RECORDS, more) == scenes
    assert more_from_json(more_to_json(more)) == replace(more, base=None)


@pytest.mark.parametrize("more", [More(), More(rest=True, scenes=(1,)), More(lower=True, scenes=(2,))])
def test_nothing_to_describe_is_said(more: More) -> None:
    with pytest.raises(UsageError) as caught:
        scenes_wanted(RECORDS, more)
    assert caught.value.code == "nothing_to_describe"


def test_the_rest_is_described_whatever_the_budget_says(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path, scenes=6, budget=2)
    assert do(b) == Outcome(JobState.DONE)
    job = store.get(b.job.id)
    assert (job.scenes_done, job.scenes_left_out) == (2, 4)
    left = [r.scene.id for r in store.scenes(b.job.id) if r.status is SceneStatus.LEFT_OUT]
    store.want(b.job.id, left[:3])
    assert store.get(b.job.id).scenes_planned == 5
    assert do(b) == Outcome(JobState.DONE)
    job = store.get(b.job.id)
    assert (job.scenes_done, job.scenes_planned, job.scenes_left_out) == (5, 5, 1)
    assert sorted(b.admission.analyzer.described) == sorted({1, 2, 3, 4, 5, 6} - {left[3]})
    assert b.scanner.scans == 1


def test_a_scene_done_on_a_lower_tier_is_marked_and_done_again_on_a_better_one(
    store: JobStore, tmp_path: Path
) -> None:
    b, admission = ladder(store, tmp_path)
    assert do(b) == Outcome(JobState.DONE)
    assert store.get(b.job.id).scenes_degraded == 4
    assert all(r.owed() and r.described_by and r.described_by.degraded for r in store.scenes(b.job.id))
    admission.down, admission.analyzer = False, saying("Better words")
    store.want(b.job.id, [2, 3])
    assert do(b) == Outcome(JobState.DONE)
    summaries = [r.description.summary for r in store.scenes(b.job.id) if r.description]
    assert summaries == ["A red lamp", "Better words", "Better words", "A red lamp"]
    assert store.get(b.job.id).scenes_degraded == 2
    assert sorted(admission.analyzer.described) == [2, 3]


def test_while_the_better_tier_is_away_the_job_waits_and_the_old_words_stay(
    store: JobStore, tmp_path: Path
) -> None:
    b, admission = ladder(store, tmp_path)
    do(b)
    store.want(b.job.id, [1, 2])
    assert do(b) == Outcome(JobState.PAUSED, waiting_for=BETTER.reason)
    waiting = store.scenes(b.job.id)[:2]
    assert all(r.status is SceneStatus.WAITING and r.description == DESCRIPTION for r in waiting)
    admission.down = False
    assert do(b) == Outcome(JobState.DONE) and store.get(b.job.id).scenes_degraded == 2


def test_new_scenes_do_not_wait_for_the_better_tier(store: JobStore, tmp_path: Path) -> None:
    b, admission = ladder(store, tmp_path, scenes=4, budget=2)
    do(b)
    done = [r.scene.id for r in store.scenes(b.job.id) if r.status is SceneStatus.DESCRIBED]
    store.want(b.job.id, [1, 2, 3, 4])
    assert do(b).state is JobState.PAUSED
    assert sorted(admission.analyzer.described) == [1, 2, 3, 4], "each once, the rest on the lower tier, too"
    waiting = [r.scene.id for r in store.scenes(b.job.id) if r.status is SceneStatus.WAITING]
    assert waiting == done


def test_a_failure_keeps_the_old_words(store: JobStore, tmp_path: Path) -> None:
    b, admission = ladder(store, tmp_path, scenes=1)
    do(b)
    admission.down = False
    admission.analyzer = FakeAnalyzer(
        lambda _: BackendError(FailureClass.INPUT, "bad", message("error-internal"))
    )
    store.want(b.job.id, [1])
    assert do(b) == Outcome(JobState.DONE)
    (one,) = store.scenes(b.job.id)
    assert (one.status, one.description, one.wanted) == (SceneStatus.DESCRIBED, DESCRIPTION, False)
    assert one.error == message("error-internal") and one.owed()


def test_cancelling_gives_back_what_was_there(store: JobStore, tmp_path: Path) -> None:
    b, _ = ladder(store, tmp_path)
    do(b)
    queue = queue_of(b)
    queue.describe_more(b.job.id, More(lower=True))
    assert store.get(b.job.id).state is JobState.QUEUED
    assert queue.cancel(b.job.id).state is JobState.CANCELLED
    records = store.scenes(b.job.id)
    assert all(r.status is SceneStatus.DESCRIBED and not r.wanted for r in records)


def test_a_persons_words_stay(store: JobStore, tmp_path: Path) -> None:
    b, admission = ladder(store, tmp_path, scenes=2)
    do(b)
    queue = queue_of(b)
    edited = queue.edit(
        b.job.id, 1, {"summary": " Anna\u202e waves\n", "tags": "anna, #wave, anna", "mood": "x"}
    )
    assert edited.description == replace(DESCRIPTION, summary="Anna waves", tags=("anna", "wave"))
    assert edited.edited == ("summary", "tags")
    admission.down = False
    admission.analyzer = FakeAnalyzer(
        lambda _: replace(DESCRIPTION, summary="No", action="waves", tags=("no",))
    )
    queue.describe_more(b.job.id, More(lower=True))
    do(b)
    first, second = store.scenes(b.job.id)
    assert first.description == replace(edited.description, action="waves") and not first.owed()
    assert second.description and second.description.summary == "No"
    queue.edit(b.job.id, 1, {"summary": "", "tags": []})
    assert store.scenes(b.job.id)[0].description == replace(first.description, tags=()), (
        "never without a summary"
    )


@pytest.mark.parametrize(("number", "code"), [(9, "no_such_scene"), (2, "not_described")])
def test_words_for_what_is_not_there(store: JobStore, tmp_path: Path, number: int, code: str) -> None:
    b = bench(store, tmp_path, scenes=2, budget=1)
    do(b)
    with pytest.raises(UsageError) as caught:
        queue_of(b).edit(b.job.id, number, {"summary": "x"})
    assert caught.value.code == code


def test_asking_a_running_job_for_more_goes_on_at_once(store: JobStore, tmp_path: Path) -> None:
    """The run ends for a moment and comes back with the scenes, nothing being described twice."""
    b = bench(store, tmp_path, scenes=3, budget=2)
    do(b)
    left = next(r.scene.id for r in store.scenes(b.job.id) if r.status is SceneStatus.LEFT_OUT)
    queue = queue_of(b)
    queue.start()
    try:
        queue.describe_more(b.job.id, More(rest=True))
        while not queue.get(b.job.id).state.ended:
            queue.wait_for_change(0.01)
    finally:
        queue.close()
    assert b.admission.analyzer.described[-1] == left and len(b.admission.analyzer.described) == 3


def test_a_request_without_a_choice(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path)
    with pytest.raises(UsageError):
        queue_of(b).describe_more(b.job.id, More(rest=True))
    with pytest.raises(UsageError):
        queue_of(b).describe_more("nowhere", More(rest=True))
    assert store.get(b.job.id).state is JobState.QUEUED
