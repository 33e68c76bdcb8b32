"""Done by a certain time: what fits is done, and the truth is told when little does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.cli.moments import parse_deadline
from autocut_tray.core.analyzers.base import DescribeRequest, Description
from autocut_tray.core.errors import UsageError
from autocut_tray.core.jobs.deadline import Pacer, Speeds, clock_words, share_of
from autocut_tray.core.jobs.job import JobOptions, JobState, SceneStatus
from autocut_tray.core.jobs.run import JobRun, Outcome
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.i18n import LANGUAGES, Translator
from tests.fakes import FakeClock
from tests.jobs.fakes import DESCRIPTION, FakeAnalyzer
from tests.jobs.test_more import queue_of
from tests.jobs.test_run import OPTIONS, Bench, bench

NOON = time.mktime((2026, 7, 14, 12, 0, 0, 0, 0, -1))


class Wall(FakeClock):
    """Starts at noon, and each scene takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.at = NOON

    def time(self) -> float:
        return self.at


def timed(
    store: JobStore, folder: Path, scenes: int, seconds: float, left: float, speeds: Speeds, budget: int = 10
) -> tuple[Bench, Callable[[], Outcome]]:
    """A job of scenes that take ``seconds`` each, to be done in ``left``."""
    clock = Wall()

    def slow(_: DescribeRequest) -> Description:
        clock.at += seconds
        return DESCRIPTION

    b = bench(store, folder, scenes, FakeAnalyzer(slow), budget=budget)
    b.admission.known_speeds = speeds

    def do() -> Outcome:
        store.set_options(b.job.id, JobOptions("en", finish_by=NOON + left))
        store.requeue(b.job.id, fresh=False)
        store.start(b.job.id)
        outcome = JobRun(
            store.get(b.job.id),
            store,
            b.scanner,
            b.admission,
            scan_options=ScanOptions(),
            thumbnails=b.folder,
            publish=b.events.append,
            clock=clock,
            memory=b.budget,
        ).run()
        b.finish(outcome)
        return outcome

    return b, do


def note(store: JobStore, b: Bench) -> tuple[str, dict[str, object]]:
    found = store.get(b.job.id).note
    assert found is not None
    for language in LANGUAGES:
        assert "{" not in Translator(language).text(found)
    return found.code, dict(found.params)


def test_what_fits_is_described_and_the_rest_is_said(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 8, 10.0, 45.0, Speeds(Tier.CPU, 10.0, {Tier.CPU: 10.0}))
    assert do() == Outcome(JobState.DONE)
    job = store.get(b.job.id)
    assert (job.scenes_done, job.scenes_left_out) == (4, 4)
    assert note(store, b) == ("deadline-fewer", {"n": 4, "wanted": 8, "time": "12:00", "pace": "10"})
    done = [r.scene.id for r in store.scenes(b.job.id) if r.status is SceneStatus.DESCRIBED]
    assert max(done) - min(done) >= 4, "what fits is spread over the video"


def test_with_time_enough_all_are_described(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 4, 10.0, 3600.0, Speeds(Tier.CPU, 10.0))
    assert do() == Outcome(JobState.DONE) and store.get(b.job.id).scenes_done == 4
    assert note(store, b) == ("deadline-fits", {"n": 4, "time": "13:00"})


def test_a_time_limit_is_no_more_than_the_policy_allows(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 9, 1.0, 3600.0, Speeds(Tier.CPU, 1.0), budget=3)
    do()
    assert store.get(b.job.id).scenes_done == 3 and note(store, b)[1]["n"] == 3


def test_its_own_pace_counts_more_than_what_was_measured_before(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 10, 30.0, 200.0, Speeds(Tier.CPU, 5.0))
    do()
    assert store.get(b.job.id).scenes_done == 6, "after three of 30 s it knows better than to believe in 5 s"
    assert note(store, b)[0] == "deadline-fewer"


def test_an_unknown_speed_is_found_out_one_by_one(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 10, 30.0, 100.0, Speeds())
    do()
    assert store.get(b.job.id).scenes_done == 3
    pacer = Pacer(Wall(), NOON + 100, NOON + 100, Speeds)
    assert (pacer.more(), pacer.words(0, 10).code) == (1, "deadline-unknown")


