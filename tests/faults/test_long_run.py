"""A day, and twenty thousand jobs, under a pretended clock: it always comes back, and nothing grows."""

from __future__ import annotations

import gc
import logging
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from autocut_tray.core import log as log_module
from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.jobs.job import JobState
from autocut_tray.core.log import LOG_FILE, set_up_logging
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier, UnitResult
from autocut_tray.core.receipt import ReceiptKind
from tests.jobs.test_queue import OPTIONS, Line
from tests.policy.test_controller import CPU, GPU, World, on, policy

DAY = 86_400
MIB = 1024 * 1024
BACK_WITHIN = 180


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.controller.close()


class Day:
    """Work second by second, and a unit every few seconds as a job would have it."""

    def __init__(self, world: World) -> None:
        self.world, self.controller = world, world.controller
        self.done = self.failed = 0
        self.answer: FailureClass | None = None

    def run(self, seconds: int) -> None:
        """Ends with nothing in flight."""
        for second in range(0, seconds, 5):
            tier = self.controller.begin_unit()
            self.world.run(min(5, seconds - second))
            state = self.controller.state
            assert state.tier is not Tier.CLOUD, "nobody allowed it"
            assert state.level is not MemoryLevel.EMERGENCY or state.tier is Tier.PAUSED
            if tier is not None:
                self.done += self.answer is None
                self.failed += self.answer is not None
                self.controller.end_unit(UnitResult(self.answer, 5.0, tier=tier))

    def back(self) -> int:
        """Seconds until the card is used again, while units go on as before."""
        for seconds in range(0, 2 * 3600, 5):
            if self.controller.state.tier is Tier.GPU:
                return seconds
            self.run(5)
        raise AssertionError("never back")


def test_a_day_of_trouble_every_hour(world: World) -> None:
    """Each cause comes and goes; the card is used again within three minutes after its end."""
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    day, began = Day(world), world.clock.monotonic()
    healthy = {"used": 1024, "available": 12_288, "cpu": 20.0, "editor_busy": False}
    hour = 0
    while world.clock.monotonic() - began < DAY:
        cause = hour % 7
        for name, value in healthy.items():
            setattr(world, name, value)
        day.answer = None
        if cause == 0:
            world.used = 7200
        elif cause == 1:
            world.available = 1900
        elif cause == 2:
            world.available = 900
        elif cause == 3:
            world.editor_busy = True
        elif cause == 4:
            day.answer = FailureClass.DOWN
            world.answers = [BackendError(FailureClass.DOWN, "server_refused")] * 2
        elif cause == 5:
            world.used = None  # type: ignore[assignment]
        else:
            world.clock.advance(2 * 3600)
            world.clock.shift_wall_clock(-DAY)
        day.run(120)
        for name, value in healthy.items():
            setattr(world, name, value)
        day.answer = None
        world.answers = []
        assert day.back() <= BACK_WITHIN, f"hour {hour}: {cause}"
        day.run(3600 - 120 - 60)
        assert world.controller.state.tier is Tier.GPU
        hour += 1
    assert hour >= 20 and day.done > 10_000
    assert world.controller.state.in_flight == 0
    ups = [r for r in world.receipts if r.kind is ReceiptKind.TIER and r.better]
    downs = [r for r in world.receipts if r.kind is ReceiptKind.TIER and not r.better]
    assert len(ups) <= len(downs) <= 3 * hour, "every way back answers a way down"
    assert world.controller._helpers.alive == ()


@pytest.mark.fault("FR20")
def test_twenty_thousand_units_leave_nothing_behind(world: World) -> None:
    """With a tenth of failures of every class: no list grows, no thread stays."""
    world.controller.adopt(policy(GPU, CPU))
    world.run(3, on(world, Tier.GPU))
    classes = (None, *(None for _ in range(9)), *FailureClass)
    threads = threading.active_count()

    def jobs(first: int, last: int) -> None:
        for number in range(first, last):
            tier = world.controller.begin_unit()
            if tier is not None:
                failure = classes[number % len(classes)] if number % 10 == 0 else None
                failure = None if failure in (FailureClass.CONFIG, FailureClass.BUDGET) else failure
                world.controller.end_unit(UnitResult(failure, 1.0, file_id=f"{number}", tier=tier))
            if number % 5 == 0:
                world.run(1)
            world.receipts.clear()

    jobs(0, 4000)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    jobs(4000, 20_000)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < MIB, f"{grown} bytes"
    assert threading.active_count() <= threads


@pytest.mark.fault("FR20")
def test_whole_jobs_leave_no_file_open_and_no_thread(tmp_path: Path) -> None:
    line = Line(tmp_path)
    process = psutil.Process()
    try:
        line.queue.start()
        counts: list[tuple[int, int]] = []
        for number in range(90):
            job = line.queue.submit(f"/{number}.mp4", OPTIONS).job
            line.wait(lambda job=job: line.state(job) is JobState.DONE)
            line.queue.remove(job.id)
            line.said.clear()
            if number % 30 == 29:
                counts.append(
                    (process.num_fds() if hasattr(process, "num_fds") else 0, threading.active_count())
                )
        assert len(set(counts)) == 1, counts
        assert line.queue.jobs() == []
        assert not any((tmp_path / "thumbnails").iterdir()), "pictures of removed jobs are gone"
    finally:
        line.close()


@pytest.mark.fault("FR20")
@pytest.mark.errors_expected
def test_a_log_of_twenty_thousand_jobs_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five files at most; their real size is 5 MiB, a fiftieth of it here."""
    assert (log_module._MAX_BYTES, log_module._BACKUPS) == (5 * MIB, 4)
    monkeypatch.setattr(log_module, "_MAX_BYTES", 100 * 1024)
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        set_up_logging(tmp_path, stderr=False)
        for number in range(20_000):
            logging.getLogger("autocut_tray.test").info("Job %d: %s", number, "x" * 60)
        files = sorted(tmp_path.iterdir())
        assert [file.name for file in files] == [LOG_FILE, *(f"{LOG_FILE}.{n}" for n in range(1, 5))]
        assert sum(file.stat().st_size for file in files) <= 5 * 100 * 1024
        assert "Job 19999" in (tmp_path / LOG_FILE).read_text("utf-8")
    finally:
        for handler in [h for h in root.handlers if h not in before]:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
