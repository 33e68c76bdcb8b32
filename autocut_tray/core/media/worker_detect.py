"""Where one shot ends and the next begins, told while the video is being read."""

from __future__ import annotations

import math
from collections import deque
from typing import Protocol

from autocut_tray.core.footage import Transition
from autocut_tray.core.frozen import frozen
from autocut_tray.core.media.worker_cuts import CutFinder
from autocut_tray.core.media.worker_features import SmallFrame, features_of, level_difference
from autocut_tray.core.media.worker_gradual import Blend, BlendFinder

_RATE = 60.0
"""Frames a second that are compared, at most; a cut between them is then placed to the frame."""

_REMEMBERED = 8192
"""Frames whose number can still be told; the detectors look back a few hundred."""


@frozen
class Boundary:
    """A new shot starts at ``frame``; the frames ``first`` to ``last`` show both shots (none at a cut)."""

    frame: int
    transition: Transition
    first: int
    last: int


class SceneDetector(Protocol):
    """Takes every frame of a video in order. Boundaries come late, but each comes once and in order."""

    def push(self, frame: SmallFrame) -> list[Boundary]: ...

    def finish(self) -> list[Boundary]:
        """What is still to be told at the end of the video."""


class ShotDetector:
    """Hard cuts, dissolves, fades and wipes; flashes, titles and moving cameras are not boundaries.

    ``rate``: frames a second; ``sensitivity`` 0-1. Measured on 39 clips with known cuts: tests/media/score_corpus.py.
    """

    def __init__(self, rate: float, sensitivity: float) -> None:
        self._stride = max(1, math.ceil(rate / _RATE - 0.05))
        self._cuts = CutFinder(rate / self._stride, sensitivity)
        self._blends = BlendFinder(rate / self._stride, sensitivity)
        self._recent: deque[SmallFrame] = deque(maxlen=(self._cuts.reach + 1) * self._stride + 1)
        self._count = 0
        self._last = 0

    def push(self, frame: SmallFrame) -> list[Boundary]:
        number, self._count = self._count, self._count + 1
        if self._stride > 1:
            self._recent.append(frame)
            if number % self._stride:
                return []
        features = features_of(frame)
        found = self._at_cut(self._cuts.push(features))
        return self._in_order([*found, *self._at_blends(self._blends.push(features))])

    def finish(self) -> list[Boundary]:
        found = [boundary for cut in self._cuts.finish() for boundary in self._at_cut(cut)]
        return self._in_order([*found, *self._at_blends(self._blends.finish())])

    def _at_cut(self, cut: int | None) -> list[Boundary]:
        if cut is None:
            return []
        exact = self._exactly(cut)
        return [*self._at_blends(self._blends.cut(cut)), Boundary(exact, Transition.CUT, exact, exact)]

    def _at_blends(self, blends: list[Blend]) -> list[Boundary]:
        return [
            Boundary(
                blend.start * self._stride,
                Transition.FADE if blend.from_black else Transition.DISSOLVE,
                blend.first * self._stride,
                (blend.last + 1) * self._stride - 1,
            )
            for blend in blends
        ]

    def _exactly(self, cut: int) -> int:
        """Of the frames between the two that were compared, the one that changes most."""
        if self._stride == 1:
            return cut
        oldest = self._count - len(self._recent)
        last = cut * self._stride
        candidates = [n for n in range(last - self._stride + 1, last + 1) if oldest < n < self._count]
        looks = {n: features_of(self._recent[n - oldest]) for n in (candidates[0] - 1, *candidates)}
        return max(candidates, key=lambda n: level_difference(looks[n - 1], looks[n]))

    def _in_order(self, found: list[Boundary]) -> list[Boundary]:
        told = []
        for boundary in found:
            if boundary.frame > self._last:
                self._last = boundary.frame
                told.append(boundary)
        return told


class Watcher:
    """A :class:`ShotDetector` that may be shown some frames only, and names boundaries in frames of the video."""

    def __init__(self, rate: float, sensitivity: float) -> None:
        self._detector = ShotDetector(rate, sensitivity)
        self._seen: deque[int] = deque(maxlen=_REMEMBERED)
        self._count = 0

    def push(self, number: int, frame: SmallFrame) -> list[Boundary]:
        """The next frame that there is a picture of; ``number``: of the video."""
        self._seen.append(number)
        self._count += 1
        return [self._in_video(boundary) for boundary in self._detector.push(frame)]

    def finish(self) -> list[Boundary]:
        return [self._in_video(boundary) for boundary in self._detector.finish()]

    def _in_video(self, boundary: Boundary) -> Boundary:
        frame, first, last = map(self._number, (boundary.frame, boundary.first, boundary.last))
        return Boundary(frame, boundary.transition, first, last)

    def _number(self, seen: int) -> int:
        oldest = self._count - len(self._seen)
        return self._seen[min(max(0, seen - oldest), len(self._seen) - 1)]
