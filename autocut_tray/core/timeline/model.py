"""What is on a timeline: clips of source files, one after the other. All frames are whole numbers, rates rational."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from autocut_tray.core.frozen import frozen
from autocut_tray.core.picture_quality import Flaw
from autocut_tray.core.timecode import frame_timecode, nominal
from autocut_tray.core.timeline.names import file_name, one_line, stem


@frozen
class Media:
    """A source file as an editor sees it. ``rate``: frames a second that the editor plays it at.

    ``start``: the number of its first frame, counted from time code 00:00:00:00; ``drop``: in drop-frame counting.
    ``frames`` None: not counted. ``width`` and ``height`` as shown, so after ``rotation`` (degrees clockwise).
    ``own_rate``, ``start_timecode``: as the file has them.
    """

    path: str
    rate: Fraction
    start: int
    drop: bool
    frames: int | None
    width: int
    height: int
    own_rate: Fraction
    start_timecode: str | None = None
    rotation: int = 0
    variable_rate: bool = False
    has_audio: bool = False

    @property
    def name(self) -> str:
        """The file's name, as formats can carry it."""
        return one_line(file_name(self.path)) or "media"

    def timecode(self, frame: int) -> str:
        """The time code of a frame counted from the start of the file."""
        return frame_timecode(self.start + frame, self.rate, drop=self.drop)


@frozen
class Marker:
    """A remark at a frame of the source file, counted from its start."""

    frame: int
    name: str
    note: str = ""


@frozen
class Clip:
    """Frames ``first`` to ``end`` (exclusive) of a source file, counted from its start.

    ``scene``: the id it was made from; ``name``, ``note``: one line of text each; ``flaws``: of its picture.
    """

    media: Media
    first: int
    end: int
    name: str
    scene: int | None = None
    note: str = ""
    markers: tuple[Marker, ...] = ()
    flaws: tuple[Flaw, ...] = ()

    @property
    def frames(self) -> int:
        return self.end - self.first


@frozen
class Placed:
    """A clip and where it lies: frames ``first`` to ``end`` (exclusive) of the timeline, counted from its start."""

    number: int
    clip: Clip
    first: int
    end: int

    @property
    def frames(self) -> int:
        return self.end - self.first


@frozen
class Timeline:
    """A rough cut. ``start``: the number of its first frame, counted from time code 00:00:00:00."""

    name: str
    rate: Fraction
    drop: bool
    start: int
    width: int
    height: int
    clips: tuple[Clip, ...]

    def placed(self) -> Iterator[Placed]:
        """The clips in order, numbered from 1.

        A clip of another rate takes the whole timeline frames that its duration fills, at least one: a frame beyond
        its end would show the next scene.
        """
        at = 0
        for number, clip in enumerate(self.clips, 1):
            length = max(1, int(clip.frames * self.rate / clip.media.rate))
            yield Placed(number, clip, at, at + length)
            at += length

    @property
    def frames(self) -> int:
        return sum(placed.frames for placed in self.placed())

    @property
    def seconds(self) -> Fraction:
        return self.frames / self.rate

    @property
    def media(self) -> tuple[Media, ...]:
        """Every source file once, in the order of its first clip."""
        return tuple(dict.fromkeys(clip.media for clip in self.clips))

    def media_frames(self) -> Mapping[Media, int]:
        """How long each source file is: as counted, else as far as it is used."""
        used: dict[Media, int] = {}
        for clip in self.clips:
            used[clip.media] = max(used.get(clip.media, 0), clip.end)
        return {media: media.frames or most for media, most in used.items()}

    def timecode(self, frame: int) -> str:
        """The time code of a frame counted from the start of the timeline."""
        return frame_timecode(self.start + frame, self.rate, drop=self.drop)


def one_hour(rate: Fraction, *, drop: bool) -> int:
    """The number of the frame called 01:00:00:00, where timelines start by custom."""
    base = nominal(rate)
    return 3600 * base - (base // 15 * 54 if drop else 0)


def scene_name(media: Media, scene: int) -> str:
    """What a clip of a scene is called in every language: ``beach 003``."""
    return f"{stem(media.name)} {scene:03d}"
