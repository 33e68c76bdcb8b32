"""Our reader of Fluent says what Mozilla's says."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fluent.runtime import FluentBundle, FluentResource
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.fluent_text import FluentError, number, parse, plural, speak
from autocut_tray.i18n import LANGUAGES, Catalogue

KEY = re.compile(r"\[ *([\w-]+) *\]")
CHOSEN_BY = re.compile(r"\$([\w-]+) *->")


def theirs(source: str, language: str) -> FluentBundle:
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource(source))
    return bundle


def said_by(bundle: FluentBundle, code: str, values: dict[str, Any]) -> str:
    pattern = bundle.get_message(code).value
    assert pattern is not None
    return str(bundle.format_pattern(pattern, values)[0])


def said(source: str, values: dict[str, Any], language: str = "en") -> str:
    wrong: list[str] = []
    return speak(parse(source), values, language, lambda _name: None, wrong.append)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_of_every_text_is_made_alike(language: str) -> None:
    catalogue = Catalogue(language)
    entries = catalogue.entries()
    choosing = {code: text for code, text in entries.items() if "->" in text}
    assert len(choosing) > 50
    referred = {
        name: entries[name] for text in choosing.values() for name in entries if f"{{ {name} }}" in text
    }
    bundle = theirs("\n".join(f"{code} ={text}" for code, text in {**choosing, **referred}.items()), language)
    wrong: list[str] = []
    for code, text in choosing.items():
        names = set(re.findall(r"\$([\w-]+)", text + "".join(referred.values())))
        pattern = catalogue.pattern(code)
        assert pattern is not None
        # Mozilla's takes the words "one" and "other" for any number of that category; nothing here says them.
        words = set(KEY.findall(text)) - {"one", "other"}
        for value in (0, 1, 2, 1234567, 1.0, 0.5, "0", "X", *sorted(words)):
            values: dict[str, Any] = dict.fromkeys(names, "X") | dict.fromkeys(CHOSEN_BY.findall(text), value)
            ours = speak(pattern, values, language, catalogue.pattern, wrong.append)
            assert ours == said_by(bundle, code, values), (code, value)
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        " Plain words",
        "   Spaces before and after   ",
        " One line\n    and the next",
        "\n    On a line of its own\n    and another",
        "\n      Deeper\n    than the next\n\n    after an empty line",
        " Words\n\n\n# a comment\n## another",
        " { $a } and {$b}{ $a}",
        ' {" "}kept{"  "}',
        ' {"{"}"t": 1{"}"}',
        r' {"\"quoted\" \\ \u00e9 \U01F600"}',
        "\n    { $n ->\n        [one] one\n       *[other] { $n } of them\n    } at last",
        " { $n ->\n [0] none\n*[other] { $a ->\n    [x] in\n   *[y] out\n  } there\n } end",
        " { $n ->\n    [one]\n        far\n        below\n   *[other]\n        far { $a }\n          in\n } end",
        " lines end\n{ $a } at once",
    ],
)
def test_texts_are_laid_out_alike(text: str) -> None:
    for values in (
        {"a": "x", "b": "y", "n": 1},
        {"a": "z", "b": "", "n": 0},
        {"a": 12, "b": 3.25, "n": "one"},
    ):
        assert said(text, values) == said_by(theirs(f"code ={text}\n", "en"), "code", values)


@pytest.mark.parametrize(
    "text",
    [
        " { $a",
        " a } b",
        " { 3 }",
        " { NUMBER($a) }",
        " { $a ->\n [x] no default\n }",
        " { $a -> [x y] z }",
        " { }",
        "\nnot indented",
        " a\n    .attribute = b",
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(FluentError):
        parse(text)


def test_what_is_missing_is_told_and_shown_by_name() -> None:
    wrong: list[str] = []
    patterns = {"self": parse(" again { self }"), "lost": parse(" { gone } { $v } { $w ->\n *[a] b\n }")}
    assert speak(patterns["lost"], {}, "en", patterns.get, wrong.append) == "{gone} v b"
    assert len(wrong) == 3
    assert speak(patterns["self"], {}, "en", patterns.get, wrong.append) == "again again {self}"


NUMBERS = st.one_of(st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9, allow_subnormal=False))


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_written_alike(language: str) -> None:
    bundle = theirs("code = { $n }\n", language)

    @given(NUMBERS)
    def alike(value: float) -> None:
        assert number(value) == said_by(bundle, "code", {"n": value})

    alike()
    for value in (float("inf"), float("-inf"), float("nan"), 1e15, -0.0, 0.0005, 0.0015, True):
        assert number(value) == said_by(bundle, "code", {"n": value})


def test_only_english_tells_one_from_others() -> None:
    assert [plural(n, "en") for n in (0, 1, -1, 1.0, 1.5, 2)] == [
        "other",
        "one",
        "one",
        "one",
        "other",
        "other",
    ]
    assert plural(1, "zh-CN") == "other"
