"""By which model, and where, the scenes of a job with a time limit are described so that it is kept: pure."""

from __future__ import annotations

import enum

from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.policy import Route

_BACK, _RELOAD_SECONDS = 0.85, 30.0
"""A job returns to the usual way where that fits into so much of the time left, less what loading a model again may
take: so that it does not go to and fro."""


@frozen
class Way:
    """``seconds``: of wall time that a scene takes this way; None: nobody knows."""

    route: Route
    seconds: float | None


@frozen
class Ways:
    """What a job may use now. ``usual``: what it uses without a time limit, None: nothing works. ``others``: in the
    order in which they are preferred. ``held``: a person's pin or forced tier keeps it to the usual one."""

    usual: Way | None = None
    others: tuple[Way, ...] = ()
    held: bool = False


class Turn(enum.Enum):
    """Why a job goes another way; the values are causes of receipts.

    ``DEADLINE``: to keep the limit. ``BACK``: the usual way is enough. ``OVER``: the run ended. ``FAILED``: it did
    not work, or may not be used any more.
    """

    DEADLINE = "deadline"
    BACK = "deadline_back"
    OVER = "deadline_over"
    FAILED = "deadline_failed"


@frozen
class Switch:
    """A job goes from one way to another. ``needed``: seconds that a scene may take, None where none are counted."""

    source: Way
    target: Way
    turn: Turn
    needed: float | None = None


def choose(ways: Ways, left: float, scenes: int, current: Route | None) -> Way | None:
    """The way for the next of ``scenes`` that are left to do in ``left`` seconds; ``current``: the one of now.

    The usual one wherever it is enough, is all there is, or its speed is still to be found out. Else the first that
    is enough; where none is, the one that does most of them.
    """
    usual = ways.usual
    if usual is None or usual.seconds is None or ways.held:
        return usual
    if scenes <= 0:
        return next((way for way in ways.others if way.route == current), usual)
    here = current in (None, usual.route)
    if usual.seconds * scenes <= (left if here else left * _BACK - _RELOAD_SECONDS):
        return usual
    known = [(way, way.seconds) for way in (usual, *ways.others) if way.seconds is not None]
    done = [min(scenes, max(0, int(left / seconds))) for _, seconds in known]
    most = max(done)
    best = [way for (way, _), n in zip(known, done, strict=True) if n == most]
    return next((way for way in best if way.route == current), best[0])
