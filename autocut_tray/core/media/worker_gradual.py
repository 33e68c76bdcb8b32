"""Finds dissolves, fades and wipes: frames that are made of the picture before and the picture after.

For a window from frame A to frame B every frame F between is split into ``A + share * (B - A)`` and a rest. In a
dissolve the share climbs steadily from 0 to 1 and the rest stays small, however the two shots look; in a wipe every
cell is that of A or that of B. A moving camera leaves a large rest, a cut climbs in one step, a change of light
leaves the same edges in place, and a title leaves most of the picture.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autocut_tray.core.media.worker_features import (
    Features,
    aligned_edge_difference,
    changed_area,
    edge_difference,
)

_RATE = 30.0
"""Frames a second that are looked at, at most."""
_WINDOWS = (6, 9, 13, 19, 27, 38, 54)
"""Lengths tried, in frames looked at: transitions of 0.15 to 1.8 s at 25 frames a second."""

_LEAST_CHANGE = 10.0
_LARGEST_STEP = 0.4
_LARGEST_RETREAT = 0.08
_SETTLED = 0.5
"""A window holds a whole transition when its first and last step are at most this part of the mean step."""
_LARGEST_REST = 0.3
_LARGEST_WIPE_REST = 0.12
_LEAST_EDGES = 0.6
_LEAST_AREA, _AREA_LEVELS = 0.6, 10.0
"""A title that fades in over a shot changes half of the cells at most."""
_BLANK = 1.5
"""Grey levels an edge has on average in a frame that shows nothing."""
_BLANKER = 0.35
"""The part of another picture's edges below which one may be the blank between two pictures."""
_BLACK = 40.0
"""Mean luma of a blank frame that counts as black; video black is 16 or 0."""
_DIP_SECONDS = 0.6
"""A fade in that begins so soon after a fade out belongs to the same transition."""
_AFTER_CUT_SECONDS = 0.2
"""What a wipe with a hard edge leaves behind when its middle was taken for a cut."""


@dataclass(frozen=True, slots=True)
class Blend:
    """A gradual transition over the frames ``first`` to ``last``; the new shot is counted from ``start``.

    ``from_black``: the new picture rises out of black.
    """

    first: int
    start: int
    last: int
    from_black: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    number: int
    features: Features
    vector: NDArray[np.float32]


