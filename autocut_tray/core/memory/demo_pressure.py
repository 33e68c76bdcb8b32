"""Real memory pressure on a small scale: a child takes memory, the control rules see it, and everything comes back.

The rules are the program's own, with their limits moved near to what is free now and their patience shortened; only
buffers of the demonstration are given back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psutil

from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import SystemExhausted
from autocut_tray.core.frozen import frozen
from autocut_tray.core.memory.demo import DemoWorld, Say, SkippingClock
from autocut_tray.core.memory.demo_buffers import DemoBuffers
from autocut_tray.core.memory.policies import PolicyTable
from autocut_tray.core.memory.taker import MemoryTaker
from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor import Governor
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import (
    Action,
    MemoryChange,
    MemoryLevel,
    Probe,
    Reclaim,
    Sample,
    Tier,
    TierChange,
)
from autocut_tray.core.release import ReleaseReport, ResourceKind

log = logging.getLogger(__name__)

Json = dict[str, Any]

MIB = 1024 * 1024

MOST_MIB = 1024
LEAST_MIB = 192
"""Less pressure would drown in what other programs take and give meanwhile."""
LEFT_ALONE_MIB = 1024
"""Must stay available at the deepest point: the person's programs come first."""

_STEP = 0.25
_PHASE_SECONDS = 30.0
_PATIENCE = 0.5


