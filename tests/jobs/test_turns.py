"""Places at the model: never more than there are, nobody starves, and jobs with a time limit one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.analyzers.base import DescribeRequest, Description
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.jobs.job import JobOptions, JobState
from autocut_tray.core.jobs.ports import Refusal, RefusalKind
from autocut_tray.core.jobs.run import JobRun, Outcome, Stop
from autocut_tray.core.jobs.run_unit import REQUEST_COPIES
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.jobs.turns import Claim, Turns, first_in_turn
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.memory.budget import BudgetOptions, UnifiedMemoryManager
from autocut_tray.core.messages import message
from tests.e2e.program import wait_until
from tests.fakes import FakeClock
from tests.jobs.fakes import DESCRIPTION, FakeAdmission, FakeAnalyzer, FakeScanner, scan_of

OPTIONS = JobOptions("en")


def claim(
    number: int, *, wants: bool = True, limited: bool = False, seated: int = 0, served: int = 0
) -> Claim:
    return Claim(threading.Condition(), limited, number, wants, seated, served)


@pytest.mark.parametrize(
    ("claims", "first"),
    [
        ((), None),
        ((claim(1, wants=False),), None),
        ((claim(1), claim(2)), 1),
        ((claim(1, served=5), claim(2, served=4)), 2),
        ((claim(1, seated=1, served=4), claim(2, served=5)), 2),
        ((claim(1), claim(2, limited=True, served=9)), 2),
        ((claim(1), claim(2, limited=True, wants=False)), 1),
        ((claim(1, wants=False), claim(2, limited=True, wants=False), claim(3, limited=True)), None),
        ((claim(2, limited=True, wants=False), claim(3, limited=True), claim(4)), 4),
    ],
)
def test_who_comes_next(claims: tuple[Claim, ...], first: int | None) -> None:
    found = first_in_turn(claims)
    assert (found.number if found else None) == first


@given(st.lists(st.sampled_from(["want", "take", "end", "pass"]), max_size=80), st.integers(1, 3), st.data())
def test_never_more_than_there_are_places_and_a_free_one_is_offered(
    steps: list[str], places: int, data: st.DataObject
) -> None:
    turns = Turns(lambda: places)
    claims = [turns.claim(limited=False) for _ in range(3)]
    for one in claims:
        turns.enter(one)
    for step in steps:
        one = data.draw(st.sampled_from(claims))
        with one.changed:
            if step == "take" and turns.is_due(one):
                turns.take(one)
            elif step == "want":
                turns.is_due(one)
            elif step == "end" and one.seated:
                turns.give_back(one)
            elif step == "pass":
                turns.pass_on(one)
        seated = sum(each.seated for each in claims)
        assert seated <= places
        waiting = [each for each in claims if each.wants]
        if seated < places and waiting:
            with one.changed:
                assert turns.is_due(first_in_turn(claims) or one), "a free place that nobody may take"


def test_each_in_turn() -> None:
    turns = Turns(lambda: 1)
    a, b, c = (turns.claim(limited=False) for _ in range(3))
    for one in (a, b, c):
        turns.enter(one)
    order = []
    with a.changed:
        for _ in range(6):
            due = [one for one in (a, b, c) if turns.is_due(one)] and first_in_turn((a, b, c))
            assert due
            turns.take(due)
            order.append("abc"[(a, b, c).index(due)])
            turns.give_back(due)
    assert order == list("abcabc")


# -- whole runs side by side


class Bench:
    """Runs that share the places at one model."""

    def __init__(self, store: JobStore, folder: Path, places: int, memory: int | None = None) -> None:
        self.store, self.folder = store, folder
        options = BudgetOptions() if memory is None else BudgetOptions(limit=memory)
        self.memory = UnifiedMemoryManager(SystemClock(), options)
        self.gate = threading.Semaphore(0)
        self.seen: list[str] = []
        self.under_way = self.most = 0
        self.lock = threading.Lock()
        self.admission = FakeAdmission(FakeAnalyzer(self.describe), concurrency=places)
        self.turns = Turns(lambda: self.admission.concurrency)
        self.outcomes: dict[str, Outcome] = {}
        self.threads: list[threading.Thread] = []
        self.runs: dict[str, JobRun] = {}
        self.began = threading.Condition(self.lock)

    def describe(self, request: DescribeRequest) -> Description:
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            self.seen.append(request.errand.job or "")
            self.began.notify_all()
        assert self.gate.acquire(timeout=20)
        with self.lock:
            self.under_way -= 1
        return DESCRIPTION

    def begin(
        self, name: str, scenes: int, options: JobOptions = OPTIONS, clock: FakeClock | None = None
    ) -> str:
        job = self.store.create(f"/{name}.mp4", name, options)
        assert self.store.start(job.id)
        run = JobRun(
            self.store.get(job.id),
            self.store,
            FakeScanner(scan_of(scenes)),
            self.admission,
            scan_options=ScanOptions(),
            thumbnails=self.folder,
            publish=lambda event: None,
            clock=clock or FakeClock(),
            memory=self.memory,
            turns=self.turns,
        )
        self.runs[job.id] = run
        thread = threading.Thread(target=lambda: self.outcomes.__setitem__(job.id, run.run()))
        self.threads.append(thread)
        thread.start()
        return job.id

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self.began:
            assert self.began.wait_for(condition, 20), (self.seen, self.under_way)

    def end(self) -> None:
        self.gate.release(1000)
        for thread in self.threads:
            thread.join(20)
            assert not thread.is_alive()


def test_three_jobs_share_one_place_and_each_scene_is_described_once(store: JobStore, tmp_path: Path) -> None:
    b = Bench(store, tmp_path, 1)
    ids = [b.begin(name, 4) for name in "abc"]
    for n in range(1, 13):
        b.wait_for(lambda n=n: len(b.seen) == n)  # type: ignore[misc]
        b.gate.release()
    b.end()
    assert b.most == 1, "more requests at once than the policy allows"
    assert all(b.outcomes[job_id].state is JobState.DONE for job_id in ids)
    assert sorted(b.seen) == sorted(ids * 4)
    middle = b.seen[3:9]
    assert all(middle.count(job_id) >= 1 for job_id in ids), b.seen


def test_two_places_are_two_over_all_jobs(store: JobStore, tmp_path: Path) -> None:
    b = Bench(store, tmp_path, 2)
    ids = [b.begin(name, 4) for name in "abc"]
    b.wait_for(lambda: b.under_way == 2)
    b.end()
    assert b.most == 2 and all(b.outcomes[job_id].state is JobState.DONE for job_id in ids)
    assert sorted(b.seen) == sorted(ids * 4) and b.admission.leases == 0


def test_a_job_that_may_not_go_there_blocks_nobody(store: JobStore, tmp_path: Path) -> None:
    b = Bench(store, tmp_path, 1)
    b.gate.release(1000)
    acquire = b.admission.acquire
    closed = Refusal(RefusalKind.CLOSED, message("waiting-never-cloud"))
    b.admission.acquire = (  # type: ignore[method-assign]
        lambda options, *, better=False, by=None: (
            closed if options.never_cloud else acquire(options, better=better, by=by)
        )
    )
    kept = b.begin("kept", 3, JobOptions("en", never_cloud=True))
    free = b.begin("free", 3)
    b.end()
    assert b.outcomes[kept].state is JobState.PAUSED and b.outcomes[free].state is JobState.DONE


def test_a_place_that_comes_back_is_used_by_another_job(store: JobStore, tmp_path: Path) -> None:
    """Two places become one and two again: the alert's word counts for all jobs together."""
    b = Bench(store, tmp_path, 2)
    b.admission.set_concurrency(1)
    for name in "ab":
        b.begin(name, 3)
    b.wait_for(lambda: b.under_way == 1)
    b.admission.set_concurrency(2)
    b.wait_for(lambda: b.under_way == 2)
    b.end()
    assert len(b.seen) == 6 and b.most == 2


