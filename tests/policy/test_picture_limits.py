"""What is known of a model's name says how many pictures of a scene it is shown together."""

from __future__ import annotations

import pytest

from autocut_tray.core.policy.picture_limits import Fewer, PictureLimit, picture_limit
from autocut_tray.core.policy.policy import Provider
from autocut_tray.core.policy.resolver import Wishes, resolve
from tests.golden.machines import MACHINES, REMOTE_YES


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("qwen2.5vl:7b", 4), ("qwen/qwen2-vl-7b-instruct", 4), ("Qwen3-VL-8B-Instruct", 4), ("gemma3:4b", 4),
        ("google/gemma-3-12b", 4), ("minicpm-v:8b", 4), ("MiniCPM-V-4_5", 4),
        ("openbmb/minicpm-o-2_6", 4), ("internvl3_5-8b", 4),
        ("llava-onevision-7b", 4), ("smolvlm2-2.2b", 4), ("gpt-4o", 4), ("gpt-4o-mini", 4), ("gpt-5-mini", 4),
        ("o4-mini", 4), ("deepseek-chat", 4), ("pixtral-12b", 2), ("mistral-small3.1:24b", 2),
        ("mistral-small-3.2-24b", 2),
    ],
)  # fmt: skip
def test_models_that_look_at_several(name: str, most: int) -> None:
    assert picture_limit(name, 4) == PictureLimit(most, Fewer.MODEL)


@pytest.mark.parametrize(
    "name",
    [
        "moondream:latest", "vikhyatk/moondream2", "llava-phi3", "llava:13b", "bakllava", "llama3.2-vision:11b",
        "granite3.2-vision",
    ],
)  # fmt: skip
def test_models_that_look_at_one(name: str) -> None:
    assert picture_limit(name, 4) == PictureLimit(1, Fewer.MODEL)


@pytest.mark.parametrize(
    "name",
    [
        "tiny-vlm",
        "my-own-finetune",
        "",
        "minicpm-v-2",
        "MiniCPM-Llama3-V-2_5",
        "minicpm-v-1.0",
        "gemma2:9b",
        "qwen2.5:14b",
    ],
)
def test_what_is_not_known_gets_one(name: str) -> None:
    assert picture_limit(name, 4) == PictureLimit(1, Fewer.UNKNOWN)


def test_the_person_may_want_fewer() -> None:
    assert picture_limit("gemma3", 2) == PictureLimit(2, Fewer.SETTING)
    assert picture_limit("moondream", 2) == PictureLimit(1, Fewer.MODEL)
    assert picture_limit("pixtral", 2) == PictureLimit(2, Fewer.MODEL)


def test_the_policy_says_how_many_and_why() -> None:
    def said(name: str, **wishes: object) -> tuple[int, list[str]]:
        policy = resolve(MACHINES[name], Wishes(**wishes))  # type: ignore[arg-type]
        return policy.vision.pictures, [r.code for r in policy.reasons if "pictures" in r.code]

    assert said("mid-ready") == (1, ["policy-pictures-model"])
    assert said("remote", remote_consent=REMOTE_YES) == (4, ["policy-pictures-several"])
    assert said("remote") == (4, []), "what may not be asked has nothing to look at"
    assert said("remote", pictures=1) == (1, ["policy-pictures-setting"])
    assert said("mid-ready", vision_provider=Provider.NONE) == (1, [])
