"""When the API runs: by the settings, live, and gone in order."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

import pytest

from autocut_tray.api.host import ApiHost
from autocut_tray.core.api_access import ApiAccess
from autocut_tray.core.errors import StorageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.log import SECRETS
from tests.api.rig import Rig, wait_for_url

ROOT = Path(__file__).parents[2]


def in_the_end(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 15
    while not condition() and time.monotonic() < until:
        threading.Event().wait(0.02)
    return condition()


def answers(rig: Rig) -> bool:
    """Where the state says; that is about to change while a server ends."""
    try:
        return rig.services.api.state.url is not None and rig.get("/api/drill").status == 200
    except OSError:
        return False


def rest_of(connection: socket.socket) -> bytes:
    connection.settimeout(5)
    found = b""
    while chunk := connection.recv(65536):
        found += chunk
    return found


def closed(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) != 0


def test_it_follows_the_settings_while_it_runs(rig: Rig) -> None:
    services, port = rig.services, rig.port
    services.settings.set("api.enabled", False)
    assert in_the_end(lambda: services.api.state.url is None and closed(port))
    assert not services.paths.api_file.exists()
    wait_for_url(services, lambda: services.settings.set("api.enabled", True))
    assert rig.get("/api/runtime/status").status == 200
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        free = other.getsockname()[1]
    services.settings.set("api.port", free)
    assert in_the_end(lambda: services.api.state.url == f"http://127.0.0.1:{free}")
    assert rig.get("/api/runtime/status").status == 200
    for _ in range(5):
        services.settings.set("api.enabled", False)
        services.settings.set("api.enabled", True)
    assert in_the_end(lambda: answers(rig))


def test_a_taken_port_is_left_alone(rig: Rig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        before, taken = rig.port, other.getsockname()[1]
        rig.services.settings.set("api.port", taken)
        assert in_the_end(lambda: rig.port != before and answers(rig))
        assert rig.port != taken


def test_the_end_is_quick_with_streams_and_connections_open(rig: Rig) -> None:
    clip = rig.folder / "clip.mp4"
    clip.write_bytes(b"clip" * 1000)
    job = rig.post("/api/jobs", {"paths": [str(clip)]}).json["jobs"][0]
    open_ = [rig.connect() for _ in range(10)]
    for one in open_[:5]:
        lines = [f"GET /api/jobs/{job['id']}/events HTTP/1.1", rig.host_line, rig.bearer, "", ""]
        one.sendall("\r\n".join(lines).encode())
        assert one.recv(12) == b"HTTP/1.1 200"
    port, began = rig.port, time.monotonic()
    rig.host.close()
    assert time.monotonic() - began < 3.0
    assert closed(port) and not rig.services.paths.api_file.exists() and rig.services.api.state.url is None
    for one in open_[:5]:
        assert b"event: end" in rest_of(one), "whoever follows is told"
    for one in open_:
        one.close()
    rig.host.close()
    rig.host.start()
    assert rig.services.api.state.url is None, "closed is closed"


def test_off_means_that_nothing_is_imported_or_open(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from autocut_tray.bootstrap import build_services\n"
        "from autocut_tray.api.host import ApiHost\n"
        "from autocut_tray.core.events import EventBus\n"
        "from autocut_tray.core.paths import Paths\n"
        "from autocut_tray.core.settings.store import SettingsStore\n"
        "from pathlib import Path\n"
        "paths, bus = Paths.below(Path(sys.argv[1])), EventBus()\n"
        "services = build_services(paths, SettingsStore(paths.settings_file, bus, {}), bus)\n"
        "host = ApiHost(services); services.close_first(host.close); host.start(); services.close()\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'fastapi','uvicorn','starlette','pydantic',"
        "'prometheus_client','anyio'}), paths.api_token_file.exists(), paths.api_file.exists())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.stdout.strip() == "[] False False", ended.stderr


@pytest.mark.errors_expected
def test_why_it_does_not_start_is_said(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    import autocut_tray.api.server as server

    services = rig.services
    rig.host.close()

    class NoSocket(socket.socket):
        def bind(self, _address: object, /) -> None:
            raise OSError("no port")

    monkeypatch.setattr(server.socket, "socket", NoSocket)
    host = ApiHost(services)
    host.start()
    assert in_the_end(lambda: services.api.state.problem is not None)
    assert services.api.state.problem is not None and services.api.state.problem.code == "api-no-port"
    host.close()


@pytest.mark.errors_expected
def test_without_a_place_for_its_address_it_does_not_run(rig: Rig) -> None:
    services, port = rig.services, rig.port
    rig.host.close()
    services.paths.api_file.mkdir()
    (services.paths.api_file / "in the way").touch()
    host = ApiHost(services)
    host.start()
    assert in_the_end(lambda: services.api.state.problem is not None)
    assert (
        services.api.state.problem is not None and services.api.state.problem.code == "error-file-unwritable"
    )
    assert services.api.state.url is None and closed(port)
    host.close()


def test_the_end_does_not_wait_for_a_slow_handler(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()

    def look() -> None:
        begun.set()
        go.wait(30)

    monkeypatch.setattr(rig.services.detection, "detect_now", look)
    replies: list[int] = []

    def ask() -> None:
        try:
            replies.append(rig.get("/api/runtime/profile/reload").status)
        except (OSError, HTTPException):
            replies.append(0)

    caller = threading.Thread(target=ask)
    caller.start()
    assert begun.wait(10)
    began = time.monotonic()
    rig.host.close()
    assert time.monotonic() - began < 3.0
    go.set()
    caller.join()
    assert len(replies) == 1


class TestToken:
    def access(self, folder: Path) -> ApiAccess:
        return ApiAccess(folder / "api-token", folder / "api.json", EventBus())

    def test_it_outlives_the_program_and_is_never_logged(self, tmp_path: Path) -> None:
        token = self.access(tmp_path).token
        assert self.access(tmp_path).token == token
        assert token not in SECRETS.redact(f"asked with {token}")

    def test_a_file_that_holds_none_is_replaced(self, tmp_path: Path) -> None:
        for content in (b"", b"short", b"\xff" * 50, b"x" * 43 + b" y"):
            (tmp_path / "api-token").write_bytes(content)
            token = self.access(tmp_path).token
            assert len(token) >= 43 and token.encode() not in content

    def test_bytes_are_compared(self, tmp_path: Path) -> None:
        access = self.access(tmp_path)
        assert access.matches(access.token.encode())
        for wrong in (b"", b"x", access.token[:-1].encode(), "schlüssel".encode(), b"\xff\x00"):
            assert not access.matches(wrong)

    def test_a_disk_that_takes_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(StorageError):
            _ = self.access(tmp_path / "file").token
