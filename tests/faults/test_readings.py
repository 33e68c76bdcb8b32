"""What readings of the machine lead to, row by row: seconds of a pretended clock, no real ones."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import FailureClass
from autocut_tray.core.monitor import sampler as sampler_module
from autocut_tray.core.monitor.sampler import PROBE_LIMIT, Sampler, VramWatch, WorkReading
from autocut_tray.core.policy.control_memory import ControlMemory
from autocut_tray.core.policy.governor_types import (
    Cause,
    EmergencyStop,
    GapReset,
    MemoryLevel,
    Reclaim,
    Tier,
    TierChange,
    UnitResult,
)
from autocut_tray.core.runtime.probes.editor_watch import ResolveState
from autocut_tray.core.runtime.probes.vram import VramReading
from tests.fakes import FakeClock
from tests.policy.governor_rig import Rig, among
from tests.policy.test_controller import CPU, GPU, World, on, policy
from tests.runtime.profiles import RTX_4060

HOUR = 3600


def notices(rig: Rig) -> list[TierChange]:
    return [change for change in among(TierChange, rig.log) if change.notify]


@pytest.mark.fault("FR1")
def test_foreign_vram_at_88_percent_that_stays() -> None:
    rig = Rig()
    rig.run(HOUR, vram_used=0.88 * 8192)
    assert [action.t for action in among(Reclaim, rig.log)][:1] == [0]
    assert rig.tiers == [(10, "CPU")] and len(notices(rig)) == 1


@pytest.mark.fault("FR2")
def test_a_vram_spike_of_nine_seconds() -> None:
    rig = Rig()
    rig.run(60)
    rig.run(9, vram_used=0.99 * 8192 - 300)
    rig.run(HOUR, vram_used=1000.0)
    assert rig.tiers == []


@pytest.mark.fault("FR3")
def test_our_own_model_makes_90_percent_for_an_hour() -> None:
    rig = Rig()
    rig.run(5)
    rig.run(HOUR, vram_used=0.9 * 8192, own_vram=0.9 * 8192 - 1000, loaded=True)
    assert rig.log == []


@pytest.mark.fault("FR4")
def test_no_vram_left_and_it_is_not_ours() -> None:
    rig = Rig()
    rig.run(5)
    rig.run(1, vram_used=8192.0 - 255)
    assert rig.tiers == []
    rig.run(1)
    assert rig.tiers == [(6, "CPU")]


@pytest.mark.fault("FR5")
@pytest.mark.parametrize(("cloud_ok", "target"), [(True, "CLOUD"), (False, "PAUSED")])
def test_ram_below_two_gib(cloud_ok: bool, target: str) -> None:
    """Caches at once, another tier after ten seconds, and never the processor, which needs the same memory."""
    rig = Rig()
    rig.run(HOUR, ram_avail=1945.0, cloud_ok=cloud_ok)
    (first, *_) = among(Reclaim, rig.log)
    assert (first.t, first.why.cause, first.cache_keep) == (0, Cause.RAM, 50.0)
    assert rig.tiers == [(10, target)]


@pytest.mark.fault("FR6")
def test_ram_nearly_full() -> None:
    rig = Rig()
    rig.run(2, ram_avail=0.09 * 16_384)
    assert rig.levels == [(1, "EMERGENCY")] and rig.tiers == [(1, "PAUSED")]
    assert [stop.t for stop in among(EmergencyStop, rig.log)] == [1]
    assert 0.0 in [action.cache_keep for action in among(Reclaim, rig.log)]
    assert not rig.governor.state.admit


@pytest.mark.fault("FR9", "FR11")
@pytest.mark.parametrize(
    "reading",
    [
        {"vram_used": None},
        {"vram_used": None, "vram_total": None},
        {"vram_total": 0.0},
        {"vram_used": float("nan")},
        {"vram_used": -5.0},
        {"vram_used": 9000.0},
        {"vram_total": float("inf")},
    ],
)
def test_a_card_that_tells_nothing_or_nonsense(reading: dict[str, float | None]) -> None:
    """Held for 30 s, then the processor; no try of the card before it tells something again."""
    rig = Rig()
    rig.run(5)
    rig.run(600, **reading)
    assert rig.tiers == [(35, "CPU")] and rig.probes == []
    rig.run(120, vram_used=1000.0, vram_total=8192.0)
    assert [tier for _, tier in rig.tiers] == ["CPU", "GPU"] and len(rig.probes) == 1


@pytest.mark.fault("FR10")
def test_a_reading_of_the_card_that_does_not_return(monkeypatch: pytest.MonkeyPatch) -> None:
    assert PROBE_LIMIT == 2.0
    monkeypatch.setattr(sampler_module, "PROBE_LIMIT", 0.05)
    release = threading.Event()
    clock = SystemClock()
    watch = VramWatch(clock)
    watch.use(RTX_4060)

    def hang() -> tuple[VramReading, tuple[()]]:
        release.wait(60)
        return VramReading(1024, 8188, None, "nvml"), ()

    monkeypatch.setattr(watch, "read", hang)
    sampler = Sampler(
        clock, vram=watch, work=lambda: WorkReading(0, 0, None), editor=lambda: ResolveState(None, None)
    )
    try:
        for _ in range(3):
            sample = sampler.sample()
            assert sample.vram_used is None and sample.ram_available is not None
        release.set()
        for _ in range(100):
            if sampler.sample().vram_used == 1024:
                break
        assert sampler.sample().vram_used == 1024, "it is read again"
    finally:
        release.set()
        sampler.close()


@pytest.mark.fault("FR16")
def test_a_model_whose_memory_does_not_come_back(tmp_path: Path) -> None:
    """Our model goes, the card stays full: on to the processor in time, and no endless asking."""
    world = World(tmp_path)
    try:
        world.controller.adopt(policy(GPU, CPU))
        world.run(3, on(world, Tier.GPU))
        world.run(2)
        world.used = 7800
        assert world.run(60, on(world, Tier.CPU)) <= 10
        world.run(HOUR)
        assert world.controller.state.tier is Tier.CPU
        assert len(world.reclaimed) == 2, "when the signal came up, and when the tier was left"
        assert world.probed.count(Tier.GPU) == 1
    finally:
        world.controller.close()


@pytest.mark.fault("FR17")
def test_two_hours_asleep_in_the_middle_of_a_request(tmp_path: Path) -> None:
    world = World(tmp_path)
    try:
        world.controller.adopt(policy(GPU, CPU))
        world.run(3, on(world, Tier.GPU))
        world.run(5)
        for _ in range(2):
            assert world.controller.begin_unit() is Tier.GPU
            world.controller.end_unit(UnitResult(FailureClass.DOWN, 0.1, tier=Tier.GPU))
        assert world.controller.begin_unit() is Tier.GPU
        world.clock.advance(2 * HOUR)
        world.controller.end_unit(UnitResult(FailureClass.DOWN, 2 * HOUR, tier=Tier.GPU))
        world.run(5)
        assert world.controller.state.tier is Tier.GPU, "the third in a row, but it does not count"
        assert world.receipts == []
    finally:
        world.controller.close()


@pytest.mark.fault("FR17")
def test_asleep_while_degraded_takes_a_whole_green_minute() -> None:
    rig = Rig()
    rig.run(11, vram_used=7200.0)
    rig.run(50, vram_used=1000.0)
    rig.t += 2 * HOUR
    awake = rig.t + 1
    rig.run(120)
    assert [gap.t for gap in among(GapReset, rig.log)] == [awake]
    assert rig.tiers == [(10, "CPU"), (awake + 60, "GPU")]


@pytest.mark.fault("FR18")
@pytest.mark.parametrize("shift", [-86_400.0, 86_400.0])
def test_a_wall_clock_that_is_set_moves_no_timer(tmp_path: Path, shift: float) -> None:
    at: list[int] = []
    for moved in (0.0, shift):
        world = World(tmp_path / str(moved))
        try:
            world.controller.adopt(policy(GPU, CPU))
            world.run(3, on(world, Tier.GPU))
            world.run(2)
            world.used = 7200
            world.run(5)
            world.clock.shift_wall_clock(moved)
            at.append(world.run(60, on(world, Tier.CPU)))
            world.used = 1024
            world.run(30)
            world.clock.shift_wall_clock(moved)
            at.append(world.run(200, on(world, Tier.GPU)))
        finally:
            world.controller.close()
    assert at[:2] == at[2:]


@pytest.mark.fault("FR18")
def test_a_wall_clock_set_back_between_two_starts_shortens_no_lock(tmp_path: Path) -> None:
    rig = Rig()
    for _ in range(3):
        rig.run(12, vram_used=7200.0)
        rig.run(80, vram_used=1000.0)
    lock = rig.governor.state.locked_until
    assert lock is not None
    clock = FakeClock()
    memory = ControlMemory(tmp_path / "governor.json", clock)
    carried = rig.governor.carryover()
    memory.save(carried)
    clock.shift_wall_clock(-86_400.0)
    assert memory.load() == carried.after(0.0)


@pytest.mark.fault("FR19")
@pytest.mark.parametrize("cloud_ok", [True, False])
def test_a_swap_storm_never_leads_to_the_processor(cloud_ok: bool) -> None:
    rig = Rig()
    rig.run(HOUR, ram_stalled=True, cloud_ok=cloud_ok)
    assert rig.tiers == [(10, "CLOUD" if cloud_ok else "PAUSED")]


@pytest.mark.fault("FR15")
@pytest.mark.parametrize("high", [12, 15, 30, 45])
def test_an_hour_of_a_square_wave_of_90_seconds(high: int) -> None:
    rig = Rig()
    for second in range(HOUR):
        rig.run(1, vram_used=7200.0 if second % 90 < high else 1000.0)
    ups = [t for t, tier in rig.tiers if tier == "GPU"]
    assert all(sum(start <= t < start + 900 for t in ups) <= 3 for start in range(HOUR))
    assert rig.governor.state.level is MemoryLevel.OK


@pytest.mark.fault("FR12")
def test_a_busy_processor_halves_the_threads_and_keeps_the_tier(tmp_path: Path) -> None:
    world = World(tmp_path)
    try:
        world.controller.adopt(policy(GPU, CPU))
        world.run(3, on(world, Tier.GPU))
        world.cpu = 100.0
        world.run(600)
        assert world.controller.state.tier is Tier.GPU
        assert world.throttled == [True] and world.receipts == []
        assert world.controller.governor_state.cpu_throttled
    finally:
        world.controller.close()
