"""The fake cloud against the contract of OpenAI and DeepSeek."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.servers.answer_faults import NotJson, Truncated
from tests.servers.fake_openai import (
    CloudFlavor,
    FakeCloud,
    KeepAliveLines,
    ModelRefusal,
    country_refused,
    overloaded,
    rate_limited,
    spend_limit,
)
from tests.servers.pictures import png
from tests.servers_test.client import Answer, call

KEY = "sk-test-0123456789abcdef"
PICTURE = "data:image/png;base64," + base64.b64encode(png()).decode()
STRICT = {
    "type": "object",
    "properties": {"summary": {"type": "string"}},
    "required": ["summary"],
    "additionalProperties": False,
}


@pytest.fixture
def openai() -> Iterator[FakeCloud]:
    with FakeCloud(CloudFlavor.OPENAI, key=KEY) as server:
        yield server


@pytest.fixture
def deepseek() -> Iterator[FakeCloud]:
    with FakeCloud(CloudFlavor.DEEPSEEK, key=KEY) as server:
        yield server


def chat(server: FakeCloud, model: str, key: str = KEY, url: str | None = PICTURE, **more: Any) -> Answer:
    content: list[dict[str, Any]] = [{"type": "text", "text": "Describe as JSON."}]
    if url is not None:
        content.append({"type": "image_url", "image_url": {"url": url}})
    body = {"model": model, "messages": [{"role": "user", "content": content}], **more}
    headers = {"Authorization": f"Bearer {key}"}
    return call("POST", server.base_url + "/chat/completions", body, headers=headers)


def as_schema(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "scene", "strict": True, "schema": schema}}


def test_wrong_key_repeats_a_part_of_it(openai: FakeCloud) -> None:
    answer = chat(openai, "gpt-4o", key="sk-SECRET00-middle-of-it-tail")
    assert answer.status == 401 and answer.json["error"]["code"] == "invalid_api_key"
    assert "sk-SECRE" in answer.text and "tail" in answer.text and "middle" not in answer.text


def test_structured_output(openai: FakeCloud) -> None:
    answer = chat(openai, "gpt-4o", response_format=as_schema(STRICT)).json
    assert set(json.loads(answer["choices"][0]["message"]["content"])) == {"summary"}
    assert answer["usage"]["total_tokens"] > answer["usage"]["prompt_tokens"] > 256
    loose = {**STRICT, "required": []}
    refused = chat(openai, "gpt-4o", response_format=as_schema(loose))
    assert refused.status == 400 and "Missing 'summary'" in refused.json["error"]["message"]
    open_ = {key: value for key, value in STRICT.items() if key != "additionalProperties"}
    assert "additionalProperties" in chat(openai, "gpt-4o", response_format=as_schema(open_)).text


def test_openai_errors(openai: FakeCloud) -> None:
    openai.faults.add(
        rate_limited(retry_after=30),
        rate_limited(code="slow_down", retry_after=20, as_date=True),
        rate_limited(retry_after_ms=1500),
        spend_limit(),
        spend_limit("project_spend_limit_exceeded"),
        overloaded(retry_after=2),
        country_refused(),
        path="*/chat/completions",
    )
    answers = [chat(openai, "gpt-4o") for _ in range(7)]
    assert [answer.status for answer in answers] == [429, 429, 429, 429, 429, 503, 403]
    codes = [answer.json["error"]["code"] for answer in answers]
    assert codes[:2] == ["rate_limit_exceeded", "slow_down"]
    assert codes[3:6] == ["credit_balance_exhausted", "project_spend_limit_exceeded", "server_is_overloaded"]
    assert answers[3].json["error"]["type"] == "insufficient_quota"
    assert answers[0].headers["retry-after"] == "30"
    assert parsedate_to_datetime(answers[1].headers["retry-after"]) is not None
    assert answers[2].headers["retry-after-ms"] == "1500"
    assert "retry-after" not in answers[3].headers
    bad = chat(openai, "gpt-4o", url="data:image/png;base64,bm8gcGljdHVyZQ==")
    assert bad.status == 400 and bad.json["error"]["code"] == "invalid_image_format"
    assert chat(openai, "gpt-9").json["error"]["code"] == "model_not_found"


def test_openai_answers(openai: FakeCloud) -> None:
    openai.faults.add(Truncated(), ModelRefusal(), path="*/chat/completions")
    assert chat(openai, "gpt-4o").json["choices"][0]["finish_reason"] == "length"
    message = chat(openai, "gpt-4o").json["choices"][0]["message"]
    assert message["content"] is None and message["refusal"]
    events = chat(openai, "gpt-4o", stream=True, stream_options={"include_usage": True}).events
    assert events[-1] == "[DONE]" and "usage" in json.loads(events[-2])


def test_deepseek_models(deepseek: FakeCloud) -> None:
    dead = chat(deepseek, "deepseek-chat")
    assert dead.status == 400 and dead.json["error"]["message"].endswith("but you passed deepseek-chat.")
    unknown = chat(deepseek, "nope")
    assert unknown.json["error"]["message"] == "Model Not Exist"
    headers = {"Authorization": f"Bearer {KEY}"}
    for base in (deepseek.url, deepseek.url + "/v1"):
        assert call("GET", base + "/models", headers=headers).json["data"][0]["id"] == "deepseek-flash"
    thinks, quick = (
        chat(deepseek, "deepseek-flash", **more).json["choices"][0]["message"]
        for more in ({}, {"thinking": {"type": "disabled"}})
    )
    assert "reasoning_content" in thinks and "reasoning_content" not in quick
    deepseek.takes_pictures = False
    assert "unknown variant `image_url`" in chat(deepseek, "deepseek-flash").json["error"]["message"]
    deepseek.balance = False
    assert chat(deepseek, "deepseek-flash").status == 402


def test_deepseek_json(deepseek: FakeCloud) -> None:
    wanted = {"response_format": {"type": "json_object"}}
    content = chat(deepseek, "deepseek-flash", **wanted).json["choices"][0]["message"]["content"]
    assert isinstance(json.loads(content), dict)
    deepseek.faults.add(NotJson(), path="*/chat/completions")
    choice = chat(deepseek, "deepseek-flash", **wanted).json["choices"][0]
    assert choice["message"]["content"].isspace() and choice["finish_reason"] == "stop"
    assert chat(deepseek, "deepseek-flash", response_format=as_schema(STRICT)).status == 400


def test_deepseek_holds_the_line(deepseek: FakeCloud) -> None:
    deepseek.faults.add(KeepAliveLines(3, 0.01), times=2)
    answer = chat(deepseek, "deepseek-flash")
    assert answer.body.startswith(b"\n\n\n{") and answer.json["choices"]
    streamed = chat(deepseek, "deepseek-flash", stream=True)
    assert streamed.text.startswith(": keep-alive\n\n") and streamed.events[-1] == "[DONE]"
