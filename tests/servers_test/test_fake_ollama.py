"""The fake Ollama against the contract: status codes, bodies and texts as the real server gave them."""

from __future__ import annotations

import base64
import http.client
import json
import threading
from typing import Any

import pytest

from tests.servers.answer_faults import Answer, Blank, HugeAnswer, NotJson, Truncated
from tests.servers.fake_ollama import FakeOllama
from tests.servers.go_format import GoError, decode_base64, duration_ns, keep_alive_ns, rfc3339_nano
from tests.servers.ollama_faults import (
    KILLED_BY_SYSTEM,
    ErrorAnswer,
    OutOfMemory,
    QueueFull,
    RunnerDied,
    StreamWithoutDone,
)
from tests.servers.ollama_store import OllamaModel
from tests.servers.pictures import png
from tests.servers.wire_faults import CutBody
from tests.servers_test.client import Answer as HttpAnswer
from tests.servers_test.client import call

RED = base64.b64encode(png(colour=(200, 0, 0))).decode()
BLUE = base64.b64encode(png(colour=(0, 0, 200))).decode()
SCHEMA = {
    "type": "object",
    "properties": {
        "summary": {"type": "string", "maxLength": 40},
        "shot": {"enum": ["wide", "close", "medium"]},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
        "score": {"type": "integer", "minimum": 1, "maximum": 5},
    },
    "required": ["summary", "shot", "tags", "score"],
}


def chat(server: FakeOllama, image: str | None = RED, **more: Any) -> HttpAnswer:
    message: dict[str, Any] = {"role": "user", "content": "Describe."}
    if image is not None:
        message["images"] = [image]
    body = {"model": "tiny-vlm", "messages": [message], "stream": False, **more}
    return call("POST", server.url + "/api/chat", body)


def test_plain_paths(fake: FakeOllama) -> None:
    assert call("GET", fake.url + "/").text == "Ollama is running"
    assert call("GET", fake.url + "/api/version").body == b'{"version":"0.33.0"}'
    assert call("HEAD", fake.url + "/api/version").status == 200
    unknown = call("GET", fake.url + "/api/nope")
    assert (unknown.status, unknown.text) == (404, "404 page not found")
    wrong = call("GET", fake.url + "/api/chat")
    assert (wrong.status, wrong.text) == (405, "405 method not allowed")


def test_origin_and_host_are_checked(fake: FakeOllama) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        answer = call("GET", fake.url + "/api/tags", headers=headers)
        assert (answer.status, answer.body) == (403, b"")
    for headers in (
        {"Origin": "http://localhost:3000"},
        {"Host": "box.local"},
        {"Authorization": "Bearer x"},
    ):
        assert call("GET", fake.url + "/api/tags", headers=headers).status == 200


def test_lists_by_version() -> None:
    models = [
        OllamaModel("tiny-vlm"),
        OllamaModel("qwen:480b-cloud", remote_model="qwen", remote_host="https://ollama.com"),
    ]
    with FakeOllama(models) as server:
        new, cloud = call("GET", server.url + "/api/tags").json["models"]
        server.version = "0.24.0"
        old = call("GET", server.url + "/api/tags").json["models"][0]
    assert new["name"] == "tiny-vlm:latest" and len(new["digest"]) == 64
    assert new["capabilities"] == ["completion", "vision"]
    assert new["details"]["context_length"] == 8192
    assert cloud["remote_host"] == "https://ollama.com"
    assert "capabilities" not in old and "context_length" not in old["details"]
    assert "remote_host" not in old
    with FakeOllama([]) as server:
        assert call("GET", server.url + "/api/tags").body == b'{"models":[]}'
        assert call("GET", server.url + "/v1/models").json == {"object": "list", "data": None}


def test_show_by_version() -> None:
    models = [OllamaModel("a"), OllamaModel("b", vision_in_projector=False), OllamaModel("t", vision=False)]
    with FakeOllama(models) as server:

        def show(name: str) -> Any:
            return call("POST", server.url + "/api/show", {"model": name}).json

        assert show("a")["capabilities"] == ["completion", "vision"]
        assert show("t")["capabilities"] == ["completion"]
        assert show("a")["model_info"]["llama.context_length"] == 8192
        server.version = "0.6.3"
        assert "capabilities" not in show("a") and show("a")["projector_info"]
        assert show("b")["model_info"]["llama.vision.block_count"] == 24
        assert "projector_info" not in show("t")
        assert show("nope") == {"error": "model 'nope:latest' not found"}
        assert show("") == {"error": "model is required"}


