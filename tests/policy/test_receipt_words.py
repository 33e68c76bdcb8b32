"""What a receipt says of the memory that ran short, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autocut_tray.core.messages import message
from autocut_tray.core.policy import receipt_words as words
from autocut_tray.core.receipt import GivenBack, HeldBy, HeldMemory, Holders, Receipt, ReceiptKind, StillHeld
from autocut_tray.i18n import Translator
from autocut_tray.receipt_words import PlainSpeaker, held_by, receipt_words

GIB = 2**30
RESOLVE = Holders(HeldMemory.VRAM, (HeldBy("Ollama", 6000), HeldBy("Resolve", 1229)), 300)
CHROME = Holders(HeldMemory.RAM, (HeldBy("chrome", 9216),), None)


def receipt(
    cause: str = "vram", held: Holders | None = None, freed: GivenBack | None = None, *, better: bool = False
) -> Receipt:
    return Receipt(
        1, 0.0, ReceiptKind.TIER, "GPU", "CPU", cause, None, None, None, None, {}, {}, None,
        undone=False, better=better, held_by=held, freed=freed,
    )  # fmt: skip


def said(translator: Translator, found: Receipt) -> str:
    return translator.text(words.why(found)).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("cause", "held", "en", "zh"),
    [
        ("vram", RESOLVE, "Resolve held 1.2 GB of VRAM.", "Resolve 占用了 1.2 GB 显存。"),
        ("vram", None, "Other programs needed the VRAM.", "其他程序需要显存。"),
        ("failures", RESOLVE, "Too many descriptions failed.", "失败的描述过多。"),
        (
            "emergency",
            CHROME,
            "Memory was nearly used up. chrome held 9.0 GB of memory.",
            "内存曾几乎耗尽。chrome 占用了 9.0 GB 内存。",
        ),
    ],
)
def test_the_culprit_is_named_where_memory_is_the_cause(
    cause: str, held: Holders | None, en: str, zh: str
) -> None:
    assert said(Translator("en"), receipt(cause, held)) == en
    assert said(Translator("zh-CN"), receipt(cause, held)) == zh


def test_a_reason_that_names_someone_names_nobody_else() -> None:
    named = message(
        "control-emergency-holder", available="0.8", total="16.0 GB", holder="chrome", held="9.0 GB"
    )
    assert words.with_culprit(receipt("emergency", CHROME), named) is named


@pytest.mark.parametrize(
    ("freed", "en", "zh"),
    [
        (GivenBack(GIB, GIB, 1.24), "1.0 GB of 1.0 GB in 1.2 s", "1.0 GB / 1.0 GB，1.2 秒"),
        (GivenBack(None, GIB, 5.0), "given back, but nobody can measure how much", "已释放，但无法测得多少"),
        (GivenBack(0, 0, 0.0), "nothing: this program held none of it", "无：本程序没有占用"),
        (
            GivenBack(0, 2 * GIB, 5.0, (StillHeld("Moondream 2", 2 * GIB),)),
            "0 MB of 2.0 GB in 5.0 s; Moondream 2 still holds 2.0 GB",
            "0 MB / 2.0 GB，5.0 秒；Moondream 2 仍占用 2.0 GB",
        ),
    ],
)
def test_what_came_back_with_who_still_holds_the_rest(freed: GivenBack, en: str, zh: str) -> None:
    found = words.freed(receipt(freed=freed))
    assert found is not None
    assert Translator("en").text(found).replace("\xa0", " ") == en
    assert Translator("zh-CN").text(found).replace("\xa0", " ") == zh


@pytest.mark.parametrize(
    ("before", "after", "model"),
    [
        ("moondream", "moondream", "Moondream 2, unchanged"),
        ("llava-phi3", "moondream", "LLaVA-Phi-3 → Moondream 2"),
        ("moondream", None, "Moondream 2"),
        (None, None, None),
    ],
)
def test_the_model_before_and_after(before: str | None, after: str | None, model: str | None) -> None:
    policies = {"tier": "GPU", "model": before}, {"tier": "CPU", "model": after}
    found = replace(receipt("failures"), policy_before=policies[0], policy_after=policies[1])
    rows = dict(receipt_words(PlainSpeaker(Translator("en")), found, None).rows)
    assert rows.get("Model") == model


def test_nobody_knows_is_no_sentence() -> None:
    speaker = PlainSpeaker(Translator("en"))
    assert words.freed(receipt()) is None and held_by(speaker, receipt()) is None


@pytest.mark.parametrize(
    ("found", "unknown"),
    [
        (receipt(), 2),
        (receipt(held=RESOLVE), 1),
        (receipt("emergency"), 2),
        (receipt("failures"), 0),
        (receipt("recovered", better=True), 0),
    ],
)
def test_unknown_is_said_only_where_memory_ran_short(found: Receipt, unknown: int) -> None:
    rows = receipt_words(PlainSpeaker(Translator("en")), found, None).rows
    assert [value for _, value in rows].count("not known") == unknown
