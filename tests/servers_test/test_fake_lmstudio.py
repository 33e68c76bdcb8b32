"""The fake LM Studio against the contract: listings by version, and errors inside a 200."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers.answer_faults import Blank
from tests.servers.fake_lmstudio import CRASHED, FakeLmStudio, LoadFailed, PredictionError, Refusal
from tests.servers.lmstudio_store import StudioModel
from tests.servers.pictures import png
from tests.servers_test.client import Answer, call

PICTURE = "data:image/png;base64," + base64.b64encode(png()).decode()
MODELS = [
    StudioModel("qwen2-vl-2b", size_bytes=2_000_000_000),
    StudioModel("qwen2.5-14b", vision=False, size_bytes=9_000_000_000, tools=True),
    StudioModel("text-embedding-nomic", vision=False, type="embedding", architecture=None, quantization=None),
]
SCHEMA = {"type": "object", "properties": {"summary": {"type": "string"}}, "required": ["summary"]}


@pytest.fixture
def studio() -> Iterator[FakeLmStudio]:
    with FakeLmStudio(MODELS) as server:
        yield server


def chat(server: FakeLmStudio, model: str = "qwen2-vl-2b", url: str | None = PICTURE, **more: Any) -> Answer:
    content: list[dict[str, Any]] = [{"type": "text", "text": "Describe."}]
    if url is not None:
        content.append({"type": "image_url", "image_url": {"url": url}})
    body = {"model": model, "messages": [{"role": "user", "content": content}], **more}
    return call("POST", server.base_url + "/chat/completions", body)


def test_listings(studio: FakeLmStudio) -> None:
    studio.store.load(MODELS[0], 8192)
    v1 = call("GET", studio.url + "/api/v1/models").json["models"]
    assert [model["key"] for model in v1] == [model.key for model in MODELS]
    assert v1[0]["capabilities"]["vision"] is True and v1[1]["capabilities"]["vision"] is False
    assert v1[0]["loaded_instances"][0]["config"]["context_length"] == 8192
    assert v1[2]["type"] == "embedding" and "capabilities" not in v1[2] and v1[2]["quantization"] is None
    v0 = call("GET", studio.url + "/api/v0/models").json["data"]
    assert [model["type"] for model in v0] == ["vlm", "llm", "embeddings"]
    assert v0[0]["state"] == "loaded" and v0[0]["loaded_context_length"] == 8192
    assert v0[1]["capabilities"] == ["tool_use"]
    plain = call("GET", studio.base_url + "/models").json
    assert plain["data"][0] == {"id": "qwen2-vl-2b", "object": "model", "owned_by": "organization_owner"}
    studio.just_in_time = False
    assert len(call("GET", studio.base_url + "/models").json["data"]) == 1


@pytest.mark.parametrize(
    ("version", "known"), [("0.4.0", (True, True)), ("0.3.6", (False, True)), ("0.3.5", (False, False))]
)
def test_listings_by_version(studio: FakeLmStudio, version: str, known: tuple[bool, bool]) -> None:
    studio.version = version
    for path, there in zip(("/api/v1/models", "/api/v0/models"), known, strict=True):
        answer = call("GET", studio.url + path)
        assert answer.status == 200  # whether it exists or not
        assert ("error" not in answer.json) is there


def test_token() -> None:
    with FakeLmStudio(MODELS, token="sk-lm-test:1") as server:
        refused = call("GET", server.url + "/api/v1/models")
        assert refused.status == 401 and refused.json["error"]["code"] == "invalid_api_key"
        headers = {"Authorization": "Bearer sk-lm-test:1"}
        assert call("GET", server.url + "/api/v1/models", headers=headers).status == 200
        assert chat(server).status == 401


def test_load_unload(studio: FakeLmStudio) -> None:
    load = {"model": "qwen2-vl-2b", "context_length": 8192, "echo_load_config": True}
    answer = call("POST", studio.url + "/api/v1/models/load", load).json
    assert answer["status"] == "loaded" and answer["load_config"] == {"context_length": 8192}
    second = call("POST", studio.url + "/api/v1/models/load", load).json
    assert second["instance_id"] == "qwen2-vl-2b:2"
    gone = {"instance_id": second["instance_id"]}
    assert call("POST", studio.url + "/api/v1/models/unload", gone).json == gone
    assert call("POST", studio.url + "/api/v1/models/unload", gone).status == 404
    studio.store.memory_bytes = 4_000_000_000
    guard = call("POST", studio.url + "/api/v1/models/load", {"model": "qwen2.5-14b"}).json["error"][
        "message"
    ]
    assert "insufficient system resources" in guard and "9.00 GB" in guard
    studio.faults.add(LoadFailed())
    failed = call("POST", studio.url + "/api/v1/models/load", load).json["error"]
    assert failed["code"] == "model_load_failed" and "memory" not in failed["message"]


def test_download(studio: FakeLmStudio) -> None:
    studio.store.offers["ibm/granite"] = StudioModel("ibm/granite", size_bytes=1000)
    studio.download_per_poll = 600
    url = studio.url + "/api/v1/models/download"
    job = call("POST", url, {"model": "ibm/granite"}).json
    assert job["status"] == "downloading" and job["total_size_bytes"] == 1000
    first, last = (call("GET", f"{url}/status/{job['job_id']}").json for _ in range(2))
    assert first["downloaded_bytes"] == 600 and "bytes_per_second" in first
    assert last["status"] == "completed" and "completed_at" in last
    assert call("POST", url, {"model": "ibm/granite"}).json == {"status": "already_downloaded"}


def test_chat_loads_just_in_time(studio: FakeLmStudio) -> None:
    answer = chat(studio, ttl=300).json
    assert answer["model"] == "qwen2-vl-2b" and answer["choices"][0]["finish_reason"] == "stop"
    assert [(each.identifier, each.ttl) for each in studio.store.instances] == [("qwen2-vl-2b", 300)]
    chat(studio, "qwen2.5-14b", url=None)
    assert [each.identifier for each in studio.store.instances] == ["qwen2.5-14b"]  # Auto-Evict


def test_structured_output(studio: FakeLmStudio) -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": SCHEMA}}
    content = chat(studio, response_format=wanted).json["choices"][0]["message"]["content"]
    assert set(json.loads(content)) == {"summary"}
    refused = chat(studio, response_format={"type": "json_object"})
    error = {"error": "'response_format.type' must be 'json_schema' or 'text'"}
    assert (refused.status, refused.json) == (400, error)


@pytest.mark.parametrize(
    "url", [PICTURE.replace("png", "webp"), "http://127.0.0.1/x.png", "data:image/png;base64,@"]
)
def test_pictures_it_refuses(studio: FakeLmStudio, url: str) -> None:
    answer = chat(studio, url=url)
    assert (answer.status, answer.json) == (400, {"error": "'url' field must be a base64 encoded image."})


def test_errors_inside_a_200(studio: FakeLmStudio) -> None:
    unknown = call("POST", studio.url + "/chat/completions", {})
    assert unknown.status == 200
    assert unknown.json == {"error": "Unexpected endpoint or method. (POST /chat/completions)"}
    studio.faults.add(PredictionError(), PredictionError("Compute error."), path="/v1/chat/completions")
    failed = chat(studio)
    assert failed.status == 200 and "Vision add-on is not loaded" in failed.json["error"]["message"]
    (event,) = chat(studio, stream=True).events
    assert json.loads(event) == {"error": {"message": "Compute error."}, "message": "Compute error."}
    for overflow, status in (("200", 200), ("400", 400)):
        studio.overflow = overflow  # type: ignore[assignment]
        long = call("POST", studio.base_url + "/chat/completions", _long("qwen2-vl-2b"))
        assert long.status == status and "n_ctx: 4096" in long.json["error"]
    studio.overflow = "blank"
    blank = call("POST", studio.base_url + "/chat/completions", _long("qwen2-vl-2b")).json
    assert blank["choices"][0]["message"]["content"] == "" and "error" not in blank


def _long(model: str) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "x" * 40_000}]}


def test_errors_with_a_status(studio: FakeLmStudio) -> None:
    assert "Please use a model that does" in chat(studio, "qwen2.5-14b").json["error"]
    assert chat(studio, "nope", url=None).json["model"] == "qwen2.5-14b"  # answered by the one that is loaded
    studio.store.instances.clear()
    missing = chat(studio, "nope")
    assert missing.status == 404 and missing.json["error"]["code"] == "model_not_found"
    studio.just_in_time = False
    empty = chat(studio)
    assert empty.status == 400 and empty.json["error"]["message"].startswith("No models loaded.")
    studio.version = "0.3.5"
    old = chat(studio)
    assert old.status == 404 and old.json["error"].startswith("No models loaded.")
    studio.just_in_time = True
    studio.faults.add(Refusal(), Refusal(as_object=True), Blank(), path="/v1/chat/completions")
    assert chat(studio).json == {"error": CRASHED}
    assert chat(studio).json["error"]["message"] == CRASHED
    assert chat(studio).json["choices"][0]["message"]["content"] == ""
