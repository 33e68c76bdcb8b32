"""The API on a real socket over the program's own services, and a client that sends what nobody should."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autocut_tray.api.host import ApiHost
from autocut_tray.api.limits import Limits
from autocut_tray.bootstrap import Services
from autocut_tray.core.api_access import ApiChanged
from tests.monitor.test_history import SAMPLE
from tests.policy.test_figures_end_to_end import Program
from tests.servers.fake_ollama import FakeOllama

PATIENCE = 30.0

Headers = dict[str, str]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Headers
    """Names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])


@dataclass
class Rig:
    """One running API. ``folder``: the one whose videos are open to programs."""

    services: Services
    host: ApiHost
    folder: Path
    ollama: FakeOllama

    @property
    def port(self) -> int:
        """0 while it does not answer."""
        return int((self.services.api.state.url or ":0").rpartition(":")[2])

    @property
    def token(self) -> str:
        return self.services.api.token

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = "",
        headers: Headers | None = None,
    ) -> Reply:
        """One request by the book; ``token`` empty is the right one, None is none at all. ``body`` is made JSON."""
        sent = dict(headers or {})
        if token is not None:
            sent.setdefault("Authorization", f"Bearer {token or self.token}")
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
        if method in ("POST", "PATCH"):
            sent.setdefault("Content-Type", "application/json")
        sent = {name: value for name, value in sent.items() if value != "-"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, data, sent)
            got = connection.getresponse()
            return Reply(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
        finally:
            connection.close()

    def get(self, path: str, **more: Any) -> Reply:
        return self.call("GET", path, **more)

    def post(self, path: str, body: object = None, **more: Any) -> Reply:
        return self.call("POST", path, {} if body is None else body, **more)

    def raw(self, *lines: str, body: bytes = b"", timeout: float = PATIENCE) -> Reply:
        """What is sent as it is: ``lines`` end in CRLF."""
        with self.connect(timeout) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
            return read_reply(connection)

    def connect(self, timeout: float = PATIENCE) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    @property
    def bearer(self) -> str:
        return f"Authorization: Bearer {self.token}"

    @property
    def host_line(self) -> str:
        return f"Host: 127.0.0.1:{self.port}"


def read_reply(connection: socket.socket) -> Reply:
    """One reply; status 0 when the connection ended without any."""
    got = http.client.HTTPResponse(connection)
    try:
        got.begin()
        return Reply(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
    except (http.client.HTTPException, OSError):
        return Reply(0, {}, b"")


def open_rig(home: Path, ollama: FakeOllama, limits: Limits | None = None) -> Rig:
    """Detected, with two scenes in every video, and answering."""
    services = Program(home / "program", ollama, scenes=2).services
    folder = home / "footage"
    folder.mkdir()
    services.settings.apply({"api.enabled": True, "api.folders": str(folder)})
    services.detection.detect_now()
    host = ApiHost(services, limits=limits)
    services.close_first(host.close)
    wait_for_url(services, host.start)
    return Rig(services, host, folder, ollama)


def wait_for_url(services: Services, act: Any) -> None:
    """Do ``act``, which lets the API begin, and wait until it answers or says why not."""
    told = threading.Event()

    def on_change(event: ApiChanged) -> None:
        if event.state.url is not None or event.state.problem is not None:
            told.set()

    unsubscribe = services.bus.subscribe(ApiChanged, on_change)
    act()
    assert told.wait(PATIENCE), "the API did not begin"
    unsubscribe()
    assert services.api.state.url is not None, services.api.state.problem


def make_clip(rig: Rig, name: str = "clip.mp4") -> str:
    """A file in the open folder; the scanner of these services finds two scenes in any."""
    path = rig.folder / name
    path.write_bytes(name.encode() * 1000)
    return str(path)


def work_until(rig: Rig, job_id: str, ended: bool = True) -> None:
    """Let the line work, with the readings of a quiet machine, until the job has ended."""
    services, looked = rig.services, threading.Event()
    services.jobs.start()
    waited = 0.0
    while services.jobs.get(job_id).state.ended is not ended:
        now = services.clock.monotonic()
        reading = replace(SAMPLE, at=services.clock.time(), monotonic=now, vram_used=None)
        services.history.add(reading)
        services.controller.tick(reading)
        assert waited < PATIENCE, services.jobs.get(job_id)
        looked.wait(0.02)
        waited += 0.02


def events_of(stream: bytes) -> list[tuple[str, Any]]:
    """Name and data of each event in a stream."""
    found = []
    for block in stream.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found