def test_when_it_is_too_late_nothing_is_begun(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 4, 10.0, -5.0, Speeds(Tier.CPU, 10.0))
    assert do() == Outcome(JobState.DONE)
    assert b.admission.analyzer.described == []
    assert note(store, b) == ("deadline-over", {"n": 0, "wanted": 4, "time": "11:59"})


def test_another_tier_that_would_do_more_is_named(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 8, 10.0, 25.0, Speeds(Tier.CPU, 10.0, {Tier.CPU: 10.0, Tier.CLOUD: 1.0}))
    do()
    assert note(store, b)[1]["wanted"] == 8 and b.admission.analyzer.described
    pacer = Pacer(Wall(), NOON + 25, NOON + 25, lambda: b.admission.known_speeds)
    assert pacer.words(0, 8).code == "deadline-fewer-tier" and pacer.words(0, 8).params["tier"] == "CLOUD"


def test_scenes_that_a_person_asked_for_keep_to_the_limit_too(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 6, 10.0, 25.0, Speeds(Tier.CPU, 10.0), budget=1)
    do()
    store.want(b.job.id, [r.scene.id for r in store.scenes(b.job.id) if r.status is SceneStatus.LEFT_OUT])
    do()
    assert store.get(b.job.id).scenes_done == 2


def test_videos_share_the_time(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 8, 10.0, 80.0, Speeds(Tier.CPU, 10.0))
    store.create("/other.mp4", "other", JobOptions("en", finish_by=NOON + 80))
    store.create("/third.mp4", "third", OPTIONS)
    do()
    assert store.get(b.job.id).scenes_done == 4, "half of it is the other's"


@given(st.floats(0, 1e9), st.floats(-1e6, 1e6), st.integers(0, 1000))
def test_shares_never_go_beyond_the_end_nor_before_now(now: float, left: float, jobs: int) -> None:
    until = share_of(now + left, now, jobs)
    assert now <= until <= max(now, now + left) + 1e-3


def test_those_with_a_limit_come_first_the_sooner_the_earlier(store: JobStore) -> None:
    made = {
        name: store.create(f"/{name}.mp4", name, JobOptions("en", finish_by=at)).id
        for name, at in (("a", None), ("late", 300.0), ("soon", 20.0), ("b", None))
    }
    order = []
    while (job := store.next_queued()) is not None:
        order.append(job)
        store.start(job)
    assert order == [made["soon"], made["late"], made["a"], made["b"]]


def test_the_limit_of_all_that_is_in_line(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path)
    done = store.create("/done.mp4", "done", OPTIONS)
    store.finish(done.id, JobState.DONE)
    queue = queue_of(b)
    assert [job.id for job in queue.finish_by(NOON)] == [b.job.id]
    assert store.get(b.job.id).options.finish_by == NOON and store.get(done.id).options.finish_by is None
    queue.finish_by(None, b.job.id)
    assert store.get(b.job.id).options.finish_by is None
    for job_id in (done.id, "nowhere"):
        with pytest.raises(UsageError):
            queue.finish_by(NOON, job_id)


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone cannot be set here")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("18:00", 6 * 3600),
        ("11:59", 86_400 - 60),
        ("12:00", 86_400),
        ("90min", 5400),
        ("+2h", 7200),
        ("0:30", 45_000),
    ],
)
@pytest.mark.usefixtures("berlin")
def test_times_as_they_are_typed(said: str, after: float) -> None:
    noon = time.mktime((2026, 7, 14, 12, 0, 0, 0, 0, -1))
    assert parse_deadline(said, noon) == noon + after
    assert parse_deadline("2026-07-14T12:30", noon) == noon + 1800


@pytest.mark.parametrize(
    "said", ["25:00", "12:60", "", "soon", "2020-01-01T10:00", "-5min", "nan", "9" * 400]
)
def test_times_that_are_none(said: str) -> None:
    with pytest.raises(UsageError):
        parse_deadline(said, NOON)


def test_another_day_is_named() -> None:
    assert (
        clock_words(NOON + 3600, NOON) == "13:00" and clock_words(NOON + 86_400, NOON) == "2026-07-15 12:00"
    )
