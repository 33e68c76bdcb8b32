"""What an editor will trip over, said before the file is written: pure, from the timeline and what was found out."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from types import MappingProxyType

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.timecode import frames_a_day, parse_timecode, short_rate
from autocut_tray.core.timeline.edl import MAX_EVENTS
from autocut_tray.core.timeline.formats import Format
from autocut_tray.core.timeline.model import Media, Timeline
from autocut_tray.core.timeline.names import file_name, one_line

_UHD = (3840, 2160)


class Severity(enum.Enum):
    """``BLOCK``: such a file would be wrong, so none is written. ``WARN``: look at it. ``NOTE``: good to know."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"


class SourceState(enum.Enum):
    """``MOVED``: the same file was found elsewhere. ``CHANGED``: another file has its name now."""

    THERE = "there"
    MISSING = "missing"
    MOVED = "moved"
    CHANGED = "changed"


@frozen
class Finding:
    """``code`` is for programs; its words are the messages ``export-<code>`` and, where ``hint``, ``…-hint``."""

    code: str
    severity: Severity
    message: Message
    hint: Message | None


@frozen
class Circumstances:
    """What the timeline does not know. ``sources``: by path. ``complete``: every video was read to its end.

    ``damaged``: one of them could not be read to its end.
    """

    sources: Mapping[str, SourceState] = field(default_factory=lambda: MappingProxyType({}))
    complete: bool = True
    damaged: bool = False


_SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {
        "clip-empty": Severity.BLOCK,
        "out-of-range": Severity.BLOCK,
        "too-many-events": Severity.BLOCK,
        "edl-mixed-rates": Severity.BLOCK,
        "longer-than-a-day": Severity.BLOCK,
        "source-missing": Severity.WARN,
        "source-changed": Severity.WARN,
        "source-moved": Severity.NOTE,
        "scan-incomplete": Severity.WARN,
        "source-damaged": Severity.WARN,
        "variable-rate": Severity.WARN,
        "rate-conformed": Severity.WARN,
        "mixed-rates": Severity.WARN,
        "timeline-rate": Severity.NOTE,
        "timecode-unreadable": Severity.WARN,
        "no-timecode": Severity.NOTE,
        "past-midnight": Severity.WARN,
        "mixed-counting": Severity.NOTE,
        "rotated": Severity.NOTE,
        "same-names": Severity.WARN,
        "name-replaced": Severity.WARN,
        "edl-not-latin": Severity.NOTE,
        "beyond-uhd": Severity.NOTE,
        "nothing-described": Severity.WARN,
    }
)

CODES = tuple(_SEVERITIES)
"""All there are, the worst first."""

WITHOUT_HINT = frozenset({"source-moved", "timeline-rate", "mixed-counting"})


def preflight(timeline: Timeline, kind: Format, known: Circumstances) -> tuple[Finding, ...]:
    """Everything worth saying about writing this timeline in this format, the worst first."""
    found = [
        *_of_clips(timeline, kind),
        *_of_sources(timeline, known),
        *_of_rates(timeline, kind),
        *_of_timecodes(timeline, kind),
        *_of_pictures(timeline, kind),
        *_of_names(timeline, kind),
    ]
    found.sort(key=lambda finding: CODES.index(finding.code))
    return tuple(found)


def blocking(findings: tuple[Finding, ...]) -> Finding | None:
    """The first finding for which no file is written."""
    return next((finding for finding in findings if finding.severity is Severity.BLOCK), None)


def _finding(code: str, **params: str | int) -> Finding:
    said = message(f"export-{code}", **params)
    hint = None if code in WITHOUT_HINT else message(f"export-{code}-hint", **params)
    return Finding(code, _SEVERITIES[code], said, hint)


