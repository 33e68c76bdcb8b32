"""The report that the tray puts on the clipboard is the doctor's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocut_tray.core import process
from autocut_tray.ui import diagnostics


@pytest.mark.parametrize(("language", "word"), [("en", "checks"), ("zh-CN", "检查")])
def test_the_report_comes_in_the_language_of_the_window(
    autocut_home: Path, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    monkeypatch.setenv("LMSTUDIO_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    report = diagnostics.doctor_report(language)
    assert report is not None and "AutoCut Director" in report
    assert word in report
    assert str(autocut_home.parent) not in report


def test_a_report_that_cannot_be_made_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnostics, "own_command", lambda *_: ["/nonexistent/program"])
    assert diagnostics.doctor_report("en") is None
    monkeypatch.setattr(diagnostics, "own_command", lambda *_: [*process.own_command("nonsense")])
    assert diagnostics.doctor_report("en") is None
