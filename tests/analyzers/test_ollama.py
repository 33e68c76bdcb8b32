"""Ollama's own habits: options that keep a model loaded, streams that lie, errors of ten versions."""

from __future__ import annotations

import json

import pytest

from autocut_tray.core.analyzers.ollama import loading_seconds
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.policy.policy import Device
from tests.analyzers.conftest import GOOD, Bench, ollama_bench, one_scene
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_chat import model_answer
from tests.servers.ollama_faults import (
    KILLED_BY_SYSTEM,
    MEMORY_TEXT_OF_12_11,
    RUNNER_STOPPED,
    UNKNOWN_ARCHITECTURE,
    ErrorAnswer,
    OutOfMemory,
    QueueFull,
    RunnerDied,
    StreamWithoutDone,
)
from tests.servers.ollama_store import OllamaModel
from tests.servers.wire_faults import Reply

VERSIONS = ["0.5.0", "0.6.4", "0.12.5", "0.12.11", "0.24.0", "0.33.0"]


def describe(bench: Bench) -> str:
    return bench.analyzer().describe(one_scene(), CancelToken()).description.summary


def failure_of(bench: Bench) -> BackendError:
    with pytest.raises(BackendError) as caught:
        describe(bench)
    return caught.value


def test_the_request_keeps_the_model_as_it_is_loaded(ollama: Bench) -> None:
    analyzer = ollama.analyzer()
    analyzer.probe(CancelToken())
    analyzer.describe(one_scene("en"), CancelToken())
    analyzer.describe(one_scene("zh-CN"), CancelToken())
    bodies = [entry.json for entry in ollama.asked]
    assert {body["options"]["num_ctx"] for body in bodies} == {4096}
    assert all(body["options"]["temperature"] == 0 for body in bodies)
    assert all(body["keep_alive"] == 300 and body["stream"] is True for body in bodies)
    assert all("num_gpu" not in body["options"] for body in bodies)
    assert all(body["format"]["additionalProperties"] is False for body in bodies)
    assert all(not picture.startswith("data:") for picture in ollama.pictures())


def test_how_long_the_model_took_to_load_is_known(ollama: Bench) -> None:
    result = ollama.analyzer().describe(one_scene(), CancelToken())
    assert result.load_seconds is not None and result.load_seconds > 0


@pytest.mark.parametrize("said", [None, 0, -1, "2", True])
def test_a_loading_time_that_makes_no_sense_is_none(said: object) -> None:
    assert loading_seconds({"load_duration": said}) is None


def test_on_the_cpu_no_layer_goes_to_the_gpu() -> None:
    with FakeOllama() as server:
        server.answer = lambda _: json.dumps(GOOD)
        bench = ollama_bench(server, device=Device.CPU)
        describe(bench)
        assert bench.asked[0].json["options"]["num_gpu"] == 0
        assert server.store.loaded()[0].size_vram == 0
        bench.close()


def test_a_grammar_bound_answer_is_accepted(ollama: Bench) -> None:
    """The fake answers the schema with nonsense words, as a random model would."""
    ollama.server.answer = model_answer  # type: ignore[attr-defined]
    assert describe(ollama)


def test_thinking_is_switched_off_and_passed_over() -> None:
    with FakeOllama([OllamaModel("tiny-vlm", thinking=True)]) as server:
        server.answer = lambda _: json.dumps(GOOD)
        bench = ollama_bench(server)
        assert describe(bench) == GOOD["summary"]
        assert bench.asked[0].json["think"] is False
        bench.close()


def test_a_missing_model_is_a_matter_of_configuration() -> None:
    with FakeOllama([]) as server:
        bench = ollama_bench(server, "moondream")
        error = failure_of(bench)
        assert (error.failure, error.code) == (FailureClass.CONFIG, "model_missing")
        assert error.message.params["model"] == "moondream"
        assert error.hint is not None
        assert len(bench.asked) == 1
        bench.close()


def test_a_text_model_is_a_matter_of_configuration() -> None:
    for version in VERSIONS:
        with FakeOllama([OllamaModel("tiny-vlm", vision=False)], version=version) as server:
            bench = ollama_bench(server)
            error = failure_of(bench)
            assert (error.failure, error.code) == (FailureClass.CONFIG, "model_has_no_vision"), version
            bench.close()


