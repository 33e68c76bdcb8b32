"""The videos that are measured with, made once and kept for the next run."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

from tests import media_samples
from tests.bench.plan import kept_folder

RATE = 30
SECONDS = 86
SECONDS_UHD = 4
SHOT_FRAMES = (107, 151, 122, 187, 93, 139)
"""Lengths of the shots, over and over: no cut falls on a key frame by the distance between those."""
GOP = 60


@dataclass(frozen=True, slots=True)
class Clip:
    """A video and the first frames of its shots but the first."""

    path: Path
    frames: int
    cuts: tuple[int, ...]


def long_clip() -> Clip:
    """86 s of 1080p30 H.264 with a cut every three to six seconds. Making it takes a minute or two."""
    return _kept("1080p", (1920, 1080), SECONDS * RATE)


def uhd_clip() -> Clip:
    """4 s of 2160p30 H.264."""
    return _kept("2160p", (3840, 2160), SECONDS_UHD * RATE)


def _kept(name: str, size: tuple[int, int], frames: int) -> Clip:
    recipe = b"".join(Path(file).read_bytes() for file in (__file__, media_samples.__file__))
    path = kept_folder() / f"{name}-{zlib.crc32(recipe):08x}.mp4"
    clip = Clip(path, frames, _cuts(frames))
    if not path.exists():
        fresh = path.with_name(f"new-{path.name}")
        media_samples.cuts_video(fresh, cuts=clip.cuts, frames=frames, size=size, rate=RATE, gop=GOP)
        fresh.replace(path)
    return clip


def _cuts(frames: int) -> tuple[int, ...]:
    cuts, at = [], SHOT_FRAMES[0]
    while at < frames - min(SHOT_FRAMES):
        cuts.append(at)
        at += SHOT_FRAMES[len(cuts) % len(SHOT_FRAMES)]
    return tuple(cuts)
