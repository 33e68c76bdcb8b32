"""When a better tier may be tried again: back-off per tier, the flap lock, and what survives a restart."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import Any

from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import DUST, Tier

_SCHEMA = 1
_NEVER = -math.inf


@frozen
class Carryover:
    """What a new start may believe of the one before; the tier is not among it.

    Ages and remaining times are seconds, because monotonic clocks do not outlive a start.
    ``usual_seconds``: the median of a healthy unit.
    """

    k: Mapping[Tier, int] = field(default_factory=lambda: MappingProxyType({}))
    degraded_ago: float | None = None
    raised_ago: tuple[float, ...] = ()
    lock_left: float | None = None
    usual_seconds: Mapping[Tier, float] = field(default_factory=lambda: MappingProxyType({}))
    pin: Tier | None = None
    forced: Tier | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "schema": _SCHEMA,
            "k": {tier.value: k for tier, k in self.k.items()},
            "degraded_ago": self.degraded_ago,
            "raised_ago": list(self.raised_ago),
            "lock_left": self.lock_left,
            "usual_seconds": {tier.value: seconds for tier, seconds in self.usual_seconds.items()},
            "pin": self.pin.value if self.pin else None,
            "forced": self.forced.value if self.forced else None,
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Carryover:
        """Read it back; raises ValueError for anything that :meth:`to_dict` does not write."""
        try:
            if document["schema"] != _SCHEMA:
                raise ValueError(f"schema {document['schema']!r}")
            return cls(
                k={Tier(name): _k(value) for name, value in document["k"].items()},
                degraded_ago=_age_or_none(document["degraded_ago"]),
                raised_ago=tuple(_age(value) for value in document["raised_ago"]),
                lock_left=_age_or_none(document["lock_left"]),
                usual_seconds={Tier(name): _age(value) for name, value in document["usual_seconds"].items()},
                pin=_tier_or_none(document["pin"]),
                forced=_tier_or_none(document["forced"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a governor's carry-over: {error!r}") from error

    def after(self, away: float) -> Carryover:
        """The same, ``away`` seconds later."""
        return Carryover(
            k=self.k,
            degraded_ago=None if self.degraded_ago is None else self.degraded_ago + away,
            raised_ago=tuple(age + away for age in self.raised_ago),
            lock_left=None if self.lock_left is None or self.lock_left <= away else self.lock_left - away,
            usual_seconds=self.usual_seconds,
            pin=self.pin,
            forced=self.forced,
        )


class Recovery:
    """Remembers changes and failed recoveries, and says how long the next one has to wait."""

    def __init__(self, limits: Thresholds, ladder: Sequence[Tier], t: float, carried: Carryover) -> None:
        self._limits = limits
        self._rank = {tier: rank for rank, tier in enumerate(ladder)}
        self.k = {tier: carried.k.get(tier, 0) for tier in ladder}
        self._failed_at = dict.fromkeys(ladder, _NEVER)
        self._degraded_at = _NEVER if carried.degraded_ago is None else t - carried.degraded_ago
        recent = sorted(t - age for age in carried.raised_ago)
        self._raised: deque[float] = deque(recent, maxlen=limits.flap_changes)
        self._locked_until = None if carried.lock_left is None else t + carried.lock_left
        self._healthy_since: dict[Tier, float | None] = dict.fromkeys(ladder)

    def locked_until(self, t: float) -> float | None:
        """When upward changes are possible again; None when they are."""
        until = self._locked_until
        return until if until is not None and t < until - DUST else None

    def rested(self, t: float, tier: Tier, *, at_once: bool) -> bool:
        """True when the last degradation and the last failed recovery to ``tier`` are long enough ago.

        ``at_once``: no rest while no recovery to it failed.
        """
        k = self.k[tier]
        if at_once and k == 0:
            return True
        rest = min(self._limits.backoff_max, self._limits.backoff_base * 2.0 ** min(k, 64))
        return t - max(self._degraded_at, self._failed_at[tier]) >= rest - DUST

    def failed(self, t: float, tier: Tier) -> None:
        """A recovery to ``tier`` failed, in its probe or in its probation."""
        self.k[tier] += 1
        self._failed_at[tier] = t

    def stands_on(self, t: float, tier: Tier) -> None:
        """The tier is this one from now on: every worse one is out of use, which counts as healthy too."""
        for other, rank in self._rank.items():
            if rank < self._rank[tier]:
                self._healthy_since[other] = None
            elif self._healthy_since[other] is None:
                self._healthy_since[other] = t

    def degraded(self, t: float) -> None:
        self._degraded_at = t

    def raised(self, t: float) -> float | None:
        """Note an automatic upward change; the end of the lock when it was one too many."""
        limits = self._limits
        self._raised.append(t)
        if len(self._raised) == limits.flap_changes and t - self._raised[0] < limits.flap_window - DUST:
            self._locked_until = t + limits.flap_lock
            return self._locked_until
        return None

    def forgive(self, t: float) -> list[tuple[Tier, int]]:
        """Forget the failed recoveries to each tier that, or a better one, has held for long; what was forgotten."""
        forgiven = []
        for tier, k in self.k.items():
            since = self._healthy_since[tier]
            if k and since is not None and t - since >= self._limits.backoff_reset - DUST:
                self.k[tier] = 0
                forgiven.append((tier, k))
        return forgiven

    def restart_timers(self, t: float) -> None:
        """After a gap health is counted afresh; locks and rests are points in time and stay."""
        for tier, since in self._healthy_since.items():
            if since is not None:
                self._healthy_since[tier] = t

    def carryover(
        self, t: float, usual: Mapping[Tier, float], pin: Tier | None, forced: Tier | None
    ) -> Carryover:
        until = self.locked_until(t)
        return Carryover(
            k={tier: k for tier, k in self.k.items() if k},
            degraded_ago=None if self._degraded_at == _NEVER else t - self._degraded_at,
            raised_ago=tuple(t - raised for raised in self._raised),
            lock_left=None if until is None else until - t,
            usual_seconds=usual,
            pin=pin,
            forced=forced,
        )


def _age(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ValueError(f"not a number of seconds: {value!r}")
    return float(value)


def _age_or_none(value: Any) -> float | None:
    return None if value is None else _age(value)


def _k(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"not a number of failed recoveries: {value!r}")
    return value


def _tier_or_none(value: Any) -> Tier | None:
    return None if value is None else Tier(value)
