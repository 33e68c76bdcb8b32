"""``--selftest DIR``: the whole for real once, and what a part that does not work leads to."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from autocut_tray.__main__ import main as program
from autocut_tray.core import assets
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.messages import Message, message
from autocut_tray.core.process import SELFTEST_PART, own_command, own_environment
from autocut_tray.i18n import LANGUAGES, Translator
from autocut_tray.selftest import part, parts, run
from autocut_tray.selftest.steps import RESULT, STEPS, Broken, Step
from autocut_tray.ui.selftest_window import colours
from autocut_tray.ui.widgets.sidebar import PAGES
from tests.e2e.program import Program

CODE = "import sys; print('noise'); {}"
WORKS = CODE.format('print(\'{"ok": true, "detail": "Fine."}\')')
FAILS = CODE.format('print(\'{"ok": false, "detail": "Not so."}\'); sys.exit(1)')
DIES = CODE.format("sys.exit('gone wrong')")
LIES = CODE.format('print(\'{"ok": true, "detail": "Fine."}\'); sys.exit(9)')
HANGS = CODE.format("sys.stdin.close(); import threading; threading.Event().wait()")
CHATTERS = CODE.format(
    "sys.stderr.write('x' * 10**6); print('y' * 10**6); print('{\"ok\": true, \"detail\": \"Fine.\"}')"
)


def test_the_whole_program_tries_itself(tmp_path: Path) -> None:
    person = Program(tmp_path / "person")
    out = tmp_path / "Selbst 自检"
    ended = person.run("--lang", "en", "--selftest", str(out), timeout=280)
    document = json.loads((out / RESULT).read_text("utf-8"))
    assert (ended.code, document["ok"]) == (0, True), ended.out
    assert (document["schema"], document["frozen"]) == (1, False)
    assert document["version"] and document["platform"]
    assert [step["name"] for step in document["steps"]] == [step.name for step in STEPS]
    assert all(
        step["ok"] and step["seconds"] > 0 and step["detail"].endswith(".") for step in document["steps"]
    )
    assert len(ended.out.splitlines()) == len(STEPS) + 1
    pictures = {
        language: [out / f"window-{language}-{page}.png" for page in PAGES] for language in ("en", "zh-CN")
    }
    for number, page in enumerate(PAGES):
        assert all(colours(QImage(str(pictures[language][number]))) > 8 for language in pictures), page
        english, chinese = (pictures[language][number].read_bytes() for language in ("en", "zh-CN"))
        assert english != chinese, page
    assert (out / "report.pdf").read_bytes().startswith(b"%PDF")
    assert {"cut.otio", "cut.edl", "contact-sheet.png", "contact-sheet.pdf"} <= {
        path.name for path in out.iterdir()
    }
    assert not person.home.exists(), "nothing of the person is touched"


def tried(folder: Path, capsys: pytest.CaptureFixture[str], **codes: str) -> tuple[int, dict[str, str], str]:
    """A self-test of processes that run these lines: exit code, the details of what failed, and what was said."""

    def command(step: Step, _folder: Path, _language: str) -> Sequence[str]:
        return [sys.executable, "-c", codes[step.name]]

    steps = [Step(name, limit=0.2 if code == HANGS else 120) for name, code in codes.items()]
    code = run.selftest(folder, Translator("en"), steps, command)
    document = json.loads((folder / RESULT).read_text("utf-8"))
    assert [step["name"] for step in document["steps"]] == list(codes), "all of them are tried"
    assert document["ok"] is (code == 0)
    failed = {step["name"]: step["detail"] for step in document["steps"] if not step["ok"]}
    return code, failed, capsys.readouterr().out


def test_parts_that_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, failed, said = tried(tmp_path, capsys, texts=WORKS, api=CHATTERS)
    assert (code, failed) == (0, {})
    assert said.splitlines()[0] == "ok    Texts: Fine."


def test_a_broken_part_gives_1_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = {"texts": FAILS, "clip": DIES, "worker": LIES, "exports": HANGS, "report": WORKS}
    code, failed, said = tried(tmp_path, capsys, **codes)
    assert code == 1
    assert failed == {
        "texts": "Not so.",
        "clip": "It ended with 1: gone wrong",
        "worker": "Fine.",
        "exports": "It took more than 0.2 s and was ended.",
    }
    assert said.splitlines()[0] == "FAIL  Texts: Not so."
    assert "4 of 5 parts do not work" in said


def test_a_real_part_without_what_it_needs_gives_1(tmp_path: Path) -> None:
    """The worker, where no clip was made before."""
    assert run.selftest(tmp_path, Translator("en"), [Step("worker")]) == 1
    (step,) = json.loads((tmp_path / RESULT).read_text("utf-8"))["steps"]
    assert not step["ok"] and "selftest é 片段.mp4" in step["detail"]


def test_a_part_that_does_not_start(tmp_path: Path) -> None:
    def command(_step: Step, _folder: Path, _language: str) -> Sequence[str]:
        return [str(tmp_path / "not-there")]

    assert run.selftest(tmp_path, Translator("en"), [Step("texts")], command) == 1
    (step,) = json.loads((tmp_path / RESULT).read_text("utf-8"))["steps"]
    assert not step["ok"] and "did not start" in step["detail"]


def test_without_a_display_it_is_offscreen_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.display, "problem", lambda: message("error-no-display"))
    code = (
        "import os; print('{\"ok\": true, \"detail\": \"' + os.environ.get('QT_QPA_PLATFORM', '') + '.\"}')"
    )
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)

    def command(_step: Step, _folder: Path, _language: str) -> Sequence[str]:
        return [sys.executable, "-c", code]

    steps = [Step("window-en", window=True), Step("texts")]
    assert run.selftest(tmp_path, Translator("en"), steps, command) == 0
    shown, other = json.loads((tmp_path / RESULT).read_text("utf-8"))["steps"]
    assert shown["detail"] == "offscreen. There is no display, so it was drawn offscreen."
    assert other["detail"] == "."


def test_the_parts_see_nothing_of_the_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "AUTOCUT_API__ENABLED", "OLLAMA_HOST", "LOCAL_VISION_MODEL"):
        monkeypatch.setenv(name, "theirs")
    monkeypatch.setenv("HARMLESS", "kept")
    environment = run._environment(tmp_path, offscreen=False)
    assert "theirs" not in environment.values()
    assert environment["HARMLESS"] == "kept"
    assert environment["AUTOCUT_HOME"] == str(tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [["--selftest"], ["--selftest", ""], ["--selftest", "x", "more"], ["--selftest=x", "--lang", "fr"]],
)
def test_wrong_arguments(wrong: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert program(wrong) == 2
    assert list(tmp_path.glob("x")) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert program(["--lang=en", f"--selftest={tmp_path / 'file' / 'out'}"]) == 1
    assert "Traceback" not in capsys.readouterr().err


class TestParts:
    def test_every_step_is_a_part_and_has_a_name_in_both_languages(self) -> None:
        assert {step.name for step in STEPS} == set(part.PARTS)
        for language in LANGUAGES:
            for step in STEPS:
                code = f"selftest-step-{step.name.lower()}"
                assert Translator(language).t(code) != code

    @pytest.mark.parametrize("wrong", [[], ["texts", "x"], ["nothing", "x", "en"], ["texts", "x", "fr"]])
    def test_wrong_arguments(self, wrong: list[str]) -> None:
        assert program([SELFTEST_PART, *wrong]) == 2

    def test_never_in_the_folders_of_the_person(self, tmp_path: Path) -> None:
        command = own_command(SELFTEST_PART, "texts", str(tmp_path), "en")
        assert subprocess.run(command, env=own_environment(), capture_output=True).returncode == 2

    @pytest.mark.errors_expected
    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (Broken(message("selftest-report-wrong")), "selftest-report-wrong"),
            (AutoCutError("internal"), "error-internal"),
            (RuntimeError("oh"), "selftest-unforeseen"),
        ],
    )
    def test_what_goes_wrong_becomes_a_sentence(self, error: Exception, said: str, tmp_path: Path) -> None:
        def fails(_folder: Path) -> Message:
            raise error

        ok, words = part.outcome(fails, tmp_path)
        assert (ok, words.code) == (False, said)

    def test_all_resources_are_asked_for(self) -> None:
        there = (path.relative_to(assets.RESOURCES).as_posix() for path in assets.RESOURCES.rglob("*.*"))
        own = {name for name in there if not name.startswith("i18n/") and "/." not in f"/{name}"}
        assert own == set(parts._RESOURCES)

    def test_a_missing_resource_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shutil.copytree(assets.RESOURCES, tmp_path / "resources")
        (tmp_path / "resources" / "prices.toml").unlink()
        (tmp_path / "resources" / "dashboard" / "page.js").write_text("")
        monkeypatch.setattr(assets, "RESOURCES", tmp_path / "resources")
        with pytest.raises(Broken) as broken:
            parts.resources(tmp_path)
        assert broken.value.message.params == {"n": 2, "names": "prices.toml, dashboard/page.js"}

    @pytest.mark.parametrize(
        ("addition", "name"),
        [
            ("only-here = Words\n", "only-here (zh-CN)"),
            ("not-parsed = { $open\n", "not-parsed (en)"),
            ("not-known = { nowhere }\n", "not-known (en)"),
        ],
    )
    def test_a_broken_text_is_named(
        self, addition: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for language in LANGUAGES:
            folder = tmp_path / "i18n" / language
            folder.mkdir(parents=True)
            (folder / "a.ftl").write_text("fine = { $n } { -us }\n-us = AutoCut\n", "utf-8")
        with (tmp_path / "i18n" / "en" / "a.ftl").open("a", encoding="utf-8") as file:
            file.write(addition)
        monkeypatch.setattr(assets, "RESOURCES", tmp_path)
        with pytest.raises(Broken) as broken:
            parts.texts(tmp_path)
        assert name in str(broken.value.message.params["names"]).split(", ")

    def test_an_empty_page_has_one_colour(self) -> None:
        image = QImage(20, 20, QImage.Format.Format_ARGB32)
        image.fill(QColor("#123456"))
        assert colours(image) == 1
        image.setPixelColor(3, 3, QColor("red"))
        assert colours(image) == 2
