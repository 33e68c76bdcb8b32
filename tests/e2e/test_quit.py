"""``quit``: the running program is asked to end, whatever it does, and has gone when the command returns."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.program import Program, finish, wait_until
from tests.media_samples import cuts_video
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, OllamaModel

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "home")


def test_the_running_program_ends(program: Program) -> None:
    running = program.start("--headless")
    wait_until((program.home / "data" / "instance.json").exists, "it runs")
    asked = program.run("quit")
    assert (asked.code, asked.out) == (0, "AutoCut Director has ended.\n"), asked.err
    assert running.wait(1) == 0, "it has gone when the command returns"
    finish(running)
    again = program.run("quit", "--lang", "zh-CN")
    assert (again.code, again.out) == (0, "AutoCut Director 没有在运行。\n")


def test_an_analysis_in_a_terminal_is_ended_as_by_ctrl_c(program: Program, tmp_path: Path) -> None:
    clip = cuts_video(tmp_path / "clip.mp4", cuts=list(range(30, 240, 30)), frames=240)
    models = [OllamaModel("moondream:latest", size=GIB, memory=GIB, vision=True)]
    with FakeOllama(models, gpu_bytes=0, ram_bytes=64 * GIB) as server:
        server.answer_seconds = 0.3
        program.servers = {"OLLAMA_HOST": server.url}
        running = program.start("analyze", str(clip.path))
        wait_until(lambda: program.described() > 0, "it describes")
        server.answer_seconds = 60.0  # the rest is not done before somebody asks for the end
        assert program.run("quit").code == 0
        ended = finish(running)
    assert ended.code == 130 and "Traceback" not in ended.err + program.log
    assert 0 < program.described() < 8, "what is done is kept"


def test_one_that_does_not_end_is_told(program: Program) -> None:
    running = program.start("--headless")
    wait_until((program.home / "data" / "instance.json").exists, "it runs")
    os.kill(running.pid, signal.SIGSTOP)
    try:
        asked = program.run("quit", "--wait", "0.1")
    finally:
        os.kill(running.pid, signal.SIGCONT)
    assert asked.code == 1 and "AutoCut Director" in asked.err and "Traceback" not in asked.err
    running.send_signal(signal.SIGINT)
    assert finish(running).code == 0
