"""Buffers of real memory for the demonstration: they are tracked, get smaller, and go."""

from __future__ import annotations

import zlib
from collections import deque

from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.release import ResourceKind

MIB = 1024 * 1024
_PIECE = MIB // 4
_LINE = 1024


class DemoBuffers:
    """So many MiB in pieces of 256 KiB that look like decoded pictures, so that they can be compressed."""

    def __init__(self, tracker: ResourceTracker, kind: ResourceKind, name: str, mib: int) -> None:
        self._pieces: deque[bytes | bytearray] = deque(
            _picture(number) for number in range(mib * MIB // _PIECE)
        )
        self.kind = kind
        self.tracked = tracker.register(kind, name, self, bytes_=self.measure())

    def measure(self) -> int:
        return sum(len(piece) for piece in self._pieces)

    def release(self, keep: float, *, compress: bool) -> None:
        target = int(self.measure() * keep / 100)
        if compress:
            self._compress_to(target)
        while self._pieces and self.measure() > target:
            self._pieces.popleft()
        self.tracked.resize(self.measure())

    def _compress_to(self, target: int) -> None:
        left = self.measure()
        for number, piece in enumerate(self._pieces):
            if left <= target:
                return
            if isinstance(piece, bytearray):
                packed = zlib.compress(piece, 1)
                left -= len(piece) - len(packed)
                self._pieces[number] = packed


def _picture(seed: int) -> bytearray:
    """Lines of a gradient, no two pieces alike."""
    line = bytes((seed * 7 + column // 3) % 256 for column in range(_LINE))
    return bytearray(b"".join(line[row % _LINE :] + line[: row % _LINE] for row in range(_PIECE // _LINE)))
