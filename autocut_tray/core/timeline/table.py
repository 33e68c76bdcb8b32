"""CSV for spreadsheets: one row a clip, UTF-8 with a mark by which Excel knows it."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

from autocut_tray.core.timecode import clock_time, format_rate, parse_rate, parse_timecode
from autocut_tray.core.timeline.model import Placed, Timeline
from autocut_tray.core.timeline.names import file_url, one_line, path_of_url
from autocut_tray.core.timeline.readback import ReadClip, ReadTimeline, Unreadable

CARRIES = frozenset(
    {"timeline_rate", "timeline_start", "timeline_drop"}
    | {"source_in", "source_out", "media_rate", "path", "file", "name", "note"}
)
COLUMNS = (
    "number", "scene", "name", "file", "source_timecode_in", "source_timecode_out", "record_timecode_in",
    "record_timecode_out", "start", "seconds", "frames", "record_frame_in", "record_frame_out", "timeline_rate",
    "source_frame_in", "source_frame_out", "source_rate", "rotation", "variable_rate", "note", "flaws", "path",
    "url",
)  # fmt: skip
"""Frames of the source count from time code 00:00:00:00, those of the record from the start of the timeline; ends are
exclusive. ``start`` and ``seconds``: on the timeline, rounded to milliseconds."""

_FORMULA = "=+-@\t\r'"
"""What a cell must not begin with: a spreadsheet would run it. An apostrophe before it keeps it text."""


def write(timeline: Timeline) -> bytes:
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, COLUMNS)
    table.writeheader()
    for placed in timeline.placed():
        table.writerow({column: _cell(value) for column, value in _row(placed, timeline).items()})
    return written.getvalue().encode("utf-8-sig")


def _row(placed: Placed, timeline: Timeline) -> dict[str, str | int]:
    clip = placed.clip
    media = clip.media
    return {
        "number": placed.number,
        "scene": "" if clip.scene is None else clip.scene,
        "name": clip.name,
        "file": media.name,
        "source_timecode_in": media.timecode(clip.first),
        "source_timecode_out": media.timecode(clip.end),
        "record_timecode_in": timeline.timecode(placed.first),
        "record_timecode_out": timeline.timecode(placed.end),
        "start": clock_time(placed.first / timeline.rate),
        "seconds": f"{float(placed.frames / timeline.rate):.3f}",
        "frames": placed.frames,
        "record_frame_in": placed.first,
        "record_frame_out": placed.end,
        "timeline_rate": format_rate(timeline.rate),
        "source_frame_in": media.start + clip.first,
        "source_frame_out": media.start + clip.end,
        "source_rate": format_rate(media.rate),
        "rotation": media.rotation,
        "variable_rate": "yes" if media.variable_rate else "no",
        "note": clip.note,
        "flaws": " ".join(flaw.value for flaw in clip.flaws),
        "path": one_line(media.path),
        "url": file_url(media.path),
    }


def _cell(value: str | int) -> str:
    words = str(value)
    return f"'{words}" if words.startswith(tuple(_FORMULA)) else words


def read(data: bytes, rate: Fraction) -> ReadTimeline:
    """Reads what :func:`write` writes; raises one of UNREADABLE for anything else. The file says its rate."""
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except csv.Error as error:
        raise Unreadable(str(error)) from error
    rates = {row["timeline_rate"] for row in rows}
    if len(rates) != 1 or tuple(rows[0]) != COLUMNS:
        raise Unreadable("not our columns")
    own_rate = parse_rate(rates.pop())
    start = parse_timecode(rows[0]["record_timecode_in"], own_rate)
    clips = tuple(_read_row(row, own_rate, start.frame) for row in rows)
    return ReadTimeline(clips, None, own_rate, start.frame, start.drop)


def _read_row(row: dict[str, str], rate: Fraction, start: int) -> ReadClip:
    """Time codes and frames must say the same."""
    media_rate = parse_rate(row["source_rate"])
    first, last = int(row["source_frame_in"]), int(row["source_frame_out"])
    begin, end = int(row["record_frame_in"]), int(row["record_frame_out"])
    if (
        parse_timecode(row["record_timecode_in"], rate).frame != start + begin
        or int(row["frames"]) != end - begin
    ):
        raise Unreadable("time codes and frames differ")
    return ReadClip(
        record_in=begin,
        record_out=end,
        source_in=first,
        source_out=last,
        media_rate=media_rate,
        path=path_of_url(row["url"]),
        file=_text(row["file"]),
        name=_text(row["name"]),
        note=_text(row["note"]),
    )


def _text(cell: str) -> str:
    return cell.removeprefix("'")
