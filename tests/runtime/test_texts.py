"""Everything detection says has words in both languages."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from fluent.runtime import FluentBundle, FluentResource

from autocut_tray.core.runtime import changes, json_fields, profile_json
from autocut_tray.core.runtime.probes import lmstudio, model_servers, ollama

LANGUAGES = ("en", "zh-CN")
_CODE = re.compile(r'"((?:change|error-profile|ollama|lmstudio)-[a-z-]+)"')
_PARAMS = {
    **dict.fromkeys(
        ("before", "after", "gpu", "vram", "vendor", "server", "models", "editor", "version"), "X"
    ),
    **dict.fromkeys(("key", "choices", "file", "reason"), "X"),
}


def bundle(language: str) -> FluentBundle:
    text = files("autocut_tray").joinpath(f"resources/i18n/{language}/probes.ftl").read_text("utf-8")
    made = FluentBundle([language], use_isolating=False)
    made.add_resource(FluentResource(text))
    return made


def ids(language: str) -> set[str]:
    text = files("autocut_tray").joinpath(f"resources/i18n/{language}/probes.ftl").read_text("utf-8")
    return set(re.findall(r"^([a-z][a-z-]+) =", text, re.MULTILINE))


def codes() -> set[str]:
    """Every code that stands in the modules, and those that are put together in them."""
    written: set[str] = set()
    for module in (changes, json_fields, profile_json, ollama, lmstudio, model_servers):
        source = files("autocut_tray").joinpath(
            *module.__name__.split(".")[1:-1], module.__name__.split(".")[-1] + ".py"
        )
        written |= set(_CODE.findall(source.read_text("utf-8")))
    kinds = ("object", "list", "text", "number", "whole", "flag")
    written |= {f"error-profile-{kind}" for kind in kinds}
    for server in ("ollama", "lmstudio"):
        written |= {
            f"{server}-{why}" for why in ("silent", "no-reply", "strange", "bad-address", "tls-failed")
        }
    return written


def test_both_languages_say_the_same_things() -> None:
    assert ids("en") == ids("zh-CN")


def test_every_code_has_a_text_and_every_text_a_code() -> None:
    assert codes() - ids("en") == set()
    assert ids("en") - codes() == {"lmstudio-bad-key"}, "made from an error code of the HTTP client"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("count", "more"), [(1, 0), (2, 0), (8, 3)])
def test_every_text_can_be_said(language: str, count: int, more: int) -> None:
    texts = bundle(language)
    for code in ids(language):
        message = texts.get_message(code)
        assert message.value is not None, code
        said, errors = texts.format_pattern(message.value, {**_PARAMS, "count": count, "more": more})
        assert not errors, (code, errors)
        assert said.endswith("。" if language == "zh-CN" else "."), said
        assert "!" not in said
        assert "  " not in said


def test_how_many_models_reads_well() -> None:
    params = {"server": "Ollama", "models": "moondream", "count": 1, "more": 0}
    many = {"server": "Ollama", "models": "a, b, c, d, e", "count": 8, "more": 3}
    english, chinese = bundle("en"), bundle("zh-CN")

    def say(texts: FluentBundle, code: str, values: dict[str, object]) -> str:
        return str(texts.format_pattern(texts.get_message(code).value, values)[0])

    assert say(english, "change-models-added", params) == "Ollama has a new model: moondream."
    assert say(english, "change-models-added", many) == "Ollama has 8 new models: a, b, c, d, e and 3 more."
    assert say(chinese, "change-models-added", params) == "Ollama 新增 1 个模型：moondream。"
    assert say(chinese, "change-models-removed", many) == "Ollama 移除了 8 个模型：a, b, c, d, e 等。"
