"""Whatever can go wrong with a file has words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autocut_tray.core.assets import asset
from autocut_tray.core.media.gate import refuse
from autocut_tray.core.media.scanner import DEATHS
from autocut_tray.core.media.wire import FailureCode
from autocut_tray.i18n import Translator

CODES = sorted(
    {code.value for code in FailureCode}
    | DEATHS
    | {"not_found", "not_a_file", "link_loop", "empty_file", "too_large", "unreadable", "no_videos_in_folder"}
    | {"worker_not_started", "vanished", "still_written"}
)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("code", CODES)
def test_message_and_hint(code: str, language: str) -> None:
    translator = Translator(language)
    error = refuse(code, "/footage/Interview 12.mp4", size="8192 × 8192", seconds="30")
    assert error.hint is not None
    said, hint = translator.text(error.message), translator.text(error.hint)
    for text in (said, hint):
        assert text and "error-" not in text and "{" not in text
        assert text[-1] in ("." if language == "en" else "。")
    if code != "worker_not_started":
        assert "Interview 12.mp4" in said


def test_both_languages_say_the_same_things() -> None:
    ids = []
    for language in ("en", "zh-CN"):
        text = Path(asset("i18n", language, "media.ftl")).read_text(encoding="utf-8")
        ids.append(re.findall(r"^([a-z-]+) =", text, re.MULTILINE))
    assert ids[0] == ids[1]
    assert {name.removeprefix("error-").removesuffix("-hint") for name in ids[0]} == {
        code.replace("_", "-") for code in CODES
    }
