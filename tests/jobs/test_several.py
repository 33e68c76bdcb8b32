"""Several jobs side by side: what was true of one must hold for all of them."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.analyzers.base import DescribeRequest, DescribeResult
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import InputError, StorageError, UsageError
from autocut_tray.core.footage import WorkerMessage
from autocut_tray.core.jobs.job import Job, JobOptions, JobState
from autocut_tray.core.jobs.ports import Refusal, RefusalKind
from autocut_tray.core.jobs.side_by_side import SideBySide
from autocut_tray.core.jobs.store import HELD, MAX_ATTEMPTS
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.messages import message
from tests.fakes import FakeClock
from tests.jobs.fakes import FakeAnalyzer, FakeScanner, scan_of
from tests.jobs.test_queue import OPTIONS, Line, done


class Disks(FakeScanner):
    """Every file is read until it is let go on, each on its own."""

    def __init__(self) -> None:
        super().__init__(scan_of(3))
        self.lock = threading.Condition()
        self.open: list[str] = []
        self.most = 0
        self.free: set[str] = set()
        self.all_free = False
        self.fails: dict[str, InputError] = {}

    @contextlib.contextmanager
    def scan(self, path: str, options: ScanOptions, cancel: CancelToken) -> Iterator[Iterator[WorkerMessage]]:
        with self.lock:
            self.scans += 1
            self.options.append(options)
            self.open.append(path)
            self.most = max(self.most, len(self.open))
            self.lock.notify_all()
        forget = cancel.on_cancel(self._stir)
        try:
            yield self._held_back(path, cancel)
        finally:
            forget()
            with self.lock:
                self.open.remove(path)
                self.lock.notify_all()

    def _held_back(self, path: str, cancel: CancelToken) -> Iterator[WorkerMessage]:
        half = len(self.messages) // 2
        yield from self.messages[:half]
        with self.lock:
            assert self.lock.wait_for(lambda: self.all_free or path in self.free or cancel.cancelled, 20)
        cancel.raise_if_cancelled()
        if path in self.fails:
            raise self.fails[path]
        yield from self.messages[half:]

    def _stir(self) -> None:
        with self.lock:
            self.lock.notify_all()

    def let(self, *paths: str) -> None:
        with self.lock:
            self.free.update(paths)
            self.lock.notify_all()

    def let_all(self) -> None:
        with self.lock:
            self.all_free = True
            self.lock.notify_all()

    def wait_open(self, *paths: str) -> None:
        with self.lock:
            assert self.lock.wait_for(lambda: sorted(self.open) == sorted(paths), 20), self.open


class Several(Line):
    """A line with room for several jobs."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.disks = self.queue._runner._scanner = Disks()
        self.room(3, 3)

    def room(self, jobs: int, reading: int, *, give_up: bool = False) -> None:
        runner = self.queue._runner
        answer = SideBySide(jobs, reading, (), give_up)
        runner._hands = replace(runner._hands, side_by_side=lambda running: answer)

    def put(self, *names: str, options: JobOptions = OPTIONS) -> list[Job]:
        return [self.queue.submit(f"/{name}.mp4", options).job for name in names]

    def states(self) -> list[JobState]:
        return [job.state for job in reversed(self.queue.jobs())]

    def close(self) -> None:
        self.disks.let_all()
        super().close()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Several]:
    made = Several(tmp_path)
    yield made
    made.close()


RUNNING, QUEUED, PAUSED = JobState.RUNNING, JobState.QUEUED, JobState.PAUSED


def test_as_many_as_there_is_room_for_in_the_order_of_the_line(line: Several) -> None:
    line.put("a", "b", "c", "d", "e")
    line.queue.start()
    line.disks.wait_open("/a.mp4", "/b.mp4", "/c.mp4")
    assert line.states() == [RUNNING] * 3 + [QUEUED] * 2
    assert (line.workload.running, line.workload.queued, line.workload.active) == (3, 2, 5)
    line.disks.let("/b.mp4")
    line.disks.wait_open("/a.mp4", "/c.mp4", "/d.mp4")
    line.disks.let_all()
    line.wait(lambda: line.states() == [JobState.DONE] * 5)
    assert line.disks.most == 3 and line.disks.scans == 5
    assert len(line.admission.analyzer.described) == 15 and line.admission.leases == 0


