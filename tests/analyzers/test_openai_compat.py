"""LM Studio's, OpenAI's and DeepSeek's own habits."""

from __future__ import annotations

import base64
import json
import time

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import BackendError, FailureClass
from tests.analyzers.conftest import CANARY, GOOD, SMALL, Bench, lmstudio_bench, one_scene
from tests.servers.answer_faults import Blank
from tests.servers.fake_lmstudio import FakeLmStudio, LoadFailed, PredictionError, Refusal, StudioModel
from tests.servers.fake_openai import (
    KeepAliveLines,
    ModelRefusal,
    cloud_answer,
    country_refused,
    overloaded,
    rate_limited,
    spend_limit,
)
from tests.servers.wire_faults import Reply


def describe(bench: Bench) -> str:
    return bench.analyzer().describe(one_scene(), CancelToken()).description.summary


def failure_of(bench: Bench) -> BackendError:
    with pytest.raises(BackendError) as caught:
        describe(bench)
    return caught.value


def error_of(bench: Bench, *faults: Reply | Refusal | PredictionError | LoadFailed) -> BackendError:
    for fault in faults:
        bench.server.faults.add(fault, path=bench.chat, times=None)
    return failure_of(bench)


# ---- LM Studio --------------------------------------------------------------------------------------------


def test_lm_studio_gets_a_bounded_schema_a_jpeg_and_an_idle_time(lmstudio: Bench) -> None:
    assert describe(lmstudio) == GOOD["summary"]
    body = lmstudio.asked[0].json
    assert body["ttl"] == 300 and body["temperature"] == 0 and body["stream"] is False
    assert body["response_format"]["type"] == "json_schema"
    assert "maxLength" in json.dumps(body["response_format"])
    assert lmstudio.pictures()[0].startswith("data:image/jpeg;base64,")


def test_a_token_is_sent_and_asked_for(lmstudio: Bench) -> None:
    lmstudio.server.token = "sk-lm-abcdefgh:1"  # type: ignore[attr-defined]
    error = failure_of(lmstudio)
    assert (error.failure, error.code) == (FailureClass.CONFIG, "key_needed")
    lmstudio.key = "sk-lm-wrong-one:1"
    assert failure_of(lmstudio).code == "key_refused"
    lmstudio.key = "sk-lm-abcdefgh:1"
    assert describe(lmstudio)


@pytest.mark.parametrize(
    ("text", "failure", "code"),
    [
        (None, FailureClass.CONFIG, "model_has_no_vision"),
        ("Compute error.", FailureClass.TIER, "server_error"),
        ("Model is unloaded.", FailureClass.DOWN, "runner_crashed"),
        ("Channel Error", FailureClass.DOWN, "runner_crashed"),
    ],
)
def test_errors_with_status_200(lmstudio: Bench, text: str | None, failure: FailureClass, code: str) -> None:
    error = error_of(lmstudio, PredictionError(text) if text else PredictionError())
    assert (error.failure, error.code) == (failure, code)


@pytest.mark.parametrize("as_object", [False, True])
def test_errors_as_string_and_as_object(lmstudio: Bench, as_object: bool) -> None:
    error = error_of(lmstudio, Refusal(as_object=as_object))
    assert (error.failure, error.code) == (FailureClass.RESOURCE, "runner_stopped")


def test_the_memory_guard_is_lack_of_memory() -> None:
    with FakeLmStudio(memory_bytes=1000) as server:
        bench = lmstudio_bench(server)
        assert failure_of(bench).code == "model_out_of_memory"
        bench.close()


def test_a_load_that_dies_is_lack_of_memory(lmstudio: Bench) -> None:
    error = error_of(lmstudio, Reply(500, {"error": {"code": "model_load_failed", "message": "SIGABRT"}}))
    assert error.failure is FailureClass.RESOURCE


@pytest.mark.parametrize("version", ["0.3.5", "0.4.18"])
def test_nothing_loaded_is_a_matter_of_configuration(version: str) -> None:
    with FakeLmStudio(version=version, just_in_time=False) as server:
        bench = lmstudio_bench(server)
        assert failure_of(bench).code == "model_missing"
        bench.close()


def test_an_unknown_model_is_a_matter_of_configuration() -> None:
    with FakeLmStudio([StudioModel("a"), StudioModel("b")]) as server:
        bench = lmstudio_bench(server, "o4-mini")
        assert failure_of(bench).code == "model_missing"
        bench.close()


