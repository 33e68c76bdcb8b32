"""Some fifty machines, from raw platform data through the real probes to profile and explanation.

Their texts lie in ``machines/texts``; as in ``tests/golden`` they are written anew with ``AUTOCUT_UPDATE_GOLDEN=1``.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path

import pytest

from autocut_tray.core.policy.explain import explain
from autocut_tray.core.policy.resolver import Wishes, resolve
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.profile import Outcome, RuntimeProfile
from autocut_tray.core.runtime.profile_json import from_json, to_json
from autocut_tray.i18n import LANGUAGES, Translator
from tests.runtime.machines import MACHINES
from tests.runtime.machines.recorded import Primary, Recorded, detected

TEXTS = Path(__file__).parent / "machines" / "texts"


@functools.cache
def _translator(language: str) -> Translator:
    return Translator(language)


def said(profile: RuntimeProfile, language: str) -> str:
    """What a person reads about a machine: title, findings, sentences. Choices in detail are for ``tests/golden``."""
    translator = _translator(language)
    explanation = explain(profile, resolve(profile, Wishes()))
    rows = [
        f"{translator.text(row.label)} | {translator.text(row.value)} | {row.detail(translator.text)}"
        for row in explanation.found
    ]
    head = (explanation.title, explanation.subtitle, explanation.caption)
    parts = [*map(translator.text, head), "", *rows, "", *map(translator.text, explanation.sentences)]
    return "\n".join(parts) + "\n"


@pytest.mark.parametrize("name", MACHINES)
def test_machine(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = MACHINES[name]
    with detected(recorded, tmp_path, monkeypatch) as (profile, machine):
        check(recorded, profile)
        assert from_json(to_json(profile)) == profile, "and it survives being stored"
        for language in LANGUAGES:
            path, text = TEXTS / f"{name}.{language}.txt", said(profile, language)
            if os.environ.get("AUTOCUT_UPDATE_GOLDEN") == "1":
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, "utf-8", newline="\n")
            assert path.read_text("utf-8") == text
        check_leftovers(recorded, machine)


def check(recorded: Recorded, profile: RuntimeProfile) -> None:
    expected, gpu = recorded.expected, profile.primary_gpu
    assert profile.profile_class is expected.profile_class
    primary = gpu and Primary(
        gpu.name or "",
        gpu.kind,  # type: ignore[arg-type]
        gpu.vram_total_mib,
        gpu.vram_used_mib,
        gpu.driver,
        gpu.source or "",
        gpu.confidence,
    )
    assert primary == expected.primary
    assert tuple(other.name for other in profile.gpus if other is not gpu) == expected.others
    outcomes = {report.name: report.outcome for report in profile.probes}
    assert outcomes.pop("editors") in (Outcome.OK, Outcome.ABSENT)
    assert outcomes == {
        "cpu": Outcome.OK,
        "memory": Outcome.OK,
        "gpu": expected.gpu,
        "nvidia": expected.nvidia,
        "ollama": expected.ollama,
        "lmstudio": expected.lmstudio,
    }
    details = {report.name: report.detail for report in profile.probes if report.name in ("gpu", "nvidia")}
    assert details == {"gpu": None, "nvidia": None, **expected.details}


def check_leftovers(recorded: Recorded, machine: Machine) -> None:
    """Every session and query that detection opened is closed."""
    assert recorded.nvml is None or recorded.nvml.open_sessions == 0
    assert getattr(machine.graphics, "open_queries", 0) == 0


def test_no_text_is_left_over() -> None:
    expected = {f"{name}.{language}.txt" for name in MACHINES for language in LANGUAGES}
    assert {path.name for path in TEXTS.glob("*.txt")} == expected


def test_the_servers_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def servers(name: str) -> RuntimeProfile:
        with monkeypatch.context() as patch, detected(MACHINES[name], tmp_path / name, patch) as (profile, _):
            return profile

    loaded = servers("ollama").ollama
    assert [(m.name, m.vision, m.loaded) for m in loaded.models] == [
        ("moondream:latest", True, True),
        ("qwen2.5:14b", False, False),
    ]
    old = servers("old-ollama").ollama
    assert [(m.name, m.vision) for m in old.models] == [("llava-phi3:3.8b", True), ("qwen2.5:14b", False)]
    assert old.version == "0.3.14"
    remote = servers("remote-ollama").ollama
    assert (remote.remote, remote.reachable, len(remote.models)) == (True, True, 2)
    assert servers("lmstudio").lmstudio.models[0].vision
    wants = servers("lmstudio-wants-token").lmstudio
    assert (wants.reachable, wants.problem, wants.models) == (True, "lmstudio-wants-token", ())
