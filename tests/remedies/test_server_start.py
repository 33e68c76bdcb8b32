"""A server that is started is waited for, as long as there is hope."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import BackendError, Cancelled
from autocut_tray.core.remedies.launch import ANSWER_SECONDS, Launch, Started, spawn
from autocut_tray.core.remedies.server_start import ServerStart
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.profile import Backend
from tests.remedies.conftest import HookedClock, error_in_words
from tests.servers.fake_lmstudio import FakeLmStudio
from tests.servers.fake_ollama import FakeOllama
from tests.servers.scripted import ScriptedServer, closed_port


class Child:
    """A process that is none."""

    def __init__(self, status: int | None = None) -> None:
        self.status = status

    def poll(self) -> int | None:
        return self.status


def machine_with(tmp_path: Path, *files: str) -> Machine:
    home = tmp_path / "home"
    machine = Machine(system="linux", processor="x", root=tmp_path / "root", home=home, environ={})
    for name in files:
        file = home / name[2:] if name.startswith("~/") else machine.path(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
        file.chmod(0o755)
    return machine


class Bench:
    def __init__(self, tmp_path: Path, backend: Backend, root: str, *files: str) -> None:
        self.clock = HookedClock()
        self.cancel = CancelToken()
        self.launches: list[Launch] = []
        self.child = Child()
        self.on_spawn: Callable[[], object] = lambda: None
        self.start = ServerStart(backend, root, machine_with(tmp_path, *files), self.clock, self._spawn)

    def _spawn(self, launch: Launch) -> Started:
        self.launches.append(launch)
        self.on_spawn()
        return self.child

    def run(self) -> bool:
        return self.start.run(self.cancel)

    def failure(self) -> str:
        with pytest.raises(BackendError) as raised:
            self.run()
        error_in_words(raised.value)
        return raised.value.code


@pytest.fixture
def sleeping() -> Iterator[FakeOllama]:
    """An Ollama that does not run yet, at a known port."""
    server = FakeOllama(port=closed_port())
    yield server
    server.stop()


def test_it_comes_up(tmp_path: Path, sleeping: FakeOllama) -> None:
    bench = Bench(tmp_path, Backend.OLLAMA, sleeping.url, "/usr/bin/ollama")
    bench.clock.meanwhile = lambda: sleeping.start() if len(bench.clock.waits) == 3 else None
    assert bench.run()
    assert len(bench.launches) == 1 and len(bench.clock.waits) == 3
    assert bench.launches[0].command[1:] == ("serve",)


def test_what_runs_already_is_not_started_again(tmp_path: Path) -> None:
    with FakeOllama() as ollama, FakeLmStudio(token="sk-lm-test:1") as studio:
        for backend, server in ((Backend.OLLAMA, ollama), (Backend.LMSTUDIO, studio)):
            bench = Bench(tmp_path, backend, server.url, "/usr/bin/ollama", "~/.lmstudio/bin/lms")
            assert not bench.run()
            assert not bench.launches


def test_another_program_at_its_port_is_not_it(tmp_path: Path) -> None:
    with ScriptedServer() as other:
        bench = Bench(tmp_path, Backend.OLLAMA, other.url, "/usr/bin/ollama")
        assert bench.failure() == "start_timeout"


def test_it_does_not_come_up_in_time(tmp_path: Path, sleeping: FakeOllama) -> None:
    bench = Bench(tmp_path, Backend.OLLAMA, sleeping.url, "/usr/bin/ollama")
    assert bench.failure() == "start_timeout"
    assert bench.clock.monotonic() == pytest.approx(ANSWER_SECONDS, abs=1)


def test_it_ends_at_once(tmp_path: Path, sleeping: FakeOllama) -> None:
    bench = Bench(tmp_path, Backend.OLLAMA, sleeping.url, "/usr/bin/ollama")
    bench.child.status = 1
    assert bench.failure() == "start_failed"
    bench.child.status = 0  # a helper that did its work and ended: the server may still come up
    bench.clock.meanwhile = lambda: sleeping.running or sleeping.start()
    assert bench.run()


def test_the_system_says_no(tmp_path: Path, sleeping: FakeOllama) -> None:
    files = ("/run/systemd/system/x", "/etc/systemd/system/ollama.service", "/usr/bin/systemctl")
    bench = Bench(tmp_path, Backend.OLLAMA, sleeping.url, *files)
    bench.child.status = 4
    assert bench.failure() == "start_not_permitted"


def test_it_cannot_be_run(tmp_path: Path, sleeping: FakeOllama) -> None:
    bench = Bench(tmp_path, Backend.OLLAMA, sleeping.url, "/usr/bin/ollama")

    def refuse() -> None:
        raise OSError("exec format error")

    bench.on_spawn = refuse
    assert bench.failure() == "start_failed"


@pytest.mark.parametrize("backend", list(Backend))
def test_nothing_to_start(tmp_path: Path, sleeping: FakeOllama, backend: Backend) -> None:
    bench = Bench(tmp_path, backend, sleeping.url)
    assert bench.failure() == f"start_not_found_{backend.value}"
    assert not bench.launches


def test_cancelled_while_waiting(tmp_path: Path, sleeping: FakeOllama) -> None:
    bench = Bench(tmp_path, Backend.OLLAMA, sleeping.url, "/usr/bin/ollama")
    bench.clock.meanwhile = bench.cancel.cancel
    with pytest.raises(Cancelled):
        bench.run()


SERVER = """#!{python}
import http.server, json, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({{"version": "0.33.0"}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
host, port = os.environ["OLLAMA_HOST"].rsplit(":", 1)
http.server.HTTPServer((host, int(port)), Handler).serve_forever()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_a_real_process(tmp_path: Path) -> None:
    """A program called ``ollama`` that serves where its environment says, as the real one does."""
    machine = machine_with(tmp_path, "/usr/bin/ollama")
    machine.path("/usr/bin/ollama").write_text(SERVER.format(python=sys.executable))
    started: list[subprocess.Popen[bytes]] = []

    def start(launch: Launch) -> Started:
        process = spawn(launch)
        assert isinstance(process, subprocess.Popen)
        started.append(process)
        return process

    root = f"http://127.0.0.1:{closed_port()}"
    try:
        assert ServerStart(Backend.OLLAMA, root, machine, SystemClock(), start).run(CancelToken())
        assert os.getsid(started[0].pid) == started[0].pid != os.getsid(0)
    finally:
        for process in started:
            process.kill()
            process.wait(10)
