"""What is kept of a decoded frame: a small picture for the detectors, and now and then one that may be shown.

A slot of time offers the sharpest of its frames. Slots are short where the picture changes at once and grow from
there, so that short scenes have a choice and long ones do not cost more.
"""

from __future__ import annotations

from dataclasses import replace

import av
import numpy as np

from autocut_tray.core.frozen import frozen
from autocut_tray.core.media.worker_features import SmallFrame
from autocut_tray.core.media.worker_pictures import KeyPictures, Marks, SmallPictures, marks_of, sharpness

_FIRST_SLOT_SECONDS = 0.2
_INSIDE_SLOT_SECONDS = 1.8
_SLOT_GROWTH = 3.0
_LAST_SLOT_SECONDS = 4.0
_LOOKED_AT = 10.0
"""Frames a second, and frames a slot, that are candidates, at most."""
_CHANGE_LEVELS, _CHANGE_TIMES = 3.0, 2.5
"""Where a scene may begin, the picture changes by so many grey levels on average, and so many times what it did."""
_KEPT_AS_DECODED = 4_000_000
"""Pixels up to which the best frame so far is kept as it was decoded; a larger one is scaled down at once."""
_DARK, _BRIGHT = 24.0, 232.0


@frozen
class Pick:
    """A picture that may stand for its scene, in key frame size. ``number``: of its frame, as the taker counts."""

    number: int
    merit: float
    picture: av.VideoFrame


@frozen
class Taken:
    """One frame, in the order of presentation. ``pts`` and ``duration`` in units of the stream's time base.

    ``small`` None: the frame was not decoded. ``picks``: of this and of earlier frames. ``marks``: told by the first
    frame of a run.
    """

    pts: int | None
    duration: int | None
    small: SmallFrame | None
    picks: tuple[Pick, ...] = ()
    marks: Marks | None = None


class FrameTaker:
    """Given every decoded frame of a run, from one thread; holds on to one of them at most."""

    def __init__(self, pictures: KeyPictures) -> None:
        self._pictures = pictures
        self._small = SmallPictures()
        self.begin()

    def begin(self, *, inside: bool = False) -> None:
        """The next frame is number 0 of a new run, ``inside`` of a video, where seldom a scene begins."""
        self._number = 0
        self._best: tuple[int, float, av.VideoFrame, bool] | None = None
        """Number, merit, picture, and whether that is in key frame size already."""
        self._slot = _INSIDE_SLOT_SECONDS if inside else _FIRST_SLOT_SECONDS
        self._slot_began: float | None = None
        self._looked: float | None = None
        self._before: SmallFrame | None = None
        self._change = 0.0
        self._held: Taken | None = None

    def small(self, frame: av.VideoFrame) -> SmallFrame:
        """What the detectors see of a frame."""
        return self._small.take(frame)

    def take(self, frame: av.VideoFrame) -> Taken | None:
        """The next frame; returns what was kept of the one before it."""
        small = self._small.take(frame)
        picks = self._offer(frame, small)
        marks = None if self._number else marks_of(frame)
        self._number += 1
        before, self._held = self._held, Taken(frame.pts, frame.duration, small, picks, marks)
        return before

    def finish(self) -> Taken | None:
        """What was kept of the last frame."""
        last, self._held = self._held, None
        return None if last is None else replace(last, picks=(*last.picks, *self._close_slot()))

    def _offer(self, frame: av.VideoFrame, small: SmallFrame) -> tuple[Pick, ...]:
        time = frame.time or 0.0
        picks: tuple[Pick, ...] = ()
        if self._slot_began is None:
            self._slot_began = time
            self._changed(small)
        elif self._changed(small):
            picks = self._close_slot()
            self._slot, self._slot_began, self._looked = _FIRST_SLOT_SECONDS, time, None
        elif not 0 <= time - self._slot_began < self._slot:
            picks = self._close_slot()
            self._slot, self._slot_began = min(_LAST_SLOT_SECONDS, _SLOT_GROWTH * self._slot), time
        self._before = small
        # A little less than that, as time stamps are rounded.
        if self._looked is None or not 0 <= time - self._looked < 0.98 * max(1.0, self._slot) / _LOOKED_AT:
            self._looked = time
            merit = _lighting(small) * (sharpness(frame) + 0.5)
            if self._best is None or merit > self._best[1]:
                large = frame.width * frame.height > _KEPT_AS_DECODED
                self._best = self._number, merit, self._pictures.take(frame) if large else frame, large
        return picks

    def _changed(self, small: SmallFrame) -> bool:
        before, change = self._before, self._change
        if before is None:
            return False
        a, b = before.luma[1::4, 1::4].astype(np.int16), small.luma[1::4, 1::4]
        self._change = float(np.abs(a - b).mean())
        return self._change > max(_CHANGE_LEVELS, _CHANGE_TIMES * change)

    def _close_slot(self) -> tuple[Pick, ...]:
        best, self._best = self._best, None
        if best is None:
            return ()
        number, merit, picture, scaled = best
        return (Pick(number, merit, picture if scaled else self._pictures.take(picture)),)


def small_merit(small: SmallFrame) -> float:
    """How well a small picture may stand for a scene that has none better."""
    steps = np.abs(np.diff(small.luma[::2].astype(np.int16), axis=1))
    return _lighting(small) * (float(steps.mean()) + 0.5)


def _lighting(small: SmallFrame) -> float:
    """1, less for pictures that are nearly black or nearly white."""
    brightness = float(small.luma[::4, ::4].mean())
    lit = min(1.0, max(0.02, (brightness - 16) / (_DARK - 16)))
    burnt = min(1.0, max(0.1, (245 - brightness) / (245 - _BRIGHT)))
    return lit * burnt
