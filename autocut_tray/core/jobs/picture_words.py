"""From how many of its pictures a scene was described, in words."""

from __future__ import annotations

from autocut_tray.core.jobs.job import SceneRecord
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.models import title


def picture_words(record: SceneRecord) -> Message | None:
    """None for a scene that has one picture, or no description."""
    by, pictures = record.described_by, len(record.pictures)
    if by is None or pictures < 2:
        return None
    if by.fewer is None:
        return message("scene-pictures", shown=by.pictures, pictures=pictures)
    code = f"scene-pictures-{by.fewer.value}"
    return message(code, shown=by.pictures, pictures=pictures, model=title(by.model))
