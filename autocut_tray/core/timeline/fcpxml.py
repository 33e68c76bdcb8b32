"""FCPXML 1.9, as DaVinci Resolve 17 and later and Final Cut Pro 10.5 and later open it.

Every time is a rational number of seconds, a whole number of frames of the rate it belongs to. The clips lie on the
spine; their ``start`` counts as the source file's time code does, their ``offset`` as the timeline's.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from autocut_tray.core.timeline.model import Media, Placed, Timeline
from autocut_tray.core.timeline.names import file_url, path_of_url
from autocut_tray.core.timeline.readback import ReadClip, ReadTimeline, Unreadable
from autocut_tray.core.timeline.xml_tree import (
    Element,
    attribute,
    child,
    children,
    document,
    element,
    parse,
    text,
)

VERSION = "1.9"
CARRIES = frozenset(
    {"timeline_name", "timeline_rate", "timeline_start", "timeline_drop"}
    | {"source_in", "source_out", "media_rate", "path", "file", "name", "note", "markers"}
)

_FORMAT_RATES = {
    Fraction(24000, 1001): "2398", Fraction(24): "24", Fraction(25): "25", Fraction(30000, 1001): "2997",
    Fraction(30): "30", Fraction(50): "50", Fraction(60000, 1001): "5994", Fraction(60): "60",
}  # fmt: skip
_FORMAT_SIZES = {(1280, 720): "720p", (1920, 1080): "1080p", (3840, 2160): "3840x2160p"}
_CONFORM_RATES = {**{rate: name for rate, name in _FORMAT_RATES.items() if rate.denominator == 1},
                  Fraction(24000, 1001): "23.98", Fraction(30000, 1001): "29.97", Fraction(60000, 1001): "59.94",
                  Fraction(48000, 1001): "47.95", Fraction(48): "48"}  # fmt: skip
"""The names that the document type allows for another rate's conform."""


def write(timeline: Timeline) -> bytes:
    lengths = timeline.media_frames()
    formats: dict[tuple[Fraction, int, int], str] = {}
    for shape in [(timeline.rate, timeline.width, timeline.height), *map(_shape, timeline.media)]:
        formats.setdefault(shape, f"r{len(formats) + 1}")
    assets = {media: f"r{len(formats) + 1 + n}" for n, media in enumerate(timeline.media)}
    own = formats[timeline.rate, timeline.width, timeline.height]
    sequence = element(
        "sequence",
        element("spine", *(_clip(one, timeline, formats, assets) for one in timeline.placed())),
        format=own,
        duration=_seconds(timeline.frames, timeline.rate),
        tcStart=_seconds(timeline.start, timeline.rate),
        tcFormat=_counting(timeline.drop),
    )
    root = element(
        "fcpxml",
        element(
            "resources",
            *(_format(identifier, *shape) for shape, identifier in formats.items()),
            *(_asset(media, assets[media], formats[_shape(media)], lengths) for media in timeline.media),
        ),
        element(
            "library",
            element("event", element("project", sequence, name=timeline.name), name="AutoCut Director"),
        ),
        version=VERSION,
    )
    return document(root)


def _shape(media: Media) -> tuple[Fraction, int, int]:
    return media.rate, media.width, media.height


def _format(identifier: str, rate: Fraction, width: int, height: int) -> Element:
    made = element(
        "format", id=identifier, frameDuration=_seconds(1, rate), width=str(width), height=str(height)
    )
    size, name = _FORMAT_SIZES.get((width, height)), _FORMAT_RATES.get(rate)
    if size and name:
        made.set("name", f"FFVideoFormat{size}{name}")
    return made


def _asset(media: Media, identifier: str, shape: str, lengths: Mapping[Media, int]) -> Element:
    made = element(
        "asset",
        element("media-rep", kind="original-media", src=file_url(media.path)),
        id=identifier,
        name=media.name,
        start=_seconds(media.start, media.rate),
        duration=_seconds(lengths[media], media.rate),
        hasVideo="1",
        format=shape,
    )
    if media.has_audio:
        made.set("hasAudio", "1")
        made.set("audioSources", "1")
    return made


