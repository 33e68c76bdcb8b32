"""Which pictures stand for a scene: sharp ones, well lit, away from the transitions; found in one pass."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import av

from autocut_tray.core.footage import FurtherFrame, Keyframe, Scene
from autocut_tray.core.frozen import frozen
from autocut_tray.core.media.worker_features import SmallFrame
from autocut_tray.core.media.worker_further import Seen, best_of_parts, pictures_for
from autocut_tray.core.media.worker_pictures import KeyPictures, Marks
from autocut_tray.core.media.worker_take import Pick, small_merit

_KEPT = 8
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

    ``most``: pictures of a long scene, its key frame among them; 0: no JPEGs at all.
    """

    def __init__(self, pictures: KeyPictures, marks: Marks, most: int) -> None:
        self._pictures = pictures
        self._marks = marks
        self._most = most
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

    def choose(self, scene: Scene, first: int, last: int) -> Iterator[FurtherFrame | Keyframe]:
        """The pictures of a scene whose frames ``first`` to ``last`` are without transitions; its key frame last."""
        before = scene.end_frame
        inside = [c for c in self._kept if first <= c.number <= last] or self._small_ones(first, last, before)
        chosen = max(inside, key=lambda c: c.merit * _placing(c.time, scene.start, scene.end))
        self._kept = [c for c in self._kept if c.number >= before]
        shown = self._shown(chosen)
        yield from self._further(scene, inside, chosen, shown)
        yield Keyframe(
            scene.id,
            chosen.time,
            shown.width,
            shown.height,
            self._pictures.jpeg(shown) if self._most else b"",
            self._pictures.half_jpeg(shown) if self._most else b"",
            self._pictures.quality(shown),
        )

    def _further(
        self, scene: Scene, inside: Sequence[_Candidate], key: _Candidate, shown: av.VideoFrame
    ) -> Iterator[FurtherFrame]:
        parts = pictures_for(scene.end - scene.start, self._most)
        if parts < 2:
            return
        seen, number = Seen(), 0
        seen.is_new(shown)
        for candidate in best_of_parts(inside, key, scene.start, scene.end, parts):
            other = self._shown(candidate)
            if seen.is_new(other):
                number += 1
                jpeg = self._pictures.jpeg(other)
                yield FurtherFrame(scene.id, number, candidate.time, other.width, other.height, jpeg)

    def _shown(self, candidate: _Candidate) -> av.VideoFrame:
        picture = candidate.picture
        if isinstance(picture, SmallFrame):
            picture = self._pictures.of_small(picture, self._marks)
        return self._pictures.shown(picture)

    def _small_ones(self, first: int, last: int, before: int) -> list[_Candidate]:
        """Candidates for a scene too short to have had any."""
        recent = [r for r in self._recent if first <= r[0] <= last]
        recent = recent or [r for r in self._recent if r[0] < before] or list(self._recent)
        return [_Candidate(n, time, small_merit(small), small) for n, time, small in recent]

    def _thin_out(self) -> None:
        """Let go of the less good of the two that are nearest in time, but not of the latest: the rest is spread."""
        gaps = [after.time - before.time for before, after in zip(self._kept, self._kept[1:-1], strict=False)]
        at = gaps.index(min(gaps))
        del self._kept[at if self._kept[at].merit < self._kept[at + 1].merit else at + 1]


def _placing(time: float, start: float, end: float) -> float:
    """1 in the inner part of a scene, falling to 0.3 at its ends."""
    margin = min(_MARGIN_SECONDS, _MARGIN_PART * (end - start))
    if margin <= 0:
        return 1.0
    return min(1.0, 0.3 + 0.7 * max(0.0, min(time - start, end - time)) / margin)
