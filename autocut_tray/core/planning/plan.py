"""A rough cut as data: which scenes, in which order, how trimmed, and why."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message_from_json, message_to_json

Json = dict[str, Any]


class PlannedBy(enum.Enum):
    MODEL = "model"
    RULES = "rules"


@frozen
class PlanEntry:
    """One scene of the cut. ``trim_start``, ``trim_end``: frames left out at its ends; ``frames``: what stays."""

    scene: int
    trim_start: int
    trim_end: int
    frames: int
    reason: Message


@frozen
class ByHand:
    """What a person changed. ``removed``: scenes taken out; ``order``: theirs of the scenes, None if as planned."""

    removed: tuple[int, ...] = ()
    order: tuple[int, ...] | None = None

    def __bool__(self) -> bool:
        return bool(self.removed) or self.order is not None


@frozen
class Plan:
    """``seconds``: the length that was asked for, None for any. ``rate``: frames of the source a second.

    ``who``: who made it and why they; ``notes``: what else was done to it.
    """

    brief: str
    seconds: Fraction | None
    rate: Fraction
    by: PlannedBy
    model: str | None
    who: Message
    notes: tuple[Message, ...]
    entries: tuple[PlanEntry, ...]
    hand: ByHand = ByHand()

    @property
    def frames(self) -> int:
        return sum(entry.frames for entry in self.entries)

    @property
    def length(self) -> Fraction:
        """Seconds of all entries together."""
        return self.frames / self.rate

    @property
    def scenes(self) -> tuple[int, ...]:
        return tuple(entry.scene for entry in self.entries)


def changed_by_hand(plan: Plan, scenes: Sequence[int]) -> Plan:
    """The plan with only these of its scenes, in this order. Raises ValueError for one not in it, or named twice."""
    by_scene = {entry.scene: entry for entry in plan.entries}
    if len(set(scenes)) != len(scenes) or not set(scenes) <= by_scene.keys():
        raise ValueError(f"not scenes of this plan: {list(scenes)}")
    kept = set(scenes)
    out = tuple(scene for scene in plan.scenes if scene not in kept)
    moved = tuple(scenes) != tuple(scene for scene in plan.scenes if scene in kept)
    order = tuple(scenes) if moved or plan.hand.order is not None else None
    hand = ByHand((*plan.hand.removed, *out), order)
    return replace(plan, entries=tuple(by_scene[scene] for scene in scenes), hand=hand)


def plan_to_json(plan: Plan) -> Json:
    """For storage."""
    return {
        "brief": plan.brief,
        "seconds": None if plan.seconds is None else str(plan.seconds),
        "rate": str(plan.rate),
        "by": plan.by.value,
        "model": plan.model,
        "who": message_to_json(plan.who),
        "notes": [message_to_json(note) for note in plan.notes],
        "entries": [
            [entry.scene, entry.trim_start, entry.trim_end, entry.frames, message_to_json(entry.reason)]
            for entry in plan.entries
        ],
        "removed": list(plan.hand.removed),
        "order": None if plan.hand.order is None else list(plan.hand.order),
    }


def plan_from_json(data: Json) -> Plan:
    return Plan(
        data["brief"],
        None if data["seconds"] is None else Fraction(data["seconds"]),
        Fraction(data["rate"]),
        PlannedBy(data["by"]),
        data["model"],
        message_from_json(data["who"]),
        tuple(message_from_json(note) for note in data["notes"]),
        tuple(
            PlanEntry(scene, start, end, frames, message_from_json(reason))
            for scene, start, end, frames, reason in data["entries"]
        ),
        ByHand(tuple(data["removed"]), None if data["order"] is None else tuple(data["order"])),
    )
