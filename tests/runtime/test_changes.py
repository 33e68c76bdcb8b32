"""What is different from the last launch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from autocut_tray.core.runtime.changes import changes_between
from autocut_tray.core.runtime.profile import (
    Cpu,
    Davinci,
    Gpu,
    Memory,
    Model,
    ModelServer,
    Outcome,
    RuntimeProfile,
)
from tests.runtime.profiles import CLOUD, EDITING_PC, MOONDREAM, QWEN, RTX_4060, UHD_770, answered

GB = "\u00a0GB"


def told(before: RuntimeProfile, after: RuntimeProfile) -> list[tuple[str, dict[str, Any]]]:
    return [(change.code, dict(change.params)) for change in changes_between(before, after)]


def with_ollama(**changes: Any) -> RuntimeProfile:
    return replace(EDITING_PC, ollama=replace(EDITING_PC.ollama, **changes))


def test_the_same_machine() -> None:
    assert changes_between(EDITING_PC, EDITING_PC) == ()
    busy = replace(
        EDITING_PC,
        detected_at=1.0,
        memory=replace(EDITING_PC.memory, available_mib=900, total_mib=32_600),
        gpus=(replace(RTX_4060, vram_used_mib=8000, vram_total_mib=8186), UHD_770),
        davinci=replace(EDITING_PC.davinci, running=False, busy=None),
        ollama=replace(
            EDITING_PC.ollama, models=(replace(MOONDREAM, loaded=False, vram_bytes=None), QWEN, CLOUD)
        ),
    )
    assert changes_between(EDITING_PC, busy) == (), (
        "what comes and goes while working is no change of the machine"
    )


def test_a_new_and_a_lost_card() -> None:
    none = replace(EDITING_PC, gpus=(UHD_770,))
    assert told(none, EDITING_PC) == [
        ("change-gpu-new-vram", {"gpu": "NVIDIA GeForce RTX 4060", "vram": f"8.0{GB}"})
    ]
    assert told(EDITING_PC, none) == [("change-gpu-gone", {"gpu": "NVIDIA GeForce RTX 4060"})]
    silent = replace(EDITING_PC, gpus=(replace(RTX_4060, vram_total_mib=None), UHD_770))
    assert told(none, silent) == [("change-gpu-new", {"gpu": "NVIDIA GeForce RTX 4060"})]


def test_a_second_card_of_the_same_kind() -> None:
    two = replace(EDITING_PC, gpus=(RTX_4060, replace(RTX_4060, index=1), UHD_770))
    assert [code for code, _ in told(EDITING_PC, two)] == ["change-gpu-new-vram"]
    assert [code for code, _ in told(two, EDITING_PC)] == ["change-gpu-gone"]


def test_vram_and_driver() -> None:
    after = replace(EDITING_PC, gpus=(replace(RTX_4060, vram_total_mib=16380, driver="572.16"), UHD_770))
    assert told(EDITING_PC, after) == [
        ("change-vram", {"gpu": "NVIDIA GeForce RTX 4060", "before": f"8.0{GB}", "after": f"16.0{GB}"}),
        ("change-driver", {"vendor": "NVIDIA", "before": "560.94", "after": "572.16"}),
    ]


def test_a_driver_shared_by_two_cards_is_said_once() -> None:
    cards = (RTX_4060, replace(RTX_4060, name="NVIDIA T400", index=1))
    before = replace(EDITING_PC, gpus=cards)
    after = replace(EDITING_PC, gpus=tuple(replace(card, driver="572.16") for card in cards))
    assert [code for code, _ in told(before, after)] == ["change-driver"]


def test_another_source_has_other_words_for_the_driver() -> None:
    after = replace(EDITING_PC, gpus=(replace(RTX_4060, driver="31.0.15.6094", source="registry"), UHD_770))
    assert told(EDITING_PC, after) == []


def test_processor_and_memory() -> None:
    after = replace(EDITING_PC, cpu=Cpu("AMD Ryzen 9", 16, 32, None), memory=Memory(65_300, None, None))
    assert told(EDITING_PC, after) == [
        ("change-cpu", {"before": "Intel(R) Core(TM) i7-13700", "after": "AMD Ryzen 9"}),
        ("change-memory-more", {"before": f"31.9{GB}", "after": f"63.8{GB}"}),
    ]
    less = replace(EDITING_PC, memory=Memory(16_000, None, None))
    assert [code for code, _ in told(EDITING_PC, less)] == ["change-memory-less"]
    unknown = replace(EDITING_PC, cpu=Cpu(None, None, None, None), memory=Memory(None, None, None))
    assert told(EDITING_PC, unknown) == told(unknown, EDITING_PC) == []


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (
            {"installed": False, "reachable": False},
            {"installed": True, "reachable": True},
            "change-server-new",
        ),
        (
            {"installed": False, "reachable": False},
            {"installed": True, "reachable": False},
            "change-server-new",
        ),
        (
            {"installed": True, "reachable": False},
            {"installed": True, "reachable": True},
            "change-server-answers",
        ),
        (
            {"installed": True, "reachable": True},
            {"installed": True, "reachable": False},
            "change-server-silent",
        ),
        (
            {"installed": True, "reachable": True},
            {"installed": False, "reachable": False},
            "change-server-gone",
        ),
        (
            {"installed": True, "reachable": False},
            {"installed": False, "reachable": False},
            "change-server-gone",
        ),
        ({"installed": None, "reachable": None}, {"installed": True, "reachable": True}, None),
        ({"installed": True, "reachable": True}, {"installed": None, "reachable": None}, None),
    ],
)
def test_a_server_comes_and_goes(before: dict[str, Any], after: dict[str, Any], code: str | None) -> None:
    found = told(with_ollama(**before), with_ollama(**after))
    assert found == ([] if code is None else [(code, {"server": "Ollama"})])


def test_a_remote_server_is_silent_not_gone() -> None:
    away = {"host": "http://10.0.0.5:11434", "remote": True, "installed": False}
    before, after = with_ollama(**away), with_ollama(**away, reachable=False)
    assert told(before, after) == [("change-server-silent", {"server": "Ollama"})]
    assert told(after, before) == [("change-server-answers", {"server": "Ollama"})]


def test_another_address_is_another_server() -> None:
    after = with_ollama(host="http://10.0.0.5:11434", remote=True, models=(), version="0.9.6")
    assert told(EDITING_PC, after) == [
        (
            "change-server-address",
            {"server": "Ollama", "before": "http://127.0.0.1:11434", "after": "http://10.0.0.5:11434"},
        )
    ]


def test_version_and_models() -> None:
    after = with_ollama(version="0.34.1", models=(MOONDREAM, Model("llava-phi3:latest")))
    assert told(EDITING_PC, after) == [
        ("change-server-version", {"server": "Ollama", "before": "0.33.0", "after": "0.34.1"}),
        ("change-models-added", {"server": "Ollama", "models": "llava-phi3:latest", "count": 1, "more": 0}),
        (
            "change-models-removed",
            {"server": "Ollama", "models": "qwen2.5:14b, gpt-oss:120b-cloud", "count": 2, "more": 0},
        ),
    ]


def test_of_many_models_some_are_named() -> None:
    new = tuple(Model(f"m{n}") for n in range(8))
    ((code, params),) = told(EDITING_PC, with_ollama(models=(*EDITING_PC.ollama.models, *new)))
    assert code == "change-models-added"
    assert params == {"server": "Ollama", "models": "m0, m1, m2, m3, m4", "count": 8, "more": 3}


def test_models_behind_a_token_are_not_removed() -> None:
    after = replace(
        EDITING_PC,
        lmstudio=ModelServer(True, True, "http://localhost:1234/v1", False, None, (), "lmstudio-wants-token"),
    )
    before = replace(after, lmstudio=replace(after.lmstudio, models=(MOONDREAM,), problem=None))
    assert told(before, after) == []


def test_editors_come_go_and_get_new_versions() -> None:
    none = replace(EDITING_PC, davinci=Davinci(installed=False), other_editors=())
    assert told(none, EDITING_PC) == [
        ("change-editor-new-version", {"editor": "DaVinci Resolve", "version": "20.2"}),
        ("change-editor-new", {"editor": "Kdenlive"}),
    ]
    assert told(EDITING_PC, none) == [
        ("change-editor-gone", {"editor": "DaVinci Resolve"}),
        ("change-editor-gone", {"editor": "Kdenlive"}),
    ]
    newer = replace(EDITING_PC, davinci=replace(EDITING_PC.davinci, version="20.3"))
    assert told(EDITING_PC, newer) == [
        ("change-editor-version", {"editor": "DaVinci Resolve", "before": "20.2", "after": "20.3"})
    ]
    plain = replace(none, davinci=Davinci(installed=True))
    assert told(none, plain) == [("change-editor-new", {"editor": "DaVinci Resolve"})]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.TIMEOUT])
@pytest.mark.parametrize("probe", ["gpu", "nvidia", "ollama", "editors"])
def test_what_a_probe_did_not_find_because_it_failed_is_not_gone(outcome: Outcome, probe: str) -> None:
    facts: dict[str, Any] = {
        "gpu": {"gpus": ()},
        "nvidia": {"gpus": (replace(UHD_770), Gpu("new", "NVIDIA", None, None, None, None, None, None))},
        "ollama": {"ollama": replace(EDITING_PC.ollama, models=())},
        "editors": {"davinci": Davinci(installed=None), "other_editors": ()},
    }
    failed = replace(EDITING_PC, probes=answered(**{probe: outcome}), **facts[probe])
    assert told(EDITING_PC, failed) == told(failed, EDITING_PC) == []
