"""What is an alert: limits, how long a reading must stand beyond them, and what is done then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from autocut_tray.core.alert import AlertKind, AlertLevel
from autocut_tray.core.frozen import frozen
from autocut_tray.core.sample import MetricsSample
from autocut_tray.core.settings.schema import Alerts

CLEAR_SHARE = 0.9
"""A warning ends only this far below its limit, so that noise around the limit neither ends nor repeats it."""

USUAL_FACTOR = 2.0
"""A description that takes up to this many times what it usually takes here is no news, whatever the limit says."""


@frozen
class Rule:
    """``warn`` and ``critical`` are exceeded by more than their value, never by it; ``warn`` is the lower one.

    ``hold``: seconds that a reading must stand beyond a limit without a break. ``clear``: seconds that it must stay
    below before a level is left. ``cooldown``: seconds between two alerts of one level. ``scale``: the level from
    which fewer scenes are described at once; None for never. ``muted``: the desktop is told nothing of it.
    """

    warn: float
    critical: float
    hold: float
    clear: float
    cooldown: float
    scale: AlertLevel | None = None
    muted: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.warn <= self.critical:
            raise ValueError(f"limits in the wrong order: {self.warn} and {self.critical}")

    def limit(self, level: AlertLevel) -> float:
        return self.critical if level is AlertLevel.CRITICAL else self.warn

    def at_least(self, floor: float) -> Rule:
        """The same rule with both limits raised in proportion, so that ``warn`` is not below ``floor``."""
        if floor <= self.warn:
            return self
        return replace(self, warn=floor, critical=self.critical * floor / self.warn)


Rules = Mapping[AlertKind, Rule]

_LEVELS = {"never": None, "warn": AlertLevel.WARN, "critical": AlertLevel.CRITICAL}


def rules_of(chosen: Alerts) -> Rules:
    """The rules that these settings make. A warning limit above the critical one counts as equal to it."""

    def rule(warn: float, critical: float, muted: bool, scale: str = "never") -> Rule:
        return Rule(
            warn=min(warn, critical),
            critical=critical,
            hold=chosen.hold,
            clear=chosen.clear,
            cooldown=chosen.cooldown,
            scale=_LEVELS[scale],
            muted=muted,
        )

    return MappingProxyType(
        {
            AlertKind.CPU: rule(chosen.cpu_warn, chosen.cpu_critical, chosen.cpu_muted, chosen.cpu_scale),
            AlertKind.MEMORY: rule(
                chosen.memory_warn, chosen.memory_critical, chosen.memory_muted, chosen.memory_scale
            ),
            # A long queue is no reason to work on fewer scenes at once, and more than the policy's are not allowed.
            AlertKind.QUEUE: rule(chosen.queue_warn, chosen.queue_critical, chosen.queue_muted),
            AlertKind.RESPONSE: rule(
                chosen.response_warn, chosen.response_critical, chosen.response_muted, chosen.response_scale
            ),
        }
    )


def mute_setting(kind: AlertKind) -> str:
    """The path of the setting that remembers whether this alert is muted."""
    return f"alerts.{kind.value}_muted"


def readings(sample: MetricsSample) -> Mapping[AlertKind, float | None]:
    """The watched figures of one reading; None is unknown, and what cannot be is unknown, too."""
    return {
        AlertKind.CPU: _percent(sample.cpu_percent),
        AlertKind.MEMORY: _percent(sample.ram_percent),
        AlertKind.QUEUE: _amount(sample.queued),
        AlertKind.RESPONSE: _amount(sample.processing_s),
    }


def _amount(value: float | None) -> float | None:
    return float(value) if value is not None and 0.0 <= value < float("inf") else None


def _percent(value: float | None) -> float | None:
    known = _amount(value)
    return known if known is not None and known <= 100.0 else None
