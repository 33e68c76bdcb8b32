"""What a person asks for, what the policy allows, how a start goes, and what survives it."""

from __future__ import annotations

import json

import pytest

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.policy.governor import Governor
from autocut_tray.core.policy.governor_recovery import Carryover
from autocut_tray.core.policy.governor_types import (
    BreakerState,
    Cause,
    Probe,
    ProbeCancelled,
    Refusal,
    Refused,
    Tier,
    TierChange,
)
from tests.policy.governor_rig import ALL, Rig, among, only

GIB = 1024.0


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.run(1)
    return rig


def refusal(actions: tuple[object, ...]) -> Refusal:
    (refused,) = actions
    assert isinstance(refused, Refused)
    return refused.reason


# --- forcing and undoing ---------------------------------------------------------------------------------------


def test_forced_holds_until_undone(rig: Rig) -> None:
    change = only(TierChange, rig.note(rig.governor.force(0.0, Tier.CPU)))
    assert (change.target, change.why.cause, change.hard) == (Tier.CPU, Cause.FORCED, False)
    assert change.why.cause.by_person
    rig.run(1000)
    state = rig.governor.state
    assert (state.tier, state.ceiling, state.forced) == (Tier.CPU, Tier.CPU, Tier.CPU)
    assert state.degraded
    assert state.max_scenes_halved
    rig.note(rig.governor.undo(rig.t))
    state = rig.governor.state
    assert (state.tier, state.forced, state.max_scenes_halved) == (Tier.GPU, None, False)
    assert state.probation_left == 3


def test_pressure_may_lead_below_a_forced_tier_and_back_to_it(rig: Rig) -> None:
    rig.governor.force(0.0, Tier.CPU)
    rig.run(20, ram_avail=1900.0)
    assert rig.tier is Tier.CLOUD
    rig.run(200, ram_avail=12 * GIB)
    assert rig.tier is Tier.CPU


def test_a_forced_pause_stays_and_may_idle(rig: Rig) -> None:
    rig.governor.force(0.0, Tier.PAUSED)
    rig.run(200)
    assert rig.probes == []
    rig.run(1, work=False)
    assert rig.governor.state.tick == 5.0


def test_undo_of_a_degradation_goes_up_at_once(rig: Rig) -> None:
    rig.run(20, vram_used=7200.0)
    rig.run(1, vram_used=1000.0)
    change = only(TierChange, rig.note(rig.governor.undo(rig.t)))
    assert (change.target, change.why.cause) == (Tier.GPU, Cause.UNDONE)


def test_undo_under_pressure_gives_the_full_grace_again(rig: Rig) -> None:
    rig.run(20, vram_used=7200.0)
    rig.note(rig.governor.undo(rig.t))
    undone = rig.t
    rig.run(20)
    assert rig.tiers[-2:] == [(undone, "GPU"), (undone + 11, "CPU")]


def test_undo_overrides_a_breaker_but_not_a_missing_model(rig: Rig) -> None:
    for _ in range(3):
        rig.unit(FailureClass.DOWN)
    rig.note(rig.governor.undo(rig.t))
    assert rig.tier is Tier.GPU
    assert rig.governor.state.breakers[Tier.GPU].state is BreakerState.HALF_OPEN
    for _ in range(3):
        rig.unit()
    rig.unit(FailureClass.CONFIG)
    assert refusal(rig.governor.undo(rig.t)) is Refusal.NOT_USABLE


def test_undo_is_never_offered_what_would_not_work(rig: Rig) -> None:
    assert refusal(rig.governor.undo(0.0)) is Refusal.NOT_DEGRADED
    rig.run(20, vram_used=7200.0, need_vram=5000.0)
    assert refusal(rig.governor.undo(rig.t)) is Refusal.NOT_USABLE
    rig.run(2, ram_avail=900.0)
    assert refusal(rig.governor.undo(rig.t)) is Refusal.EMERGENCY


def test_undoing_a_forced_tier_under_pressure_lifts_it_only(rig: Rig) -> None:
    rig.governor.force(0.0, Tier.CPU)
    rig.run(20, vram_used=7200.0, need_vram=5000.0)
    assert rig.governor.undo(rig.t) == ()
    assert (rig.tier, rig.governor.state.forced) == (Tier.CPU, None)
    rig.run(61, vram_used=1000.0)
    assert rig.tier is Tier.GPU


def test_a_persons_changes_do_not_lock_recovery(rig: Rig) -> None:
    for _ in range(10):
        rig.governor.force(rig.t, Tier.CPU)
        rig.run(1)
        rig.governor.undo(rig.t)
        rig.run(1)
    assert rig.governor.state.locked_until is None


