"""A laptop's GPU that sleeps is not woken for a figure that nobody needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core.runtime.probes.gpu_power import GpuPower
from autocut_tray.core.runtime.probes.vram import VramReading, VramSampler
from autocut_tray.core.runtime.probes.vram_nvml import REST_SECONDS
from tests.fakes import FakeClock
from tests.runtime.fakes import FakeDevice, FakeNvml, fake_machine, holds, put
from tests.runtime.profiles import RTX_4060

BUS = "0000:01:00.0"
ASLEEP = VramReading(None, 8188, 0.0, "nvml", asleep=True)
AWAKE = VramReading(1024, 8188, 0.0, "nvml")


def state(root: Path, status: str, control: str = "auto", bus: str = BUS) -> None:
    folder = f"/sys/bus/pci/devices/{bus}"
    put(root, f"{folder}/vendor", "0x10de")
    put(root, f"{folder}/class", "0x030200")
    put(root, f"{folder}/power/control", control)
    put(root, f"{folder}/power/runtime_status", status)


def sampler(root: Path, nvml: Any, clock: FakeClock | None = None, system: str = "linux") -> VramSampler:
    return VramSampler(
        RTX_4060,
        clock or FakeClock(),
        machine=fake_machine(root, system),
        load_nvml=lambda machine: nvml,
        process_name={10: "ollama"}.get,
    )


def test_a_sleeping_card_is_left_alone(tmp_path: Path) -> None:
    state(tmp_path, "suspended")
    nvml = FakeNvml(FakeDevice(graphics=[holds(10, 900)]))
    reads = sampler(tmp_path, nvml)
    assert reads.sample(wake=False) == ASLEEP
    assert reads.holders() == ()
    assert (nvml.inits, nvml.memory_queries) == (0, 0)


def test_work_wakes_it(tmp_path: Path) -> None:
    state(tmp_path, "suspended")
    nvml = FakeNvml(FakeDevice(load=0))
    assert sampler(tmp_path, nvml).sample() == AWAKE


def test_a_card_with_nothing_to_do_is_let_go_so_that_it_can_fall_asleep(tmp_path: Path) -> None:
    state(tmp_path, "active")
    clock, nvml = FakeClock(), FakeNvml(FakeDevice(load=0))
    reads = sampler(tmp_path, nvml, clock)
    assert reads.sample() == AWAKE
    assert nvml.open_sessions == 1, "while work runs the session is kept"
    assert reads.sample(wake=False) == AWAKE
    assert nvml.open_sessions == 0, "an open session alone would keep it awake"
    asked = nvml.memory_queries
    clock.advance(REST_SECONDS - 1)
    assert reads.sample(wake=False) == AWAKE
    assert nvml.memory_queries == asked
    state(tmp_path, "suspending")
    assert reads.sample(wake=False) == ASLEEP
    state(tmp_path, "active")
    assert reads.sample(wake=False) == AWAKE, "somebody woke it: what is used may have changed"
    assert nvml.memory_queries == asked + 1


def test_a_card_that_stays_awake_is_looked_at_now_and_then(tmp_path: Path) -> None:
    state(tmp_path, "active")
    clock, nvml = FakeClock(), FakeNvml(FakeDevice(load=0))
    reads = sampler(tmp_path, nvml, clock)
    for _ in range(61):
        reads.sample(wake=False)
        clock.advance(10)
    assert nvml.memory_queries == 6
    assert nvml.open_sessions == 0


def test_needing_it_ends_the_rest_at_once(tmp_path: Path) -> None:
    state(tmp_path, "active")
    nvml = FakeNvml(FakeDevice(load=0))
    reads = sampler(tmp_path, nvml)
    reads.sample(wake=False)
    nvml.devices[0].used = 4096 * 2**20
    reading = reads.sample(wake=True)
    assert reading is not None
    assert reading.used == 4096
    assert nvml.open_sessions == 1


def test_a_card_that_works_for_others_is_read_at_every_tick(tmp_path: Path) -> None:
    state(tmp_path, "active")
    nvml = FakeNvml(FakeDevice(load=37))
    reads = sampler(tmp_path, nvml)
    for _ in range(5):
        reads.sample(wake=False)
    assert (nvml.memory_queries, nvml.inits) == (5, 1)


def test_a_card_that_may_not_sleep_is_read_at_every_tick(tmp_path: Path) -> None:
    state(tmp_path, "active", control="on")
    nvml = FakeNvml(FakeDevice(load=0))
    reads = sampler(tmp_path, nvml)
    for _ in range(5):
        assert reads.sample(wake=False) == AWAKE
    assert (nvml.memory_queries, nvml.inits) == (5, 1)


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_a_system_that_tells_nothing_of_it_is_read_at_every_tick(tmp_path: Path, system: str) -> None:
    nvml = FakeNvml(FakeDevice(load=0))
    reads = sampler(tmp_path, nvml, system=system)
    assert [reads.sample(wake=False) for _ in range(3)] == [AWAKE] * 3
    assert nvml.inits == 1


def test_a_card_that_is_lost_while_it_rests(tmp_path: Path) -> None:
    state(tmp_path, "active")
    clock, nvml = FakeClock(), FakeNvml(FakeDevice(load=0))
    reads = sampler(tmp_path, nvml, clock)
    reads.sample(wake=False)
    nvml.init_error = FakeNvml.NVMLError("Driver Not Loaded")
    clock.advance(REST_SECONDS)
    assert reads.sample(wake=False) is None


def test_of_several_cards_the_chosen_one_counts_once_its_place_is_known(tmp_path: Path) -> None:
    state(tmp_path, "suspended")
    state(tmp_path, "active", bus="0000:02:00.0")
    nvml = FakeNvml(FakeDevice(load=0))
    reads = sampler(tmp_path, nvml)
    assert reads.sample(wake=False) == AWAKE, "not every card sleeps: it may be the one"
    assert reads.sample(wake=False) == ASLEEP


def test_unknown_is_not_asleep(tmp_path: Path) -> None:
    machine = fake_machine(tmp_path)
    assert not GpuPower.of(machine, BUS, 0x10DE).asleep
    assert not GpuPower.of(machine, None, 0x10DE).may_sleep
    state(tmp_path, "error")
    assert not GpuPower.of(machine, BUS, 0x10DE).asleep
    state(tmp_path, "suspended")
    assert GpuPower.of(machine, None, 0x10DE).asleep
    assert not GpuPower.of(machine, None, 0x1002).asleep
    put(tmp_path, "/sys/bus/pci/devices/0000:00:1f.3/vendor", "0x10de")
    put(tmp_path, "/sys/bus/pci/devices/0000:00:1f.3/class", "0x040300")
    assert GpuPower.of(machine, None, 0x10DE).asleep, "its sound is not a display"
