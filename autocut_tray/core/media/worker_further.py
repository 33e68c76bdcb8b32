"""Further pictures of a long scene: spread over its parts, each the best of its part, and none like another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import av

from autocut_tray.core.media.worker_features import (
    Features,
    aligned_edge_difference,
    changed_area,
    features_of,
)
from autocut_tray.core.media.worker_pictures import SmallPictures

# Seconds from which a scene gets so many pictures, its key frame among them.
_LONG = ((60.0, 4), (25.0, 3), (10.0, 2))

_OFF_CENTRE = 0.5
"""What a picture at the edge of its part is worth of one in its middle, so that they do not crowd at a border."""

# Measured on 20 s and longer takes: what a standing camera sees of a talking, moving person changes up to 0.1 of the
# picture by that many grey levels; a camera or a crowd that moves on changes 0.35 and more.
_CHANGED_LEVELS = 12.0
_CHANGED_AREA = 0.2
_OTHER_EDGES = 0.2
"""Of edges that no shift explains: a light that was dimmed changes levels everywhere and edges nowhere."""


class Candidate(Protocol):
    """A picture that may stand for a part of its scene. ``time``: seconds; ``merit``: the higher the better."""

    @property
    def time(self) -> float: ...

    @property
    def merit(self) -> float: ...


C = TypeVar("C", bound=Candidate)


def pictures_for(seconds: float, most: int) -> int:
    """How many pictures a scene of that length gets, its key frame among them; at most ``most``."""
    return min(most, next((n for least, n in _LONG if seconds >= least), 1))


def best_of_parts(candidates: Sequence[C], key: C, start: float, end: float, parts: int) -> list[C]:
    """Of each part of a scene but the one that its key frame ``key`` is in, the best picture, in order of time."""
    length = (end - start) / parts
    best: dict[int, tuple[float, C]] = {}
    taken = _part(key.time, start, length, parts)
    for candidate in candidates:
        part = _part(candidate.time, start, length, parts)
        off = abs(candidate.time - (start + (part + 0.5) * length)) / (length / 2)
        worth = candidate.merit * (1 - (1 - _OFF_CENTRE) * min(1.0, off))
        if part != taken and (part not in best or worth > best[part][0]):
            best[part] = worth, candidate
    return [best[part][1] for part in sorted(best)]


def _part(time: float, start: float, length: float, parts: int) -> int:
    return min(parts - 1, max(0, int((time - start) / length)))


class Seen:
    """Remembers the pictures of one scene, to tell another one that shows the same."""

    def __init__(self) -> None:
        self._pictures = SmallPictures()
        self._seen: list[Features] = []

    def is_new(self, shown: av.VideoFrame) -> bool:
        """Whether ``shown``, upright as all of the scene, shows something else than all before; if so it counts."""
        features = features_of(self._pictures.take(shown))
        if not all(_differ(features, other) for other in self._seen):
            return False
        self._seen.append(features)
        return True


def _differ(a: Features, b: Features) -> bool:
    """Whether two pictures of one scene are worth having both."""
    if changed_area(a, b, _CHANGED_LEVELS) < _CHANGED_AREA:
        return False
    return aligned_edge_difference(a, b) >= _OTHER_EDGES
