"""Whose turn it is at the model: so many scenes at once over all jobs together, shared out fairly between them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Claim:
    """One job at the model. ``changed`` is told when it is its turn, or may be.

    ``limited``: it has to be done by a time. ``number``: the order in which the jobs began. ``wants``: it waits for a
    place. ``seated``: its scenes under way; ``served``: when it last got a place, as a running number.
    """

    changed: threading.Condition
    limited: bool
    number: int = 0
    wants: bool = False
    seated: int = 0
    served: int = 0


def first_in_turn(claims: Iterable[Claim]) -> Claim | None:
    """Of the jobs that wait for a place, the one that gets the next; None when nobody waits.

    One with a time limit comes before those without: it is the one that began first, and the others with a limit wait
    until that one is over, because each has its share of the time. Of the rest it is the one with the fewest scenes
    under way, then the one whose last turn is the longest ago.
    """
    claims = list(claims)
    hurried = min((claim for claim in claims if claim.limited), key=_number, default=None)
    if hurried is not None and hurried.wants:
        return hurried
    waiting = (claim for claim in claims if claim.wants and not claim.limited)
    return min(waiting, key=lambda claim: (claim.seated, claim.served, claim.number), default=None)


class Turns:
    """The places at the model of all jobs. ``places``: how many there are now, at least one.

    One lock guards them and everything that jobs decide by them: each job waits on a condition of its own over it.
    Every method from :meth:`is_due` on wants that lock held.
    """

    def __init__(self, places: Callable[[], int]) -> None:
        self._lock = threading.RLock()
        self._places = places
        self._claims: list[Claim] = []
        self._numbers = itertools.count(1)

    def claim(self, *, limited: bool) -> Claim:
        """For a job that will have scenes to describe."""
        return Claim(threading.Condition(self._lock), limited)

    def enter(self, claim: Claim) -> None:
        """The job begins."""
        with self._lock:
            claim.number = next(self._numbers)
            self._claims.append(claim)

    def leave(self, claim: Claim) -> None:
        """Its scenes under way have ended, and no more come."""
        with self._lock:
            self._claims.remove(claim)
            self._call_next()

    def is_due(self, claim: Claim) -> bool:
        """Whether this job may take a place now; else it is told once it may."""
        claim.wants = True
        if not self._free:
            return False
        first = first_in_turn(self._claims)
        if first is not None and first is not claim:
            first.changed.notify_all()
        return first is claim

    def take(self, claim: Claim) -> None:
        """One more of its scenes is under way."""
        claim.seated += 1
        claim.served = next(self._numbers)
        claim.wants = False
        claim.changed.notify_all()  # its other threads may want a place, too
        self._call_next()

    def give_back(self, claim: Claim) -> None:
        """One of its scenes has ended."""
        claim.seated -= 1
        self._call_next()

    def pass_on(self, claim: Claim) -> None:
        """It cannot use a place for now: the next one may have it."""
        claim.wants = False
        self._call_next()

    @property
    def _free(self) -> bool:
        return sum(claim.seated for claim in self._claims) < self._places()

    def _call_next(self) -> None:
        first = first_in_turn(self._claims) if self._free else None
        if first is not None:
            first.changed.notify_all()


def _number(claim: Claim) -> int:
    return claim.number
