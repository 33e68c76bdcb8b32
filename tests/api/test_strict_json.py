"""Bodies: any JSON that a program writes is taken, what readers disagree on is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.api.limits import Limits
from autocut_tray.api.refusals import Refusal
from autocut_tray.api.strict_json import check_json

LIMITS = Limits()
PLAIN = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | st.text()
DOCUMENTS = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def code_of(body: bytes) -> str | None:
    """Of the refusal; None when it is taken."""
    try:
        check_json(body, LIMITS)
    except Refusal as refusal:
        assert refusal.status == 400
        return refusal.code
    return None


@given(DOCUMENTS, st.booleans())
def test_what_a_program_writes_is_taken(document: object, ascii_only: bool) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only, allow_nan=True)
    if "Infinity" not in text:
        assert code_of(text.encode("utf-8", "replace")) is None


def test_depth_counts_open_brackets_outside_of_strings() -> None:
    deepest = LIMITS.json_depth
    assert code_of(b"[" * deepest + b"]" * deepest) is None
    assert code_of(b"[" * (deepest + 1) + b"]" * (deepest + 1)) == "json_too_deep"
    assert code_of(b'{"a":' * (deepest + 1) + b"1" + b"}" * (deepest + 1)) == "json_too_deep"
    assert code_of(b"[" + b",".join([b"[]"] * 100) + b"]") is None, "side by side is not deep"
    assert code_of(b'["' + b"[" * 100 + b'"]') is None
    assert code_of(b'["\\"' + b"[" * 100 + b'"]') is None, "an escaped quote ends no string"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1,]", b"{'a':1}", b"NaN", b"[-Infinity]", b'{"a":1,"a":1}', b'{"a":{"b":1,"b":2}}', b"\xff"],
)  # fmt: skip
def test_what_is_refused(body: bytes) -> None:
    assert code_of(body) == "bad_json"


def test_keys_are_counted_in_all_tables() -> None:
    half = {str(number): 1 for number in range(LIMITS.json_keys // 2)}
    assert code_of(json.dumps([half]).encode()) is None
    assert code_of(json.dumps([half, half, {"one": 1}]).encode()) == "bad_json"
