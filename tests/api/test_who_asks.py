"""VH, VO, VC, VT, VM: who asks, from where, with what token and by which method. Real sockets, the real server."""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
from pathlib import Path

import pytest

from autocut_tray.api.guard import PAGE
from autocut_tray.core.jobs.job import JobOptions
from tests.api.rig import Headers, Reply, Rig

STATUS = "/api/runtime/status"
RELOADS = ("/api/runtime/profile/reload", "/api/runtime/policy/reload")


def get(rig: Rig, *lines: str) -> Reply:
    """A GET of the status with the right token, and these lines in place of the Host line."""
    return rig.raw(f"GET {STATUS} HTTP/1.1", *lines, rig.bearer)


def test_vh1_the_names_of_this_machine(rig: Rig) -> None:
    for host in (f"127.0.0.1:{rig.port}", f"localhost:{rig.port}", f"LOCALHOST:{rig.port}"):
        assert get(rig, f"Host: {host}").status == 200, host
    assert get(rig, f"Host: [::1]:{rig.port}").status == 400, "it is not bound there"


def test_vh2_any_other_name_is_refused(rig: Rig) -> None:
    port = rig.port
    for host in (
        "evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", f"localhost.evil:{port}",
        f"localhost.:{port}", f"0.0.0.0:{port}", f"127.1:{port}", f"2130706433:{port}",
        f"localhost@evil:{port}", f"evil@localhost:{port}", "", "a b", "localhost", "127.0.0.1",
        f"127.0.0.1:{port + 1}", f"127.0.0.1:{port}:{port}", f"127.0.0.1:0{port}",
    ):  # fmt: skip
        reply = get(rig, f"Host: {host}")
        assert reply.status == 400, host
    twice = get(rig, rig.host_line, rig.host_line)
    assert twice.status == 400 and twice.code == "bad_http"
    assert rig.raw(f"GET {STATUS} HTTP/1.1", rig.bearer).status == 400, "none in HTTP/1.1"
    assert rig.raw(f"GET {STATUS} HTTP/1.0", rig.bearer).status == 400, "none in HTTP/1.0"
    forwarded = get(rig, "Host: evil.example", f"X-Forwarded-Host: 127.0.0.1:{port}")
    assert forwarded.status == 400


def allows_origins(reply: Reply) -> bool:
    return any(name.startswith("access-control-") for name in reply.headers)


def test_vo1_a_program_has_no_origin(rig: Rig) -> None:
    reply = rig.get(STATUS)
    assert reply.status == 200 and not allows_origins(reply)


def test_vo2_pages_of_other_sites_are_refused_even_with_the_token(rig: Rig) -> None:
    port = rig.port
    for origin in (
        "https://evil.example", "null", "file://", f"http://localhost:{port + 1}",
        f"http://127.0.0.1:{port}.evil", f"https://127.0.0.1:{port}", "http://127.0.0.1",
        "chrome-extension://abcdefghijklmnop", "moz-extension://x", "", f"http://[::1]:{port}",
    ):  # fmt: skip
        reply = get(rig, rig.host_line, f"Origin: {origin}")
        assert (reply.status, allows_origins(reply)) == (403, False), origin
    own = f"Origin: http://127.0.0.1:{port}"
    assert get(rig, rig.host_line, own).status == 200
    assert get(rig, rig.host_line, own, own).status == 403, "one origin, or none"


def test_vo3_what_a_picture_of_another_site_asks_for(rig: Rig) -> None:
    for site in ("cross-site", "same-site", "CROSS-SITE", ""):
        assert get(rig, rig.host_line, f"Sec-Fetch-Site: {site}").status == 403, site
    for site in ("none", "same-origin"):
        assert get(rig, rig.host_line, f"Sec-Fetch-Site: {site}").status == 200, site


def test_vo4_a_preflight_gets_no_leave(rig: Rig) -> None:
    asked: Headers = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
        "Access-Control-Request-Private-Network": "true",
    }
    reply = rig.call("OPTIONS", "/api/jobs", headers=asked, token=None)
    assert reply.status in (403, 405) and not allows_origins(reply)
    reply = rig.call("OPTIONS", "/api/jobs", headers={})
    assert reply.status == 405 and not allows_origins(reply)


