"""The video editor goes first: work on this machine steps aside while it needs the machine, and comes back."""

from __future__ import annotations

import pytest

from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Cause, FlapLock, Probe, Reclaim, Refused, Tier, TierChange
from tests.policy.governor_rig import Rig

LOCAL = frozenset({Tier.GPU, Tier.CPU})


def reclaims(rig: Rig) -> list[Reclaim]:
    return [action for action in rig.log if isinstance(action, Reclaim)]


@pytest.mark.parametrize(("allowed", "target"), [(frozenset(Tier), "CLOUD"), (LOCAL, "PAUSED")])
def test_a_lasting_claim_leaves_both_tiers_of_this_machine(allowed: frozenset[Tier], target: str) -> None:
    rig = Rig(allowed=allowed)
    rig.run(10, editor=True)
    assert rig.tiers == [(5, target)]
    change = next(action for action in rig.log if isinstance(action, TierChange))
    assert (change.why.cause, change.why.held_s, change.hard) == (Cause.EDITOR, 5, False)


def test_a_click_is_no_claim() -> None:
    rig = Rig()
    for _ in range(20):
        rig.run(5, editor=True)
        rig.run(1, editor=False)
    assert rig.log == []


def test_no_model_is_loaded_from_the_first_moment_of_a_claim() -> None:
    rig = Rig()
    rig.run(1, editor=True)
    assert rig.tier is Tier.GPU
    assert not rig.governor.state.may_load


def test_work_comes_back_when_the_editor_has_rested_for_a_minute() -> None:
    rig = Rig(allowed=LOCAL)
    rig.until(20, editor=True)
    rig.until(100, editor=False)
    assert rig.tiers == [(5, "PAUSED"), (81, "GPU")]


def test_a_claim_during_the_rest_begins_it_anew() -> None:
    rig = Rig(allowed=LOCAL)
    rig.until(20, editor=True)
    rig.until(60, editor=False)
    rig.until(61, editor=True)
    rig.until(140, editor=False)
    assert rig.tiers == [(5, "PAUSED"), (122, "GPU")]


def test_an_idle_model_gives_way_once_in_a_claim() -> None:
    rig = Rig()
    rig.run(60, editor=True, work=False, loaded=True, own_vram=3000.0)
    (reclaim,) = reclaims(rig)
    assert (reclaim.t, reclaim.why.cause, reclaim.expected_mib) == (5, Cause.EDITOR, 3000.0)
    rig.run(5, editor=False)
    rig.run(6, editor=True)
    assert len(reclaims(rig)) == 2


def test_nothing_is_asked_back_where_nothing_is_loaded() -> None:
    rig = Rig()
    rig.run(60, editor=True, loaded=False)
    assert reclaims(rig) == []


def test_no_start_and_no_probe_under_a_claim() -> None:
    rig = Rig(tier=None, allowed=LOCAL)
    rig.run(100, editor=True)
    assert rig.log == []
    assert rig.governor.state.editor_first
    rig.run(2, editor=False)
    assert rig.tier is Tier.GPU


def test_a_claim_ends_a_probe_under_way() -> None:
    rig = Rig(tier=None, allowed=LOCAL)
    rig.probes_pass = None
    rig.run(1)
    assert isinstance(rig.log[-1], Probe)
    rig.run(1, editor=True)
    assert rig.governor.state.probing is None


def test_a_person_who_takes_it_back_works_beside_the_editor_until_the_next_claim() -> None:
    rig = Rig(allowed=LOCAL)
    rig.run(10, editor=True)
    rig.note(rig.governor.undo(rig.t))
    rig.run(300, editor=True)
    assert rig.tiers == [(5, "PAUSED"), (9, "GPU")]
    rig.run(1, editor=False)
    rig.run(10, editor=True)
    assert rig.tier is Tier.PAUSED


def test_a_pinned_tier_stays_under_every_claim() -> None:
    rig = Rig(allowed=LOCAL)
    rig.run(1)
    rig.note(rig.governor.pin(rig.t, Tier.GPU))
    for _ in range(3):
        rig.run(60, editor=True)
        rig.run(5, editor=False)
    assert rig.tiers == []


def test_the_cloud_and_a_pause_do_not_mind() -> None:
    rig = Rig(tier=Tier.CLOUD, base=Tier.CLOUD)
    rig.run(60, editor=True)
    assert rig.log == []


def test_an_editor_that_comes_and_goes_meets_the_flap_lock() -> None:
    rig = Rig(allowed=LOCAL)
    for _ in range(6):
        rig.run(10, editor=True)
        rig.run(80, editor=False)
    assert len([action for action in rig.log if isinstance(action, FlapLock)]) == 1
    assert rig.tier is Tier.PAUSED


def test_the_patience_is_a_setting() -> None:
    rig = Rig(allowed=LOCAL, thresholds=Thresholds(editor_grace=20.0))
    rig.run(30, editor=True)
    assert rig.tiers == [(20, "PAUSED")]


def test_forcing_down_still_works_under_a_claim() -> None:
    rig = Rig()
    rig.run(2, editor=True)
    decided = rig.note(rig.governor.force(rig.t, Tier.PAUSED))
    assert not any(isinstance(action, Refused) for action in decided)
    assert rig.tier is Tier.PAUSED