def _clip(
    placed: Placed,
    timeline: Timeline,
    formats: Mapping[tuple[Fraction, int, int], str],
    assets: Mapping[Media, str],
) -> Element:
    clip = placed.clip
    media = clip.media
    made = element(
        "asset-clip",
        ref=assets[media],
        name=clip.name,
        offset=_seconds(timeline.start + placed.first, timeline.rate),
        start=_seconds(media.start + clip.first, media.rate),
        duration=_seconds(placed.frames, timeline.rate),
        format=formats[_shape(media)],
        tcFormat=_counting(media.drop),
    )
    if media.has_audio:
        made.set("audioRole", "dialogue")
    if clip.note:
        made.append(text("note", clip.note))
    if media.rate != timeline.rate:
        conform = element("conform-rate", scaleEnabled="0")
        if media.rate in _CONFORM_RATES:
            conform.set("srcFrameRate", _CONFORM_RATES[media.rate])
        made.append(conform)
    for marker in clip.markers:
        made.append(
            element(
                "marker",
                start=_seconds(media.start + marker.frame, media.rate),
                duration=_seconds(1, media.rate),
                value=marker.name,
                note=marker.note,
            )
        )
    return made


def _counting(drop: bool) -> str:
    return "DF" if drop else "NDF"


def _seconds(frames: int, rate: Fraction) -> str:
    """Not reduced: Final Cut Pro looks whether a time is a whole number of frames."""
    return f"{frames * rate.denominator}/{rate.numerator}s"


def read(data: bytes, rate: Fraction) -> ReadTimeline:
    """Reads what :func:`write` writes; raises one of UNREADABLE for anything else. The file says its rate."""
    root = parse(data, "fcpxml")
    if attribute(root, "version") != VERSION:
        raise Unreadable("another version")
    resources = child(root, "resources")
    rates = {
        attribute(one, "id"): 1 / _read_seconds(attribute(one, "frameDuration"))
        for one in children(resources, "format")
    }
    assets = {attribute(one, "id"): one for one in children(resources, "asset")}
    project = child(root, "library/event/project")
    sequence = child(project, "sequence")
    own_rate = rates[attribute(sequence, "format")]
    start = _whole(_read_seconds(attribute(sequence, "tcStart")), own_rate)
    clips = tuple(
        _read_clip(one, assets[attribute(one, "ref")], rates, own_rate, start)
        for one in children(child(sequence, "spine"), "asset-clip")
    )
    end = clips[-1].record_out if clips else 0
    if _whole(_read_seconds(attribute(sequence, "duration")), own_rate) != end:
        raise Unreadable("the clips are not as long as the timeline")
    drop = attribute(sequence, "tcFormat") == "DF"
    return ReadTimeline(clips, attribute(project, "name"), own_rate, start, drop)


def _read_clip(
    clip: Element, asset: Element, rates: Mapping[str, Fraction], rate: Fraction, start: int
) -> ReadClip:
    media_rate = rates[attribute(asset, "format")]
    first = _read_seconds(attribute(clip, "start"))
    length = _read_seconds(attribute(clip, "duration"))
    begin = _whole(_read_seconds(attribute(clip, "offset")), rate) - start
    if _read_seconds(attribute(asset, "start")) > first:
        raise Unreadable("a clip begins before its file")
    note = clip.find("note")
    return ReadClip(
        record_in=begin,
        record_out=begin + _whole(length, rate),
        source_in=_whole(first, media_rate),
        source_out=_whole(first + length, media_rate) if media_rate == rate else None,
        media_rate=media_rate,
        path=path_of_url(attribute(child(asset, "media-rep"), "src")),
        file=attribute(asset, "name"),
        name=attribute(clip, "name"),
        note="" if note is None else note.text or "",
        markers=tuple(
            (
                _whole(_read_seconds(attribute(one, "start")), media_rate),
                attribute(one, "value"),
                attribute(one, "note"),
            )
            for one in children(clip, "marker")
        ),
    )


def _read_seconds(said: str) -> Fraction:
    return Fraction(said.removesuffix("s"))


def _whole(seconds: Fraction, rate: Fraction) -> int:
    frames = seconds * rate
    if frames.denominator != 1:
        raise Unreadable(f"{seconds} s is no whole frame at {rate}")
    return int(frames)