def test_forcing_is_refused_where_it_makes_no_sense() -> None:
    rig = Rig(Tier.CPU, base=Tier.CPU, allowed=frozenset({Tier.CPU, Tier.CLOUD}))
    rig.run(1, cloud_ok=False)
    assert refusal(rig.governor.force(0.0, Tier.GPU)) is Refusal.NOT_ALLOWED
    assert refusal(rig.governor.force(0.0, Tier.CLOUD)) is Refusal.NOT_USABLE
    rig.governor.pin(0.0, Tier.CPU)
    rig.run(1, cloud_ok=True)
    assert refusal(rig.governor.force(rig.t, Tier.CLOUD)) is Refusal.PINNED
    rig.run(2, ram_avail=900.0)
    rig.governor.pin(rig.t, None)
    assert refusal(rig.governor.force(rig.t, Tier.CPU)) is Refusal.EMERGENCY
    assert rig.governor.force(rig.t, Tier.PAUSED) == ()
    assert rig.governor.state.forced is Tier.PAUSED


def test_forcing_cancels_a_probe_above_it() -> None:
    rig = Rig(Tier.CLOUD)
    rig.probes_pass = None
    rig.run(61)
    assert only(ProbeCancelled, list(rig.governor.force(rig.t, Tier.CPU))).tier is Tier.GPU
    assert rig.tier is Tier.CLOUD  # not above CPU, but no way up at once
    rig.probes_pass = True
    rig.run(1)
    assert rig.tier is Tier.CPU


# --- pins ------------------------------------------------------------------------------------------------------


def test_a_pin_leaves_only_its_tier_and_a_pause(rig: Rig) -> None:
    rig.governor.pin(0.0, Tier.GPU)
    rig.run(11, vram_used=7200.0)
    assert rig.tiers == [(11, "PAUSED")]
    rig.run(61, vram_used=1000.0)
    assert rig.tiers[-1] == (72, "GPU")
    assert rig.probes == [(72, "GPU")]


def test_a_pin_moves_at_once_both_ways(rig: Rig) -> None:
    rig.note(rig.governor.pin(0.0, Tier.CLOUD))
    rig.run(300)
    rig.note(rig.governor.pin(300.0, Tier.CPU))
    assert rig.tiers == [(0, "CLOUD"), (300, "CPU")]


def test_a_pin_to_a_tier_that_cannot_work_now_pauses(rig: Rig) -> None:
    rig.run(1, cloud_ok=False)
    rig.note(rig.governor.pin(rig.t, Tier.CLOUD))
    assert rig.tier is Tier.PAUSED
    rig.run(1, cloud_ok=True)
    assert rig.tier is Tier.CLOUD


def test_a_pin_yields_to_an_emergency(rig: Rig) -> None:
    rig.governor.pin(0.0, Tier.CPU)
    rig.run(2, ram_avail=900.0)
    assert rig.tier is Tier.PAUSED
    rig.note(rig.governor.pin(rig.t, Tier.GPU))
    assert rig.tier is Tier.PAUSED
    rig.run(200, ram_avail=12 * GIB)
    assert rig.tier is Tier.GPU


def test_without_its_pin_the_usual_recovery_goes_on(rig: Rig) -> None:
    rig.governor.pin(0.0, Tier.CPU)
    assert rig.governor.pin(0.0, None) == ()
    rig.run(61)
    assert rig.tier is Tier.GPU


def test_a_pin_ends_a_forced_tier(rig: Rig) -> None:
    rig.governor.force(0.0, Tier.CPU)
    rig.governor.pin(0.0, Tier.GPU)
    assert (rig.tier, rig.governor.state.forced) == (Tier.GPU, None)


def test_a_pin_that_the_policy_does_not_allow_is_refused() -> None:
    rig = Rig(Tier.CPU, base=Tier.CPU)
    assert refusal(rig.governor.pin(0.0, Tier.GPU)) is Refusal.NOT_ALLOWED


def test_a_forced_pause_is_possible_under_a_pin(rig: Rig) -> None:
    rig.governor.pin(0.0, Tier.CPU)
    rig.governor.force(0.0, Tier.PAUSED)
    assert rig.tier is Tier.PAUSED
    rig.governor.undo(0.0)
    assert rig.tier is Tier.CPU


# --- policy ----------------------------------------------------------------------------------------------------