def test_vc1_only_json_changes_anything(rig: Rig) -> None:
    before = state_of(rig)
    for kind in (
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
        "text/plain;application/json", "application/json;charset=utf-7", "application/json-patch+json",
        "application/jsonx", "application/json, text/plain", "",
    ):  # fmt: skip
        reply = rig.post("/api/runtime/policy/degrade", {"tier": "PAUSED"}, headers={"Content-Type": kind})
        assert reply.status == 415, kind
    none = rig.raw(
        "POST /api/runtime/policy/degrade HTTP/1.1",
        rig.host_line,
        rig.bearer,
        "Content-Length: 2",
        body=b"{}",
    )
    assert none.status == 415
    assert state_of(rig) == before
    assert (
        rig.post(
            "/api/runtime/policy/reload", headers={"Content-Type": "application/json; charset=UTF-8"}
        ).status
        == 200
    )


def test_vc2_a_post_without_a_body(rig: Rig) -> None:
    line = "POST /api/runtime/policy/undo HTTP/1.1"
    assert rig.raw(line, rig.host_line).status == 401
    assert rig.raw(line, rig.host_line, "Content-Type: application/json").status == 401
    assert rig.raw(line, rig.host_line, rig.bearer).status == 415
    assert rig.raw(line, rig.host_line, rig.bearer, "Content-Type: application/json").status == 409, (
        "known now"
    )


def test_vt1_no_other_token_opens(rig: Rig) -> None:
    token = rig.token
    for given in (
        None, "Bearer", "Bearer ", "Bearer wrong", f"Bearer {token[:-1]}", f"Bearer {token}x",
        f"Bearer {token} x", f"Bearer  {token}", f"Bearer {token.swapcase()}", "Bearer schlüssel",
        f"Basic {token}", token, f"Bearer\t{token}",
    ):  # fmt: skip
        lines = [rig.host_line, *([] if given is None else [f"Authorization: {given}"])]
        reply = rig.raw(f"GET {STATUS} HTTP/1.1", *lines)
        assert (reply.status, reply.headers.get("www-authenticate")) == (401, "Bearer"), given
        assert token not in reply.body.decode()
    assert rig.raw(f"GET {STATUS}?token={token} HTTP/1.1", rig.host_line).status == 401
    assert rig.raw(f"GET {STATUS} HTTP/1.1", rig.host_line, f"Cookie: token={token}").status == 401
    twice = rig.raw(f"GET {STATUS} HTTP/1.1", rig.host_line, rig.bearer, "Authorization: Bearer x")
    assert twice.status == 401
    assert rig.get(STATUS).status == 200


def test_vt1_the_token_is_long_private_and_can_be_made_anew(rig: Rig) -> None:
    services, old = rig.services, rig.token
    assert len(old) >= 43, "256 bits in base64"
    kept = json.loads(services.paths.api_file.read_text("ascii"))
    assert (kept["token"], kept["url"]) == (old, services.api.state.url) and isinstance(kept["pid"], int)
    for file in (services.paths.api_file, services.paths.api_token_file):
        assert file.stat().st_mode & 0o777 == 0o600
    new = services.api.rotate()
    assert new != old and json.loads(services.paths.api_file.read_text("ascii"))["token"] == new
    assert rig.get(STATUS, token=old).status == 401
    assert rig.get(STATUS).status == 200
    assert services.paths.api_file.stat().st_mode & 0o777 == 0o600


