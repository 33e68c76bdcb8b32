"""The monitor's thread and the sampler: pace, failures, hanging drivers, real figures."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.monitor.monitor import Attention, MonitorState, RuntimeMonitor
from autocut_tray.core.monitor.sampler import Guarded, Sampler, VramWatch, WorkReading
from autocut_tray.core.runtime.probes.editor_watch import ResolveState
from autocut_tray.core.sample import MetricsSample
from tests.monitor.test_history import SAMPLE


class CountingClock(SystemClock):
    """Real time, but waits are noted and end at once."""

    def __init__(self, until: int) -> None:
        self.waits: list[float] = []
        self.enough = threading.Event()
        self._until = until

    def wait(self, event: threading.Event, timeout: float) -> bool:
        self.waits.append(timeout)
        if len(self.waits) >= self._until:
            self.enough.set()
            return event.wait(5)
        return event.is_set()


def monitor(clock: CountingClock, **options: object) -> RuntimeMonitor:
    settings = {"sample": lambda: SAMPLE, "listeners": (), "is_busy": lambda: False, **options}
    for name in ("is_watchful", "is_critical"):
        settings.setdefault(name, lambda: False)
    settings.setdefault("intervals", (1.0, 8.0))
    return RuntimeMonitor(
        clock,
        settings["sample"],  # type: ignore[arg-type]
        settings["listeners"],  # type: ignore[arg-type]
        is_busy=settings["is_busy"],  # type: ignore[arg-type]
        is_watchful=settings["is_watchful"],  # type: ignore[arg-type]
        is_critical=settings["is_critical"],  # type: ignore[arg-type]
        intervals=lambda: settings["intervals"],  # type: ignore[arg-type, return-value]
    )


@pytest.mark.parametrize(("busy", "interval"), [(False, 8.0), (True, 1.0)])
def test_pace_follows_the_work(busy: bool, interval: float) -> None:
    clock = CountingClock(3)
    watched = monitor(clock, is_busy=lambda: busy)
    watched.start()
    assert clock.enough.wait(5)
    watched.stop()
    assert clock.waits[0] == pytest.approx(interval, abs=0.05)


@pytest.mark.parametrize(
    ("attention", "watchful", "interval"),
    [
        (Attention.DRAWN, False, 2.0),
        (Attention.DRAWN, True, 2.0),
        (Attention.SHOWN, False, 5.0),
        (Attention.NONE, True, 5.0),
        (Attention.NONE, False, 8.0),
    ],
)
def test_a_window_or_an_alert_gets_a_faster_pace(
    attention: Attention, watchful: bool, interval: float
) -> None:
    clock = CountingClock(2)
    watched = monitor(clock, is_watchful=lambda: watchful)
    watched.set_attention(attention)
    watched.start()
    assert clock.enough.wait(5)
    watched.stop()
    assert clock.waits[0] == pytest.approx(interval, abs=0.05)


@pytest.mark.parametrize(
    ("busy", "interval"), [(0.2, 0.2), (1.0, 1.0), (4.0, 1.0)], ids=["faster anyway", "usual", "production"]
)
def test_while_memory_is_short_a_second_is_the_slowest_pace(busy: float, interval: float) -> None:
    clock = CountingClock(2)
    watched = monitor(clock, is_critical=lambda: True, is_busy=lambda: True, intervals=(busy, 8.0))
    watched.start()
    assert clock.enough.wait(5)
    watched.stop()
    assert clock.waits[0] == pytest.approx(interval, abs=0.05)


def test_suspended_it_measures_nothing_and_resumed_at_once() -> None:
    clock = CountingClock(2)
    measured = threading.Semaphore(0)

    def sample() -> MetricsSample:
        measured.release()
        return SAMPLE

    watched = monitor(clock, sample=sample)
    try:
        watched.start()
        assert clock.enough.wait(5)
        watched.suspend()
        assert watched.state is MonitorState.SUSPENDED and not watched.running
        while measured.acquire(timeout=0.05):  # the one under way
            pass
        watched.wake()  # whatever else happens
        assert not measured.acquire(timeout=0.1)
        watched.resume()
        assert watched.state is MonitorState.RUNNING
        assert measured.acquire(timeout=5)
        watched.suspend()
        watched.stop()
        assert watched.state is MonitorState.STOPPED
        watched.start()
        assert watched.state is MonitorState.RUNNING and measured.acquire(timeout=5)
    finally:
        watched.stop()


def test_it_can_be_started_again() -> None:
    clock = CountingClock(1)
    watched = monitor(clock)
    for _ in range(2):
        clock.enough.clear()
        clock.waits.clear()
        watched.start()
        assert clock.enough.wait(5) and watched.state is MonitorState.RUNNING
        watched.stop()
        assert watched.state is MonitorState.STOPPED


@pytest.mark.errors_expected
def test_nothing_ends_the_watch() -> None:
    clock = CountingClock(4)
    seen: list[MetricsSample] = []

    def broken(_: MetricsSample) -> None:
        raise ValueError("listener")

    watched = monitor(clock, listeners=(broken, seen.append))
    watched.start()
    assert clock.enough.wait(5)
    watched.stop()
    assert len(seen) >= 3 and isinstance(watched.failure, ValueError)

    def fails() -> MetricsSample:
        raise OSError("no /proc")

    clock = CountingClock(4)
    watched = monitor(clock, sample=fails)
    watched.start()
    assert clock.enough.wait(5), "the thread died with the first failed reading"
    watched.stop()


@pytest.mark.fault("FR10")
def test_a_hanging_driver_costs_its_figure_only() -> None:
    release = threading.Event()
    calls: list[int] = []

    def hang() -> str:
        calls.append(1)
        release.wait(10)
        return "late"

    guarded = Guarded(hang, "test-reading")
    assert guarded.get(0.02) is None
    assert guarded.get(0.02) is None
    assert len(calls) == 1, "no second reading piles up behind a hanging one"
    release.set()
    assert guarded.get(5) == "late"
    assert guarded.close()


@pytest.mark.fault("FR9")
def test_a_failing_driver_costs_its_figure_only() -> None:
    answers: list[object] = [RuntimeError("lost"), "back"]

    def read() -> object:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    guarded = Guarded(read, "test-reading")
    assert guarded.get(5) is None
    assert guarded.get(5) == "back"
    guarded.close()


@pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="compares with Linux's own figures")
def test_real_figures_agree_with_the_system() -> None:
    clock = SystemClock()
    sampler = Sampler(
        clock,
        vram=VramWatch(clock),
        work=lambda: WorkReading(2, 1, 0.25),
        editor=lambda: ResolveState(None, None),
    )
    sample = sampler.sample()
    sampler.close()
    facts = {
        line.split(":")[0]: int(line.split()[1]) // 1024
        for line in Path("/proc/meminfo").read_text().splitlines()
    }
    assert sample.ram_total == pytest.approx(facts["MemTotal"], abs=1)
    assert sample.ram_available == pytest.approx(facts["MemAvailable"], rel=0.05, abs=64)
    assert sample.load_average == pytest.approx(os.getloadavg()[0], abs=1.0)
    assert sample.vram_used is None and sample.vram_percent is None, "no card is unknown, not 0"
    assert (sample.queued, sample.running, sample.failure_rate) == (2, 1, 0.25)
