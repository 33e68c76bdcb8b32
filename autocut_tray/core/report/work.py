"""What was described in a span, where, how fast, and what failed: read off the flight recorder's tape.

A tape of 30 days has millions of lines, most of which are readings alone: only those that tell of work are parsed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.governor_types import Tier

Json = dict[str, Any]

_TELLING = ('"units"', '"work"', '"at"', '"start"')


@frozen
class TierWork:
    """``seconds``: mean of a description that went well, None where none was timed. ``failed``: attempts."""

    described: int
    failed: int
    seconds: float | None


@frozen
class Step:
    """A piece of the span: when it begins, scenes described and attempts that failed in it."""

    at: float
    described: int
    failed: int


@frozen
class Work:
    """``busy_s``: seconds in which there was work to do. ``failures``: attempts by class, those that somebody
    cancelled apart. ``steps``: ``step_s`` seconds each, only those with results."""

    tiers: Mapping[Tier, TierWork]
    failures: Mapping[FailureClass, int]
    cancelled: int
    busy_s: float
    step_s: float
    steps: tuple[Step, ...]

    @property
    def described(self) -> int:
        return sum(tier.described for tier in self.tiers.values())

    @property
    def failed(self) -> int:
        return sum(self.failures.values())

    @property
    def failure_rate(self) -> float | None:
        """Share 0-1 of the attempts; None where nothing was tried."""
        tried = self.described + self.failed
        return self.failed / tried if tried else None

    @property
    def seconds(self) -> float | None:
        """Mean of a description on whatever tier; None where none was timed."""
        timed = [tier for tier in self.tiers.values() if tier.seconds is not None]
        count = sum(tier.described for tier in timed)
        return sum((tier.seconds or 0.0) * tier.described for tier in timed) / count if count else None

    @property
    def per_hour(self) -> float | None:
        """Scenes described an hour while there was work; None below a minute of it."""
        return self.described / self.busy_s * 3600.0 if self.busy_s >= 60.0 else None

    @property
    def extra_s(self) -> float:
        """How much longer the lower tiers took for their scenes than the best tier at work here would have."""
        timed = [tier for tier in self.tiers.values() if tier.seconds is not None and tier.described]
        best = timed[0].seconds if timed else None
        return sum(max(0.0, (tier.seconds or 0.0) - (best or 0.0)) * tier.described for tier in timed[1:])


@dataclass(slots=True)
class _Tally:
    described: int = 0
    failed: int = 0
    timed: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Reader:
    """Follows the tape. ``offset``: of its clock to the time of day; ``busy_since``: on its clock."""

    since: float
    until: float
    step_s: float
    offset: float = 0.0
    busy_since: float | None = None
    busy_s: float = 0.0
    cancelled: int = 0
    tiers: dict[Tier, _Tally] = field(default_factory=dict)
    failures: Counter[FailureClass] = field(default_factory=Counter)
    steps: dict[int, _Tally] = field(default_factory=dict)

    def take(self, line: Json, last: float | None) -> None:
        """``last``: of the line before, on the clock of its own run; None for the first."""
        t = float(line["t"])
        if "at" in line:
            was_busy = self.busy_since is not None
            self.rest(last)
            self.offset = float(line["at"]) - t
            if was_busy and "start" not in line:
                self.busy_since = t
        if "work" in line:
            self._work(t, line["work"] is True)
        at = t + self.offset
        if self.since <= at <= self.until:
            for unit in line.get("units", ()):
                self._unit(at, unit)

    def rest(self, t: float | None) -> None:
        """Nothing was worked on after ``t``, as far as the tape knows."""
        if t is not None:
            self._work(t, False)
        self.busy_since = None

    def _work(self, t: float, wanted: bool) -> None:
        if self.busy_since is not None and not wanted:
            begin, end = self.busy_since + self.offset, t + self.offset
            self.busy_s += max(0.0, min(end, self.until) - max(begin, self.since))
            self.busy_since = None
        elif self.busy_since is None and wanted:
            self.busy_since = t

    def _unit(self, at: float, unit: Json) -> None:
        if not unit["ok"]:
            failure = FailureClass(unit.get("kind", FailureClass.TIER.value))
            if failure is FailureClass.CANCEL:
                self.cancelled += 1
                return
            self.failures[failure] += 1
        for tally in (
            self.tiers.setdefault(Tier(unit["tier"]), _Tally()) if unit.get("tier") else _Tally(),
            self.steps.setdefault(int((at - self.since) // self.step_s), _Tally()),
        ):
            tally.described += bool(unit["ok"])
            tally.failed += not unit["ok"]
            if unit["ok"] and unit.get("seconds") is not None:
                tally.timed += 1
                tally.seconds += float(unit["seconds"])


def read_work(lines: Iterable[str], since: float, until: float, steps: int = 48) -> Work:
    """What the tape's lines tell of the time between two moments (seconds since the epoch), in up to ``steps``
    pieces."""
    reader = _Reader(since, until, max(1.0, (until - since) / steps))
    before: str | None = None
    for text in lines:
        if any(word in text for word in _TELLING):
            line = json.loads(text)
            last = json.loads(before)["t"] if before is not None and "at" in line else None
            reader.take(line, last)
        before = text
    reader.rest(json.loads(before)["t"] if before is not None else None)
    return Work(
        {
            tier: TierWork(
                tally.described, tally.failed, tally.seconds / tally.timed if tally.timed else None
            )
            for tier, tally in sorted(reader.tiers.items(), key=lambda pair: list(Tier).index(pair[0]))
        },
        {failure: reader.failures[failure] for failure in FailureClass if reader.failures[failure]},
        reader.cancelled,
        reader.busy_s,
        reader.step_s,
        tuple(
            Step(since + number * reader.step_s, tally.described, tally.failed)
            for number, tally in sorted(reader.steps.items())
        ),
    )
