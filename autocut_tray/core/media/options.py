"""What a scan may be told."""

from __future__ import annotations

from dataclasses import replace

from autocut_tray.core.footage import MAX_PICTURES, ScanMode
from autocut_tray.core.frozen import frozen

MAX_IMAGE_PX = 1024
"""Longest side of a key frame that may leave the worker."""

MIN_IMAGE_PX = 16
"""The least that a worker can be asked for."""

MEMORY_BYTES = 3 * 1024**3
"""Address space that a worker may use; a file that needs more is hostile."""


@frozen
class ScanOptions:
    """``min_scene`` seconds; ``sensitivity`` 0-1 (0.5 is balanced); ``image_px``: longest side of key frames;
    ``pictures``: of a long scene, at most.

    ``allow_long``: more than 24 hours are read too. ``threads``: of the decoder, None as fits the picture size.
    ``language``: of the subtitles that are preferred, as descriptions have it. ``sound`` False leaves it alone.
    ``mode``: fast is given up by itself where a video does not allow it. ``pictures`` 0: key frames are chosen and
    measured, but come without their JPEGs.
    """

    min_scene: float = 0.2
    sensitivity: float = 0.5
    image_px: int = MAX_IMAGE_PX
    allow_long: bool = False
    threads: int | None = None
    language: str = "en"
    sound: bool = True
    mode: ScanMode = ScanMode.ACCURATE
    pictures: int = MAX_PICTURES

    def sparing(self) -> ScanOptions:
        """The same for a file that killed a worker: one thread and one picture a scene of half the size, for want of
        memory, and no sound, for what killed it may be in there and the scenes are worth more."""
        return replace(
            self,
            image_px=max(MIN_IMAGE_PX, self.image_px // 2),
            threads=1,
            sound=False,
            mode=ScanMode.ACCURATE,
            pictures=1,
        )
