"""The line of jobs: intake, duplicates, cancel, pause, death of the program, death of the worker, full disk."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import BackendError, FailureClass, InputError, StorageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.jobs.intake import Intake
from autocut_tray.core.jobs.job import DropIgnored, Job, JobChanged, JobOptions, JobRemoved, JobState
from autocut_tray.core.jobs.ports import Refusal, RefusalKind
from autocut_tray.core.jobs.queue import JobQueue
from autocut_tray.core.jobs.run import job_error
from autocut_tray.core.jobs.store import MAX_ATTEMPTS, JobStore
from autocut_tray.core.jobs.workload import Workload
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.memory.budget import UnifiedMemoryManager
from autocut_tray.core.messages import message
from tests.jobs.fakes import DESCRIPTION, FakeAdmission, FakeAnalyzer, FakeScanner, scan_of

OPTIONS = JobOptions("en")


class Line:
    """A queue over fakes, with waits that end by events and never by the clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = JobStore(folder / "app.db", SystemClock())
        self.workload = Workload(self.store)
        self.scanner = FakeScanner(scan_of(3))
        self.admission = FakeAdmission(FakeAnalyzer())
        self.bus = EventBus()
        self.said: list[object] = []
        self._changed = threading.Condition()
        for kind in (JobChanged, JobRemoved, DropIgnored):
            self.bus.subscribe(kind, self._hear)
        self.keys: dict[str, str] = {}
        self.may_start = True
        self.budget = UnifiedMemoryManager(SystemClock())
        self.deaths: list[int] = []
        self.queue = JobQueue(
            self.store,
            self.scanner,
            self.admission,
            Intake(self._key, lambda path: None, self._find),
            self.workload,
            may_start=lambda: self.may_start,
            on_worker_death=lambda: self.deaths.append(1),
            scan_options=ScanOptions,
            default_options=lambda: OPTIONS,
            thumbnails=folder / "thumbnails",
            bus=self.bus,
            clock=SystemClock(),
            memory=self.budget,
        )

    def _key(self, path: str) -> str:
        if "bad" in path:
            raise InputError("not_found", message("error-internal"))
        return self.keys.get(path, path)

    def _find(self, paths: Iterable[str], cancel: CancelToken) -> Iterator[str | InputError]:
        for path in paths:
            if path.endswith("/empty"):
                yield InputError("no_videos_in_folder", message("drop-no-videos"))
            else:
                yield path

    def _hear(self, event: object) -> None:
        with self._changed:
            self.said.append(event)
            self._changed.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, 10), self.said[-5:]

    def state(self, job: Job) -> JobState:
        return self.store.get(job.id).state

    def close(self) -> None:
        self.queue.stop()
        self.store.close()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    made = Line(tmp_path)
    yield made
    made.close()


def done(line: Line, job: Job) -> Callable[[], bool]:
    return lambda: line.state(job) is JobState.DONE


def test_files_are_taken_in_and_worked_through_in_order(line: Line) -> None:
    line.queue.start()
    line.queue.add(["/a.mp4", "/b.mp4", "/empty"])

    def finished() -> list[str]:
        return [e.job.path for e in line.said if isinstance(e, JobChanged) and e.job.state is JobState.DONE]

    line.wait(lambda: finished() == ["/a.mp4", "/b.mp4"])
    line.wait(lambda: any(isinstance(e, DropIgnored) for e in line.said))
    assert [j.path for j in line.queue.jobs()] == ["/b.mp4", "/a.mp4"]


def test_what_is_done_is_returned_and_redone_only_when_asked(line: Line) -> None:
    line.queue.start()
    first = line.queue.submit("/a.mp4", OPTIONS)
    line.wait(done(line, first.job))
    assert line.queue.submit("/a.mp4", OPTIONS).stored
    assert line.queue.submit("/a.mp4", OPTIONS).job.id == first.job.id
    again = line.queue.submit("/a.mp4", OPTIONS, again=True)
    assert again.job.id != first.job.id and not again.stored
    line.wait(done(line, again.job))


