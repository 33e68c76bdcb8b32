from __future__ import annotations

import pytest

from autocut_tray.i18n import Translator
from autocut_tray.phrases import NBSP, Phrases
from autocut_tray.ui.phrases import file_name, media_time
from tests.ui.fake_services import NOON_20

EN, ZH = Phrases(Translator("en")), Phrases(Translator("zh-CN"))


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.84, "0.8 s"), (3, "3 s"), (44, "44 s"), (120, "2 min"), (538, "8 min 58 s"), (7800, "2 h 10 min"),
     (3600, "1 h"), (3 * 86_400 + 4 * 3600, "3 d 4 h")],
)  # fmt: skip
def test_spans(seconds: float, text: str) -> None:
    assert plain(EN.span(seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 s"),
        (7.4, "7 s"),
        (59.4, "59 s"),
        (134.4, "2 min 15 s"),
        (131, "2 min 10 s"),
        (1000, "17 min"),
    ],
)
def test_estimates_are_rounded_as_coarsely_as_they_are_known(seconds: float, text: str) -> None:
    assert plain(EN.remaining(seconds)) == text


def test_units_and_percents_by_language() -> None:
    assert EN.percent(70.4) == f"70{NBSP}%"
    assert ZH.percent(70.4) == "70%"
    assert EN.percent_exact(87.9) == f"87.9{NBSP}%"
    assert EN.percent_exact(85.0) == f"85{NBSP}%"
    assert EN.of_gb(6041, 8192) == f"5.9 / 8.0{NBSP}GB"
    assert plain(ZH.span(134)) == "2 分 14 秒"


def test_moments_carry_a_date_only_on_another_day() -> None:
    assert EN.moment(NOON_20 - 60, NOON_20) == "14:19:00"
    assert EN.when(NOON_20 - 60, NOON_20) == "14:19"
    assert EN.when(NOON_20 - 86_400, NOON_20) == "Nov 19, 14:20"
    assert ZH.when(NOON_20 - 86_400, NOON_20) == "11 月 19 日 14:20"


def test_footage_read_so_far() -> None:
    assert plain(EN.read_of(540, 1860)) == "9 of 31 min"
    assert plain(EN.read_of(12, 44)) == "12 of 44 s"


@pytest.mark.parametrize(
    ("path", "name"),
    [("/a/b c.mp4", "b c.mp4"), ("C:\\x\\y.mov", "y.mov"), ("/a/", "a"), ("/", "/"), ("/a/n\new.mp4", "n ew.mp4"),
     ("/a/bad\udcff.mp4", "bad?.mp4"), ("/a/<b>x.mp4", "<b>x.mp4")],
)  # fmt: skip
def test_file_names_are_fit_for_the_screen(path: str, name: str) -> None:
    assert file_name(path) == name


def test_media_time() -> None:
    assert media_time(161.9) == "00:02:41"
