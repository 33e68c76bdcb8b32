"""Going up again: gates, back-off, flap lock, probes under way, draining, the small model first, gaps."""

from __future__ import annotations

import pytest

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.policy.governor_recovery import Carryover
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import (
    BreakerState,
    Cause,
    FlapLock,
    ModelStage,
    ModelStageChange,
    Probe,
    ProbeCancelled,
    Tier,
    TierChange,
)
from tests.policy.governor_rig import Rig, among, only

GIB = 1024.0


def waiting(tier: Tier = Tier.CPU) -> Rig:
    """A rig whose probe of the GPU is under way since t = 60."""
    rig = Rig(tier)
    rig.probes_pass = None
    rig.run(61)
    assert rig.probes == [(60, "GPU")]
    return rig


def test_green_must_not_break() -> None:
    rig = Rig(Tier.CPU)
    rig.run(59)
    rig.run(1, vram_used=None)
    rig.run(60, vram_used=1000.0)
    assert rig.probes == []
    rig.run(1)
    assert rig.probes == [(120, "GPU")]


def test_the_best_ready_tier_is_probed_first_then_the_next() -> None:
    rig = Rig(Tier.CLOUD)
    rig.probes_pass = False
    rig.run(62)
    assert rig.probes == [(60, "GPU"), (61, "CPU")]


def test_a_tier_that_is_not_green_does_not_hold_back_the_next() -> None:
    rig = Rig(Tier.CLOUD)
    rig.run(61, vram_used=6500.0)
    assert rig.tiers == [(60, "CPU")]
    rig.run(61, vram_used=1000.0)
    assert rig.tiers[-1] == (121, "GPU")


def test_to_the_cloud_a_pause_ends_at_once() -> None:
    rig = Rig(Tier.PAUSED)
    rig.run(5, cloud_ok=False)
    rig.run(1, cloud_ok=True)
    assert rig.tiers == [(5, "CLOUD")]


def test_a_cloud_that_fails_its_probe_is_left_alone_for_a_while() -> None:
    rig = Rig(Tier.PAUSED, base=Tier.CLOUD)
    rig.probes_pass = False
    rig.run(400)
    assert [t for t, _ in rig.probes] == [0, 120, 360]


def test_from_the_cpu_to_a_preferred_cloud_takes_the_usual_minute() -> None:
    rig = Rig(Tier.CPU, prefer_cloud=True)
    rig.run(61, vram_used=6500.0)
    assert rig.tiers == [(60, "CLOUD")]


def test_who_prefers_the_cloud_gets_it_before_the_cpu() -> None:
    rig = Rig(prefer_cloud=True)
    rig.run(11, vram_used=7200.0)
    assert rig.tiers == [(10, "CLOUD")]
    rig.run(1, cloud_ok=False)
    assert rig.tiers[-1] == (11, "CPU")


def test_no_recovery_to_the_cpu_without_room_for_its_model() -> None:
    rig = Rig(Tier.CLOUD, base=Tier.CPU)
    rig.run(200, need_ram=6000.0, ram_avail=6400.0)
    assert rig.probes == []
    rig.run(61, ram_avail=6600.0)
    assert rig.tier is Tier.CPU


def test_what_our_model_holds_counts_as_room_for_it() -> None:
    rig = Rig(Tier.CPU)
    rig.run(61, loaded=True, own_vram=4000.0, vram_used=5000.0, need_vram=4000.0)
    assert rig.tier is Tier.GPU


def test_recovery_waits_for_the_unit_in_flight_and_holds_admission() -> None:
    rig = Rig(Tier.CPU)
    rig.run(100, in_flight=1)
    assert rig.probes == []
    state = rig.governor.state
    assert (state.drain, state.admit) == (True, False)
    rig.run(1, in_flight=0)
    assert rig.tier is Tier.GPU
    assert not rig.governor.state.drain


def test_nothing_is_drained_before_a_better_tier_is_ready() -> None:
    rig = Rig(Tier.CPU)
    rig.run(59, in_flight=1)
    assert not rig.governor.state.drain
    assert rig.governor.state.admit


def test_one_probe_at_a_time_and_no_admission_meanwhile() -> None:
    rig = waiting()
    rig.run(100)
    assert len(rig.probes) == 1
    assert rig.governor.state.probing is Tier.GPU
    assert not rig.governor.state.admit
    rig.note(rig.governor.probe_result(rig.t, Tier.GPU, True))
    assert rig.tiers == [(160, "GPU")]


def test_a_probe_without_an_answer_has_failed_after_two_minutes() -> None:
    rig = waiting()
    rig.run(121)
    assert only(ProbeCancelled, rig.log).t == 180
    assert rig.governor.state.k[Tier.GPU] == 1
    assert rig.governor.probe_result(rig.t, Tier.GPU, True) == ()
    assert rig.tier is Tier.CPU


