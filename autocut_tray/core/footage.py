"""Facts about videos and their scenes. Frames count from 0, ends are exclusive, seconds are floats."""

from __future__ import annotations

import enum
from fractions import Fraction

from autocut_tray.core.frozen import frozen
from autocut_tray.core.picture_quality import PictureQuality

MAX_PICTURES = 4
"""Pictures of one scene, however long it is."""


class Transition(enum.Enum):
    """How a scene begins."""

    START = "start"
    CUT = "cut"
    FADE = "fade"
    DISSOLVE = "dissolve"


class ScanMode(enum.Enum):
    """How a video is looked through. ``FAST``: not every frame is decoded, cuts may be missed or be a little off."""

    ACCURATE = "accurate"
    FAST = "fast"


class NotFast(enum.Enum):
    """Why a video was read accurately although fast was asked for.

    ``SHORT``: or its length is not known. ``FRAMES``: its packets do not say where each frame is.
    """

    CODEC = "codec"
    SHORT = "short"
    VARIABLE_RATE = "variable_rate"
    FRAMES = "frames"


class SoundProblem(enum.Enum):
    """Why the sound of a scene is not measured although there is some. ``AVOIDED``: the worker died on the file."""

    UNSUPPORTED = "unsupported"
    DAMAGED = "damaged"
    AVOIDED = "avoided"


@frozen
class SoundTrack:
    """The track that is measured: the ``track``-th (from 1) of ``tracks``, the default one if there are several.

    ``sample_rate`` Hz, as the header says; ``language``: a tag such as ``en``, if the file names one.
    """

    codec: str
    channels: int
    sample_rate: int
    track: int
    tracks: int
    language: str | None


class SubtitleSource(enum.Enum):
    """``SIDECAR``: a file beside the video."""

    EMBEDDED = "embedded"
    SIDECAR = "sidecar"


class SubtitleProblem(enum.Enum):
    """Why a side-car file is not used."""

    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    NO_CUES = "no_cues"


@frozen
class Subtitles:
    """The subtitles that are used, one choice of ``tracks`` (embedded and side-car ones together).

    ``source`` None: there are some, and none could be used. ``problem``: of a side-car file that would have been
    preferred.
    """

    source: SubtitleSource | None
    format: str | None
    language: str | None
    tracks: int
    problem: SubtitleProblem | None = None


@frozen
class Video:
    """What the container and the decoder say. ``duration`` seconds; ``rotation`` degrees clockwise to display.

    ``frames`` and ``duration`` are the header's estimates until the file is read, then counted facts. ``mode``: how
    all or part of it was read; ``not_fast``: why all or the rest of it was not, although it was asked for.
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
    sound: SoundTrack | None = None
    subtitles: Subtitles | None = None
    mode: ScanMode = ScanMode.ACCURATE
    not_fast: NotFast | None = None


@frozen
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


@frozen
class Keyframe:
    """The picture that stands for a scene: presentation time in seconds and a JPEG (longest side <= 1024).

    ``jpeg``: empty where none was asked for; ``width`` and ``height`` are those it would have. ``small_jpeg``: the
    same at half the size, for a model that ran out of memory; empty for a picture that is tiny.
    ``quality`` None: not measured.
    """

    scene_id: int
    time: float
    width: int
    height: int
    jpeg: bytes
    small_jpeg: bytes = b""
    quality: PictureQuality | None = None


@frozen
class FurtherFrame:
    """One more picture of a long scene, told before its key frame. ``number`` from 1, in order of time."""

    scene_id: int
    number: int
    time: float
    width: int
    height: int
    jpeg: bytes


@frozen
class Sound:
    """What one scene sounds like.

    ``loudness``: integrated over the scene by ITU-R BS.1770-4, LUFS; None when nothing is louder than -70 LUFS, or
    the scene is shorter than half a second. ``silence``: share 0-1 of the scene in which no channel reaches -60 dBFS
    (mean square over 50 ms; the level FFmpeg's silencedetect starts from). ``speech``: share 0-1 that sounds like
    speech, None for less than a second.
    """

    loudness: float | None
    silence: float
    speech: float | None


@frozen
class SceneSound:
    """The sound of a scene, or why it is not known."""

    scene_id: int
    sound: Sound | SoundProblem


@frozen
class SceneWords:
    """What the subtitles say during a scene: lines of safe text, never empty."""

    scene_id: int
    text: str


@frozen
class Progress:
    """Seconds of video read so far, of ``total`` if that is known."""

    read: float
    total: float | None


@frozen
class Finished:
    """The end of the file was reached; ``video`` carries counted frames and duration.

    ``damaged_at``: seconds after which the file could not be read, if it broke off.
    """

    video: Video
    damaged_at: float | None = None


WorkerMessage = Video | Scene | FurtherFrame | Keyframe | SceneSound | SceneWords | Progress | Finished
