"""The main job in real processes: describe, interrupt, kill, pull the cable; nothing lost, nothing twice."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import FAST_RULES, Program, finish, wait_until
from tests.media_samples import SampleVideo, cuts_video
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, OllamaModel
from tests.servers.real_server import RealServer

pytestmark = pytest.mark.skipif(os.name == "nt", reason="process groups and signals of POSIX")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> SampleVideo:
    """Eight scenes of 1.2 s."""
    folder = tmp_path_factory.mktemp("clips")
    return cuts_video(folder / "clip A é 片段.mp4", cuts=list(range(30, 240, 30)), frames=240)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "home")


@pytest.fixture
def slow_ollama() -> Iterator[FakeOllama]:
    """Takes 0.3 s for an answer, so that there is a middle to interrupt."""
    models = [OllamaModel("moondream:latest", size=GIB, memory=GIB, vision=True)]
    with FakeOllama(models, gpu_bytes=0, ram_bytes=64 * GIB) as server:
        server.answer_seconds = 0.3
        yield server


def pictures(server: FakeOllama) -> Counter[str]:
    """How often each picture was sent to be described; the probe's own picture left out."""
    sent: Counter[str] = Counter()
    for entry in server.journal.entries("/api/chat"):
        for message in (entry.json or {}).get("messages", []):
            for image in message.get("images") or []:
                if len(base64.b64decode(image)) > 2000:
                    sent[hashlib.sha256(image.encode()).hexdigest()] += 1
    return sent


def test_every_scene_of_a_clip_is_described_by_a_real_model(
    program: Program, clip: SampleVideo, real_vision_server: RealServer
) -> None:
    program.servers = {"LMSTUDIO_HOST": real_vision_server.base_url}
    result = program.run("analyze", str(clip.path), "--json")
    assert result.code == 0, result.err
    (job,) = result.document["jobs"]
    assert (job["state"], job["path"], job["error"], job["plan"]) == ("done", str(clip.path), None, None)
    assert job["video"]["frames"] == 240 and job["video"]["rate"] == "25/1"
    assert [(s["start_frame"], s["end_frame"]) for s in job["scenes"]] == clip.scenes
    for scene in job["scenes"]:
        assert scene["status"] == "described"
        assert set(scene["description"]) == {
            "summary", "subjects", "action", "shot", "camera", "mood", "quality", "tags",
        }  # fmt: skip
        assert scene["description"]["summary"].strip()
        assert scene["described_by"]["tier"] == "CPU" and scene["described_by"]["backend"] == "lmstudio"
        assert Path(scene["thumbnail"]).read_bytes().startswith(b"\xff\xd8")
        assert scene["start"] <= scene["keyframe"] < scene["end"]
    assert result.document["exports"] == []
    assert "Traceback" not in result.err
    again = program.run("analyze", str(clip.path), "--json")
    assert again.code == 0 and again.document["jobs"][0] == job, "what is done is returned as it is"


@pytest.mark.fault("FM1")
def test_without_a_server_scenes_wait_and_are_described_when_there_is_one(
    program: Program, clip: SampleVideo, real_vision_server: RealServer
) -> None:
    result = program.run("analyze", str(clip.path), "--json")
    assert result.code == 4
    assert result.document["error"]["code"] == "no_backend" and result.document["error"]["hint"]
    (job,) = result.document["jobs"]
    assert job["state"] == "paused" and {s["status"] for s in job["scenes"]} == {"waiting"}
    program.servers = {"LMSTUDIO_HOST": real_vision_server.base_url}
    later = program.run("analyze", str(clip.path), "--json")
    assert later.code == 0
    assert later.document["jobs"][0]["id"] == job["id"]
    assert {s["status"] for s in later.document["jobs"][0]["scenes"]} == {"described"}


def test_max_scenes_says_what_is_left_out(
    program: Program, clip: SampleVideo, real_vision_server: RealServer
) -> None:
    program.servers = {"LMSTUDIO_HOST": real_vision_server.base_url}
    result = program.run("analyze", str(clip.path), "--max-scenes", "3", "--json")
    statuses = Counter(s["status"] for s in result.document["jobs"][0]["scenes"])
    assert result.code == 0 and statuses == {"described": 3, "left_out": 5}


