"""Footage for plans: shots with descriptions, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from autocut_tray.core.analyzers.base import Description
from autocut_tray.core.footage import Scene, Transition
from autocut_tray.core.messages import message
from autocut_tray.core.planning.brief import read_brief
from autocut_tray.core.planning.plan import ByHand, Plan
from autocut_tray.core.planning.planner import Author, make_plan
from autocut_tray.core.planning.rules import Rules
from autocut_tray.core.planning.shots import Footage, Found, footage_of

BY_RULES = Author(message("plan-by-rules", why=message("plan-why-chosen")))


def seen(
    summary: str,
    *,
    subjects: Sequence[str] = (),
    shot: str = "medium shot",
    quality: Sequence[str] = ("sharp",),
    tags: Sequence[str] = (),
) -> Description:
    return Description(summary, tuple(subjects), "", shot, "eye level", "", tuple(quality), tuple(tags))


def footage(
    lengths: Iterable[float],
    descriptions: Sequence[Description | None] = (),
    *,
    rate: Fraction = Fraction(25),
    transitions: Sequence[Transition] = (),
    keys: Sequence[float | None] = (),
) -> Footage:
    """Scenes of these lengths in seconds, one after the other; ``keys``: seconds into each scene."""
    found: list[Found] = []
    at = 0
    for number, length in enumerate(lengths):
        frames = max(1, round(Fraction(length) * rate))
        begins = transitions[number] if number < len(transitions) else Transition.CUT
        start = float(at / rate)
        scene = Scene(number + 1, at, at + frames, start, float((at + frames) / rate), begins)
        key = keys[number] if number < len(keys) else None
        words = descriptions[number] if number < len(descriptions) else None
        found.append(Found(scene, frames, None if key is None else start + key, words))
        at += frames
    return footage_of(found, rate)


def by_rules(material: Footage, brief: str, seconds: float | None = None, hand: ByHand | None = None) -> Plan:
    read = read_brief(brief, None if seconds is None else Fraction(seconds))
    return make_plan(material, read, Rules(material, read), BY_RULES, hand)


def notes(plan: Plan) -> list[str]:
    return [note.code for note in plan.notes]


def assert_valid(plan: Plan, material: Footage) -> None:
    """Scenes exist, none twice, every cut lies in what may be used of its scene and holds its key frame."""
    shots = {shot.scene: shot for shot in material.shots}
    assert len(set(plan.scenes)) == len(plan.scenes)
    for entry in plan.entries:
        shot = shots[entry.scene]
        assert entry.frames >= 1
        assert entry.trim_start + entry.frames + entry.trim_end == shot.frames
        assert entry.trim_start >= shot.first and shot.frames - entry.trim_end <= shot.end
        assert entry.trim_start <= shot.key < entry.trim_start + entry.frames
        assert entry.frames >= min(material.least(shot), shot.usable)
