"""The walk through the control rules: every step of the ladder, with the limits in force."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.drill.walk import Pressure, Step, walk
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Tier

GPU, CPU, CLOUD, PAUSED = Tier.GPU, Tier.CPU, Tier.CLOUD, Tier.PAUSED


def played(
    base: Tier, *allowed: Tier, limits: Thresholds | None = None, prefer_cloud: bool = False
) -> list[Step]:
    return list(walk(base, frozenset(allowed), limits or Thresholds(), prefer_cloud=prefer_cloud))


def moves(steps: list[Step]) -> list[tuple[str, str, str | None]]:
    return [(s.pressure.value, s.source.value, s.target.value if s.target else None) for s in steps]


def test_the_whole_ladder() -> None:
    steps = played(GPU, GPU, CPU, CLOUD)
    assert moves(steps) == [
        ("vram", "GPU", "CPU"),
        ("server_gone", "CPU", "CLOUD"),
        ("cloud_gone", "CLOUD", "PAUSED"),
        ("none", "PAUSED", "GPU"),
        ("memory", "GPU", "PAUSED"),
        ("none", "PAUSED", "GPU"),
    ]
    by_pressure = {step.pressure: step for step in steps}
    assert by_pressure[Pressure.VRAM].seconds == 10.0, "the grace of the VRAM limit"
    assert by_pressure[Pressure.SERVER_GONE].failures == 3
    assert by_pressure[Pressure.MEMORY].seconds == 1.0, "two readings"
    assert steps[-1].seconds == pytest.approx(90, abs=1), "30 s out of the emergency, then 60 s green"


def test_a_preferred_cloud_comes_before_the_processor() -> None:
    assert moves(played(GPU, GPU, CPU, CLOUD, prefer_cloud=True))[:3] == [
        ("vram", "GPU", "CLOUD"),
        ("cloud_gone", "CLOUD", "CPU"),
        ("server_gone", "CPU", "PAUSED"),
    ]


def test_one_rung_alone() -> None:
    assert moves(played(CPU, CPU)) == [
        ("server_gone", "CPU", "PAUSED"),
        ("none", "PAUSED", "CPU"),
        ("memory", "CPU", "PAUSED"),
        ("none", "PAUSED", "CPU"),
    ]


def test_nothing_to_walk_without_a_base() -> None:
    assert played(PAUSED, CPU) == []


def test_the_limits_in_force_are_the_ones_walked_with() -> None:
    slow = Thresholds(vram_grace=45.0, failure_streak=5)
    vram, server = played(GPU, GPU, CPU, limits=slow)[:2]
    assert (vram.seconds, server.failures) == (45.0, 5)


def test_a_limit_that_never_bites_is_told() -> None:
    deaf = Thresholds().with_overrides({"vram_on": 100.0, "vram_hard_free_mib": 0.0})
    (step,) = played(GPU, GPU, CPU, limits=deaf)
    assert (step.pressure, step.target) == (Pressure.VRAM, None)


@given(
    base=st.sampled_from([GPU, CPU, CLOUD]),
    others=st.frozensets(st.sampled_from([GPU, CPU, CLOUD])),
    prefer_cloud=st.booleans(),
)
def test_every_ladder_ends_where_it_began(base: Tier, others: frozenset[Tier], prefer_cloud: bool) -> None:
    steps = played(base, base, *others, prefer_cloud=prefer_cloud)
    assert all(step.target is not None for step in steps)
    assert steps[0].source is base
    assert steps[-1].target is base
    assert all(before.target is after.source for before, after in itertools.pairwise(steps))
