"""A folder of many clips: order, speed, the same clip twice, and files that vanish, grow or hide."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.events import EventBus
from autocut_tray.core.jobs.intake import SETTLE_SECONDS, Arrivals, FileIntake, Intake
from autocut_tray.core.jobs.job import DropIgnored, JobOptions, JobState
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.media import gate
from tests.fakes import FakeClock
from tests.jobs.test_more import queue_of
from tests.jobs.test_run import bench

OPTIONS = JobOptions("en")


class Waiting(FakeClock):
    """Whenever somebody waits, ``meanwhile`` happens and the time is over."""

    def __init__(self, epoch: float, meanwhile: Callable[[int], None] = lambda _: None) -> None:
        super().__init__(epoch=epoch)
        self.waits: list[float] = []
        self.meanwhile = meanwhile

    def wait(self, event: threading.Event, timeout: float) -> bool:
        self.waits.append(timeout)
        assert len(self.waits) < 100, "it never comes to an end"
        self.meanwhile(len(self.waits))
        return super().wait(event, timeout)


class Desk:
    """The real look at files, and a note of what was put in line."""

    def __init__(self, folder: Path, meanwhile: Callable[[int], None] = lambda _: None) -> None:
        self.folder = folder
        self.clock = Waiting(folder.stat().st_mtime, meanwhile)
        self.taken: list[str] = []
        self.said: list[DropIgnored] = []
        self.arrivals: Arrivals = Arrivals()
        bus = EventBus()
        bus.subscribe(DropIgnored, self.said.append)
        hands = Intake(gate.content_key, lambda path: gate.settling(path, self.clock), gate.find_videos)
        stopping = CancelToken()
        self.intake = FileIntake(hands, self.arrivals, self._take, bus, self.clock, stopping)

    def _take(self, path: str, _: JobOptions) -> None:
        self.taken.append(Path(path).name)

    def drop(self, *paths: Path, waits: int = 0) -> None:
        """All at once; the end of the arrivals comes after so many waits."""
        self.arrivals.put((tuple(map(str, paths)), OPTIONS))
        meanwhile = self.clock.meanwhile

        def then(wait: int) -> None:
            meanwhile(wait)
            if wait == waits:
                self.arrivals.put(None)

        self.clock.meanwhile = then
        if not waits:
            self.arrivals.put(None)
        self.intake.run()


def clip(folder: Path, number: int, *, age: float = 0.0) -> Path:
    """``age``: seconds since it was written; copied just now where it is 0."""
    path = folder / f"clip {number:03}.mp4"
    path.write_bytes(b"%03d" % number * 100)
    at = folder.stat().st_mtime - age
    os.utime(path, (at, at))
    return path


def test_five_hundred_clips_just_copied_are_waited_for_together(tmp_path: Path) -> None:
    for number in range(500):
        clip(tmp_path, number)
    desk = Desk(tmp_path)
    desk.drop(tmp_path, waits=1)
    assert desk.taken == [f"clip {number:03}.mp4" for number in range(500)]
    assert desk.clock.waits == [SETTLE_SECONDS], "once, not once a clip"


def test_what_is_complete_does_not_wait_for_what_grows(tmp_path: Path) -> None:
    growing = clip(tmp_path, 1)
    for number in (2, 3):
        clip(tmp_path, number, age=3600)
    late = clip(tmp_path, 4, age=3600).rename(tmp_path.parent / "late.mp4")

    def meanwhile(wait: int) -> None:
        if wait == 3:
            desk.arrivals.put(((str(late),), OPTIONS))
        if wait <= 4:  # still being written
            growing.write_bytes(growing.read_bytes() + b"more")
            os.utime(growing, (desk.clock.time(), desk.clock.time()))

    desk = Desk(tmp_path, meanwhile)
    desk.drop(tmp_path, waits=5)
    assert desk.taken == ["clip 002.mp4", "clip 003.mp4", "late.mp4", "clip 001.mp4"]
    assert len(desk.clock.waits) == 5


def test_a_file_that_vanishes_while_it_is_waited_for_is_told_like_any_other(tmp_path: Path) -> None:
    gone, there = clip(tmp_path, 1), clip(tmp_path, 2)
    desk = Desk(tmp_path, lambda _: gone.unlink(missing_ok=True))
    desk.drop(gone, there, tmp_path / "nothing.mp4", waits=1)
    assert sorted(desk.taken) == ["clip 001.mp4", "clip 002.mp4", "nothing.mp4"], "submit says what is wrong"


def test_a_folder_without_videos_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    desk = Desk(tmp_path)
    desk.drop(tmp_path)
    assert desk.taken == [] and len(desk.said) == 1


def test_a_folder_with_copies_becomes_one_job_each(store: JobStore, tmp_path: Path) -> None:
    """Through the real line: order, the same content under two names, two names of one file, a missing one."""
    folder = tmp_path / "card"
    folder.mkdir()
    for number in range(40):
        clip(folder, number, age=3600)
    (folder / "a copy.mp4").write_bytes((folder / "clip 007.mp4").read_bytes())
    (folder / "linked.mp4").hardlink_to(folder / "clip 008.mp4")
    b = bench(store, tmp_path)
    queue = queue_of(b)
    queue.remove(b.job.id)
    queue._intake = Intake(gate.content_key, lambda path: None, gate.find_videos)
    queue.pause_all()
    queue.start()
    try:
        queue.add([str(folder), str(folder / "missing.mp4")])
        while len(queue.jobs()) < 41:
            queue.wait_for_change(0.01)
    finally:
        queue.close()
    jobs = queue.jobs()[::-1]
    names = [Path(job.path).name for job in jobs]
    assert len(names) == 41 and names[-1] == "missing.mp4"
    assert jobs[-1].state is JobState.FAILED and jobs[-1].error and jobs[-1].error.code == "not_found"
    rest = [name for name in names[1:-1] if name != "linked.mp4"]
    assert rest == sorted(rest), "in the order of their names"
