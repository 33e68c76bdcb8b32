"""Subtitle files and packets in, cues of plain text out. Whatever the input, nothing raises and all is bounded."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from autocut_tray.core.clean import clean
from autocut_tray.core.frozen import frozen

MAX_CUES = 20_000
MAX_CUE_TEXT = 500
_MAX_RAW_CUE = 8 * MAX_CUE_TEXT
"""Characters of a cue that are looked at, marks and all."""
_MAX_SECONDS = 24 * 3600.0

_TIMES = re.compile(
    r"\s{0,8}(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3}))?\s{0,8}--?>\s{0,8}"
    r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3}))?"
)
_ASS_TIME = re.compile(r"\s{0,8}(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?\s{0,8}")
_ASS_COLUMNS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_ASS_PACKET_COLUMNS = 9
"""Fields of an event in a packet: its number, the layer, the style … and the text."""

# <i>, </b>, <font color="#fff">, <c.yellow>, <v Anna>, <00:01:02.500>
_MARK = re.compile(r"</?[A-Za-z][^<>]{0,200}>|</?>|<[\d:.]{4,16}>")
_BRACES = re.compile(r"\{[^{}]{0,1000}\}")
_OVERRIDE = re.compile(r"\{\\[^{}]{0,1000}\}")
"""What SRT files carry over from ASS: ``{\\an8}``. Other braces may be words."""
_DRAWING = re.compile(r"\\p(\d{1,3})")
_ASS_BREAK = re.compile(r"\\[Nnh]")


@frozen
class Cue:
    """One line of speech: seconds, and text in one line that is safe to show."""

    start: float
    end: float
    text: str


def parse(text: str, kind: str) -> list[Cue]:
    """All cues of a file in order of time; ``kind``: ``srt``, ``vtt``, ``ass`` or ``ssa``."""
    cues = _ass_cues(text) if kind in ("ass", "ssa") else _timed_cues(text)
    return sorted(islice(cues, MAX_CUES), key=lambda cue: (cue.start, cue.end))


def plain(text: str) -> str:
    """The words of a SubRip or WebVTT cue, without marks."""
    return clean(html.unescape(_MARK.sub("", _OVERRIDE.sub("", text[:_MAX_RAW_CUE]))), MAX_CUE_TEXT)


def plain_ass(text: str) -> str:
    """The words of an ASS event, without overrides and drawings."""
    words, drawing, at = [], False, 0
    raw = text[:_MAX_RAW_CUE]
    for block in _BRACES.finditer(raw):
        if not drawing:
            words.append(raw[at : block.start()])
        at = block.end()
        for scale in _DRAWING.findall(block.group()):
            drawing = int(scale) > 0
    if not drawing:
        words.append(raw[at:])
    return clean(_ASS_BREAK.sub(" ", "".join(words)), MAX_CUE_TEXT)


def packet_text(data: bytes, codec: str) -> str:
    """The words in one packet of an embedded track; ``codec`` as FFmpeg names it."""
    if codec == "mov_text":
        data = data[2 : 2 + int.from_bytes(data[:2], "big")]
        wide = data.startswith((b"\xfe\xff", b"\xff\xfe"))
        return plain(data.decode("utf-16" if wide else "utf-8", "replace"))
    text = data.decode("utf-8", "replace")
    if codec in ("ass", "ssa"):
        fields = text.split(",", _ASS_PACKET_COLUMNS - 1)
        return plain_ass(fields[-1]) if len(fields) == _ASS_PACKET_COLUMNS else ""
    return plain(text)


def _timed_cues(text: str) -> Iterator[Cue]:
    """SubRip and WebVTT: a line of times, then lines of words up to an empty one. All else is left out."""
    times: tuple[float, float] | None = None
    words: list[str] = []
    for line in (*text.splitlines(), ""):
        found = _TIMES.match(line) if "->" in line else None
        if found is None and line.strip():
            if times is not None and sum(map(len, words)) < _MAX_RAW_CUE:
                words.append(line)
            continue
        if times is not None:
            if found is not None and words and words[-1].strip().isdecimal():
                words.pop()  # no empty line before the number of the next one
            yield from _cue(*times, plain("\n".join(words)))
        parts = found.groups() if found else ()
        times = (_seconds(*parts[:4]), _seconds(*parts[4:])) if found else None
        words = []


def _ass_cues(text: str) -> Iterator[Cue]:
    columns: tuple[str, ...] = _ASS_COLUMNS
    for line in text.splitlines():
        kind, _, rest = line[: _MAX_RAW_CUE + 200].partition(":")
        kind = kind.strip().lower()
        if kind == "format" and "text" in rest.lower():
            columns = tuple(name.strip().lower() for name in rest.split(","))
        elif kind == "dialogue":
            fields = dict(zip(columns, rest.split(",", len(columns) - 1), strict=False))
            start, end = (_ASS_TIME.fullmatch(fields.get(name, "")) for name in ("start", "end"))
            if start and end:
                yield from _cue(
                    _seconds(*start.groups()), _seconds(*end.groups()), plain_ass(fields.get("text", ""))
                )


def _cue(start: float, end: float, text: str) -> Iterable[Cue]:
    return [Cue(start, end, text)] if text and 0 <= start < end <= _MAX_SECONDS else []


def _seconds(hours: str | None, minutes: str, seconds: str, part: str | None) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{part or 0}")
