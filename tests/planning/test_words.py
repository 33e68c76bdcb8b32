"""Briefs and descriptions find each other across the two languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.planning.words import matching, read_wishes, words_of
from tests.planning.samples import seen

MATCHES = [
    ("sunset on the beach", seen("Two people on a beach at sunset."), ("sunset", "beach")),
    ("boats", seen("A boat leaves the harbour."), ("boats",)),
    ("30-second reel of dancing", seen("Guests dance."), ("dancing",)),
    ("30 秒海滩日落集锦", seen("Waves on a beach."), ("海滩",)),
    ("beach at sunset", seen("夕阳下的海滩。"), ("beach", "sunset")),
    ("突出新娘和舞蹈", seen("新娘在跳舞"), ("新娘", "舞蹈")),
    ("灯笼", seen("街上挂着红灯笼。"), ("灯笼",)),
    ("lanterns", seen("Red lanterns above a street."), ("lanterns",)),
    ("close-ups only", seen("A face.", shot="close-up"), ("close-ups",)),
    ("highlight reel, 30 seconds", seen("Seconds of a highlight."), ()),
    ("水平构图", seen("A glass of water."), ()),
    ("cat", seen("A catalogue on a table."), ()),
]


@pytest.mark.parametrize(("brief", "description", "found"), MATCHES)
def test_words_are_found(brief: str, description, found: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    assert sorted(matching(read_wishes(brief).about, words_of(description))) == sorted(found)


@pytest.mark.parametrize(
    ("brief", "wanted", "unwanted"),
    [
        ("beach without people", ["beach"], ["people"]),
        ("no cars, just forest", ["forest"], ["cars"]),
        ("海滩，不要人物", ["海滩"], ["人物"]),
    ],
)
def test_what_is_to_be_avoided_is_not_wanted(brief: str, wanted: list[str], unwanted: list[str]) -> None:
    wishes = read_wishes(brief)
    assert [term.label for term in wishes.about] == wanted
    assert [term.label for term in wishes.avoid] == unwanted


@pytest.mark.parametrize(
    ("brief", "opening", "closing"),
    [
        ("30-second reel, start wide, end on the dance", ["wide"], ["dance"]),
        ("以大海开头，结尾是烟花", ["大海"], ["烟花"]),
        ("close-ups of food", [], []),
    ],
)
def test_openings_and_closings(brief: str, opening: list[str], closing: list[str]) -> None:
    wishes = read_wishes(brief)
    assert [term.label for term in wishes.opening] == opening
    assert [term.label for term in wishes.closing] == closing


def test_pace() -> None:
    assert read_wishes("fast cut").pace < read_wishes("cut").pace < read_wishes("slow and calm").pace
    assert read_wishes("快节奏").pace < 1 < read_wishes("节奏舒缓").pace


@given(st.text(max_size=300))
def test_any_brief_is_read(brief: str) -> None:
    wishes = read_wishes(brief)
    assert len(wishes.about) <= 24
    matching(wishes.about, words_of(seen("A beach.")))
