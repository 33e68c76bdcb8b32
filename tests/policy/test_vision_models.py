"""What names of models say, and which figures follow from them."""

from __future__ import annotations

import pytest

from autocut_tray.core.policy import models
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.local_models import smaller_models
from autocut_tray.core.policy.models import Family, Span
from autocut_tray.core.runtime.profile import Backend, Model
from tests.golden.machines import (
    CLOUD_STUB,
    LLAVA_PHI3,
    MINICPM,
    MOONDREAM,
    QWEN_VL,
    SMOLVLM,
    lmstudio,
    machine,
    ollama,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("moondream", Family.MOONDREAM2),
        ("moondream:latest", Family.MOONDREAM2),
        ("moondream:1.8b-v2-q4_K_M", Family.MOONDREAM2),
        ("vikhyatk/moondream2", Family.MOONDREAM2),
        ("hf.co/vikhyatk/Moondream2-GGUF:Q4", Family.MOONDREAM2),
        ("moondream-2b-2025-04-14", Family.MOONDREAM2),
        ("moondream3-preview", Family.OTHER),
        ("llava-phi3", Family.LLAVA_PHI3),
        ("llava-phi3:3.8b-mini-fp16", Family.LLAVA_PHI3),
        ("xtuner/llava-phi-3-mini-gguf", Family.LLAVA_PHI3),
        ("minicpm-v:8b", Family.MINICPM_V),
        ("openbmb/MiniCPM-V-2_6-gguf", Family.MINICPM_V),
        ("minicpm-o-2_6", Family.MINICPM_V),
        ("minicpm3", None),
        ("llava:13b", Family.OTHER),
        ("bakllava", Family.OTHER),
        ("qwen2.5vl:3b", Family.OTHER),
        ("qwen3-vl:8b", Family.OTHER),
        ("qwen2-vl-7b-instruct", Family.OTHER),
        ("llama3.2-vision:11b", Family.OTHER),
        ("granite3.2-vision", Family.OTHER),
        ("smolvlm2-2.2b-instruct", Family.OTHER),
        ("qwen2.5:14b", None),
        ("llama3.1:8b", None),
        ("deepseek-r1:8b", None),
        ("television-scripts:7b", None),
        ("", None),
    ],
)
def test_family_by_name(name: str, expected: Family | None) -> None:
    assert models.family(name) is expected


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("moondream", "moondream:latest"),
        ("Moondream:LATEST", "moondream:latest"),
        ("moondream2", "moondream:latest"),
        ("vikhyatk/moondream2", "moondream:latest"),
        ("llava-phi3", "llava-phi3:3.8b"),
        ("llava-phi3:3.8b", "llava-phi3:3.8b"),
        ("llava-phi3:f16", None),
        ("llava", None),
        ("qwen2.5:14b", "qwen/qwen2.5-14b-instruct"),
        ("qwen2.5:7b", None),
        ("", None),
        ("  ", None),
    ],
)
def test_find_what_a_person_means(wanted: str, found: str | None) -> None:
    offered = [Model("moondream:latest"), Model("llava-phi3:3.8b"), Model("qwen/qwen2.5-14b-instruct")]
    model = models.find(offered, wanted)
    assert (model.name if model else None) == found


def test_retired_names_are_sent_as_their_successor() -> None:
    assert models.wire_model_name("deepseek-chat") == "deepseek-flash"
    assert models.wire_model_name("DeepSeek-Chat ") == "deepseek-flash"
    assert models.wire_model_name("gpt-4o") == "gpt-4o"


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (Model("kimi:cloud"), True),
        (Model("qwen3-vl:235b-cloud"), True),
        (Model("anything", cloud=True), True),
        (Model("cloudy:7b"), False),
    ],
)
def test_cloud_models(model: Model, expected: bool) -> None:
    assert models.is_cloud(model) is expected


def test_known_figures() -> None:
    assert models.seconds_per_scene("moondream:latest", Tier.CPU) == Span(2, 3)
    assert models.seconds_per_scene("moondream:latest", Tier.GPU) == Span(0.5, 1)
    assert models.seconds_per_scene("gpt-4o", Tier.CLOUD) == Span(2, 3)
    assert models.seconds_per_scene("minicpm-v", Tier.GPU) is None
    assert models.seconds_per_scene("mystery", Tier.GPU) is None
    assert str(Span(0.5, 1)) == "0.5–1"
    assert str(Span(2, 2)) == "2"


def test_needs_from_figures_and_from_the_file() -> None:
    assert models.needs(MOONDREAM).vram_mib == Span(2048, 3072)
    assert models.needs(MOONDREAM).ram_mib == Span(3072, 4096)
    estimate = models.needs(Model("mystery", 4 * 2**30)).vram_mib
    assert estimate == Span(4096, 6144)
    assert models.needs(Model("minicpm-v")).ram_mib == Span(5120, 7424)
    assert models.needs(Model("mystery")) == models.Needs(None, None)


def test_smaller_models_are_those_that_see_on_the_same_server_first() -> None:
    profile = machine(
        ollama=ollama(MINICPM, LLAVA_PHI3, MOONDREAM, Model("tiny", 10, vision=False), CLOUD_STUB),
        lmstudio=lmstudio(SMOLVLM, QWEN_VL, Model("unsized-vl")),
    )

    def smaller(backend: Backend, name: str) -> list[str]:
        return [pick.model.name for pick in smaller_models(profile, backend, name)]

    assert smaller(Backend.OLLAMA, MINICPM.name) == [MOONDREAM.name, LLAVA_PHI3.name, SMOLVLM.name]
    assert smaller(Backend.LMSTUDIO, QWEN_VL.name) == [
        SMOLVLM.name,
        MOONDREAM.name,
        LLAVA_PHI3.name,
        MINICPM.name,
    ]
    assert smaller(Backend.OLLAMA, MOONDREAM.name) == []
    assert smaller(Backend.LMSTUDIO, MOONDREAM.name) == []  # not there
    assert smaller(Backend.LMSTUDIO, "unsized-vl") == []
