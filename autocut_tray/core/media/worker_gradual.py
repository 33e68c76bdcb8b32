"""Finds dissolves, fades and wipes: frames that are made of the picture before and the picture after.

For a window from frame A to frame B every frame F between is split into ``A + share * (B - A)`` and a rest. In a
dissolve the share climbs steadily from 0 to 1 and the rest stays small, however the two shots look; in a wipe every
cell is that of A or that of B. A moving camera leaves a large rest, a cut climbs in one step, a change of light
leaves the same edges in place, and a title leaves most of the picture.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque

import numpy as np
from numpy.typing import NDArray

from autocut_tray.core.frozen import frozen
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

_SPAN = max(_WINDOWS) + 1

_LEAST_CHANGE = 10.0
_LARGEST_STEP = 0.4
_LARGEST_RETREAT = 0.08
_SETTLED = 0.5
"""A window holds a whole transition when its first and last step are at most this part of the mean step."""
_LARGEST_REST = 0.3
_LARGEST_WIPE_REST = 0.15
"""A wipe between shots in which things move leaves 0.14; a camera that moves, 0.17 and more."""
_LEAST_EDGES = 0.6
_LEAST_AREA, _AREA_LEVELS = 0.6, 10.0
"""A title that fades in over a shot changes half of the cells at most."""
_BLANK = 2.5
"""Grey levels an edge has on average in a frame that shows nothing."""
_BLANKER = 0.35
"""The part of another picture's edges below which one that shows nothing may be the blank between two pictures."""
_BLACK_LUMA, _NO_COLOUR = 16.0, 128.0
_DIMMED = 0.06
"""Power of the darkest frame, of that of the pictures before and after: a quarter of their light."""
_LARGEST_OVERLAP = 0.12
_LEAST_ANGLE = 0.05
_BLACK = 40.0
"""Mean luma of a blank frame that counts as black; video black is 16 or 0."""
_DIP_SECONDS = 0.6
"""A fade in that begins so soon after a fade out belongs to the same transition."""
_AFTER_CUT_SECONDS = 0.2
"""What a wipe with a hard edge leaves behind when its middle was taken for a cut."""


_Row = NDArray[np.float64]


@frozen
class Blend:
    """A gradual transition over the frames ``first`` to ``last``; the new shot is counted from ``start``.

    ``from_black``: the new picture rises out of black.
    """

    first: int
    start: int
    last: int
    from_black: bool


