"""What a person can watch: resources that are really created, budgeted, expired and given back, with figures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.memory.budget import MIB, BudgetOptions, UnifiedMemoryManager
from autocut_tray.core.memory.demo_buffers import DemoBuffers
from autocut_tray.core.memory.guard import GuardHands, MemoryGuard
from autocut_tray.core.memory.overview import budget_document, tracked_document
from autocut_tray.core.memory.policies import PolicyTable
from autocut_tray.core.memory.proof import measure_memory
from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import MemoryLevel
from autocut_tray.core.release import ReleaseReport, ResourceKind

Json = dict[str, Any]
Say = Callable[[Message], None]

_SIZES = {
    ResourceKind.RENDER_CACHE: 16,
    ResourceKind.TEMP_BUFFERS: 4,
    ResourceKind.AUDIO_CACHE: 8,
    ResourceKind.SUBTITLE_INDEX: 1,
}
"""MiB. The models are the servers' own and nothing to play with."""

_BUDGET = 32
_WAIT_SECONDS = 5.0


class SkippingClock:
    """The real time, plus what was skipped: nobody wants to watch a cache for three minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._skipped = 0.0

    def monotonic(self) -> float:
        return self._clock.monotonic() + self._skipped

    def time(self) -> float:
        return self._clock.time() + self._skipped

    def wait(self, event: threading.Event, timeout: float) -> bool:
        return self._clock.wait(event, timeout)

    def skip(self, seconds: float) -> None:
        self._skipped += seconds


@dataclass(slots=True)
class DemoWorld:
    """A tracker and a guard of the demonstration's own; the program's are not touched."""

    policies: PolicyTable
    clock: SkippingClock
    level: MemoryLevel = MemoryLevel.OK
    compress: bool = True
    tracker: ResourceTracker = field(init=False)
    guard: MemoryGuard = field(init=False)

    def __post_init__(self) -> None:
        self.tracker = ResourceTracker(lambda: self.policies, self.clock)
        hands = GuardHands(
            level=lambda: self.level,
            measure=lambda: measure_memory(None),
            refresh=lambda: None,
            limits=Thresholds,
            release_idle=lambda: True,
            compress=lambda: self.compress,
            find_leaks=lambda: None,
            publish=lambda event: None,
            keep=lambda report: report,
        )
        self.guard = MemoryGuard(self.tracker, lambda: self.policies, hands, self.clock)


def show_creation(policies: PolicyTable, clock: Clock, say: Say) -> Json:
    """Reserve, create, let expire, release by name, kind and priority, all measured. ``ok``: it did as said."""
    world = DemoWorld(policies, SkippingClock(clock))
    try:
        budget = _show_budget(clock, say)
        tracked = _show_tracker(world, say)
    finally:
        world.guard.close()
    return {"budget": budget, "tracker": tracked, "ok": budget["ok"] and tracked["ok"]}


def _show_budget(clock: Clock, say: Say) -> Json:
    manager = UnifiedMemoryManager(clock, BudgetOptions(limit=_BUDGET * MIB))
    first = manager.allocate(24 * MIB, "decoding", cancel=CancelToken())
    say(message("memory-demo-reserved", mib=24, limit=_BUDGET))
    served = threading.Event()
    token = CancelToken()
    second = threading.Thread(target=lambda: _take(manager, token, served), name="demo")
    second.start()
    while not (waited := manager.get_memory_stats().waiting > 0) and second.is_alive():
        clock.wait(served, 0.01)
    say(message("memory-demo-waits", mib=16, free=_BUDGET - 24))
    begun = clock.monotonic()
    manager.deallocate(first)
    got_it = clock.wait(served, _WAIT_SECONDS)
    seconds = clock.monotonic() - begun
    token.cancel()
    second.join()
    say(message("memory-demo-served", milliseconds=round(seconds * 1000)))
    manager.allocate(4 * MIB, "forgotten", cancel=CancelToken())  # its lease is dropped at once: a leak
    found = manager.optimize()
    say(message("memory-demo-leak", count=found.leaks, mib=found.leaked_bytes // MIB))
    stats = manager.get_memory_stats()
    kept = stats.peak <= stats.limit and stats.used == 0
    return {
        "waited": waited,
        "served_after_s": round(seconds, 3),
        "leaks_found": found.leaks,
        "stats": budget_document(stats),
        "ok": waited and got_it and found.leaks == 1 and kept,
    }


def _take(manager: UnifiedMemoryManager, cancel: CancelToken, served: threading.Event) -> None:
    with manager.allocate(16 * MIB, "describing", cancel=cancel):
        served.set()


def _show_tracker(world: DemoWorld, say: Say) -> Json:
    before = measure_memory(None).own
    buffers = [DemoBuffers(world.tracker, kind, f"demo-{kind.value}", mib) for kind, mib in _SIZES.items()]
    created = measure_memory(None).own
    grown = None if before is None or created is None else round((created - before) / MIB, 1)
    total = sum(_SIZES.values())
    say(
        message(
            "memory-demo-created", count=len(buffers), mib=total, grown="?" if grown is None else f"{grown:g}"
        )
    )
    statistics = tracked_document(world.tracker.statistics())
    reports: list[ReleaseReport | None] = []

    def release(code: str, **chosen: Any) -> None:
        report = world.guard.release(**chosen)
        reports.append(report)
        say(message(code, freed=_mib(report), kinds=_kinds(report)))

    wait = world.policies[ResourceKind.TEMP_BUFFERS].idle_seconds
    say(message("memory-demo-skip", seconds=f"{wait:g}"))
    world.clock.skip(wait)
    for kept in buffers:
        if kept.kind is not ResourceKind.TEMP_BUFFERS:
            kept.tracked.touch()
    release("memory-demo-expired", expired=True)
    release("memory-demo-halved", kind=ResourceKind.RENDER_CACHE, keep=50.0)
    release("memory-demo-pattern", pattern="demo-audio*")
    release("memory-demo-priority", min_priority=1)
    left = sum(kept.measure() for kept in buffers)
    after = measure_memory(None).own
    say(message("memory-demo-left", mib=left // MIB, own="?" if after is None else str(round(after / MIB))))
    return {
        "created_bytes": total * MIB,
        "own_memory_mib": [
            None if each is None else round(each / MIB, 1) for each in (before, created, after)
        ],
        "statistics": statistics,
        "released": [report.to_json() for report in reports if report is not None],
        "left_bytes": left,
        "ok": left == 0 and all(report is not None for report in reports),
    }


def _mib(report: ReleaseReport | None) -> str:
    return "0" if report is None else f"{report.freed_bytes / MIB:.1f}"


def _kinds(report: ReleaseReport | None) -> str:
    return ", ".join(record.kind.value for record in report.records) if report is not None else ""
