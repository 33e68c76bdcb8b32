"""Units of work: failures, breakers, probation, slowness, crash loops, poison, servers that ask to wait."""

from __future__ import annotations

import pytest

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import (
    BreakerChange,
    BreakerState,
    Cause,
    GapReset,
    Metric,
    Poison,
    Probe,
    Throttled,
    Tier,
    TierChange,
    UnitResult,
)
from tests.policy.governor_rig import Rig, among, only

RESOURCE, DOWN, TIER = FailureClass.RESOURCE, FailureClass.DOWN, FailureClass.TIER


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.run(1)
    return rig


def degrade_by_failures(rig: Rig) -> None:
    for _ in range(3):
        rig.unit(DOWN)


@pytest.mark.fault("FM13")
@pytest.mark.parametrize("failure", [FailureClass.INPUT, FailureClass.CANCEL, FailureClass.THROTTLE])
def test_these_classes_never_count(rig: Rig, failure: FailureClass) -> None:
    for _ in range(100):
        rig.unit(failure)
    assert rig.tiers == []
    assert rig.governor.state.failure_percent is None


def test_resource_and_down_count_together_in_a_row(rig: Rig) -> None:
    rig.unit(RESOURCE)
    rig.unit(FailureClass.INPUT)  # says nothing, so it does not break the row
    rig.unit(DOWN)
    assert rig.tiers == []
    rig.unit(RESOURCE)
    change = only(TierChange, rig.log)
    assert (change.why.cause, change.why.metric, change.hard) == (Cause.FAILURES, Metric.FAILURE_STREAK, True)


@pytest.mark.parametrize("between", [None, TIER])
def test_anything_else_breaks_the_row(rig: Rig, between: FailureClass | None) -> None:
    for failure in (DOWN, DOWN, between, DOWN, DOWN):
        rig.unit(failure)
    assert rig.tiers == []


def test_rate_counts_the_last_twenty(rig: Rig) -> None:
    for _ in range(3):
        rig.unit(TIER)
    for _ in range(30):
        rig.unit()
    assert rig.governor.state.failure_percent == 0.0
    for _ in range(6):
        rig.unit(TIER)
    assert rig.tiers == []  # 6 of 20
    change = only(TierChange, rig.unit(TIER))
    assert (change.why.metric, change.why.value, change.hard) == (Metric.FAILURE_PERCENT, 35.0, False)


def test_old_units_do_not_count(rig: Rig) -> None:
    for _ in range(9):
        rig.unit(TIER)
    rig.run(601)
    rig.unit(TIER)
    assert rig.tiers == []
    assert rig.governor.state.failure_percent == 100.0
    for _ in range(2):
        rig.unit(DOWN)
    rig.run(601)
    rig.unit(DOWN)
    assert rig.tiers == []


def test_failures_lead_to_the_next_tier_and_so_on(rig: Rig) -> None:
    degrade_by_failures(rig)
    degrade_by_failures(rig)
    degrade_by_failures(rig)
    assert [tier for _, tier in rig.tiers] == ["CPU", "CLOUD", "PAUSED"]
    assert rig.unit(DOWN) == []


def test_an_open_breaker_is_skipped_on_the_way_down(rig: Rig) -> None:
    for _ in range(3):
        rig.unit(DOWN, tier=Tier.CPU)  # late results of another tier
    assert rig.tiers == []
    degrade_by_failures(rig)
    assert [tier for _, tier in rig.tiers] == ["CLOUD"]


def test_late_results_belong_to_their_tier(rig: Rig) -> None:
    degrade_by_failures(rig)
    for _ in range(10):
        rig.unit(DOWN, tier=Tier.GPU)
    assert [tier for _, tier in rig.tiers] == ["CPU"]
    assert len(among(BreakerChange, rig.log)) == 1


def test_breaker_closes_after_three_successes(rig: Rig) -> None:
    degrade_by_failures(rig)
    rig.run(60)
    assert rig.tier is Tier.GPU
    assert rig.governor.state.breakers[Tier.GPU].state is BreakerState.HALF_OPEN
    for left in (2, 1, 0):
        rig.unit()
        assert rig.governor.state.probation_left == left
    assert rig.governor.state.breakers[Tier.GPU].state is BreakerState.CLOSED
    rig.unit(DOWN)
    rig.unit(DOWN)
    assert rig.tier is Tier.GPU  # no probation any more, and the old failures are forgotten


