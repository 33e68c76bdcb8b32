"""Cuts by rules: what the brief names, without faults, varied, opened and closed, the same every time."""

from __future__ import annotations

import pytest

from autocut_tray.core.analyzers.base import Description
from tests.planning.samples import assert_valid, by_rules, footage, notes, seen

BEACH = seen("Waves on a beach.", subjects=["waves"], shot="wide shot", tags=["sea"])
BRIDE = seen("A bride smiles.", subjects=["bride"], shot="close-up")
DANCE = seen("The first dance.", subjects=["couple"], shot="full shot")
BLURRED = seen("A blurred floor.", subjects=["floor"], quality=["motion blur", "too dark"])
CITY = seen("A city at night.", subjects=["city"], shot="extreme wide shot")
TABLE = seen("A set table.", subjects=["table"])


def test_what_the_brief_names_is_chosen_and_says_so() -> None:
    material = footage([4] * 6, [TABLE, BEACH, TABLE, BRIDE, CITY, TABLE])
    plan = by_rules(material, "the bride and the beach, 8 seconds")
    assert set(plan.scenes) >= {2, 4} and plan.length == 8
    reasons = {entry.scene: entry.reason for entry in plan.entries}
    assert reasons[4].code == "plan-reason-matches" and reasons[4].params["words"] == "bride"


def test_a_chinese_brief_finds_english_descriptions() -> None:
    plan = by_rules(footage([5] * 3, [TABLE, BEACH, DANCE]), "海滩")
    assert plan.scenes == (2,)


def test_faults_come_last() -> None:
    material = footage([4] * 4, [BLURRED, BEACH, BLURRED, DANCE])
    assert set(by_rules(material, "highlights", 6).scenes) == {2, 4}
    assert set(by_rules(material, "highlights").scenes) == {2, 4}
    assert len(by_rules(material, "highlights", 16).entries) == 4


def test_unwanted_things_stay_out() -> None:
    assert 4 not in by_rules(footage([4] * 4, [BEACH, DANCE, TABLE, CITY]), "no city, please", 8).scenes


def test_variety_before_more_of_the_same() -> None:
    again = seen("Waves on a beach.", subjects=["waves"], shot="wide shot", tags=["sea"])
    material = footage([4] * 6, [BEACH, again, again, BRIDE, again, DANCE])
    assert {4, 6} <= set(by_rules(material, "reel", 6).scenes)


def test_the_same_picture_comes_once_without_a_length() -> None:
    assert by_rules(footage([4] * 3, [BEACH, BEACH, BRIDE]), "").scenes == (1, 3)


def test_a_wide_view_opens_and_the_brief_may_say_otherwise() -> None:
    material = footage([4] * 6, [BRIDE, CITY, TABLE, TABLE, DANCE, BEACH])
    plan = by_rules(material, "", 24)
    assert plan.scenes == (2, 1, 3, 4, 5, 6)
    assert (
        plan.entries[0].reason.params["place"] == "opens"
        and plan.entries[-1].reason.params["place"] == "closes"
    )
    asked = by_rules(material, "start with the bride, end on the dance", 24)
    assert (asked.scenes[0], asked.scenes[-1]) == (1, 5)


def test_pace_decides_how_many() -> None:
    material = footage([10] * 30, [TABLE if n % 2 else BRIDE for n in range(30)])
    fast, usual, slow = (len(by_rules(material, words, 30).entries) for words in ("fast", "", "slow"))
    assert fast > usual > slow
    assert usual == 10


def test_shorter_footage_is_said() -> None:
    plan = by_rules(footage([4, 4], [BEACH, BRIDE]), "one minute")
    assert plan.length == 8 and "plan-note-shorter" in notes(plan)
    (said,) = [note for note in plan.notes if note.code == "plan-note-shorter"]
    assert dict(said.params) == {"have": "8.0", "wanted": "60.0"}


def test_scenes_without_descriptions_are_used_and_said() -> None:
    described: list[Description | None] = [BEACH, None, None, BRIDE]
    plan = by_rules(footage([4] * 4, described), "", 8)
    assert {1, 4} <= set(plan.scenes) and "plan-note-unseen" in notes(plan)
    alone = by_rules(footage([4] * 4), "", 8)
    assert alone.length == 8 and {entry.reason.code for entry in alone.entries} == {"plan-reason-unseen"}


def test_one_scene_is_trimmed_to_the_length() -> None:
    material = footage([100], [BEACH])
    plan = by_rules(material, "5 seconds")
    assert plan.length == 5 and plan.scenes == (1,)
    assert_valid(plan, material)


@pytest.mark.parametrize("seconds", [1, 7, 30, 600])
def test_the_same_input_gives_the_same_cut(seconds: int) -> None:
    kinds = [BEACH, BRIDE, DANCE, BLURRED, CITY, None, TABLE]
    material = footage([1 + n % 9 for n in range(90)], [kinds[n % 7] for n in range(90)])
    plan, again = (by_rules(material, "beach and dance", seconds) for _ in range(2))
    assert plan == again
    assert_valid(plan, material)


def test_thousands_of_scenes() -> None:
    material = footage([2] * 4000, [BEACH, BRIDE, DANCE] * 1334)
    plan = by_rules(material, "beach, 1 hour")
    assert plan.length == 3600
