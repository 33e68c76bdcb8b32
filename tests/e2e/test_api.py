"""``serve`` in a process of its own: a clip analysed through the API by a real model, watched, exported, ended."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.api.rig import events_of
from tests.e2e.program import Program, Result, finish, wait_until
from tests.media_samples import SampleVideo, cuts_video
from tests.servers.real_server import RealServer

pytestmark = pytest.mark.skipif(os.name == "nt", reason="process groups and signals of POSIX")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> SampleVideo:
    """Four scenes of 1.2 s."""
    folder = tmp_path_factory.mktemp("clips")
    return cuts_video(folder / "clip é 片段.mp4", cuts=[30, 60, 90], frames=120)


@pytest.fixture
def program(tmp_path: Path, clip: SampleVideo) -> Program:
    return Program(tmp_path / "home", {"AUTOCUT_API__FOLDERS": str(clip.path.parent)})


class Client:
    """A program of the same person: it knows what ``serve`` printed, and nothing else."""

    def __init__(self, line: str) -> None:
        self.said = json.loads(line)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {self.said['token']}"

    def get(self, path: str, **more: Any) -> requests.Response:
        return self._session.get(self.said["url"] + path, timeout=60, **more)

    def post(self, path: str, body: object = None) -> requests.Response:
        return self._session.post(self.said["url"] + path, json={} if body is None else body, timeout=60)


def test_a_clip_is_analysed_through_the_api(
    program: Program, clip: SampleVideo, real_vision_server: RealServer
) -> None:
    program.servers["LMSTUDIO_HOST"] = real_vision_server.base_url
    process = program.start("serve")
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        client = Client(line)
        kept = program.home / "data" / "api.json"
        assert json.loads(kept.read_text("utf-8")) == client.said and client.said["pid"] == process.pid
        assert kept.stat().st_mode & 0o777 == 0o600
        wait_until(lambda: client.get("/api/runtime/policy").status_code == 200, "the machine is known")
        (job,) = client.post("/api/jobs", {"paths": [str(clip.path)]}).json()["jobs"]
        events = events_of(client.get(f"/api/jobs/{job['id']}/events").content)
        assert events[-1][0] == "end"
        states = [data["state"] for name, data in events if name == "job"]
        assert states[-1] == "done", states
        result = client.get(f"/api/jobs/{job['id']}/result").json()
        assert [(s["start_frame"], s["end_frame"]) for s in result["scenes"]] == clip.scenes
        assert {s["status"] for s in result["scenes"]} == {"described"}
        assert {s["described_by"]["backend"] for s in result["scenes"]} == {"lmstudio"}
        timeline = client.post(f"/api/jobs/{job['id']}/download", {"format": "otio"})
        assert timeline.status_code == 200 and timeline.json()["OTIO_SCHEMA"].startswith("Timeline")
        assert "autocut_scenes_total" in client.get("/metrics").text
        other = program.run("analyze", str(clip.path), "--json")
        assert other.document["jobs"][0]["id"] == job["id"], "the command line sees the same job"
        assert program.run("serve").code == 2, "one instance only"
    finally:
        process.send_signal(signal.SIGINT)
        ended = finish(process, 15)
    assert ended.code == 0, ended.err
    assert "Traceback" not in ended.err + program.log and client.said["token"] not in program.log
    assert not kept.exists() and (program.home / "data" / "api-token").exists()


def test_headless_answers_when_the_settings_say_so(program: Program) -> None:
    kept = program.home / "data" / "api.json"
    off = program.start("--headless")
    wait_until((program.home / "data" / "instance.json").exists, "it runs")
    assert not kept.exists()
    assert program.run("settings", "api.enabled", "true").code == 0
    wait_until(kept.exists, "the API began while the program ran")
    client = Client(kept.read_text("utf-8"))
    assert client.get("/api/runtime/status").status_code == 200
    assert end(off).code == 0 and not kept.exists()
    on = program.start("--headless")
    wait_until(kept.exists, "the API begins with the program")
    again = Client(kept.read_text("utf-8"))
    assert again.said["token"] == client.said["token"], "one token for each installation"
    assert end(on).code == 0 and not kept.exists()


def end(process: Any) -> Result:
    process.send_signal(signal.SIGTERM)
    return finish(process, 15)


def test_the_tray_brings_it_along(program: Program) -> None:
    program.servers["AUTOCUT_API__ENABLED"] = "true"
    kept = program.home / "data" / "api.json"
    process = program.start()
    wait_until(kept.exists, "the API answers")
    client = Client(kept.read_text("utf-8"))
    assert client.get("/api/runtime/status").json()["monitor"]["running"] is True
    ended = end(process)
    assert ended.code == 0 and "Traceback" not in ended.err + program.log
    assert not kept.exists()