def test_vt2_twenty_wrong_tokens_lock_the_door(
    rig: Rig, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = rig.services.clock.monotonic()
    monkeypatch.setattr(type(rig.services.clock), "monotonic", lambda _: now)
    with caplog.at_level(logging.DEBUG):
        replies = [rig.get(STATUS, token=f"sk-guess-{number}-secret").status for number in range(25)]
    assert replies == [401] * 20 + [429] * 5
    locked = rig.get(STATUS)
    assert (locked.status, locked.headers["retry-after"]) == (429, "60"), "nobody is let in"
    told = [record for record in caplog.records if "wrong tokens" in record.getMessage()]
    assert len(told) == 1
    assert not any(
        "guess" in record.getMessage() or rig.token in record.getMessage() for record in caplog.records
    )
    now += 59.0
    assert rig.get(STATUS).status == 429
    now += 1.1
    assert rig.get(STATUS).status == 200


def test_vt2_wrong_tokens_now_and_then_lock_nothing(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    now = rig.services.clock.monotonic()
    monkeypatch.setattr(type(rig.services.clock), "monotonic", lambda _: now)
    for number in range(40):
        assert rig.get(STATUS, token=f"wrong-{number}").status == 401
        now += 0.6  # 20 of them take more than 10 s
    assert rig.get(STATUS).status == 200
    for _ in range(25):
        assert rig.get(STATUS, token=None).status == 401, "who shows none guesses nothing"
    assert rig.get(STATUS).status == 200


def state_of(rig: Rig) -> str:
    """All that a GET must leave alone: rows, files, the governor, and what was sent to model servers."""
    services = rig.services
    parts = [repr(services.controller.governor_state), str(len(rig.ollama.journal.entries("")))]
    for file in sorted(services.paths.data.parent.rglob("*")):
        if file.suffix == ".db":
            parts.append("\n".join(rows(file)))
        elif file.is_file() and not file.name.endswith(("-wal", "-shm")):
            parts.append(f"{file} {hashlib.sha256(file.read_bytes()).hexdigest()}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def rows(file: Path) -> list[str]:
    db = sqlite3.connect(file, timeout=10)
    try:
        return list(db.iterdump())
    finally:
        db.close()


def test_vm1_asking_changes_nothing(rig: Rig) -> None:
    from fastapi.routing import APIRoute

    from autocut_tray.api.app import create_app
    from autocut_tray.api.limits import Limits

    clip = rig.folder / "clip.mp4"
    clip.write_bytes(b"clip" * 1000)
    job = rig.services.jobs.submit(str(clip), JobOptions("en")).job  # the line is not running
    made = create_app(rig.services, Limits())
    made.close()
    paths = {
        route.path: route.methods or set()
        for route in api_routes(made.app.routes)
        if isinstance(route, APIRoute)
    }
    assert len(paths) > 30
    before = state_of(rig)
    for path in paths:
        if path in RELOADS or path.endswith(
            "/events"
        ):  # the one acts, the other has no end while the job waits
            continue
        address = path.replace("{job_id}", job.id).replace("{alert}", "cpu")
        for method in ("GET", "HEAD"):
            for token in ("", None):
                status = rig.call(method, address, token=token).status
                assert status < 500, (method, address)
                refused = status in (200, 405) if address in PAGE else status == 401
                assert token is not None or refused, (method, address)
    assert state_of(rig) == before
    for path in RELOADS:
        assert rig.get(path, token=None).status == 401
    assert state_of(rig) == before, "without a token these do nothing either"
    profile = rig.get(RELOADS[0])
    assert profile.status == 200 and rig.get(RELOADS[1]).status == 200


def api_routes(routes: list[object]) -> list[object]:
    """FastAPI may keep the routes of included routers a level down."""
    found: list[object] = []
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        found += api_routes(list(inner.routes)) if inner is not None else [route]
    return found


def test_vm2_other_methods(rig: Rig) -> None:
    for method in ("TRACE", "DELETE", "PUT", "FOO"):
        reply = rig.raw(f"{method} /api/jobs HTTP/1.1", rig.host_line, rig.bearer)
        assert reply.status == 405 and "allow" in reply.headers, method
    assert rig.raw(f"CONNECT 127.0.0.1:{rig.port} HTTP/1.1", rig.host_line, rig.bearer).status in (400, 405)
    before = state_of(rig)
    for header in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        reply = rig.get("/api/runtime/policy/degrade", headers={header: "POST"})
        assert reply.status == 405, header
    assert rig.post("/api/jobs?_method=DELETE", {"paths": []}).status == 422
    assert state_of(rig) == before
    assert rig.raw("PRI * HTTP/2.0").status == 400
    upgrade = rig.raw(
        f"GET {STATUS} HTTP/1.1", rig.host_line, rig.bearer, "Connection: Upgrade", "Upgrade: websocket"
    )
    assert upgrade.status == 200, "an upgrade is not taken"
