"""A drill by the services of the program, against a fake Ollama: models come, answer, and go again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import NoBackend
from autocut_tray.documents import drill_document
from autocut_tray.i18n import Translator
from autocut_tray.instance_requests import Requests
from tests.policy.test_figures_end_to_end import Program
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, OllamaModel


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    models = [OllamaModel("moondream:latest", size=GIB, memory=2 * GIB, vision=True)]
    with FakeOllama(models, gpu_bytes=0, ram_bytes=64 * GIB) as running:
        yield running


@pytest.fixture
def program(tmp_path: Path, server: FakeOllama) -> Iterator[Program]:
    made = Program(tmp_path, server, scenes=1)
    yield made
    made.services.close()


def in_memory(server: FakeOllama) -> int:
    return len(server.store.loaded())


def test_a_drill_loads_proves_and_leaves_nothing_behind(program: Program, server: FakeOllama) -> None:
    program.services.detection.detect_now()
    report = program.services.drill.run(CancelToken())
    assert [rung.works for rung in report.rungs] == [True] and report.passed
    assert server.journal.entries("/api/chat"), "it really asked"
    assert in_memory(server) == 0


def test_a_model_that_a_person_uses_stays_loaded(program: Program, server: FakeOllama) -> None:
    import requests

    body = {"model": "moondream", "messages": [{"role": "user", "content": "hi"}], "stream": False}
    assert requests.post(server.url + "/api/chat", json=body, timeout=10).status_code == 200
    program.services.detection.detect_now()
    program.services.drill.run(CancelToken())
    assert in_memory(server) == 1


def test_a_server_that_died_since_is_found_out(program: Program, server: FakeOllama) -> None:
    program.services.detection.detect_now()
    server.stop()
    report = program.services.drill.run(CancelToken())
    (rung,) = report.rungs
    assert not rung.works and not report.passed
    document = drill_document(report, Translator("en"))
    assert document["rungs"][0]["text"].startswith("CPU · Moondream 2: ")


def test_before_anything_is_known_there_is_nothing_to_try(program: Program) -> None:
    with pytest.raises(NoBackend):
        program.services.drill.run(CancelToken())


def test_another_process_may_ask_for_it(program: Program) -> None:
    program.services.detection.detect_now()
    answer = Requests(program.services, lambda _: False)({"command": "drill", "language": "zh-CN"})
    assert answer["passed"] and answer["schema"] == 1
    assert "运行方式" in answer["summary"]
    assert answer["walk"][0]["from"] == "CPU"