def test_a_failed_probation_returns_to_where_it_came_from() -> None:
    rig = Rig(Tier.CLOUD)
    rig.run(61)
    assert rig.tier is Tier.GPU
    rig.unit(TIER)
    change = rig.log[-1]
    assert isinstance(change, TierChange)
    assert (change.target, change.why.cause, change.k, change.hard) == (Tier.CLOUD, Cause.PROBATION, 1, True)
    assert rig.governor.state.k[Tier.GPU] == 1


def test_a_failed_probation_goes_down_when_the_way_back_is_closed() -> None:
    rig = Rig(Tier.CLOUD)
    rig.run(61)
    rig.run(1, cloud_ok=False)
    rig.unit(TIER)
    assert rig.tiers[-1][1] == "CPU"


def test_a_failed_probation_after_a_pause_does_not_pause_again() -> None:
    rig = Rig(Tier.PAUSED)
    rig.run(61, cloud_ok=False)
    assert rig.tiers == [(60, "GPU")]
    rig.unit(RESOURCE)
    assert rig.tiers[-1][1] == "CPU"


def test_what_does_not_count_does_not_fail_a_probation() -> None:
    rig = Rig(Tier.CPU)
    rig.run(61)
    rig.unit(FailureClass.INPUT)
    rig.unit(FailureClass.CANCEL)
    assert rig.tier is Tier.GPU
    assert rig.governor.state.probation_left == 3


def test_pressure_in_probation_is_no_failed_recovery() -> None:
    rig = Rig(Tier.CPU)
    rig.run(61)
    rig.run(11, vram_used=7200.0)
    assert rig.tier is Tier.CPU
    assert rig.governor.state.k[Tier.GPU] == 0


@pytest.mark.fault("FM12")
def test_config_blocks_until_the_config_changes(rig: Rig) -> None:
    rig.unit(FailureClass.CONFIG)
    change = only(TierChange, rig.log)
    assert (change.target, change.why.cause) == (Tier.CPU, Cause.CONFIG)
    assert only(BreakerChange, rig.log).retry_at is None
    rig.run(3000)
    assert rig.tier is Tier.CPU
    closed = rig.note(rig.governor.config_changed())
    assert only(BreakerChange, closed).state is BreakerState.CLOSED
    rig.run(1)
    assert rig.tier is Tier.GPU


@pytest.mark.fault("FM8", "FM12")
def test_config_is_not_a_failure_of_the_tier() -> None:
    rig = Rig(Tier.CLOUD, base=Tier.CLOUD)
    rig.run(1)
    rig.unit(FailureClass.CONFIG)
    assert (rig.tier, rig.governor.state.failure_percent) == (Tier.PAUSED, None)
    rig.run(1000)
    assert rig.probes == []  # no storm of retries with a bad key


@pytest.mark.fault("FM14")
def test_budget_closes_the_cloud_until_the_period_ends() -> None:
    rig = Rig(Tier.CLOUD, base=Tier.CLOUD)
    rig.run(1)
    rig.unit(FailureClass.BUDGET, retry_after=500.0)
    assert rig.tier is Tier.PAUSED
    rig.run(600)
    assert rig.tiers[-1] == (500, "CLOUD")


def test_budget_of_unknown_length_ends_when_the_cloud_is_allowed_again() -> None:
    rig = Rig(Tier.CLOUD, base=Tier.CLOUD)
    rig.run(1)
    rig.unit(FailureClass.BUDGET)
    rig.run(100)
    rig.run(100, cloud_ok=False)
    assert rig.tier is Tier.PAUSED
    rig.run(1, cloud_ok=True)
    assert rig.tier is Tier.CLOUD


@pytest.mark.fault("FM13")
@pytest.mark.parametrize(("asked", "waits"), [(30.0, 30), (None, 60)])
def test_a_throttled_tier_waits_and_stays(rig: Rig, asked: float | None, waits: int) -> None:
    (throttled,) = rig.unit(FailureClass.THROTTLE, retry_after=asked)
    assert throttled == Throttled(0, Tier.GPU, waits)
    assert not rig.governor.state.admit
    assert rig.governor.state.throttled_until == waits
    rig.run(waits - 1)
    assert not rig.governor.state.admit
    rig.run(1)
    assert rig.governor.state.admit
    assert rig.tiers == []