@pytest.mark.fault("FM3")
@pytest.mark.parametrize("version", VERSIONS)
def test_lack_of_memory_in_the_words_of_each_version(version: str) -> None:
    with FakeOllama(version=version) as server:
        server.faults.add(OutOfMemory(), path="/api/chat", times=None)
        bench = ollama_bench(server)
        error = failure_of(bench)
        assert (error.failure, error.code) == (FailureClass.RESOURCE, "model_out_of_memory")
        assert len(bench.asked) == 2
        bench.close()


@pytest.mark.fault("FM3")
@pytest.mark.parametrize(
    ("text", "failure"),
    [
        (KILLED_BY_SYSTEM, FailureClass.RESOURCE),
        (RUNNER_STOPPED, FailureClass.RESOURCE),
        (MEMORY_TEXT_OF_12_11, FailureClass.RESOURCE),
        ("llama-server process has terminated: exit status 1", FailureClass.RESOURCE),
        (UNKNOWN_ARCHITECTURE, FailureClass.CONFIG),
        ("timed out waiting for llama-server to start - progress 0.00", FailureClass.TIER),
        ("something new", FailureClass.TIER),
    ],
)
def test_texts_of_a_500(ollama: Bench, text: str, failure: FailureClass) -> None:
    ollama.server.faults.add(ErrorAnswer(500, text), path="/api/chat", times=None)
    assert failure_of(ollama).failure is failure


def test_json_inside_json_is_unwrapped_for_people(ollama: Bench) -> None:
    inner = json.dumps({"error": {"code": 400, "message": "Failed to load image or audio file", "type": "x"}})
    ollama.server.faults.add(Reply(400, {"error": inner}), path="/api/chat")
    error = failure_of(ollama)
    assert error.failure is FailureClass.INPUT
    assert error.detail.endswith("400 Failed to load image or audio file")


@pytest.mark.fault("FM4")
def test_a_full_queue_is_a_failure_at_the_third_time(ollama: Bench) -> None:
    ollama.server.faults.add(QueueFull(), path="/api/chat", times=2)
    analyzer = ollama.analyzer()
    assert analyzer.describe(one_scene(), CancelToken()).seconds == 31.0  # twice half of 1 to 30 s
    ollama.server.faults.add(QueueFull(), path="/api/chat", times=3)
    error = failure_of(ollama)
    assert (error.failure, error.code) == (FailureClass.DOWN, "server_busy")
    assert ollama.server.faults.pending == 0


@pytest.mark.fault("FM2")
@pytest.mark.parametrize("pieces", [0, 2])
def test_a_runner_that_dies_is_tried_once_more(ollama: Bench, pieces: int) -> None:
    ollama.server.faults.add(RunnerDied(pieces), path="/api/chat")
    assert describe(ollama) == GOOD["summary"]
    ollama.server.faults.add(RunnerDied(pieces), path="/api/chat", times=2)
    error = failure_of(ollama)
    assert (error.failure, error.code) == (FailureClass.DOWN, "runner_crashed")


def test_a_stream_without_its_last_line_failed(ollama: Bench) -> None:
    ollama.server.faults.add(StreamWithoutDone(), path="/api/chat", times=2)
    error = failure_of(ollama)
    assert (error.failure, error.code) == (FailureClass.DOWN, "answer_cut_off")
    assert len(ollama.asked) == 2


@pytest.mark.parametrize("version", ["0.12.5", "0.33.0"])
def test_a_full_context_in_a_stream_of_any_version(version: str) -> None:
    with FakeOllama(version=version) as server:
        text = "request (9015 tokens) exceeds the available context size (4096 tokens), try increasing it"
        server.faults.add(ErrorAnswer(400, text), path="/api/chat", times=None)
        bench = ollama_bench(server)
        assert failure_of(bench).code == "context_exceeded"
        assert len(bench.asked) == 2
        bench.close()


@pytest.mark.parametrize("body", ["404 page not found", "405 method not allowed"])
def test_another_server_at_this_address(ollama: Bench, body: str) -> None:
    ollama.server.faults.add(Reply(int(body[:3]), body), path="/api/chat")
    assert failure_of(ollama).code == "endpoint_missing"


@pytest.mark.parametrize(
    "lines",
    [
        [{"message": None, "done": True}],
        [{"message": {"content": 7}, "done": True}],
        [{"message": {"content": ""}, "done": True, "done_reason": "load"}],
        [{"done": True, "model": 5}],
    ],
)
def test_odd_streams_say_nothing(ollama: Bench, lines: list[dict[str, object]]) -> None:
    body = "\n".join(json.dumps(line) for line in lines)
    ollama.server.faults.add(Reply(200, body), path="/api/chat", times=2)
    assert failure_of(ollama).code == "empty_answer"
