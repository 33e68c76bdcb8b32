"""VB, VP, VR: bodies, paths, and the form of every reply."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import psutil
import pytest

from autocut_tray.api.replies import to_json
from autocut_tray.core.errors import AutoCutError
from tests.api.rig import Reply, Rig, read_reply

DEGRADE = "/api/runtime/policy/degrade"
KIB = 1024


def post_raw(rig: Rig, *lines: str, body: bytes = b"") -> Reply:
    return rig.raw(
        f"POST {DEGRADE} HTTP/1.1",
        rig.host_line,
        rig.bearer,
        "Content-Type: application/json",
        *lines,
        body=body,
    )


def test_vb1_large_bodies(rig: Rig) -> None:
    padded = json.dumps({"reason": "x"}).encode()
    fits = padded + b" " * (64 * KIB - len(padded))
    assert post_raw(rig, f"Content-Length: {len(fits)}", body=fits).status in (200, 409)
    assert post_raw(rig, f"Content-Length: {len(fits) + 1}", body=b"").status == 413, "before it is sent"
    assert post_raw(rig, "Content-Length: 10000000000").status == 413
    assert post_raw(rig, "Content-Length: 99999999999999999999999").status in (400, 413)
    assert post_raw(rig, "Content-Length: -1").status == 400
    assert post_raw(rig, "Content-Length: 2", "Content-Length: 3", body=b"{}").status == 400
    long = rig.get("/api/runtime/status", headers={"X-Long": "x" * 40_000})
    assert long.status == 431


def test_vb1_an_endless_body(rig: Rig) -> None:
    """Chunk after chunk: answered after 64 KiB, whatever would still come."""
    rss = psutil.Process().memory_info().rss
    with rig.connect() as connection:
        head = [f"POST {DEGRADE} HTTP/1.1", rig.host_line, rig.bearer, "Content-Type: application/json"]
        connection.sendall("\r\n".join([*head, "Transfer-Encoding: chunked", "", ""]).encode())
        chunk = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
        sent = 0
        try:
            for _ in range(5_000):
                connection.sendall(chunk)
                sent += 0x1000
        except OSError:
            pass
        assert sent < 5_000 * 0x1000, "nobody reads 20 MB"
    assert rig.get("/api/runtime/status").status == 200
    assert psutil.Process().memory_info().rss - rss < 20 * KIB * KIB
    with rig.connect() as connection:
        connection.sendall("\r\n".join([*head, "Transfer-Encoding: chunked", "", ""]).encode() + chunk * 17)
        assert read_reply(connection).status == 413


def test_vb2_hostile_json(rig: Rig) -> None:
    rss, began = psutil.Process().memory_info().rss, time.monotonic()
    keys = ",".join(f'"k{number}":1' for number in range(6_000))
    bodies: tuple[bytes, ...] = (
        b"[" * 60_000,
        b"[" * 30_000 + b"]" * 30_000,
        b'{"a":' * 10_000,
        b'{"tier": ' + b"9" * 5_000 + b"}",
        b'{"reason": "\xff\xfe"}',
        b'{"reason": NaN}',
        b'{"reason": Infinity}',
        b'{"tier": "CPU", "tier": "PAUSED"}',
        b"{" + keys.encode() + b"}",
        b'{"tier": "CPU"',
        b"\xef\xbb\xbf{}",
        b"null x",
        b"{'tier': 'CPU'}",
        b'"' + b"\\" * 40_001,
    )
    for body in bodies:
        reply = post_raw(rig, f"Content-Length: {len(body)}", body=body)
        assert reply.status in (400, 422), body[:40]
    assert rig.post("/api/jobs", {"paths": ["x" * 5_000]}).status == 422
    assert rig.post("/api/jobs", {"paths": ["/a"] * 101}).status == 422
    assert rig.post("/api/jobs", [1, 2]).status == 422
    assert time.monotonic() - began < 10
    assert psutil.Process().memory_info().rss - rss < 20 * KIB * KIB


def test_vb2_a_refusal_does_not_repeat_what_was_sent(rig: Rig) -> None:
    reply = rig.post("/api/settings", {}, headers={})
    assert reply.status == 405
    for body in ({"changes": {"ui.theme": ["sk-CANARY-123456"]}}, {"sk": 1}, {"changes": "sk-CANARY-123456"}):
        reply = rig.call("PATCH", "/api/settings", body)
        assert reply.status == 422 and reply.code == "invalid"
        assert b"CANARY" not in reply.body


def test_vb3_what_is_no_json_becomes_json() -> None:
    odd = {
        "nan": float("nan"),
        "inf": [float("-inf")],
        "name": "clip\udcff.mp4",
        "深": "片段",
        "n": (1, None, True),
    }
    made = json.loads(to_json(odd))
    assert made == {"nan": None, "inf": [None], "name": "clip?.mp4", "深": "片段", "n": [1, None, True]}


def test_vb3_a_path_that_is_no_text_is_listed(rig: Rig) -> None:
    from autocut_tray.core.jobs.job import JobOptions

    name = os.fsdecode(b"caf\xe9.mp4")
    clip = rig.folder / name
    try:
        clip.write_bytes(b"x" * 1000)
    except OSError:
        pytest.skip("this file system takes no such name")
    job = rig.services.jobs.submit(str(clip), JobOptions("en")).job
    listed = rig.get("/api/jobs")
    assert listed.status == 200 and listed.json["jobs"][0]["id"] == job.id
    assert listed.json["jobs"][0]["path"].endswith("caf?.mp4")


def test_vp1_paths_in_the_address(rig: Rig) -> None:
    for bad in (
        "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "%2Fetc",
        "C:%5Cwindows", "%5C%5Chost%5Cshare", "file:///etc/passwd", "a%00b", "%0d%0aX-Evil:1", "x" * 5_000, "a b",
        "%F0%9F%8E%AC", ".", "a.b",
    ):  # fmt: skip
        for tail in ("", "/result", "/scenes"):
            reply = rig.raw(
                f"GET /api/jobs/{bad.replace(' ', '%20')}{tail} HTTP/1.1", rig.host_line, rig.bearer
            )
            assert reply.status in (400, 403), (bad, tail, reply.status)


def test_vp1_and_vp2_files_that_programs_may_not_name(rig: Rig, tmp_path: Path) -> None:
    outside = tmp_path / "secret.mp4"
    outside.write_bytes(b"secret" * 1000)
    (rig.folder / "link.mp4").symlink_to(outside)
    (rig.folder / "up").symlink_to(tmp_path)
    os.mkfifo(rig.folder / "pipe.mp4")
    (rig.folder / "folder.mp4").mkdir()
    (rig.folder / "empty.mp4").touch()
    inside = rig.folder / "clip.mp4"
    inside.write_bytes(b"clip" * 1000)
    folder = str(rig.folder)
    table = {
        str(outside): 403,
        f"{folder}/link.mp4": 403,
        f"{folder}/up/secret.mp4": 403,
        f"{folder}/../secret.mp4": 403,
        f"{folder}2/clip.mp4": 403,
        "/etc/passwd": 403,
        "/dev/zero": 403,
        "/proc/self/environ": 403,
        f"{folder}/pipe.mp4": 400,
        f"{folder}/folder.mp4": 400,
        f"{folder}/empty.mp4": 400,
        f"{folder}/none.mp4": 400,
        folder: 400,
        "clip.mp4": 400,
        "../../etc/passwd": 400,
        "http://127.0.0.1/clip.mp4": 400,
        f"file://{inside}": 400,
        f"concat:{inside}|{inside}": 400,
        "pipe:0": 400,
        "-i": 400,
        f"{inside}\n": 400,
        f"{inside}\0.mp4": 400,
        "C:\\clips\\a.mp4": 400,
        "\\\\host\\share\\a.mp4": 400,
        "~/clip.mp4": 400,
    }
    for path, status in table.items():
        reply = rig.post("/api/jobs", {"paths": [str(inside), path]})
        assert reply.status == status, (path, reply.body)
        assert str(tmp_path) not in reply.body.decode(), "where things are is nobody's business"
    assert rig.services.jobs.jobs() == [], "one bad path and none is taken"
    made = rig.post("/api/jobs", {"paths": [str(inside)]})
    assert made.status == 201 and made.json["jobs"][0]["path"] == str(inside)


def test_vp1_without_an_open_folder_no_file_is_open(rig: Rig) -> None:
    inside = rig.folder / "clip.mp4"
    inside.write_bytes(b"clip" * 1000)
    for folders in ("", ";", "/", "relative", str(inside), f"{rig.folder}-none"):
        rig.services.settings.set("api.folders", folders)
        assert rig.post("/api/jobs", {"paths": [str(inside)]}).status == 403, folders
    rig.services.settings.set("api.folders", f" /nowhere ; {rig.folder} ")
    assert rig.post("/api/jobs", {"paths": [str(inside)]}).status == 201


def test_a_program_cannot_open_folders_for_itself(rig: Rig) -> None:
    for path in (
        "api.folders",
        "api.enabled",
        "api.docs",
        "api.port",
        "api",
        "cloud.openai_base_url",
        "cloud.daily_usd",
    ):
        reply = rig.call("PATCH", "/api/settings", {"changes": {path: "/"}})
        assert (reply.status, reply.code) == (403, "persons_setting"), path


@pytest.mark.errors_expected
def test_vr1_every_reply_is_guarded(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("sk-CANARY-0123456789 in /home/somebody")

    def foreseen() -> None:
        raise AutoCutError("internal", detail="sk-CANARY-0123456789")

    replies = [
        rig.get("/api/runtime/status"),
        rig.get("/nowhere"),
        rig.get("/docs"),
        rig.get("/metrics"),
        rig.get("/api/runtime/status", token=None),
        rig.get("/api/jobs/none"),
        rig.call("DELETE", "/api/jobs"),
        rig.post("/api/jobs", b"{"),
        rig.raw("NONSENSE"),
    ]
    for breakage in (broken, foreseen):
        monkeypatch.setattr(rig.services.jobs, "jobs", breakage)
        failed = rig.get("/api/jobs")
        assert failed.status == 500 and failed.code == "internal"
        replies.append(failed)
    for reply in replies:
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["content-security-policy"].startswith("default-src 'none'")
        assert "server" not in reply.headers
        for secret in (b"Traceback", b"CANARY", b"/home/", rig.token.encode()):
            assert secret not in reply.body
        if reply.status >= 400:
            assert set(reply.json["error"]) == {"code", "message", "hint"} and reply.json["error"]["message"]


def test_vr2_the_description_is_for_those_with_the_token(rig: Rig) -> None:
    for path in ("/docs", "/openapi.json"):
        assert rig.get(path, token=None).status == 401
        assert rig.get(path).status == 200
    rig.services.settings.set("api.docs", True)
    for path in ("/docs", "/openapi.json"):
        assert rig.get(path, token=None).status == 200
        assert rig.get(path, token=None, headers={"Origin": "https://evil.example"}).status == 403
    assert rig.get("/api/jobs", token=None).status == 401
    assert rig.get("/redoc").status == 404
    page = rig.get("/docs").body.decode()
    assert (
        "<script" not in page
        and "http:" not in page
        and "https:" not in page
        and "/api/jobs/{job_id}" in page
    )
