"""What was read back from a written file, and whether it is what was meant: clip by clip, without rounding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from fractions import Fraction

from autocut_tray.core.frozen import frozen
from autocut_tray.core.timeline.model import Placed, Timeline
from autocut_tray.core.timeline.names import file_url, path_of_url


class Unreadable(ValueError):
    """A file that is not what the format asks for."""


UNREADABLE = (ValueError, ArithmeticError, AttributeError, LookupError, TypeError, RecursionError)
"""What a reader trips over in a damaged file; :func:`~.formats.prove` takes all of them for the same."""


@frozen
class ReadClip:
    """A clip as a file has it; None where the format does not say.

    Frames of the source count from time code 00:00:00:00 at ``media_rate``, those of the record from the start of
    the timeline; ends are exclusive.
    """

    record_in: int
    record_out: int
    source_in: int | None = None
    source_out: int | None = None
    media_rate: Fraction | None = None
    path: str | None = None
    file: str | None = None
    name: str | None = None
    note: str | None = None
    markers: tuple[tuple[int, str, str], ...] | None = None
    """Frame of the source as above, name, note."""


@frozen
class ReadTimeline:
    """A timeline as a file has it. ``start``: as in :class:`~.model.Timeline`."""

    clips: tuple[ReadClip, ...]
    name: str | None = None
    rate: Fraction | None = None
    start: int | None = None
    drop: bool | None = None


@frozen
class Mismatch:
    """``clip``: its number, 0 for the timeline itself."""

    clip: int
    what: str
    meant: object
    read: object


def mismatches(
    timeline: Timeline,
    read: ReadTimeline,
    carries: frozenset[str],
    meant: Callable[[Placed], ReadClip],
) -> Iterator[Mismatch]:
    """Every way in which a file is not the timeline.

    ``carries``: the fields that its format must have said, those of the timeline with ``timeline_`` before them.
    ``meant``: a clip as the format would have it.
    """
    head = {"name": timeline.name, "rate": timeline.rate, "start": timeline.start, "drop": timeline.drop}
    for what, value in head.items():
        yield from _compare(0, what, value, getattr(read, what), required=f"timeline_{what}" in carries)
    placed = tuple(timeline.placed())
    if len(placed) != len(read.clips):
        yield Mismatch(0, "clips", len(placed), len(read.clips))
        return
    for one, found in zip(placed, read.clips, strict=True):
        wanted = meant(one)
        other_rate = one.clip.media.rate != timeline.rate
        for field in fields(ReadClip):
            seen = getattr(found, field.name)
            if field.name == "source_out" and other_rate and seen is None:
                continue  # said by the length on the timeline
            required = field.name in carries
            yield from _compare(one.number, field.name, getattr(wanted, field.name), seen, required=required)


def _compare(clip: int, what: str, meant: object, read: object, *, required: bool) -> Iterator[Mismatch]:
    if read is None and not required:
        return
    if read != meant:
        yield Mismatch(clip, what, meant, read)


def expected(placed: Placed) -> ReadClip:
    """A clip as a format that can say everything would have it."""
    clip = placed.clip
    media = clip.media
    return ReadClip(
        record_in=placed.first,
        record_out=placed.end,
        source_in=media.start + clip.first,
        source_out=media.start + clip.end,
        media_rate=media.rate,
        path=path_of_url(file_url(media.path)),
        file=media.name,
        name=clip.name,
        note=clip.note,
        markers=tuple((media.start + marker.frame, marker.name, marker.note) for marker in clip.markers),
    )
