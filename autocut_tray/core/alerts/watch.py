"""Decides when an alert begins and ends. Pure: no clock, thread or file; ``t`` is monotonic seconds."""

from __future__ import annotations

import math
from collections.abc import Mapping

from autocut_tray.core.alert import AlertKind, AlertLevel
from autocut_tray.core.alerts.rules import CLEAR_SHARE, Rule, Rules
from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.governor_spell import Spell
from autocut_tray.core.policy.governor_types import DUST

GAP_SECONDS = 15.0
"""Between two readings: suspend, debugger, stall. Nothing is known of that time, so every timer starts anew."""


@frozen
class Change:
    """An alert has another level from now on.

    Raised: ``value`` stood above ``threshold`` for ``held_s`` seconds. Else it stayed below, or is no longer known
    (``value`` None).
    """

    kind: AlertKind
    before: AlertLevel
    level: AlertLevel
    value: float | None
    threshold: float
    held_s: float

    @property
    def raised(self) -> bool:
        return self.level.rank > self.before.rank


class Watch:
    """Follows one figure. A reading that is unknown breaks every wait, and never raises anything."""

    def __init__(self, kind: AlertKind) -> None:
        self._kind = kind
        self.level = AlertLevel.OK
        self._above = {AlertLevel.WARN: Spell(), AlertLevel.CRITICAL: Spell()}
        self._below = {AlertLevel.WARN: Spell(), AlertLevel.CRITICAL: Spell()}
        self._unknown = Spell()
        self._raised_at = dict.fromkeys(self._above, -math.inf)

    def restart_timers(self) -> None:
        """Time was lost, or the limits are others: what stood beyond them until now does not count."""
        for spell in (*self._above.values(), *self._below.values(), self._unknown):
            spell.stop()

    def step(self, t: float, value: float | None, rule: Rule) -> Change | None:
        """Take one reading."""
        self._track(t, value, rule)
        if value is None:
            return self._forget(t, rule)
        for level in (AlertLevel.CRITICAL, AlertLevel.WARN):
            if level.rank > self.level.rank and self._is_due(t, level, rule):
                return self._raise(t, level, value, rule)
        for level in (AlertLevel.OK, AlertLevel.WARN):  # straight down to OK when that has lasted as well
            above = AlertLevel.WARN if level is AlertLevel.OK else AlertLevel.CRITICAL
            if level.rank < self.level.rank and self._below[above].lasted(t, rule.clear):
                held = self._below[above].held(t)
                return self._move(level, value, _end_of(rule, above), held)
        return None

    def _track(self, t: float, value: float | None, rule: Rule) -> None:
        self._unknown.track(t, value is None)
        for level, spell in self._above.items():
            spell.track(t, value is not None and value > rule.limit(level))
        for level, spell in self._below.items():
            spell.track(t, value is not None and value < _end_of(rule, level))

    def _is_due(self, t: float, level: AlertLevel, rule: Rule) -> bool:
        rested = t - self._raised_at[level] >= rule.cooldown - DUST
        return rested and self._above[level].lasted(t, rule.hold)

    def _raise(self, t: float, level: AlertLevel, value: float, rule: Rule) -> Change:
        for lower in self._raised_at:
            if lower.rank <= level.rank:  # a critical alert says all that the warning would
                self._raised_at[lower] = t
        return self._move(level, value, rule.limit(level), self._above[level].held(t))

    def _forget(self, t: float, rule: Rule) -> Change | None:
        """What is not known for long is no alert any more: nobody could ever see it end."""
        if self.level is AlertLevel.OK or not self._unknown.lasted(t, rule.clear):
            return None
        return self._move(AlertLevel.OK, None, _end_of(rule, AlertLevel.WARN), self._unknown.held(t))

    def _move(self, level: AlertLevel, value: float | None, threshold: float, held: float) -> Change:
        before, self.level = self.level, level
        return Change(self._kind, before, level, value, threshold, held)


def _end_of(rule: Rule, level: AlertLevel) -> float:
    """Below this a level is left: a critical alert under the warning's limit, a warning well under its own."""
    return rule.warn if level is AlertLevel.CRITICAL else CLEAR_SHARE * rule.warn


class AlertWatch:
    """Follows all figures."""

    def __init__(self) -> None:
        self._watches = {kind: Watch(kind) for kind in AlertKind}
        self._last: float | None = None

    def restart_timers(self) -> None:
        for watch in self._watches.values():
            watch.restart_timers()

    def level(self, kind: AlertKind) -> AlertLevel:
        return self._watches[kind].level

    def step(self, t: float, values: Mapping[AlertKind, float | None], rules: Rules) -> tuple[Change, ...]:
        """One tick; a figure without a rule is not watched."""
        if self._last is not None and not 0.0 <= t - self._last <= GAP_SECONDS:
            self.restart_timers()
        self._last = t
        found = (
            watch.step(t, values.get(kind), rules[kind])
            for kind, watch in self._watches.items()
            if kind in rules
        )
        return tuple(change for change in found if change is not None)
