"""Facts about videos and their scenes. Frames count from 0, ends are exclusive, seconds are floats."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from fractions import Fraction


class Transition(enum.Enum):
    """How a scene begins."""

    START = "start"
    CUT = "cut"
    FADE = "fade"
    DISSOLVE = "dissolve"


@dataclass(frozen=True, slots=True)
class Video:
    """What the container and the decoder say. ``duration`` seconds; ``rotation`` degrees clockwise to display.

    ``frames`` and ``duration`` are the header's estimates until the file is read, then counted facts.
    """

    path: str
    container: str
    codec: str
    width: int
    height: int
    rotation: int
    rate: Fraction
    variable_rate: bool
    frames: int | None
    duration: float | None
    start_timecode: str | None
    has_audio: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene: ids count from 1 and scenes tile the video without gap or overlap.

    ``start`` and ``end`` are true presentation times in seconds from the first frame.
    """

    id: int
    start_frame: int
    end_frame: int
    start: float
    end: float
    transition: Transition


@dataclass(frozen=True, slots=True)
class Keyframe:
    """The picture that stands for a scene: presentation time in seconds and a JPEG (longest side <= 1024).

    ``small_jpeg``: the same at half the size, for a model that ran out of memory; empty for a picture that is tiny.
    """

    scene_id: int
    time: float
    width: int
    height: int
    jpeg: bytes
    small_jpeg: bytes = b""


@dataclass(frozen=True, slots=True)
class Progress:
    """Seconds of video read so far, of ``total`` if that is known."""

    read: float
    total: float | None


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of the file was reached; ``video`` carries counted frames and duration.

    ``damaged_at``: seconds after which the file could not be read, if it broke off.
    """

    video: Video
    damaged_at: float | None = None


WorkerMessage = Video | Scene | Keyframe | Progress | Finished
