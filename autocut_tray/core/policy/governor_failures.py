"""Judges a tier by how its units of work ended."""

from __future__ import annotations

from collections import OrderedDict, deque

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Cause, Evidence, Metric, Tier

COUNTED = frozenset({FailureClass.RESOURCE, FailureClass.DOWN, FailureClass.TIER})
"""Failures that say something about the tier; all others are about the file, the settings or the person."""

_SEVERE = frozenset({FailureClass.RESOURCE, FailureClass.DOWN})

_MEDIAN_OF = 49
_REMEMBERED_FILES = 512


@frozen
class Verdict:
    """A tier does not do its work. ``hard``: so badly that units in flight should not be waited for.

    ``back_to``: where the tier was tried from, when it failed its probation.
    """

    why: Evidence
    hard: bool = False
    back_to: Tier | None = None


@frozen
class UnitRecord:
    t: float
    failure: FailureClass | None
    slow: bool
    file_id: str | None


class UnitWindow:
    """The last units of one tier, and how long its units usually take.

    Slow is judged against the median of the units that were not slow, so that slowness does not become the norm.
    """

    def __init__(self, limits: Thresholds, usual_seconds: float | None = None) -> None:
        self._limits = limits
        self._records: deque[UnitRecord] = deque(maxlen=limits.failure_window_units)
        self._streak = 0
        known = [] if usual_seconds is None else [usual_seconds] * limits.slow_baseline_units
        self._healthy: deque[float] = deque(known, maxlen=max(_MEDIAN_OF, limits.slow_baseline_units))

    @property
    def usual_seconds(self) -> float | None:
        """The median of a healthy unit, None before there were enough of them."""
        enough = len(self._healthy) >= self._limits.slow_baseline_units
        if not enough:
            return None
        from statistics import median  # late: 0.4 MiB, and an idle program has no units

        return median(self._healthy)

    def add(self, t: float, failure: FailureClass | None, seconds: float | None, file_id: str | None) -> None:
        """Note a success (None) or a counted failure."""
        slow = seconds is not None and self._is_slow(seconds)
        if failure is None and seconds is not None and not slow:
            self._healthy.append(seconds)
        self._streak = self._streak + 1 if failure in _SEVERE else 0
        self._records.append(UnitRecord(t, failure, slow, file_id))

    def forget_file(self, file_id: str) -> None:
        """Take back the failures of a file that turned out to be the fault itself."""
        kept = [r for r in self._records if r.failure is None or r.file_id != file_id]
        self._records.clear()
        self._records.extend(kept)
        streak = 0
        for record in reversed(kept):
            if record.failure not in _SEVERE:
                break
            streak += 1
        self._streak = min(self._streak, streak)

    def forget_streak(self) -> None:
        self._streak = 0

    def clear(self) -> None:
        """Start afresh; how long units usually take stays known."""
        self._records.clear()
        self._streak = 0

    def failure_percent(self, t: float) -> float | None:
        """Percent of the window that failed, None while it is empty."""
        self._expire(t)
        return self._percent(sum(r.failure is not None for r in self._records)) if self._records else None

    def verdict(self, t: float) -> Verdict | None:
        """What the window says against the tier, the gravest first."""
        limits = self._limits
        rate = self.failure_percent(t)
        if self._streak >= limits.failure_streak:
            why = Evidence(
                Cause.FAILURES, Metric.FAILURE_STREAK, float(self._streak), float(limits.failure_streak)
            )
            return Verdict(why, hard=True)
        if rate is None or len(self._records) < limits.failure_min_units:
            return None
        held = t - self._records[0].t
        if rate > limits.failure_rate:
            why = Evidence(Cause.FAILURES, Metric.FAILURE_PERCENT, rate, limits.failure_rate, held)
            return Verdict(why)
        slow = self._percent(sum(r.slow for r in self._records))
        if slow >= limits.slow_share and any(r.slow for r in self._records):
            why = Evidence(Cause.SLOW, Metric.SLOW_PERCENT, slow, limits.slow_share, held)
            return Verdict(why)
        return None

    def _is_slow(self, seconds: float) -> bool:
        usual = self.usual_seconds
        if usual is None:
            return False
        return seconds > max(self._limits.slow_floor, self._limits.slow_factor * usual)

    def _expire(self, t: float) -> None:
        records = self._records
        while records and t - records[0].t > self._limits.failure_max_age:
            records.popleft()
        self._streak = min(self._streak, len(records))

    def _percent(self, part: int) -> float:
        return 100.0 * part / len(self._records)


class PoisonWatch:
    """Tells a file that fails on two tiers from two tiers that fail."""

    def __init__(self) -> None:
        self._failed_on: OrderedDict[str, Tier] = OrderedDict()

    def succeeded(self, file_id: str) -> None:
        self._failed_on.pop(file_id, None)

    def failed(self, file_id: str, tier: Tier) -> tuple[Tier, Tier] | None:
        """Note a failure; both tiers when it is the second one."""
        first = self._failed_on.setdefault(file_id, tier)
        if first is not tier:
            del self._failed_on[file_id]
            return first, tier
        if len(self._failed_on) > _REMEMBERED_FILES:
            self._failed_on.popitem(last=False)
        return None
