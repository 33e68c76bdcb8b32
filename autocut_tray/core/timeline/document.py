"""JSON for programs: the whole timeline, frames and rational rates as they are.

Times in frames; frames of the source count from the start of the file, those of the record from the start of the
timeline; ends are exclusive. Keys may be added, never renamed or dropped without a new ``schema``.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from autocut_tray.core.timecode import format_rate, parse_rate, parse_timecode
from autocut_tray.core.timeline.model import Media, Placed, Timeline
from autocut_tray.core.timeline.names import file_url, path_of_url
from autocut_tray.core.timeline.readback import ReadClip, ReadTimeline, Unreadable

SCHEMA = 1
CARRIES = frozenset(
    {"timeline_name", "timeline_rate", "timeline_start", "timeline_drop"}
    | {"source_in", "source_out", "media_rate", "path", "file", "name", "note", "markers"}
)

Json = dict[str, Any]


def write(timeline: Timeline) -> bytes:
    media = timeline.media
    document = {
        "schema": SCHEMA,
        "name": timeline.name,
        "rate": format_rate(timeline.rate),
        "drop_frame": timeline.drop,
        "start_timecode": timeline.timecode(0),
        "start_frame": timeline.start,
        "frames": timeline.frames,
        "width": timeline.width,
        "height": timeline.height,
        "media": [_media(one) for one in media],
        "clips": [_clip(one, timeline, media) for one in timeline.placed()],
    }
    return (json.dumps(document, ensure_ascii=True, indent=1) + "\n").encode()


def _media(media: Media) -> Json:
    return {
        "path": media.path,
        "url": file_url(media.path),
        "file": media.name,
        "rate": format_rate(media.rate),
        "frames": media.frames,
        "start_timecode": media.timecode(0),
        "start_frame": media.start,
        "drop_frame": media.drop,
        "width": media.width,
        "height": media.height,
        "rotation": media.rotation,
        "variable_rate": media.variable_rate,
        "has_audio": media.has_audio,
    }


def _clip(placed: Placed, timeline: Timeline, media: tuple[Media, ...]) -> Json:
    clip = placed.clip
    return {
        "number": placed.number,
        "scene": clip.scene,
        "name": clip.name,
        "note": clip.note,
        "flaws": [flaw.value for flaw in clip.flaws],
        "media": media.index(clip.media),
        "source_in": clip.first,
        "source_out": clip.end,
        "source_timecode_in": clip.media.timecode(clip.first),
        "source_timecode_out": clip.media.timecode(clip.end),
        "record_in": placed.first,
        "record_out": placed.end,
        "record_timecode_in": timeline.timecode(placed.first),
        "record_timecode_out": timeline.timecode(placed.end),
        "markers": [{"frame": one.frame, "name": one.name, "note": one.note} for one in clip.markers],
    }


def read(data: bytes, rate: Fraction) -> ReadTimeline:
    """Reads what :func:`write` writes; raises one of UNREADABLE for anything else. The file says its rate."""
    document = json.loads(data)
    if document["schema"] != SCHEMA:
        raise Unreadable("another schema")
    own_rate = parse_rate(document["rate"])
    start = parse_timecode(document["start_timecode"], own_rate)
    if (start.frame, start.drop) != (document["start_frame"], document["drop_frame"]):
        raise Unreadable("time code and frame differ")
    clips = tuple(_read_clip(one, document["media"][one["media"]]) for one in document["clips"])
    return ReadTimeline(clips, document["name"], own_rate, start.frame, start.drop)


def _read_clip(clip: Json, media: Json) -> ReadClip:
    origin = int(media["start_frame"])
    return ReadClip(
        record_in=clip["record_in"],
        record_out=clip["record_out"],
        source_in=origin + clip["source_in"],
        source_out=origin + clip["source_out"],
        media_rate=parse_rate(media["rate"]),
        path=path_of_url(media["url"]),
        file=media["file"],
        name=clip["name"],
        note=clip["note"],
        markers=tuple((origin + one["frame"], one["name"], one["note"]) for one in clip["markers"]),
    )