def test_kill_nine_in_the_middle_loses_nothing_and_repeats_nothing(
    program: Program, clip: SampleVideo, slow_ollama: FakeOllama
) -> None:
    program.servers = {"OLLAMA_HOST": slow_ollama.url}
    kills = 0
    for target in (2, 4, 6):
        process = program.start("analyze", str(clip.path), "--json")
        wait_until(lambda target=target: program.described() >= target, f"{target} scenes described")
        process.kill()
        process.communicate()
        kills += 1
    result = program.run("analyze", str(clip.path), "--json")
    assert result.code == 0, result.err
    assert [s["status"] for s in result.document["jobs"][0]["scenes"]] == ["described"] * 8
    assert len(program.rows("SELECT 1 FROM jobs")) == 1
    sent = pictures(slow_ollama)
    assert len(sent) == 8
    assert sum(sent.values()) <= 8 + kills, "only what was in flight when it died was asked for again"


@pytest.mark.fault("FM1")
def test_the_server_killed_in_the_middle_pauses_the_job_until_it_is_back(
    program: Program, clip: SampleVideo, own_real_server: RealServer
) -> None:
    program.servers = {"LMSTUDIO_HOST": own_real_server.base_url, "AUTOCUT_LIMITS": FAST_RULES}
    # Killed before the first description, at the latest in the middle of one.
    process = program.start("analyze", str(clip.path), "--json")
    wait_until(lambda: len(program.rows("SELECT 1 FROM scenes")) >= 1, "a first scene")
    own_real_server.kill()
    wait_until(
        lambda: (
            bool(program.rows("SELECT 1 FROM jobs WHERE waiting_for IS NOT NULL"))
            or process.poll() is not None
        ),
        "the job says why it stands still",
    )
    assert process.poll() is None, "the job ended before the server was gone"
    (reason,) = [json.loads(row[0])["code"] for row in program.rows("SELECT waiting_for FROM jobs")]
    assert reason.startswith("control-")
    own_real_server.restart()
    result = finish(process, 120)
    assert result.code == 0, result.err
    assert [s["status"] for s in result.document["jobs"][0]["scenes"]] == ["described"] * 8
    assert "Traceback" not in result.err + program.log


@pytest.mark.fault("FR17")
def test_a_program_that_slept_in_the_middle_of_a_request_blames_nobody(
    program: Program, clip: SampleVideo, slow_ollama: FakeOllama
) -> None:
    """SIGSTOP and SIGCONT: to the program the same as a machine that was suspended, down to its clock."""
    program.servers = {"OLLAMA_HOST": slow_ollama.url, "AUTOCUT_LIMITS": '{"gap": 1.0}'}
    process = program.start("analyze", str(clip.path), "--json")
    wait_until(lambda: program.described() >= 2, "two scenes described")
    asked = len(slow_ollama.journal.entries("/api/chat"))
    wait_until(lambda: len(slow_ollama.journal.entries("/api/chat")) > asked, "a request is under way")
    process.send_signal(signal.SIGSTOP)
    stopped = time.monotonic()
    wait_until(lambda: time.monotonic() - stopped > 4.0, "a while has passed")
    process.send_signal(signal.SIGCONT)
    result = finish(process, 60)
    assert result.code == 0, result.err
    assert [s["status"] for s in result.document["jobs"][0]["scenes"]] == ["described"] * 8
    assert set(pictures(slow_ollama).values()) == {1}, "nothing was asked for twice"
    assert "are missing (suspend or stall)" in program.log
    assert program.rows("SELECT 1 FROM scenes WHERE attempts > 0") == []


def _without_network() -> bool:
    return shutil.which("unshare") is not None and (
        subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode == 0
    )


