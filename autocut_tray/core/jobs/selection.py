"""Which scene is described next when not all can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autocut_tray.core.footage import Scene


def next_scene(
    waiting: Sequence[Scene], taken: Iterable[Scene], room: int, *, all_known: bool
) -> Scene | None:
    """The next scene to describe, or None when ``room`` is used up or nothing waits.

    When every waiting scene fits they come in order. Otherwise the one farthest in time from all ``taken``
    comes first, so that whatever number is reached is spread over the whole video.
    """
    if room <= 0 or not waiting:
        return None
    if all_known and len(waiting) <= room:
        return min(waiting, key=lambda scene: scene.id)
    centres = [_centre(scene) for scene in taken]
    if not centres:
        return min(waiting, key=lambda scene: scene.id)
    return max(waiting, key=lambda scene: (min(abs(_centre(scene) - c) for c in centres), -scene.id))


def paced_budget(budget: int, read: float, total: float | None) -> int:
    """How much of ``budget`` may be spent once ``read`` of ``total`` seconds are known.

    A fast model would otherwise spend it all on the beginning of a long video. Of unknown length: one scene.
    """
    if total is None or total <= 0:
        return min(budget, 1)
    return min(budget, 1 + int(budget * min(1.0, read / total)))


def _centre(scene: Scene) -> float:
    return (scene.start + scene.end) / 2
