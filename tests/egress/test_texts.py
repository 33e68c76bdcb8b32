"""Every sentence about leave and spending exists in both languages, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fluent.syntax import parse
from fluent.syntax.ast import Message as FluentMessage

import autocut_tray
from autocut_tray.core.egress import words
from autocut_tray.core.egress.consent import EgressRefusal, Purpose
from autocut_tray.core.egress.desk import Offer, Place, Waiting
from autocut_tray.core.egress.ledger import Cap, EntryState, Spent
from autocut_tray.core.egress.prices import Price
from autocut_tray.core.messages import message
from autocut_tray.i18n import LANGUAGES, Translator
from tests.egress.rig import DEFAULTS, GPT, PRICE

PACKAGE = Path(autocut_tray.__file__).parent
_CODE = re.compile(r'"((?:error|egress|consent|cli|cloud|ledger)-[a-z-]+)"')


def texts(language: str) -> set[str]:
    source = (PACKAGE / "resources" / "i18n" / language / "egress.ftl").read_text("utf-8")
    return {entry.id.name for entry in parse(source).body if isinstance(entry, FluentMessage)}


def used() -> set[str]:
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        found |= set(_CODE.findall(path.read_text("utf-8")))
    found |= {f"ledger-state-{state.value.replace('_', '-')}" for state in EntryState}
    refusals = set(EgressRefusal) - {EgressRefusal.NEVER_CLOUD}
    found |= {f"cloud-state-{why.value.replace('_', '-')}" for why in refusals}
    for what in ("pictures", "texts"):
        found |= {f"consent-title-{what}", f"consent-title-{what}-own", f"consent-what-{what}"}
    return found | {f"cli-col-cloud-{name}" for name in ("server", "model", "for", "state", "cost")}


def test_both_languages_say_the_same() -> None:
    assert texts("en") == texts("zh-CN")


def test_nothing_is_left_over() -> None:
    assert texts("en") <= used(), sorted(texts("en") - used())


def offer(**changes: object) -> Offer:
    given: dict[str, object] = {
        "destination": GPT,
        "title": "gpt-4o",
        "server": "OpenAI",
        "own": False,
        "consent": None,
        "refusal": EgressRefusal.NO_CONSENT,
        "price": PRICE,
        "worst": 32_613,
        "waiting": Waiting(24, 1_031_000),
        "caps": DEFAULTS,
        "spent": Spent(0, 0, 0),
    }
    return Offer(**(given | changes))  # type: ignore[arg-type]


OFFERS = [
    offer(),
    offer(waiting=Waiting(0, 0)),
    offer(waiting=Waiting(1, 40_000)),
    offer(price=Price(per_request=5000), worst=5000),
    offer(price=None, worst=None),
    offer(price=None, worst=None, own=True, server="Ollama"),
    offer(waiting=None, destination=Place(GPT, "", "", own=False).destination),
    offer(
        destination=type(GPT)(
            "openai", "http://127.0.0.1:4000/v1", "m", Purpose.PLANNING, needs_key=True, has_key=True
        ),
        waiting=None,
    ),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("one", OFFERS)
def test_every_question_can_be_asked(one: Offer, language: str, caplog: pytest.LogCaptureFixture) -> None:
    translator = Translator(language)
    said = [translator.text(m) for m in (words.consent_title(one), *words.consent_sentences(one))]
    assert not caplog.records and all(said)
    whole = " ".join(said)
    assert one.destination.host in whole, "where it goes"
    if one.worst is not None:
        assert words.usd(one.worst) in whole, "what it costs at most"
    if one.waiting is not None and one.waiting.pictures:
        assert str(one.waiting.pictures) in whole and "kB" in whole, "how much of it"
    assert "1.00" in whole and "5.00" in whole and "200" in whole, "the limits"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cap", list(Cap))
def test_limits_have_words(cap: Cap, language: str, caplog: pytest.LogCaptureFixture) -> None:
    translator = Translator(language)
    own = translator.text(message("error-own-cap", cap=cap.value))
    warned = translator.text(message("egress-warning", cap=cap.value, percent="80"))
    assert own and "80" in warned and not caplog.records


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "0.00"),
        (10_000, "0.01"),
        (32_613, "0.0326"),
        (7, "0.000007"),
        (1_000_000, "1.00"),
        (5_004_999, "5.00"),
    ],
)
def test_prices_are_never_shown_as_nothing(amount: int, shown: str) -> None:
    assert words.usd(amount) == shown


@pytest.mark.parametrize(
    ("amount", "shown"), [(0, "0.00"), (1, "0.01"), (825_000, "0.83"), (990_001, "1.00")]
)
def test_sums_are_rounded_up(amount: int, shown: str) -> None:
    assert words.cents(amount) == shown


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0\u00a0kB"), (41_400, "41\u00a0kB"), (25_000_000, "25\u00a0MB")]
)
def test_sizes_have_units(size: int, shown: str) -> None:
    assert words.kilobytes(size) == shown