def test_a_moved_file_is_the_same_job(line: Line) -> None:
    line.keys = {"/a.mp4": "k", "/moved.mp4": "k"}
    first = line.queue.submit("/a.mp4", OPTIONS)
    second = line.queue.submit("/moved.mp4", OPTIONS)
    assert first.job.id == second.job.id and line.store.get(first.job.id).path == "/moved.mp4"
    assert len(line.queue.jobs()) == 1


def test_a_file_that_is_no_video_is_seen_as_failed(line: Line) -> None:
    job = line.queue.submit("/bad.mp4", OPTIONS).job
    assert job.state is JobState.FAILED and job.error is not None and job.error.exit_code == 3
    assert line.queue.submit("/bad.mp4", OPTIONS).job.id == job.id, "asking again makes no second entry"


def test_jobs_without_a_back_end_wait_and_others_are_still_read(line: Line) -> None:
    line.admission.refusal = Refusal(RefusalKind.CLOSED, message("waiting-no-route"))
    line.queue.start()
    line.queue.add(["/a.mp4", "/b.mp4"])
    line.wait(lambda: [j.state for j in line.queue.jobs()] == [JobState.PAUSED] * 2)
    assert all(j.scenes_found == 3 and j.waiting_for is not None for j in line.queue.jobs())
    assert line.workload.wanted and line.workload.queued == 2
    line.admission.refusal = None
    line.queue.requeue_waiting()
    line.wait(lambda: [j.state for j in line.queue.jobs()] == [JobState.DONE] * 2)
    assert line.scanner.scans == 2, "nothing was read twice"


def stopping_scanner(line: Line) -> threading.Event:
    """The scanner reports when it has begun, then waits to be cancelled."""
    begun = threading.Event()

    def hold(cancel: CancelToken) -> None:
        begun.set()
        assert cancel.event.wait(10)

    line.scanner.messages.insert(3, hold)
    return begun


def test_cancel_keeps_what_is_done_and_retry_goes_on(line: Line) -> None:
    begun = stopping_scanner(line)
    line.queue.start()
    job = line.queue.submit("/a.mp4", OPTIONS).job
    assert begun.wait(10)
    line.queue.cancel(job.id)
    line.wait(lambda: line.state(job) is JobState.CANCELLED)
    line.scanner.messages.pop(3)
    line.queue.retry(job.id)
    line.wait(done(line, job))
    assert sorted(line.admission.analyzer.described) == [1, 2, 3]


def test_cancel_of_a_waiting_job(line: Line) -> None:
    job = line.queue.submit("/a.mp4", OPTIONS).job
    assert line.queue.cancel(job.id).state is JobState.CANCELLED


def test_pause_and_resume(line: Line) -> None:
    begun = stopping_scanner(line)
    line.queue.start()
    job = line.queue.submit("/a.mp4", OPTIONS).job
    assert begun.wait(10)
    line.queue.pause_all()
    line.wait(lambda: line.state(job) is JobState.QUEUED)
    assert line.queue.paused and not line.workload.wanted
    line.scanner.messages.pop(3)
    line.queue.resume_all()
    line.wait(done(line, job))


def test_a_shutdown_puts_the_running_job_back_and_the_next_start_goes_on(line: Line) -> None:
    begun = stopping_scanner(line)
    line.queue.start()
    job = line.queue.submit("/a.mp4", OPTIONS).job
    assert begun.wait(10)
    line.queue.stop()
    assert line.state(job) is JobState.QUEUED
    line.scanner.messages.pop(3)
    line.queue.start()
    line.wait(done(line, job))


def test_death_of_the_program_counts_and_in_the_end_quarantines(line: Line) -> None:
    job = line.queue.submit("/a.mp4", OPTIONS).job
    for attempt in range(MAX_ATTEMPTS):
        assert line.store.start(job.id)
        if attempt < MAX_ATTEMPTS - 1:
            assert line.store.recover() == []
            assert line.state(job) is JobState.QUEUED
    assert line.store.recover() == [job.id]
    assert line.state(job) is JobState.POISON
    line.queue.start()
    line.queue.retry(job.id)
    line.wait(done(line, job))