def test_an_answer_about_another_tier_is_ignored() -> None:
    rig = waiting()
    assert rig.governor.probe_result(rig.t, Tier.CLOUD, True) == ()
    assert rig.governor.state.probing is Tier.GPU


def test_loading_during_the_probe_is_not_held_against_the_gpu() -> None:
    rig = waiting()
    rig.run(30, vram_used=7500.0)
    rig.note(rig.governor.probe_result(rig.t, Tier.GPU, True))
    rig.run(120, loaded=True, own_vram=6500.0)
    assert rig.tiers == [(90, "GPU")]


@pytest.mark.parametrize(
    "trouble", [{"ram_avail": 900.0}, {"ram_avail": 1900.0}, {"ram_avail": None}, {"vram_used": None}]
)
def test_trouble_during_the_probe_cancels_it(trouble: dict[str, float | None]) -> None:
    rig = waiting()
    rig.run(2, **trouble)
    assert only(ProbeCancelled, rig.log).tier is Tier.GPU
    assert rig.governor.state.k[Tier.GPU] == 0
    assert rig.governor.probe_result(rig.t, Tier.GPU, True) == ()


def test_losing_the_cloud_cancels_its_probe() -> None:
    rig = Rig(Tier.PAUSED, base=Tier.CLOUD)
    rig.probes_pass = None
    rig.run(1)
    rig.run(1, cloud_ok=False)
    assert only(ProbeCancelled, rig.log).tier is Tier.CLOUD
    assert rig.tiers == []


def test_memory_error_cancels_a_probe() -> None:
    rig = waiting()
    rig.note(rig.governor.memory_error(rig.t))
    assert only(ProbeCancelled, rig.log).tier is Tier.GPU


def test_a_receipt_for_going_up_shows_what_is_green() -> None:
    rig = Rig(Tier.CPU)
    change = only(TierChange, rig.run(61))
    assert (change.why.cause, change.better, change.why.held_s) == (Cause.RECOVERED, True, 60)
    assert (change.why.value, change.why.threshold) == (pytest.approx(100 * 1000 / 8192, abs=1e-5), 70.0)


def test_the_rest_after_a_degradation_counts_for_every_local_tier() -> None:
    rig = Rig(Tier.GPU)
    rig.run(70, vram_used=6500.0)  # the CPU's gate has been green for long
    for _ in range(3):
        rig.unit(FailureClass.DOWN)
    for _ in range(3):
        rig.unit(FailureClass.DOWN)
    assert rig.tier is Tier.CLOUD
    rig.run(59)
    assert rig.tier is Tier.CLOUD
    rig.run(1)
    assert rig.tiers[-1] == (129, "CPU")


def test_flap_lock_tells_its_end_and_holds() -> None:
    rig = Rig()
    for _ in range(40):
        rig.run(15, vram_used=7200.0)
        rig.run(75, vram_used=1000.0)
    first = among(FlapLock, rig.log)[0]
    assert (first.t, first.until) == (255, 1155)


def test_changes_further_apart_than_the_window_do_not_lock() -> None:
    rig = Rig()
    for _ in range(6):
        rig.run(15, vram_used=7200.0)
        rig.run(485, vram_used=1000.0)
    assert among(FlapLock, rig.log) == []
    assert sum(to == "GPU" for _, to in rig.tiers) == 6


def test_half_an_hour_on_a_better_tier_counts_as_health_of_the_worse() -> None:
    rig = Rig(Tier.CLOUD)
    rig.probes_pass = False
    rig.run(62)
    assert (rig.governor.state.k[Tier.GPU], rig.governor.state.k[Tier.CPU]) == (1, 1)
    rig.probes_pass = True
    rig.run(130)
    up = rig.t
    assert rig.tier is Tier.GPU
    rig.until(up + 1700)
    assert rig.governor.state.k[Tier.CPU] == 1
    rig.run(200)
    assert (rig.governor.state.k[Tier.GPU], rig.governor.state.k[Tier.CPU]) == (0, 0)


def test_staying_degraded_is_not_health() -> None:
    rig = Rig(Tier.CPU)
    rig.probes_pass = False
    rig.run(61)
    rig.run(4000, vram_used=6500.0)
    assert rig.governor.state.k[Tier.GPU] == 1


def test_after_an_emergency_the_small_model_comes_first() -> None:
    rig = Rig()
    rig.run(20, ram_avail=900.0)
    assert rig.governor.state.model_stage is ModelStage.SMALL
    rig.run(91, ram_avail=9 * GIB)
    assert rig.tiers[-1] == (110, "GPU")
    rig.run(40)
    rig.run(1, ram_avail=2.8 * GIB)  # not green: another 60 s
    rig.run(60, ram_avail=9 * GIB)
    assert rig.governor.state.model_stage is ModelStage.SMALL
    rig.run(1)
    assert [(a.t, a.stage) for a in among(ModelStageChange, rig.log)] == [
        (1, ModelStage.SMALL),
        (212, ModelStage.PREFERRED),
    ]


