"""Jobs and scenes as rows and as JSON documents: one place that knows both forms."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import asdict
from typing import Any

from autocut_tray.core.analyzers.base import Description
from autocut_tray.core.footage import (
    NotFast,
    ScanMode,
    Scene,
    Sound,
    SoundProblem,
    SoundTrack,
    SubtitleProblem,
    Subtitles,
    SubtitleSource,
    Transition,
    Video,
)
from autocut_tray.core.jobs.job import (
    DescribedBy,
    Force,
    Job,
    JobError,
    JobOptions,
    JobState,
    Phase,
    ScenePicture,
    SceneRecord,
    SceneStatus,
)
from autocut_tray.core.messages import Message, message_from_json, message_to_json
from autocut_tray.core.picture_quality import PictureQuality
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.picture_limits import Fewer
from autocut_tray.core.timecode import format_rate, parse_rate

Json = dict[str, Any]


def dump(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def load(text: str | None) -> Any:
    return None if text is None else json.loads(text)


_VIDEO_OF_ITS_OWN = frozenset({"rate", "audio", "subtitles", "scan_mode", "not_fast"})
"""Keys whose values are not those of the field of that name."""


def video_to_json(video: Video) -> Json:
    """The ``video`` object of the command line's JSON."""
    return {
        "path": video.path,
        "container": video.container,
        "codec": video.codec,
        "width": video.width,
        "height": video.height,
        "rotation": video.rotation,
        "rate": format_rate(video.rate),
        "variable_rate": video.variable_rate,
        "frames": video.frames,
        "duration": video.duration,
        "start_timecode": video.start_timecode,
        "has_audio": video.has_audio,
        "audio": asdict(video.sound) if video.sound else None,
        "subtitles": _subtitles_to_json(video.subtitles) if video.subtitles else None,
        "scan_mode": video.mode.value,
        "not_fast": video.not_fast.value if video.not_fast else None,
    }


def video_from_json(data: Json) -> Video:
    """Documents of earlier versions lack ``audio``, ``subtitles``, ``scan_mode`` and ``not_fast``."""
    sound, subtitles, not_fast = data.get("audio"), data.get("subtitles"), data.get("not_fast")
    return Video(
        **{key: value for key, value in data.items() if key not in _VIDEO_OF_ITS_OWN},
        rate=parse_rate(data["rate"]),
        sound=SoundTrack(**sound) if sound else None,
        subtitles=_subtitles_from_json(subtitles) if subtitles else None,
        mode=ScanMode(data.get("scan_mode", ScanMode.ACCURATE.value)),
        not_fast=NotFast(not_fast) if not_fast else None,
    )


def _subtitles_to_json(subtitles: Subtitles) -> Json:
    return {
        "source": subtitles.source.value if subtitles.source else None,
        "format": subtitles.format,
        "language": subtitles.language,
        "tracks": subtitles.tracks,
        "problem": subtitles.problem.value if subtitles.problem else None,
    }


def _subtitles_from_json(data: Json) -> Subtitles:
    source, problem = data["source"], data["problem"]
    return Subtitles(
        SubtitleSource(source) if source else None,
        data["format"],
        data["language"],
        data["tracks"],
        SubtitleProblem(problem) if problem else None,
    )


def sound_to_json(sound: Sound) -> Json:
    """The ``audio`` object of a scene in the command line's JSON."""
    return {
        "loudness_lufs": None if sound.loudness is None else round(sound.loudness, 1),
        "silence_ratio": round(sound.silence, 3),
        "speech_like_ratio": None if sound.speech is None else round(sound.speech, 3),
    }


def sound_to_row(sound: Sound | SoundProblem) -> Json:
    return {"problem": sound.value} if isinstance(sound, SoundProblem) else sound_to_json(sound)


def sound_from_row(data: Json) -> Sound | SoundProblem:
    if "problem" in data:
        return SoundProblem(data["problem"])
    return Sound(data["loudness_lufs"], data["silence_ratio"], data["speech_like_ratio"])


def scene_to_json(scene: Scene) -> Json:
    """The scene object of the command line's JSON."""
    return {
        "id": scene.id,
        "start_frame": scene.start_frame,
        "end_frame": scene.end_frame,
        "start": round(scene.start, 6),
        "end": round(scene.end, 6),
        "transition": scene.transition.value,
    }