def test_the_model_that_answered_is_named() -> None:
    with FakeLmStudio([StudioModel("other-vlm")]) as server:
        server.answer = lambda *_: json.dumps(GOOD)
        server.store.load(server.store.models["other-vlm"], None)
        bench = lmstudio_bench(server, "tiny-vlm")
        assert bench.analyzer().describe(one_scene(), CancelToken()).model == "other-vlm"
        bench.close()


@pytest.mark.parametrize("overflow", ["200", "400", "blank"])
def test_a_full_context_in_its_three_forms(overflow: str) -> None:
    with FakeLmStudio(overflow=overflow) as server:  # type: ignore[arg-type]
        server.store.load(server.store.models["tiny-vlm"], 64)
        bench = lmstudio_bench(server)
        error = failure_of(bench)
        assert error.code == ("empty_answer" if overflow == "blank" else "context_exceeded")
        assert len(bench.asked) == 2
        bench.close()


def test_a_blank_answer_is_tried_with_half_the_picture(lmstudio: Bench) -> None:
    lmstudio.server.faults.add(Blank(), path=lmstudio.chat)
    describe(lmstudio)
    assert lmstudio.pictures()[1].endswith(base64.b64encode(SMALL).decode())


def test_the_wrong_path_is_a_matter_of_configuration() -> None:
    with FakeLmStudio() as server:
        bench = lmstudio_bench(server)
        bench.base_url = server.url
        assert failure_of(bench).code == "endpoint_missing"
        bench.close()


def test_a_text_model_is_a_matter_of_configuration() -> None:
    with FakeLmStudio([StudioModel("tiny-vlm", vision=False)]) as server:
        bench = lmstudio_bench(server)
        assert failure_of(bench).code == "model_has_no_vision"
        bench.close()


# ---- clouds -----------------------------------------------------------------------------------------------


def test_openai_gets_its_strict_schema(openai: Bench) -> None:
    openai.server.answer = cloud_answer  # type: ignore[attr-defined]
    assert describe(openai)
    body = openai.asked[0].json
    assert body["response_format"]["json_schema"]["strict"] is True
    assert "maxLength" not in json.dumps(body) and "maxItems" not in json.dumps(body)
    assert "max_completion_tokens" in body and "max_tokens" not in body


def test_deepseek_gets_json_mode_without_thoughts_under_its_name_of_today(deepseek: Bench) -> None:
    assert describe(deepseek) == GOOD["summary"]
    body = deepseek.asked[0].json
    assert body["model"] == "deepseek-flash"
    assert body["response_format"] == {"type": "json_object"}
    assert body["thinking"] == {"type": "disabled"}
    assert "json" in deepseek.prompts()[0].lower()


def test_blank_lines_before_an_answer_are_waited_out(deepseek: Bench) -> None:
    deepseek.server.faults.add(KeepAliveLines(5, 0.01), path=deepseek.chat)
    assert describe(deepseek) == GOOD["summary"]


def test_blank_lines_for_ever_end_with_the_whole_call(deepseek: Bench) -> None:
    deepseek.server.faults.add(KeepAliveLines(10_000, 0.02), path=deepseek.chat, times=None)
    with pytest.raises(BackendError) as caught:
        deepseek.analyzer(clock=SystemClock(), answer_timeout=0.4).describe(one_scene(), CancelToken())
    assert caught.value.code == "reply_timeout"


def test_a_refused_parameter_is_left_out_from_then_on(openai: Bench) -> None:
    refusals = [
        {
            "message": "Unsupported parameter: 'max_completion_tokens' is not supported with this model. "
            "Use 'max_tokens' instead.",
            "type": "invalid_request_error",
            "param": "max_completion_tokens",
            "code": "unsupported_parameter",
        },
        {
            "message": "Unsupported value: 'temperature' does not support 0 with this model.",
            "type": "invalid_request_error",
            "param": "temperature",
            "code": "unsupported_value",
        },
    ]
    openai.server.faults.add(*(Reply(400, {"error": refusal}) for refusal in refusals), path=openai.chat)
    analyzer = openai.analyzer()
    analyzer.describe(one_scene(), CancelToken())
    analyzer.describe(one_scene(), CancelToken())
    assert len(openai.asked) == 4
    last = openai.asked[-1].json
    assert "max_tokens" in last and "max_completion_tokens" not in last and "temperature" not in last


def test_a_parameter_refused_for_ever_ends(openai: Bench) -> None:
    refusal = Reply(
        400, {"error": {"message": "Unsupported parameter: 'temperature'", "param": "temperature"}}
    )
    error = error_of(openai, refusal)
    assert (error.failure, error.code) == (FailureClass.CONFIG, "parameter_refused")
    assert len(openai.asked) == 2