def test_the_next_video_is_read_while_the_one_before_is_described(line: Several) -> None:
    line.room(2, 1)
    line.admission.refusal = Refusal(RefusalKind.HOLD, message("waiting-probe"))
    line.put("a", "b", "c")
    line.queue.start()
    line.disks.wait_open("/a.mp4")
    line.disks.let("/a.mp4")
    line.disks.wait_open("/b.mp4")  # a is read and waits for the model
    assert line.states() == [RUNNING, RUNNING, QUEUED]
    line.disks.let_all()
    line.wait(lambda: line.store.is_scanned(line.queue.jobs()[1].id))
    assert line.states() == [RUNNING, RUNNING, QUEUED], "no more jobs than there is room for"
    line.admission.set_refusal(None)
    line.wait(lambda: line.states() == [JobState.DONE] * 3)
    assert line.disks.most == 1


def test_while_no_tier_works_all_are_read_and_wait_for_their_descriptions(line: Several) -> None:
    """The video editor goes first for hours: nothing is described, and detection goes through the whole line."""
    line.room(1, 1)
    line.admission.refusal = Refusal(RefusalKind.REST, message("waiting-probe"))
    line.disks.let_all()
    line.put("a", "b", "c")
    line.queue.start()
    line.wait(lambda: line.states() == [PAUSED, PAUSED, RUNNING])
    jobs = line.queue.jobs()
    line.wait(lambda: all(line.store.is_scanned(job.id) for job in jobs))
    assert all(
        job.waiting_for == message("waiting-probe") for job in line.queue.jobs() if job.state is PAUSED
    )
    line.admission.set_refusal(None)
    line.queue.requeue_waiting()
    line.wait(lambda: line.states() == [JobState.DONE] * 3)
    assert line.disks.scans == 3 and line.disks.most == 1, "nothing is read twice"


def test_less_room_breaks_nothing_off(line: Several) -> None:
    line.put("a", "b", "c")
    line.queue.start()
    line.disks.wait_open("/a.mp4", "/b.mp4", "/c.mp4")
    line.room(1, 1)
    line.put("d")
    line.queue.wake()
    line.disks.let("/a.mp4")
    line.disks.wait_open("/b.mp4", "/c.mp4")
    line.disks.let_all()
    line.wait(lambda: line.states() == [JobState.DONE] * 4)
    assert line.disks.scans == 4