@pytest.mark.fault("FR7")
def test_two_deaths_of_the_worker_quarantine_the_file(line: Line) -> None:
    def crash(_: CancelToken) -> None:
        raise InputError("worker_crashed", message("error-internal"))

    line.scanner.messages = [crash]
    line.queue.start()
    job = line.queue.submit("/a.mp4", OPTIONS).job
    line.wait(lambda: line.state(job) is JobState.POISON)
    assert line.scanner.scans == 2 and len(line.deaths) == 2
    assert [options.sound for options in line.scanner.options] == [True, False]  # it may have been the sound


def test_nothing_new_begins_in_an_emergency(line: Line) -> None:
    line.may_start = False
    line.queue.start()
    job = line.queue.submit("/a.mp4", OPTIONS).job
    line.queue.wake()
    assert line.state(job) is JobState.QUEUED and line.scanner.scans == 0
    line.may_start = True
    line.queue.wake()
    line.wait(done(line, job))


def test_a_job_that_is_refused_just_when_its_back_end_returns_is_not_left_behind(line: Line) -> None:
    """The requeue comes after the refusal and before the job is put down as waiting."""
    line.admission.refusal = Refusal(RefusalKind.CLOSED, message("waiting-no-route"))
    line.queue.start()
    settle = line.queue._runner._settle

    def settle_late(run: object, outcome: object) -> None:
        if line.admission.refusal is not None:
            line.admission.refusal = None
            line.queue.requeue_waiting()
        settle(run, outcome)  # type: ignore[arg-type]

    line.queue._runner._settle = settle_late  # type: ignore[method-assign]
    job = line.queue.submit("/a.mp4", OPTIONS).job
    line.wait(done(line, job))


def test_new_options_reach_a_job_that_runs(line: Line) -> None:
    begun = stopping_scanner(line)
    line.queue.start()
    job = line.queue.submit("/a.mp4", OPTIONS).job
    assert begun.wait(10)
    line.scanner.messages.pop(3)
    line.queue.submit("/a.mp4", JobOptions("en", never_cloud=True))
    line.wait(done(line, job))
    assert line.store.get(job.id).options.never_cloud
    assert line.admission.options[-1].never_cloud, "the run went on under the old options"


def test_a_running_job_is_kept_from_the_cloud(line: Line) -> None:
    begun = stopping_scanner(line)
    line.queue.start()
    job = line.queue.submit("/a.mp4", OPTIONS).job
    assert begun.wait(10)
    line.scanner.messages.pop(3)
    assert line.queue.set_never_cloud(job.id, True).options.never_cloud
    line.wait(done(line, job))
    assert line.admission.options[-1].never_cloud, "the run went on under the old options"


def test_a_waiting_job_gets_its_chance_when_the_cloud_is_allowed_again(line: Line) -> None:
    job = line.store.create("/a.mp4", "key", JobOptions("en", never_cloud=True))
    line.store.finish(job.id, JobState.PAUSED)
    assert line.queue.set_never_cloud(job.id, False).state is JobState.QUEUED
    assert not line.queue.get(job.id).options.never_cloud


def test_the_lock_of_an_ended_job_changes_nothing_else(line: Line) -> None:
    job = line.store.create("/a.mp4", "key", OPTIONS)
    line.store.finish(job.id, JobState.FAILED)
    changed = line.queue.set_never_cloud(job.id, True)
    assert changed.state is JobState.FAILED and changed.options.never_cloud


def test_one_bad_file_of_a_drop_costs_the_others_nothing(line: Line) -> None:
    def find(paths: Iterable[str], cancel: CancelToken) -> Iterator[str | InputError]:
        yield from paths

    line.queue._intake = Intake(line._key, lambda path: None, find)
    line.keys["/odd.mp4"] = "\ud800"  # a key that no database takes
    line.queue.start()
    line.queue.add(["/odd.mp4", "/good.mp4"])
    line.wait(lambda: [j.state for j in line.queue.jobs()] == [JobState.DONE])
    line.wait(lambda: any(isinstance(e, DropIgnored) for e in line.said))


