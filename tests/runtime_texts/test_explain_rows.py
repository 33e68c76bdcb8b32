"""Names and figures as people read them, and what each row of the Overview says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autocut_tray.core.messages import message
from autocut_tray.core.policy.explain import explain
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.resolver import Wishes, resolve
from autocut_tray.core.runtime.explain import (
    Row,
    RowKey,
    gigabytes,
    host_name,
    machine_rows,
    machine_sentences,
    short_gpu_name,
)
from autocut_tray.core.runtime.profile import RuntimeProfile
from autocut_tray.i18n import Translator
from tests.golden.machines import (
    GT_1030,
    MACHINES,
    MOONDREAM,
    NO_OLLAMA,
    QWEN_VL,
    RTX_4060,
    STOPPED_OLLAMA,
    lmstudio,
    machine,
    ollama,
)

ENGLISH, CHINESE = Translator("en"), Translator("zh-CN")


def row(profile: RuntimeProfile, key: RowKey, wishes: Wishes | None = None) -> str:
    explanation = explain(profile, resolve(profile, wishes))
    found = next(r for r in (*explanation.found, *explanation.how) if r.key is key)
    return f"{ENGLISH.text(found.value)} | {found.detail(ENGLISH.text)}".replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("NVIDIA GeForce RTX 4060", "RTX 4060"),
        ("NVIDIA RTX A2000 Laptop GPU", "RTX A2000 Laptop GPU"),
        ("AMD Radeon RX 7600", "RX 7600"),
        ("AMD Radeon(TM) Graphics", "Radeon"),
        ("Intel(R) Arc(TM) A770 Graphics", "Arc A770"),
        ("Apple M2", "Apple M2"),
        ("NVIDIA", "NVIDIA"),
    ],
)
def test_short_name_keeps_the_model(name: str, short: str) -> None:
    assert short_gpu_name(name) == short


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("https://studio.example:11434", "studio.example:11434"),
        ("https://user:secret@studio.example/ollama", "studio.example"),
        ("10.0.0.5:11434", "10.0.0.5:11434"),
        ("http://[::1]:11434", "[::1]:11434"),
        ("http://[bad", "http://[bad"),
        (None, "?"),
    ],
)
def test_host_is_shown_without_scheme_and_credentials(host: str | None, shown: str) -> None:
    assert host_name(host) == shown


def test_gigabytes_have_one_decimal_and_a_unit_that_stays() -> None:
    assert gigabytes(8188) == "8.0\u00a0GB"
    assert gigabytes(900) == "0.9\u00a0GB"


def test_details_are_pieces_or_sentences() -> None:
    pieces = Row(RowKey.MEMORY, message("a"), (message("one"), message("two")))
    assert pieces.detail(lambda said: said.code) == "one · two"
    assert pieces.detail(lambda said: said.code + ".") == "one. two."
    assert pieces.detail(lambda said: said.code + "。") == "one。two。"
    assert Row(RowKey.MEMORY, message("a")).detail(lambda said: said.code) == ""


def test_rows_come_in_the_order_of_the_cards() -> None:
    explanation = explain(MACHINES["mid-llava"], resolve(MACHINES["mid-llava"]))
    assert [r.key.value for r in explanation.found] == [
        "graphics",
        "processor",
        "memory",
        "local-ai",
        "editor",
    ]
    assert [r.key.value for r in explanation.how] == ["vision", "planning", "editing", "cloud"]


def test_overview_of_the_design_in_both_languages() -> None:
    explanation = explain(MACHINES["mid-llava"], resolve(MACHINES["mid-llava"]))
    assert ENGLISH.text(explanation.title) == "This PC can describe footage on its own graphics card"
    assert CHINESE.text(explanation.title) == "这台电脑可以用自己的显卡分析素材"
    assert ENGLISH.text(explanation.caption) == "Class LOCAL_GPU_MID"


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (machine(ollama=STOPPED_OLLAMA), "Ollama is not running | LM Studio is not installed"),
        (
            machine(ollama=NO_OLLAMA, lmstudio=lmstudio(QWEN_VL)),
            "LM Studio, running | 1 model, it sees images · Ollama is not installed",
        ),
        (machine(), "No local AI found | "),
        (MACHINES["token"], "LM Studio wants a token | Ollama is not installed"),
        (machine(ollama=ollama()), "Ollama 0.33.0, running | no models · LM Studio is not installed"),
    ],
)
def test_local_ai_row(profile: RuntimeProfile, expected: str) -> None:
    assert row(profile, RowKey.LOCAL_AI) == expected


def test_unknown_is_said_as_unknown() -> None:
    rows = {r.key: ENGLISH.text(r.value) for r in machine_rows(MACHINES["unknown"])}
    assert rows[RowKey.GRAPHICS] == "Unknown"
    assert rows[RowKey.MEMORY] == "Unknown"
    assert rows[RowKey.EDITOR] == "Unknown"
    assert all("0.0" not in ENGLISH.text(said) for said in machine_sentences(MACHINES["unknown"]))


def test_memory_says_what_it_is_enough_for() -> None:
    cases = {9.4: "Enough for local models", 5.2: "Enough for Moondream 2", 3.0: "Too little free now"}
    for available, expected in cases.items():
        profile = machine(RTX_4060, ollama=ollama(MOONDREAM), available_gib=available)
        assert expected in row(profile, RowKey.MEMORY)


def test_waiting_vision_says_why() -> None:
    assert row(machine(), RowKey.VISION).startswith("Waiting | No key for OpenAI is stored.")
    locked = row(machine(), RowKey.CLOUD, Wishes(never_cloud=True))
    assert locked == "Locked | Nothing leaves this PC. You locked the cloud."


def test_pinned_tier_is_what_the_row_says() -> None:
    profile = MACHINES["mid-ready"]
    assert row(profile, RowKey.VISION, Wishes(pin=Tier.CPU)).startswith("On this PC, CPU | ")
    paused = explain(profile, resolve(profile, Wishes(pin=Tier.PAUSED)))
    assert ENGLISH.text(paused.title) == "Work is paused, as you pinned it"


def test_held_vram_is_named() -> None:
    assert "holds 5.0 GB of VRAM" in row(MACHINES["mid-full-card"], RowKey.LOCAL_AI)


def test_several_cards_are_listed_not_added() -> None:
    second = replace(GT_1030, index=1)
    text = row(machine(GT_1030, RTX_4060, second), RowKey.GRAPHICS)
    assert text.startswith("NVIDIA GeForce RTX 4060 | 8.0 GB VRAM")
    assert text.endswith("also GT 1030 / GT 1030")
