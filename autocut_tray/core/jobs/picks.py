"""From a job of the store to the scenes of a timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from autocut_tray.core.errors import InputError, UsageError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.job import Job, SceneRecord
from autocut_tray.core.messages import message
from autocut_tray.core.planning.plan import Plan
from autocut_tray.core.timeline.cut import Footage, Pick, rough_cut
from autocut_tray.core.timeline.model import Timeline
from autocut_tray.core.timeline.names import file_name, stem


@frozen
class Choice:
    """A scene of a rough cut. ``trim_start``, ``trim_end``: seconds to leave out at its start and end."""

    scene: int
    trim_start: Fraction = Fraction(0)
    trim_end: Fraction = Fraction(0)


def choices_of(plan: Plan) -> tuple[Choice, ...]:
    """The scenes of a rough cut as they are to be exported."""
    return tuple(
        Choice(entry.scene, entry.trim_start / plan.rate, entry.trim_end / plan.rate)
        for entry in plan.entries
    )


def parse_choices(said: str) -> tuple[Choice, ...]:
    """Scenes in the order they are named, as in ``1,3,5-8``; raises UsageError ``bad_scenes`` for anything else."""
    choices: list[Choice] = []
    for part in said.split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        numbers = (first, last) if dash else (first,)
        if not all(number.isascii() and number.isdecimal() and len(number) < 10 for number in numbers):
            raise UsageError("bad_scenes", message("error-bad-scenes", said=said))
        low, high = int(numbers[0]), int(numbers[-1])
        if low > high or high - low > 100_000:
            raise UsageError("bad_scenes", message("error-bad-scenes", said=said))
        choices += [Choice(scene) for scene in range(low, high + 1)]
    return tuple(choices)


def timeline_of(
    job: Job,
    records: Sequence[SceneRecord],
    choices: Sequence[Choice] | None,
    *,
    complete: bool,
    path: str | None = None,
) -> Timeline:
    """The chosen scenes of a job in their order, or all of them.

    ``complete``: the video was read to its end. ``path``: where the file is now, if not as stored.

    Raises UsageError ``no_such_scene``, InputError ``no_scenes`` for a job that has none yet.
    """
    if job.video is None or not records:
        raise InputError("no_scenes", message("error-no-scenes", id=job.id), message("error-no-scenes-hint"))
    footage = Footage(replace(job.video, path=path or job.path), complete=complete)
    by_id = {record.scene.id: record for record in records}
    wanted = [Choice(number) for number in by_id] if choices is None else choices
    return rough_cut(stem(file_name(job.path)), [_pick(choice, by_id, footage) for choice in wanted])


def _pick(choice: Choice, records: Mapping[int, SceneRecord], footage: Footage) -> Pick:
    record = records.get(choice.scene)
    if record is None:
        raise UsageError(
            "no_such_scene", message("error-no-such-scene", number=str(choice.scene), last=str(max(records)))
        )
    seen = record.description
    return Pick(
        footage,
        record.scene,
        choice.trim_start,
        choice.trim_end,
        note=seen.summary if seen else "",
        tags=seen.tags if seen else (),
        flaws=record.picture.flaws if record.picture else (),
    )
