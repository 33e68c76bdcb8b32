"""Both languages say everything, with the same variables; every code in the program has words."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor
from hypothesis import given, settings
from hypothesis import strategies as st

from autocut_tray.core.assets import RESOURCES
from autocut_tray.core.messages import message
from autocut_tray.i18n import LANGUAGES, Catalogue, Translator, choose_language

PACKAGE = Path(__file__).parents[2] / "autocut_tray"
CATALOGUES = {language: (Catalogue(language), Catalogue(language)) for language in LANGUAGES}
"""Of the second, entries may be parsed."""
VARIABLE = re.compile(r"\$([a-zA-Z][\w-]*)")
VALUES = st.text('a {}$\n\\"夜', max_size=12) | st.integers(-1001, 1001) | st.just("x" * 2500)


class _Variables(Visitor):
    def __init__(self) -> None:
        self.found: set[str] = set()
        self.messages: set[str] = set()

    def visit_MessageReference(self, node: ftl.MessageReference) -> None:
        self.messages.add(node.id.name)

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:
        self.found.add(node.id.name)


def catalogue(language: str) -> dict[str, set[str]]:
    texts: dict[str, set[str]] = {}
    references: dict[str, set[str]] = {}
    for path in sorted((RESOURCES / "i18n" / language).glob("*.ftl")):
        for entry in FluentParser().parse(path.read_text("utf-8")).body:
            assert not isinstance(entry, ftl.Junk), f"{path.name}: {entry.content}"
            if isinstance(entry, ftl.Message):
                assert entry.id.name not in texts, f"{entry.id.name} stands twice ({path.name})"
                variables = _Variables()
                variables.visit(entry)
                texts[entry.id.name] = variables.found
                references[entry.id.name] = variables.messages
    for name, others in references.items():
        for other in others:  # a text that is part of another takes its variables from it
            texts[name] = texts[name] | texts[other]
    return texts


def test_both_languages_have_the_same_texts_and_variables() -> None:
    english, chinese = catalogue("en"), catalogue("zh-CN")
    assert english.keys() == chinese.keys()
    assert {k for k in english if english[k] != chinese[k]} == set()


def test_chinese_is_chinese() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    for path in (RESOURCES / "i18n" / "zh-CN").glob("*.ftl"):
        for line in path.read_text("utf-8").splitlines():
            if han.search(line) and not line.startswith("#"):
                text = line.split("=", 1)[-1]
                assert not re.search(r"[\u4e00-\u9fff][,;!?](?:\s|$)", text), (
                    f"half-width punctuation: {line}"
                )
                assert "您" not in text, line


def literal_codes() -> dict[str, str]:
    """Message codes written out in the source, with where."""
    codes: dict[str, str] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ("message", "Message", "t") and isinstance(node.args[0].value, str):
                    codes[node.args[0].value] = f"{path.name}:{node.lineno}"
    return codes


def error_codes() -> dict[str, str]:
    """Codes of exceptions raised without a message of their own: ``error-`` and the code are its text."""
    codes: dict[str, str] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Raise)
                and isinstance(node.exc, ast.Call)
                and getattr(node.exc.func, "id", "")
                in ("AutoCutError", "UsageError", "InputError", "NoBackend")
                and len(node.exc.args) == 1
                and isinstance(node.exc.args[0], ast.Constant)
            ):
                code = str(node.exc.args[0].value)
                codes["error-" + code.replace("_", "-")] = f"{path.name}:{node.lineno}"
    return codes


def test_every_code_in_the_source_has_words() -> None:
    english = catalogue("en")
    missing = {
        code: where for code, where in {**literal_codes(), **error_codes()}.items() if code not in english
    }
    assert missing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_can_be_formatted(language: str, caplog: pytest.LogCaptureFixture) -> None:
    translator = Translator(language)
    for code, variables in catalogue(language).items():
        text = translator.t(code, **dict.fromkeys(variables, "X"))
        assert text and text != code
    assert not [r for r in caplog.records if "Text" in r.getMessage()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_alone_says_what_the_whole_catalogue_says(language: str) -> None:
    whole = FluentBundle([language], use_isolating=False)
    for path in (RESOURCES / "i18n" / language).glob("*.ftl"):
        whole.add_resource(FluentResource(path.read_text("utf-8")))
    codes = catalogue(language)
    for order in (
        sorted(codes),
        sorted(codes, reverse=True),
    ):  # those it refers to were asked for, or not yet
        translator = Translator(language)
        for code in order:
            pattern = whole.get_message(code).value
            assert pattern is not None
            values = dict.fromkeys(codes[code], "X")
            assert translator.t(code, **values) == whole.format_pattern(pattern, values)[0]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=80, deadline=None)
@given(code=st.sampled_from(sorted(CATALOGUES["en"][0].entries())), value=VALUES, other=VALUES)
def test_plain_texts_are_what_fluent_says(
    language: str, code: str, value: str | int, other: str | int
) -> None:
    plain, fluent = CATALOGUES[language]
    names = VARIABLE.findall(plain.entries()[code])
    values = {name: other if odd % 2 else value for odd, name in enumerate(names)}
    said = plain.plain(code, values)
    pattern = fluent.pattern(code)
    if said is not None and pattern is not None:
        assert (said, []) == fluent.bundle.format_pattern(pattern, values)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("cli-status-cpu", {}),
        ("cli-status-cpu", {"percent": 1000}),
        ("cli-status-cpu", {"percent": 0.5}),
        ("cli-status-cpu", {"percent": True}),
        ("cli-status-cpu", {"percent": "x" * 2501}),
        ("ui-tray-jobs", {"n": "1"}),
        ("howto-resolve-otio", {}),
        ("no-such-entry", {}),
    ],
    ids=["missing", "grouped", "fraction", "no number", "too long", "choice", "reference", "unknown"],
)
def test_what_only_fluent_knows_is_left_to_it(code: str, values: dict[str, object]) -> None:
    assert Catalogue("en").plain(code, values) is None


def test_most_texts_need_no_fluent() -> None:
    for language in LANGUAGES:
        entries = Catalogue(language)
        plain = [
            code
            for code, text in entries.entries().items()
            if entries.plain(code, dict.fromkeys(VARIABLE.findall(text), "X")) is not None
        ]
        assert len(plain) > 0.9 * len(entries.entries())


def test_plain_texts_load_no_fluent() -> None:
    code = (
        "import sys; from autocut_tray.i18n import Translator\n"
        "for language in ('en', 'zh-CN'):\n"
        "    translator = Translator(language); translator.prepare(grammar=False)\n"
        "    translator.t('cli-status-cpu', percent=7)\n"
        "print([name for name in ('fluent', 'babel', 'pytz', 'attr') if name in sys.modules])\n"
        "translator.prepare(grammar=True); print('fluent.runtime' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "True"]


def test_what_is_not_said_is_not_parsed() -> None:
    entries = Catalogue("en")
    number = len(entries._unparsed)
    assert number == len(catalogue("en"))
    assert entries.pattern("control-ready") is not None
    assert entries.pattern("howto-resolve-otio") is not None
    assert len(entries._unparsed) == number - 3, "the last one refers to another"
    assert entries.pattern("no-such-entry") is None


def test_messages_nest_and_languages_switch() -> None:
    translator = Translator("en")
    said = message("waiting-paused", reason="x")
    english = translator.text(said)
    translator.set_language("zh-CN")
    assert translator.text(said) != english
    assert translator.t("waiting-paused", reason=message("waiting-emergency")).endswith("。")


@pytest.mark.parametrize(
    ("setting", "locale", "language"),
    [
        ("en", "zh_CN.UTF-8", "en"),
        ("auto", "zh_CN.UTF-8", "zh-CN"),
        ("auto", "zh_TW", "zh-CN"),
        (None, "de_DE", "en"),
        (None, "", "en"),
    ],
)
def test_choice_of_language(setting: str | None, locale: str, language: str) -> None:
    assert choose_language(setting, locale) == language
