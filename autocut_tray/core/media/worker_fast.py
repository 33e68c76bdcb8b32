"""What the fast mode leaves undecoded, and where it may not be used.

Of a group of packets in which none is as large as a new picture makes it, only the key frame is decoded, if it looks
like the next one, or so different that the encoder must have begun a group because of a cut. Of other groups the
pictures that no other one refers to are left out, except where a packet is so large that a cut may be there.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from statistics import median

from autocut_tray.core.footage import NotFast
from autocut_tray.core.media.worker_features import SmallFrame, edge_difference, features_of, level_difference
from autocut_tray.core.media.worker_groups import Group
from autocut_tray.core.media.worker_packets import Packet

ShownTime = tuple[int, int | None]
"""When a frame is shown, and how long if that is known, in units of the time base."""

LEAST_SECONDS = 10.0
"""Shorter videos are read in no time."""
_LARGE = 0.3
"""Of its group's key frame: a packet from this size on may hold a picture of its own."""
_LARGER = 3.0
"""Times the usual size of a packet: it must be that large as well, as key frames can be small."""
_WATCHED = 4
"""Packets that are decoded whatever they are, from a large one on."""
_ALIKE_EDGES, _ALIKE_LEVELS = 0.2, 4.0
_OTHER_EDGES, _OTHER_LEVELS = 0.55, 8.0
_CUT_SHORT = 0.95
HELD = 12
"""Frames on either side of a cut at a key frame for which its picture stands."""


class Likeness(enum.Enum):
    """``SAME``: one shot. ``OTHER``: a cut at the second key frame."""

    SAME = "same"
    OTHER = "other"
    UNCLEAR = "unclear"


def not_fast(codec: str, duration: float | None, variable: bool) -> NotFast | None:
    """Why a video cannot be read fast, by what its header says."""
    if codec not in ("h264", "hevc"):
        return NotFast.CODEC
    if duration is None or duration < LEAST_SECONDS:
        return NotFast.SHORT
    return NotFast.VARIABLE_RATE if variable else None


def shown_times(group: Group) -> list[ShownTime]:
    """When the frames of a group are shown, and for how long, as its packets say."""
    times = [
        (packet.pts, packet.duration)
        for packet in (*group.packets, *group.tail)
        if packet.pts is not None
        and not packet.is_discard
        and (group.start is None or packet.pts >= group.start)
        and (group.end is None or packet.pts < group.end)
    ]
    return sorted(times, key=lambda time: time[0])


def large(group: Group) -> Iterator[tuple[Packet, bool]]:
    """The packets, those of the tail too, and whether a cut may be at one or has just been."""
    sizes = [packet.size for packet in group.packets[1:] if not packet.is_keyframe]
    limit = max(_LARGE * group.packets[0].size, _LARGER * median(sizes)) if sizes else 0.0
    watched = 0
    for packet in group.packets:
        watched = _WATCHED if packet.size >= limit and not packet.is_keyframe else watched - 1
        yield packet, watched > 0
    # Pictures that follow the next key frame may be shown before it, and need it.
    for packet in group.tail if len(group.tail) > 1 else ():
        yield packet, True


def may_be_quiet(group: Group) -> bool:
    """Whether no packet between two key frames is as large as a new picture makes it."""
    if not group.tail:
        return False
    limit = _LARGE * min(group.packets[0].size, group.tail[0].size)
    return all(packet.size < limit for packet in group.packets[1:])


def likeness(group: Group, first: SmallFrame, after: SmallFrame) -> Likeness:
    """What two key frames say of a group in which no packet is large.

    Encoders begin a group before they have to where they see a cut.
    """
    one, other = features_of(first), features_of(after)
    edges, levels = edge_difference(one, other), level_difference(one, other)
    if edges < _ALIKE_EDGES and levels < _ALIKE_LEVELS:
        return Likeness.SAME
    cut_short = len(group.packets) < _CUT_SHORT * group.longest
    if cut_short and edges >= _OTHER_EDGES and levels >= _OTHER_LEVELS:
        return Likeness.OTHER
    return Likeness.UNCLEAR
