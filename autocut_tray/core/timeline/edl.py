"""CMX 3600 edit decision lists: one picture track, up to 999 events, time codes with exclusive ends.

The list has no rate: whoever reads it must know. Time codes in drop-frame counting have a semicolon, and an ``FCM``
line stands wherever the counting of the source changes. Reels have 8 characters, so comments name the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from autocut_tray.core.timecode import frames_a_day, parse_timecode
from autocut_tray.core.timeline.model import Placed, Timeline
from autocut_tray.core.timeline.names import REEL_LENGTH, one_line, reel_names
from autocut_tray.core.timeline.readback import ReadClip, ReadTimeline, Unreadable, expected

MAX_EVENTS = 999
CARRIES = frozenset(
    {"timeline_name", "timeline_start", "timeline_drop", "source_in", "source_out", "file", "name", "note"}
)
MARKERS_CARRY = frozenset({"timeline_name", "timeline_start", "timeline_drop", "name"})

_EVENT = re.compile(r"(\d{3})  (\S{1,8}) +(V|B) +C +(\S+) (\S+) (\S+) (\S+)")
_MARK = re.compile(r" \|C:ResolveColorBlue \|M:(.*) \|D:(\d+)")
_COUNTING = {False: "FCM: NON-DROP FRAME", True: "FCM: DROP FRAME"}
_LINE_END = "\r\n"


def write(timeline: Timeline) -> bytes:
    """Raises ValueError beyond :data:`MAX_EVENTS`, or for a source at another rate than the timeline."""
    if len(timeline.clips) > MAX_EVENTS or any(one.rate != timeline.rate for one in timeline.media):
        raise ValueError("an edit decision list cannot carry this timeline")
    reels = reel_names(media.path for media in timeline.media)
    drop = timeline.drop
    lines = [f"TITLE: {timeline.name}", _COUNTING[drop], ""]
    for placed in timeline.placed():
        media = placed.clip.media
        if media.drop != drop:
            drop = media.drop
            lines.append(_COUNTING[drop])
        lines += _event(placed, timeline, reels[media.path])
    return _encoded(lines)


def _event(placed: Placed, timeline: Timeline, reel: str) -> Iterator[str]:
    clip = placed.clip
    media = clip.media
    source = f"{media.timecode(clip.first)} {media.timecode(clip.end)}"
    record = f"{timeline.timecode(placed.first)} {timeline.timecode(placed.end)}"
    channels = "B" if media.has_audio else "V"
    yield f"{placed.number:03d}  {reel:<{REEL_LENGTH}} {channels:<5} C        {source} {record}"
    yield f"* FROM CLIP NAME: {media.name}"
    yield f"* SOURCE FILE: {one_line(media.path)}"
    yield f"* COMMENT: {clip.name}"
    if clip.note:
        yield f"* COMMENT: {clip.note}"
    yield ""


def write_markers(timeline: Timeline) -> bytes:
    """A marker of the timeline at the start of every clip, as Resolve's "Timeline Markers from EDL" reads them.

    Raises ValueError beyond :data:`MAX_EVENTS`.
    """
    if len(timeline.clips) > MAX_EVENTS:
        raise ValueError("an edit decision list cannot carry this timeline")
    lines = [f"TITLE: {timeline.name}", _COUNTING[timeline.drop], ""]
    for placed in timeline.placed():
        at = f"{timeline.timecode(placed.first)} {timeline.timecode(placed.first + 1)}"
        lines.append(f"{placed.number:03d}  001      V     C        {at} {at}")
        lines += [f" |C:ResolveColorBlue |M:{_mark(placed)} |D:{placed.frames}", ""]
    return _encoded(lines)


def _mark(placed: Placed) -> str:
    clip = placed.clip
    words = f"{clip.name} {clip.note}" if clip.note else clip.name
    return words.replace("|", "¦")


def _encoded(lines: list[str]) -> bytes:
    return _LINE_END.join([*lines, ""]).encode()


def meant(placed: Placed) -> ReadClip:
    """A clip as the list has it: time codes start anew at midnight."""
    media = placed.clip.media
    whole = expected(placed)
    first = (media.start + placed.clip.first) % frames_a_day(media.rate, drop=media.drop)
    return replace(whole, source_in=first, source_out=first + placed.clip.frames)


def meant_marker(placed: Placed) -> ReadClip:
    """A clip as its marker has it."""
    return replace(expected(placed), name=_mark(placed))


def read(data: bytes, rate: Fraction) -> ReadTimeline:
    """Reads what :func:`write` writes for a timeline of ``rate``; raises one of UNREADABLE for others."""
    title, drop, lines = _head(data)
    clips: list[ReadClip] = []
    counting = drop
    start: int | None = None
    for line in lines:
        if line in _COUNTING.values():
            counting = line == _COUNTING[True]
        elif line.startswith("* "):
            _read_comment(line, clips)
        elif line:
            event = _EVENT.fullmatch(line)
            if event is None or int(event[1]) != len(clips) + 1:
                raise Unreadable(f"not an event: {line!r}")
            source_in, source_out = _span(event[4], event[5], rate, counting)
            record_in, record_out = _span(event[6], event[7], rate, drop)
            start = record_in if start is None else start
            clips.append(ReadClip(record_in - start, record_out - start, source_in, source_out, note=""))
    if start is None:
        raise Unreadable("no event")
    return ReadTimeline(tuple(clips), title, None, start, drop)


def _read_comment(line: str, clips: list[ReadClip]) -> None:
    if not clips:
        raise Unreadable("a comment before the first event")
    kind, _, words = line.removeprefix("* ").partition(": ")
    match kind:
        case "FROM CLIP NAME":
            clips[-1] = replace(clips[-1], file=words)
        case "COMMENT" if clips[-1].name is None:
            clips[-1] = replace(clips[-1], name=words)
        case "COMMENT":
            clips[-1] = replace(clips[-1], note=words)
        case "SOURCE FILE":
            pass  # for people: what cannot be shown in it was replaced
        case _:
            raise Unreadable(f"not a comment of ours: {line!r}")


def read_markers(data: bytes, rate: Fraction) -> ReadTimeline:
    """Reads what :func:`write_markers` writes for a timeline of ``rate``; raises one of UNREADABLE for others."""
    title, drop, lines = _head(data)
    events = [line for line in lines if line]
    clips: list[ReadClip] = []
    start: int | None = None
    for line, mark in zip(events[::2], events[1::2], strict=True):
        event, said = _EVENT.fullmatch(line), _MARK.fullmatch(mark)
        if event is None or said is None or int(event[1]) != len(clips) + 1:
            raise Unreadable(f"not a marker: {line!r} {mark!r}")
        at, _ = _span(event[6], event[7], rate, drop)
        start = at if start is None else start
        clips.append(ReadClip(at - start, at - start + int(said[2]), name=said[1]))
    if start is None:
        raise Unreadable("no marker")
    return ReadTimeline(tuple(clips), title, None, start, drop)


def _head(data: bytes) -> tuple[str, bool, list[str]]:
    title, counting, *lines = data.decode().split(_LINE_END)
    if not title.startswith("TITLE: ") or counting not in _COUNTING.values():
        raise Unreadable("no title or no counting")
    return title.removeprefix("TITLE: "), counting == _COUNTING[True], lines


def _span(first: str, last: str, rate: Fraction, drop: bool) -> tuple[int, int]:
    """Two time codes as frames; the second may lie past midnight."""
    begin, end = parse_timecode(first, rate), parse_timecode(last, rate)
    if begin.drop != drop or end.drop != drop:
        raise Unreadable(f"{first} is not counted as was said")
    return begin.frame, end.frame + (frames_a_day(rate, drop=drop) if end.frame <= begin.frame else 0)
