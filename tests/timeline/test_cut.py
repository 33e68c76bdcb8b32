"""From scenes to clips: which frames, at which rate."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.footage import Scene, Transition, Video
from autocut_tray.core.timeline.cut import EDIT_RATES, Footage, Pick, media_of, playback_rate, rough_cut

FILM, NTSC, NTSC60 = Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)


def video(rate: Fraction = NTSC, **other: object) -> Video:
    made = Video("/a/beach.mov", "mov", "h264", 1920, 1080, 0, rate, False, 900, 30.03, None, True)
    return replace(made, **other)  # type: ignore[arg-type]


def scene(number: int, first: int, end: int, rate: Fraction = NTSC) -> Scene:
    kind = Transition.CUT if number > 1 else Transition.START
    return Scene(number, first, end, float(first / rate), float(end / rate), kind)


def footage(**other: object) -> Footage:
    return Footage(video(**other), complete=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rate", "variable", "plays"),
    [
        (FILM, False, FILM),
        (Fraction(25), False, Fraction(25)),
        (NTSC60, False, NTSC60),
        (Fraction(15), False, Fraction(15)),
        (Fraction(15000, 1001), False, Fraction(15000, 1001)),
        (Fraction(120), False, Fraction(120)),
        (Fraction(2997, 100), False, NTSC),
        (Fraction(273, 10), False, Fraction(25)),
        (Fraction(5), False, FILM),
        (Fraction(1000), False, Fraction(60)),
        (Fraction(14000, 1001), False, FILM),
        (Fraction(29), True, NTSC),
        (Fraction(24), True, Fraction(24)),
    ],
)
def test_the_rate_that_editors_play(rate: Fraction, variable: bool, plays: Fraction) -> None:
    assert playback_rate(video(rate, variable_rate=variable)) == plays


@pytest.mark.parametrize(
    ("rate", "chosen"),
    [(rate, rate) for rate in EDIT_RATES]
    + [
        (Fraction(15), Fraction(30)),
        (Fraction(12), Fraction(24)),
        (Fraction(10), Fraction(30)),
        (Fraction(15000, 1001), NTSC),
        (Fraction(120), Fraction(60)),
        (Fraction(100), Fraction(50)),
        (Fraction(120000, 1001), NTSC60),
        (Fraction(144), Fraction(48)),
        (Fraction(37), Fraction(30)),
    ],
)
def test_the_rate_of_the_timeline(rate: Fraction, chosen: Fraction) -> None:
    cut = rough_cut("x", [Pick(footage(rate=rate), scene(1, 0, 100, rate))])
    assert cut.rate == chosen
    assert cut.clips[0].media.rate == rate


def test_frames_are_taken_as_they_are() -> None:
    one = footage(start_timecode="01:00:00;00")
    cut = rough_cut(
        "Reel",
        [Pick(one, scene(3, 90, 180), note="A lamp", tags=("red", "lamp")), Pick(one, scene(1, 0, 90))],
    )
    first, second = cut.clips
    assert (first.first, first.end, first.name, first.scene) == (90, 180, "beach 003", 3)
    assert (second.first, second.end) == (0, 90)
    assert [(m.frame, m.name, m.note) for m in first.markers] == [(90, "A lamp", "red, lamp")]
    assert (cut.drop, cut.start, first.media.start, first.media.drop) == (True, 107_892, 107_892, True)
    assert [(one.first, one.end) for one in cut.placed()] == [(0, 90), (90, 180)]


@pytest.mark.parametrize(
    ("timecode", "rate", "start", "drop"),
    [
        (None, NTSC, 0, False),
        ("10:00:00:00", Fraction(25), 900_000, False),
        ("00:00:00;10", NTSC, 10, True),
        ("00:00:00;10", Fraction(25), 0, False),
        ("99:00:00:00", NTSC, 0, False),
        ("00:00:00:29", Fraction(25), 0, False),
    ],
)
def test_the_embedded_start_time_code(timecode: str | None, rate: Fraction, start: int, drop: bool) -> None:
    media = media_of(footage(rate=rate, start_timecode=timecode))
    assert (media.start, media.drop, media.start_timecode) == (start, drop, timecode)


def test_a_turned_picture_is_measured_as_it_is_shown() -> None:
    media = media_of(footage(rotation=90))
    assert (media.width, media.height, media.rotation) == (1080, 1920, 90)
    assert (media_of(footage(rotation=180)).width) == 1920


@given(
    st.lists(st.floats(0.001, 8.0), min_size=1, max_size=20),
    st.sampled_from([Fraction(29), Fraction(273, 10)]),
)
def test_variable_rates_are_placed_by_time_without_gap(lengths: list[float], rate: Fraction) -> None:
    one = Footage(video(rate, variable_rate=True, frames=999, duration=sum(lengths)), complete=True)
    at, scenes = 0.0, []
    for number, length in enumerate(lengths, 1):
        scenes.append(Scene(number, number, number + 1, at, at + length, Transition.CUT))
        at += length
    cut = rough_cut("x", [Pick(one, each) for each in scenes])
    plays = cut.clips[0].media.rate
    for clip, each in zip(cut.clips, scenes, strict=True):
        assert abs(clip.first / plays - Fraction(each.start)) <= 1 / plays / 2
        assert clip.end > clip.first
    if min(lengths) > 1 / plays:
        assert all(before.end == after.first for before, after in pairwise(cut.clips))


def test_trims_leave_seconds_out() -> None:
    one = footage(rate=Fraction(25))
    trimmed = Pick(one, scene(1, 100, 200, Fraction(25)), Fraction(1, 2), Fraction(1))
    (clip,) = rough_cut("x", [trimmed]).clips
    assert (clip.first, clip.end) == (112, 175)


def test_a_video_that_is_still_read_has_no_known_length() -> None:
    assert media_of(Footage(video(), complete=False)).frames is None
    assert media_of(footage()).frames == 900
    variable = media_of(footage(rate=Fraction(29), variable_rate=True, duration=10.0))
    assert variable.frames == 300  # 10 s at 29.97


def test_no_clips_no_timeline() -> None:
    with pytest.raises(ValueError, match="without clips"):
        rough_cut("x", [])
