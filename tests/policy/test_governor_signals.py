"""Samples, VRAM, RAM, levels and CPU load: what the table of signals says beyond the acceptance rows."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import (
    Cause,
    CpuThrottle,
    EmergencyStop,
    GapReset,
    MemoryChange,
    MemoryLevel,
    Metric,
    Reclaim,
    Sample,
    SmallMachine,
    Tier,
    TierChange,
    UnitResult,
)
from tests.policy.governor_rig import HEALTHY, Rig, among, only

GIB = 1024.0


@pytest.mark.fault("FR11")
@pytest.mark.parametrize(
    "odd",
    [
        {"vram_used": math.nan},
        {"vram_used": -1.0},
        {"vram_used": 9000.0},
        {"vram_total": 0.0},
        {"vram_total": None},
        {"vram_total": math.inf},
    ],
)
def test_an_impossible_vram_reading_is_none(odd: dict[str, float]) -> None:
    clean = replace(HEALTHY, **odd).plausible()
    assert clean.vram_used is None
    assert clean.vram_percent is None
    assert clean.ram_avail == HEALTHY.ram_avail


@pytest.mark.fault("FR11")
@pytest.mark.parametrize("odd", [{"ram_avail": math.nan}, {"ram_avail": 20_000.0}, {"ram_total": 0.0}])
def test_an_impossible_ram_reading_is_none(odd: dict[str, float]) -> None:
    clean = replace(HEALTHY, **odd).plausible()
    assert (clean.ram_avail, clean.ram_percent) == (None, None)
    assert clean.vram_used == HEALTHY.vram_used


@pytest.mark.fault("FR11")
def test_other_impossible_readings_are_none() -> None:
    odd = replace(HEALTHY, own_vram=9000.0, need_vram=-1.0, need_ram=math.inf, cpu_percent=101.0).plausible()
    assert (odd.own_vram, odd.need_vram, odd.need_ram, odd.cpu_percent) == (None, None, None, None)


def test_a_plausible_sample_is_left_alone() -> None:
    sample = replace(HEALTHY, vram_used=None, cpu_percent=100.0)
    assert sample.plausible() is sample


def test_reclaim_comes_first_and_once() -> None:
    rig = Rig()
    first = rig.run(vram_used=7200.0)
    reclaim = only(Reclaim, first)
    assert (reclaim.why.cause, reclaim.why.metric, reclaim.cache_keep) == (
        Cause.VRAM,
        Metric.VRAM_PERCENT,
        50.0,
    )
    assert among(Reclaim, rig.run(9)) == []
    assert not rig.governor.state.may_load
    assert rig.governor.state.one_at_a_time


def test_reclaim_says_what_unloading_should_free() -> None:
    rig = Rig()
    rig.run(own_vram=5000.0, vram_used=6000.0, loaded=True)
    assert only(Reclaim, rig.run(vram_used=7600.0)).expected_mib == 5000.0


def test_pressure_on_a_card_that_we_do_not_use_reclaims_nothing() -> None:
    assert Rig(Tier.CPU).run(vram_used=7200.0) == []


def test_own_vram_unknown_is_measured_at_the_load() -> None:
    rig = Rig()
    rig.run(3, own_vram=None, vram_used=1400.0)
    rig.run(120, vram_used=7400.0, loaded=True)  # 6000 more than before the load
    assert rig.tiers == []
    rig.run(5, vram_used=1400.0, loaded=False)
    loaded_at = rig.t + 1
    rig.run(1, vram_used=6800.0, loaded=True)
    rig.run(20, vram_used=7600.0)
    assert rig.tiers == [(loaded_at + 11, "CPU")]  # others took 800 more


def test_a_load_that_becomes_known_late_is_forgiven() -> None:
    rig = Rig()
    rig.run(1)
    rig.run(5, vram_used=7400.0)  # loading: used, but not yet listed as ours
    rig.run(60, loaded=True, own_vram=6400.0)
    assert rig.tiers == []


def test_a_model_without_vram_explains_none() -> None:
    rig = Rig()
    rig.run(11, vram_used=7200.0, loaded=True, own_vram=0.0)
    assert rig.tiers == [(10, "CPU")]


def test_a_failed_reading_neither_begins_nor_ends_a_pressure() -> None:
    rig = Rig()
    rig.run(5, vram_used=7200.0)
    rig.run(10, vram_used=None)
    assert rig.tiers == []
    rig.run(1, vram_used=7200.0)
    assert rig.tiers == [(15, "CPU")]


def test_unknown_ram_keeps_the_tier_and_admits_nothing() -> None:
    rig = Rig()
    rig.run(1)
    assert rig.governor.state.admit
    rig.run(600, ram_avail=None)
    assert rig.tiers == []
    assert not rig.governor.state.admit
    assert not rig.governor.state.may_load


def test_unknown_ram_ends_no_emergency() -> None:
    rig = Rig()
    rig.run(5, ram_avail=900.0)
    rig.run(25, ram_avail=9 * GIB)
    rig.run(60, ram_avail=None)
    assert rig.governor.state.level is MemoryLevel.EMERGENCY
    rig.run(30, ram_avail=9 * GIB)
    assert rig.governor.state.level is MemoryLevel.EMERGENCY
    rig.run(1)
    assert rig.governor.state.level is MemoryLevel.OK


@pytest.mark.fault("FR5")
def test_low_ram_never_leads_to_the_cpu_even_between_the_limits() -> None:
    rig = Rig(allowed=frozenset({Tier.GPU, Tier.CPU, Tier.PAUSED}))
    rig.run(10, ram_avail=1900.0)
    rig.run(1, ram_avail=2300.0)  # enough to enter the CPU tier, but the shortage still stands
    assert rig.tiers == [(10, "PAUSED")]


@pytest.mark.fault("FR19")
def test_a_memory_stall_counts_as_a_shortage() -> None:
    rig = Rig()
    rig.run(11, ram_stalled=True)
    change = only(TierChange, rig.log)
    assert (change.t, change.target, change.why.metric) == (10, Tier.CLOUD, Metric.RAM_STALL)
    rig.run(59, ram_stalled=False)
    assert rig.tier is Tier.CLOUD
    rig.run(2)
    assert rig.tiers[-1] == (71, "GPU")


def test_emergency_needs_two_samples() -> None:
    rig = Rig()
    for _ in range(20):
        rig.run(1, ram_avail=900.0)
        rig.run(1, ram_avail=3000.0)
    assert MemoryLevel.EMERGENCY.value not in [level for _, level in rig.levels]


def test_emergency_while_paused_still_stops_the_worker() -> None:
    rig = Rig(Tier.PAUSED)
    decided = rig.run(2, ram_avail=900.0, cloud_ok=False)
    assert only(EmergencyStop, decided).t == 1
    assert only(MemoryChange, decided).notify
    assert rig.tiers == []


def test_leaving_emergency_goes_through_warn_when_memory_is_still_tight() -> None:
    rig = Rig()
    rig.run(20, ram_avail=900.0)
    rig.run(31, ram_avail=4000.0)  # 75.6 % used
    assert rig.levels == [(1, "EMERGENCY"), (50, "WARN")]


@pytest.mark.fault("FR8")
def test_memory_error_is_an_emergency_at_once() -> None:
    rig = Rig()
    rig.run(1)
    rig.note(rig.governor.memory_error(0.5))
    assert rig.levels == [(0.5, "EMERGENCY")]
    assert rig.tiers == [(0.5, "PAUSED")]
    assert rig.governor.memory_error(0.6) == ()
    rig.run(31)
    assert rig.levels[1:] == [(31, "OK")]  # good readings from 1 on


@pytest.mark.parametrize(("total", "on", "off"), [(8, 1638.4, 2457.6), (6, 1228.8, 1843.2)])
def test_small_machines_have_smaller_limits_and_are_told_once(total: float, on: float, off: float) -> None:
    rig = Rig()
    rig.run(50, ram_total=total * GIB, ram_avail=0.8 * total * GIB)
    said = only(SmallMachine, rig.log)
    assert (said.ram_on_mib, said.ram_off_mib) == pytest.approx((on, off))


def test_ten_gib_is_not_small() -> None:
    rig = Rig()
    assert rig.run(5, ram_total=10 * GIB, ram_avail=8 * GIB) == []


def test_a_small_machine_can_leave_an_emergency() -> None:
    rig = Rig(allowed=frozenset({Tier.GPU, Tier.CPU}))
    rig.run(5, ram_total=6 * GIB, ram_avail=900.0)
    rig.run(31, ram_avail=1.9 * GIB)  # above its green limit of 1.8 GiB, never above 2.5
    assert [level for _, level in rig.levels][:2] == ["EMERGENCY", "OK"]


@pytest.mark.fault("FR12")
def test_cpu_load_throttles_and_never_changes_the_tier() -> None:
    rig = Rig()
    rig.run(31, cpu_percent=95.0)
    rig.run(570, cpu_percent=100.0)
    throttle = only(CpuThrottle, rig.log)
    assert (throttle.t, throttle.on, throttle.why.held_s) == (30, True, 30)
    assert rig.governor.state.cpu_throttled
    rig.run(59, cpu_percent=60.0)
    rig.run(1, cpu_percent=75.0)
    rig.run(61, cpu_percent=60.0)
    assert [(a.t, a.on) for a in among(CpuThrottle, rig.log)] == [(30, True), (721, False)]
    assert rig.tiers == []


def test_cpu_load_must_stay_high() -> None:
    rig = Rig()
    for _ in range(10):
        rig.run(29, cpu_percent=95.0)
        rig.run(1, cpu_percent=90.0)
    assert rig.log == []


def test_grace_counts_seconds_at_the_idle_pace() -> None:
    rig = Rig()
    rig.run(20, tick=5.0, work=False)
    assert rig.governor.state.tick == 5.0
    onset = rig.t + 5.0
    rig.run(5, tick=5.0, vram_used=7200.0)
    assert rig.governor.state.tick == 1.0  # something is on: look closely
    rig.run(10, tick=5.0)
    assert rig.tiers == [(onset + 10, "CPU")]
    assert among(GapReset, rig.log) == []


def test_a_warning_alone_is_looked_at_every_5_s_and_what_runs_short_every_second() -> None:
    """Many machines stand at 75 % all day long."""
    rig = Rig()
    rig.run(40, ram_avail=3.9 * GIB, work=False)
    state = rig.governor.state
    assert (state.level, state.tick, state.pressed) == (MemoryLevel.WARN, 5.0, False)
    assert state.one_at_a_time
    rig.run(1, ram_avail=1.9 * GIB)
    assert (rig.governor.state.tick, rig.governor.state.pressed) == (1.0, True)
    rig.run(2, ram_avail=0.9 * GIB)
    state = rig.governor.state
    assert (state.level, state.tick, state.pressed) == (MemoryLevel.EMERGENCY, 1.0, True)
    rig.run(100, ram_avail=3.9 * GIB, work=True)
    assert (rig.governor.state.level, rig.governor.state.tick) == (MemoryLevel.WARN, 1.0), "work is there"


def test_the_idle_pace_may_be_late_the_busy_one_may_not() -> None:
    rig = Rig()
    rig.run(1, work=False)
    assert rig.run(5.2, tick=5.2) == []
    rig.run(1, work=True)
    assert rig.run(5.0, tick=5.0) == []
    assert only(GapReset, rig.run(5.1, tick=5.1)).gap_s == pytest.approx(5.1)


@pytest.mark.parametrize(("tick", "idle"), [(0.5, 5.0), (60.0, 300.0)])
def test_a_chosen_pace_is_no_gap(tick: float, idle: float) -> None:
    rig = Rig(thresholds=Thresholds(tick=tick, idle_tick=idle))
    rig.run(10 * tick, tick=tick)
    rig.run(tick, tick=tick, work=False)
    rig.run(10 * idle, tick=idle)
    assert rig.log == []


def test_thresholds_decide() -> None:
    rig = Rig(thresholds=Thresholds(vram_on=90.0))
    assert rig.run(60, vram_used=7200.0) == []


def test_before_the_first_sample_nothing_is_known() -> None:
    state = Rig().governor.state
    assert not state.admit
    assert not state.may_load
    assert state.tick == 1.0


def test_a_change_carries_the_five_samples_before() -> None:
    rig = Rig()
    rig.run(20)
    rig.run(11, vram_used=7200.0)
    assert [s.t for s in only(TierChange, rig.log).before] == [26, 27, 28, 29, 30]


def test_a_sample_that_a_result_overtook_counts_as_of_now() -> None:
    rig = Rig()
    rig.run(5)
    rig.governor.unit_result(4.8, UnitResult())
    assert rig.governor.step(Sample(t=4.7, work=True, cloud_ok=True)) == ()
    assert rig.governor.state.t == 4.8


@pytest.mark.parametrize("t", [math.nan, math.inf])
def test_a_sample_needs_a_time(t: float) -> None:
    with pytest.raises(ValueError, match="not a time"):
        Rig().governor.step(Sample(t=t))


def test_hard_pressure_needs_two_samples_in_a_row() -> None:
    rig = Rig()
    for _ in range(4):
        rig.run(1, vram_used=8000.0)
        rig.run(1, vram_used=7900.0)  # 292 MiB free: pressure, but not hard
    assert rig.tiers == []


def test_a_card_that_our_model_fills_is_no_pressure() -> None:
    rig = Rig()
    assert rig.run(60, vram_used=8100.0, own_vram=6700.0, loaded=True) == []


def test_a_ram_shortage_is_not_acted_on_blindly() -> None:
    rig = Rig()
    rig.run(5, ram_avail=1900.0)
    rig.run(60, ram_avail=None)
    assert rig.tiers == []
    rig.run(1, ram_avail=1900.0)
    assert rig.tiers == [(65, "CLOUD")]


def test_a_quarter_of_a_large_machine_is_plenty() -> None:
    assert Rig().run(60, ram_total=64 * GIB, ram_avail=12 * GIB) == []


def test_a_large_machine_leaves_an_emergency_by_gib() -> None:
    rig = Rig()
    rig.run(5, ram_total=64 * GIB, ram_avail=3 * GIB)
    rig.run(60, ram_avail=5.5 * GIB)
    assert rig.governor.state.level is MemoryLevel.EMERGENCY
    rig.run(31, ram_avail=6.5 * GIB)  # still 90 % used
    assert rig.governor.state.level is MemoryLevel.WARN


def test_warn_reclaims_once_and_tells_nobody() -> None:
    rig = Rig()
    rig.run(20, ram_avail=4000.0)
    rig.run(5, ram_avail=5000.0)
    rig.run(20, ram_avail=4000.0)
    assert len(among(Reclaim, rig.log)) == 1
    assert [a.notify for a in among(MemoryChange, rig.log)] == [False]


def test_a_machine_whose_memory_grows_and_shrinks_is_told_once() -> None:
    rig = Rig()
    for total in (8, 6, 16, 8):
        rig.run(5, ram_total=total * GIB, ram_avail=5 * GIB)
    assert len(among(SmallMachine, rig.log)) == 1


def test_exactly_means_exactly_for_odd_sizes() -> None:
    """Binary fractions put some exact shares a hair beside their limit: 90 % used is an emergency, 70 % not green."""
    below = next(t for t in range(20_000, 40_000) if 100.0 * (t - 0.1 * t) / t < 90.0)
    rig = Rig()
    rig.run(2, ram_total=float(below), ram_avail=0.1 * below)
    assert rig.levels == [(1, "EMERGENCY")]
    below = next(t for t in range(8000, 20_000) if 100.0 * (0.7 * t) / t < 70.0)
    rig = Rig(Tier.CPU)
    rig.run(100, vram_total=float(below), vram_used=0.7 * below)
    assert rig.tiers == []
