"""The cloud end to end, in real processes: nothing without leave, nothing but pictures, nothing over the limit."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.analyzers.conftest import GOOD
from tests.e2e.program import FAST_RULES, Program, finish, wait_until
from tests.media_samples import SampleVideo, cuts_video
from tests.servers.fake_openai import FakeCloud
from tests.servers.wire_faults import Hang

pytestmark = pytest.mark.skipif(os.name == "nt", reason="process groups and signals of POSIX")

CANARY = "sk-CANARY-0a1b2c3d4e5f6071"
CHAT = "/v1/chat/completions"
NAME = "Geheim Hochzeit 婚礼"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> SampleVideo:
    """Eight scenes of 1.2 s under a name that must not leave."""
    folder = tmp_path_factory.mktemp("Privat")
    return cuts_video(folder / f"{NAME}.mp4", cuts=list(range(30, 240, 30)), frames=240)


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    with FakeCloud(key=CANARY) as server:
        server.answer = lambda *_: json.dumps(GOOD)
        yield server


@pytest.fixture
def program(tmp_path: Path, cloud: FakeCloud) -> Program:
    servers = {
        "OPENAI_BASE_URL": cloud.base_url,
        "OPENAI_API_KEY": CANARY,
        "AUTOCUT_LIMITS": FAST_RULES,
    }
    return Program(tmp_path / "home", servers)


def allow(program: Program, price: str = "0.004") -> None:
    result = program.run("cloud", "allow", "openai", "--price-per-request", price, "--yes", "--json")
    assert result.code == 0, result.err
    assert result.document["place"]["allowed"] is True


def sent_pictures(cloud: FakeCloud) -> Counter[bytes]:
    """Key frames as they arrived, the built-in test picture left out."""
    found: Counter[bytes] = Counter()
    for entry in cloud.journal.entries(CHAT):
        (message,) = entry.json["messages"]
        (url,) = [part["image_url"]["url"] for part in message["content"] if part["type"] == "image_url"]
        picture = base64.b64decode(url.partition(",")[2])
        if len(picture) > 2000:
            found[picture] += 1
    return found


def ledger(program: Program) -> list[dict[str, Any]]:
    return list(program.run("cloud", "ledger", "--json").document["entries"])


def test_a_key_alone_sends_nothing(program: Program, cloud: FakeCloud, clip: SampleVideo) -> None:
    result = program.run("analyze", str(clip.path), "--wait", "0", "--json")
    assert result.code == 4 and result.document["error"]["code"] == "no_backend"
    assert len(cloud.journal) == 0
    policy = program.run("policy", "--json").document
    assert policy["vision"]["blocked"] == "no_consent"
    assert {"kind": "allow_cloud", "argument": "openai"} in [r["action"] for r in policy["recommendations"]]


def test_with_leave_every_scene_is_described_and_every_request_is_in_the_ledger(
    program: Program, cloud: FakeCloud, clip: SampleVideo
) -> None:
    allow(program)
    assert program.run("policy", "--json").document["vision"]["blocked"] is None
    result = program.run("analyze", str(clip.path), "--json")
    assert result.code == 0, result.err + program.log
    (job,) = result.document["jobs"]
    assert [s["status"] for s in job["scenes"]] == ["described"] * 8
    assert {s["described_by"]["backend"] for s in job["scenes"]} == {"openai"}

    pictures = sent_pictures(cloud)
    assert len(pictures) == 8 and set(pictures.values()) == {1}
    for picture in pictures:
        image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
        assert max(image.shape[:2]) <= 768
        markers = re.findall(rb"\xff[\xe1-\xef\xfe]", picture.partition(b"\xff\xda")[0])
        assert markers == [], "no EXIF, no comment, no profile"
    for entry in cloud.journal:
        said = b" ".join([entry.body, str(entry.headers).encode(), entry.path.encode()])
        for private in (NAME.encode(), NAME.split()[0].encode(), b"Privat", str(clip.path.parent).encode()):
            assert private not in said and private not in said.decode("unicode_escape", "replace").encode()
        assert b"audio" not in said and b".mp4" not in said

    entries = ledger(program)
    assert len(entries) == len(cloud.journal) == 9, "eight scenes and the test picture"
    assert {e["state"] for e in entries} == {"settled"}
    assert {e["job"] for e in entries} == {job["id"], None}
    assert {e["bytes"] for e in entries} == {len(e.body) for e in cloud.journal}
    sums = program.run("cloud", "ledger", "--json").document["cloud"]
    sizes = [len(entry.body) for entry in cloud.journal]
    assert sums == {"requests": 9, "frames": 9, "bytes": sum(sizes), "cost": pytest.approx(0.036)}
    spent = program.run("cloud", "spent", "--json").document
    assert spent["day"]["usd"] == pytest.approx(0.036) and spent["requests"]["today"] == 9


def test_the_key_is_nowhere_but_in_the_header(program: Program, cloud: FakeCloud, clip: SampleVideo) -> None:
    allow(program)
    said = [program.run("analyze", str(clip.path), "--verbose", "--json")]
    cloud.key = "another"  # from here on the provider refuses it, and repeats part of it
    said += [program.run("analyze", str(clip.path), "--again", "--wait", "0", "--verbose")]
    said += [program.run(*command) for command in (["cloud"], ["key"], ["doctor"], ["settings", "--json"])]
    for result in said:
        assert CANARY not in result.out and CANARY not in result.err
        assert CANARY[-8:] not in result.out and CANARY[-8:] not in result.err
    kept = [file for file in program.home.rglob("*") if file.is_file()]
    assert any(file.name == "app.db" for file in kept) and any("log" in file.name for file in kept)
    for file in kept:
        assert CANARY.encode() not in file.read_bytes(), file.name
    assert all(entry.headers["authorization"] == f"Bearer {CANARY}" for entry in cloud.journal)
    assert not any(CANARY.encode() in entry.body for entry in cloud.journal)


@pytest.mark.parametrize("lock", ["--never-cloud", "--force-local"])
def test_a_locked_job_sends_nothing(program: Program, cloud: FakeCloud, clip: SampleVideo, lock: str) -> None:
    allow(program)
    result = program.run("analyze", str(clip.path), lock, "--wait", "0", "--json")
    assert result.code == 4
    assert sent_pictures(cloud) == {}, "the built-in test picture may have gone, footage has not"
    assert {e["job"] for e in ledger(program)} <= {None}


def test_at_the_limit_work_stops_and_says_so(program: Program, cloud: FakeCloud, clip: SampleVideo) -> None:
    allow(program)
    assert program.run("settings", "cloud.daily_requests", "4").code == 0
    result = program.run("analyze", str(clip.path), "--wait", "2", "--json")
    assert result.code == 4, result.err
    assert len(cloud.journal) == 4
    (job,) = result.document["jobs"]
    assert Counter(s["status"] for s in job["scenes"])["described"] == 3
    assert "limit" in job["waiting_for"].lower(), job["waiting_for"]
    assert program.run("cloud", "spent", "--json").document["state"] == "stop"
    assert program.run("settings", "cloud.daily_requests", "40").code == 0
    later = program.run("analyze", str(clip.path), "--json")
    assert later.code == 0, later.err
    assert set(sent_pictures(cloud).values()) == {1}, "nothing is paid for twice"


def test_kill_nine_between_reserving_and_settling(
    program: Program, cloud: FakeCloud, clip: SampleVideo
) -> None:
    allow(program)
    cloud.faults.add(Hang(), path=CHAT, skip=3)
    process = program.start("analyze", str(clip.path), "--json")
    wait_until(lambda: len(cloud.journal) >= 4, "a request that gets no answer")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    open_ones = [e for e in ledger(program) if e["state"] == "reserved"]
    assert open_ones and all(e["cost_usd"] == e["estimated_usd"] == 0.004 for e in open_ones)
    result = program.run("analyze", str(clip.path), "--json")
    assert result.code == 0, result.err
    pictures = sent_pictures(cloud)
    assert len(pictures) == 8
    at_once = program.run("policy", "--json").document["vision"]["concurrency"]
    # Each of those may have been answered and paid for, and its description not been stored yet.
    assert sum(pictures.values()) <= 8 + at_once, "only what was on its way went out again"
    entries = ledger(program)
    assert [e for e in entries if e["state"] == "reserved"] == open_ones, "they stay, and count in full"
    # What was reserved may not have been sent yet.
    assert len(entries) - len(open_ones) <= len(cloud.journal) <= len(entries)


@pytest.mark.fault("FM18")
def test_a_yes_taken_back_in_another_process_ends_what_is_under_way(
    program: Program, cloud: FakeCloud, clip: SampleVideo
) -> None:
    allow(program)
    cloud.faults.add(Hang(), path=CHAT, skip=3, times=None)
    process = program.start("analyze", str(clip.path), "--wait", "3", "--json")
    wait_until(lambda: len(cloud.journal) >= 4, "a request that gets no answer")
    revoked = program.run("cloud", "revoke", "openai", "--json")
    assert revoked.code == 0 and revoked.document["place"]["allowed"] is False
    result = finish(process)
    assert result.code == 4, result.err
    described = [s for s in result.document["jobs"][0]["scenes"] if s["status"] == "described"]
    assert len(described) == 2
    again = program.run("analyze", str(clip.path), "--wait", "0", "--json")
    assert again.code == 4
    assert len(cloud.journal) <= 5, "nothing went out after the no"