def test_short_memory_and_the_editor_put_back_what_is_still_being_read(
    line: Several, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autocut_tray.core.jobs.runner.CALM_SECONDS", 0.0)
    line.put("a", "b", "c")
    line.queue.start()
    line.disks.wait_open("/a.mp4", "/b.mp4", "/c.mp4")
    line.room(1, 1, give_up=True)
    line.queue.wake()
    line.disks.wait_open("/a.mp4")
    line.wait(lambda: line.states() == [RUNNING, QUEUED, QUEUED])
    line.room(3, 3)
    line.queue.look_again()
    line.disks.wait_open("/a.mp4", "/b.mp4", "/c.mp4")
    line.disks.let_all()
    line.wait(lambda: line.states() == [JobState.DONE] * 3)
    assert sorted(line.admission.analyzer.described) == sorted([1, 2, 3] * 3), "once each"


def test_after_that_it_stays_at_one_for_a_while(line: Several) -> None:
    """An editor that works now and then must not make the second video begin anew each time."""
    runner = line.queue._runner
    runner._clock = clock = FakeClock()
    line.put("a", "b")
    line.room(1, 1, give_up=True)
    assert runner._claim() is not None and runner._claim() is None
    line.room(3, 3)
    for seconds, begins in ((0.0, False), (59.0, False), (2.0, True)):
        clock.advance(seconds)
        assert (runner._claim() is not None) is begins


def test_an_emergency_stops_them_all_and_all_go_on(line: Several) -> None:
    line.put("a", "b", "c")
    line.queue.start()
    line.disks.wait_open("/a.mp4", "/b.mp4", "/c.mp4")
    line.may_start = False
    line.queue.stop_worker()
    line.wait(lambda: line.states() == [PAUSED] * 3)
    assert line.disks.open == []
    line.may_start = True
    line.disks.let_all()
    line.queue.requeue_waiting()
    line.wait(lambda: line.states() == [JobState.DONE] * 3)


class Stuck(FakeAnalyzer):
    """Does not answer until it is interrupted, the first ``times``."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times
        self.stuck: list[str] = []
        self.changed = threading.Condition()

    def describe(self, request: DescribeRequest, cancel: CancelToken) -> DescribeResult:
        with self.changed:
            waits = len(self.stuck) < self.times
            self.stuck.append(request.errand.job or "")
            self.changed.notify_all()
        if waits:
            assert cancel.event.wait(20)
        return super().describe(request, cancel)


def test_a_change_of_tier_breaks_off_what_all_of_them_have_under_way(line: Several) -> None:
    stuck = line.admission.analyzer = Stuck(2)
    line.admission.concurrency = line.admission.most_at_once = 2
    line.disks.let_all()
    line.put("a", "b")
    line.queue.start()
    with stuck.changed:
        assert stuck.changed.wait_for(lambda: len(stuck.stuck) == 2, 20)
    line.queue.interrupt_units()
    line.wait(lambda: line.states() == [JobState.DONE] * 2)
    assert sorted(stuck.described) == [1, 1, 2, 2, 3, 3] and line.admission.leases == 0


def test_pausing_the_line_and_shutting_down_stop_them_all(line: Several) -> None:
    line.put("a", "b", "c")
    line.queue.start()
    line.disks.wait_open("/a.mp4", "/b.mp4", "/c.mp4")
    line.queue.pause_all()
    line.wait(lambda: line.states() == [QUEUED] * 3)
    line.queue.resume_all()
    line.disks.wait_open("/a.mp4", "/b.mp4", "/c.mp4")
    line.queue.stop()
    assert line.states() == [QUEUED] * 3 and line.disks.open == []
    line.disks.let_all()
    line.queue.start()
    line.wait(lambda: line.states() == [JobState.DONE] * 3)
    assert sorted(line.admission.analyzer.described) == sorted([1, 2, 3] * 3)


def test_cancelling_one_leaves_the_others_alone(line: Several) -> None:
    _a, b, _c = line.put("a", "b", "c")
    line.queue.start()
    line.disks.wait_open("/a.mp4", "/b.mp4", "/c.mp4")
    line.queue.cancel(b.id)
    line.disks.wait_open("/a.mp4", "/c.mp4")
    line.disks.let_all()
    line.wait(lambda: line.states() == [JobState.DONE, JobState.CANCELLED, JobState.DONE])
    with pytest.raises(UsageError):
        line.queue.pause(b.id)


def test_one_bad_file_costs_the_others_nothing(line: Several) -> None:
    line.disks.fails["/b.mp4"] = InputError("unreadable", message("error-internal"))
    line.put("a", "b", "c")
    line.queue.start()
    line.disks.wait_open("/a.mp4", "/b.mp4", "/c.mp4")
    line.disks.let_all()
    line.wait(lambda: line.states() == [JobState.DONE, JobState.FAILED, JobState.DONE])


def test_a_file_that_killed_a_worker_is_tried_again_alone(line: Several) -> None:
    """Else it could be the memory that the others took."""
    line.disks.fails["/b.mp4"] = InputError("out_of_memory", message("error-internal"))
    _a, b, *_ = line.put("a", "b", "c")
    line.queue.start()
    line.disks.wait_open("/a.mp4", "/b.mp4", "/c.mp4")
    line.disks.let("/b.mp4")
    line.disks.wait_open("/a.mp4", "/c.mp4")
    line.put("d")
    del line.disks.fails["/b.mp4"]
    line.disks.free.clear()
    line.disks.let("/a.mp4", "/c.mp4")
    line.disks.wait_open("/b.mp4")
    assert line.states() == [JobState.DONE, RUNNING, JobState.DONE, QUEUED], "d waits until b is through"
    line.disks.let("/b.mp4")
    line.disks.wait_open("/d.mp4")
    assert line.state(b) is JobState.DONE and len(line.deaths) == 1
    assert [options.sound for options in line.disks.options] == [True, True, True, False, True]


def test_a_file_that_kills_this_program_does_not_drag_its_neighbours_into_quarantine(line: Several) -> None:
    guilty, neighbour, _third = line.put("a", "b", "c")
    assert line.store.start(guilty.id) and line.store.start(neighbour.id)
    assert line.store.recover() == []
    for _ in range(MAX_ATTEMPTS - 1):  # from the second time on it runs alone
        run = line.queue._runner._claim()
        assert run is not None and run.job_id == guilty.id
        assert line.queue._runner._claim() is None, "nothing beside a suspect"
        line.queue._runner._forget(run)
        quarantined = line.store.recover()
    assert quarantined == [guilty.id]
    assert line.state(neighbour) is QUEUED


@pytest.mark.errors_expected
def test_a_full_disk_halts_the_line_and_loses_nothing(line: Several, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autocut_tray.core.jobs.runner.STORAGE_RETRY_SECONDS", 0.01)
    transaction = line.store._database.transaction
    refusals = 12

    @contextlib.contextmanager
    def refuse() -> Iterator[sqlite3.Connection]:
        nonlocal refusals
        if refusals > 0 and armed:
            refusals -= 1
            raise StorageError("disk_full", message("error-disk-full", file="app.db"))
        with transaction() as db:
            yield db

    armed = False
    monkeypatch.setattr(line.store._database, "transaction", refuse)
    line.put("a", "b", "c", "d")
    line.queue.start()
    line.disks.wait_open("/a.mp4", "/b.mp4", "/c.mp4")
    armed = True
    line.disks.let_all()
    limit = threading.Event()
    for _ in range(1000):
        if line.states() == [JobState.DONE] * 4:
            break
        limit.wait(0.01)
    assert line.states() == [JobState.DONE] * 4 and refusals == 0
    assert line.admission.leases == 0 and line.queue.storage_problem is None
    assert len(line.queue._runner._runs) == 0
    assert all(job.scenes_done == 3 for job in line.queue.jobs())


@pytest.mark.errors_expected
@pytest.mark.parametrize("refuses", ["the disk", "the system"])
def test_a_job_that_cannot_even_begin_is_not_left_behind(
    line: Several, monkeypatch: pytest.MonkeyPatch, refuses: str
) -> None:
    monkeypatch.setattr("autocut_tray.core.jobs.runner.STORAGE_RETRY_SECONDS", 0.01)
    monkeypatch.setattr("autocut_tray.core.jobs.runner.EXHAUSTED_RETRY_SECONDS", (0.01,))
    runner = line.queue._runner
    failures = iter([True])
    tell, start = runner._hands.tell, threading.Thread.start

    def told(job_id: str) -> Job:
        if refuses == "the disk" and next(failures, False):
            raise StorageError("disk_full", message("error-disk-full", file="app.db"))
        return tell(job_id)

    def started(thread: threading.Thread) -> None:
        if refuses == "the system" and thread.name.startswith("job-") and next(failures, False):
            raise RuntimeError("can't start new thread")
        start(thread)

    line.disks.let_all()
    runner._hands = replace(runner._hands, tell=told)
    monkeypatch.setattr(threading.Thread, "start", started)
    line.put("a", "b")
    line.queue.start()
    line.wait(lambda: line.states() == [JobState.DONE] * 2)
    assert next(failures, False) is False and line.queue.storage_problem is None


# -- one job at a time by the person's word


def test_a_paused_job_rests_over_a_restart_and_blocks_nobody(line: Several) -> None:
    a, b = line.put("a", "b")
    line.queue.start()
    line.disks.wait_open("/a.mp4", "/b.mp4")
    line.queue.pause(a.id)
    line.wait(lambda: line.state(a) is PAUSED)
    job = line.queue.get(a.id)
    assert job.held and job.waiting_for == HELD
    assert (line.workload.active, line.workload.queued) == (1, 0), "it asks for no model"
    line.queue.requeue_waiting()
    line.queue.wake()
    line.disks.let("/b.mp4")
    line.wait(done(line, b))
    assert line.state(a) is PAUSED
    line.queue.stop()
    line.queue.start()
    assert line.state(a) is PAUSED and line.queue.get(a.id).held
    line.disks.let_all()
    assert line.queue.resume(a.id).state is not PAUSED
    line.wait(done(line, a))
    assert not line.queue.get(a.id).held and sorted(line.admission.analyzer.described) == [1, 1, 2, 2, 3, 3]


def test_a_job_that_is_paused_as_the_program_dies_stays_paused(line: Several) -> None:
    (a,) = line.put("a")
    assert line.store.start(a.id)
    line.store.hold(a.id)
    line.store.recover()
    line.store.requeue_waiting()
    assert line.state(a) is PAUSED and line.queue.get(a.id).held


@pytest.mark.parametrize("act", ["options", "never_cloud", "handed over again", "retried"])
def test_what_lets_a_paused_job_go_on(line: Several, act: str) -> None:
    (a,) = line.put("a")
    line.queue.pause(a.id)
    acts: dict[str, Callable[[], object]] = {
        "options": lambda: line.queue.finish_by(2e9),
        "never_cloud": lambda: line.queue.set_never_cloud(a.id, True),
        "handed over again": lambda: line.queue.submit("/a.mp4", OPTIONS),
        "retried": lambda: line.queue.retry(a.id),
    }
    acts[act]()
    goes_on = act in ("handed over again", "retried")
    assert (line.state(a) is QUEUED, line.queue.get(a.id).held) == (goes_on, not goes_on)


def test_do_this_next(line: Several) -> None:
    a, b, c, d = line.put("a", "b", "c", "d")
    line.queue.finish_by(2e9, b.id)
    assert line.store.next_queued() == b.id
    line.queue.do_next(d.id)
    assert line.store.next_queued() == d.id, "the person's word beats the time limit"
    line.queue.pause(c.id)
    line.queue.do_next(c.id)
    assert not line.queue.get(c.id).held, "next is a wish to have it done"
    line.room(1, 1)
    line.disks.let_all()
    line.queue.start()
    line.wait(lambda: line.states() == [JobState.DONE] * 4)
    order = sorted((a, b, c, d), key=lambda job: line.queue.get(job.id).updated)
    assert [job.path for job in order] == ["/c.mp4", "/d.mp4", "/b.mp4", "/a.mp4"]
    assert all(job.turn == 0 for job in line.queue.jobs())
    for verb in (line.queue.pause, line.queue.resume, line.queue.do_next):
        with pytest.raises(UsageError):
            verb(a.id)
        with pytest.raises(UsageError):
            verb("nowhere")


def test_the_order_of_the_window_is_that_of_the_line(line: Several) -> None:
    from autocut_tray.core.jobs.job import line_key

    _a, b, _c, d = line.put("a", "b", "c", "d")
    line.queue.finish_by(2e9, b.id)
    line.queue.do_next(d.id)
    shown = [job.id for job in sorted(line.queue.jobs(), key=line_key)]
    taken = []
    while (job_id := line.store.next_queued()) is not None:
        taken.append(job_id)
        line.store.start(job_id)
    assert shown == taken
