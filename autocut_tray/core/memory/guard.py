"""Gives memory back when the governor says that it is short, and what has expired; with proof of what came back.

The levels are the governor's alone. The guard looks every 5 s on the monitor's readings: at OK it releases what has
expired and is not worth keeping, at WARN all that has expired, at EMERGENCY everything by priority. What the governor
orders at once comes through :meth:`MemoryGuard.reclaim`.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import Cancelled, StorageError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.memory.heap import trim_heap
from autocut_tray.core.memory.policies import PolicyTable
from autocut_tray.core.memory.proof import wait_for_effect
from autocut_tray.core.memory.tracker import Releasable, Resource, ResourceTracker
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Cause, MemoryLevel, Reclaim
from autocut_tray.core.release import (
    MachineMemory,
    MemoryReleased,
    ReleaseCause,
    ReleaseOutcome,
    ReleaseRecord,
    ReleaseReport,
    ResourceKind,
)
from autocut_tray.core.runtime.bounded import Run
from autocut_tray.core.sample import MetricsSample

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""How often the guard looks, as the product has it; no more often than the monitor measures."""
RELEASE_SECONDS = 5.0
"""What one release may take before the guard goes on without it."""
BROKEN_PROMISE = 25.0
"""Percent of its claim: a release that brought less is logged, and left alone for a while."""
LEFT_ALONE_SECONDS = 60.0
REFRESH_SECONDS = 1.0
"""How often the card is read while its memory is waited for: the governor counts readings, and expects this pace."""
KEPT_REPORTS = 50

RULES_MISSING = "Nothing is given back now, the rules for that cannot be read: %s"
_SLACK = 0.25
"""Seconds: readings come a little early or late."""


@frozen
class GuardHands:
    """What the guard needs of the world.

    ``level``: the governor's. ``measure``: the system's own figures, those of the card as last read; ``refresh`` has
    them read again soon. ``limits``: those of the control rules. ``release_idle`` and ``compress``: the person's
    wishes. ``find_leaks`` takes back what was reserved and never given back. ``publish`` tells everyone.
    ``keep`` stores a report with the history and gives it its id; it may raise StorageError.
    """

    level: Callable[[], MemoryLevel]
    measure: Callable[[], MachineMemory]
    refresh: Callable[[], None]
    limits: Callable[[], Thresholds]
    release_idle: Callable[[], bool]
    compress: Callable[[], bool]
    find_leaks: Callable[[], object]
    publish: Callable[[object], None]
    keep: Callable[[ReleaseReport], ReleaseReport]
    trim: Callable[[], None] = trim_heap


@frozen
class _Order:
    """``keep``: percent that caches may keep. ``spare_used``: models at work stay."""

    cause: ReleaseCause
    keep: float
    spare_used: bool


@dataclass(slots=True)
class _Attempt:
    """A release under way. ``claimed``: bytes that it should bring by its size, ``promised`` by what earlier ones
    brought; None while unknown."""

    resource: Resource
    held: int | None
    claimed: int | None
    promised: int | None
    left: int | None
    outcome: ReleaseOutcome | None = None
    compressed: bool = False

    @property
    def freed(self) -> int | None:
        return None if self.held is None or self.left is None else self.held - self.left