def test_a_stopped_job_gives_its_place_to_the_next(store: JobStore, tmp_path: Path) -> None:
    b = Bench(store, tmp_path, 1)
    first = b.begin("a", 3)
    b.wait_for(lambda: len(b.seen) == 1)
    second = b.begin("b", 3)
    b.runs[first].stop(Stop.PERSON)
    b.end()
    assert b.outcomes[first].state is JobState.CANCELLED and b.outcomes[second].state is JobState.DONE
    assert b.seen.count(first) == 1 and b.seen.count(second) == 3


def test_jobs_with_a_time_limit_take_their_turns_one_after_the_other(store: JobStore, tmp_path: Path) -> None:
    clock = FakeClock(epoch=1000.0)
    b = Bench(store, tmp_path, 1)
    limited = JobOptions("en", finish_by=5000.0)
    first = b.begin("a", 3, limited, clock)
    b.wait_for(lambda: len(b.seen) == 1)
    second = b.begin("b", 3, limited, clock)
    other = b.begin("c", 3)
    b.end()
    assert b.outcomes[first].state is JobState.DONE and b.outcomes[other].state is JobState.DONE
    limited_only = [job_id for job_id in b.seen if job_id != other]
    assert limited_only == [first] * 3 + [second] * 3, "each has its share of the time"


def test_pictures_of_all_jobs_stay_within_one_budget(store: JobStore, tmp_path: Path) -> None:
    """Room for one request: the other job waits for memory, not for a place, and leases go back to the one budget."""
    b = Bench(store, tmp_path, 2, memory=len(b"jpeg 1") * REQUEST_COPIES)
    ids = [b.begin(name, 3) for name in "ab"]
    wait_until(lambda: b.memory.get_memory_stats().waiting == 1, "the other one waits for memory")
    for n in range(1, 7):
        b.wait_for(lambda n=n: len(b.seen) == n)  # type: ignore[misc]
        b.gate.release()
    b.end()
    assert b.most == 1 and sorted(b.seen) == sorted(ids * 3)
    stats = b.memory.get_memory_stats()
    assert (stats.used, stats.leases, stats.leaked) == (0, 0, 0) and stats.waited