def test_answers_depend_on_the_picture_alone(fake: FakeOllama) -> None:
    texts = [chat(fake, image, format=SCHEMA).json["message"]["content"] for image in (RED, RED, BLUE)]
    assert texts[0] == texts[1] != texts[2]
    answer = json.loads(texts[0])
    assert set(answer) == {"summary", "shot", "tags", "score"}
    assert answer["shot"] in SCHEMA["properties"]["shot"]["enum"]  # type: ignore[index]
    assert len(answer["tags"]) == 2 and 1 <= answer["score"] <= 5 and len(answer["summary"]) <= 40


def test_answer_shape(fake: FakeOllama) -> None:
    whole = chat(fake, model="TINY-vlm").json
    assert whole["model"] == "TINY-vlm"  # repeated as asked
    assert whole["done"] is True and whole["done_reason"] == "stop"
    assert {"total_duration", "load_duration", "prompt_eval_count", "eval_count", "eval_duration"} <= set(
        whole
    )
    streamed = chat(fake, stream=True)
    assert streamed.headers["content-type"] == "application/x-ndjson"
    *parts, last = streamed.lines
    assert "".join(part["message"]["content"] for part in parts) == whole["message"]["content"]
    assert last["done"] is True and last["message"]["content"] == ""
    assert not any(part["done"] for part in parts)


BAD_FORMAT = 'invalid format: "\\"yaml\\""; expected "json" or a valid JSON Schema object'
BAD_SCHEMA = "JSON schema error at #: unrecognized type nonsense"
NO_PICTURE = (
    '{"error":{"code":400,"message":"Failed to load image or audio file","type":"invalid_request_error"}}'
)
NO_VISION = (
    '{"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, '
    'you may need to provide the mmproj","type":"server_error"}}'
)


@pytest.mark.parametrize(
    ("change", "status", "text"),
    [
        ({"model": ""}, 400, "model is required"),
        ({"model": "nope"}, 404, "model 'nope' not found"),
        ({"format": "yaml"}, 500, BAD_FORMAT),
        ({"think": True}, 400, '"tiny-vlm" does not support thinking'),
        ({"options": {"temperature": "hot"}}, 500, 'option "temperature" must be of type float32'),
        ({"keep_alive": "300"}, 400, 'time: missing unit in duration "300"'),
        ({"keep_alive": "-1"}, 400, 'time: missing unit in duration "-1"'),
        ({"keep_alive": True}, 400, "Unsupported type: 'bool'"),
        ({"model": "text-only"}, 500, NO_VISION),
    ],
)
def test_refusals(fake: FakeOllama, change: dict[str, Any], status: int, text: str) -> None:
    answer = chat(fake, **change)
    assert (answer.status, answer.json) == (status, {"error": text})


@pytest.mark.parametrize(
    ("image", "status", "text"),
    [
        ("data:image/png;base64," + RED, 400, "illegal base64 data at input byte 4"),
        ("@@@@", 400, "illegal base64 data at input byte 0"),
        (base64.b64encode(b"no picture").decode(), 400, NO_PICTURE),
    ],
)
def test_bad_pictures(fake: FakeOllama, image: str, status: int, text: str) -> None:
    answer = chat(fake, image)
    assert (answer.status, answer.json) == (status, {"error": text})


def test_bad_bodies(fake: FakeOllama) -> None:
    url = fake.url + "/api/chat"
    assert call("POST", url, b"").json == {"error": "missing request body"}
    assert call("POST", url, b'{"model":').json == {"error": "unexpected EOF"}
    parts = [{"role": "user", "content": [{"type": "text", "text": "x"}]}]
    assert call("POST", url, {"model": "tiny-vlm", "messages": parts}).json == {
        "error": "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string"
    }
    nonsense = json.loads(chat(fake, format={"type": "nonsense"}).json["error"])
    assert nonsense["error"]["message"] == BAD_SCHEMA
    long = [{"role": "user", "content": "x" * 40_000}]
    refused = call("POST", url, {"model": "tiny-vlm", "messages": long, "stream": False})
    inner = json.loads(refused.json["error"])["error"]
    assert (refused.status, inner["type"]) == (400, "exceed_context_size_error")
    assert "exceeds the available context size (4096 tokens), try increasing it" in inner["message"]


def test_scripted_answers(fake: FakeOllama) -> None:
    fake.faults.add(Truncated(), Blank(), NotJson(), Answer('{"a": 1}'), HugeAnswer(10_000), path="/api/chat")
    cut = chat(fake, format=SCHEMA).json
    assert cut["done_reason"] == "length"
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut["message"]["content"])
    assert chat(fake).json["message"]["content"] == ""
    with pytest.raises(json.JSONDecodeError):
        json.loads(chat(fake, format=SCHEMA).json["message"]["content"])
    assert chat(fake).json["message"]["content"] == '{"a": 1}'
    assert len(chat(fake).json["message"]["content"]) == 10_000
    assert chat(fake, options={"num_predict": 2}).json["done_reason"] == "length"