class BlendFinder:
    """Feed it every frame in order; it names transitions a few frames after they have ended."""

    def __init__(self, rate: float, sensitivity: float) -> None:
        self._stride = max(1, round(rate / _RATE))
        self._scale = 1.25 - 0.5 * sensitivity
        self._seen: deque[_Seen] = deque(maxlen=max(_WINDOWS) + 1)
        self._products: deque[NDArray[np.float64]] = deque(maxlen=max(_WINDOWS) + 1)
        self._count = 0
        self._floor = 0
        """Transitions start here or later: after the last one found, or the last cut."""
        self._fade_out: Blend | None = None
        self._dip = round(rate * _DIP_SECONDS)
        self._after_cut = round(rate * _AFTER_CUT_SECONDS)

    @property
    def reach(self) -> int:
        """How many frames back a transition may begin."""
        return self._stride * max(_WINDOWS)

    def cut(self, number: int) -> Blend | None:
        """A shot is known to start at this frame: no transition spans it, none begins right after it.

        Returns the transition that was held back until its end would show, if there is one.
        """
        self._floor = max(self._floor, number + self._after_cut)
        return self._decide_waiting(number)

    def push(self, features: Features) -> Blend | None:
        number, self._count = self._count, self._count + 1
        if number % self._stride:
            return None
        vector = np.concatenate([features.luma[::2, ::2].ravel(), features.chroma[:, ::2, ::2].ravel()])
        vector /= np.sqrt(np.float32(vector.size))
        self._seen.append(_Seen(number, features, vector))
        self._products.append(np.array([seen.vector @ vector for seen in self._seen], np.float64))
        for window in _WINDOWS:
            if window >= len(self._seen) or self._seen[-1 - window].number < self._floor:
                break
            span = self._span(window)
            if span is not None:
                self._floor = self._seen[span[-1]].number
                return self._name(window, span)
        waiting = self._fade_out
        if waiting is not None and number - waiting.last > self._dip + self.reach:
            return self._decide_waiting(number)
        return None

    def finish(self) -> Blend | None:
        """What is still held back when the video ends."""
        return self._decide_waiting(self._count)

    def _span(self, window: int) -> NDArray[np.intp] | None:
        """Which frames are between two pictures, if the last ``window + 1`` frames hold one whole transition."""
        first = len(self._seen) - 1 - window
        rows = list(self._products)[first:]  # each: the products of a frame with those before it and itself
        own = np.array([row[-1] for row in rows])
        with_a = np.array([row[-1 - k] for k, row in enumerate(rows)])
        with_b = self._products[-1][-1 - window :]
        change = own[0] + own[-1] - 2 * with_a[-1]
        if change < (_LEAST_CHANGE * self._scale) ** 2:
            return None
        share = (with_b - with_a - with_a[-1] + own[0]) / change
        steps = np.diff(share)
        if steps.max() > _LARGEST_STEP or steps.min() < -_LARGEST_RETREAT:
            return None
        if share[1] > _SETTLED / window or share[-2] < 1 - _SETTLED / window:
            return None
        between = np.flatnonzero((share > 0.1) & (share < 0.9))
        if between.size < 3:
            return None
        rest = np.sqrt(np.maximum(own + own[0] - 2 * with_a - share**2 * change, 0) / change)
        a, b = self._seen[first].features, self._seen[-1].features
        if (
            edge_difference(a, b) < _LEAST_EDGES * self._scale
            or changed_area(a, b, _AREA_LEVELS) < _LEAST_AREA
        ):
            return None
        if (
            float(rest[between].mean()) > _LARGEST_REST
            and self._wipe_rest(first, between) > _LARGEST_WIPE_REST
        ):
            return None
        if aligned_edge_difference(a, b) < _LEAST_EDGES * self._scale:
            return None
        return between + first

    def _wipe_rest(self, first: int, between: NDArray[np.intp]) -> float:
        """What is left of the frames between when each cell is taken from the picture it is closer to."""
        a, b = self._seen[first].vector, self._seen[-1].vector
        frames = np.stack([self._seen[first + k].vector for k in between])
        closest = np.minimum(np.abs(frames - a), np.abs(frames - b))
        return float(closest.sum() / (np.abs(b - a).sum() * len(frames)))

    def _name(self, window: int, span: NDArray[np.intp]) -> Blend | None:
        a, b = self._seen[-1 - window].features, self._seen[-1].features
        first, last = self._seen[span[0]].number, self._seen[span[-1]].number
        middle = self._seen[span[len(span) // 2]].number
        waiting, self._fade_out = self._fade_out, None
        if waiting is not None and first - waiting.last > self._dip:
            waiting = None
        dark = a.brightness < _BLACK
        if a.strength < _BLANKER * b.strength and (waiting is not None or _is_blank(a)):
            begin = first if waiting is None else waiting.first
            return Blend(begin, first if dark else middle, last, from_black=dark)
        if b.strength < _BLANKER * a.strength:
            self._fade_out = Blend(first, middle, last, from_black=False)
            return None
        return Blend(first, middle, last, from_black=False)

    def _decide_waiting(self, before: int) -> Blend | None:
        """A picture with few edges is a shot like any other when nothing follows; a blank one is not."""
        waiting, self._fade_out = self._fade_out, None
        if waiting is None:
            return None
        latest = next(seen.features for seen in reversed(self._seen) if seen.number < before)
        return None if _is_blank(latest) else waiting


def _is_blank(features: Features) -> bool:
    return features.strength < _BLANK * features.luma.size
