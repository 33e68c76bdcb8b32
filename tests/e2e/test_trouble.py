"""What else can be wrong with a machine: folders, consoles, hung instances, many files."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.program import Program, finish, wait_until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


@pytest.mark.parametrize(
    "arguments", [["analyze", "clip.mp4", "--json"], ["--headless", "--json"], ["profile", "--json"]]
)
def test_a_data_folder_that_cannot_be_is_a_sentence(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "clip.mp4").write_text("x")
    arguments = [str(tmp_path / a) if a == "clip.mp4" else a for a in arguments]
    result = Program(tmp_path / "file" / "home").run(*arguments)
    assert "Traceback" not in result.err
    if arguments[0] == "profile":  # looking at the machine needs no folder; only saving does
        assert result.code == 0 and result.document["schema"] == 1
    else:
        assert result.code == 1 and result.document["error"]["code"] == "folder_unusable"
        assert result.document["error"]["hint"]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_console_that_knows_few_characters_gets_them_escaped(tmp_path: Path, language: str) -> None:
    program = Program(tmp_path / "home", {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"})
    result = program.run("policy", "--lang", language)
    assert result.code == 0 and "Traceback" not in result.err and result.out.strip()


def test_a_hung_instance_is_said_to_hang_every_time(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    instance = program.start("--headless")
    try:
        wait_until((program.home / "data" / "instance.json").exists, "the channel is open")
        wait_until(lambda: program.run("status", "--json").document["monitor"]["running"], "it answers")
        os.kill(instance.pid, signal.SIGSTOP)
        try:
            for _ in range(3):
                result = program.run("status", "--json", timeout=15)
                assert result.code == 1 and result.document["error"]["code"] == "instance_silent"
        finally:
            os.kill(instance.pid, signal.SIGCONT)
        wait_until(lambda: program.run("status", "--json").code == 0, "it answers again")
    finally:
        instance.send_signal(signal.SIGTERM)
        assert finish(instance, 10).code == 0


def test_hundreds_of_files_are_handed_to_the_instance(tmp_path: Path) -> None:
    footage = tmp_path / "footage"
    footage.mkdir()
    for number in range(300):
        (footage / f"{number}.mp4").write_text(f"no video {number}")
    program = Program(tmp_path / "home")
    instance = program.start("--headless")
    try:
        wait_until((program.home / "data" / "instance.json").exists, "the channel is open")
        process = program.start("analyze", str(footage), "--json")
        wait_until(lambda: len(program.rows("SELECT 1 FROM jobs")) == 300, "all are in line")
        process.send_signal(signal.SIGINT)
        assert finish(process, 10).code == 130
    finally:
        instance.send_signal(signal.SIGTERM)
        assert finish(instance, 10).code == 0