def picture_to_json(quality: PictureQuality | None) -> Json | None:
    """The ``picture`` object of a scene in the command line's JSON: figures and flaws; null where not measured."""
    return {**asdict(quality), "flaws": [flaw.value for flaw in quality.flaws]} if quality else None


def description_to_json(description: Description) -> Json:
    return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(description).items()}


def description_from_json(data: Json) -> Description:
    fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in data.items()}
    return Description(**fields)


def options_to_json(options: JobOptions) -> Json:
    return {
        "language": options.language,
        "never_cloud": options.never_cloud,
        "force": options.force.value if options.force else None,
        "max_scenes": options.max_scenes,
        "finish_by": options.finish_by,
    }


def options_from_json(data: Json) -> JobOptions:
    return JobOptions(
        data["language"],
        never_cloud=data["never_cloud"],
        force=Force(data["force"]) if data["force"] else None,
        max_scenes=data["max_scenes"],
        finish_by=data.get("finish_by"),
    )


def error_to_json(error: JobError) -> Json:
    return {
        "code": error.code,
        "message": message_to_json(error.message),
        "hint": message_to_json(error.hint) if error.hint else None,
        "detail": error.detail,
        "exit_code": error.exit_code,
    }


def error_from_json(data: Json) -> JobError:
    return JobError(
        data["code"],
        message_from_json(data["message"]),
        message_from_json(data["hint"]) if data["hint"] else None,
        data["detail"],
        data["exit_code"],
    )


def job_from_row(row: sqlite3.Row) -> Job:
    """A row of :data:`~.store.JOB_QUERY`, counts of its scenes included."""
    video, error, waiting = load(row["video"]), load(row["error"]), load(row["waiting_for"])
    note = load(row["note"])
    done = row["described"] + row["failed"]
    return Job(
        id=row["id"],
        path=os.fsdecode(row["path"]),
        content_key=row["content_key"],
        state=JobState(row["state"]),
        phase=Phase(row["phase"]) if row["phase"] else None,
        options=options_from_json(load(row["options"])),
        created=row["created"],
        updated=row["updated"],
        attempts=row["attempts"],
        video=video_from_json(video) if video else None,
        scenes_found=row["found"],
        scenes_planned=max(done + row["wanted"], min(row["budget"], row["found"] - row["left_out"])),
        scenes_done=done,
        scenes_left_out=row["left_out"],
        scenes_degraded=row["owed"],
        note=message_from_json(note) if note else None,
        way=Tier(row["way"]) if row["way"] else None,
        scanned=row["scanned"],
        thumbnail=row["thumbnail"],
        error=error_from_json(error) if error else None,
        waiting_for=message_from_json(waiting) if waiting else None,
        held=bool(row["held"]),
        turn=row["turn"],
    )


def record_from_row(row: sqlite3.Row) -> SceneRecord:
    description, error, sound = load(row["description"]), load(row["error"]), load(row["audio"])
    picture, hand = load(row["picture"]), load(row["hand"]) or {}
    return SceneRecord(
        scene=Scene(
            row["scene"],
            row["start_frame"],
            row["end_frame"],
            row["start_s"],
            row["end_s"],
            Transition(row["transition"]),
        ),
        status=SceneStatus(row["status"]),
        keyframe=row["keyframe"],
        thumbnail=row["thumbnail"],
        description=description_from_json({**description, **hand}) if description else None,
        described_by=_described_by(row) if row["tier"] else None,
        error=_message(error),
        sound=sound_from_row(sound) if sound else None,
        subtitles=row["subtitles"],
        picture=PictureQuality(**picture) if picture else None,
        edited=tuple(hand) if description else (),
        wanted=bool(row["wanted"]),
        further=tuple(ScenePicture(**one) for one in load(row["further"]) or ()),
    )


def _described_by(row: sqlite3.Row) -> DescribedBy:
    degraded = row["degraded"]
    return DescribedBy(
        Tier(row["tier"]),
        row["backend"],
        row["model"],
        row["seconds"],
        None if degraded is None else bool(degraded),
        row["pictures"] or 1,
        Fewer(row["fewer"]) if row["fewer"] else None,
    )


def _message(data: Json | None) -> Message | None:
    return message_from_json(data) if data else None
