"""Trims shots to a length: every shot keeps its key frame, none goes below the shortest that makes sense."""

from __future__ import annotations

from collections.abc import Sequence

from autocut_tray.core.frozen import frozen
from autocut_tray.core.planning.shots import Footage, Shot

TOLERANCE_PERCENT = 5
"""How far the total may be from what was asked for."""


@frozen
class Cut:
    """A shot with the frames of it that are used: ``frames`` from ``start`` on, counted from the scene's first."""

    shot: Shot
    start: int
    frames: int

    @property
    def trim_start(self) -> int:
        return self.start

    @property
    def trim_end(self) -> int:
        return self.shot.frames - self.start - self.frames


def room(shots: Sequence[Shot]) -> int:
    """The most frames that these shots give."""
    return sum(shot.usable for shot in shots)


def least(footage: Footage, shots: Sequence[Shot]) -> int:
    """The fewest frames that these shots can be trimmed to."""
    return sum(footage.least(shot) for shot in shots)


def too_short(frames: int, target: int) -> bool:
    """Whether the total misses the target by more than the tolerance."""
    return frames * 100 < target * (100 - TOLERANCE_PERCENT)


def fit(footage: Footage, shots: Sequence[Shot], target: int | None) -> list[Cut]:
    """The shots in their order, ``target`` frames in all where they give so much; None: all that may be used.

    Longer shots give first, down to one length for all. Where even the shortest are too many, all are shortest.
    """
    if target is None or room(shots) <= target:
        lengths = [shot.usable for shot in shots]
    else:
        lengths = _levelled(footage, shots, target)
    return [_placed(shot, frames) for shot, frames in zip(shots, lengths, strict=True)]


def _levelled(footage: Footage, shots: Sequence[Shot], target: int) -> list[int]:
    def at(level: int) -> list[int]:
        return [min(shot.usable, max(footage.least(shot), level)) for shot in shots]

    low, high = 0, max(shot.usable for shot in shots)
    while low < high:  # the highest level that is not too much
        middle = (low + high + 1) // 2
        if sum(at(middle)) <= target:
            low = middle
        else:
            high = middle - 1
    lengths = at(low)
    missing = target - sum(lengths)
    for number, more in enumerate(at(low + 1)):
        if missing > 0 and more > lengths[number]:
            lengths[number] += 1
            missing -= 1
    return lengths


def _placed(shot: Shot, frames: int) -> Cut:
    """Around the key frame, as far as the usable part allows."""
    start = min(max(shot.key - frames // 2, shot.first), shot.end - frames)
    return Cut(shot, start, frames)