class BlendFinder:
    """Feed it every frame in order; it names transitions a few frames after they have ended."""

    def __init__(self, rate: float, sensitivity: float) -> None:
        self._stride = max(1, round(rate / _RATE))
        self._scale = 1.25 - 0.5 * sensitivity
        self._dip = round(rate * _DIP_SECONDS)
        self._after_cut = round(rate * _AFTER_CUT_SECONDS)
        self._seen: deque[Features] = deque(maxlen=_SPAN)
        self._latest = 0
        """The number of the newest frame in ``_seen``; the others are a stride apart."""
        self._table: _Products | None = None
        self._count = 0
        self._floor = 0
        """Transitions start here or later: after the last one found, or the last cut."""
        self._whole_floor = 0
        """The same, but before a fade out that has not come up again."""
        self._fade_out: Blend | None = None
        """Held back until it shows whether a picture rises again."""

    @property
    def reach(self) -> int:
        """How many frames back a transition may begin."""
        return self._stride * max(_WINDOWS)

    def cut(self, number: int) -> list[Blend]:
        """A shot is known to start at this frame: no transition spans it, none begins right after it.

        Returns the transition that was held back until its end would show, if there is one.
        """
        self._floor = self._whole_floor = max(self._floor, number + self._after_cut)
        return self._release(number)

    def push(self, features: Features) -> list[Blend]:
        number, self._count = self._count, self._count + 1
        if number % self._stride:
            return []
        light = (features.luma[::2, ::2] - _BLACK_LUMA).ravel()
        colour = (features.chroma[:, ::2, ::2] - _NO_COLOUR).ravel()
        vector = np.concatenate([light, colour])
        if self._table is None:
            self._table = _Products(vector.size)
        self._table.append(vector / np.sqrt(np.float32(vector.size)))
        self._seen.append(features)
        self._latest = number
        found = self._look(self._table)
        waiting = self._fade_out
        if not found and waiting is not None and number - waiting.last > self._dip + self.reach:
            return self._release(number)
        return found

    def finish(self) -> list[Blend]:
        """What is still held back when the video ends."""
        return self._release(self._count)

    def _number(self, at: int) -> int:
        """The frame at ``at`` of ``_seen``, counted from the newest (-1)."""
        return self._latest + (at + 1) * self._stride

    def _look(self, table: _Products) -> list[Blend]:
        """A transition that ends with the newest frame, after one that was held back until now.

        One through black is more than its halves.
        """
        windows = self._windows(self._whole_floor)
        for window in windows if windows and table.darkens(windows[-1]) else ():
            dip = self._through_black(table, window)
            if dip is not None:
                if self._fade_out is not None and self._fade_out.last >= dip.first:
                    self._fade_out = None
                before = self._release(dip.first)
                self._floor = self._whole_floor = dip.last
                return [*before, dip]
        for window in self._windows(self._floor):
            span = self._span(table, window)
            if span is not None:
                found = self._name(window, span)
                self._floor = self._number(int(span[-1]))
                if self._fade_out is None:
                    self._whole_floor = self._floor
                return found
        return []

    def _windows(self, floor: int) -> tuple[int, ...]:
        """The lengths for which there are frames enough, none before ``floor``."""
        longest = min(len(self._seen) - 1, (self._latest - floor) // self._stride)
        return _WINDOWS[: bisect_right(_WINDOWS, longest)]

    def _through_black(self, table: _Products, window: int) -> Blend | None:
        """Down to black and up again: every frame is a dimmed one of the first or of the last picture."""
        own, with_a, with_b = table.against_ends(window)
        aa, bb, ab = own[0], own[-1], with_a[-1]
        least = (_LEAST_CHANGE * self._scale) ** 2
        area = aa * bb - ab * ab
        if min(aa, bb) < least or own.min() > _DIMMED * min(aa, bb) or area < _LEAST_ANGLE * aa * bb:
            return None
        old, new = (with_a * bb - with_b * ab) / area, (with_b * aa - with_a * ab) / area
        down, up = -np.diff(old), np.diff(new)
        if min(down.min(), up.min()) < -_LARGEST_RETREAT or max(down.max(), up.max()) > _LARGEST_STEP:
            return None
        if old[1] < 1 - _SETTLED / window or new[-2] < 1 - _SETTLED / window:
            return None
        if np.minimum(old, new).max() > _LARGEST_OVERLAP:
            return None
        between = np.flatnonzero((old < 0.9) & (new < 0.9))
        rest = np.sqrt(np.maximum(own - old * with_a - new * with_b, 0) / max(aa, bb))
        if between.size < 3 or float(rest[between].mean()) > _LARGEST_REST or not self._differ(window):
            return None
        at = between - window - 1
        rises = int(between[np.argmax(new[between] > old[between])]) - window - 1
        return Blend(
            self._number(int(at[0])), self._number(rises), self._number(int(at[-1])), from_black=True
        )

    def _differ(self, window: int) -> bool:
        """Whether the first and the last picture of a window are pictures of different things."""
        a, b = self._seen[-1 - window], self._seen[-1]
        least = _LEAST_EDGES * self._scale
        return (
            not (_is_blank(a) and _is_blank(b))
            and edge_difference(a, b) >= least
            and changed_area(a, b, _AREA_LEVELS) >= _LEAST_AREA
            and aligned_edge_difference(a, b) >= least
        )

    def _span(self, table: _Products, window: int) -> NDArray[np.intp] | None:
        """Which frames are between two pictures, if the last ``window + 1`` hold one whole transition."""
        change = table.distance(-1 - window, -1)
        if change < (_LEAST_CHANGE * self._scale) ** 2:
            return None
        own, with_a, with_b = table.against_ends(window)
        # Two numbers decide most windows: looked at before a whole row is worked out.
        if (with_b[1] - with_a[1] - with_a[-1] + own[0]) / change > _SETTLED / window:
            return None
        if (with_b[-2] - with_a[-2] - with_a[-1] + own[0]) / change < 1 - _SETTLED / window:
            return None
        share = (with_b - with_a - with_a[-1] + own[0]) / change
        steps = np.diff(share)
        if steps.max() > _LARGEST_STEP or steps.min() < -_LARGEST_RETREAT:
            return None
        between = np.flatnonzero((share > 0.1) & (share < 0.9))
        if between.size < 3:
            return None
        rest = np.sqrt(np.maximum(own + own[0] - 2 * with_a - share**2 * change, 0) / change)
        at = between - window - 1
        if float(rest[between].mean()) > _LARGEST_REST and _wipe_rest(table, window, at) > _LARGEST_WIPE_REST:
            return None
        return at if self._differ(window) else None

    def _name(self, window: int, span: NDArray[np.intp]) -> list[Blend]:
        first, last = self._number(int(span[0])), self._number(int(span[-1]))
        middle = self._number(int(span[len(span) // 2]))
        old, new = self._blankest(-1 - window, int(span[0])), self._blankest(int(span[-1]), -1)
        if _is_blank(old) and old.strength < _BLANKER * new.strength:
            begin, out = first, self._fade_out
            if out is not None and first - out.last <= self._dip:
                begin, self._fade_out = out.first, None
            dark = old.brightness < _BLACK
            return [*self._release(first), Blend(begin, first if dark else middle, last, from_black=dark)]
        before, found = self._release(first), Blend(first, middle, last, from_black=False)
        if _is_blank(new) and new.strength < _BLANKER * old.strength:
            self._fade_out = found
            return before
        return [*before, found]

    def _blankest(self, first: int, last: int) -> Features:
        """Of the frames from ``first`` to ``last``, counted from the newest (-1)."""
        return min((self._seen[at] for at in range(first, last + 1)), key=lambda seen: seen.strength)

    def _release(self, before: int) -> list[Blend]:
        """What was held back, when no picture rises by frame ``before``.

        A picture with few edges is a shot like any other; black that is still there is not.
        """
        waiting, self._fade_out = self._fade_out, None
        if waiting is None:
            return []
        self._whole_floor = max(self._whole_floor, waiting.last)
        back = max(0, -(-(self._latest - before + 1) // self._stride))
        latest = self._seen[max(0, len(self._seen) - 1 - back)]
        return [] if _is_blank(latest) and latest.brightness < _BLACK else [waiting]


class _Products:
    """Vectors of the last frames and the inner products of all pairs, in arrays that slide along."""

    def __init__(self, size: int) -> None:
        rows = 2 * _SPAN
        self._vectors = np.zeros((rows, size), np.float32)
        self._pairs = np.zeros((rows, rows), np.float64)
        self._end = 0

    def append(self, vector: NDArray[np.float32]) -> None:
        if self._end == len(self._vectors):
            kept = _SPAN - 1
            self._vectors[:kept] = self._vectors[-kept:].copy()
            self._pairs[:kept, :kept] = self._pairs[-kept:, -kept:].copy()
            self._end = kept
        self._vectors[self._end] = vector
        self._end += 1
        first = max(0, self._end - _SPAN)
        products = self._vectors[first : self._end] @ vector
        self._pairs[self._end - 1, first : self._end] = products
        self._pairs[first : self._end, self._end - 1] = products

    def vectors(self, at: NDArray[np.intp] | int) -> NDArray[np.float32]:
        """Those at ``at``, counted from the newest (-1)."""
        return self._vectors[self._end + at]

    def distance(self, a: int, b: int) -> float:
        """Squared distance of two vectors."""
        a, b = self._end + a, self._end + b
        return float(self._pairs[a, a] + self._pairs[b, b] - 2 * self._pairs[a, b])

    def darkens(self, window: int) -> bool:
        """Whether any of the last ``window + 1`` frames is dark beside the newest one."""
        first = self._end - 1 - window
        powers = self._pairs.diagonal()[first : self._end]
        return bool(powers.min() <= _DIMMED * powers[-1])

    def against_ends(self, window: int) -> tuple[_Row, _Row, _Row]:
        """Of the last ``window + 1`` vectors: the products with themselves, with the first and with the last."""
        first = self._end - 1 - window
        block = self._pairs[first : self._end, first : self._end]
        return block.diagonal(), block[:, 0], block[:, -1]


def _wipe_rest(table: _Products, window: int, at: NDArray[np.intp]) -> float:
    """What is left of the frames at ``at`` when each cell is taken from the picture it is closer to."""
    a, b = table.vectors(-1 - window), table.vectors(-1)
    frames = table.vectors(at)
    closest = np.minimum(np.abs(frames - a), np.abs(frames - b))
    return float(closest.sum() / (np.abs(b - a).sum() * len(frames)))


def _is_blank(features: Features) -> bool:
    return features.strength < _BLANK * features.luma.size
