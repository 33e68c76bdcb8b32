"""What the results of units do to their tier: windows, breakers, probation, and servers that ask to wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.policy.governor_failures import COUNTED, PoisonWatch, UnitWindow, Verdict
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import (
    DUST,
    Action,
    BreakerChange,
    BreakerState,
    BreakerView,
    Cause,
    Evidence,
    Metric,
    Poison,
    Throttled,
    Tier,
    UnitResult,
)


class Breaker:
    """Keeps work from a tier that failed, until it was tried again."""

    __slots__ = ("cause", "retry_at", "state")

    def __init__(self) -> None:
        self.state = BreakerState.CLOSED
        self.cause: Cause | None = None
        self.retry_at: float | None = None

    def set(self, state: BreakerState, cause: Cause | None, retry_at: float | None = None) -> None:
        """``retry_at``: when an open one may be tried, monotonic seconds; None = only after a change from outside."""
        self.state, self.cause, self.retry_at = state, cause, retry_at

    @property
    def closed(self) -> bool:
        return self.state is BreakerState.CLOSED

    @property
    def blocked(self) -> bool:
        """Open for a reason that no trial can remove."""
        return self.state is BreakerState.OPEN and self.retry_at is None

    def may_be_tried(self, t: float) -> bool:
        if self.state is not BreakerState.OPEN:
            return True
        return self.retry_at is not None and t >= self.retry_at - DUST

    @property
    def view(self) -> BreakerView:
        return BreakerView(self.state, self.cause, self.retry_at)


@dataclass(slots=True)
class Probation:
    """The first units on a tier that was just regained; ``origin`` is where it was tried from."""

    tier: Tier
    origin: Tier
    left: int


class TierHealth:
    """Knows which tiers work. Opens and closes their breakers; leaving a tier is for the governor."""

    def __init__(
        self, limits: Thresholds, tiers: Sequence[Tier], usual_seconds: Mapping[Tier, float]
    ) -> None:
        self._limits = limits
        self.breakers = {tier: Breaker() for tier in tiers}
        self._windows = {tier: UnitWindow(limits, usual_seconds.get(tier)) for tier in tiers}
        self._poison = PoisonWatch()
        self._probation: Probation | None = None
        self._throttled: dict[Tier, float] = {}
        self._restarts: deque[float] = deque(maxlen=limits.crash_restarts)
        self._gap_at: float | None = None

    @property
    def probation_left(self) -> int:
        """Units that the tier in use must still do well before it is trusted."""
        return self._probation.left if self._probation else 0

    @property
    def usual_seconds(self) -> dict[Tier, float]:
        """The median of a healthy unit, for tiers that have done enough of them."""
        medians = {tier: window.usual_seconds for tier, window in self._windows.items()}
        return {tier: seconds for tier, seconds in medians.items() if seconds is not None}

    def failure_percent(self, t: float, tier: Tier) -> float | None:
        return self._windows[tier].failure_percent(t)

    def throttled_until(self, t: float, tier: Tier) -> float | None:
        until = self._throttled.get(tier)
        return until if until is not None and t < until - DUST else None

    def take(self, t: float, tier: Tier, result: UnitResult, actions: list[Action]) -> Verdict | None:
        """Note how a unit on ``tier`` ended; a verdict when the tier must not be used any more."""
        failure, seconds = result.failure, result.seconds
        through_gap = self._gap_at is not None and t - (seconds or 0.0) <= self._gap_at
        if failure is None:
            return self._succeeded(t, tier, result, None if through_gap else seconds, actions)
        if through_gap:
            return None
        if failure is FailureClass.CONFIG:
            self.open(t, tier, Cause.CONFIG, None, actions)
            return Verdict(Evidence(Cause.CONFIG))
        if failure is FailureClass.BUDGET:
            retry_at = None if result.retry_after is None else t + result.retry_after
            self.open(t, tier, Cause.BUDGET, retry_at, actions)
            return Verdict(Evidence(Cause.BUDGET))
        if failure is FailureClass.THROTTLE:
            self._throttle(t, tier, result.retry_after, actions)
        elif failure in COUNTED and not self._is_poison(t, tier, result, actions):
            return self._failed(t, tier, result, actions)
        return None

    def begin_probation(self, t: float, tier: Tier, origin: Tier, actions: list[Action]) -> None:
        """``tier`` is in use again: old failures no longer count, the next ones do at once."""
        self._windows[tier].clear()
        self._probation = Probation(tier, origin, self._limits.probation_units)
        breaker = self.breakers[tier]
        if not breaker.closed:
            self._change(t, tier, BreakerState.HALF_OPEN, breaker.cause or Cause.PROBE, None, actions)

    def end_probation(self) -> None:
        """The tier was left for another reason than its units."""
        self._probation = None

    def open(self, t: float, tier: Tier, cause: Cause, retry_at: float | None, actions: list[Action]) -> None:
        """Keep work from ``tier`` until a trial at ``retry_at`` or, with None, until something changes."""
        self._change(t, tier, BreakerState.OPEN, cause, retry_at, actions)

    def trip(self, t: float, tier: Tier, cause: Cause, actions: list[Action]) -> None:
        """Keep work from ``tier`` for the usual time."""
        self.open(t, tier, cause, t + self._limits.breaker_open, actions)

    def unblock(self, t: float, causes: AbstractSet[Cause], actions: list[Action]) -> None:
        """Close the breakers that were opened for one of ``causes``, which no longer holds."""
        for tier, breaker in self.breakers.items():
            if breaker.cause in causes:
                self._change(t, tier, BreakerState.CLOSED, None, None, actions)

    def worker_restarted(self, t: float) -> Evidence | None:
        """Note a restart; evidence of a crash loop when there were too many."""
        limits, restarts = self._limits, self._restarts
        restarts.append(t)
        span = t - restarts[0]
        if len(restarts) < limits.crash_restarts or span > limits.crash_window + DUST:
            return None
        count = float(len(restarts))
        restarts.clear()
        return Evidence(Cause.CRASH_LOOP, Metric.WORKER_RESTARTS, count, float(limits.crash_restarts), span)

    def restart_timers(self, t: float) -> None:
        """Time was lost before ``t``: units that ran through it say nothing about their tier."""
        self._gap_at = t
        self._restarts.clear()
        for window in self._windows.values():
            window.forget_streak()

    def _succeeded(
        self, t: float, tier: Tier, result: UnitResult, seconds: float | None, actions: list[Action]
    ) -> Verdict | None:
        window, probation = self._windows[tier], self._probation
        window.add(t, None, seconds, result.file_id)
        if result.file_id is not None:
            self._poison.succeeded(result.file_id)
        if probation and probation.tier is tier:
            probation.left -= 1
            if probation.left <= 0:
                self._probation = None
                if not self.breakers[tier].closed:
                    self._change(t, tier, BreakerState.CLOSED, None, None, actions)
            return None
        return self._judge(t, tier, actions)  # a success may still have been slow

    def _failed(self, t: float, tier: Tier, result: UnitResult, actions: list[Action]) -> Verdict | None:
        self._windows[tier].add(t, result.failure, result.seconds, result.file_id)
        probation = self._probation
        if probation is None or probation.tier is not tier:
            return self._judge(t, tier, actions)
        self._probation = None
        self.trip(t, tier, Cause.PROBATION, actions)
        return Verdict(Evidence(Cause.PROBATION), hard=True, back_to=probation.origin)

    def _judge(self, t: float, tier: Tier, actions: list[Action]) -> Verdict | None:
        verdict = self._windows[tier].verdict(t)
        if verdict is None or self.breakers[tier].state is BreakerState.OPEN:
            return None
        self.trip(t, tier, verdict.why.cause, actions)
        return verdict

    def _is_poison(self, t: float, tier: Tier, result: UnitResult, actions: list[Action]) -> bool:
        """True when the file has now failed on two tiers. A server that is down says nothing about a file."""
        if result.file_id is None or result.failure is FailureClass.DOWN:
            return False
        tiers = self._poison.failed(result.file_id, tier)
        if tiers is None:
            return False
        for failed in tiers:
            self._windows[failed].forget_file(result.file_id)
        actions.append(Poison(t, result.file_id, tiers))
        return True

    def _throttle(self, t: float, tier: Tier, seconds: float | None, actions: list[Action]) -> None:
        wait = self._limits.throttle_default if seconds is None else seconds
        until = max(t + wait, self._throttled.get(tier, t))
        self._throttled[tier] = until
        actions.append(Throttled(t, tier, until))

    def _change(
        self,
        t: float,
        tier: Tier,
        state: BreakerState,
        cause: Cause | None,
        retry_at: float | None,
        actions: list[Action],
    ) -> None:
        self.breakers[tier].set(state, cause, retry_at)
        actions.append(BreakerChange(t, tier, state, cause, retry_at))
