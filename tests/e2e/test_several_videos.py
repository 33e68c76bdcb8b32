"""Several videos at once in real processes: killed, ended, and one model server that is never asked for too much."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autocut_tray.core.instance import call_instance
from tests.e2e.program import Program, finish, wait_until
from tests.e2e.test_main_job import pictures
from tests.media_samples import cuts_video
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, OllamaModel

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

SCENES = 4


class Counted(FakeOllama):
    """Knows how many questions were open at once."""

    def __init__(self) -> None:
        models = [OllamaModel("moondream:latest", size=GIB, memory=GIB, vision=True)]
        super().__init__(models, gpu_bytes=0, ram_bytes=64 * GIB, num_parallel=8)
        self.open = self.most = 0
        self.counting = threading.Lock()

    def respond(self, exchange) -> None:  # type: ignore[no-untyped-def]
        asked = exchange.path == "/api/chat"
        with self.counting:
            self.open += asked
            self.most = max(self.most, self.open)
        try:
            super().respond(exchange)
        finally:
            with self.counting:
                self.open -= asked


@pytest.fixture
def server() -> Iterator[Counted]:
    with Counted() as made:
        made.answer_seconds = 0.15
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three videos of four scenes each, no two of them alike."""
    made = tmp_path_factory.mktemp("clips")
    for number, length in enumerate((20, 24, 28)):
        cuts = [length * n for n in range(1, SCENES)]
        size = (320 - 32 * number, 180 - 18 * number)
        cuts_video(made / f"{number}.mp4", cuts=cuts, frames=length * SCENES, size=size)
    return made


@pytest.fixture
def program(tmp_path: Path, server: Counted) -> Program:
    servers = {"OLLAMA_HOST": server.url, "AUTOCUT_ANALYSIS__VIDEOS_AT_ONCE": "3"}
    return Program(tmp_path / "home", servers)


def running(program: Program) -> int:
    return len(program.rows("SELECT 1 FROM jobs WHERE state = 'running'"))


def test_killed_with_three_under_way_nothing_is_lost_and_nothing_is_done_twice(
    program: Program, folder: Path, server: Counted
) -> None:
    process = program.start("analyze", str(folder), "--json")
    wait_until(lambda: program.described() >= 3 and running(program) > 1, "several under way")
    process.kill()
    process.communicate()
    server.answer_seconds = 0.02
    result = program.run("analyze", str(folder), "--json")
    assert result.code == 0, result.err
    jobs = result.document["jobs"]
    assert [scene["status"] for job in jobs for scene in job["scenes"]] == ["described"] * 3 * SCENES
    assert len(program.rows("SELECT 1 FROM jobs")) == 3
    sent = pictures(server)
    assert len(sent) == 3 * SCENES
    assert sum(sent.values()) <= 3 * SCENES + 1, "only what was in flight when it died was asked for again"
    assert server.most == 1, "the policy allows one at a time, over all videos"


def test_ending_with_three_under_way_takes_less_than_four_seconds(
    program: Program, folder: Path, server: Counted
) -> None:
    server.answer_seconds = 30.0
    process = program.start("analyze", str(folder), "--json")
    wait_until(lambda: running(program) == 3 and server.open == 1, "three under way and a question is open")
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    result = finish(process, 20)
    assert time.monotonic() - began < 4.0 and "Traceback" not in result.err + program.log
    assert {row["state"] for row in program.rows("SELECT state FROM jobs")} == {"queued"}


def test_one_is_paused_and_one_put_first_while_it_runs(
    program: Program, folder: Path, server: Counted
) -> None:
    program.servers["AUTOCUT_ANALYSIS__VIDEOS_AT_ONCE"] = "1"
    server.answer_seconds = 0.5
    process = program.start("analyze", str(folder), "--json")
    wait_until(lambda: program.described() >= 1, "one is under way")
    server.answer_seconds = 60.0  # nothing ends meanwhile
    # Which one: while the model is proven at the start, each is read and makes way for the next.
    ids = program.rows("SELECT id FROM jobs ORDER BY state = 'running' DESC, position")
    first, second, third = (row["id"] for row in ids)
    instance = program.home / "data" / "instance.json"
    assert call_instance(instance, {"command": "arrange", "verb": "next", "job": third})
    server.answer_seconds = 0.02
    assert call_instance(instance, {"command": "arrange", "verb": "pause", "job": first})
    wait_until(
        lambda: bool(program.rows(f"SELECT 1 FROM jobs WHERE id = '{first}' AND state = 'paused' AND held")),
        "it rests",
    )
    result = finish(process)
    assert result.code == 1 and result.document["error"]["code"] == "jobs_paused"
    states = {job["id"]: (job["state"], job["held"]) for job in result.document["jobs"]}
    assert states == {first: ("paused", True), second: ("done", False), third: ("done", False)}
    ended = program.rows(f"SELECT id FROM jobs WHERE id <> '{first}' ORDER BY updated")
    assert [row["id"] for row in ended] == [third, second]
