"""Reads a file's packets in their order, and remembers how far all streams reached."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import av
import av.error

from autocut_tray.core.media.worker_open import Footage

DAMAGE = (av.error.FFmpegError, ValueError, IndexError)
"""What PyAV raises on damaged files."""

Packet: TypeAlias = "av.Packet[Any]"

log = logging.getLogger(__name__)


class PacketReader:
    """The packets of the picture stream; those of other streams go to whom they concern.

    ``beside``: is given the packets of the other streams, by the index of the stream.
    """

    def __init__(self, footage: Footage, beside: Mapping[int, Callable[[Packet], None]]) -> None:
        self._footage = footage
        self._beside = beside
        self._start = footage.container.start_time or 0
        self.reached = 0.0
        self.broke_off = False

    def packets(self) -> Iterator[Packet]:
        """All that hold anything, up to the end of the file or to where it cannot be read."""
        index = self._footage.stream.index
        packets = iter(self._footage.container.demux())
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except MemoryError:
                raise
            except DAMAGE as error:
                # The container itself cannot be read further: a truncated file, a pulled plug.
                log.info("Reading breaks off: %s", error)
                self.broke_off = True
                return
            self._note(packet)
            if packet.stream.index != index:
                if packet.stream.index in self._beside:
                    self._beside[packet.stream.index](packet)
            elif packet.size:
                yield packet

    def _note(self, packet: Packet) -> None:
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is None or packet.time_base is None:
            return
        base = packet.time_base  # a float at once: arithmetic with fractions would be half of the work here
        end = (
            stamp + (packet.duration or 0)
        ) * base.numerator / base.denominator - self._start / av.time_base
        self.reached = max(self.reached, end)
