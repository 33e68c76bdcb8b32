"""The sampler against a machine that tests own: every figure, what is lost costs itself only, gaps are no spikes."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from autocut_tray.core.monitor import sampler as module
from autocut_tray.core.monitor.sampler import GAP_SECONDS, SLOW_TICKS, Sampler, VramWatch, WorkReading
from autocut_tray.core.monitor.task_times import MAX_AGE, UNITS, TaskTimes
from autocut_tray.core.runtime.probes.editor_watch import ResolveState
from autocut_tray.core.sample import MetricsSample
from tests.fakes import FakeClock

GIB = 2**30
MIB = 2**20


@dataclass
class Machine:
    """What psutil says. ``broken`` names what raises."""

    clock: FakeClock
    folder: Path
    busy: float = 20.0
    read: int = 0
    written: int = 0
    sent: int = 0
    received: int = 0
    disk: bool = True
    broken: set[str] = field(default_factory=set)
    error: Exception = field(default_factory=lambda: OSError(errno.EMFILE, "Too many open files"))
    asked: list[str] = field(default_factory=list)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if what in self.broken:
            raise self.error

    def virtual_memory(self) -> SimpleNamespace:
        self._ask("memory")
        return SimpleNamespace(available=10 * GIB, total=16 * GIB)

    def swap_memory(self) -> SimpleNamespace:
        self._ask("swap")
        return SimpleNamespace(used=512 * MIB)

    def cpu_percent(self, interval: float | None) -> float:
        self._ask("processor")
        return self.busy

    def disk_io_counters(self) -> SimpleNamespace | None:
        self._ask("disk")
        return SimpleNamespace(read_bytes=self.read, write_bytes=self.written) if self.disk else None

    def net_io_counters(self) -> SimpleNamespace:
        self._ask("network")
        return SimpleNamespace(bytes_sent=self.sent, bytes_recv=self.received)

    def pass_time(self, seconds: float, *, read: int = 0, sent: int = 0) -> None:
        self.clock.advance(seconds)
        self.read += read
        self.sent += sent

    def stall(self, percent: float) -> None:
        self.folder.joinpath("pressure").write_text(
            f"some avg10=99.00 avg60=0.00 avg300=0.00 total=1\n"
            f"full avg10={percent:.2f} avg60=0.00 avg300=0.00 total=1\n"
        )


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(FakeClock(start=500.0), tmp_path)
    for name in ("virtual_memory", "swap_memory", "cpu_percent", "disk_io_counters", "net_io_counters"):
        monkeypatch.setattr(psutil, name, getattr(made, name))
    monkeypatch.setattr(os, "getloadavg", lambda: (1.5, 0.0, 0.0), raising=False)
    monkeypatch.setattr(module, "_PRESSURE", tmp_path / "pressure")
    return made


@pytest.fixture
def sampler(machine: Machine) -> Iterator[Sampler]:
    made = Sampler(
        machine.clock,
        vram=VramWatch(machine.clock),
        work=lambda: WorkReading(3, 1, 0.25, 1.5),
        editor=lambda: ResolveState(True, True),
    )
    yield made
    made.close()


def test_every_figure(machine: Machine, sampler: Sampler) -> None:
    machine.stall(1.0)
    sampler.sample()
    for _ in range(SLOW_TICKS):
        machine.pass_time(2.0, read=2_000_000, sent=100)
        sample = sampler.sample()
    assert (sample.ram_available, sample.ram_total, sample.ram_used) == (10_240, 16_384, 6_144)
    assert (sample.swap_used, sample.cpu_percent, sample.load_average) == (512, 20.0, 1.5)
    assert (sample.disk_read, sample.disk_written) == (10_000_000, 0)
    assert (sample.disk_read_rate, sample.disk_write_rate) == (1_000_000.0, 0.0)
    assert (sample.net_sent, sample.net_send_rate, sample.net_receive_rate) == (500, 50.0, 0.0)
    assert (sample.queued, sample.running, sample.processing_s) == (3, 1, 1.5)
    assert (sample.failure_rate, sample.success_rate) == (0.25, 0.75)
    assert (sample.resolve_running, sample.resolve_busy, sample.ram_stalled) == (True, True, False)


def test_the_first_reading_has_no_rates(machine: Machine, sampler: Sampler) -> None:
    sample = sampler.sample()
    assert sample.cpu_percent is None and sample.disk_read_rate is None and sample.net_send_rate is None
    assert sample.disk_read == 0, "what is counted is known at once"


@pytest.mark.fault("FR17")
@pytest.mark.parametrize("gap", [GAP_SECONDS + 1, 7200.0, 86_400.0])
def test_a_suspend_is_no_spike(machine: Machine, sampler: Sampler, gap: float) -> None:
    """Hours of traffic that the clock counts in a moment, or a moment's that it counts in hours."""
    sampler.sample()
    machine.pass_time(1.0)
    sampler.sample()
    machine.busy = 100.0
    machine.pass_time(gap, read=10**12, sent=10**12)
    after = sampler.sample()
    assert after.cpu_percent is None and after.disk_read_rate is None and after.net_send_rate is None
    machine.busy = 12.0
    for _ in range(SLOW_TICKS):
        machine.pass_time(1.0, read=1000, sent=10)
        later = sampler.sample()
        assert later.cpu_percent == 12.0
    assert (later.disk_read_rate, later.net_send_rate) == (1000.0, 10.0), "right again with the next look"


