"""Time codes against the clock and against a count by hand, at every rate that editors know."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.timecode import (
    Timecode,
    can_drop,
    clock_time,
    frame_timecode,
    frames_a_day,
    nominal,
    parse_timecode,
    short_rate,
)

FILM, NTSC, NTSC60 = Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)
RATES = (
    FILM,
    Fraction(24),
    Fraction(25),
    NTSC,
    Fraction(30),
    Fraction(50),
    NTSC60,
    Fraction(60),
    Fraction(120),
)
COUNTINGS = [(rate, drop) for rate in RATES for drop in (False, True) if not drop or can_drop(rate)]


@pytest.mark.parametrize(
    ("frame", "rate", "drop", "named"),
    [
        (0, FILM, False, "00:00:00:00"),
        (86_400, FILM, False, "01:00:00:00"),
        (1799, NTSC, True, "00:00:59;29"),
        (1800, NTSC, True, "00:01:00;02"),
        (17_981, NTSC, True, "00:09:59;29"),
        (17_982, NTSC, True, "00:10:00;00"),
        (107_892, NTSC, True, "01:00:00;00"),
        (2_589_407, NTSC, True, "23:59:59;29"),
        (2_589_408, NTSC, True, "00:00:00;00"),
        (1800, NTSC, False, "00:01:00:00"),
        (3599, NTSC60, True, "00:00:59;59"),
        (3600, NTSC60, True, "00:01:00;04"),
        (215_784, NTSC60, True, "01:00:00;00"),
        (90_000, Fraction(25), False, "01:00:00:00"),
        (24 * 90_000, Fraction(25), False, "00:00:00:00"),
        (12_000, Fraction(120), False, "00:01:40:00"),
    ],
)
def test_names_of_frames(frame: int, rate: Fraction, drop: bool, named: str) -> None:
    assert frame_timecode(frame, rate, drop=drop) == named
    assert parse_timecode(named, rate) == Timecode(frame % frames_a_day(rate, drop=drop), drop)


@pytest.mark.parametrize("rate", [NTSC, NTSC60])
def test_drop_frame_counting_leaves_out_names_but_no_frame(rate: Fraction) -> None:
    """The first 11 minutes, counted name by name."""
    base, left_out = nominal(rate), nominal(rate) // 15
    names = [
        f"00:{minute:02d}:{second:02d};{frame:02d}"
        for minute in range(11)
        for second in range(60)
        for frame in range(base)
        if not (minute % 10 and second == 0 and frame < left_out)
    ]
    assert [frame_timecode(frame, rate, drop=True) for frame in range(len(names))] == names


@pytest.mark.parametrize("rate", [NTSC, NTSC60])
def test_drop_frame_counting_keeps_up_with_the_clock(rate: Fraction) -> None:
    """SMPTE ST 12-1: 86.4 ms a day."""
    assert abs(frames_a_day(rate, drop=True) / rate - 86_400) < Fraction(1, 10)


@given(st.sampled_from(COUNTINGS), st.integers(0, 200 * 3600 * 24))
def test_every_frame_of_a_day_has_one_name(counting: tuple[Fraction, bool], frame: int) -> None:
    rate, drop = counting
    day = frames_a_day(rate, drop=drop)
    frame %= day
    assert parse_timecode(frame_timecode(frame, rate, drop=drop), rate) == Timecode(frame, drop)
    assert frame_timecode(frame + day, rate, drop=drop) == frame_timecode(frame, rate, drop=drop)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("", Fraction(25)),
        ("1:00:00:00", Fraction(25)),
        ("01:00:00", Fraction(25)),
        ("24:00:00:00", Fraction(25)),
        ("00:60:00:00", Fraction(25)),
        ("00:00:60:00", Fraction(25)),
        ("00:00:00:25", Fraction(25)),
        ("00:00:00;00", Fraction(25)),
        ("00:00:00;00", Fraction(30)),
        ("00:01:00;01", NTSC),
        ("00:01:00;03", NTSC60),
        ("00:00:00:00\n", Fraction(25)),
        ("٠٠:00:00:00", Fraction(25)),
    ],
)
def test_what_names_no_frame(text: str, rate: Fraction) -> None:
    with pytest.raises(ValueError, match=r"frame|time code"):
        parse_timecode(text, rate)


def test_only_slowed_thirties_drop() -> None:
    assert [rate for rate in RATES if can_drop(rate)] == [NTSC, NTSC60]
    with pytest.raises(ValueError, match="no drop-frame"):
        frame_timecode(0, Fraction(30), drop=True)


def test_dots_and_commas_mean_dropping() -> None:
    assert (
        parse_timecode("01:00:00.00", NTSC) == parse_timecode("01:00:00,00", NTSC) == Timecode(107_892, True)
    )


def test_rates_and_clock_for_people() -> None:
    assert [short_rate(rate) for rate in (FILM, NTSC, Fraction(25))] == ["23.976", "29.97", "25"]
    assert clock_time(Fraction(1001, 30000)) == "00:00:00.033"
    assert clock_time(-3661.5) == "-01:01:01.500"
