"""The JSON documents of the command line and the API, as ``interfaces`` promises them to other programs.

Keys may be added, never renamed or dropped without a new schema number. Words are in the translator's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.footage import Scene, Video
from autocut_tray.core.jobs.job import Job, JobError, JobState, SceneRecord
from autocut_tray.core.jobs.records import description_to_json, scene_to_json, video_to_json
from autocut_tray.i18n import Translator

Json = dict[str, Any]

_STATES = {JobState.POISON: "failed"}


def error_document(error: AutoCutError | JobError, translator: Translator) -> Json:
    """``{"code", "message", "hint"}``."""
    return {
        "code": error.code,
        "message": translator.text(error.message),
        "hint": translator.text(error.hint) if error.hint else None,
    }


def scenes_document(video: Video, scenes: Sequence[Scene]) -> Json:
    return {"video": video_to_json(video), "scenes": [scene_to_json(scene) for scene in scenes]}


def job_document(job: Job, translator: Translator) -> Json:
    """A job without its scenes."""
    return {
        "id": job.id,
        "path": job.path,
        "state": _STATES.get(job.state, job.state.value),
        "phase": job.phase.value if job.phase else None,
        "created": job.created,
        "updated": job.updated,
        "never_cloud": job.options.never_cloud,
        "video": video_to_json(job.video) if job.video else None,
        "scenes_found": job.scenes_found,
        "scenes_planned": job.scenes_planned,
        "scenes_done": job.scenes_done,
        "waiting_for": translator.text(job.waiting_for) if job.waiting_for else None,
        "error": error_document(job.error, translator) if job.error else None,
    }


def analysis_document(
    job: Job, records: Sequence[SceneRecord], thumbnails: Path, translator: Translator
) -> Json:
    """A job with everything that is known of its scenes."""
    return {
        **job_document(job, translator),
        "scenes": [record_document(record, thumbnails, translator) for record in records],
        "plan": None,
    }


def record_document(record: SceneRecord, thumbnails: Path, translator: Translator) -> Json:
    by = record.described_by
    return {
        **scene_to_json(record.scene),
        "keyframe": record.keyframe,
        "thumbnail": str(thumbnails / record.thumbnail) if record.thumbnail else None,
        "status": record.status.value,
        "description": description_to_json(record.description) if record.description else None,
        "described_by": {
            "tier": by.tier.value,
            "backend": by.backend,
            "model": by.model,
            "seconds": by.seconds,
        }
        if by
        else None,
        "audio": None,
        "subtitles": None,
        "error": translator.text(record.error) if record.error else None,
    }
