"""Every finding, every error and every step has words in both languages, and no words are left over."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from autocut_tray.core.assets import asset
from autocut_tray.core.timeline.formats import Format
from autocut_tray.core.timeline.howto import how_to_import
from autocut_tray.core.timeline.preflight import CODES, preflight
from autocut_tray.i18n import LANGUAGES, Translator
from tests.timeline.samples import clip, media, timeline
from tests.timeline.test_preflight import CASES

ERRORS = {
    "no-such-format", "bad-scenes", "no-such-scene", "no-scenes", "no-scenes-hint", "folder-missing-hint",
    "target-is-source", "target-is-source-hint", "export-wrong", "export-wrong-hint", "sheet-not-drawn",
    "sheet-not-drawn-hint",
}  # fmt: skip


def catalogue(language: str) -> dict[str, str]:
    text = asset("i18n", language, "timeline.ftl").read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9-]+) = (.*)$", text, re.MULTILINE))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_can_be_said(language: str, caplog: pytest.LogCaptureFixture) -> None:
    translator = Translator(language)
    for _, cut, kind, known in CASES:
        for finding in preflight(cut, kind, known):
            for said in filter(None, (finding.message, finding.hint)):
                text = translator.text(said)
                assert text[-1] in (".。"), text
                assert "{" not in text and "export-" not in text
    assert not caplog.records


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_editor_is_told_how(language: str, caplog: pytest.LogCaptureFixture) -> None:
    translator = Translator(language)
    cut = timeline(clip(media(rate=Fraction(30000, 1001))), rate=Fraction(30000, 1001))
    used = set()
    for kind in Format:
        for how in how_to_import(cut, kind):
            used |= {how.name.code, how.steps.code}
            text = translator.text(how.steps)
            assert translator.text(how.name) and text[-1] in ".。" and "{" not in text
            assert "29.97" in text or kind not in (Format.OTIO, Format.EDL) or how.editor.value == "kdenlive"
    assert not caplog.records
    assert used == {code for code in catalogue(language) if code.startswith(("editor-", "howto-"))}


def test_no_words_are_left_over() -> None:
    wanted = {f"error-{code}" for code in ERRORS} | {"export-sheet-too-large", "export-sheet-too-large-hint"}
    for _, cut, kind, known in CASES:
        for finding in preflight(cut, kind, known):
            wanted |= {said.code for said in (finding.message, finding.hint) if said}
    assert {code.removesuffix("-hint").removeprefix("export-") for code in wanted} >= set(CODES)
    own = {code for code in catalogue("en") if not code.startswith(("editor-", "howto-"))}
    assert own == wanted


def test_both_languages_say_the_same_things_with_the_same_variables() -> None:
    english, chinese = catalogue("en"), catalogue("zh-CN")
    assert list(english) == list(chinese)
    for code, words in english.items():
        assert set(re.findall(r"\$[a-z]+", words)) == set(re.findall(r"\$[a-z]+", chinese[code])), code


def test_chinese_is_set_as_chinese() -> None:
    for code, words in catalogue("zh-CN").items():
        shown = re.sub(r"\{[^{}]*\}", "0", words)
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]", shown), code
        assert not re.search(r"[\u4e00-\u9fff][A-Za-z]|[A-Za-z][\u4e00-\u9fff]", shown), code
        assert "您" not in words, code
