"""Loading, unloading and the memory of the fake Ollama; pulling models."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_pull import DIGEST_MISMATCH, NO_SUCH_MODEL, Pull
from tests.servers.ollama_store import GIB, LoadEvent, OllamaModel, Unloading
from tests.servers.wire_faults import SlowFirstByte
from tests.servers_test.client import call, eventually

SMALL = OllamaModel("small", memory=3 * GIB)
LARGE = OllamaModel("large", memory=10 * GIB)


@pytest.fixture
def fake() -> Iterator[FakeOllama]:
    with FakeOllama([SMALL, LARGE], gpu_bytes=8 * GIB, ram_bytes=16 * GIB) as server:
        yield server


def load(server: FakeOllama, model: str = "small", **more: Any) -> Any:
    return call("POST", server.url + "/api/chat", {"model": model, "stream": False, **more}).json


def loaded(server: FakeOllama) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call("GET", server.url + "/api/ps").json["models"]
    return found


def test_load_and_unload(fake: FakeOllama) -> None:
    assert load(fake)["done_reason"] == "load"
    (entry,) = loaded(fake)
    assert entry["size"] == entry["size_vram"] == 3 * GIB
    assert entry["context_length"] == 4096
    assert fake.store.vram_used() == 3 * GIB
    assert load(fake, keep_alive=0)["done_reason"] == "unload"
    assert loaded(fake) == []
    assert load(fake, keep_alive=0)["done_reason"] == "unload"  # even when it is not loaded
    assert fake.store.vram_used() == 0


def test_size_in_vram(fake: FakeOllama) -> None:
    load(fake, options={"num_gpu": 0})
    assert loaded(fake)[0]["size_vram"] == 0
    load(fake, "large")
    split = {entry["name"]: entry["size_vram"] for entry in loaded(fake)}["large:latest"]
    assert 0 < split < LARGE.loaded_bytes
    fake.store.gpu_foreign = 8 * GIB
    load(fake)
    assert loaded(fake)[0]["size_vram"] == 0
    fake.store.ram_foreign = 15 * GIB
    refused = call("POST", fake.url + "/api/chat", {"model": "large", "stream": False})
    assert refused.status == 500 and "out of memory" in refused.json["error"]


def test_context_change_reloads_and_eviction(fake: FakeOllama) -> None:
    load(fake, options={"num_ctx": 4096})
    load(fake)  # the same: 4096 is the default below 23 GiB
    load(fake, options={"num_ctx": 8192})
    load(fake, options={"num_ctx": 1024})  # raised to 2048 for a vision model
    load(fake, "large")
    assert fake.store.loads == [
        LoadEvent("small:latest", 4096, None, 3 * GIB),
        LoadEvent("small:latest", 8192, None, 3 * GIB),
        LoadEvent("small:latest", 2048, None, 3 * GIB),
        LoadEvent("large:latest", 4096, None, 8 * GIB),
    ]
    assert [entry["name"] for entry in loaded(fake)] == ["large:latest"]


def test_keep_alive() -> None:
    now = [1_790_000_000.0]
    with FakeOllama([SMALL], clock=lambda: now[0]) as server:
        load(server, keep_alive=-1)
        assert loaded(server)[0]["expires_at"].startswith("2319-")
        load(server, keep_alive="10m")
        now[0] += 599
        assert len(loaded(server)) == 1
        now[0] += 2
        assert loaded(server) == []
        server.version = "0.9.6"
        load(server)
        assert "context_length" not in loaded(server)[0]


def test_unloading_that_does_not_free(fake: FakeOllama) -> None:
    load(fake)
    fake.store.unloading = Unloading.STILL_LISTED
    load(fake, keep_alive=0)
    assert len(loaded(fake)) == 1
    fake.store.unloading = Unloading.LEAKS
    load(fake, keep_alive=0)
    assert loaded(fake) == [] and fake.store.vram_used() == 3 * GIB


def test_unload_waits_for_the_running_request(fake: FakeOllama) -> None:
    fake.answer_seconds = 30
    connection = http.client.HTTPConnection("127.0.0.1", fake.port)
    body = '{"model": "small", "messages": [{"role": "user", "content": "x"}]}'
    connection.request("POST", "/api/chat", body)
    assert eventually(lambda: any(each.active for each in fake.store.loaded()))
    assert load(fake, keep_alive=0)["done_reason"] == "unload"
    assert len(loaded(fake)) == 1
    connection.close()
    fake.journal.wait_finished("/api/chat")
    assert loaded(fake) == []
    assert fake.journal.entries("/api/chat")[0].aborted


def test_slow_load_is_left_by_the_client(fake: FakeOllama) -> None:
    fake.load_seconds = 30
    with pytest.raises(TimeoutError):
        call("POST", fake.url + "/api/generate", {"model": "small"}, timeout=0.05)
    assert fake.journal.wait_finished("/api/generate").aborted
    fake.load_seconds = 0
    fake.faults.add(SlowFirstByte(0.02), path="/api/generate")
    line = call("POST", fake.url + "/api/generate", {"model": "small"}).lines[0]
    assert (line["response"], line["done_reason"]) == ("", "load")


def test_delete(fake: FakeOllama) -> None:
    assert call("DELETE", fake.url + "/api/delete", {"model": "small"}).body == b""
    gone = call("DELETE", fake.url + "/api/delete", {"model": "small"})
    assert (gone.status, gone.json) == (404, {"error": "model 'small' not found"})


def pull(server: FakeOllama, model: str, **more: Any) -> Any:
    return call("POST", server.url + "/api/pull", {"model": model, **more})


def test_pull(fake: FakeOllama) -> None:
    fake.registry.offer(Pull(OllamaModel("moondream", size=1_700_000)))
    answer = pull(fake, "moondream")
    assert answer.status == 200 and answer.headers["content-type"] == "application/x-ndjson"
    statuses = [line["status"] for line in answer.lines]
    assert statuses[0] == "pulling manifest"
    assert statuses[-3:] == ["verifying sha256 digest", "writing manifest", "success"]
    assert "completed" not in answer.lines[1]
    assert answer.lines[1]["digest"].startswith("sha256:")
    assert fake.store.find("moondream") is not None
    again = [line for line in pull(fake, "moondream").lines if "digest" in line]
    assert [line["completed"] for line in again] == [line["total"] for line in again]
    assert pull(fake, "moondream", stream=False).json == {"status": "success"}


def test_pull_errors(fake: FakeOllama) -> None:
    bad = pull(fake, "no spaces")
    assert (bad.status, bad.json) == (400, {"error": "invalid model name"})
    unknown = pull(fake, "nope")
    assert (unknown.status, unknown.lines[-1]) == (200, {"error": NO_SUCH_MODEL})
    assert pull(fake, "nope", stream=False).status == 500
    mismatch = DIGEST_MISMATCH.format(want="a" * 64, got="b" * 64)
    fake.registry.offer(Pull(OllamaModel("m", size=9000), fail_after=5000, error=mismatch))
    assert pull(fake, "m").lines[-1] == {"error": mismatch}
    assert fake.store.find("m") is None
    fake.registry.offline = True
    assert pull(fake, "m").lines[-1]["error"].endswith("no such host")


def test_pull_is_cancelled_and_resumed(fake: FakeOllama) -> None:
    offer = fake.registry.offer(Pull(OllamaModel("m", size=800_000), layers=(800_000,), hold_after=300_000))
    connection = http.client.HTTPConnection("127.0.0.1", fake.port)
    connection.request("POST", "/api/pull", '{"model": "m"}')
    response = connection.getresponse()
    while b"300000" not in response.readline():
        pass
    response.close()
    connection.close()
    assert fake.journal.wait_finished("/api/pull").aborted
    assert fake.registry.partial[offer.digests()[0]] == 300_000
    offer.release.set()
    lines = pull(fake, "m").lines
    assert lines[1]["completed"] == 300_000
    assert lines[-1]["status"] == "success"
