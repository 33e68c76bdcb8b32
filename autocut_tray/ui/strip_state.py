"""What the state strip says: a pure decision from the controller's state and the jobs."""

from __future__ import annotations

import enum

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier


class StripAction(enum.Enum):
    """The one button of the strip."""

    UNDO = "undo"
    ADVICE = "advice"
    RESUME = "resume"
    PAUSE = "pause"
    ANALYSE = "analyse"


@frozen
class StripFacts:
    """What the decision is made from; ``tier`` None until the machine is known.

    ``since``: the time of day of the last change, ready to show. ``starting``: no tier is proven yet. ``hopeful``:
    one may be soon, by itself. ``running``/``waiting``: jobs. ``speed``: seconds a scene, in words.
    """

    tier: Tier | None = None
    level: MemoryLevel = MemoryLevel.OK
    since: str = ""
    reason: Message | None = None
    degraded: bool = False
    can_undo: bool = False
    pinned: bool = False
    starting: bool = False
    hopeful: bool = True
    model: str | None = None
    speed: str | None = None
    running: int = 0
    waiting: int = 0
    held_by_person: bool = False
    page: str = "overview"


@frozen
class StripState:
    """``kind``: ``""``, ``warn`` or ``crit`` chooses the ground; ``shape``: the state's shape, None when all is
    well."""

    kind: str
    tier: Tier | None
    shape: str | None
    what: Message
    why: Message | None
    action: StripAction | None


def strip_state(facts: StripFacts) -> StripState:
    """The first of these that is true: looking, emergency, held by the person, being readied, degraded, nothing
    can describe, chosen by the person, memory short, at work, idle."""
    tier = facts.tier
    if tier is None:
        return StripState("", None, None, message("ui-strip-looking"), None, None)
    if facts.level is MemoryLevel.EMERGENCY:
        what = message("ui-strip-paused-since", time=facts.since)
        return StripState("crit", Tier.PAUSED, "crit", what, facts.reason, StripAction.ADVICE)
    if facts.held_by_person and facts.running + facts.waiting:
        why = message("ui-strip-held-why", n=facts.running + facts.waiting)
        return StripState("", Tier.PAUSED, None, message("ui-strip-held"), why, StripAction.RESUME)
    if tier is Tier.PAUSED and facts.starting and facts.hopeful:
        return StripState("", None, None, message("ui-strip-readying"), facts.reason, _page_action(facts))
    if facts.degraded:
        undo = StripAction.UNDO if facts.can_undo else None
        return StripState("warn", tier, "warn", _since(facts, tier), facts.reason, undo)
    if tier is Tier.PAUSED:
        action = StripAction.UNDO if facts.can_undo else None
        return StripState("warn", tier, "warn", message("ui-strip-nothing"), facts.reason, action)
    if facts.can_undo:
        return StripState("", tier, None, _since(facts, tier), facts.reason, StripAction.UNDO)
    what = message("ui-strip-running" if facts.running else "ui-strip-ready", tier=tier.value)
    if facts.level is MemoryLevel.WARN:
        return StripState("warn", tier, "warn", what, message("ui-strip-memory-short"), _page_action(facts))
    if facts.running and facts.model is not None and facts.speed is not None:
        why = message("ui-strip-model-speed", model=facts.model, speed=facts.speed)
        return StripState("", tier, None, what, why, _page_action(facts))
    return StripState("", tier, None, what, facts.reason, _page_action(facts))


def _since(facts: StripFacts, tier: Tier) -> Message:
    if tier is Tier.PAUSED:
        return message("ui-strip-paused-since", time=facts.since)
    return message("ui-strip-running-since", tier=tier.value, time=facts.since)


def _page_action(facts: StripFacts) -> StripAction | None:
    if facts.running or facts.waiting:
        return StripAction.PAUSE if facts.page == "analyse" else None
    return None if facts.page == "analyse" else StripAction.ANALYSE
