"""Reading answers: tolerant of form, strict about what comes out."""

from __future__ import annotations

import json
import time
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autocut_tray.core.analyzers.answer import (
    MAX_ANSWER,
    Schema,
    describe_schema,
    parse_answer,
    parse_object,
    probe_schema,
)
from autocut_tray.core.analyzers.base import Description
from autocut_tray.core.clean import clean
from autocut_tray.core.errors import BackendError, FailureClass
from tests.analyzers.conftest import GOOD

WHOLE = json.dumps(GOOD)
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def failure_of(text: str) -> BackendError:
    with pytest.raises(BackendError) as caught:
        parse_answer(text)
    assert caught.value.failure is FailureClass.TIER
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        f"```json\n{WHOLE}\n```",
        f"Sure! Here is the description:\n\n{WHOLE}\n\nAnything else?",
        f"<think>The user wants {{...}} with a summary</think>{WHOLE}",
        f'<think>\n{{"summary": "a draft"}}</think>\n```\n{WHOLE}```',
        f'thoughts without a beginning {{"summary": "draft"}} </think> {WHOLE}',
        f"<THINKING>x</THINKING>{WHOLE}",
        f'{{"summary": "a draft"}} No, better: {WHOLE}',
        f'{{"description": {WHOLE}}}',
        f"[{WHOLE}]",
        "\ufeff" + WHOLE,
        WHOLE + ' {"type": "object", "properties": {"summary": {"type": "string"}}}',
        "{ not json } " + WHOLE,
    ],
)
def test_the_description_is_found_in_any_wrapping(text: str) -> None:
    found = parse_answer(text)
    assert found.summary == GOOD["summary"]
    assert found.subjects == ("disc", "square")


def test_a_summary_that_ends_a_thought_is_still_a_summary() -> None:
    text = json.dumps({**GOOD, "summary": "A sign reads </think> in red."})
    assert parse_answer(text).summary == "A sign reads </think> in red."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_answer"),
        (" \n\t ", "empty_answer"),
        ("It is a dog.", "bad_answer"),
        (WHOLE[:40], "bad_answer"),
        ("{}", "bad_answer"),
        ('{"summary": ""}', "bad_answer"),
        ('{"summary": " \\u202e "}', "bad_answer"),
        ('{"summary": "..."}', "bad_answer"),
        ('{"summary": null}', "bad_answer"),
        ('{"summary": {"text": "x"}}', "bad_answer"),
        ('{"summary": true}', "bad_answer"),
        ("{" * 100_000, "bad_answer"),
        ('{"a":' * 100_000, "bad_answer"),
        ("[" * 100_000, "bad_answer"),
        ('{"summary": ' + "9" * 5000 + "}", "bad_answer"),
        (" " * (MAX_ANSWER + 1) + WHOLE, "bad_answer"),
    ],
)
def test_what_cannot_be_used_is_a_failure_of_the_tier(text: str, code: str) -> None:
    assert failure_of(text).code == code