def test_never_above_the_base_nor_where_the_policy_forbids() -> None:
    rig = Rig(Tier.PAUSED, base=Tier.CPU, allowed=frozenset({Tier.CPU, Tier.GPU}))
    rig.run(100)
    assert rig.tiers == [(60, "CPU")]  # cloud_ok, but not allowed
    rig.run(1000)
    assert rig.tier is Tier.CPU


def test_a_base_outside_the_allowed_tiers_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="base GPU"):
        Governor(Tier.GPU, frozenset({Tier.CPU}))
    with pytest.raises(ValueError, match="above the base"):
        Governor(Tier.CPU, ALL, tier=Tier.GPU)


def test_a_policy_that_forbids_the_tier_takes_effect_at_once(rig: Rig) -> None:
    change = only(TierChange, rig.note(rig.governor.update_policy(0.0, Tier.CPU, ALL)))
    assert (change.target, change.why.cause, change.hard) == (Tier.CPU, Cause.POLICY, True)


def test_a_pin_holds_while_the_policy_does_not_allow_it(rig: Rig) -> None:
    rig.governor.pin(0.0, Tier.GPU)
    rig.governor.update_policy(0.0, Tier.CPU, ALL)
    rig.run(100)
    assert (rig.tier, rig.governor.state.pin, rig.governor.state.ceiling) == (
        Tier.PAUSED,
        Tier.GPU,
        Tier.PAUSED,
    )
    rig.governor.update_policy(rig.t, Tier.GPU, ALL)
    rig.run(1)
    assert rig.tier is Tier.GPU


def test_a_forced_tier_stays_a_limit_when_the_policy_takes_it_away(rig: Rig) -> None:
    rig.governor.force(0.0, Tier.CLOUD)
    rig.governor.update_policy(0.0, Tier.GPU, frozenset({Tier.GPU, Tier.CPU}))
    rig.run(200)
    assert (rig.tier, rig.governor.state.ceiling) == (Tier.PAUSED, Tier.PAUSED)
    rig.note(rig.governor.undo(rig.t))
    assert rig.tier is Tier.GPU


def test_a_better_policy_is_probed_without_the_wait_of_a_recovery() -> None:
    rig = Rig(Tier.CLOUD, base=Tier.CLOUD, allowed=frozenset({Tier.CLOUD}))
    rig.run(5)
    rig.governor.update_policy(rig.t, Tier.CPU, frozenset({Tier.CPU}))
    assert rig.tier is Tier.PAUSED
    rig.run(1)
    assert rig.tiers[-1] == (5, "CPU")


def test_a_better_policy_does_not_cut_a_degradation_short() -> None:
    rig = Rig(Tier.CPU, base=Tier.CPU)
    rig.run(11, ram_avail=1900.0)
    rig.run(1, ram_avail=12 * GIB)
    rig.governor.update_policy(rig.t, Tier.GPU, ALL)
    rig.run(59)
    assert rig.tier is Tier.CLOUD
    rig.run(10)
    assert rig.tier is Tier.GPU


def test_a_new_policy_cancels_a_probe_it_forbids() -> None:
    rig = Rig(Tier.CLOUD)
    rig.probes_pass = None
    rig.run(61)
    decided = rig.governor.update_policy(rig.t, Tier.CLOUD, frozenset({Tier.CLOUD}))
    assert only(ProbeCancelled, list(decided)).tier is Tier.GPU


# --- starting --------------------------------------------------------------------------------------------------


def test_a_start_probes_the_best_eligible_tier_when_there_is_work() -> None:
    rig = Rig(None)
    rig.run(100, work=False)
    state = rig.governor.state
    assert (state.tier, state.starting, state.candidate) == (Tier.PAUSED, True, Tier.GPU)
    assert (state.degraded, state.tick, rig.probes) == (False, 5.0, [])
    change = only(TierChange, rig.run(1, work=True))
    assert (change.target, change.why.cause) == (Tier.GPU, Cause.START)
    assert not rig.governor.state.starting
    assert rig.governor.state.probation_left == 0, (
        "nothing has failed yet that would have to be proven mended"
    )


def test_a_start_goes_on_to_the_next_tier_when_a_probe_fails() -> None:
    rig = Rig(None)
    rig.probes_pass = False
    rig.run(3)
    assert rig.probes == [(0, "GPU"), (1, "CPU"), (2, "CLOUD")]
    assert rig.tier is Tier.PAUSED
    rig.probes_pass = True
    rig.run(118)
    assert rig.tiers == [(120, "GPU")]
    assert rig.governor.state.probation_left == 3, "its probe had failed before"


