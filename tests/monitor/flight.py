"""A governor on tape, driven through seconds of readings, for tests of what is made of the recording."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from autocut_tray.core.monitor.history import History
from autocut_tray.core.monitor.replay import describe, replay
from autocut_tray.core.monitor.what_if import Comparison, compare
from autocut_tray.core.policy.governor_recovery import Carryover
from autocut_tray.core.policy.governor_tape import TapedGovernor
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Action, Probe, Tier, UnitResult
from tests.fakes import FakeClock
from tests.policy.governor_rig import HEALTHY

Json = dict[str, Any]
ALL = frozenset(Tier)


class Flight:
    """A governor on tape, driven through seconds; ``told`` is what it decided, as ``replay`` would tell it."""

    def __init__(self, folder: Path, epoch: float = 1_790_000_000.0) -> None:
        self.file = folder / "metrics.db"
        self.clock = FakeClock(start=1000.25, epoch=epoch)
        self.history = History(self.file, self.clock)
        self.thresholds = Thresholds()
        self.told: list[Json] = []
        self.sample = HEALTHY
        self.ticks = 0
        self.passes: bool | None = True
        self.governor = self.make(Tier.GPU)

    def make(self, tier: Tier | None, carried: Carryover | None = None) -> TapedGovernor:
        return TapedGovernor(
            self.history.tape, Tier.GPU, ALL, self.thresholds,
            prefer_cloud=False, tier=tier, carried=carried, t=self.clock.monotonic(),
        )  # fmt: skip

    def tick(self, step: float = 1.0, results: tuple[UnitResult, ...] = (), **changes: Any) -> None:
        self.clock.advance(step)
        self.ticks += 1
        if self.ticks % 30 == 0:
            self.history.flush()
        self.sample = replace(self.sample, t=self.clock.monotonic(), **changes)
        asked = [a for a in self.note(self.governor.step(self.sample, results)) if isinstance(a, Probe)]
        for probe in asked:
            if self.passes is not None:
                self.note(self.governor.probe_result(self.clock.monotonic() + 0.2, probe.tier, self.passes))

    def run(self, seconds: int, **changes: Any) -> None:
        for _ in range(seconds):
            self.tick(**changes)

    def note(self, actions: tuple[Action, ...]) -> tuple[Action, ...]:
        for action in actions:
            self.told.append(describe(action))
        return actions

    def restart(self, away: float) -> None:
        """The program ends and starts again; its monotonic clock begins anew, as after a boot."""
        carried = self.governor.carryover()
        self.history.close()
        at = self.clock.time() + away
        self.clock = FakeClock(start=3.0, epoch=at)
        self.history = History(self.file, self.clock)
        self.governor = self.make(None, carried.after(away))

    def replayed(self, since: float = 0.0) -> list[Json]:
        self.history.flush()
        return [without_extras(one) for one in replay(self.history.tape.lines(since, 9e9))]

    def compare(self, since: float = 0.0, **changes: float) -> Comparison:
        self.history.flush()
        return compare(self.history.tape.lines(since, 9e9), changes, since, 9e9)


def without_extras(told: Json) -> Json:
    return {key: value for key, value in told.items() if key not in ("at", "result")}
