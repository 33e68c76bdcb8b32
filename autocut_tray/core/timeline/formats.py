"""The formats a timeline is written in, and the one way to write: with proof that reading gives back the same."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType

from autocut_tray.core.frozen import frozen
from autocut_tray.core.timeline import document, edl, fcp7, fcpxml, otio, srt, table
from autocut_tray.core.timeline.model import Placed, Timeline
from autocut_tray.core.timeline.readback import UNREADABLE, ReadClip, ReadTimeline, expected, mismatches


class Format(enum.Enum):
    """The values are the names on the command line. ``MARKERS``: for a timeline that is there already."""

    OTIO = "otio"
    FCPXML = "fcpxml"
    FCP7 = "fcp7"
    EDL = "edl"
    MARKERS = "markers"
    SRT = "srt"
    CSV = "csv"
    JSON = "json"
    CONTACT_SHEET = "contact-sheet"

    @property
    def listed(self) -> bool:
        """Whether it is an edit decision list, with its limits."""
        return self in (Format.EDL, Format.MARKERS)

    @property
    def edits(self) -> bool:
        """Whether an editor makes a timeline of it."""
        return self in (Format.OTIO, Format.FCPXML, Format.FCP7, Format.EDL)


@frozen
class Written:
    """How one format is written and read. ``carries``: what it must say, as in :func:`~.readback.mismatches`."""

    write: Callable[[Timeline], bytes]
    read: Callable[[bytes, Fraction], ReadTimeline]
    carries: frozenset[str]
    meant: Callable[[Placed], ReadClip] = expected


WRITTEN: Mapping[Format, Written] = MappingProxyType(
    {
        Format.OTIO: Written(otio.write, otio.read, otio.CARRIES),
        Format.FCPXML: Written(fcpxml.write, fcpxml.read, fcpxml.CARRIES),
        Format.FCP7: Written(fcp7.write, fcp7.read, fcp7.CARRIES),
        Format.EDL: Written(edl.write, edl.read, edl.CARRIES, edl.meant),
        Format.MARKERS: Written(edl.write_markers, edl.read_markers, edl.MARKERS_CARRY, edl.meant_marker),
        Format.SRT: Written(srt.write, srt.read, srt.CARRIES, srt.meant),
        Format.CSV: Written(table.write, table.read, table.CARRIES),
        Format.JSON: Written(document.write, document.read, document.CARRIES),
    }
)
"""Every format that is text; the contact sheet is drawn."""

SUFFIXES: Mapping[Format, str] = MappingProxyType(
    {
        Format.OTIO: ".otio",
        Format.FCPXML: ".fcpxml",
        Format.FCP7: ".xml",
        Format.EDL: ".edl",
        Format.MARKERS: ".markers.edl",
        Format.SRT: ".srt",
        Format.CSV: ".csv",
        Format.JSON: ".json",
        Format.CONTACT_SHEET: ".png",
    }
)


class WrongReadback(Exception):
    """What was read is not what was meant; says the first difference."""


def write(timeline: Timeline, kind: Format) -> bytes:
    """The timeline as a file. It must have passed the preflight; raises ValueError for what cannot be written."""
    return WRITTEN[kind].write(timeline)


def prove(timeline: Timeline, kind: Format, data: bytes) -> None:
    """Reads a written file and compares every clip without rounding; raises WrongReadback."""
    written = WRITTEN[kind]
    try:
        read = written.read(data, timeline.rate)
    except UNREADABLE as error:
        raise WrongReadback(repr(error)) from error
    for wrong in mismatches(timeline, read, written.carries, written.meant):
        raise WrongReadback(f"clip {wrong.clip}: {wrong.what} is {wrong.read!r} instead of {wrong.meant!r}")