def test_a_counter_that_went_back_is_no_rate(machine: Machine, sampler: Sampler) -> None:
    machine.read, machine.sent = 10**9, 10**9
    sampler.sample()
    machine.read, machine.sent = 5, 10**9 + 50
    for _ in range(SLOW_TICKS):
        machine.pass_time(1.0)
        sample = sampler.sample()
    assert sample.disk_read_rate is None and sample.net_send_rate == 10.0


@pytest.mark.fault("FR18")
def test_the_wall_clock_moves_no_rate(machine: Machine, sampler: Sampler) -> None:
    sampler.sample()
    for _ in range(SLOW_TICKS):
        machine.pass_time(1.0, read=1000)
        machine.clock.shift_wall_clock(-86_400)
        sample = sampler.sample()
    assert sample.disk_read_rate == 1000.0 and sample.cpu_percent == 20.0


def test_slow_figures_are_not_read_every_time(machine: Machine, sampler: Sampler) -> None:
    for _ in range(10 * SLOW_TICKS):
        sampler.sample()
        machine.pass_time(1.0)
    assert machine.asked.count("disk") == machine.asked.count("swap") == 10
    assert machine.asked.count("memory") == 10 * SLOW_TICKS


LOST = {
    "memory": ("ram_available", "ram_total"),
    "swap": ("swap_used",),
    "processor": ("cpu_percent",),
    "disk": ("disk_read", "disk_written", "disk_read_rate", "disk_write_rate"),
    "network": ("net_sent", "net_received", "net_send_rate", "net_receive_rate"),
}


@pytest.mark.parametrize("what", LOST)
@pytest.mark.parametrize(
    "error", [OSError(errno.EMFILE, "Too many open files"), RuntimeError("no"), psutil.AccessDenied()]
)
def test_what_cannot_be_read_costs_its_figure_only(
    machine: Machine,
    sampler: Sampler,
    what: str,
    error: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def look() -> MetricsSample:
        for _ in range(SLOW_TICKS):
            machine.pass_time(1.0)
            sample = sampler.sample()
        return sample

    machine.stall(0.0)
    sampler.sample()
    whole = look()
    machine.error = error
    machine.broken = {what}
    broken = look()
    lost = {f.name for f in fields(broken) if getattr(broken, f.name) is None} - {
        f.name for f in fields(whole) if getattr(whole, f.name) is None
    }
    assert lost == set(LOST[what])
    look()
    assert caplog.text.count("cannot be read") == 1, "said once, not every second"
    machine.broken = set()
    look()
    assert getattr(look(), LOST[what][-1]) is not None


def test_a_machine_without_disks_has_no_traffic(machine: Machine, sampler: Sampler) -> None:
    machine.disk = False
    assert sampler.sample().disk_read is None


@pytest.mark.fault("FR19")
@pytest.mark.parametrize(("percent", "stalled"), [(0.0, False), (39.9, False), (40.0, True), (97.5, True)])
def test_a_swap_storm_is_seen(machine: Machine, sampler: Sampler, percent: float, stalled: bool) -> None:
    machine.stall(percent)
    assert sampler.sample().ram_stalled is stalled


@pytest.mark.parametrize("content", [None, "", "nonsense"])
def test_a_system_that_does_not_report_stalls(
    machine: Machine, sampler: Sampler, content: str | None
) -> None:
    if content is not None:
        machine.folder.joinpath("pressure").write_text(content)
    assert sampler.sample().ram_stalled is None


def test_24_hours_of_readings_with_suspends(machine: Machine, sampler: Sampler) -> None:
    """A day at the idle pace, asleep three times: every rate that is told is the true one."""
    told = 0
    end = machine.clock.monotonic() + 86_400
    naps = iter((3_600.0, 10_000.0, 25_000.0, float("inf")))
    nap = next(naps)
    begin = machine.clock.monotonic()
    while machine.clock.monotonic() < end:
        sample = sampler.sample()
        if sample.disk_read_rate is not None:
            told += 1
            assert sample.disk_read_rate == pytest.approx(1000.0)
        machine.pass_time(8.0, read=8000)
        if machine.clock.monotonic() - begin >= nap:
            machine.pass_time(5_000.0, read=10**11)
            nap = next(naps)
    assert told > 8000


class TestTaskTimes:
    def test_the_mean_of_the_last_ones(self) -> None:
        times = TaskTimes(FakeClock())
        assert times.mean is None
        for seconds in (1.0, 2.0, 6.0):
            times.add(seconds)
        assert times.mean == 3.0
        for _ in range(UNITS):
            times.add(4.0)
        assert times.mean == 4.0

    def test_what_is_long_ago_does_not_count(self) -> None:
        clock = FakeClock()
        times = TaskTimes(clock)
        times.add(60.0)
        clock.advance(MAX_AGE)
        times.add(1.0)
        assert times.mean == 30.5
        clock.advance(1.0)
        assert times.mean == 1.0
        clock.advance(MAX_AGE)
        assert times.mean is None
