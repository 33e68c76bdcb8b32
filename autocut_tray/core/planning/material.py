"""The scenes as a planning model reads them: as much of each as its context has room for; no names, no paths."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from autocut_tray.core.clean import clean
from autocut_tray.core.frozen import frozen
from autocut_tray.core.planning.shots import Footage, Shot

_WIDE_FROM = "\u2e80"
"""Characters from here on (Chinese, Japanese, Korean) cost a token and more each."""


@frozen
class Material:
    """``lines``: what the model reads; ``scenes``: whose ids are in it."""

    lines: str
    scenes: tuple[int, ...]


@frozen
class _Detail:
    """How much is told of a scene: characters of its summary, tags, and whether its mood and action."""

    summary: int
    tags: int
    more: bool


_DETAILS = (_Detail(220, 8, True), _Detail(110, 5, False), _Detail(60, 3, False), _Detail(30, 0, False))


def tokens(text: str) -> int:
    """About how many tokens a model makes of this; rather too many."""
    wide = sum(char >= _WIDE_FROM for char in text)
    return (len(text) - wide) * 2 // 5 + wide * 6 // 5 + 1


def material(footage: Footage, room: int, rank: Callable[[Shot], float]) -> Material:
    """The scenes in at most ``room`` tokens: in fewer words where there are many; then only the best by ``rank``."""
    shots = footage.shots
    for detail in _DETAILS:
        lines = [_line(footage, shot, detail) for shot in shots]
        if _size(lines) <= room:
            return _made(shots, lines)
    best = sorted(range(len(shots)), key=lambda place: (-rank(shots[place]), place))
    kept: list[int] = []
    used = 0
    for place in best:
        cost = tokens(lines[place]) + 1
        if used + cost <= room or not kept:
            kept.append(place)
            used += cost
    kept.sort()
    return _made([shots[place] for place in kept], [lines[place] for place in kept])


def _made(shots: Sequence[Shot], lines: Sequence[str]) -> Material:
    return Material("\n".join(lines), tuple(shot.scene for shot in shots))


def _size(lines: Sequence[str]) -> int:
    return sum(tokens(line) + 1 for line in lines)


def _line(footage: Footage, shot: Shot, detail: _Detail) -> str:
    said: dict[str, object] = {"id": shot.scene, "s": round(float(footage.seconds(shot.usable)), 1)}
    seen = shot.seen
    if seen is None:
        said["quality"] = ", ".join(flaw.value for flaw in shot.flaws)
    else:
        said["shows"] = clean(seen.summary, detail.summary)
        said["shot"] = clean(seen.shot, 24)
        said["quality"] = clean(", ".join(seen.quality[:3]), 40)
        said["tags"] = clean(", ".join(seen.tags[: detail.tags]), 120)
        if detail.more:
            said["action"] = clean(seen.action, 80)
            said["mood"] = clean(seen.mood, 30)
    told = {name: value for name, value in said.items() if value != ""}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
