"""The length that a brief names, in both languages."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.errors import UsageError
from autocut_tray.core.planning.brief import MAX_BRIEF, read_brief, target_length

ENGLISH = {
    "30-second highlight reel": 30,
    "30 s": 30,
    "about 90s please": 90,
    "a 2-minute film": 120,
    "one minute": 60,
    "half a minute": 30,
    "a minute and a half": 90,
    "one and a half minutes": 90,
    "1 minute 30 seconds": 90,
    "1m30s": 90,
    "1m 30s": 90,
    "1:30": 90,
    "cut to 0:45, fast": 45,
    "1:02:03": 3723,
    "forty-five seconds": 45,
    "twenty seconds": 20,
    "20-30 seconds": 25,
    "20 to 30 seconds": 25,
    "an hour": 3600,
    "1 hour and 5 minutes": 3900,
    "2min": 120,
    "15 secs": 15,
    "1.5 minutes": 90,
    "make the 30-second reel": 30,
    "9:16 vertical, 45 sec": 45,
    "30-second cut, shots of 2 seconds": 30,
    "shots of 2 seconds each, 1 minute": 60,
    "the first 30 seconds are dull: 10 s in all": 10,
}
CHINESE = {
    "30秒": 30,
    "30 秒精彩集锦": 30,
    "２０秒": 20,
    "三十秒": 30,
    "二十五秒": 25,
    "一百二十秒": 120,
    "90 秒钟": 90,
    "一分钟": 60,
    "两分钟": 120,
    "半分钟": 30,
    "一分半": 90,
    "一分半钟的短片": 90,
    "1分30秒": 90,
    "1.5分钟": 90,
    "十分钟": 600,
    "一个半小时": 5400,
    "半小时": 1800,
    "1小时5分钟": 3900,
    "20到30秒": 25,
    "时长０：３０": 30,
    "每个镜头2秒，总长一分钟": 60,
}
NONE = [
    *("", "none", "highlight reel", "16:9", "9:16", "60fps 4k", "100 m sprint", "0 seconds", "99999 hours"),
    *("a reel from the 90s", "the '80s", "music of the 1990s", "a second look", "3-second shots"),
    *("十分精彩的集锦", "百分百好看", "三分之一", "每个镜头2秒", "精彩集锦"),
]


@pytest.mark.parametrize(("said", "seconds"), [*ENGLISH.items(), *CHINESE.items()])
def test_a_length_is_understood(said: str, seconds: int) -> None:
    assert target_length(said) == seconds


@pytest.mark.parametrize("said", NONE)
def test_what_is_no_length_is_none(said: str) -> None:
    assert target_length(said) is None


@given(st.text(max_size=200))
def test_any_text_gives_a_sensible_length_or_none(said: str) -> None:
    length = target_length(said)
    assert length is None or 1 <= length <= 24 * 3600


@given(st.integers(2, 5000))
def test_seconds_in_figures_are_exact(seconds: int) -> None:
    assert target_length(f"a cut of {seconds} seconds") == seconds
    assert target_length(f"做一个{seconds}秒的集锦") == seconds


def test_a_length_given_apart_wins() -> None:
    assert read_brief("30 seconds", Fraction(12)).seconds == 12
    for impossible in (Fraction(0), Fraction(1, 2), Fraction(86401)):
        with pytest.raises(UsageError) as failed:
            read_brief("", impossible)
        assert failed.value.code == "bad_length"


def test_a_brief_is_cleaned() -> None:
    read = read_brief("a\u202ereel\x00 of\n30 seconds" + "x" * 5000)
    assert read.text.startswith("areel of 30 secondsx") and len(read.text) <= MAX_BRIEF