def _available() -> int:
    return int(psutil.virtual_memory().available // MIB)


@frozen
class Plan:
    """``pressure``: MiB that the child takes at most. ``cache``: MiB of our own that can be given back."""

    available: int
    total: int
    pressure: int

    @property
    def cache(self) -> int:
        return max(8, self.pressure // 16)

    @property
    def thresholds(self) -> Thresholds:
        """The limits, in parts of the pressure below what is available now."""

        def below(share: float) -> float:
            return max(0.0, self.available - share * self.pressure)

        def used(share: float) -> float:
            return 100.0 * (self.total - below(share)) / self.total

        far = 1e9
        return Thresholds(
            small_ram_mib=0.0,
            warn_on=used(0.4),
            warn_off=used(0.3),
            warn_only_below_mib=far,
            warn_clear_above_mib=far,
            warn_grace=_PATIENCE,
            warn_off_hold=_PATIENCE,
            ram_on_mib=below(0.45),
            ram_cancel_mib=below(0.42),
            ram_off_mib=below(0.32),
            ram_grace=_PATIENCE,
            emergency_avail_mib=below(0.8),
            emergency_off_avail_mib=below(0.6),
            emergency_on=100.0,
            emergency_off_used=100.0,
            emergency_only_below_mib=far,
            emergency_off_above_mib=far,
            emergency_off_hold=_PATIENCE,
            green_hold=2 * _PATIENCE,
            backoff_base=2 * _PATIENCE,
            breaker_open=2 * _PATIENCE,
            tick=_STEP,
        )


def plan_pressure(available: int, total: int) -> Plan:
    """How much may be taken here, all in MiB. Raises SystemExhausted where that is too little to show anything."""
    pressure = min(MOST_MIB, available - LEFT_ALONE_MIB, total // 8)
    if pressure < LEAST_MIB:
        raise SystemExhausted(
            "memory_demo_no_room",
            message("error-memory-demo-no-room", available=available, needed=LEFT_ALONE_MIB + LEAST_MIB),
            message("error-memory-demo-no-room-hint"),
        )
    return Plan(available, total, pressure)


@dataclass(slots=True)
class _Scene:
    """The demonstration under way. ``log``: what happened, for the document."""

    plan: Plan
    clock: Clock
    world: DemoWorld
    taker: MemoryTaker
    governor: Governor
    say: Say
    available: Callable[[], int]
    begun: float
    held: int = 0
    log: list[Json] = field(default_factory=list)
    reports: list[ReleaseReport] = field(default_factory=list)

    def run(self, hold: int, until: Callable[[], bool]) -> bool:
        """Have the child hold so much, and let the rules act until it is so; False when that does not come."""
        self.held = self.taker.hold(hold)
        self.note("child")
        self.say(message("memory-demo-child", mib=self.held))
        end = self.clock.monotonic() + _PHASE_SECONDS
        while not until():
            if self.clock.monotonic() > end:
                return False
            self.act(self.governor.step(self.sample(self.available())))
            self.clock.wait(threading.Event(), _STEP)
        return True

    def sample(self, available: int) -> Sample:
        return Sample(
            self.clock.monotonic(),
            ram_avail=float(available),
            ram_total=float(self.plan.total),
            need_ram=0.0,
            work=True,
        )

    def act(self, actions: tuple[Action, ...]) -> None:
        for action in actions:
            match action:
                case MemoryChange():
                    self.world.level = action.target
                    self.note("memory", {"from": action.source.value, "to": action.target.value})
                    self.say(
                        message("memory-demo-level", level=action.target.value, available=self.available())
                    )
                case TierChange():
                    self.note("tier", {"from": action.source.value, "to": action.target.value})
                    code = "memory-demo-back" if action.better else "memory-demo-degraded"
                    self.say(message(code))
                case Reclaim():
                    self.reclaim(action)
                case Probe():
                    self.act(self.governor.probe_result(self.clock.monotonic(), action.tier, True))
                case _:
                    log.debug("%s", action)

    def reclaim(self, action: Reclaim) -> None:
        report = self.world.guard.reclaim(action)
        if report is None:
            return
        self.reports.append(report)
        self.note("released", report.to_json())
        freed = f"{report.freed_bytes / MIB:.1f}"
        claimed = f"{report.claimed_bytes / MIB:.1f}"
        self.say(
            message("memory-demo-reclaimed", freed=freed, claimed=claimed, seconds=f"{report.seconds:.2f}")
        )

    def note(self, event: str, details: Json | None = None) -> None:
        at = round(self.clock.monotonic() - self.begun, 2)
        here = {"t": at, "event": event, "available_mib": self.available(), "child_mib": self.held}
        self.log.append(here | (details or {}))


def show_pressure(
    policies: PolicyTable, clock: Clock, say: Say, available: Callable[[], int] = _available
) -> Json:
    """Press, give back, degrade, recover. ``ok``: every stage came. ``available``: MiB, as the system has it.

    Raises SystemExhausted where there is no room.
    """
    plan = plan_pressure(available(), int(psutil.virtual_memory().total // MIB))
    say(message("memory-demo-plan", available=plan.available, pressure=plan.pressure, cache=plan.cache))
    world = DemoWorld(policies, SkippingClock(clock))
    cache = DemoBuffers(world.tracker, ResourceKind.RENDER_CACHE, "demo-pictures", plan.cache)
    try:
        taker = MemoryTaker(plan.pressure)
    except OSError as error:
        raise SystemExhausted("memory_demo_no_process", detail=str(error)) from error
    try:
        scene = _begin(plan, clock, world, taker, say, available)
        stages = _play(scene, plan)
        alive = taker.alive
    except OSError as error:  # the system ended the child: pressure from elsewhere came on top
        raise SystemExhausted("memory_demo_no_process", detail=str(error)) from error
    finally:
        taker.close()
        world.guard.close()
    ok = all(stages.values()) and alive
    say(message("memory-demo-end" if ok else "memory-demo-incomplete"))
    return {
        "available_mib": plan.available,
        "pressure_mib": plan.pressure,
        "cache_mib": plan.cache,
        "stages": stages,
        "events": scene.log,
        "freed_bytes": sum(report.freed_bytes for report in scene.reports),
        "left_bytes": cache.measure(),
        "ok": ok,
    }


def _begin(
    plan: Plan,
    clock: Clock,
    world: DemoWorld,
    taker: MemoryTaker,
    say: Say,
    available: Callable[[], int],
) -> _Scene:
    begun = clock.monotonic()
    governor = Governor(Tier.CPU, frozenset({Tier.CPU}), plan.thresholds, tier=Tier.CPU, t=begun)
    return _Scene(plan, clock, world, taker, governor, say, available, begun)


def _play(scene: _Scene, plan: Plan) -> dict[str, bool]:
    """The stages in order, and whether each came."""

    def level() -> MemoryLevel:
        return scene.governor.state.level

    def tier() -> Tier:
        return scene.governor.state.tier

    pressure = plan.pressure
    return {
        "warned_and_degraded": scene.run(
            int(pressure * 0.65), lambda: level() is MemoryLevel.WARN and tier() is Tier.PAUSED
        ),
        "emergency": scene.run(pressure, lambda: level() is MemoryLevel.EMERGENCY),
        "recovered": scene.run(0, lambda: level() is MemoryLevel.OK and tier() is Tier.CPU),
    }
