"""What must hold for every trace."""

from __future__ import annotations

import json
import random
from collections import deque
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.policy.governor import Governor
from autocut_tray.core.policy.governor_recovery import Carryover
from autocut_tray.core.policy.governor_types import (
    LOCAL_FIRST,
    Action,
    Cause,
    MemoryChange,
    MemoryLevel,
    Probe,
    Sample,
    Tier,
    TierChange,
    UnitResult,
)

MINUTES_15 = 900.0
RANK = {tier: rank for rank, tier in enumerate(LOCAL_FIRST)}


class Witness:
    """Follows the actions and objects when a promise is broken."""

    def __init__(self, tier: Tier, base: Tier, allowed: frozenset[Tier]) -> None:
        self.tier, self.base, self.allowed = tier, base, allowed | {Tier.PAUSED}
        self.level = MemoryLevel.OK
        self.degraded_at = float("-inf")
        self.raised: deque[float] = deque()

    def see(self, action: Action) -> None:
        if isinstance(action, MemoryChange):
            assert action.source is self.level
            self.level = action.target
        if not isinstance(action, TierChange):
            return
        assert action.source is self.tier, "changes follow each other"
        assert action.target is not action.source
        assert action.target in self.allowed, "never a tier that is not allowed"
        assert RANK[action.target] >= RANK[self.base], "never above the base"
        assert action.better == (RANK[action.target] < RANK[action.source])
        self.tier = action.target
        if not action.better:
            self.degraded_at = action.t
        elif not action.why.cause.by_person:
            assert action.why.cause is Cause.RECOVERED
            if action.target.local:
                assert action.t - self.degraded_at >= 60.0, "no local recovery within 60 s"
            while self.raised and action.t - self.raised[0] >= MINUTES_15:
                self.raised.popleft()
            self.raised.append(action.t)
            assert len(self.raised) <= 3, "at most three upward changes in 15 minutes"

    def after_tick(self, sample: Sample, governor: Governor) -> None:
        if self.tier is Tier.CLOUD:
            assert sample.cloud_ok, "never CLOUD without leave"
        if self.level is MemoryLevel.EMERGENCY:
            assert self.tier is Tier.PAUSED, "EMERGENCY means PAUSED"


def settle(governor: Governor, witness: Witness, actions: tuple[Action, ...], passes: bool) -> None:
    for action in actions:
        witness.see(action)
        if isinstance(action, Probe):
            for answer in governor.probe_result(action.t, action.tier, passes):
                witness.see(answer)


def test_p1_two_hundred_thousand_random_ticks() -> None:
    """A random walk through pressure, failures, suspends and lost consent."""
    dice = random.Random(20_260_101)
    governor = Governor(Tier.GPU, frozenset(Tier), tier=Tier.GPU)
    witness = Witness(Tier.GPU, Tier.GPU, frozenset(Tier))
    t, vram, ram, cloud, changes = 0.0, 2000.0, 9000.0, True, 0
    failures = tuple(FailureClass)
    for _ in range(200_000):
        t += 1.0 if dice.random() < 0.999 else 30.0
        vram = min(8192.0, max(0.0, vram + dice.gauss(0.0, 500.0)))
        ram = min(16_384.0, max(300.0, ram + dice.gauss(0.0, 500.0)))
        cloud = cloud if dice.random() < 0.98 else not cloud
        sample = Sample(
            t,
            vram if dice.random() < 0.99 else None,
            8192.0,
            0.0,
            ram if dice.random() < 0.99 else None,
            16_384.0,
            work=dice.random() < 0.95,
            cloud_ok=cloud,
        )
        results = []
        if dice.random() < 0.1:
            results.append(UnitResult(dice.choice(failures) if dice.random() < 0.2 else None, seconds=1.0))
        if dice.random() < 0.01:
            governor.config_changed()
        before = witness.tier
        settle(governor, witness, governor.step(sample, results), dice.random() < 0.8)
        witness.after_tick(sample, governor)
        changes += witness.tier is not before
    assert changes > 200, "the walk must have been eventful"