def test_a_shorter_wait_does_not_cut_a_longer_one(rig: Rig) -> None:
    rig.unit(FailureClass.THROTTLE, retry_after=100.0)
    rig.unit(FailureClass.THROTTLE, retry_after=1.0)
    assert rig.governor.state.throttled_until == 100.0


@pytest.mark.fault("FM7")
def test_slow_units_are_a_failing_tier(rig: Rig) -> None:
    for _ in range(20):
        rig.unit(seconds=2.0)
    for _ in range(9):
        rig.unit(seconds=61.0)
    assert rig.tiers == []
    change = only(TierChange, rig.unit(seconds=61.0))
    assert (change.target, change.why.cause, change.why.value) == (Tier.CPU, Cause.SLOW, 50.0)


@pytest.mark.fault("FM7")
def test_slow_is_relative_to_the_tier(rig: Rig) -> None:
    for _ in range(20):
        rig.unit(seconds=20.0)
    for _ in range(20):
        rig.unit(seconds=100.0)  # 5 x the median is not more than 5 x
    assert rig.tiers == []


def test_a_tier_that_was_always_slow_is_not_failing(rig: Rig) -> None:
    for _ in range(40):
        rig.unit(seconds=90.0)
    assert rig.tiers == []


def test_slowness_does_not_become_the_norm(rig: Rig) -> None:
    for seconds in [2.0] * 10 + [70.0, 2.0, 2.0] * 30 + [70.0] * 8:
        rig.unit(seconds=seconds)
    assert [a.why.cause for a in among(TierChange, rig.log)] == [Cause.SLOW]


def test_four_restarts_in_a_minute_are_a_crash_loop(rig: Rig) -> None:
    for t in (10, 31, 51, 70.5):
        rig.until(int(t))
        rig.note(rig.governor.worker_restart(t))
    assert rig.tiers == []
    rig.note(rig.governor.worker_restart(71))
    change = only(TierChange, rig.log)
    assert (change.t, change.why.cause, change.hard) == (71, Cause.CRASH_LOOP, True)
    assert rig.governor.state.breakers[Tier.GPU].state is BreakerState.OPEN


def test_restarts_before_a_gap_do_not_count(rig: Rig) -> None:
    for _ in range(3):
        rig.note(rig.governor.worker_restart(rig.t))
    rig.note(rig.governor.worker_restart(rig.t + 30))
    assert rig.tiers == []


@pytest.mark.fault("FM6")
def test_a_gpu_model_on_the_cpu_opens_the_breaker(rig: Rig) -> None:
    rig.note(rig.governor.wrong_device(0.0, Tier.GPU))
    assert rig.tiers == [(0, "CPU")]
    rig.run(60)
    assert rig.tier is Tier.GPU
    rig.note(rig.governor.wrong_device(rig.t, Tier.GPU))
    assert rig.governor.state.k[Tier.GPU] == 1  # found in probation: a failed recovery


def test_a_file_that_fails_on_two_tiers_is_poison(rig: Rig) -> None:
    for _ in range(6):
        rig.unit(file_id="good")
    rig.unit(TIER, file_id="bad")
    rig.unit(TIER, file_id="bad")
    rig.unit(TIER, file_id="other")
    poison = only(Poison, rig.unit(TIER, file_id="bad", tier=Tier.CPU))
    assert (poison.file_id, poison.tiers) == ("bad", (Tier.GPU, Tier.CPU))
    assert rig.governor.state.failure_percent == pytest.approx(
        100 / 7
    )  # only "other" is left against the GPU


def test_poison_leaves_the_row_of_failures(rig: Rig) -> None:
    for _ in range(3):
        rig.unit()
    rig.unit(RESOURCE, file_id="bad")
    rig.unit(RESOURCE, file_id="bad")
    rig.unit(RESOURCE, file_id="bad", tier=Tier.CPU)
    rig.unit(RESOURCE, file_id="other")
    rig.unit(RESOURCE, file_id="other")
    assert rig.tiers == []


def test_poison_does_not_fail_a_probation() -> None:
    rig = Rig(Tier.CPU)
    rig.run(30)
    rig.unit(TIER, file_id="bad")
    rig.run(31)
    assert rig.tier is Tier.GPU
    rig.unit(TIER, file_id="bad")
    assert rig.tier is Tier.GPU


def test_a_file_that_succeeded_in_between_is_no_poison(rig: Rig) -> None:
    rig.unit(TIER, file_id="a")
    rig.unit(file_id="a")
    assert among(Poison, rig.unit(TIER, file_id="a", tier=Tier.CPU)) == []