@pytest.mark.fault("FM16")
@pytest.mark.skipif(not _without_network(), reason="no namespaces for this user")
def test_a_machine_without_any_network_loses_nothing(
    program: Program, clip: SampleVideo, slow_ollama: FakeOllama
) -> None:
    """Not even the loopback is up: scenes are found and wait; with the network back they are described."""
    program.servers = {"OLLAMA_HOST": slow_ollama.url}
    alone = program.start("analyze", str(clip.path), "--json", prefix=("unshare", "-rn"))
    result = finish(alone)
    assert result.code == 4 and "Traceback" not in result.err
    (job,) = result.document["jobs"]
    assert job["state"] == "paused" and [s["status"] for s in job["scenes"]] == ["waiting"] * 8
    assert len(slow_ollama.journal) == 0
    slow_ollama.answer_seconds = 0.02
    later = program.run("analyze", str(clip.path), "--json")
    assert later.code == 0
    assert [s["status"] for s in later.document["jobs"][0]["scenes"]] == ["described"] * 8


def test_an_interrupt_ends_in_order_and_the_next_call_goes_on(
    program: Program, clip: SampleVideo, slow_ollama: FakeOllama
) -> None:
    program.servers = {"OLLAMA_HOST": slow_ollama.url}
    process = program.start("analyze", str(clip.path), "--json")
    wait_until(lambda: program.described() >= 2, "two scenes described")
    process.send_signal(signal.SIGINT)
    result = finish(process, 10)
    assert result.code == 130 and result.document["error"]["code"] == "cancelled"
    assert "Traceback" not in result.err
    result = program.run("analyze", str(clip.path), "--json")
    assert result.code == 0
    assert [s["status"] for s in result.document["jobs"][0]["scenes"]] == ["described"] * 8


def test_a_folder_with_good_and_bad_files(
    program: Program, clip: SampleVideo, real_vision_server: RealServer, tmp_path: Path
) -> None:
    folder = tmp_path / "footage"
    (folder / "day 1").mkdir(parents=True)
    (folder / "day 1" / "good.mp4").write_bytes(clip.path.read_bytes())
    (folder / "bad.mp4").write_text("<html>not found</html>")
    (folder / "notes.txt").write_text("no video")
    program.servers = {"LMSTUDIO_HOST": real_vision_server.base_url}
    result = program.run("analyze", str(folder), "--json")
    states = {Path(j["path"]).name: j["state"] for j in result.document["jobs"]}
    assert states == {"good.mp4": "done", "bad.mp4": "failed"}
    assert result.code == 3, "every failed job failed on its input"


def test_the_instance_takes_work_from_the_command_line(
    program: Program, clip: SampleVideo, slow_ollama: FakeOllama
) -> None:
    slow_ollama.answer_seconds = 0.05
    program.servers = {"OLLAMA_HOST": slow_ollama.url}
    instance = program.start("--headless")
    try:
        wait_until((program.home / "data" / "instance.json").exists, "the channel is open")
        wait_until(lambda: status(program)["policy"] is not None, "the machine is known")
        found = status(program)
        assert found["monitor"]["running"] and found["monitor"]["tier"] == "CPU"
        wait_until(lambda: status(program)["monitor"]["metrics"]["cpu"]["percent"] is not None, "a reading")
        assert program.run("--headless").code == 2, "one instance only"
        result = program.run("analyze", str(clip.path), "--json")
        assert result.code == 0, result.err
        assert [s["status"] for s in result.document["jobs"][0]["scenes"]] == ["described"] * 8
        forced = program.run("degrade", "paused", "--reason", "test", "--json")
        assert forced.code == 0 and forced.document["monitor"]["tier"] == "PAUSED"
        assert status(program)["monitor"]["degraded"] is True
        assert program.run("undo", "--json").document["monitor"]["tier"] == "CPU"
        assert program.run("undo", "--json").code == 2, "nothing left to undo"
        assert program.run("pin", "cpu", "--json").document["monitor"]["pinned"] == "CPU"
        assert program.run("pin", "gpu", "--json").code == 2, "there is no such tier here"
        assert program.run("pin", "off", "--json").document["monitor"]["pinned"] is None
    finally:
        instance.send_signal(signal.SIGTERM)
        ended = finish(instance, 10)
    assert ended.code == 0 and "Traceback" not in ended.err + program.log
    assert not (program.home / "data" / "instance.json").exists()


def status(program: Program) -> Any:
    return program.run("status", "--json").document