def test_a_start_takes_what_fits() -> None:
    rig = Rig(None)
    rig.run(1, vram_used=5000.0, need_vram=5000.0)
    assert rig.tiers == [(0, "CPU")]


def test_a_start_into_an_emergency_recovers_by_the_usual_rules() -> None:
    rig = Rig(None)
    rig.run(2, ram_avail=900.0, work=False)
    assert not rig.governor.state.starting
    rig.run(91, ram_avail=9 * GIB, work=True)
    assert rig.tiers == [(32, "CLOUD"), (92, "GPU")]


def test_undo_means_nothing_before_a_tier_is_proven() -> None:
    rig = Rig(None)
    rig.run(1, work=False)
    assert refusal(rig.governor.undo(0.0)) is Refusal.NOT_DEGRADED


# --- what survives ---------------------------------------------------------------------------------------------


def test_backoff_lock_and_wishes_survive_a_restart() -> None:
    rig = Rig()
    for _ in range(3):
        rig.run(15, vram_used=7200.0)
        rig.run(75, vram_used=1000.0)
    rig.unit(FailureClass.RESOURCE)  # in probation: k = 1
    for _ in range(8):
        rig.unit(seconds=3.0)
    rig.governor.force(rig.t, Tier.CLOUD)
    carried = rig.governor.carryover()
    assert carried.k == {Tier.GPU: 1}
    assert carried.lock_left == pytest.approx(1155 - rig.t)
    assert carried.usual_seconds == {Tier.CPU: 3.0}
    assert carried.forced is Tier.CLOUD

    stored = json.loads(json.dumps(carried.to_dict()))
    again = Governor(Tier.GPU, ALL, carried=Carryover.from_dict(stored).after(100.0), t=7.0)
    state = again.state
    assert (state.tier, state.starting, state.forced) == (Tier.PAUSED, True, Tier.CLOUD)
    assert state.k[Tier.GPU] == 1
    assert state.locked_until == pytest.approx(7.0 + carried.lock_left - 100.0)


def test_a_restart_does_not_cut_the_rest_of_a_failed_tier_short() -> None:
    rig = Rig(None, carried=Carryover(k={Tier.GPU: 2}, degraded_ago=100.0))
    rig.run(200)
    assert rig.probes[0] == (0, "CPU")
    assert rig.probes[1] == (139, "GPU")  # 240 s after the degradation, 101 s before t = 0


def test_an_expired_lock_is_gone() -> None:
    assert Carryover(lock_left=50.0).after(50.0).lock_left is None


def test_wishes_wait_for_a_policy_that_allows_them() -> None:
    """As when a program starts: first nothing is allowed, then the machine is known."""
    rig = Rig(None, base=Tier.PAUSED, allowed=frozenset(), carried=Carryover(pin=Tier.CPU))
    rig.run(1)
    rig.governor.update_policy(rig.t, Tier.GPU, ALL)
    rig.run(1)
    assert (rig.tier, rig.governor.state.pin) == (Tier.CPU, Tier.CPU)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"schema": 2},
        {**Carryover().to_dict(), "k": {"TPU": 1}},
        {**Carryover().to_dict(), "k": {"GPU": -1}},
        {**Carryover().to_dict(), "k": []},
        {**Carryover().to_dict(), "degraded_ago": "long"},
        {**Carryover().to_dict(), "raised_ago": [float("nan")]},
        {**Carryover().to_dict(), "pin": "TPU"},
    ],
)
def test_a_damaged_carryover_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Carryover.from_dict(document)


def test_the_known_speed_of_a_tier_survives() -> None:
    rig = Rig(carried=Carryover(usual_seconds={Tier.GPU: 2.0}))
    rig.run(1)
    for _ in range(10):
        rig.unit(seconds=70.0)
    assert [a.why.cause for a in among(TierChange, rig.log)] == [Cause.SLOW]


def test_no_probe_without_work_or_while_degraded_by_wish() -> None:
    rig = Rig(Tier.CPU)
    rig.run(500, work=False)
    assert among(Probe, rig.log) == []


def test_no_wish_leads_to_a_local_tier_without_ram(rig: Rig) -> None:
    rig.run(1, ram_avail=1900.0)
    assert refusal(rig.governor.force(rig.t, Tier.CPU)) is Refusal.NOT_USABLE
    rig.run(10)
    assert rig.tier is Tier.CLOUD
    assert refusal(rig.governor.undo(rig.t)) is Refusal.NOT_USABLE
