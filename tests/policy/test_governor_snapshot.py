"""A governor's whole state survives its way through JSON, and nothing else is taken for one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.policy.governor import Governor
from autocut_tray.core.policy.governor_snapshot import capture, restore
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Cause, Reclaim, Sample, Tier, UnitResult
from tests.policy.governor_rig import ALL, HEALTHY, Rig
from tests.policy.test_governor_properties import play, policies, traces

Json = dict[str, Any]


def again(governor: Governor, limits: Thresholds | None = None, base: Tier = Tier.GPU) -> Governor:
    made = Governor(base, ALL, limits or Thresholds())
    restore(made, json.loads(json.dumps(capture(governor), allow_nan=False)))
    return made


@settings(max_examples=40, deadline=None)
@given(traces, policies, traces)
def test_goes_on_as_if_nothing_had_been(
    before: list[Json], policy: tuple[Tier, frozenset[Tier]], after: list[Json]
) -> None:
    governor, _ = play(before, policy)
    twin = Governor(*policy)
    restore(twin, json.loads(json.dumps(capture(governor), allow_nan=False)))
    assert twin.state == governor.state
    assert twin.carryover() == governor.carryover()
    t = governor.state.t
    for stretch in after:
        for n in range(stretch["ticks"]):
            t += stretch["tick"]
            sample = Sample(t=t, vram_total=8192.0, **stretch["sample"])
            results = stretch["units"] if n == 0 else []
            assert twin.step(sample, results) == governor.step(sample, results)
    assert capture(twin) == capture(governor)


def test_the_limits_are_those_of_the_new_one() -> None:
    rig = Rig()
    rig.run(9, vram_used=7200.0)
    twin = again(rig.governor, Thresholds(vram_on=90.0, vram_cancel=80.0, vram_grace=30.0))
    same = again(rig.governor)
    pressed = replace(HEALTHY, t=rig.t + 2, vram_used=7200.0)
    assert same.step(pressed)
    assert not twin.step(pressed)


def test_bounded_queues_keep_the_bound_of_the_new_limits() -> None:
    rig = Rig()
    for _ in range(12):
        rig.unit()
    twin = again(rig.governor, Thresholds(failure_window_units=10))
    for n in range(3):
        twin.unit_result(rig.t + n, UnitResult(FailureClass.TIER))
    assert twin.state.failure_percent == 30.0, "of the last ten"


def test_small_machines_keep_their_own_limits() -> None:
    rig = Rig()
    rig.run(2, ram_avail=5000.0, ram_total=8192.0)
    twin = again(rig.governor)
    # 1.7 GiB: short of 2 GiB, not of the 1.6 GiB of this machine
    told = twin.step(replace(rig.sample, t=rig.t + 1, ram_avail=1740.0))
    assert Cause.RAM not in {action.why.cause for action in told if isinstance(action, Reclaim)}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda state: state.pop("_tier"),
        lambda state: state.update(_new=1),
        lambda state: state.update(_tier={"enum": ["Tier", "TPU"]}),
        lambda state: state.update(_tier={"enum": ["Path", "/"]}),
        lambda state: state.update(_samples={"list": [{"value": ["Popen", {"args": "x"}]}]}),
        lambda state: state.update(_samples=3),
        lambda state: state.update(_signals=None),
        lambda state: state.update(_told={"map": [[1]]}),
        lambda state: state.update(_cause={"what": 1}),
        lambda state: state["_health"]["part"]["breakers"]["map"].pop(),
    ],
)
def test_anything_else_is_refused(spoil: Any) -> None:
    state = capture(Rig().governor)
    spoil(state)
    with pytest.raises(ValueError):
        restore(Governor(Tier.GPU, ALL), state)
