"""A model server that dies, hangs, runs out of memory or is busy under a job of 50 scenes: 0 lost, 0 twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from autocut_tray.core.policy.governor_types import Tier
from tests.faults.fifty import SCENES, Fifty
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_faults import (
    CUDA_OUT_OF_MEMORY,
    KILLED_BY_SYSTEM,
    MEMORY_TEXT_OF_12_11,
    RUNNER_STOPPED,
    ErrorAnswer,
    QueueFull,
    RunnerDied,
    StreamWithoutDone,
)
from tests.servers.ollama_store import GIB, OllamaModel
from tests.servers.real_server import RealServer
from tests.servers.wire_faults import CutBody, Drop, Fault, Flood, Garbage, Reply

posix = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
OLD_MEMORY_TEXT = "model requires more system memory (5.9 GiB) than is available (3.0 GiB)"


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    models = [OllamaModel("moondream:latest", size=GIB, memory=2 * GIB, vision=True)]
    with FakeOllama(models, gpu_bytes=0, ram_bytes=64 * GIB) as server:
        server.answer_seconds = 0.01
        yield server


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[list[Fifty]]:
    made: list[Fifty] = []
    yield made
    for world in made:
        world.close()


# -- a real server


@pytest.mark.fault("FM1", "FM2")
@posix
def test_a_real_server_is_killed_and_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_real_server: RealServer, worlds: list[Fifty]
) -> None:
    world = Fifty(tmp_path, monkeypatch, lmstudio=own_real_server.base_url)
    worlds.append(world)
    world.begin()
    os.kill(own_real_server.pid, signal.SIGKILL)
    world.wait(lambda: world.controller.state.tier is Tier.PAUSED, "the tier is left")
    assert 5 <= world.described < SCENES
    own_real_server.restart()
    world.assert_each_once()


@pytest.mark.fault("FM17")
@posix
def test_a_real_server_hangs_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_real_server: RealServer, worlds: list[Fifty]
) -> None:
    """Its port still accepts connections; nobody answers."""
    world = Fifty(
        tmp_path, monkeypatch, lmstudio=own_real_server.base_url, answer_timeout=1.5, failure_min_units=4
    )
    worlds.append(world)
    world.begin()
    os.kill(own_real_server.pid, signal.SIGSTOP)
    try:
        world.wait(lambda: world.controller.state.tier is Tier.PAUSED, "the tier is left")
        assert 5 <= world.described < SCENES
    finally:
        os.kill(own_real_server.pid, signal.SIGCONT)
    world.assert_each_once()


# -- a server that says what is wrong, in the words of each version


@pytest.mark.fault("FM3")
@pytest.mark.parametrize(
    "text",
    [CUDA_OUT_OF_MEMORY, KILLED_BY_SYSTEM, MEMORY_TEXT_OF_12_11, OLD_MEMORY_TEXT, RUNNER_STOPPED],
    ids=["cuda", "killed", "0.12.11", "older", "runner stopped"],
)
def test_out_of_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ollama: FakeOllama, worlds: list[Fifty], text: str
) -> None:
    """Each scene is tried once more with half the picture; after three in a row the tier and our model go."""
    world = Fifty(tmp_path, monkeypatch, ollama=ollama.url)
    worlds.append(world)
    world.begin()
    unloads = len(ollama.store.unloads)
    ollama.faults.add(ErrorAnswer(500, text), path="/api/chat", times=6)
    world.wait(lambda: world.controller.state.tier is Tier.PAUSED, "three in a row")
    world.wait(lambda: len(ollama.store.unloads) > unloads, "our model is unloaded")
    world.assert_each_once()
    assert len(world.tally.small) == 3


@pytest.mark.fault("FM4")
def test_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ollama: FakeOllama, worlds: list[Fifty]
) -> None:
    """503 twice in a row is waited out; three times is a failure, and three of those leave the tier."""
    world = Fifty(tmp_path, monkeypatch, ollama=ollama.url)
    worlds.append(world)
    tiers: list[Tier] = []
    world.controller.on_change(lambda: tiers.append(world.controller.state.tier))
    world.begin()
    tiers.clear()
    ollama.faults.add(QueueFull(), path="/api/chat", times=2)
    now = world.described
    world.wait(lambda: world.described > now + 3, "it is waited out")
    assert Tier.PAUSED not in tiers
    ollama.faults.add(QueueFull(), path="/api/chat", times=9)
    world.wait(lambda: Tier.PAUSED in tiers, "the tier is left")
    world.assert_each_once()


@pytest.mark.fault("FM2", "FM9")
@pytest.mark.parametrize(
    "fault",
    [
        RunnerDied(0),
        RunnerDied(2),
        StreamWithoutDone(),
        Drop(),
        Drop(reset=True),
        CutBody(10),
        Garbage(),
        Reply(502, "Bad Gateway"),
        Reply(200, "<html>"),
        Reply(500, {"error": "something new"}),
        Flood(endless=True),
    ],
    ids=str,
)
def test_answers_that_break_now_and_then(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ollama: FakeOllama,
    worlds: list[Fifty],
    fault: Fault,
) -> None:
    """Four times in the middle of a job, with good answers in between."""
    for skip in (8, 6, 9, 5):
        ollama.faults.add(fault, path="/api/chat", times=1, skip=skip)
    world = Fifty(tmp_path, monkeypatch, ollama=ollama.url)
    worlds.append(world)
    world.begin(1)
    world.assert_each_once()
    assert ollama.faults.pending == 0


@pytest.mark.fault("FM1")
def test_the_server_comes_and_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ollama: FakeOllama, worlds: list[Fifty]
) -> None:
    world = Fifty(tmp_path, monkeypatch, ollama=ollama.url)
    worlds.append(world)
    world.begin()
    for _ in range(2):  # a third return within a quarter of an hour would be held back
        before = world.described
        ollama.stop()
        world.wait(lambda: world.controller.state.tier is Tier.PAUSED, "the tier is left")
        ollama.start()
        world.wait(lambda before=before: world.described > before + 3, "it goes on")
    world.assert_each_once()
