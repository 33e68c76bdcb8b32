"""Which picture stands for a scene: a sharp one, well lit, away from the transitions; found in one pass.

A slot of time offers the sharpest of its frames. Slots are short at the start of a scene and grow with it, so that
short scenes have a choice and long ones do not cost more.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import av

from autocut_tray.core.footage import Keyframe, Scene
from autocut_tray.core.media.worker_pictures import KeyPictures, planes_of, sharpness

_FIRST_SLOT_SECONDS = 0.2
_LAST_SLOT_SECONDS = 2.0
_KEPT = 5
_LOOKED_AT = 15.0
"""Frames a second that are candidates, at most."""
_KEPT_AS_DECODED = 2_200_000
"""Pixels up to which a candidate is kept as it was decoded; a larger one is scaled down at once to save memory."""
_MARGIN_SECONDS = 0.3
_MARGIN_PART = 0.2
"""Of a scene, at either end: what is still moving into place or already on its way out."""
_DARK, _BRIGHT = 24.0, 232.0
_RECENT = 64


@dataclass(frozen=True, slots=True)
class _Candidate:
    """``picture``: as decoded, or scaled down already."""

    number: int
    time: float
    merit: float
    picture: av.VideoFrame
    scaled: bool


class KeyframeChooser:
    """Offered every frame, asked once a scene. Keeps a handful of pictures, however long the scene."""

    def __init__(self, pictures: KeyPictures) -> None:
        self._pictures = pictures
        self._kept: list[_Candidate] = []
        self._best: _Candidate | None = None
        self._slot = _FIRST_SLOT_SECONDS
        self._slot_ends = 0.0
        self._next_look = 0.0
        # Small pictures of the last frames, for scenes that end before they had a slot of their own.
        self._recent: deque[tuple[int, float, av.VideoFrame]] = deque(maxlen=_RECENT)

    def offer(self, number: int, time: float, frame: av.VideoFrame, small: av.VideoFrame) -> None:
        """The next frame in order; ``small``: what the detectors see of it."""
        self._recent.append((number, time, small))
        if time < self._next_look:
            return
        self._next_look = time + 1 / _LOOKED_AT
        if time >= self._slot_ends:
            self._close_slot()
            self._slot_ends = time + self._slot
        merit = _merit(frame, small)
        if self._best is None or merit > self._best.merit:
            self._best = _Candidate(number, time, merit, frame, scaled=False)

    def choose(self, scene: Scene, first: int, last: int) -> Keyframe:
        """The key frame of a scene whose frames ``first`` to ``last`` are without transitions."""
        self._close_slot()
        before = scene.end_frame
        inside = [c for c in self._kept if first <= c.number <= last] or self._small_ones(first, last, before)
        chosen = max(inside, key=lambda c: c.merit * _placing(c.time, scene.start, scene.end))
        picture = chosen.picture if chosen.scaled else self._pictures.take(chosen.picture)
        self._kept = [c for c in self._kept if c.number >= before]
        self._slot = _FIRST_SLOT_SECONDS
        self._slot_ends = self._next_look = 0.0
        shown = self._pictures.shown(picture)
        return Keyframe(
            scene.id,
            chosen.time,
            shown.width,
            shown.height,
            self._pictures.jpeg(shown),
            self._pictures.half_jpeg(shown),
            self._pictures.quality(shown),
        )

    def _small_ones(self, first: int, last: int, before: int) -> list[_Candidate]:
        """Candidates for a scene too short to have had any."""
        recent = [r for r in self._recent if first <= r[0] <= last]
        recent = recent or [r for r in self._recent if r[0] < before] or list(self._recent)
        return [_Candidate(n, time, _merit(small, small), small, scaled=False) for n, time, small in recent]

    def _close_slot(self) -> None:
        best, self._best = self._best, None
        if best is None:
            return
        if best.picture.width * best.picture.height > _KEPT_AS_DECODED:
            best = replace(best, picture=self._pictures.take(best.picture), scaled=True)
        self._kept.append(best)
        if len(self._kept) > _KEPT:
            self._slot = min(_LAST_SLOT_SECONDS, self._slot * 2)
            self._thin_out()

    def _thin_out(self) -> None:
        """Let go of the less good of every two candidates, but not of the latest."""
        pairs = [self._kept[i : i + 2] for i in range(0, len(self._kept) - 1, 2)]
        rest = self._kept[-1:] if len(self._kept) % 2 else []
        self._kept = [max(pair, key=lambda c: c.merit) for pair in pairs] + rest


def _merit(frame: av.VideoFrame, small: av.VideoFrame) -> float:
    """Sharpness, less for pictures that are nearly black or nearly white."""
    brightness = float(planes_of(small).luma[::4, ::4].mean())
    lit = min(1.0, max(0.02, (brightness - 16) / (_DARK - 16)))
    burnt = min(1.0, max(0.1, (245 - brightness) / (245 - _BRIGHT)))
    return (sharpness(frame) + 0.5) * lit * burnt


def _placing(time: float, start: float, end: float) -> float:
    """1 in the inner part of a scene, falling to 0.3 at its ends."""
    margin = min(_MARGIN_SECONDS, _MARGIN_PART * (end - start))
    if margin <= 0:
        return 1.0
    return min(1.0, 0.3 + 0.7 * max(0.0, min(time - start, end - time)) / margin)
