"""SubRip subtitles: each clip's description while it is on screen, in milliseconds from the timeline's start."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from autocut_tray.core.timecode import clock_time
from autocut_tray.core.timeline.model import Placed, Timeline
from autocut_tray.core.timeline.readback import ReadClip, ReadTimeline, Unreadable, expected

CARRIES = frozenset({"name", "note"})

_TIMES = re.compile(r"(\d+):(\d\d):(\d\d),(\d{3}) --> (\d+):(\d\d):(\d\d),(\d{3})")


def write(timeline: Timeline) -> bytes:
    cues = []
    for placed in timeline.placed():
        begin, end = (_time(frame / timeline.rate) for frame in (placed.first, placed.end))
        lines = [str(placed.number), f"{begin} --> {end}", placed.clip.name]
        note = placed.clip.note
        cues.append("\n".join([*lines, _harmless(note)] if note else lines) + "\n")
    return "\n".join(cues).encode()


def _harmless(note: str) -> str:
    """An arrow within the words would be read as times, and tags as formatting."""
    return note.replace("-->", "→").replace("<", "‹").replace(">", "›")


def _time(seconds: Fraction) -> str:
    return clock_time(seconds).replace(".", ",")


def meant(placed: Placed) -> ReadClip:
    """A clip as its cue has it."""
    return replace(expected(placed), note=_harmless(placed.clip.note))


def read(data: bytes, rate: Fraction) -> ReadTimeline:
    """Reads what :func:`write` writes for a timeline of ``rate``; raises one of UNREADABLE for others.

    A millisecond is shorter than half a frame up to 500 frames a second, so the nearest frame is the one meant.
    """
    cues = data.decode().removesuffix("\n").split("\n\n")
    return ReadTimeline(tuple(_read_cue(cue, number, rate) for number, cue in enumerate(cues, 1)))


def _read_cue(cue: str, number: int, rate: Fraction) -> ReadClip:
    lines = cue.split("\n")
    found = _TIMES.fullmatch(lines[1]) if len(lines) in (3, 4) else None
    if found is None or lines[0] != str(number):
        raise Unreadable(f"not a cue: {cue!r}")
    begin, end = (_milliseconds(found.groups()[at : at + 4]) for at in (0, 4))
    first, last = (round(Fraction(ms, 1000) * rate) for ms in (begin, end))
    return ReadClip(first, last, name=lines[2], note=lines[3] if len(lines) == 4 else "")


def _milliseconds(parts: tuple[str, ...]) -> int:
    hours, minutes, seconds, ms = map(int, parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms
