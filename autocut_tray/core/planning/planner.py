"""The plan itself: what was chosen, checked, filled up and trimmed to length, with a word on all that was done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.planning.brief import Brief
from autocut_tray.core.planning.fit import fit, least, room, too_short
from autocut_tray.core.planning.model import ModelChoice
from autocut_tray.core.planning.plan import ByHand, Plan, PlanEntry, PlannedBy
from autocut_tray.core.planning.rules import Chosen, Rules, target_frames
from autocut_tray.core.planning.shots import Footage, Shot


@frozen
class Author:
    """Who chose: ``chosen`` None is the rules. ``who``: in words, with the reason."""

    who: Message
    chosen: ModelChoice | None = None


def make_plan(
    footage: Footage, brief: Brief, rules: Rules, author: Author, hand: ByHand | None = None
) -> Plan:
    """A valid plan from any choice: its scenes exist, none is in it twice, no cut leaves its scene.

    ``hand``: changes by hand to keep. There must be at least one shot. Where all of them were taken out by hand
    the plan is empty.
    """
    target = target_frames(brief.seconds, footage.rate)
    out = frozenset(hand.removed if hand else ())
    notes: list[Message] = []
    chosen = _chosen(footage, rules, author, target, out, notes)
    if target is None and not chosen:  # all that the model chose was taken out by hand before
        chosen = rules.choose(None, out)
        notes.append(message("plan-note-filled", n=len(chosen)))
    elif target is not None:
        chosen = _cut_down(footage, rules, chosen, target, notes)
        chosen = _filled(footage, rules, chosen, target, out, notes)
    if hand is not None:
        chosen = _in_their_order(chosen, hand.order)
        if hand:
            notes.append(message("plan-note-kept"))
    cuts = fit(footage, [one.shot for one in chosen], target)
    entries = tuple(
        PlanEntry(cut.shot.scene, cut.trim_start, cut.trim_end, cut.frames, one.reason)
        for cut, one in zip(cuts, chosen, strict=True)
    )
    frames = sum(entry.frames for entry in entries)
    if target is not None and too_short(frames, target):
        notes.append(
            message(
                "plan-note-shorter",
                have=_seconds(footage.seconds(frames)),
                wanted=_seconds(footage.seconds(target)),
            )
        )
    notes += _undescribed(footage)
    model = author.chosen.model if author.chosen else None
    by = PlannedBy.MODEL if author.chosen else PlannedBy.RULES
    return Plan(
        brief.text,
        brief.seconds,
        footage.rate,
        by,
        model,
        author.who,
        tuple(notes),
        entries,
        hand or ByHand(),
    )


def _chosen(
    footage: Footage,
    rules: Rules,
    author: Author,
    target: int | None,
    out: Collection[int],
    notes: list[Message],
) -> list[Chosen]:
    if author.chosen is None:
        return rules.choose(target, out)
    choice = author.chosen.choice
    if choice.unknown:
        notes.append(message("plan-note-unknown", n=choice.unknown))
    if choice.twice:
        notes.append(message("plan-note-twice", n=choice.twice))
    if author.chosen.shown < len(footage.shots):
        notes.append(message("plan-note-seen", n=author.chosen.shown, total=len(footage.shots)))
    by_scene = {shot.scene: shot for shot in footage.shots}
    return [
        Chosen(
            by_scene[scene], message("plan-reason-said", text=said) if said else message("plan-reason-none")
        )
        for scene, said in choice.scenes
        if scene in by_scene and scene not in out
    ]


def _cut_down(
    footage: Footage, rules: Rules, chosen: list[Chosen], target: int, notes: list[Message]
) -> list[Chosen]:
    """Without the weakest, where so many make no sense in that length or do not even fit; one stays."""
    kept = list(chosen)
    most = 2 * rules.wanted_shots(target)
    for weakest in sorted(chosen, key=lambda one: rules.score(one.shot)):
        fits = len(kept) <= most and least(footage, [one.shot for one in kept]) <= target
        if fits or len(kept) == 1:
            break
        kept.remove(weakest)
    if len(kept) < len(chosen):
        notes.append(message("plan-note-left-out", n=len(chosen) - len(kept)))
    return kept


def _filled(
    footage: Footage,
    rules: Rules,
    chosen: list[Chosen],
    target: int,
    out: Collection[int],
    notes: list[Message],
) -> list[Chosen]:
    """With more scenes by the rules, where the chosen ones are too short."""
    present = [one.shot for one in chosen]
    if not too_short(room(present), target):
        return chosen
    added = rules.fill(present, target, out)
    if not added:
        return chosen
    notes.append(message("plan-note-filled", n=len(added)))
    line = list(chosen)
    for one in sorted(added, key=lambda added: added.shot.scene):
        line.insert(_place(line, one.shot), one)
    return line


def _place(line: Sequence[Chosen], shot: Shot) -> int:
    """Behind the scene that comes before it in the footage, but not before the one that opens the cut."""
    before = [number for number, one in enumerate(line) if one.shot.scene < shot.scene]
    nearest = max(before, key=lambda number: line[number].shot.scene, default=0)
    return min(nearest + 1, len(line))


def _in_their_order(chosen: list[Chosen], order: Sequence[int] | None) -> list[Chosen]:
    """The scenes of ``order`` change places among themselves until they follow each other as it says."""
    if order is None:
        return chosen
    wanted = {scene: number for number, scene in enumerate(order)}
    moved = iter(
        sorted((one for one in chosen if one.shot.scene in wanted), key=lambda one: wanted[one.shot.scene])
    )
    return [next(moved) if one.shot.scene in wanted else one for one in chosen]


def _undescribed(footage: Footage) -> list[Message]:
    unseen = sum(shot.seen is None for shot in footage.shots)
    return [message("plan-note-unseen", n=unseen, total=len(footage.shots))] if unseen else []


def _seconds(seconds: Fraction) -> str:
    return f"{float(seconds):.1f}"
