"""Drives a governor through seconds of samples, for its tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.policy.governor import Governor
from autocut_tray.core.policy.governor_types import (
    Action,
    MemoryChange,
    Probe,
    Sample,
    Tier,
    TierChange,
    UnitResult,
)

ALL = frozenset(Tier)
HEALTHY = Sample(
    t=0.0,
    vram_used=1000.0,
    vram_total=8192.0,
    own_vram=0.0,
    ram_avail=12_288.0,
    ram_total=16_384.0,
    work=True,
    cloud_ok=True,
)


class Rig:
    """A governor, the last sample, and everything that it decided; probes pass unless ``probes_pass`` says else."""

    def __init__(self, tier: Tier | None = Tier.GPU, base: Tier = Tier.GPU, allowed=ALL, **more: Any) -> None:
        self.governor = Governor(base, allowed, tier=tier, **{"t": -1.0, **more})
        self.sample = HEALTHY
        self.t = -1.0
        self.probes_pass: bool | None = True  # None: the answer is still to come
        self.log: list[Action] = []

    def run(self, seconds: float = 1.0, tick: float = 1.0, **changes: Any) -> list[Action]:
        """Tick for ``seconds`` with a sample changed like this; what was decided meanwhile."""
        self.sample = replace(self.sample, **changes)
        decided: list[Action] = []
        for _ in range(round(seconds / tick)):
            self.t += tick
            decided += self.note(self.governor.step(replace(self.sample, t=self.t)))
        return decided

    def until(self, t: float, **changes: Any) -> list[Action]:
        """Tick each second up to ``t``, included."""
        return self.run(t - self.t, **changes)

    def unit(self, failure: FailureClass | None = None, **more: Any) -> list[Action]:
        """A unit ends, now."""
        return self.note(self.governor.unit_result(self.t, UnitResult(failure, **more)))

    def note(self, actions: tuple[Action, ...]) -> list[Action]:
        decided: list[Action] = []
        for action in actions:
            decided.append(action)
            if isinstance(action, Probe) and self.probes_pass is not None:
                decided += self.governor.probe_result(action.t, action.tier, self.probes_pass)
        self.log += decided
        return decided

    @property
    def tier(self) -> Tier:
        return self.governor.state.tier

    @property
    def tiers(self) -> list[tuple[float, str]]:
        return [(a.t, a.target.value) for a in self.log if isinstance(a, TierChange)]

    @property
    def levels(self) -> list[tuple[float, str]]:
        return [(a.t, a.target.value) for a in self.log if isinstance(a, MemoryChange)]

    @property
    def probes(self) -> list[tuple[float, str]]:
        return [(a.t, a.tier.value) for a in self.log if isinstance(a, Probe)]


def only(kind: type[Any], actions: list[Action]) -> Any:
    """The single action of this kind."""
    found = [action for action in actions if isinstance(action, kind)]
    assert len(found) == 1, found
    return found[0]


def among(kind: type[Any], actions: list[Action]) -> list[Any]:
    return [action for action in actions if isinstance(action, kind)]