class MemoryGuard:
    """One release at a time; a more urgent one does not wait for the proof of another. Has no thread while idle."""

    def __init__(
        self, tracker: ResourceTracker, policies: Callable[[], PolicyTable], hands: GuardHands, clock: Clock
    ) -> None:
        self._tracker = tracker
        self._policies = policies
        self._hands = hands
        self._clock = clock
        self._looked_at = -math.inf
        self._refreshed_at = -math.inf
        self._lock = threading.Lock()
        self._busy = threading.Lock()
        self._current: tuple[int, CancelToken] | None = None
        self._helper: threading.Thread | None = None
        self._closing = CancelToken()
        self._alone_until: dict[int, float] = {}
        self._reports: deque[ReleaseReport] = deque(maxlen=KEPT_REPORTS)

    @property
    def reports(self) -> tuple[ReleaseReport, ...]:
        """What was given back in this session, oldest first."""
        with self._lock:
            return tuple(self._reports)

    def tick(self, sample: MetricsSample) -> None:
        """One reading of the monitor; returns at once."""
        if sample.monotonic - self._looked_at < LOOK_SECONDS - _SLACK:
            return
        self._looked_at = sample.monotonic
        self._hands.find_leaks()
        if self._tracker.empty:
            return
        order = self._order_of_the_level()
        try:
            due = self._due(order)
        except (OSError, ImportError) as error:
            log.warning(RULES_MISSING, error)
            return
        if due:
            self._start(order, due)

    def reclaim(self, action: Reclaim) -> ReleaseReport | None:
        """What the governor orders; returns when it had its effect, or after the limits' ``reclaim_wait``. None when
        there was nothing to give back. Never raises."""
        if action.cache_keep <= 0:
            order = _Order(ReleaseCause.EMERGENCY, 0.0, spare_used=False)
        elif action.why.cause is Cause.MEMORY:
            order = _Order(ReleaseCause.WARN, action.cache_keep, spare_used=True)
        else:
            # The tier itself is in question: our model goes even when it works, its server ends the answer first.
            order = _Order(ReleaseCause.PRESSURE, action.cache_keep, spare_used=False)
        return self._carry_out(order)

    def release(
        self,
        *,
        kind: ResourceKind | None = None,
        pattern: str | None = None,
        min_priority: int | None = None,
        expired: bool | None = None,
        keep: float = 0.0,
    ) -> ReleaseReport | None:
        """What a person or program asks for, by kind, name, priority and age; else as :meth:`reclaim`."""
        chosen = self._tracker.find(kind=kind, pattern=pattern, min_priority=min_priority, expired=expired)
        held = [resource for resource in chosen if resource.bytes != 0]
        return self._carry_out(_Order(ReleaseCause.ASKED, keep, spare_used=False), held)

    def close(self) -> None:
        """End a wait for proof; returns when the guard's own helper has ended."""
        self._closing.cancel()
        with self._lock:
            current, helper = self._current, self._helper
        if current is not None:
            current[1].cancel()
        if helper is not None:
            helper.join()

    # -- choosing

    def _order_of_the_level(self) -> _Order:
        level, limits = self._hands.level(), self._hands.limits()
        if level is MemoryLevel.EMERGENCY:
            return _Order(ReleaseCause.EMERGENCY, 0.0, spare_used=False)
        if level is MemoryLevel.WARN:
            return _Order(ReleaseCause.WARN, limits.warn_cache_keep, spare_used=True)
        return _Order(ReleaseCause.EXPIRED, 0.0, spare_used=True)

    def _due(self, order: _Order) -> list[Resource]:
        """What the 5 s look gives back: by priority, while memory is short what is cheap to have again first."""
        now = self._clock.monotonic()
        with self._lock:
            alone = self._alone_until = {number: t for number, t in self._alone_until.items() if t > now}
        due = self._tracker.find(expired=None if order.cause is ReleaseCause.EMERGENCY else True)
        due = due[::-1] if order.cause is ReleaseCause.WARN else due
        if order.cause is ReleaseCause.EXPIRED:
            policies, wanted = self._policies(), self._hands.release_idle()
            due = [resource for resource in due if wanted and policies[resource.kind].release_idle]
        return [resource for resource in due if resource.bytes != 0 and resource.id not in alone]

    def _ordered(self, order: _Order) -> list[Resource]:
        """What an order of the governor gives back: in an emergency by priority, else what is cheap to have again
        first and models last. What is in use on its way somewhere goes only when that way ends: in an emergency."""
        found = [r for r in self._tracker.find() if r.bytes != 0 and self._keep_of(r, order) < 100.0]
        if order.cause is ReleaseCause.EMERGENCY:
            return found
        return [r for r in found if not r.in_use or (r.kind.is_model and not order.spare_used)][::-1]

    def _keep_of(self, resource: Resource, order: _Order) -> float:
        """Percent that this one may keep: expired caches and models go as a whole."""
        return 0.0 if resource.kind.is_model or resource.expired else order.keep

    # -- releasing

    def _start(self, order: _Order, due: Sequence[Resource]) -> None:
        with self._lock:
            if self._closing.cancelled or (self._helper is not None and self._helper.is_alive()):
                return
            self._helper = threading.Thread(target=lambda: self._carry_out(order, due), name="memory-guard")
            self._helper.start()

    def _carry_out(self, order: _Order, chosen: Sequence[Resource] | None = None) -> ReleaseReport | None:
        with self._lock:
            if self._current is not None and order.cause.urgency > self._current[0]:
                self._current[1].cancel()
        with self._busy:
            if self._closing.cancelled:
                return None
            try:
                resources = self._ordered(order) if chosen is None else chosen
            except (OSError, ImportError) as error:
                log.warning(RULES_MISSING, error)
                return None
            if not resources:
                return None
            cancel = CancelToken()
            with self._lock:
                self._current = order.cause.urgency, cancel
            try:
                report = self._release(order, resources, cancel)
            finally:
                with self._lock:
                    self._current = None
        try:
            report = self._hands.keep(report)
        except StorageError as error:
            log.warning("What was given back is not saved: %s", error)
        with self._lock:
            self._reports.append(report)
        self._hands.publish(MemoryReleased(report))
        return report

    def _release(self, order: _Order, resources: Sequence[Resource], cancel: CancelToken) -> ReleaseReport:
        before, at = self._hands.measure(), self._clock.time()
        attempts = [self._begin(resource, order) for resource in resources]
        self._hands.trim()
        limits = self._hands.limits()
        share = limits.reclaim_done / 100

        def arrived(_seconds: float) -> bool:
            given_up = [self._is_done(attempt, share) for attempt in attempts]
            return all(given_up) and self._is_confirmed(attempts, share, before)

        begun = self._clock.monotonic()
        try:
            wait_for_effect(arrived, self._clock, cancel, limit=limits.reclaim_wait, poll=limits.reclaim_poll)
        except Cancelled:
            log.info("The wait for the effect of %s was cut short", order.cause.value)
        seconds = self._clock.monotonic() - begun
        after = self._hands.measure()
        records = tuple(self._record(attempt, attempts, before, after) for attempt in attempts)
        report = ReleaseReport(at, order.cause, order.keep, seconds, records, before, after)
        log.info(
            "Memory, %s: %d of %d bytes came back in %.1f s",
            order.cause.value,
            report.freed_bytes,
            report.claimed_bytes,
            seconds,
        )
        return report

    def _begin(self, resource: Resource, order: _Order) -> _Attempt:
        owner, keep = self._tracker.owner_of(resource), self._keep_of(resource, order)
        held, share = resource.bytes, (100.0 - keep) / 100.0
        claimed = None if held is None else int(held * share)
        promised = None if resource.expected is None else int(resource.expected * share)
        attempt = _Attempt(resource, held, claimed, promised, held)
        if owner is None:
            attempt.outcome = ReleaseOutcome.FAILED
            return attempt
        compress = keep > 0 and self._policies()[resource.kind].compress_first and self._hands.compress()
        attempt.compressed = compress
        attempt.outcome = self._call("release", resource, lambda: owner.release(keep, compress=compress))
        return attempt

    def _call(self, what: str, resource: Resource, act: Callable[[], None]) -> ReleaseOutcome | None:
        """Have an owner do something; None when it did."""
        run: Run[None] = Run(f"{what} {resource.name}", lambda _cancel: act(), self._clock)
        ended = run.wait(RELEASE_SECONDS)
        if ended is None:
            log.warning("%s does not %s within %.0f s", resource.name, what, RELEASE_SECONDS)
            return ReleaseOutcome.TIMED_OUT
        if ended.error is not None:
            log.warning("%s could not %s", resource.name, what, exc_info=ended.error)
            return ReleaseOutcome.FAILED
        return None

    def _is_done(self, attempt: _Attempt, share: float) -> bool:
        """Measure once more, unless there is nothing to wait for."""
        if attempt.outcome is not None:
            return True
        owner = self._tracker.owner_of(attempt.resource)
        attempt.left = self._measure(attempt.resource, owner) if owner is not None else 0
        if attempt.left == 0:
            return True
        if attempt.freed is None or not attempt.promised:
            return False
        return attempt.freed >= share * attempt.promised

    def _is_confirmed(self, attempts: Sequence[_Attempt], share: float, before: MachineMemory) -> bool:
        """Whether the system agrees, too, where a server says that models are gone."""
        if not any(attempt.resource.kind.is_model for attempt in attempts):
            return True
        if self._clock.monotonic() - self._refreshed_at >= REFRESH_SECONDS:
            self._refreshed_at = self._clock.monotonic()
            self._hands.refresh()
        now = self._hands.measure()
        for kind in (ResourceKind.MODEL_SHARDS, ResourceKind.MODEL_WEIGHTS_CACHE):
            said = sum(a.freed or 0 for a in attempts if a.resource.kind is kind)
            came_back = _came_back(kind, before, now)
            if said and came_back is not None and came_back < share * said:
                return False
        return True

    def _measure(self, resource: Resource, owner: Releasable) -> int | None:
        measured: list[int | None] = []
        outcome = self._call("measure", resource, lambda: measured.append(owner.measure()))
        return measured[0] if outcome is None else None

    # -- the proof

    def _record(
        self, attempt: _Attempt, attempts: Sequence[_Attempt], before: MachineMemory, after: MachineMemory
    ) -> ReleaseRecord:
        resource, freed = attempt.resource, attempt.freed
        if resource.kind.is_model:
            came_back = _came_back(resource.kind, before, after)
            same = [other for other in attempts if other.resource.kind is resource.kind]
            if freed is not None:
                freed = _as_measured(freed, sum(other.freed or 0 for other in same), came_back)
            elif attempt.left == 0 and len(same) == 1 and came_back is not None:
                freed = max(0, came_back)  # its server names no sizes, and it is gone
        outcome = attempt.outcome or self._judge(attempt, freed)
        if freed is not None and attempt.claimed:
            self._tracker.learn(resource, freed / attempt.claimed)
            if freed * 100 < BROKEN_PROMISE * (attempt.promised or 0):
                name = f"{resource.kind.value} {resource.name}"
                log.warning("%s brought %d of %d bytes", name, freed, attempt.promised)
        if outcome not in (ReleaseOutcome.RELEASED, ReleaseOutcome.PARTLY):
            with self._lock:
                self._alone_until[resource.id] = self._clock.monotonic() + LEFT_ALONE_SECONDS
        return ReleaseRecord(
            resource.kind, resource.name, attempt.claimed, freed, outcome, attempt.compressed
        )

    def _judge(self, attempt: _Attempt, freed: int | None) -> ReleaseOutcome:
        if freed is None:
            return ReleaseOutcome.UNMEASURED
        percent = 100.0 * freed / attempt.claimed if attempt.claimed else 100.0
        if percent >= self._hands.limits().reclaim_done:
            return ReleaseOutcome.RELEASED
        return ReleaseOutcome.PARTLY if percent >= BROKEN_PROMISE else ReleaseOutcome.KEPT


def _came_back(kind: ResourceKind, before: MachineMemory, after: MachineMemory) -> int | None:
    """What the system says came back where models of this kind are, signed; None when it does not say."""
    if kind is ResourceKind.MODEL_SHARDS:
        if before.vram_used is None or after.vram_used is None:
            return None
        return before.vram_used - after.vram_used
    if before.ram_available is None or after.ram_available is None:
        return None
    return after.ram_available - before.ram_available


def _as_measured(freed: int, all_freed: int, came_back: int | None) -> int:
    """A server says that ``freed`` of ``all_freed`` bytes are gone: this one's part of what the system confirms."""
    if came_back is None or all_freed <= 0 or came_back >= all_freed:
        return freed
    return int(freed * max(0, came_back) / all_freed)