def test_runner_deaths(fake: FakeOllama) -> None:
    text = "an error was encountered while running the model: unexpected EOF"
    fake.faults.add(RunnerDied(), RunnerDied(0), RunnerDied(), StreamWithoutDone())
    stream = chat(fake, stream=True)
    assert stream.status == 200 and stream.lines[-1] == {"error": text}
    assert not any(line.get("done") for line in stream.lines)
    for streams in (True, False):
        died = chat(fake, stream=streams)
        assert (died.status, died.json) == (500, {"error": text})
    assert not any(line["done"] for line in chat(fake, stream=True).lines)
    assert len(fake.store.loads) == 4  # loaded again by itself after each death
    fake.faults.add(CutBody(30))
    with pytest.raises(http.client.IncompleteRead):
        chat(fake, stream=True)


def test_memory_errors_by_version(fake: FakeOllama) -> None:
    fake.faults.add(OutOfMemory(), times=3)
    texts = []
    for version in ("0.33.0", "0.12.11", "0.6.5"):
        fake.version = version
        texts.append(chat(fake).json["error"])
    assert "cudaMalloc failed: out of memory" in texts[0]
    assert texts[1].startswith("model requires more system memory than is currently available")
    assert texts[2] == "model requires more system memory (5.9 GiB) than is available (3.0 GiB)"
    fake.faults.add(OutOfMemory(KILLED_BY_SYSTEM), QueueFull(), ErrorAnswer(499, "request canceled"))
    assert chat(fake).json["error"].endswith("signal: killed")
    busy = chat(fake)
    assert (busy.status, busy.headers.get("retry-after")) == (503, None)
    assert busy.json["error"] == "server busy, please try again.  maximum pending requests exceeded"
    assert chat(fake).status == 499


def test_errors_of_old_streams_come_with_200(fake: FakeOllama) -> None:
    fake.faults.add(OutOfMemory(), times=2)
    assert chat(fake, stream=True).status == 500
    fake.version = "0.12.5"
    old = chat(fake, stream=True)
    assert old.status == 200 and "system memory" in old.lines[0]["error"]
    assert chat(fake, stream=True, model="nope").status == 404


def test_openai_side(fake: FakeOllama) -> None:
    url = fake.url + "/v1/chat/completions"
    part = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + RED}}
    body: dict[str, Any] = {"model": "tiny-vlm", "messages": [{"role": "user", "content": [part]}]}
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}
    content = call("POST", url, {**body, "response_format": schema}).json["choices"][0]["message"]["content"]
    assert set(json.loads(content)) == set(SCHEMA["properties"])  # type: ignore[call-overload]
    assert call("POST", url, {**body, "stream": True}).events[-1] == "[DONE]"
    missing = call("POST", url, {**body, "model": "nope"})
    error = {"message": "model 'nope' not found", "type": "not_found_error", "param": None, "code": None}
    assert (missing.status, missing.json) == (404, {"error": error})
    part["image_url"] = {"url": "http://127.0.0.1/x.png"}
    refused = call("POST", url, body)
    assert refused.status == 400
    assert refused.json["error"]["message"].startswith("image URLs are not currently supported")
    part["image_url"] = {"url": "data:image/png;base64," + RED}
    fake.faults.add(RunnerDied())
    died = call("POST", url, {**body, "stream": True})
    assert died.status == 200 and died.events and "[DONE]" not in died.events
    assert not any("error" in event for event in died.events)


def test_requests_to_one_model_wait_for_each_other(fake: FakeOllama) -> None:
    fake.answer_seconds = 0.05
    threads = [threading.Thread(target=chat, args=(fake,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = fake.journal.entries("/api/chat")
    assert [entry.status for entry in entries] == [200] * 3
    assert len(fake.store.loads) == 1


def test_texts_of_go() -> None:
    assert decode_base64("aGk=\n") == b"hi"
    for text, offset in (("aGk", 0), ("aGkhaG", 4), ("a=bc", 1), ("é", 0)):
        with pytest.raises(GoError, match=f"input byte {offset}$"):
            decode_base64(text)
    assert duration_ns("1h2m3.5s") == 3_723_500_000_000
    assert duration_ns("-1ms") == -1_000_000
    assert keep_alive_ns(1.5) == 1_500_000_000
    assert keep_alive_ns("-5m") == keep_alive_ns(-1) == 2**63 - 1
    with pytest.raises(GoError, match='unknown unit "x" in duration "5x"'):
        duration_ns("5x")
    assert rfc3339_nano(1_500_000_000) == "1970-01-01T00:00:01.5Z"


@pytest.fixture
def fake() -> Any:
    with FakeOllama([OllamaModel("tiny-vlm"), OllamaModel("text-only", vision=False)]) as server:
        yield server