def test_a_server_that_is_down_poisons_no_file(rig: Rig) -> None:
    rig.unit(DOWN, file_id="a")
    assert among(Poison, rig.unit(DOWN, file_id="a", tier=Tier.CPU)) == []


@pytest.mark.fault("FR17")
def test_failures_of_units_that_ran_through_a_gap_do_not_count(rig: Rig) -> None:
    rig.unit(DOWN)
    rig.unit(DOWN)
    decided = rig.note(rig.governor.unit_result(5000.0, UnitResult(DOWN, seconds=3.0)))
    assert [type(a) for a in decided] == [GapReset]  # the result itself notices the gap
    rig.t = 5000.0
    rig.run(1)
    rig.unit(DOWN, seconds=2.0)  # began before the gap ended
    rig.unit(DOWN, seconds=0.5)
    rig.unit(DOWN, seconds=0.5)
    assert rig.tiers == []  # the row before the gap is forgotten
    rig.unit(DOWN, seconds=0.5)
    assert rig.tiers == [(5001, "CPU")]


def test_results_may_come_with_the_tick(rig: Rig) -> None:
    failures = [UnitResult(DOWN)] * 3
    rig.note(rig.governor.step(rig.sample, failures))
    assert rig.tiers == [(0, "CPU")]


def test_no_recovery_in_the_tick_of_a_degradation() -> None:
    rig = Rig(Tier.CPU, base=Tier.CPU, thresholds=Thresholds(breaker_open=0.0))
    rig.run(1)
    for _ in range(3):
        rig.unit(DOWN, tier=Tier.CLOUD)
    decided = rig.governor.step(rig.sample, [UnitResult(DOWN)] * 3)
    assert among(Probe, list(decided)) == []
    assert rig.tier is Tier.PAUSED
    rig.run(1)
    assert rig.tier is Tier.CLOUD


def test_too_little_ram_for_a_local_tier_is_skipped_on_the_way_down(rig: Rig) -> None:
    rig.run(1, ram_avail=1900.0)
    degrade_by_failures(rig)
    assert [tier for _, tier in rig.tiers] == ["CLOUD"]


def test_a_cpu_model_that_does_not_fit_is_skipped_on_the_way_down(rig: Rig) -> None:
    rig.run(1, ram_avail=6000.0, need_ram=6000.0)
    degrade_by_failures(rig)
    assert [tier for _, tier in rig.tiers] == ["CLOUD"]


def test_failures_before_a_recovery_no_longer_count(rig: Rig) -> None:
    for _ in range(10):
        rig.unit(TIER)
    assert rig.tier is Tier.CPU
    rig.run(60)
    for _ in range(10):
        rig.unit()
    assert rig.governor.state.failure_percent == 0.0
    for _ in range(3):
        rig.unit(TIER)  # 3 of 13
    assert rig.tier is Tier.GPU


def test_slow_after_a_recovery_is_still_slow(rig: Rig) -> None:
    for _ in range(2):
        for seconds in [2.0] * 5 + [70.0] * 10:
            rig.unit(seconds=seconds, tier=Tier.GPU)
        rig.run(61)
    assert [a.why.cause for a in among(TierChange, rig.log) if not a.better] == [Cause.SLOW, Cause.SLOW]


def test_a_late_failure_of_a_tier_left_under_pressure_fails_no_recovery() -> None:
    rig = Rig(Tier.CPU)
    rig.run(61)
    rig.run(11, vram_used=7200.0)
    rig.unit(RESOURCE, tier=Tier.GPU)
    assert rig.governor.state.k[Tier.GPU] == 0


def test_a_short_gap_breaks_a_row_of_failures(rig: Rig) -> None:
    rig.unit(DOWN)
    rig.unit(DOWN)
    rig.t += 30
    rig.run(2)
    rig.unit(DOWN, seconds=0.5)
    rig.unit(TIER, file_id="a", tier=Tier.CPU)
    rig.unit(TIER, file_id="a")  # poison: the row is counted again, but not across the gap
    rig.unit(DOWN, seconds=0.5)
    assert rig.tiers == []


def test_a_unit_that_slept_through_a_gap_is_not_slow(rig: Rig) -> None:
    for _ in range(5):
        rig.unit(seconds=2.0)
    rig.t += 5000
    rig.run(1)
    for _ in range(10):
        rig.unit(seconds=5000.0)
    assert rig.tiers == []
