"""Walks the control rules down the whole ladder and up again, on made-up readings. Pure.

It is the governor that works for real, with the limits and tiers in force; only time and readings are invented.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.governor import Governor
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Action, Probe, Sample, Tier, UnitResult

_LIMIT_S = 3600.0
"""Invented seconds after which a step counts as missing; with any sensible limits none takes so long."""

_TOTAL_MIB = 16_384.0
_OVER_PERCENT = 5.0


class Pressure(enum.Enum):
    """What is made up to leave a tier."""

    VRAM = "vram"
    SERVER_GONE = "server_gone"
    CLOUD_GONE = "cloud_gone"
    MEMORY = "memory"
    NONE = "none"
    """All is well again."""


@frozen
class Step:
    """One change of tier. ``seconds``: from the first such reading to the change; ``failures``: units that it took.

    ``target`` None: it did not come.
    """

    pressure: Pressure
    source: Tier
    target: Tier | None
    seconds: float
    failures: int


def walk(
    base: Tier, allowed: AbstractSet[Tier], thresholds: Thresholds, *, prefer_cloud: bool
) -> tuple[Step, ...]:
    """Down from the base rung by rung, up again, into a memory emergency, and up again."""
    if base is Tier.PAUSED:
        return ()
    steps: list[Step] = []
    player = _Player(base, allowed, thresholds, prefer_cloud=prefer_cloud)
    while player.tier is not Tier.PAUSED:
        steps.append(player.press(_LEAVES[player.tier]))
        if steps[-1].target is None:
            return tuple(steps)
    steps.append(player.rest())
    # Anew, so that the changes so far do not count towards the lock against too many.
    player = _Player(base, allowed, thresholds, prefer_cloud=prefer_cloud)
    return (*steps, player.press(Pressure.MEMORY), player.rest())


_LEAVES = {Tier.GPU: Pressure.VRAM, Tier.CPU: Pressure.SERVER_GONE, Tier.CLOUD: Pressure.CLOUD_GONE}


class _Player:
    def __init__(
        self, base: Tier, allowed: AbstractSet[Tier], thresholds: Thresholds, *, prefer_cloud: bool
    ) -> None:
        self._limits = thresholds
        self._healthy = Sample(
            t=0.0,
            vram_used=0.0,
            vram_total=_TOTAL_MIB,
            own_vram=0.0,
            ram_avail=_TOTAL_MIB,
            ram_total=_TOTAL_MIB,
            work=True,
            cloud_ok=Tier.CLOUD in allowed,
        )
        self._governor = Governor(
            base, allowed, thresholds, prefer_cloud=prefer_cloud, tier=base, t=-thresholds.tick
        )
        self._t = -thresholds.tick

    @property
    def tier(self) -> Tier:
        return self._governor.state.tier

    def press(self, pressure: Pressure) -> Step:
        """Make it up until the tier is left."""
        source = self.tier
        return self._play(pressure, self._under(pressure), lambda: self.tier is not source)

    def rest(self) -> Step:
        """Make up that all is well until work is back on the best tier."""
        return self._play(Pressure.NONE, self._healthy, lambda: self.tier is self._governor.state.ceiling)

    def _under(self, pressure: Pressure) -> Sample:
        match pressure:
            case Pressure.VRAM:
                # Over the limit, but not so far that the grace does not count.
                percent = min(100.0, self._limits.vram_on + _OVER_PERCENT)
                return replace(self._healthy, vram_used=_TOTAL_MIB * percent / 100)
            case Pressure.CLOUD_GONE:
                return replace(self._healthy, cloud_ok=False)
            case Pressure.MEMORY:
                return replace(self._healthy, ram_avail=0.0)
            case _:
                return self._healthy

    def _play(self, pressure: Pressure, sample: Sample, done: Callable[[], bool]) -> Step:
        """Tick until ``done``; where the server is gone, each tick a unit fails."""
        source, began, failures = self.tier, self._t, 0
        while not done():
            if self._t - began >= _LIMIT_S:
                return Step(pressure, source, None, _LIMIT_S, failures)
            self._t += self._limits.tick
            self._answer(self._governor.step(replace(sample, t=self._t)))
            if pressure is Pressure.SERVER_GONE and not done():
                failures += 1
                result = UnitResult(FailureClass.DOWN, tier=source)
                self._answer(self._governor.unit_result(self._t, result))
        seconds = max(0.0, self._t - began - self._limits.tick)
        return Step(pressure, source, self.tier, seconds, failures)

    def _answer(self, actions: Iterable[Action]) -> None:
        for action in actions:
            if isinstance(action, Probe):
                self._governor.probe_result(action.t, action.tier, ok=True)