def _of_clips(timeline: Timeline, kind: Format) -> Iterator[Finding]:
    for number, clip in enumerate(timeline.clips, 1):
        if clip.frames <= 0:
            yield _finding("clip-empty", number=str(number), name=clip.name)
        elif clip.first < 0 or (clip.media.frames is not None and clip.end > clip.media.frames):
            yield _finding("out-of-range", number=str(number), name=clip.media.name)
    if kind.listed and len(timeline.clips) > MAX_EVENTS:
        yield _finding("too-many-events", n=len(timeline.clips), limit=str(MAX_EVENTS))
    if timeline.frames > frames_a_day(timeline.rate, drop=timeline.drop):
        yield _finding("longer-than-a-day")
    if kind in (Format.SRT, Format.MARKERS) and not any(clip.note for clip in timeline.clips):
        yield _finding("nothing-described")


def _of_sources(timeline: Timeline, known: Circumstances) -> Iterator[Finding]:
    for media in timeline.media:
        state = known.sources.get(media.path, SourceState.THERE)
        if state is not SourceState.THERE:
            yield _finding(f"source-{state.value}", name=media.name)
    if not known.complete:
        yield _finding("scan-incomplete")
    if known.damaged:
        yield _finding("source-damaged")


def _of_rates(timeline: Timeline, kind: Format) -> Iterator[Finding]:
    for media in timeline.media:
        rate = short_rate(media.rate)
        if media.variable_rate:
            yield _finding("variable-rate", name=media.name, rate=rate)
        elif media.own_rate != media.rate:
            yield _finding("rate-conformed", name=media.name, own=short_rate(media.own_rate), rate=rate)
    rates = {media.rate for media in timeline.media}
    own = short_rate(timeline.rate)
    if len(rates) > 1 or timeline.rate not in rates:
        if kind is Format.EDL:
            yield _finding("edl-mixed-rates")
        elif kind.edits and len(rates) > 1:
            yield _finding("mixed-rates", rate=own)
        elif kind.edits:
            yield _finding("timeline-rate", rate=own, own=short_rate(rates.pop()))


def _of_timecodes(timeline: Timeline, kind: Format) -> Iterator[Finding]:
    if not kind.edits:
        return
    for media in timeline.media:
        if media.start_timecode is None:
            yield _finding("no-timecode", name=media.name)
        elif not _is_readable(media.start_timecode, media):
            yield _finding("timecode-unreadable", name=media.name, timecode=one_line(media.start_timecode))
    day = {media: frames_a_day(media.rate, drop=media.drop) for media in timeline.media}
    for media in dict.fromkeys(c.media for c in timeline.clips if c.media.start + c.end > day[c.media]):
        yield _finding("past-midnight", name=media.name)
    if kind is Format.EDL and len({timeline.drop, *(media.drop for media in timeline.media)}) > 1:
        yield _finding("mixed-counting")


def _is_readable(timecode: str, media: Media) -> bool:
    try:
        parse_timecode(timecode, media.rate)
    except ValueError:
        return False
    return True


def _of_pictures(timeline: Timeline, kind: Format) -> Iterator[Finding]:
    if not kind.edits:
        return
    for media in timeline.media:
        if media.rotation:
            yield _finding("rotated", name=media.name, degrees=str(media.rotation))
    long, short = max(timeline.width, timeline.height), min(timeline.width, timeline.height)
    if long > _UHD[0] or short > _UHD[1]:
        yield _finding("beyond-uhd", size=f"{timeline.width} × {timeline.height}")


def _of_names(timeline: Timeline, kind: Format) -> Iterator[Finding]:
    if not kind.edits:
        return
    counted = Counter(media.name.casefold() for media in timeline.media)
    clashing = {
        media.name.casefold(): media.name for media in timeline.media if counted[media.name.casefold()] > 1
    }
    for name in clashing.values():
        yield _finding("same-names", name=name, n=counted[name.casefold()])
    for media in timeline.media:
        if media.name != file_name(media.path):
            yield _finding("name-replaced", name=media.name)
    if kind is Format.EDL and not all(media.name.isascii() for media in timeline.media):
        yield _finding("edl-not-latin")
