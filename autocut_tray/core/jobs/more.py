"""More of a job that is done: the scenes that were left out, and those described on a lower tier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autocut_tray.core.errors import UsageError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.job import SceneRecord, SceneStatus
from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor_types import Tier

Json = dict[str, Any]


@frozen
class More:
    """``rest``: scenes that were left out; ``lower``: those done on a lower tier. ``scenes`` None: all of these.

    ``base``: the policy's tier, by which scenes of earlier versions are judged.
    """

    rest: bool = False
    lower: bool = False
    scenes: tuple[int, ...] | None = None
    base: Tier | None = None


def scenes_wanted(records: Sequence[SceneRecord], more: More) -> list[int]:
    """The ids of the scenes to describe, in order. Raises UsageError when there are none."""
    found = [
        record.scene.id
        for record in records
        if (more.scenes is None or record.scene.id in more.scenes) and _is_wanted(record, more)
    ]
    if not found:
        raise UsageError(
            "nothing_to_describe",
            message("error-nothing-to-describe", rest=int(more.rest), lower=int(more.lower)),
        )
    return found


def _is_wanted(record: SceneRecord, more: More) -> bool:
    left_out = record.status in (SceneStatus.LEFT_OUT, SceneStatus.FAILED)
    owed = record.status is SceneStatus.DESCRIBED and record.owed(more.base)
    return (more.rest and left_out) or (more.lower and owed)


def more_to_json(more: More) -> Json:
    return {"rest": more.rest, "lower": more.lower, "scenes": more.scenes and list(more.scenes)}


def more_from_json(data: Json) -> More:
    scenes = data["scenes"]
    return More(bool(data["rest"]), bool(data["lower"]), None if scenes is None else tuple(map(int, scenes)))


def edit_of(record: SceneRecord, changes: Json) -> Json:
    """What a person changed of a description, cleaned. Raises UsageError for a scene that has none."""
    if record.description is None:
        raise UsageError("not_described", message("error-not-described", number=str(record.scene.id)))
    from autocut_tray.core.analyzers.answer import edited_fields  # late: few scenes are edited

    return edited_fields(changes)
