"""OpenTimelineIO's JSON: Timeline.1 and what is inside it, as DaVinci Resolve 18.5 and later open it.

Written and read without the library, whose times are floating point numbers: only the file's own numbers are, and
each is the one nearest to a rational number of small terms, so that reading gives back what was written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from itertools import accumulate
from typing import Any

from autocut_tray.core.timeline.model import Media, Placed, Timeline
from autocut_tray.core.timeline.names import file_url, path_of_url
from autocut_tray.core.timeline.readback import ReadClip, ReadTimeline, Unreadable

Json = dict[str, Any]

CARRIES = frozenset(
    {"timeline_name", "timeline_rate", "timeline_start", "timeline_drop"}
    | {"source_in", "source_out", "media_rate", "path", "file", "name", "note", "markers"}
)
_OURS = "autocut"
"""The name of our part of the metadata, which other programs keep or ignore."""
_MAX_TERM = 1001


def write(timeline: Timeline) -> bytes:
    placed = tuple(timeline.placed())
    lengths = timeline.media_frames()
    tracks = [_track("Video 1", "Video", [_clip(one, timeline, lengths) for one in placed])]
    if any(media.has_audio for media in timeline.media):
        sound = [
            _clip(one, timeline, lengths, markers=False) if one.clip.media.has_audio else _gap(one, timeline)
            for one in placed
        ]
        tracks.append(_track("Audio 1", "Audio", sound))
    document = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": timeline.name,
        "metadata": {_OURS: {"drop_frame": timeline.drop}},
        "global_start_time": _time(timeline.start, timeline.rate),
        "tracks": {
            "OTIO_SCHEMA": "Stack.1",
            "name": "tracks",
            **_composition(),
            "children": tracks,
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _track(name: str, kind: str, children: list[Json]) -> Json:
    return {"OTIO_SCHEMA": "Track.1", "name": name, "kind": kind, **_composition(), "children": children}


def _composition() -> Json:
    return {"metadata": {}, "source_range": None, "effects": [], "markers": [], "enabled": True}


def _clip(placed: Placed, timeline: Timeline, lengths: Mapping[Media, int], *, markers: bool = True) -> Json:
    clip = placed.clip
    media = clip.media
    return {
        # Resolve finds a file more surely when clip and reference are called as the file is.
        "OTIO_SCHEMA": "Clip.2",
        "name": media.name,
        "metadata": {_OURS: {"name": clip.name, "scene": clip.scene, "note": clip.note}},
        "source_range": _range(media.start + clip.first, media.rate, placed.frames, timeline.rate),
        "effects": [],
        "markers": [_marker(media, m.frame, m.name, m.note) for m in clip.markers] if markers else [],
        "enabled": True,
        "media_references": {
            "DEFAULT_MEDIA": {
                "OTIO_SCHEMA": "ExternalReference.1",
                "name": media.name,
                "metadata": {
                    _OURS: {
                        "rotation": media.rotation,
                        "variable_rate": media.variable_rate,
                        "drop_frame": media.drop,
                    }
                },
                "available_range": _range(media.start, media.rate, lengths[media], media.rate),
                "available_image_bounds": None,
                "target_url": file_url(media.path),
            }
        },
        "active_media_reference_key": "DEFAULT_MEDIA",
    }


def _gap(placed: Placed, timeline: Timeline) -> Json:
    return {
        "OTIO_SCHEMA": "Gap.1",
        "name": "",
        **_composition(),
        "source_range": _range(0, timeline.rate, placed.frames, timeline.rate),
    }


def _marker(media: Media, frame: int, name: str, note: str) -> Json:
    return {
        "OTIO_SCHEMA": "Marker.2",
        "name": name,
        "metadata": {},
        "marked_range": _range(media.start + frame, media.rate, 1, media.rate),
        "color": "BLUE",
        "comment": note,
    }


def _range(start: int, start_rate: Fraction, length: int, length_rate: Fraction) -> Json:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(start, start_rate),
        "duration": _time(length, length_rate),
    }


def _time(frames: int, rate: Fraction) -> Json:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate), "value": float(frames)}


def read(data: bytes, rate: Fraction) -> ReadTimeline:
    """Reads what :func:`write` writes; raises one of UNREADABLE for anything else. The file says its rate."""
    document = json.loads(data)
    video, *others = _of_kind(document["tracks"], "Stack")["children"]
    start, own_rate = _read_time(_of_kind(document, "Timeline")["global_start_time"])
    items = _of_kind(video, "Track")["children"]
    lengths = [_read_length(item, own_rate) for item in items]
    for track in others:
        if [_read_length(item, own_rate) for item in _of_kind(track, "Track")["children"]] != lengths:
            raise Unreadable("sound and picture differ")
    begins = accumulate(lengths, initial=0)
    clips = tuple(
        _read_clip(_of_kind(item, "Clip"), at, own_rate) for item, at in zip(items, begins, strict=False)
    )
    return ReadTimeline(clips, document["name"], own_rate, start, document["metadata"][_OURS]["drop_frame"])


def _read_clip(item: Json, at: int, rate: Fraction) -> ReadClip:
    reference = item["media_references"][item["active_media_reference_key"]]
    first, media_rate = _read_time(item["source_range"]["start_time"])
    length = _read_length(item, rate)
    available, available_rate = _read_time(reference["available_range"]["start_time"])
    if available > first or available_rate != media_rate:
        raise Unreadable("a clip begins before its file")
    markers = []
    for marker in item["markers"]:
        frame, marker_rate = _read_time(marker["marked_range"]["start_time"])
        if marker_rate != media_rate:
            raise Unreadable("a marker at another rate")
        markers.append((frame, marker["name"], marker["comment"]))
    return ReadClip(
        record_in=at,
        record_out=at + length,
        source_in=first,
        source_out=first + length if media_rate == rate else None,
        media_rate=media_rate,
        path=path_of_url(reference["target_url"]),
        file=item["name"],
        name=item["metadata"][_OURS]["name"],
        note=item["metadata"][_OURS]["note"],
        markers=tuple(markers),
    )


def _read_length(item: Json, rate: Fraction) -> int:
    frames, own_rate = _read_time(item["source_range"]["duration"])
    if own_rate != rate:
        raise Unreadable("a length at another rate")
    return frames


def _read_time(time: Json) -> tuple[int, Fraction]:
    value, rate = Fraction(time["value"]), Fraction(time["rate"]).limit_denominator(_MAX_TERM)
    if time["OTIO_SCHEMA"] != "RationalTime.1" or value.denominator != 1:
        raise Unreadable(f"not a frame: {time}")
    return int(value), rate


def _of_kind(item: Json, kind: str) -> Json:
    if str(item["OTIO_SCHEMA"]).partition(".")[0] != kind:
        raise Unreadable(f"not a {kind}: {item['OTIO_SCHEMA']}")
    return item
