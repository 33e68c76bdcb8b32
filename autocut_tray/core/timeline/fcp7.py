"""Final Cut Pro 7's XML (xmeml 5), which Premiere Pro and DaVinci Resolve open.

Rates are whole "timebases" with a flag for those slowed by 1000/1001. ``in`` and ``out`` count frames from the start
of the source file at its rate, ``start`` and ``end`` from the start of the timeline; both ends are exclusive.
Resolve shows no timeline where ``format`` is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from autocut_tray.core.timecode import nominal, parse_timecode
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
    number,
    parse,
    text,
    words,
)

VERSION = "5"
CARRIES = frozenset(
    {"timeline_name", "timeline_rate", "timeline_start", "timeline_drop"}
    | {"source_in", "source_out", "media_rate", "path", "file", "name", "note", "markers"}
)


def write(timeline: Timeline) -> bytes:
    placed = tuple(timeline.placed())
    files = {media: f"file-{n}" for n, media in enumerate(timeline.media, 1)}
    lengths = timeline.media_frames()
    picture = element("track")
    sound = element("track")
    described: set[Media] = set()
    for one in placed:
        media = one.clip.media
        file = element("file", id=files[media])
        whole = file if media in described else _file(media, files[media], lengths[media])
        described.add(media)
        links = _links(one.number, len(sound) + 1) if media.has_audio else []
        picture.append(_clip(one, whole, lengths[media], links))
        if media.has_audio:
            sound.append(_sound(one, file, lengths[media], links))
    tracks = element("media", element("video", element("format", _picture(timeline)), picture))
    if len(sound):
        tracks.append(element("audio", sound))
    sequence = element(
        "sequence",
        text("name", timeline.name),
        text("duration", timeline.frames),
        _rate(timeline.rate),
        _timecode(timeline.timecode(0), timeline.start, timeline.rate, timeline.drop),
        tracks,
        id="sequence-1",
    )
    return document(element("xmeml", sequence, version=VERSION))


def _picture(shape: Timeline | Media) -> Element:
    return element(
        "samplecharacteristics",
        _rate(shape.rate),
        text("width", shape.width),
        text("height", shape.height),
        text("anamorphic", "FALSE"),
        text("pixelaspectratio", "square"),
        text("fielddominance", "none"),
    )


def _rate(rate: Fraction) -> Element:
    return element(
        "rate", text("timebase", nominal(rate)), text("ntsc", "TRUE" if rate.denominator == 1001 else "FALSE")
    )


def _timecode(named: str, frame: int, rate: Fraction, drop: bool) -> Element:
    return element(
        "timecode",
        _rate(rate),
        text("string", named),
        text("frame", frame),
        text("displayformat", "DF" if drop else "NDF"),
    )


def _clip(placed: Placed, file: Element, length: int, links: Sequence[Element]) -> Element:
    clip = placed.clip
    made = _item(f"video-{placed.number}", placed, file, length)
    made.extend(links)
    made.append(element("comments", text("mastercomment1", clip.note)))
    for marker in clip.markers:
        made.append(
            element(
                "marker",
                text("name", marker.name),
                text("comment", marker.note),
                text("in", marker.frame),
                text("out", -1),
            )
        )
    return made


def _sound(placed: Placed, file: Element, length: int, links: Sequence[Element]) -> Element:
    made = _item(f"audio-{placed.number}", placed, file, length)
    made.append(element("sourcetrack", text("mediatype", "audio"), text("trackindex", 1)))
    made.extend(links)
    return made


def _item(identifier: str, placed: Placed, file: Element, length: int) -> Element:
    clip = placed.clip
    return element(
        "clipitem",
        text("name", clip.name),
        text("enabled", "TRUE"),
        text("duration", length),
        _rate(clip.media.rate),
        text("start", placed.first),
        text("end", placed.end),
        text("in", clip.first),
        text("out", clip.end),
        file,
        id=identifier,
    )


def _links(number_of_clip: int, place_of_sound: int) -> list[Element]:
    """What ties picture and sound of a clip together; places count from 1 within a track."""
    return [
        element(
            "link",
            text("linkclipref", f"{kind}-{number_of_clip}"),
            text("mediatype", kind),
            text("trackindex", 1),
            text("clipindex", place),
        )
        for kind, place in (("video", number_of_clip), ("audio", place_of_sound))
    ]


def _file(media: Media, identifier: str, length: int) -> Element:
    kinds = element("media", element("video", _picture(media)))
    if media.has_audio:
        kinds.append(element("audio"))
    return element(
        "file",
        text("name", media.name),
        text("pathurl", file_url(media.path, host="localhost")),
        _rate(media.rate),
        text("duration", length),
        _timecode(media.timecode(0), media.start, media.rate, media.drop),
        kinds,
        id=identifier,
    )


def read(data: bytes, rate: Fraction) -> ReadTimeline:
    """Reads what :func:`write` writes; raises one of UNREADABLE for anything else. The file says its rate."""
    sequence = child(parse(data, "xmeml"), "sequence")
    own_rate = _read_rate(sequence)
    start, drop = _read_timecode(sequence)
    files = {attribute(one, "id"): one for one in sequence.iter("file") if len(one)}
    track = child(sequence, "media/video/track")
    child(sequence, "media/video/format/samplecharacteristics")
    clips = tuple(_read_clip(one, files) for one in children(track, "clipitem"))
    end = clips[-1].record_out if clips else 0
    if number(sequence, "duration") != end:
        raise Unreadable("the clips are not as long as the timeline")
    pictures = {attribute(one, "id"): _ranges(one) for one in children(track, "clipitem")}
    for one in sequence.findall("media/audio/track/clipitem"):
        if pictures.get(attribute(one, "id").replace("audio", "video")) != _ranges(one):
            raise Unreadable("sound and picture differ")
    return ReadTimeline(clips, words(sequence, "name"), own_rate, start, drop)


def _ranges(clip: Element) -> tuple[int, ...]:
    return tuple(number(clip, name) for name in ("start", "end", "in", "out"))


def _read_clip(clip: Element, files: Mapping[str, Element]) -> ReadClip:
    file = files[attribute(child(clip, "file"), "id")]
    rate = _read_rate(clip)
    origin, _ = _read_timecode(file)
    if _read_rate(file) != rate:
        raise Unreadable("clip and file at different rates")
    begin, end, first, last = _ranges(clip)
    return ReadClip(
        record_in=begin,
        record_out=end,
        source_in=origin + first,
        source_out=origin + last,
        media_rate=rate,
        path=path_of_url(words(file, "pathurl")),
        file=words(file, "name"),
        name=words(clip, "name"),
        note=words(clip, "comments/mastercomment1"),
        markers=tuple(
            (origin + number(one, "in"), words(one, "name"), words(one, "comment"))
            for one in children(clip, "marker")
        ),
    )


def _read_rate(parent: Element) -> Fraction:
    slowed = words(parent, "rate/ntsc") == "TRUE"
    return number(parent, "rate/timebase") * (Fraction(1000, 1001) if slowed else Fraction(1))


def _read_timecode(parent: Element) -> tuple[int, bool]:
    """The frame, which must be the one that the time code names."""
    timecode = child(parent, "timecode")
    frame, drop = number(timecode, "frame"), words(timecode, "displayformat") == "DF"
    named = parse_timecode(words(timecode, "string"), _read_rate(timecode))
    if (named.frame, named.drop) != (frame, drop):
        raise Unreadable(f"{words(timecode, 'string')} is not frame {frame}")
    return frame, drop
