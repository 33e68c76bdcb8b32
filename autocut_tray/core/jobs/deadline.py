"""Done by a certain time: how many scenes fit, from the speed measured on this machine, and the truth when few do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime

from autocut_tray.core.clock import Clock
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.governor_types import Tier

OWN_PACE_FROM = 3
"""Scenes of this very job after which its own speed counts, not what was measured before."""


@frozen
class Speeds:
    """Seconds of wall time a scene takes: ``now`` on the ``tier`` of now, ``others`` on all that the job may use."""

    tier: Tier | None = None
    now: float | None = None
    others: Mapping[Tier, float] = field(default_factory=dict)


def share_of(finish_by: float, now: float, jobs: int) -> float:
    """When the first of ``jobs`` videos must be done so that all of them are by ``finish_by``; all in seconds."""
    return now + max(0.0, finish_by - now) / max(1, jobs)


class Pacer:
    """Counts what one job may still do until ``until``; both times in seconds since the epoch.

    ``finish_by``: what the person said, which several videos may have to share. Not safe to call from several
    threads at once.
    """

    def __init__(self, clock: Clock, finish_by: float, until: float, speeds: Callable[[], Speeds]) -> None:
        self._clock = clock
        self._finish_by = finish_by
        self._until = until
        self._speeds = speeds
        self._began: float | None = None
        self._done = 0

    @property
    def left(self) -> float:
        """Seconds; negative once it is over."""
        return self._until - self._clock.time()

    def begin(self) -> None:
        """The first scene of this run begins now."""
        if self._began is None:
            self._began = self._clock.time()

    def count(self) -> None:
        """One more scene is described."""
        self._done += 1

    def seconds(self) -> float | None:
        """A scene on average: this job's own pace, else what was measured before; None where nobody knows."""
        if self._began is not None and self._done >= OWN_PACE_FROM:
            return max(0.001, (self._clock.time() - self._began) / self._done)
        return self._speeds().now

    def more(self) -> int:
        """How many scenes still fit, those under way included: one at a time while the speed is unknown."""
        left, seconds = self.left, self.seconds()
        if left <= 0:
            return 0
        return 1 if seconds is None else int(left / seconds)

    def words(self, done: int, wanted: int) -> Message:
        """What comes of it; ``wanted``: how many scenes would be described without an end."""
        time, seconds, fits = clock_words(self._finish_by, self._clock.time()), self.seconds(), self.more()
        if seconds is None and self.left > 0:
            return message("deadline-unknown", time=time)
        if done >= wanted or done + fits >= wanted:
            return message("deadline-fits", n=wanted, time=time)
        pace = _figure(seconds)
        if self.left <= 0:
            return message("deadline-over", n=done, wanted=wanted, time=time)
        tier = self._faster(done, fits, wanted)
        if tier is not None:
            return message(
                "deadline-fewer-tier", n=done + fits, wanted=wanted, time=time, pace=pace, tier=tier.value
            )
        return message("deadline-fewer", n=done + fits, wanted=wanted, time=time, pace=pace)

    def _faster(self, done: int, fits: int, wanted: int) -> Tier | None:
        """Another tier that the job may use, where clearly more scenes would fit."""
        speeds = self._speeds()
        others = {
            tier: int(self.left / seconds)
            for tier, seconds in speeds.others.items()
            if tier is not speeds.tier
        }
        best = max(others, key=lambda tier: others[tier], default=None)
        return best if best is not None and min(others[best], wanted - done) > fits else None


def clock_words(at: float, now: float) -> str:
    """``18:00``, with its day where that is not today."""
    moment = datetime.fromtimestamp(at)
    today = moment.date() == datetime.fromtimestamp(now).date()
    return moment.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")


def _figure(seconds: float | None) -> str:
    return "?" if seconds is None else f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}"
