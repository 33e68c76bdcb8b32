"""What a scan may be told."""

from __future__ import annotations

from dataclasses import dataclass

MAX_IMAGE_PX = 1024
"""Longest side of a key frame that may leave the worker."""

MEMORY_BYTES = 3 * 1024**3
"""Address space that a worker may use; a file that needs more is hostile."""


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """``min_scene`` seconds; ``sensitivity`` 0-1 (0.5 is balanced); ``image_px``: longest side of key frames.

    ``allow_long``: more than 24 hours are read too. ``threads``: of the decoder, None as fits the picture size;
    1 with a small ``image_px`` is the way to try again after running out of memory. ``language``: of the subtitles
    that are preferred, as descriptions have it. ``sound`` False leaves the sound alone: what killed a worker may be
    in it, and the scenes are worth more.
    """

    min_scene: float = 0.2
    sensitivity: float = 0.5
    image_px: int = MAX_IMAGE_PX
    allow_long: bool = False
    threads: int | None = None
    language: str = "en"
    sound: bool = True
