"""Splits the packets of a video where a decoder can begin anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from autocut_tray.core.media.worker_packets import Packet

_LEAST_PACKETS = 24
_MOST_PACKETS = 600
_MOST_BYTES = 12 * 1024**2
"""Groups wait in memory for their decoders, and what these find waits for its turn."""
_MOST_LEADING = 32
"""Pictures that follow a key frame and are shown before it; more than any codec may reorder."""


@dataclass(slots=True)
class Group:
    """Packets that a decoder can read on its own, from a key frame on.

    ``tail``: the key frame after them, and what follows that and is shown before it. ``start`` and ``end``: when the
    two key frames are shown, in units of the time base; frames outside belong to others. ``start`` None: the first
    group, ``end`` None: the last.
    """

    packets: list[Packet] = field(default_factory=list)
    tail: list[Packet] = field(default_factory=list)
    start: int | None = None
    end: int | None = None
    longest: int = 0
    """Packets of the longest group before it."""


class Unsplittable(Exception):
    """The video cannot be split from here on; ``packets`` are those that were read and are in no group."""

    def __init__(self, packets: list[Packet]) -> None:
        super().__init__("no key frame to split at")
        self.packets = packets


class GroupSplitter:
    """Makes groups of packets as they are read."""

    def __init__(self, packets: Iterator[Packet]) -> None:
        self._packets = packets

    def groups(self) -> Iterator[Group]:
        """All of them; raises Unsplittable where a group would grow too large, or packets do not say their time."""
        group = Group()
        latest: int | None = None
        size = 0
        key: Packet | None = None
        """The key frame of the next group, while the packets after it are looked at."""
        for packet in self._packets:
            pts = packet.pts
            if pts is None:
                raise Unsplittable([*group.packets, *group.tail, packet])
            if key is not None:
                assert key.pts is not None
                if pts < key.pts:
                    group.tail.append(packet)
                    if len(group.tail) > _MOST_LEADING or packet.is_keyframe:
                        raise Unsplittable([*group.packets, *group.tail])
                    continue
                yield group
                group = _next_of(group)
                size, latest, key = sum(one.size for one in group.packets), group.start, None
            if (
                packet.is_keyframe
                and len(group.packets) >= _LEAST_PACKETS
                and latest is not None
                and pts > latest
                and not packet.is_discard
                and not packet.is_corrupt
            ):
                group.tail, group.end, key = [packet], pts, packet
                continue
            group.packets.append(packet)
            if group.start is not None and pts < group.start:  # time stamps that start anew
                raise Unsplittable(group.packets)
            latest = pts if latest is None else max(latest, pts)
            size += packet.size
            if size > _MOST_BYTES or len(group.packets) > _MOST_PACKETS:
                raise Unsplittable(group.packets)
        if key is not None:
            yield group
            group = _next_of(group)
        yield group


def _next_of(group: Group) -> Group:
    return Group(list(group.tail), start=group.end, longest=max(group.longest, len(group.packets)))
