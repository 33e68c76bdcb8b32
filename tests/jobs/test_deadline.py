"""Done by a certain time: what fits is done, and the truth is told when little does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.cli.moments import parse_deadline
from autocut_tray.core.analyzers.base import DescribeRequest, Description
from autocut_tray.core.errors import BackendError, FailureClass, UsageError
from autocut_tray.core.jobs.deadline import Pacer, clock_words, share_of
from autocut_tray.core.jobs.job import JobOptions, JobState, SceneStatus
from autocut_tray.core.jobs.ports import Refusal, RefusalKind
from autocut_tray.core.jobs.run import JobRun, Outcome
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.jobs.way_receipts import receipt_of
from autocut_tray.core.jobs.ways import Switch, Turn, Way, Ways, choose
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import CloudBackend, Device, Route
from autocut_tray.core.receipt import ReceiptKind
from autocut_tray.i18n import LANGUAGES, Translator
from autocut_tray.receipt_words import PlainSpeaker, receipt_words
from tests.fakes import FakeClock
from tests.jobs.fakes import CPU_ROUTE, DESCRIPTION, FakeAnalyzer
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


CLOUD = Route(Tier.CLOUD, CloudBackend.OPENAI, "gpt-4o", Device.AUTO, leaves_machine=True)
SMALLER = replace(CPU_ROUTE, model="smaller")


def usual(seconds: float | None, *others: tuple[Route, float | None], held: bool = False) -> Ways:
    """A processor that takes so long, and what else there is."""
    return Ways(Way(CPU_ROUTE, seconds), tuple(Way(*one) for one in others), held)


def timed(
    store: JobStore, folder: Path, scenes: int, seconds: float, left: float, ways: Ways, budget: int = 10
) -> tuple[Bench, Callable[[], Outcome]]:
    """A job of scenes that take ``seconds`` each, to be done in ``left``."""
    clock = Wall()

    def slow(_: DescribeRequest) -> Description:
        clock.at += seconds if b.admission.by[-1] is None else fast
        return DESCRIPTION

    b = bench(store, folder, scenes, FakeAnalyzer(slow), budget=budget)
    b.admission.known_ways = ways
    fast = next((way.seconds for way in ways.others if way.seconds), seconds)

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
    b, do = timed(store, tmp_path, 8, 10.0, 45.0, usual(10.0))
    assert do() == Outcome(JobState.DONE)
    job = store.get(b.job.id)
    assert (job.scenes_done, job.scenes_left_out) == (4, 4)
    assert note(store, b) == (
        "deadline-fewer",
        {"n": 4, "wanted": 8, "time": "12:00", "pace": "10", "best": "12:01"},
    )
    done = [r.scene.id for r in store.scenes(b.job.id) if r.status is SceneStatus.DESCRIBED]
    assert max(done) - min(done) >= 4, "what fits is spread over the video"


def test_with_time_enough_all_are_described(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 4, 10.0, 3600.0, usual(10.0))
    assert do() == Outcome(JobState.DONE) and store.get(b.job.id).scenes_done == 4
    assert note(store, b) == ("deadline-fits", {"n": 4, "time": "13:00"})


def test_a_time_limit_is_no_more_than_the_policy_allows(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 9, 1.0, 3600.0, usual(1.0), budget=3)
    do()
    assert store.get(b.job.id).scenes_done == 3 and note(store, b)[1]["n"] == 3


def test_its_own_pace_counts_more_than_what_was_measured_before(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 10, 30.0, 200.0, usual(5.0))
    do()
    assert store.get(b.job.id).scenes_done == 6, "after three of 30 s it knows better than to believe in 5 s"
    assert note(store, b)[0] == "deadline-fewer"


def test_an_unknown_speed_is_found_out_one_by_one(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 10, 30.0, 100.0, usual(None))
    do()
    assert store.get(b.job.id).scenes_done == 3
    pacer = Pacer(Wall(), NOON + 100, NOON + 100, lambda: usual(None))
    assert (pacer.more(), pacer.words(0, 10).code) == (1, "deadline-unknown")


def test_a_short_job_is_done_before_its_speed_is_known(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 2, 10.0, 100.0, usual(None))
    do()
    assert note(store, b) == ("deadline-fits", {"n": 2, "time": "12:01"})


def test_when_it_is_too_late_nothing_is_begun(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 4, 10.0, -5.0, usual(10.0))
    assert do() == Outcome(JobState.DONE)
    assert b.admission.analyzer.described == []
    assert note(store, b) == ("deadline-over", {"n": 0, "wanted": 4, "time": "11:59"})


def test_scenes_that_a_person_asked_for_keep_to_the_limit_too(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 6, 10.0, 25.0, usual(10.0), budget=1)
    do()
    store.want(b.job.id, [r.scene.id for r in store.scenes(b.job.id) if r.status is SceneStatus.LEFT_OUT])
    do()
    assert store.get(b.job.id).scenes_done == 2


def test_scenes_that_a_person_asked_for_may_choose_the_way(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 6, 10.0, 25.0, usual(10.0, (CLOUD, 2.0)), budget=1)
    do()
    rest = [r.scene.id for r in store.scenes(b.job.id) if r.status is SceneStatus.LEFT_OUT]
    assert len(rest) == 5 and b.admission.by == [None]
    store.want(b.job.id, rest)
    do()
    assert set(b.admission.by[1:]) == {CLOUD} and store.get(b.job.id).scenes_done == 6


def test_what_is_to_be_done_better_goes_no_lesser_way(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 3, 10.0, 15.0, usual(10.0, (SMALLER, 1.0)))
    do()
    assert set(b.admission.by) == {SMALLER}
    b.admission.by.clear()
    store.want(b.job.id, [1])
    do()
    assert set(b.admission.by) == {None}


def test_videos_share_the_time(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 8, 10.0, 80.0, usual(10.0))
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


# -- which way


@pytest.mark.parametrize(
    ("ways", "left", "scenes", "current", "chosen"),
    [
        (usual(10.0, (CLOUD, 2.0)), 100.0, 10, None, CPU_ROUTE),
        (usual(10.0, (CLOUD, 2.0)), 99.0, 10, None, CLOUD),
        (usual(10.0, (SMALLER, 5.0), (CLOUD, 2.0)), 60.0, 10, None, SMALLER),
        (usual(10.0, (SMALLER, 5.0), (CLOUD, 2.0)), 30.0, 10, None, CLOUD),
        (usual(10.0, (SMALLER, 5.0), (CLOUD, 4.0)), 20.0, 10, None, CLOUD),
        (usual(10.0, (CLOUD, 20.0)), 50.0, 10, None, CPU_ROUTE),
        (usual(10.0, (CLOUD, 9.9)), 5.0, 10, None, CPU_ROUTE),
        (usual(10.0, (CLOUD, None)), 5.0, 10, None, CPU_ROUTE),
        (usual(None, (CLOUD, 1.0)), 5.0, 10, None, CPU_ROUTE),
        (usual(10.0, (CLOUD, 2.0), held=True), 30.0, 10, None, CPU_ROUTE),
        (usual(10.0, (CLOUD, 2.0)), 140.0, 10, CLOUD, CLOUD),
        (usual(10.0, (CLOUD, 2.0)), 160.0, 10, CLOUD, CPU_ROUTE),
        (usual(10.0, (SMALLER, 5.0), (CLOUD, 5.0)), 20.0, 10, CLOUD, CLOUD),
        (usual(10.0, (CLOUD, 2.0)), -5.0, 10, None, CPU_ROUTE),
        (usual(10.0, (CLOUD, 2.0)), 5.0, 0, None, CPU_ROUTE),
    ],
    ids=[
        "the usual way fits", "it does not, the cloud does", "the preferred one that fits", "only the cloud fits",
        "none fits: the most", "none is faster", "none does more", "unknown is no way", "the usual one is unknown",
        "held", "to and fro", "back with room to spare", "as good as that of now", "too late", "nothing to do",
    ],
)  # fmt: skip
def test_which_way(ways: Ways, left: float, scenes: int, current: Route | None, chosen: Route) -> None:
    way = choose(ways, left, scenes, current)
    assert way is not None and way.route == chosen


def test_without_a_way_there_is_none_to_choose() -> None:
    assert choose(Ways(), 100.0, 5, None) is None


@given(
    seconds=st.lists(st.none() | st.floats(0.1, 1000), min_size=1, max_size=4),
    left=st.floats(-100, 10_000),
    scenes=st.integers(0, 100),
    held=st.booleans(),
    at=st.none() | st.integers(0, 3),
)
def test_no_choice_does_fewer_scenes_than_the_usual_way(
    seconds: list[float | None], left: float, scenes: int, held: bool, at: int | None
) -> None:
    routes = [replace(CPU_ROUTE, model=str(n)) for n in range(len(seconds))]
    known = [Way(route, each) for route, each in zip(routes, seconds, strict=True)]
    current = routes[at] if at is not None and at < len(routes) else None
    way = choose(Ways(known[0], tuple(known[1:]), held), left, scenes, current)
    assert way in known

    def done(one: Way) -> int:
        return 0 if one.seconds is None else min(scenes, max(0, int(left / one.seconds)))

    if known[0].seconds is not None:
        assert way is not None and done(way) >= done(known[0])
    if held or known[0].seconds is None:
        assert way is known[0]


def test_a_job_that_would_be_late_goes_the_faster_way_and_comes_back(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 8, 10.0, 45.0, usual(10.0, (CLOUD, 2.0)))
    seen: list[Tier | None] = []
    b.admission.after_release = lambda _: seen.append(store.get(b.job.id).way)
    assert do() == Outcome(JobState.DONE)
    job = store.get(b.job.id)
    assert (job.scenes_done, job.scenes_left_out) == (8, 0)
    assert set(b.admission.by) == {CLOUD}
    there, back = b.admission.switches
    assert (there.source.route, there.target.route, there.turn) == (CPU_ROUTE, CLOUD, Turn.DEADLINE)
    assert there.needed == pytest.approx(45 / 8)
    assert (back.target.route, back.turn, back.needed) == (CPU_ROUTE, Turn.OVER, None)
    code, params = note(store, b)
    assert code == "deadline-fits-cloud" and params["n"] == 8
    assert Tier.CLOUD in seen and job.way is None, "what runs is shown while it runs"


def test_it_begins_the_usual_way_and_changes_when_that_is_slower_than_thought(
    store: JobStore, tmp_path: Path
) -> None:
    b, do = timed(store, tmp_path, 8, 10.0, 60.0, usual(5.0, (SMALLER, 1.0)))
    do()
    assert b.admission.by[:3] == [None] * 3 and set(b.admission.by[3:]) == {SMALLER}
    assert store.get(b.job.id).scenes_done == 8
    assert [switch.turn for switch in b.admission.switches] == [Turn.DEADLINE, Turn.OVER]
    assert b.admission.switches[0].source.seconds == pytest.approx(10.0), "as this job measured it"
    assert note(store, b)[0] == "deadline-fits-model"


def test_a_way_that_is_slower_than_thought_is_left_again(store: JobStore, tmp_path: Path) -> None:
    clock = Wall()
    pacer = Pacer(clock, NOON + 90, NOON + 90, lambda: usual(10.0, (CLOUD, 2.0)))
    there = pacer.plan(10)
    assert there is not None and pacer.other == CLOUD
    pacer.begin()
    for _ in range(3):
        clock.at += 15
        pacer.count(CLOUD)
    back = pacer.plan(7)
    assert back is not None and (back.turn, pacer.other) == (Turn.BACK, None)
    assert back.source.seconds == pytest.approx(15.0)


def test_a_way_that_fails_is_not_tried_again(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 6, 10.0, 45.0, usual(10.0, (CLOUD, 2.0)))
    slow = b.admission.analyzer.script

    def fails_in_the_cloud(request: DescribeRequest) -> Description | BackendError:
        if b.admission.by[-1] is None:
            return slow(request)  # type: ignore[return-value]
        return BackendError(FailureClass.BUDGET, "no_credit")

    b.admission.analyzer.script = fails_in_the_cloud
    do()
    assert b.admission.by.count(CLOUD) == 1
    assert [switch.turn for switch in b.admission.switches] == [Turn.DEADLINE, Turn.FAILED]
    assert store.get(b.job.id).scenes_done == 4 and note(store, b)[0] == "deadline-fewer"


def test_leave_that_is_taken_back_ends_it(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 8, 10.0, 45.0, usual(10.0, (CLOUD, 2.0)))

    def revoke(_: object) -> None:
        b.admission.known_ways = usual(10.0)

    b.admission.after_release = revoke
    do()
    assert b.admission.by.count(CLOUD) == 1
    assert [switch.turn for switch in b.admission.switches] == [Turn.DEADLINE, Turn.FAILED]


def test_when_not_even_the_fastest_way_is_enough_that_is_said(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 10, 60.0, 75.0, usual(60.0, (CLOUD, 10.0)))
    do()
    assert store.get(b.job.id).scenes_done == 7
    code, params = note(store, b)
    assert code == "deadline-fewer-cloud"
    assert (params["n"], params["wanted"], params["time"], params["best"]) == (7, 10, "12:01", "12:01")
    said = Pacer(Wall(), NOON + 6 * 3600, NOON + 6 * 3600, lambda: usual(1800.0)).words(0, 20)
    assert Translator("en").text(said).startswith("12 of 20 scenes by 18:00")
    assert "22:00 at best" in Translator("en").text(said)


def test_a_pin_is_kept_and_named(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 8, 10.0, 45.0, usual(10.0, (CLOUD, 2.0), held=True))
    do()
    assert set(b.admission.by) == {None} and b.admission.switches == []
    pacer = Pacer(Wall(), NOON + 45, NOON + 45, lambda: b.admission.known_ways)
    said = pacer.words(0, 8)
    assert said.code == "deadline-fewer-held" and said.params["tier"] == "CPU"
    assert "you chose to stay on the CPU" in Translator("en").text(said)


def test_a_run_that_is_stopped_comes_back_too(store: JobStore, tmp_path: Path) -> None:
    b, do = timed(store, tmp_path, 8, 10.0, 45.0, usual(10.0, (CLOUD, 2.0)))
    b.admission.after_release = lambda _: b.admission.set_refusal(
        Refusal(RefusalKind.CLOSED, message("waiting-no-route"))
    )
    assert do().state is JobState.PAUSED
    assert [switch.turn for switch in b.admission.switches] == [Turn.DEADLINE, Turn.OVER]
    assert store.get(b.job.id).way is None


def test_without_a_time_limit_nothing_is_chosen(store: JobStore, tmp_path: Path) -> None:
    b = bench(store, tmp_path, 6)
    b.admission.known_ways = usual(1000.0, (CLOUD, 1.0))
    assert b.make().run() == Outcome(JobState.DONE)
    assert set(b.admission.by) == {None} and b.admission.switches == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("turn", Turn)
@pytest.mark.parametrize("target", [CLOUD, SMALLER])
def test_receipts_are_in_words(turn: Turn, target: Route, language: str) -> None:
    switch = Switch(Way(CPU_ROUTE, 10.0), Way(target, 2.0), turn, 5.5 if turn is Turn.DEADLINE else None)
    receipt = receipt_of(switch, NOON)
    assert (receipt.kind, receipt.cause, receipt.expected_s_per_scene) == (
        ReceiptKind.DEADLINE,
        turn.value,
        2.0,
    )
    words = receipt_words(PlainSpeaker(Translator(language)), receipt, None)
    told = " ".join((words.title, words.why, *(value for row in words.rows for value in row)))
    assert "deadline" not in told and "{" not in told
    assert ("smaller" if target is SMALLER else "→") in words.title
    assert (words.rows[0][1].startswith("10") or "10" in words.rows[0][1]) is (turn is Turn.DEADLINE)


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