@pytest.mark.fault("FM12")
def test_a_wrong_key_is_not_tried_again_and_not_shown(openai: Bench) -> None:
    openai.key = CANARY + "-wrong"
    error = failure_of(openai)
    assert (error.failure, error.code) == (FailureClass.CONFIG, "key_refused")
    assert "CANARY" not in str(error) and "wrong" not in str(error)
    assert len(openai.asked) == 1


def test_a_refused_country_is_a_matter_of_configuration(openai: Bench) -> None:
    assert error_of(openai, country_refused()).code == "access_refused"


@pytest.mark.fault("FM14")
@pytest.mark.parametrize(
    "code",
    [
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
    ],
)
def test_no_money_is_no_throttling(openai: Bench, code: str) -> None:
    error = error_of(openai, spend_limit(code))
    assert (error.failure, error.code) == (FailureClass.BUDGET, "spend_limit")
    assert len(openai.asked) == 1


def test_an_empty_account_is_a_matter_of_budget(deepseek: Bench) -> None:
    deepseek.server.balance = False  # type: ignore[attr-defined]
    assert failure_of(deepseek).failure is FailureClass.BUDGET


@pytest.mark.fault("FM13")
@pytest.mark.parametrize(
    ("limited", "least", "most"),
    [
        (rate_limited(retry_after=30), 30, 33),
        (rate_limited(retry_after=30, as_date=True), 28, 34),
        (rate_limited(retry_after_ms=2500), 2.5, 3.5),
        (rate_limited(code="slow_down"), 1, 4),
        (Reply(429, b"", {"Retry-After": "soon"}), 1, 4),
    ],
)
def test_waiting_times_are_read(openai: Bench, limited: Reply, least: float, most: float) -> None:
    openai.clock._epoch = time.time()  # type: ignore[attr-defined]
    error = error_of(openai, limited)
    assert error.failure is FailureClass.THROTTLE
    assert error.retry_after is not None and least <= error.retry_after <= most


def test_an_overloaded_cloud_is_tried_when_it_says(openai: Bench) -> None:
    openai.server.faults.add(overloaded(retry_after=20), path=openai.chat)
    assert openai.analyzer().describe(one_scene(), CancelToken()).seconds == 20.0


def test_an_overloaded_cloud_that_wants_an_hour_is_down(openai: Bench) -> None:
    assert error_of(openai, overloaded(retry_after=3600)).failure is FailureClass.DOWN
    assert len(openai.asked) == 1


def test_a_model_that_declines_is_the_pictures_doing(openai: Bench) -> None:
    openai.server.faults.add(ModelRefusal(), path=openai.chat)
    error = failure_of(openai)
    assert (error.failure, error.code) == (FailureClass.INPUT, "model_refused")
    assert len(openai.asked) == 1


def test_a_model_that_is_gone_is_a_matter_of_configuration(deepseek: Bench) -> None:
    deepseek.server.models = ()  # type: ignore[attr-defined]
    assert failure_of(deepseek).code == "model_missing"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"choices": []},
        {"choices": [None]},
        {"choices": {}},
        [],
        "text",
        {"object": "list", "error": None},
    ],
)
def test_answers_without_a_choice(lmstudio: Bench, body: object) -> None:
    lmstudio.server.faults.add(Reply(200, body), path=lmstudio.chat, times=2)
    assert failure_of(lmstudio).failure is FailureClass.TIER


def test_an_answer_in_parts_is_put_together(lmstudio: Bench) -> None:
    text = json.dumps(GOOD)
    parts = [{"type": "text", "text": text[:20]}, {"type": "text", "text": text[20:]}, None]
    body = {"choices": [{"message": {"content": parts, "reasoning_content": "hm"}, "finish_reason": "stop"}]}
    lmstudio.server.faults.add(Reply(200, body), path=lmstudio.chat)
    assert describe(lmstudio) == GOOD["summary"]


def test_a_server_that_passes_over_the_schema_is_reminded(lmstudio: Bench) -> None:
    """transformers serve answers 200 with talk."""
    body = {"choices": [{"message": {"content": "It shows a disc."}, "finish_reason": "stop"}]}
    lmstudio.server.faults.add(Reply(200, body), path=lmstudio.chat)
    assert describe(lmstudio) == GOOD["summary"]
    assert "could not be used" in lmstudio.prompts()[1]
