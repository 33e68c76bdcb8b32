"""Finds hard cuts: two runs of frames, each of a piece, with nothing in common."""

from __future__ import annotations

from collections import deque

from autocut_tray.core.frozen import frozen
from autocut_tray.core.media.worker_features import (
    Features,
    aligned_edge_difference,
    changed_area,
    edge_difference,
    level_difference,
)
from autocut_tray.core.media.worker_quantile import quantile

_REACH_SECONDS = 0.2
"""Frames looked at on either side. What lasts shorter and goes away again is a flash, not a shot."""
_MIN_REACH, _MAX_REACH = 3, 12

# Measured on 114 known cuts of 35 clips: across a cut the edges of the two nearest frames differ by 0.58 and more
# (0.27 where most of the picture stays, as on slides); inside shots by up to 0.38, by 0.50 when a hand shakes.
_LEAST_EDGES = 0.25
_PER_MOTION = 0.6
_MOTION_CAP = 0.35
_LEAST_LEVELS = 5.0
_LEAST_AREA, _AREA_LEVELS = 0.2, 6.0
_RETURN = 0.4
_BESIDE_EDGES, _BESIDE_LEVELS = 0.3, 0.6
# A change that happens again nearby at this part of its size is movement shown in steps (animation on threes, a
# screen recorded at few frames a second), unless hardly anything is left of the picture. No known cut has a twin.
_AGAIN_EDGES, _AGAIN_LEVELS = 0.7, 0.6
_BEYOND_STEPS = 0.6


class CutFinder:
    """Feed it every frame in order; it names the first frame of a shot ``reach - 1`` frames later.

    ``sensitivity`` 0-1 scales what counts as different; 0.5 is what was measured.
    """

    def __init__(self, rate: float, sensitivity: float) -> None:
        self.reach = min(_MAX_REACH, max(_MIN_REACH, round(rate * _REACH_SECONDS)))
        self._scale = 1.25 - 0.5 * sensitivity
        self._frames: deque[Features] = deque(maxlen=2 * self.reach)
        self._edges: deque[float] = deque(maxlen=2 * self.reach)
        """Differences of each frame in ``_frames`` to the one before it."""
        self._count = 0
        self._last_cut = -_MAX_REACH

    def push(self, frame: Features) -> int | None:
        """Take the next frame; returns the number of the first frame of a new shot when one is found."""
        before = self._frames[-1] if self._frames else None
        self._edges.append(edge_difference(before, frame) if before else 0.0)
        self._frames.append(frame)
        self._count += 1
        return self._decide(len(self._frames) - self.reach)

    def finish(self) -> list[int]:
        """The cuts among the last frames, judged by what there is of the last shot."""
        found = []
        for at in range(max(1, len(self._frames) - self.reach + 1), len(self._frames)):
            cut = self._decide(at)
            if cut is not None:
                found.append(cut)
        return found

    def _decide(self, at: int) -> int | None:
        """Whether the frame at index ``at`` of the buffer starts a shot."""
        if at < 1:
            return None
        edges = self._edges[at]
        if edges < _LEAST_EDGES * self._scale:
            return None
        levels = self._levels(at)
        if levels < _LEAST_LEVELS * self._scale:
            return None
        around = [self._edges[i] for i in self._around(at)]
        motion = min(_MOTION_CAP, quantile(around, 0.8)) if around else 0.0
        needed = (_LEAST_EDGES + _PER_MOTION * motion) * self._scale
        if edges < needed or self._happens_again(at):
            return None
        if changed_area(self._frames[at - 1], self._frames[at], _AREA_LEVELS) < _LEAST_AREA:
            return None
        likeness = _Likeness(needed, _RETURN * levels)
        if self._is_one_of_several(at, likeness) or self._comes_back(at, likeness):
            return None
        if aligned_edge_difference(self._frames[at - 1], self._frames[at]) < needed:
            return None
        number = self._count - len(self._frames) + at
        if number - self._last_cut < self.reach // 2:
            return None
        self._last_cut = number
        return number

    def _levels(self, at: int) -> float:
        """By how much the levels of a frame differ from those of the one before it; seldom asked for."""
        return level_difference(self._frames[at - 1], self._frames[at])

    def _around(self, at: int) -> list[int]:
        first, end = max(1, at - self.reach + 1), min(len(self._edges), at + self.reach)
        return [i for i in range(first, end) if i != at]

    def _happens_again(self, at: int) -> bool:
        edges, levels = self._edges[at], self._levels(at)
        return edges < _BEYOND_STEPS and any(
            self._edges[i] >= _AGAIN_EDGES * edges and self._levels(i) >= _AGAIN_LEVELS * levels
            for i in self._around(at)
        )

    def _is_one_of_several(self, at: int, likeness: _Likeness) -> bool:
        """A change over several frames (a whip pan, a wipe, a fade) is about as large right before or after.

        The start or end of a flash beside the cut does not count.
        """
        frames = list(self._frames)
        for beside in (at - 1, at + 1):
            if not 1 <= beside < len(frames):
                continue
            if self._edges[beside] < _BESIDE_EDGES * self._edges[at]:
                continue
            if self._levels(beside) < _BESIDE_LEVELS * self._levels(at):
                continue
            own_side = frames[: beside - 1] if beside < at else frames[beside + 1 :]
            nearest = frames[at - 1] if beside < at else frames[at]
            if not any(likeness(nearest, frame) for frame in own_side[-self.reach :]):
                return True
        return False

    def _comes_back(self, at: int, likeness: _Likeness) -> bool:
        """Whether a frame after is like one before, as it is after a flash.

        Two frames that are like neither side of the cut (two dark phases of a flicker) prove nothing.
        """
        frames = list(self._frames)
        old, new = frames[at - 1], frames[at]
        before = frames[max(0, at - self.reach) : at]
        after = frames[at : at + self.reach]
        known_before = [likeness(frame, old) or likeness(frame, new) for frame in before]
        known_after = [likeness(frame, old) or likeness(frame, new) for frame in after]
        return any(
            (known_before[i] or known_after[k]) and likeness(a, b)
            for i, a in enumerate(before)
            for k, b in enumerate(after)
        )


@frozen
class _Likeness:
    """Whether two frames show the same, beside a cut that changes ``levels`` by so much."""

    edges: float
    levels: float

    def __call__(self, a: Features, b: Features) -> bool:
        return level_difference(a, b) < self.levels or edge_difference(a, b) < self.edges