def test_an_emergency_parks_the_job_until_there_is_room(line: Line) -> None:
    begun = stopping_scanner(line)
    line.queue.start()
    job = line.queue.submit("/a.mp4", OPTIONS).job
    assert begun.wait(10)
    line.queue.stop_worker()
    line.wait(lambda: line.state(job) is JobState.PAUSED)
    assert line.store.get(job.id).waiting_for == message("waiting-emergency")
    line.scanner.messages.pop(3)
    line.queue.requeue_waiting()
    line.wait(done(line, job))


def test_remove_forgets_job_and_pictures(line: Line) -> None:
    line.queue.start()
    job = line.queue.submit("/a.mp4", OPTIONS).job
    line.wait(done(line, job))
    assert list((line.folder / "thumbnails" / job.id).iterdir())
    line.queue.remove(job.id)
    assert line.queue.jobs() == [] and not (line.folder / "thumbnails" / job.id).exists()


def test_only_the_jobs_in_focus_run(line: Line) -> None:
    other = line.queue.submit("/other.mp4", OPTIONS).job
    line.queue.focus(())
    mine = line.queue.submit("/mine.mp4", OPTIONS).job
    line.queue.start()
    line.wait(done(line, mine))
    assert line.state(other) is JobState.QUEUED


@pytest.mark.errors_expected
@pytest.mark.parametrize(
    "method", ["put_scene", "put_description", "set_video", "finish", "start", "get", "count_scene_attempt"]
)
def test_a_full_disk_makes_the_line_rest_and_go_on(
    line: Line, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Whatever the disk refuses first, and then refuses everything for a while, no job stays behind."""
    monkeypatch.setattr("autocut_tray.core.jobs.runner.STORAGE_RETRY_SECONDS", 0.01)
    if method == "count_scene_attempt":
        failing = iter([True])
        bad = BackendError(FailureClass.TIER, "bad_reply", message("error-internal"))
        line.admission.analyzer.script = lambda _: bad if next(failing, False) else DESCRIPTION
    line.queue.start()
    refusals = 8
    transaction, armed = line.store._database.transaction, False

    @contextlib.contextmanager
    def refuse() -> Iterator[sqlite3.Connection]:
        nonlocal refusals
        if armed and refusals:
            refusals -= 1
            raise StorageError("disk_full", message("error-disk-full", file="app.db"))
        with transaction() as db:
            yield db

    monkeypatch.setattr(line.store._database, "transaction", refuse)
    real = getattr(line.store, method)

    def first(*arguments: object, **more: object) -> object:
        nonlocal armed
        if refusals and arguments:
            armed = True
            raise StorageError("disk_full", message("error-disk-full", file="app.db"))
        return real(*arguments, **more)

    job = line.store.create("/a.mp4", "k", OPTIONS)
    monkeypatch.setattr(line.store, method, first)
    line.queue.wake()
    limit = threading.Event()
    for _ in range(1000):
        if not refusals and line.state(job) is JobState.DONE:
            break
        limit.wait(0.01)
    assert line.state(job) is JobState.DONE
    assert line.queue.storage_problem is None
    assert set(line.admission.analyzer.described) == {1, 2, 3}
    assert line.admission.leases == 0, "a lease was lost"


def test_names_that_are_no_text_survive_the_database(line: Line) -> None:
    path = b"/caf\xe9 \xff.mp4".decode("utf-8", "surrogateescape")
    line.keys = {path: "k"}
    job = line.queue.submit(path, OPTIONS).job
    assert line.store.get(job.id).path == path


def test_a_file_that_was_still_written_is_known_anew_when_it_is_tried_again(line: Line) -> None:
    line.keys = {"/a.mp4": "half"}
    job = line.queue.submit("/a.mp4", OPTIONS).job
    error = InputError("still_written", message("error-internal"))
    line.store.finish(job.id, JobState.FAILED, error=job_error(error))
    line.keys = {"/a.mp4": "whole"}
    line.queue.retry(job.id)
    line.queue.start()
    line.wait(done(line, job))
    assert line.queue.submit("/a.mp4", OPTIONS).job.id == job.id, "the whole file is the same job"
