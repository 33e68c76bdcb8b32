"""What is marked on the plots, and how much of it fits."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from autocut_tray.core.frozen import frozen

MOST = 48
"""Marks a span can hold side by side: more would hide the curves, and each other."""


class MarkShape(enum.Enum):
    """What happened, as a shape: recovered, degraded, emergency, anything else."""

    UP = "up"
    DOWN = "down"
    OCTAGON = "octagon"
    RING = "ring"


_GRAVITY = (MarkShape.RING, MarkShape.UP, MarkShape.DOWN, MarkShape.OCTAGON)


@frozen
class Mark:
    """An event on the plots; ``health`` chooses its colour. ``more``: others in its place that are not drawn."""

    id: int
    at: float
    shape: MarkShape
    health: str
    more: int = 0


def thinned(
    marks: Sequence[Mark], since: float, until: float, opened: int | None, most: int = MOST
) -> tuple[Mark, ...]:
    """At most ``most`` marks of a span, and the opened one: of those that would cover each other the gravest, of
    equally grave ones the last."""
    if len(marks) <= most // 4:
        return tuple(marks)
    step = max(until - since, 1.0) / most
    places: dict[int, list[Mark]] = {}
    for mark in marks:
        places.setdefault(int((mark.at - since) // step), []).append(mark)
    kept = []
    for here in places.values():
        worst = max(here, key=lambda mark: (mark.id == opened, _GRAVITY.index(mark.shape), mark.at))
        kept.append(Mark(worst.id, worst.at, worst.shape, worst.health, len(here) - 1))
    return tuple(kept)
