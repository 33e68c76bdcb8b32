"""A comparison in sentences, for the command line and the window."""

from __future__ import annotations

import time
from collections.abc import Mapping

from autocut_tray.core.messages import Message, Param, message
from autocut_tray.core.monitor.what_if import Comparison, Difference, Json
from autocut_tray.core.policy.governor_thresholds import UNITS
from autocut_tray.core.policy.governor_types import Tier

_WORTH_A_WORD = 60.0
"""Seconds by which the time on a tier must differ to be told."""


def sentences(comparison: Comparison) -> tuple[Message, ...]:
    """What would have been, the most important first; the last one says how far it can be trusted."""
    if comparison.recorded <= 0:
        return (message("what-if-nothing-recorded"),)
    limits = limits_in_words(comparison.changes)
    if comparison.difference is None:
        switches = comparison.as_set.switches
        return (message("what-if-no-difference", limits=limits, n=switches), _covered(comparison))
    return (
        _switches(comparison, limits),
        *_times(comparison),
        _first(comparison.difference),
        message("what-if-uncertain", time=_moment(comparison.difference.at)),
        _covered(comparison),
    )


def limits_in_words(changes: Mapping[str, float]) -> Message:
    """``VRAM limit 90 %, Memory warning 80 %``; a limit without a name for people is told by its own."""
    words: Message | None = None
    for name, value in changes.items():
        label: Param = message(f"setting-limits-{name.replace('_', '-')}") if name in NAMED else name
        code = _WITH_UNIT.get(UNITS[name], "what-if-limit")
        one = message(code, limit=label, n=f"{value:.12g}")
        words = one if words is None else message("what-if-limits", first=words, second=one)
    return words or message("what-if-limits-none")


NAMED = frozenset(
    {"vram_on", "vram_grace", "ram_on_mib", "warn_on", "emergency_on", "failure_rate", "cpu_on"}
)
"""Limits that the settings page shows."""

_WITH_UNIT = {"%": "what-if-limit-percent", "MiB": "what-if-limit-mib", "s": "what-if-limit-seconds"}


def _switches(comparison: Comparison, limits: Message) -> Message:
    would, as_set = comparison.would.switches, comparison.as_set.switches
    if would == as_set:
        return message("what-if-switches-same", limits=limits, n=would)
    return message("what-if-switches", limits=limits, would=would, was=as_set)


def _times(comparison: Comparison) -> tuple[Message, ...]:
    """The tiers whose time would have been another."""
    told = []
    for tier in Tier:
        was, would = comparison.as_set.seconds[tier], comparison.would.seconds[tier]
        if abs(was - would) >= _WORTH_A_WORD:
            told.append(
                message("what-if-time", tier=_tier(tier.value), would=duration(would), was=duration(was))
            )
    return tuple(told)


def _first(difference: Difference) -> Message:
    return message(
        "what-if-first",
        time=_moment(difference.at),
        was=_decision(difference.as_set),
        would=_decision(difference.would),
    )


def _decision(change: Json | None) -> Message:
    if change is None:
        return message("what-if-stayed")
    if change["event"] == "memory":
        return message(f"what-if-memory-{change['to']}")
    return message("what-if-change", source=_tier(change["from"]), target=_tier(change["to"]))


def _covered(comparison: Comparison) -> Message:
    return message("what-if-covered", recorded=duration(comparison.recorded))


def duration(seconds: float) -> Message:
    """``44 s``, ``12 min``, ``2 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return message("ui-span-s", s=str(whole))
    minutes = round(whole / 60)
    if minutes < 60:
        return message("ui-span-min", m=str(minutes))
    hours, rest = divmod(minutes, 60)
    return message("ui-span-h-min", h=str(hours), m=str(rest)) if rest else message("ui-span-h", h=str(hours))


def _tier(name: str) -> Message:
    return message(f"tier-{name}")


def _moment(at: float) -> str:
    return time.strftime("%m-%d %H:%M:%S", time.localtime(at))
