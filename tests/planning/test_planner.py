"""Whatever a model answers, the plan is valid, and says what was done to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocut_tray.core.analyzers.base import Description
from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.footage import Transition
from autocut_tray.core.messages import message
from autocut_tray.core.planning.brief import read_brief
from autocut_tray.core.planning.choice import MAX_REASON, Choice, choice_schema, parse_choice
from autocut_tray.core.planning.fit import room
from autocut_tray.core.planning.model import ModelChoice
from autocut_tray.core.planning.plan import (
    ByHand,
    Plan,
    PlannedBy,
    changed_by_hand,
    plan_from_json,
    plan_to_json,
)
from autocut_tray.core.planning.planner import Author, make_plan
from autocut_tray.core.planning.rules import Rules, target_frames
from autocut_tray.core.planning.shots import Footage
from tests.planning.samples import assert_valid, by_rules, footage, notes, seen

MODEL = message("plan-by-model", model="m", server="Ollama")
BOAT = seen("A boat.", subjects=["boat"], shot="wide shot")


def by_model(
    material: Footage,
    scenes: Sequence[int],
    seconds: float | None = None,
    hand: ByHand | None = None,
    **counts: int,
) -> Plan:
    brief = read_brief("reel", None if seconds is None else Fraction(seconds))
    choice = Choice(
        tuple((scene, f"why {scene}") for scene in scenes), **({"unknown": 0, "twice": 0} | counts)
    )
    author = Author(MODEL, ModelChoice(choice, "m", len(material.shots)))
    return make_plan(material, brief, Rules(material, brief), author, hand)


def test_the_models_order_and_reasons_are_kept() -> None:
    plan = by_model(footage([4] * 5), [4, 1, 3], 9)
    assert plan.by is PlannedBy.MODEL and plan.scenes == (4, 1, 3) and plan.length == 9
    assert plan.entries[0].reason.params == {"text": "why 4"}


def test_too_few_are_filled_by_rules_and_said() -> None:
    plan = by_model(footage([4] * 5, [BOAT] * 5), [4, 2], 16)
    assert plan.scenes[0] == 4 and plan.length == 16 and "plan-note-filled" in notes(plan)
    kept = [scene for scene in plan.scenes if scene in (4, 2)]
    assert kept == [4, 2]
    assert {e.reason.code for e in plan.entries if e.scene not in (4, 2)} == {"plan-reason-fill"}


def test_within_the_tolerance_nothing_is_filled() -> None:
    plan = by_model(footage([5] * 5, [BOAT] * 5), [1, 2, 3, 4], 21)
    assert plan.length == 20 and "plan-note-filled" not in notes(plan)


def test_far_too_many_are_cut_down_and_said() -> None:
    plan = by_model(footage([4] * 50, [BOAT] * 50), range(1, 51), 10)
    assert plan.length == 10 and "plan-note-left-out" in notes(plan)
    assert len(plan.entries) <= 10 and list(plan.scenes) == sorted(plan.scenes)


def test_what_the_model_got_wrong_is_said() -> None:
    plan = by_model(footage([4] * 3), [1], None, unknown=2, twice=1)
    assert {"plan-note-unknown", "plan-note-twice"} <= set(notes(plan))


# -- changes by hand


def test_hand_changes_are_kept_only_where_asked() -> None:
    material = footage([4] * 6, [BOAT] * 6)
    changed = changed_by_hand(by_model(material, [1, 2, 3, 4]), [3, 1, 4])
    assert changed.scenes == (3, 1, 4) and changed.hand == ByHand((2,), (3, 1, 4))
    assert by_model(material, [1, 2, 3, 4]).scenes == (1, 2, 3, 4)
    again = by_model(material, [1, 2, 3, 4, 5], hand=changed.hand)
    assert again.scenes == (3, 1, 4, 5) and again.hand == changed.hand and "plan-note-kept" in notes(again)


def test_removing_alone_keeps_the_order_as_planned() -> None:
    plan = changed_by_hand(by_model(footage([4] * 4), [1, 2, 3]), [1, 3])
    assert plan.hand == ByHand((2,), None)


def test_a_plan_whose_scenes_were_all_removed_is_made_of_others() -> None:
    material = footage([4] * 4, [BOAT] * 4)
    for seconds in (None, 4):
        plan = by_model(material, [1, 2], seconds, ByHand((1, 2)))
        assert plan.scenes and not {1, 2} & set(plan.scenes) and "plan-note-filled" in notes(plan)


def test_when_every_scene_was_removed_the_plan_is_empty() -> None:
    plan = by_rules(footage([4, 4]), "", 4, ByHand((1, 2)))
    assert plan.entries == () and plan.length == 0


@pytest.mark.parametrize("scenes", [[1, 1], [9], [1, 2, 3, 4]])
def test_only_the_plans_own_scenes(scenes: list[int]) -> None:
    with pytest.raises(ValueError, match="not scenes"):
        changed_by_hand(by_model(footage([4] * 4), [1, 2, 3]), scenes)


# -- what a model says


def answered(text: str) -> Choice:
    return parse_choice(text, frozenset({1, 2, 3}))


@pytest.mark.parametrize(
    ("text", "scenes"),
    [
        ('{"scenes": [{"id": 2, "reason": "a"}, {"id": 1, "reason": "b"}]}', (2, 1)),
        ('```json\n{"scenes": [3, 1]}\n``` Enjoy!', (3, 1)),
        ('{"entries": [{"scene": "2"}, {"scene": 3.0}]}', (2, 3)),
        ('<think>{"scenes": [1]}</think>{"scenes": [2]}', (2,)),
        ('{"scenes": [1]} no, better: {"scenes": [3]}', (3,)),
        ('{"plan": {"scenes": [{"id": 1}]}}', (1,)),
    ],
)
def test_answers_are_read(text: str, scenes: tuple[int, ...]) -> None:
    assert tuple(scene for scene, _ in answered(text).scenes) == scenes


@pytest.mark.parametrize(
    "text",
    ["", "  ", "Scene 1, then 2.", "{}", '{"scenes": []}', '{"scenes": [99, true, null, {"id": [1]}]}'],
)
def test_an_answer_without_a_known_scene_is_unusable(text: str) -> None:
    with pytest.raises(BackendError) as failed:
        answered(text)
    assert failed.value.failure is FailureClass.TIER and failed.value.code in ("bad_answer", "empty_answer")


def test_unknown_and_repeated_scenes_are_dropped_and_counted() -> None:
    choice = answered('{"scenes": [1, 99, 2, 1, -3, "../../etc"]}')
    assert [scene for scene, _ in choice.scenes] == [1, 2] and (choice.unknown, choice.twice) == (3, 1)


def test_reasons_are_cleaned_and_cut() -> None:
    hostile = "\u202egnp.exe\x1b[31m <img src=x>\n" + "y" * 5000
    ((_, reason),) = answered(json.dumps({"scenes": [{"id": 1, "reason": hostile}]})).scenes
    assert len(reason) <= MAX_REASON and not {"\u202e", "\x1b", "\n"} & set(reason)
    assert "<img src=x>" in reason  # words, which the edge escapes


def test_the_schema_names_the_scenes() -> None:
    schema = choice_schema([3, 1], bounded=True, most=2)
    items = schema["properties"]["scenes"]
    assert items["items"]["properties"]["id"]["enum"] == [1, 3] and items["maxItems"] == 2
    strict = choice_schema(range(2000), bounded=False, most=5)["properties"]["scenes"]
    assert "enum" not in strict["items"]["properties"]["id"] and "maxItems" not in strict


# -- any answer, any scenes

IDS = st.lists(st.integers(-3, 30)).map(lambda ids: {"scenes": ids})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 40) | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=8)
        | st.dictionaries(
            st.sampled_from(["scenes", "id", "scene", "reason", "plan", "x"]), inner, max_size=4
        )
    ),
    max_leaves=30,
)
WORDS = st.none() | st.builds(
    lambda summary, shot, quality: seen(summary, shot=shot, quality=[quality]),
    st.sampled_from(["A boat.", "A beach at sunset.", "一只狗", ""]),
    st.sampled_from(["wide shot", "close-up", "远景", "?"]),
    st.sampled_from(["sharp", "too dark", "虚焦"]),
)
SCENES = st.lists(
    st.tuples(st.floats(0.02, 60), WORDS, st.sampled_from(Transition), st.none() | st.floats(0, 60)),
    min_size=1,
    max_size=25,
)
RATES = st.sampled_from([Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60)])


def material_of(
    scenes: list[tuple[float, Description | None, Transition, float | None]], rate: Fraction
) -> Footage:
    lengths, words, transitions, keys = zip(*scenes, strict=True)
    return footage(lengths, words, rate=rate, transitions=transitions, keys=keys)


def assert_length(plan: Plan, material: Footage, allowed: frozenset[int]) -> None:
    target = target_frames(plan.seconds, material.rate)
    if target is None:
        return
    most = room([shot for shot in material.shots if shot.scene in allowed])
    if most * 100 >= target * 95:
        assert 95 * target <= 100 * plan.frames <= 105 * target
    else:
        assert plan.frames == most and "plan-note-shorter" in notes(plan)


@settings(max_examples=120, deadline=None)
@given(
    SCENES,
    RATES,
    st.none() | st.integers(1, 300),
    st.text(max_size=40),
    st.sets(st.integers(1, 25), max_size=5),
)
def test_rules_always_make_a_valid_plan(
    scenes: list[Any], rate: Fraction, seconds: int | None, brief: str, removed: set[int]
) -> None:
    material = material_of(scenes, rate)
    plan = by_rules(material, brief, seconds, ByHand(tuple(removed)))
    allowed = frozenset(shot.scene for shot in material.shots) - removed
    assert set(plan.scenes) <= allowed and bool(plan.entries) == bool(allowed)
    assert_valid(plan, material)
    if allowed:
        assert_length(plan, material, allowed)
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


@settings(max_examples=120, deadline=None)
@given(
    SCENES,
    RATES,
    st.none() | st.integers(1, 300),
    JSON | st.lists(st.integers(-3, 30)).map(lambda ids: {"scenes": ids}),
)
def test_any_answer_ends_in_a_valid_plan(
    scenes: list[Any], rate: Fraction, seconds: int | None, answer: Any
) -> None:
    material = material_of(scenes, rate)
    known = frozenset(shot.scene for shot in material.shots)
    try:
        choice = parse_choice("Well: " + json.dumps(answer) + " Done.", known)
    except BackendError as failed:
        assert failed.failure is FailureClass.TIER
        return
    brief = read_brief("reel", None if seconds is None else Fraction(seconds))
    author = Author(MODEL, ModelChoice(choice, "m", len(known)))
    plan = make_plan(material, brief, Rules(material, brief), author)
    assert_valid(plan, material)
    assert_length(plan, material, known)
    chosen = [scene for scene, _ in choice.scenes]
    assert [s for s in plan.scenes if s in chosen] == [s for s in chosen if s in plan.scenes]
    said = set(notes(plan))
    assert (set(chosen) <= set(plan.scenes)) or "plan-note-left-out" in said
    assert set(plan.scenes) <= set(chosen) or "plan-note-filled" in said


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        answered(text)
    except BackendError as failed:
        assert failed.failure is FailureClass.TIER