@pytest.mark.parametrize(
    ("tier", "room", "none"),
    [
        (Tier.GPU, {"vram_used": 8192.0 - 3584.0}, {"vram_used": 8192.0 - 3583.0}),
        (Tier.CPU, {"ram_avail": 3584.0}, {"ram_avail": 3583.0}),
    ],
    ids=["GPU", "CPU"],
)
def test_the_preferred_model_waits_for_room_and_the_reserve(
    tier: Tier, room: dict[str, float], none: dict[str, float]
) -> None:
    """It takes 3072 MiB more than the small one, and 512 stay free."""
    rig = Rig(tier, base=tier)
    rig.run(20, ram_avail=900.0)
    rig.run(95, ram_avail=9 * GIB)
    assert rig.tier is tier
    rig.run(600, need_more=3072.0, **none)
    assert rig.governor.state.model_stage is ModelStage.SMALL
    rig.run(59, need_more=3072.0, **room)
    assert rig.governor.state.model_stage is ModelStage.SMALL
    rig.run(2, need_more=3072.0, **room)
    assert (rig.tier, rig.governor.state.model_stage) == (tier, ModelStage.PREFERRED)


def test_a_gap_starts_green_anew_but_keeps_the_lock() -> None:
    rig = Rig()
    for _ in range(3):
        rig.run(15, vram_used=7200.0)
        rig.run(75, vram_used=1000.0)
    assert rig.governor.state.locked_until == 1155
    rig.run(15, vram_used=7200.0)
    rig.t += 300
    rig.run(200, vram_used=1000.0)
    assert rig.governor.state.locked_until == 1155
    assert rig.tier is Tier.CPU


def test_a_gap_forgets_pressure_hard_counts_and_health() -> None:
    rig = Rig()
    rig.run(9, vram_used=7200.0)
    rig.t += 10
    rig.run(10)
    assert rig.tiers == []
    hard = Rig()
    hard.run(1, vram_used=8000.0, ram_avail=900.0)
    hard.t += 10
    hard.run(1)
    assert (hard.tiers, hard.levels) == ([], [])


def test_a_gap_cancels_the_probe() -> None:
    rig = waiting()
    rig.t += 1000
    rig.run(1)
    assert only(ProbeCancelled, rig.log).tier is Tier.GPU
    rig.run(60)
    assert [t for t, _ in rig.probes] == [60, 1121]


def test_probing_opens_a_breaker_that_a_failure_keeps_open() -> None:
    rig = Rig(Tier.CPU)
    rig.probes_pass = False
    rig.run(61)
    breaker = rig.governor.state.breakers[Tier.GPU]
    assert (breaker.state, breaker.cause, breaker.retry_at) == (BreakerState.OPEN, Cause.PROBE, 120)


def test_notices_are_limited_to_one_a_minute_for_each_cause() -> None:
    rig = Rig(thresholds=Thresholds(green_hold=5, backoff_base=5))
    for _ in range(2):
        rig.run(11, vram_used=7200.0)
        rig.run(6, vram_used=1000.0)
    rig.run(60)
    rig.run(11, vram_used=7200.0)
    down = [(a.t, a.notify) for a in among(TierChange, rig.log) if not a.better]
    assert down == [(10, True), (27, False), (104, True)]


def test_an_emergency_is_told_once() -> None:
    rig = Rig()
    rig.run(3, ram_avail=900.0)
    assert [a.notify for a in among(TierChange, rig.log)] == [False]


def test_probe_names_the_failures_before() -> None:
    rig = Rig(Tier.CPU)
    rig.probes_pass = False
    rig.run(500)
    assert [a.k for a in among(Probe, rig.log)] == [0, 1, 2]


def test_health_is_counted_afresh_after_a_gap() -> None:
    rig = Rig(carried=Carryover(k={Tier.GPU: 3}))
    rig.run(1000)
    rig.t += 30
    rig.run(1790)
    assert rig.governor.state.k[Tier.GPU] == 3
    rig.run(20)
    assert rig.governor.state.k[Tier.GPU] == 0


def test_the_small_model_must_hold_again_after_a_gap() -> None:
    rig = Rig()
    rig.run(20, ram_avail=900.0)
    rig.run(140, ram_avail=9 * GIB)
    rig.t += 30
    rig.run(50)
    assert rig.governor.state.model_stage is ModelStage.SMALL
    rig.run(20)
    assert rig.governor.state.model_stage is ModelStage.PREFERRED


def test_memory_error_cancels_a_probe_out_of_a_pause() -> None:
    rig = Rig(Tier.PAUSED, base=Tier.CLOUD)
    rig.probes_pass = None
    rig.run(1)
    decided = rig.note(rig.governor.memory_error(0.0))
    assert only(ProbeCancelled, decided).tier is Tier.CLOUD
