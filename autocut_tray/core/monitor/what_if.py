"""What the governor would have decided under other limits, against what it did decide.

Both courses are computed from the flight recorder's trace by the same code, so "as set" is what really happened. Up
to the first difference the answer is certain. After it the machine would have read differently (a model that stays
loaded holds memory; scenes take longer or fail elsewhere), and nobody has measured that: from there on the other
course is what the limits would have made of the readings that were recorded.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from autocut_tray.core.frozen import frozen
from autocut_tray.core.monitor.replay import Player, read_lines, readable
from autocut_tray.core.monitor.trace import TraceLine
from autocut_tray.core.policy.governor_types import Cause, Tier

Json = dict[str, Any]

STILL = 60.0
"""Seconds between two lines from which on nobody was watching: such a time counts for no tier."""

_BEGINNINGS = frozenset({Cause.START.value, Cause.POLICY.value})
"""Where a day begins, and what another policy asks for: no decision about a limit."""

_BREATHE_EVERY = 50
"""Lines; each takes about 50 µs."""


@frozen
class Course:
    """One way it went. ``switches``: changes of tier, starts and new policies apart. ``seconds``: in each tier.

    ``changes``: every change of tier and memory level, as ``replay`` tells them.
    """

    switches: int
    seconds: Mapping[Tier, float]
    changes: tuple[Json, ...]


@frozen
class Difference:
    """The first decision that is not the same in both courses: when, and what it was in each (None: nothing)."""

    at: float
    as_set: Json | None
    would: Json | None


@frozen
class Comparison:
    """``since``, ``until``: what was looked at, seconds since the epoch. ``recorded``: seconds of it that are on
    record."""

    since: float
    until: float
    changes: Mapping[str, float]
    recorded: float
    as_set: Course
    would: Course
    difference: Difference | None

    def to_json(self) -> Json:
        """The last line of a replayed history."""
        difference = self.difference
        return {
            "event": "comparison",
            "from": self.since,
            "to": self.until,
            "set": dict(self.changes),
            "recorded_s": round(self.recorded, 1),
            "as_set": _course_json(self.as_set),
            "would": _course_json(self.would),
            "first_difference": None
            if difference is None
            else {"at": difference.at, "as_set": difference.as_set, "would": difference.would},
            "certain_until": self.until if difference is None else difference.at,
        }


def compare(
    lines: Iterable[str],
    changes: Mapping[str, float],
    since: float,
    until: float,
    breathe: Callable[[float], None] = lambda _at: None,
) -> Comparison:
    """Play the trace of a flight recorder twice from ``since`` on, under its own limits and with ``changes``.

    Lines before ``since`` only bring the governor to where it was then. Raises InputError for a trace that makes no
    sense, SettingsError for changes that the limits do not take. ``breathe`` is called every few milliseconds with
    the moment that is reached; it may wait, or raise to end the work.
    """
    as_set, would = _Track(Player()), None
    for number, line in enumerate(read_lines(readable(lines))):
        at = as_set.player.moment(line)
        if number % _BREATHE_EVERY == 0 and at is not None:
            breathe(at)
        if at is not None and at > until:
            break
        if would is None and as_set.player.started and at is not None and at >= since:
            would = _Track(as_set.player.fork(changes))
            as_set.forget()
        as_set.play(line)
        if would is not None:
            would.play(line)
    if would is None:  # of this time nothing is recorded
        would = as_set = _Track(Player())
    return Comparison(
        since,
        until,
        dict(changes),
        as_set.recorded,
        as_set.course(),
        would.course(),
        _first_difference(as_set.changes, would.changes),
    )


class _Track:
    """Plays lines and adds up."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.changes: list[Json] = []
        self.recorded = 0.0
        self._seconds = dict.fromkeys(Tier, 0.0)
        self._t: float | None = None

    def play(self, line: TraceLine) -> None:
        """Feed one line, and count the time before it for the tier of then."""
        if "start" in line.keys:
            self._t = None
        passed = 0.0 if self._t is None else line.t - self._t
        if passed < STILL:
            self._seconds[self.player.tier] += passed
            self.recorded += passed
        self._t = line.t
        told = self.player.play(line)
        self.changes += [change for change in told if change["event"] in ("tier", "memory")]

    def forget(self) -> None:
        """Count from here."""
        self.changes, self.recorded, self._t = [], 0.0, None
        self._seconds = dict.fromkeys(Tier, 0.0)

    def course(self) -> Course:
        moves = [one for one in self.changes if one["event"] == "tier" and one["cause"] not in _BEGINNINGS]
        return Course(len(moves), self._seconds, tuple(self.changes))


def _first_difference(as_set: Sequence[Json], would: Sequence[Json]) -> Difference | None:
    for a, b in itertools.zip_longest(as_set, would):
        if a is None or b is None or _what(a) != _what(b):
            at = min(one["at"] for one in (a, b) if one is not None)
            first, second = (one if one is not None and one["at"] == at else None for one in (a, b))
            return Difference(at, first, second)
    return None


def _what(change: Json) -> tuple[float, str, str, str]:
    return change["at"], change["event"], change["from"], change["to"]


def _course_json(course: Course) -> Json:
    seconds = {tier.value: round(spent, 1) for tier, spent in course.seconds.items()}
    return {"switches": course.switches, "seconds": seconds}