def test_thoughts_cost_no_time() -> None:
    began = time.perf_counter()
    failure_of("<think>" * (MAX_ANSWER // 7))
    failure_of("</think>{" * (MAX_ANSWER // 9))
    assert time.perf_counter() - began < 2.0


def test_fields_of_the_wrong_type_are_made_to_fit() -> None:
    found = parse_answer(
        json.dumps(
            {
                "summary": ["One.", "Two."],
                "subjects": "a dog, a cat；鸟、鱼",
                "action": 7,
                "shot": None,
                "mood": {"a": 1},
                "quality": [None, True, {"x": 1}, 3.5, "sharp"],
                "tags": ["#Night", "night", " ", "…", "- city"],
                "unknown": "x",
            }
        )
    )
    assert found == Description(
        summary="One., Two.",
        subjects=("a dog", "a cat", "鸟", "鱼"),
        action="7",
        shot="",
        camera="",
        mood="",
        quality=("3.5", "sharp"),
        tags=("Night", "city"),
    )


def test_long_text_is_cut_between_words() -> None:
    found = parse_answer(json.dumps({**GOOD, "summary": "word " * 1000, "tags": ["长" * 500]}))
    assert found.summary.endswith("word…") and len(found.summary) <= 1000
    assert found.tags == ("长" * 59 + "…",)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x1b[31mc\x9fd", "ab[31mcd"),
        ("line\r\none\ttwo\u2028three\x85four", "line one two three four"),
        (BIDI + "a" + BIDI, "a"),
        ("\ud800a\udfff\ufffe\uffff\ufeff", "a"),
        ("👩‍👩‍👧 नमस्ते", "👩‍👩‍👧 नमस्ते"),
        ("  夜市　灯光  ", "夜市 灯光"),
    ],
)
def test_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean(text, 100) == cleaned


def assert_clean(text: str) -> None:
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in text)
    assert not set(text) & set(BIDI)
    assert text == " ".join(text.split())
    text.encode("utf-8")


def every_text(found: Description) -> list[str]:
    single = [found.summary, found.action, found.shot, found.camera, found.mood]
    return [*single, *found.subjects, *found.quality, *found.tags]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
ANSWERS = st.fixed_dictionaries(
    {"summary": JSON}, optional={name: JSON for name in GOOD if name != "summary"}
)
NOISE = st.text(max_size=60) | st.sampled_from(["", "```json\n", "<think>", "</think>", "{", "}", "[", '"'])


@settings(max_examples=400, deadline=None)
@given(NOISE, ANSWERS | JSON, NOISE, st.booleans())
@example("", {"summary": "x" * 5000, "subjects": ["y " * 200] * 50, "tags": ["z" * 99] * 50}, "", False)
def test_any_answer_is_a_clean_description_or_a_failure_of_the_tier(
    before: str, answer: Any, after: str, ascii_only: bool
) -> None:
    text = before + json.dumps(answer, ensure_ascii=ascii_only) + after
    try:
        found = parse_answer(text)
    except BackendError as error:
        assert error.failure is FailureClass.TIER
        assert_clean(error.detail)
        return
    assert any(char.isalnum() for char in found.summary)
    assert sum(map(len, every_text(found))) <= 4000
    for said in every_text(found):
        assert_clean(said)


@settings(max_examples=200, deadline=None)
@given(st.text() | st.binary().map(lambda data: data.decode("utf-8", "replace")))
def test_any_text_is_a_description_or_a_failure_of_the_tier(text: str) -> None:
    for read in (parse_answer, parse_object):
        try:
            read(text)
        except BackendError as error:
            assert error.failure is FailureClass.TIER


@settings(max_examples=200, deadline=None)
@given(st.text(), st.integers(2, 60))
def test_clean_text_is_clean_and_short(text: str, most: int) -> None:
    cleaned = clean(text, most)
    assert len(cleaned) <= most
    assert_clean(cleaned)


def objects_in(schema: Schema) -> list[Schema]:
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    found = [each for part in inner for each in objects_in(part)]
    return [schema, *found] if schema.get("type") == "object" else found


@pytest.mark.parametrize("bounded", [False, True])
@pytest.mark.parametrize("language", ["en", "zh-CN", "zh-Hant", "de"])
def test_schemas_are_strict(language: str, bounded: bool) -> None:
    schema = describe_schema(language, bounded=bounded)
    for each in [*objects_in(schema), *objects_in(probe_schema(bounded=bounded))]:
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])
    assert list(schema["properties"]) == list(GOOD)
    limits = {"maxLength", "minLength", "maxItems", "minItems"}
    assert bounded == any(name in json.dumps(schema) for name in limits)


def test_an_object_is_any_object() -> None:
    assert parse_object('talk {"a": 1} more') == {"a": 1}
    with pytest.raises(BackendError):
        parse_object("[1]")
