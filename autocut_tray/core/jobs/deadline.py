"""Done by a certain time: which way and how many scenes, from the speed measured here, and the truth when few fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from autocut_tray.core.clock import Clock
from autocut_tray.core.jobs.ways import Switch, Turn, Way, Ways, choose
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.models import title
from autocut_tray.core.policy.policy import Route

OWN_PACE_FROM = 3
"""Scenes of this very job after which its own speed counts, not what was measured before."""


def share_of(finish_by: float, now: float, jobs: int) -> float:
    """When the first of ``jobs`` videos must be done so that all of them are by ``finish_by``; all in seconds."""
    return now + max(0.0, finish_by - now) / max(1, jobs)


class Pacer:
    """Counts what one job may still do until ``until``, and chooses the way; both times in seconds since the epoch.

    ``finish_by``: what the person said, which several videos may have to share. ``ways``: what the job may use now.
    Not safe to call from several threads at once.
    """

    def __init__(self, clock: Clock, finish_by: float, until: float, ways: Callable[[], Ways]) -> None:
        self._clock = clock
        self._finish_by = finish_by
        self._until = until
        self._ways = ways
        self._way: Way | None = None
        self._other = False
        self._began: float | None = None
        self._done = 0
        self._paces: dict[Route, float] = {}
        """What a scene took this job, by way."""
        self._failed: set[Route] = set()

    @property
    def left(self) -> float:
        """Seconds; negative once it is over."""
        return self._until - self._clock.time()

    @property
    def other(self) -> Route | None:
        """The way of now where it is not the usual one."""
        return self._way.route if self._way is not None and self._other else None

    def begin(self) -> None:
        """The first scene of this run begins now, or the first on a new way."""
        if self._began is None:
            self._began = self._clock.time()

    def count(self, route: Route) -> None:
        """One more scene is described, by ``route``."""
        if self._way is None or route == self._way.route:
            self._done += 1

    def failed(self, route: Route) -> None:
        """This way did not work: if it is not the usual one, it is not tried again in this run."""
        if route == self.other:
            self._failed.add(route)

    def plan(self, scenes: int) -> Switch | None:
        """Choose the way for the ``scenes`` that are left; tells when it is another one."""
        ways = self._known()
        way = choose(ways, self.left, scenes, self._way.route if self._way else None)
        if way is None or ways.usual is None:
            return None
        before, was_other = self._way, self._other
        self._way, self._other = way, way.route != ways.usual.route
        if before is None or before.route == way.route:
            return self._switch(ways.usual, way, scenes) if before is None and self._other else None
        before = self._paced(before)
        self._began, self._done = None, 0
        if not was_other and not self._other:
            return None  # the control rules chose, and have their own receipt
        return self._switch(before, way, scenes)

    def end(self) -> Switch | None:
        """The run is over: what comes next begins the usual way again."""
        usual = self._known().usual
        way, other = self._way, self._other
        self._way, self._other = None, False
        return Switch(way, usual, Turn.OVER) if way is not None and other and usual is not None else None

    def seconds(self) -> float | None:
        """A scene on average: this job's own pace, else what was measured before; None where nobody knows."""
        way = self._way if self._way is not None else self._known().usual
        own = self._own_pace()
        return own if own is not None else way.seconds if way is not None else None

    def more(self) -> int:
        """How many scenes still fit, those under way included: one at a time while the speed is unknown."""
        left, seconds = self.left, self.seconds()
        if left <= 0:
            return 0
        return 1 if seconds is None else int(left / seconds)

    def words(self, done: int, wanted: int) -> Message:
        """What comes of it; ``wanted``: how many scenes would be described without an end."""
        now = self._clock.time()
        time, seconds, fits = clock_words(self._finish_by, now), self.seconds(), self.more()
        if seconds is None and self.left > 0 and done < wanted:
            return message("deadline-unknown", time=time)
        if done >= wanted or done + fits >= wanted:
            return self._said("deadline-fits", n=wanted, time=time)
        if self.left <= 0 or seconds is None:
            return message("deadline-over", n=done, wanted=wanted, time=time)
        late = (wanted - done) * seconds - self.left
        best = clock_words(self._finish_by + max(0.0, late), now)
        held = self._held_back(done, fits, wanted)
        if held is not None:
            return message(
                "deadline-fewer-held", n=done + fits, wanted=wanted, time=time, best=best, tier=held.value
            )
        return self._said(
            "deadline-fewer", n=done + fits, wanted=wanted, time=time, best=best, pace=_figure(seconds)
        )

    def _said(self, code: str, **params: str | int) -> Message:
        """With the way, where it is not the usual one."""
        other = self.other
        if other is None:
            return message(code, **params)
        kind = "cloud" if other.tier is Tier.CLOUD else "model"
        return message(f"{code}-{kind}", model=title(other.model), **params)

    def _held_back(self, done: int, fits: int, wanted: int) -> Tier | None:
        """The tier that a person's pin keeps the job on although another way would do more."""
        ways = self._known()
        if not ways.held or ways.usual is None:
            return None
        most = max((int(self.left / way.seconds) for way in ways.others if way.seconds), default=0)
        return ways.usual.route.tier if min(most, wanted - done) > fits else None

    def _known(self) -> Ways:
        """What may be used, with this job's own speeds, without what failed."""
        own = self._own_pace()
        if own is not None and self._way is not None:
            self._paces[self._way.route] = own
        ways = self._ways()
        usual = self._paced(ways.usual) if ways.usual is not None else None
        others = tuple(self._paced(way) for way in ways.others if way.route not in self._failed)
        return Ways(usual, others, ways.held)

    def _paced(self, way: Way) -> Way:
        return replace(way, seconds=self._paces.get(way.route, way.seconds))

    def _own_pace(self) -> float | None:
        if self._began is None or self._done < OWN_PACE_FROM:
            return None
        return max(0.001, (self._clock.time() - self._began) / self._done)

    def _switch(self, source: Way, target: Way, scenes: int) -> Switch:
        if self._other:
            return Switch(source, target, Turn.DEADLINE, max(0.0, self.left) / max(1, scenes))
        offered = any(way.route == source.route for way in self._known().others)
        return Switch(source, target, Turn.BACK if offered else Turn.FAILED)


def clock_words(at: float, now: float) -> str:
    """``18:00``, with its day where that is not today."""
    moment = datetime.fromtimestamp(at)
    today = moment.date() == datetime.fromtimestamp(now).date()
    return moment.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")


def _figure(seconds: float) -> str:
    return f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}"
