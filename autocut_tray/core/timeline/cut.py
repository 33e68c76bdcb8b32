"""From the scenes of videos to a timeline: which frames an editor has to take, at which rate.

Editors play a file at a constant rate. Where a file has another or none, its scenes are placed by their true times
at the nearest rate that editors know.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from autocut_tray.core.footage import Scene, Video
from autocut_tray.core.frozen import frozen
from autocut_tray.core.picture_quality import Flaw
from autocut_tray.core.timecode import can_drop, parse_timecode
from autocut_tray.core.timeline.model import Clip, Marker, Media, Timeline, one_hour, scene_name
from autocut_tray.core.timeline.names import one_line

EDIT_RATES = tuple(
    Fraction(n, d)
    for n, d in (
        (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48, 1), (50, 1), (60000, 1001), (60, 1),
    )
)  # fmt: skip
"""Rates of a timeline that every editor of the list can open, the free ones too."""

_SLOWEST, _FASTEST = 10, 240
_SLOWED = frozenset(Fraction(whole * 1000, 1001) for whole in (12, 15, 24, 30, 48, 60, 120, 240))
_MARKER_NAME = 60


@frozen
class Footage:
    """A video and what is known of it. ``complete``: it was read to its end, so its frames are counted."""

    video: Video
    complete: bool


@frozen
class Pick:
    """One scene to be taken. ``trim_start``, ``trim_end``: seconds to leave out at its start and end.

    ``note``: what is in it; ``tags`` go into the marker's note; ``flaws``: what is wrong with its picture.
    """

    footage: Footage
    scene: Scene
    trim_start: Fraction = Fraction(0)
    trim_end: Fraction = Fraction(0)
    note: str = ""
    tags: tuple[str, ...] = ()
    flaws: tuple[Flaw, ...] = ()


def media_of(footage: Footage) -> Media:
    """The source file as an editor will see it. A start time code that names no frame counts as none."""
    video = footage.video
    rate = playback_rate(video)
    start, drop = 0, False
    if video.start_timecode is not None:
        try:
            found = parse_timecode(video.start_timecode, rate)
            start, drop = found.frame, found.drop
        except ValueError:  # the preflight says so
            pass
    frames = video.frames
    if placed_by_time(video):
        frames = None if video.duration is None else round(Fraction(video.duration) * rate)
    turned = video.rotation % 180 != 0
    return Media(
        path=video.path,
        rate=rate,
        start=start,
        drop=drop,
        frames=frames if footage.complete else None,
        width=video.height if turned else video.width,
        height=video.width if turned else video.height,
        own_rate=video.rate,
        start_timecode=video.start_timecode,
        rotation=video.rotation,
        variable_rate=video.variable_rate,
        has_audio=video.has_audio,
    )


def playback_rate(video: Video) -> Fraction:
    """The constant rate at which editors play the file: its own if it has one, else the nearest of theirs."""
    return nearest_rate(video.rate) if placed_by_time(video) else video.rate


def placed_by_time(video: Video) -> bool:
    """Whether frames are found by their time, because numbering them would drift."""
    return video.variable_rate or not _is_constant(video.rate)


def scene_frames(scene: Scene, video: Video) -> tuple[int, int]:
    """The first frame of a scene and the one after its last, as editors count them at :func:`playback_rate`."""
    if not placed_by_time(video):
        return scene.start_frame, scene.end_frame
    first, end = (round(Fraction(seconds) * playback_rate(video)) for seconds in (scene.start, scene.end))
    return first, max(end, first + 1)  # it may be shorter than a frame of the editor


def nearest_rate(rate: Fraction) -> Fraction:
    """The edit rate with the smallest ratio to ``rate``."""
    return min(EDIT_RATES, key=lambda known: max(known / rate, rate / known))


def _is_constant(rate: Fraction) -> bool:
    """Whether editors count time codes at this rate: a whole number of frames, or a usual one slowed by 1000/1001."""
    return rate in _SLOWED or (rate.denominator == 1 and _SLOWEST <= rate <= _FASTEST)


def timeline_rate(media: Sequence[Media]) -> Fraction:
    """The first file's rate if timelines know it, else a whole multiple or part of it, else the nearest."""
    rate = media[0].rate
    if rate in EDIT_RATES:
        return rate
    related = [known for known in EDIT_RATES if (known / rate).denominator == 1]
    related += [known for known in reversed(EDIT_RATES) if (rate / known).denominator == 1]
    return related[0] if related else nearest_rate(rate)


def rough_cut(name: str, picks: Sequence[Pick]) -> Timeline:
    """The picked scenes, one after the other, from 01:00:00:00 on. Raises ValueError for none.

    Drop-frame counting follows the first file that has it. A trim that leaves nothing makes a clip without frames,
    which the preflight refuses.
    """
    if not picks:
        raise ValueError("a timeline without clips")
    known = {id(pick.footage): media_of(pick.footage) for pick in picks}
    clips = tuple(_clip(pick, known[id(pick.footage)]) for pick in picks)
    media = tuple(dict.fromkeys(clip.media for clip in clips))
    rate = timeline_rate(media)
    drop = can_drop(rate) and any(one.drop for one in media)
    return Timeline(
        name=one_line(name) or "AutoCut",
        rate=rate,
        drop=drop,
        start=one_hour(rate, drop=drop),
        width=media[0].width,
        height=media[0].height,
        clips=clips,
    )


def _clip(pick: Pick, media: Media) -> Clip:
    first, end = scene_frames(pick.scene, pick.footage.video)
    first += round(pick.trim_start * media.rate)
    end -= round(pick.trim_end * media.rate)
    note = one_line(pick.note)
    markers: tuple[Marker, ...] = ()
    if note:
        short = note if len(note) <= _MARKER_NAME else note[: _MARKER_NAME - 1].rstrip() + "…"
        markers = (Marker(first, short, one_line(", ".join(pick.tags))),)
    return Clip(media, first, end, scene_name(media, pick.scene.id), pick.scene.id, note, markers, pick.flaws)
