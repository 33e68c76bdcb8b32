"""What requests cost: exact, at their worst before, by the provider's count after; unknown is unknown."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.analyzers.describer import DESCRIBE_TOKENS
from autocut_tray.core.analyzers.prompts import describe_prompt
from autocut_tray.core.egress.consents import TYPICAL_ANSWER, TYPICAL_TEXT
from autocut_tray.core.egress.prices import Price, PriceTable, Usage, dollars, micros
from autocut_tray.core.policy.models import CLOUD_PLANNING_MODEL, CLOUD_VISION_MODEL, wire_model_name

TOKENS = Price(input=Decimal("2.5"), output=Decimal(10), picture_tokens=1445, max_output=16384, source="x")


@pytest.mark.parametrize(
    ("price", "text", "pictures", "tokens", "worst"),
    [
        (TOKENS, 1000, 0, 100, 2500 + 1000),
        (TOKENS, 1000, 1, 100, 7113),  # 2500 + 3612.5 + 1000, rounded up
        (TOKENS, 0, 2, 0, 7225),
        (TOKENS, 0, 0, None, 163_840),
        (TOKENS, 1, 0, 0, 3),
        (Price(per_request=7), 10**6, 9, None, 7),
        (Price(per_request=0), 10**6, 9, None, 0),
        (Price(input=Decimal("0.3"), output=Decimal("1.2"), max_output=10), 10, 1, 1, None),
    ],
)
def test_the_worst_case(
    price: Price, text: int, pictures: int, tokens: int | None, worst: int | None
) -> None:
    assert price.worst(text, pictures, tokens) == worst


@given(st.integers(0, 20_000), st.integers(0, 4), st.integers(0, 4000), st.data())
def test_no_usage_within_what_was_asked_costs_more_than_was_reserved(
    text: int, pictures: int, tokens: int, data: st.DataObject
) -> None:
    worst = TOKENS.worst(text, pictures, tokens)
    assert worst is not None
    usage = Usage(data.draw(st.integers(0, text + pictures * 1445)), data.draw(st.integers(0, tokens)))
    assert TOKENS.cost(usage) <= worst


def test_the_table_that_ships_knows_what_the_policy_names() -> None:
    table = PriceTable.read()
    vision = table.find("api.openai.com", CLOUD_VISION_MODEL)
    assert vision is not None and vision.worst(TYPICAL_TEXT, 1, TYPICAL_ANSWER) is not None
    planning = table.find("api.deepseek.com", wire_model_name(CLOUD_PLANNING_MODEL))
    assert planning is not None and planning.worst(TYPICAL_TEXT, 0, TYPICAL_ANSWER) is not None
    assert planning.worst(TYPICAL_TEXT, 1, TYPICAL_ANSWER) is None, "it gets no pictures"
    for price in (vision, planning):
        assert price.source.startswith("https://") and len(price.as_of) == 10


@pytest.mark.parametrize(
    ("host", "model"),
    [("api.openai.com", "gpt-5"), ("gateway.example", "gpt-4o"), ("api.deepseek.com", "deepseek-chat")],
)
def test_what_the_table_does_not_name_is_unknown(host: str, model: str) -> None:
    assert PriceTable.read().find(host, model) is None


def test_names_are_found_whatever_their_case() -> None:
    assert PriceTable.read().find("API.OpenAI.com", "GPT-4o") is not None


@pytest.mark.parametrize("change", ['input = "0"', 'output = "-1"', "max_output = 0"])
def test_a_table_without_sense_is_refused(tmp_path: Path, change: str) -> None:
    lines = {
        "host": '"h"',
        "model": '"m"',
        "input": '"1"',
        "output": '"1"',
        "max_output": "1",
        "source": '"https://x"',
        "as_of": '"2026-01-01"',
    }
    name, _, value = change.partition(" = ")
    lines[name] = value
    file = tmp_path / "prices.toml"
    file.write_text("[[price]]\n" + "\n".join(f"{key} = {text}" for key, text in lines.items()))
    with pytest.raises(ValueError, match="no price"):
        PriceTable.read(file)


def test_a_usual_request_is_as_large_as_ours() -> None:
    for language in ("en", "zh-CN"):
        assert len(describe_prompt(language, repair=True).encode()) * 2 < TYPICAL_TEXT
    assert TYPICAL_ANSWER >= 2 * DESCRIBE_TOKENS


@pytest.mark.parametrize(
    ("typed", "amount"), [("1", 1_000_000), ("0.0000001", 1), (0, 0), (5.0, 5_000_000), ("0.02", 20_000)]
)
def test_money_is_read(typed: float | str, amount: int) -> None:
    assert micros(typed) == amount


@pytest.mark.parametrize("typed", ["", "x", "-1", "nan", "inf", "1e12", "1,5"])
def test_what_is_no_money(typed: str) -> None:
    with pytest.raises(ValueError, match="no sum"):
        micros(typed)


def test_documents_have_dollars() -> None:
    assert dollars(6_250) == 0.00625
