"""Which picture stands for a scene: a sharp one, well lit, away from the transitions; found in one pass."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import av

from autocut_tray.core.footage import Keyframe, Scene
from autocut_tray.core.frozen import frozen
from autocut_tray.core.media.worker_features import SmallFrame
from autocut_tray.core.media.worker_pictures import KeyPictures, Marks
from autocut_tray.core.media.worker_take import Pick, small_merit

_KEPT = 5
_MARGIN_SECONDS = 0.3
_MARGIN_PART = 0.2
"""Of a scene, at either end: what is still moving into place or already on its way out."""
_RECENT = 64


@frozen
class _Candidate:
    """``picture``: in key frame size, or the small one of the detectors."""

    number: int
    time: float
    merit: float
    picture: av.VideoFrame | SmallFrame


class KeyframeChooser:
    """Offered every frame and every pick, asked once a scene. Keeps a handful of pictures, however long the scene.

    ``encode`` False: no JPEGs.
    """

    def __init__(self, pictures: KeyPictures, marks: Marks, *, encode: bool = True) -> None:
        self._pictures = pictures
        self._encode = encode
        self._marks = marks
        self._kept: list[_Candidate] = []
        # Small pictures of the last frames, for scenes that end before they had a slot of their own.
        self._recent: deque[tuple[int, float, SmallFrame]] = deque(maxlen=_RECENT)

    def offer(self, number: int, time: float, small: SmallFrame) -> None:
        """The next frame in order."""
        self._recent.append((number, time, small))

    def add(self, picks: Iterable[tuple[Pick, float]]) -> None:
        """Pictures to choose from, and the seconds at which they are shown."""
        for pick, time in picks:
            self._kept.append(_Candidate(pick.number, time, pick.merit, pick.picture))
            if len(self._kept) > _KEPT:
                self._thin_out()

    def choose(self, scene: Scene, first: int, last: int) -> Keyframe:
        """The key frame of a scene whose frames ``first`` to ``last`` are without transitions."""
        before = scene.end_frame
        inside = [c for c in self._kept if first <= c.number <= last] or self._small_ones(first, last, before)
        chosen = max(inside, key=lambda c: c.merit * _placing(c.time, scene.start, scene.end))
        picture = chosen.picture
        if isinstance(picture, SmallFrame):
            picture = self._pictures.of_small(picture, self._marks)
        self._kept = [c for c in self._kept if c.number >= before]
        shown = self._pictures.shown(picture)
        return Keyframe(
            scene.id,
            chosen.time,
            shown.width,
            shown.height,
            self._pictures.jpeg(shown) if self._encode else b"",
            self._pictures.half_jpeg(shown) if self._encode else b"",
            self._pictures.quality(shown),
        )

    def _small_ones(self, first: int, last: int, before: int) -> list[_Candidate]:
        """Candidates for a scene too short to have had any."""
        recent = [r for r in self._recent if first <= r[0] <= last]
        recent = recent or [r for r in self._recent if r[0] < before] or list(self._recent)
        return [_Candidate(n, time, small_merit(small), small) for n, time, small in recent]

    def _thin_out(self) -> None:
        """Let go of the less good of every two candidates, but not of the latest."""
        pairs = [self._kept[i : i + 2] for i in range(0, len(self._kept) - 1, 2)]
        rest = self._kept[-1:] if len(self._kept) % 2 else []
        self._kept = [max(pair, key=lambda c: c.merit) for pair in pairs] + rest


def _placing(time: float, start: float, end: float) -> float:
    """1 in the inner part of a scene, falling to 0.3 at its ends."""
    margin = min(_MARGIN_SECONDS, _MARGIN_PART * (end - start))
    if margin <= 0:
        return 1.0
    return min(1.0, 0.3 + 0.7 * max(0.0, min(time - start, end - time)) / margin)
