"""What may be used of each scene: all of it but its transitions, in frames from the scene's own first frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from autocut_tray.core.analyzers.base import Description
from autocut_tray.core.footage import Scene, Transition
from autocut_tray.core.frozen import frozen
from autocut_tray.core.picture_quality import Flaw

TRANSITION_SECONDS = Fraction(3, 4)
"""Kept away from a fade or dissolve at a scene's start or end: half of one of 1.5 s. How long each one really is, is
not stored."""

SHORTEST_SECONDS = Fraction(4, 5)
"""A shot is not trimmed below this: an audience needs about so long to see what it shows."""

_GRADUAL = (Transition.FADE, Transition.DISSOLVE)


@frozen
class Shot:
    """A scene as material. ``frames``: its whole length; ``first`` up to ``end``: what may be used; ``key``: its key
    frame, always inside; ``seen``: its description, if it has one; ``flaws``: what is wrong with its picture."""

    scene: int
    frames: int
    first: int
    end: int
    key: int
    seen: Description | None
    flaws: tuple[Flaw, ...] = ()

    @property
    def usable(self) -> int:
        return self.end - self.first


@frozen
class Footage:
    """The shots of one video in their order; ``rate``: frames a second."""

    shots: tuple[Shot, ...]
    rate: Fraction

    @property
    def shortest(self) -> int:
        """Frames below which no shot is trimmed."""
        return max(1, math.ceil(SHORTEST_SECONDS * self.rate))

    def least(self, shot: Shot) -> int:
        """The fewest frames that this shot may have."""
        return min(shot.usable, self.shortest)

    def seconds(self, frames: int) -> Fraction:
        return frames / self.rate


@frozen
class Found:
    """A scene with the frames that an editor will count for it, and its key frame in seconds of the video."""

    scene: Scene
    frames: int
    keyframe: float | None
    seen: Description | None
    flaws: tuple[Flaw, ...] = ()


def footage_of(found: Sequence[Found], rate: Fraction) -> Footage:
    """The material in scenes that follow each other."""
    shots = []
    for number, one in enumerate(found):
        following = found[number + 1].scene if number + 1 < len(found) else None
        shots.append(_shot(one, rate, following))
    return Footage(tuple(shots), rate)


def _shot(found: Found, rate: Fraction, following: Scene | None) -> Shot:
    frames = max(1, found.frames)
    # A short scene keeps its better half.
    margin = min(math.ceil(TRANSITION_SECONDS * rate), frames // 4)
    first = margin if found.scene.transition in _GRADUAL else 0
    end = frames - margin if following is not None and following.transition in _GRADUAL else frames
    key = (first + end) // 2
    if found.keyframe is not None:
        key = round((Fraction(found.keyframe) - Fraction(found.scene.start)) * rate)
        key = min(max(key, 0), frames - 1)
        first, end = min(first, key), max(end, key + 1)
    return Shot(found.scene.id, frames, first, end, key, found.seen, found.flaws)
