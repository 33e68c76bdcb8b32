"""``pull`` on the command line: one document, exit codes, and an end by Ctrl-C that loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.cli.context import open_context
from autocut_tray.cli.remedy import pull_model
from tests.remedies.conftest import PATIENCE
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_pull import DISK_FULL, Pull
from tests.servers.ollama_store import OllamaModel
from tests.servers.scripted import closed_port

SIZE = 8_000_000


@pytest.fixture
def ollama(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOllama]:
    with FakeOllama([]) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        yield server


def offer(server: FakeOllama, **how: object) -> Pull:
    return server.registry.offer(Pull(OllamaModel("tiny", size=SIZE), **how))  # type: ignore[arg-type]


def pull(capfd: pytest.CaptureFixture[str], model: str = "tiny", **how: Any) -> tuple[int, str, str]:
    context = open_context(as_json=how.get("as_json", True), language="en")
    code = pull_model(context, model)
    out, err = capfd.readouterr()
    return code, out, err


def test_one_document_at_the_end(ollama: FakeOllama, capfd: pytest.CaptureFixture[str]) -> None:
    offer(ollama)
    code, out, err = pull(capfd)
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document.pop("seconds") >= 0
    assert document == {
        "model": "tiny",
        "server": "ollama",
        "status": "done",
        "size_bytes": SIZE,
        "fetched_bytes": SIZE,
    }
    assert json.loads(pull(capfd)[1])["status"] == "current"


def test_a_sentence_for_people(ollama: FakeOllama, capfd: pytest.CaptureFixture[str]) -> None:
    offer(ollama)
    assert pull(capfd, as_json=False) == (0, "tiny is ready.\n", "")


def test_a_failure(ollama: FakeOllama, capfd: pytest.CaptureFixture[str]) -> None:
    offer(ollama, fail_after=SIZE // 2, error=DISK_FULL.format(digest="ab"))
    code, out, err = pull(capfd)
    document = json.loads(out)
    assert (code, document["status"], document["error"]["code"]) == (1, "failed", "pull_disk_full")
    assert document["size_bytes"] and document["here_bytes"] >= SIZE // 2
    assert set(document["error"]) == {"code", "message", "hint"}
    assert err.strip() == f"{document['error']['message']} {document['error']['hint']}"


@pytest.mark.parametrize(
    ("host", "code"),
    [(f"127.0.0.1:{closed_port()}", "pull_server_silent"), ("studio-pc:11434", "pull_remote")],
    ids=["silent", "remote"],
)
def test_no_ollama_here(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], host: str, code: str
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", host)
    got, out, _ = pull(capfd)
    assert (got, json.loads(out)["error"]["code"]) == (4, code)


PROGRAM = """
import sys
from autocut_tray.cli import app as cli
build = cli.build_app
def with_pull(context):
    app = build(context)
    @app.command("pull-here")
    def pull_here(model: str, json: bool = False) -> int:
        from autocut_tray.cli.remedy import pull_model
        return pull_model(context, model)
    return app
cli.build_app = with_pull
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_an_interrupt_ends_it_in_order(ollama: FakeOllama, autocut_home: Path) -> None:
    offer(ollama, hold_after=SIZE // 2)
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "pull-here", "tiny", "--json", "--lang", "en"],
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        entry = ollama.journal.wait_for("/api/pull", timeout=20)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130, err
    assert json.loads(out)["error"]["code"] == "cancelled"
    assert "is kept" in err and "Traceback" not in err
    assert entry.finished.wait(PATIENCE) and entry.aborted
