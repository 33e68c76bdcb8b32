"""Every message that explains, recommends or gives a reason has words in both languages, in the agreed style."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import FluentParser, FluentSerializer
from fluent.syntax import ast as ftl

import autocut_tray
from autocut_tray.core.assets import asset
from autocut_tray.core.messages import Message
from autocut_tray.core.policy.explain import explain
from autocut_tray.core.policy.figures import NOTHING_MEASURED, Figures
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import CloudBackend, Provider
from autocut_tray.core.policy.resolver import FORMATS, CloudAccess, CloudChoice, Wishes, resolve
from autocut_tray.core.runtime.explain import RowKey
from autocut_tray.core.runtime.profile import (
    Backend,
    Cpu,
    CpuScore,
    Davinci,
    Model,
    ProfileClass,
    RuntimeProfile,
)
from autocut_tray.i18n import LANGUAGES, Translator
from tests.golden.machines import (
    GIB,
    MACHINES,
    MEASURED,
    MOONDREAM,
    QWEN_14B,
    REMOTE_YES,
    RESOLVE,
    card,
    lmstudio,
    machine,
    ollama,
    remote_ollama,
)

AREAS = ("policy", "explain", "recommend")
CORE = Path(autocut_tray.__file__).parent / "core"
SOURCES = [
    CORE / "runtime" / "explain.py",
    *(
        CORE / "policy" / f"{name}.py"
        for name in ("resolver", "vision", "local_models", "explain", "recommend", "recommend_room")
    ),
]

_ALL = CloudAccess(True, True, True)
WISHES = [
    *(
        Wishes(pin=pin, vision_provider=vision, openai=openai, never_cloud=never)
        for pin, vision, openai, never in product(
            (None, *Tier), (None, *Provider), (CloudAccess(), _ALL), (False, True)
        )
    ),
    *(Wishes(force=force) for force in Provider),
    *(
        Wishes(planning_provider=planning, never_cloud=never)
        for planning in Provider
        for never in (False, True)
    ),
    Wishes(use_local_vision=False),
    Wishes(local_vision_provider=Backend.OLLAMA, local_vision_model="llama3.1"),
    Wishes(local_vision_provider=Backend.LMSTUDIO, local_vision_model="moondream"),
    Wishes(local_vision_model="llava:34b"),
    Wishes(cloud_vision=CloudChoice(CloudBackend.OPENAI, "another-model")),
    Wishes(lmstudio_model="nothing", deepseek=CloudAccess(has_key=True)),
    Wishes(openai=CloudAccess(has_key=True)),
    Wishes(remote_consent=REMOTE_YES, deepseek=_ALL, openai=_ALL),
    Wishes(remote_consent=REMOTE_YES, deepseek=_ALL, openai=_ALL, pictures=1),
]


_HUGE = Model("llava:34b", 20 * GIB, vision=True)
_TINY = Model("smolvlm:256m", GIB // 2, vision=True)
ODD_MACHINES = [
    replace(MACHINES["mid-ready"], profile_class=ProfileClass.CLOUD_HYBRID),
    replace(MACHINES["cpu-ollama"], cpu=Cpu(None, None, 6, CpuScore.MEDIUM)),
    replace(MACHINES["cpu-ollama"], cpu=Cpu("CPU", None, None, None)),
    machine(
        card("Card", 8188, None), ollama=ollama(_TINY), davinci=replace(RESOLVE, edition=None, running=None)
    ),
    machine(card("Card", 8188), ollama=ollama(_HUGE), ram_gib=64, available_gib=60, davinci=Davinci(None)),
    machine(ollama=ollama(_HUGE, MOONDREAM), available_gib=2, davinci=replace(RESOLVE, busy=True)),
    machine(ollama=ollama(MOONDREAM, _TINY), ram_gib=3.4),
    machine(card("Card", 8188), lmstudio=replace(lmstudio(MOONDREAM, _TINY), problem=None)),
    machine(ollama=replace(remote_ollama(), reachable=False)),
    machine(ollama=ollama(MOONDREAM, QWEN_14B), ram_gib=7),
    machine(ollama=ollama(MOONDREAM), ram_gib=2),
]


def said_about(
    profile: RuntimeProfile, wishes: Wishes, figures: Figures = NOTHING_MEASURED
) -> Iterator[Message]:
    policy = resolve(profile, wishes, figures)
    explanation = explain(profile, policy, figures)
    yield from (explanation.title, explanation.subtitle, explanation.caption)
    for row in (*explanation.found, *explanation.how):
        yield from (row.label, row.value, *row.details)
    yield from explanation.sentences
    for act in policy.recommendations:
        yield from (act.text, act.reason)


def distinct_messages() -> dict[str, Message]:
    """One example of each message in each form of its variables that occurs."""
    found: dict[str, Message] = {}
    machines = [(profile, NOTHING_MEASURED) for profile in (*MACHINES.values(), *ODD_MACHINES)]
    machines += [(MACHINES[name], figures) for name, figures in MEASURED.items()]
    for profile, figures in machines:
        for wishes in WISHES:
            for said in said_about(profile, wishes, figures):
                found.setdefault(f"{said.code} {sorted(said.params.items())}", said)
    return found


MESSAGES = distinct_messages()


def catalogue(language: str) -> dict[str, ftl.Message]:
    parser, found = FluentParser(), {}
    for area in AREAS:
        for entry in parser.parse(asset("i18n", language, f"{area}.ftl").read_text("utf-8")).body:
            assert not isinstance(entry, ftl.Junk), entry.content
            if isinstance(entry, ftl.Message):
                assert entry.id.name not in found, f"{entry.id.name} is there twice"
                found[entry.id.name] = entry
    return found


def codes_in_sources() -> set[str]:
    """Every literal that looks like one of our codes, wherever it stands in the code."""
    shape = re.compile(r"(policy|explain|recommend)-[a-z0-9-]+[a-z0-9]")
    return {
        node.value
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and shape.fullmatch(node.value)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_that_occurs_has_words(language: str) -> None:
    bundle = FluentBundle([language], use_isolating=False)
    for area in AREAS:
        bundle.add_resource(FluentResource(asset("i18n", language, f"{area}.ftl").read_text("utf-8")))
    for said in MESSAGES.values():
        assert bundle.has_message(said.code), said.code
        text, errors = bundle.format_pattern(bundle.get_message(said.code).value, dict(said.params))
        assert not errors, (said, errors)
        assert text.strip(), said
        assert "{" not in text, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_and_code_name_the_same_messages(language: str) -> None:
    labels = {f"explain-key-{key.value}" for key in RowKey}
    assert set(catalogue(language)) == codes_in_sources() | labels | {"policy-formats-list"}


def test_every_message_of_the_code_occurs_in_these_tests() -> None:
    assert codes_in_sources() <= {said.code for said in MESSAGES.values()}


def test_both_languages_use_the_same_variables() -> None:
    def variables(language: str) -> dict[str, set[str]]:
        entries = catalogue(language).items()
        return {
            code: set(re.findall(r"\$(\w+)", FluentSerializer().serialize_entry(e))) for code, e in entries
        }

    assert variables("en") == variables("zh-CN")


def test_every_set_of_formats_has_its_words() -> None:
    for language in LANGUAGES:
        translator = Translator(language)
        texts = {
            translator.t("policy-editing-none", formats="-".join(formats)) for formats in FORMATS.values()
        }
        assert len(texts) == len(set(FORMATS.values()))


def test_style() -> None:
    english, chinese = Translator("en"), Translator("zh-CN")
    for said in MESSAGES.values():
        text = english.text(said)
        assert not re.search(r"\d (GB|MB|s|%)(?!\w)", text), f"a plain space before a unit: {text}"
        assert not re.search(r"(?i)\b(please|oops|successfully|your system)\b|!", text), text
        text = chinese.text(said)
        assert not re.search(r"\d (GB|MB|秒|元|%)", text), f"a plain space before a unit: {text}"
        assert "您" not in text, text
        assert not re.search(r"[\u4e00-\u9fff][,;!?]|。\s", text), f"half-width punctuation: {text}"
        assert not re.search(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", text), (
            f"no space: {text}"
        )
