"""Whose model is in memory, and giving back only our own."""

from __future__ import annotations

import threading
import time

import pytest

from autocut_tray.core.memory.residency import Residency
from autocut_tray.core.runtime.profile import Backend
from tests.servers.fake_lmstudio import FakeLmStudio
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, OllamaModel
from tests.servers.wire_faults import Hang

OLLAMA = Backend.OLLAMA


@pytest.fixture
def server() -> object:
    models = [
        OllamaModel(name, size=GIB, memory=GIB, vision=True) for name in ("ours:latest", "theirs:latest")
    ]
    with FakeOllama(models, gpu_bytes=8 * GIB) as running:
        yield running


def load(server: FakeOllama, model: str) -> None:
    from autocut_tray.core.cancel import CancelToken
    from autocut_tray.core.http import HttpClient

    http = HttpClient(server.url)
    assert http.post_json("/api/chat", {"model": model}, cancel=CancelToken()).ok
    http.close()


def residency(server: FakeOllama | FakeLmStudio) -> Residency:
    def root(_: Backend) -> tuple[str, str | None] | None:
        return (server.url, None)

    return Residency(root)


def names(server: FakeOllama) -> set[str]:
    return {str(model.name) for model in server.store.loaded()}


def test_only_ours_is_unloaded(server: FakeOllama) -> None:
    load(server, "theirs:latest")
    watched = residency(server)
    watched.will_use(OLLAMA, "ours:latest")
    load(server, "ours:latest")
    assert [r.model for r in watched.unload_ours()] == ["ours:latest"]
    assert not server.store.is_loaded("ours:latest") and server.store.is_loaded("theirs:latest")


def test_what_somebody_else_had_loaded_before_us_stays(server: FakeOllama) -> None:
    load(server, "ours:latest")
    watched = residency(server)
    watched.will_use(OLLAMA, "ours:latest")
    assert watched.unload_ours() == ()
    assert server.store.is_loaded("ours:latest")


def test_a_model_loaded_again_after_a_reclaim_is_unloaded_again(server: FakeOllama) -> None:
    watched = residency(server)
    for _ in range(2):
        watched.will_use(OLLAMA, "ours:latest")
        load(server, "ours:latest")
        assert [r.model for r in watched.unload_ours()] == ["ours:latest"]
        assert not server.store.is_loaded("ours:latest")


def test_it_says_what_is_there_and_what_it_holds(server: FakeOllama) -> None:
    watched = residency(server)
    assert watched.look(OLLAMA, "ours:latest") is None
    load(server, "ours:latest")
    found = watched.find(OLLAMA, "ours:latest")
    assert found is not None and found.vram_bytes is not None and found.vram_bytes > 0


def test_a_server_that_is_gone_or_elsewhere_is_unknown_not_empty(server: FakeOllama) -> None:
    watched = residency(server)
    server.stop()
    assert watched.look(OLLAMA, "ours:latest") is False
    elsewhere = Residency(lambda _: None)
    assert elsewhere.look(OLLAMA, "ours:latest") is False and elsewhere.unload_ours() == ()


def test_a_hanging_server_does_not_hold_up_the_end(server: FakeOllama) -> None:
    release = threading.Event()
    server.faults.add(Hang(release), path="/api/ps", times=None)
    watched = residency(server)
    answers: list[object] = []
    asking = threading.Thread(target=lambda: answers.append(watched.look(OLLAMA, "ours:latest")))
    asking.start()
    server.journal.wait_for("/api/ps")
    began = time.monotonic()
    watched.close()
    asking.join(5)
    release.set()
    assert answers == [False] and time.monotonic() - began < 1.5