mib = st.one_of(st.none(), st.floats(0.0, 9000.0), st.sampled_from([900.0, 1900.0, 2300.0, 7200.0, 8000.0]))
units = st.lists(
    st.builds(
        UnitResult,
        failure=st.one_of(st.none(), st.sampled_from(FailureClass)),
        seconds=st.one_of(st.none(), st.floats(0.0, 200.0)),
        file_id=st.sampled_from([None, "a", "b"]),
        tier=st.sampled_from([None, Tier.GPU, Tier.CPU, Tier.CLOUD]),
        retry_after=st.one_of(st.none(), st.floats(0.0, 100.0)),
    ),
    max_size=4,
)
stretches = st.fixed_dictionaries(
    {
        "ticks": st.integers(1, 90),
        "tick": st.sampled_from([1.0, 1.0, 1.0, 5.0, 0.1, 40.0]),
        "units": units,
        "passes": st.booleans(),
        "sample": st.fixed_dictionaries(
            {
                "vram_used": mib,
                "own_vram": st.sampled_from([None, 0.0, 4000.0]),
                "ram_avail": mib,
                "ram_total": st.sampled_from([None, 0.0, 6144.0, 16_384.0, 65_536.0]),
                "need_vram": st.sampled_from([None, 0.0, 4900.0]),
                "need_ram": st.sampled_from([None, 4000.0]),
                "loaded": st.booleans(),
                "work": st.sampled_from([True, True, False]),
                "cloud_ok": st.booleans(),
                "cpu_percent": st.sampled_from([None, 50.0, 99.0]),
                "ram_stalled": st.sampled_from([False, False, True]),
                "in_flight": st.sampled_from([0, 0, 2]),
                "editor": st.sampled_from([False, False, True]),
            }
        ),
    }
)
traces = st.lists(stretches, min_size=1, max_size=12)
policies = st.sampled_from(
    [
        (Tier.GPU, frozenset(Tier)),
        (Tier.GPU, frozenset({Tier.GPU, Tier.CPU})),
        (Tier.CPU, frozenset({Tier.CPU, Tier.CLOUD})),
        (Tier.CLOUD, frozenset({Tier.CLOUD})),
    ]
)


def play(
    trace: list[dict[str, Any]], policy: tuple[Tier, frozenset[Tier]], governor: Governor | None = None
) -> tuple[Governor, list[Action]]:
    base, allowed = policy
    governor = governor or Governor(base, allowed, tier=base)
    witness = Witness(base, base, allowed)
    log: list[Action] = []
    t = 0.0
    for stretch in trace:
        results = stretch["units"]
        for _ in range(stretch["ticks"]):
            t += stretch["tick"]
            sample = Sample(t=t, vram_total=8192.0, **stretch["sample"])
            actions = governor.step(sample, results)
            results = []
            log += actions
            settle(governor, witness, actions, stretch["passes"])
            witness.after_tick(sample, governor)
            state = governor.state
            assert (state.tier, state.level) == (witness.tier, witness.level)
            assert not (state.admit and (state.tier is Tier.PAUSED or state.drain))
    return governor, log


@settings(max_examples=60, deadline=None)
@given(traces, policies)
def test_promises_hold_on_any_trace(
    trace: list[dict[str, Any]], policy: tuple[Tier, frozenset[Tier]]
) -> None:
    play(trace, policy)


@settings(max_examples=20, deadline=None)
@given(traces, policies)
def test_the_same_trace_leads_to_the_same_decisions(
    trace: list[dict[str, Any]], policy: tuple[Tier, frozenset[Tier]]
) -> None:
    first, log = play(trace, policy)
    second, again = play(trace, policy)
    assert log == again
    assert first.state == second.state


@settings(max_examples=30, deadline=None)
@given(traces, policies)
def test_the_carryover_survives_its_round_trip(
    trace: list[dict[str, Any]], policy: tuple[Tier, frozenset[Tier]]
) -> None:
    governor, _ = play(trace, policy)
    carried = governor.carryover()
    stored = json.loads(json.dumps(carried.to_dict()))
    assert Carryover.from_dict(stored) == carried
    again = Governor(*policy, carried=carried, t=governor.state.t)
    assert again.state.k == governor.state.k
    assert again.carryover() == carried


wishes = st.sampled_from(
    [
        ("force", Tier.CPU),
        ("force", Tier.CLOUD),
        ("force", Tier.PAUSED),
        ("undo", None),
        ("pin", Tier.GPU),
        ("pin", Tier.CLOUD),
        ("pin", None),
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(stretches, wishes), min_size=1, max_size=8))
def test_no_wish_breaks_the_promises_about_cloud_memory_and_pins(
    trace: list[tuple[dict[str, Any], tuple[str, Tier | None]]],
) -> None:
    governor = Governor(Tier.GPU, frozenset(Tier), tier=Tier.GPU)
    t = 0.0
    for stretch, (wish, tier) in trace:
        sample = Sample(t=t, vram_total=8192.0, **stretch["sample"])
        for _ in range(stretch["ticks"]):
            t += stretch["tick"]
            sample = replace(sample, t=t)
            for action in governor.step(sample, stretch["units"]):
                if isinstance(action, Probe):
                    governor.probe_result(t, action.tier, stretch["passes"])
            check(governor, sample)
        governor.undo(t) if wish == "undo" else getattr(governor, wish)(t, tier)
        check(governor, sample)


def check(governor: Governor, sample: Sample) -> None:
    state = governor.state
    assert state.tier is not Tier.CLOUD or sample.cloud_ok
    assert state.level is not MemoryLevel.EMERGENCY or state.tier is Tier.PAUSED
    assert state.pin is None or state.tier in (state.pin, Tier.PAUSED)
    assert state.forced is None or RANK[state.tier] >= RANK[state.forced]
