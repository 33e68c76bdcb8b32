"""A fake of the two cloud providers, OpenAI and DeepSeek, with their errors and habits.

with FakeCloud(CloudFlavor.DEEPSEEK, key="sk-test-0123456789abcdef") as cloud:
    cloud.faults.add(rate_limited(retry_after=30), path="*/chat/completions")
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from enum import Enum
from typing import Any

from tests.servers.answer_faults import shape_answer
from tests.servers.openai_shapes import (
    ChatInput,
    Completion,
    chat_input,
    data_uri,
    response_schema,
    token_limit,
)
from tests.servers.pictures import picture_kind
from tests.servers.schema_answers import answer_text, seed_of, words
from tests.servers.scripted import Exchange, ScriptedServer
from tests.servers.wire_faults import Fault, Reply

DEEPSEEK_MODELS = ("deepseek-flash", "deepseek-v4-flash", "deepseek-v4-flash-vision-exp", "deepseek-v4-pro")
DEEPSEEK_DEAD = ("deepseek-chat", "deepseek-reasoner")
DEEPSEEK_BODY_LIMIT = 48 * 2**20
BAD_IMAGE = (
    "You uploaded an unsupported image. Please make sure your image has of one the following formats: "
    "['png', 'jpeg', 'gif', 'webp']."
)


class CloudFlavor(Enum):
    """Whose habits the fake has."""

    OPENAI = "openai"
    DEEPSEEK = "deepseek"


@dataclass(frozen=True, slots=True)
class KeepAliveLines(Fault):
    """DeepSeek under load: empty lines before the body, comments in a stream, one every ``seconds``."""

    lines: int = 5
    seconds: float = 0.02


@dataclass(frozen=True, slots=True)
class ModelRefusal(Fault):
    """The model declines: ``message.refusal`` with null content."""

    text: str = "I can't help with that."


class FakeCloud(ScriptedServer):
    """A cloud provider on loopback."""

    def __init__(
        self,
        flavor: CloudFlavor = CloudFlavor.OPENAI,
        *,
        key: str = "sk-test-0123456789abcdef",
        models: tuple[str, ...] | None = None,
        takes_pictures: bool = True,
        port: int = 0,
    ) -> None:
        super().__init__(port=port)
        self.flavor = flavor
        self.key = key
        self.models = models or (
            DEEPSEEK_MODELS if flavor is CloudFlavor.DEEPSEEK else ("gpt-4o", "gpt-4o-mini")
        )
        self.takes_pictures = takes_pictures
        self.balance = True
        """False: DeepSeek answers 402."""
        self.answer: Callable[[dict[str, Any], ChatInput], str] = cloud_answer
        self.answer_seconds = 0.0

    @property
    def base_url(self) -> str:
        """The base a client is given: DeepSeek's has no ``/v1`` (and takes it too)."""
        return self.url if self.flavor is CloudFlavor.DEEPSEEK else f"{self.url}/v1"

    def respond(self, exchange: Exchange) -> None:
        path = exchange.path
        if self.flavor is CloudFlavor.DEEPSEEK:
            path = path if path.startswith("/v1/") else f"/v1{path}"
        sent = exchange.headers.get("authorization", "").removeprefix("Bearer ")
        if sent != self.key:
            exchange.send_json(401, {"error": self._wrong_key(sent)})
        elif (exchange.method, path) == ("GET", "/v1/models"):
            data = [{"id": name, "object": "model", "owned_by": self.flavor.value} for name in self.models]
            exchange.send_json(200, {"object": "list", "data": data})
        elif (exchange.method, path) == ("POST", "/v1/chat/completions"):
            self._chat(exchange)
        else:
            exchange.send_json(404, {"error": _error(f"Invalid URL ({exchange.method} {exchange.path})")})

    def _wrong_key(self, sent: str) -> dict[str, Any]:
        shown = f"{sent[:8]}{'*' * max(0, len(sent) - 12)}{sent[-4:]}" if len(sent) > 12 else sent
        if self.flavor is CloudFlavor.DEEPSEEK:
            text = f"Authentication Fails, Your api key: ****{sent[-4:]} is invalid"
            return {**_error(text, "invalid_request_error"), "type": "authentication_error"}
        text = (
            f"Incorrect API key provided: {shown}. You can find your API key at "
            "https://platform.openai.com/account/api-keys."
        )
        return _error(text, "invalid_api_key")

    def _chat(self, exchange: Exchange) -> None:
        body = exchange.json
        if not isinstance(body, dict):
            exchange.send_json(400, {"error": _error("We could not parse the JSON body of your request.")})
            return
        asked = chat_input(body)
        refusal = self._refuses(exchange, body, asked)
        if refusal is not None:
            status, error = refusal
            exchange.send_json(status, {"error": error})
            return
        exchange.wait(self.answer_seconds)
        fault = exchange.fault
        text, finish = shape_answer(fault, self.answer(body, asked), token_limit(body))
        if self.flavor is CloudFlavor.DEEPSEEK and _format(body) == "json_object" and finish == "stop":
            text = text if _is_json(text) else " " * len(text)  # what is no JSON is replaced by spaces
        thinks = (
            self.flavor is CloudFlavor.DEEPSEEK and (body.get("thinking") or {}).get("type") != "disabled"
        )
        refused = fault.text if isinstance(fault, ModelRefusal) else None
        completion = Completion(
            identifier=f"chatcmpl-{exchange.entry.number}",
            created=int(time.time()),
            model=body["model"],
            text=None if refused else text,
            finish=finish,
            prompt_tokens=asked.tokens,
            reasoning="The person asks for a description." if thinks else None,
            refusal=refused,
        )
        if isinstance(fault, KeepAliveLines):
            self._send_late(exchange, body, completion, fault)
        else:
            completion.send(exchange, body)

    def _refuses(
        self, exchange: Exchange, body: dict[str, Any], asked: ChatInput
    ) -> tuple[int, dict[str, Any]] | None:
        """The provider's own checks, in the order in which they hurt."""
        if self.flavor is CloudFlavor.DEEPSEEK:
            refused = self._deepseek_refuses(exchange, body, asked)
        else:
            refused = self._openai_refuses(body)
        if refused is not None:
            return refused
        for url in asked.image_urls:
            picture = data_uri(url)
            if url.startswith("data:") and (picture is None or picture_kind(picture[1]) is None):
                return 400, _error(BAD_IMAGE, "invalid_image_format")
        return None

    def _deepseek_refuses(
        self, exchange: Exchange, body: dict[str, Any], asked: ChatInput
    ) -> tuple[int, dict[str, Any]] | None:
        model = body.get("model", "")
        if not self.balance:
            return 402, _error("Insufficient Balance", "invalid_request_error", "unknown_error")
        if len(exchange.entry.body) > DEEPSEEK_BODY_LIMIT:
            return 413, _error("Request body too large", "invalid_request_error")
        if model in DEEPSEEK_DEAD:
            text = (
                "The supported API model names are deepseek-v4-pro or deepseek-v4-flash, "
                f"but you passed {model}."
            )
            return 400, _error(text, "invalid_request_error")
        if model not in self.models:
            return 400, _error("Model Not Exist", "invalid_request_error")
        if asked.image_urls and not self.takes_pictures:
            text = (
                "Failed to deserialize the JSON body into the target type: messages[0]: unknown variant "
                f"`image_url`, expected `text` at line 1 column {len(exchange.entry.body)}"
            )
            return 400, _error(text, "invalid_request_error")
        if _format(body) == "json_schema":
            return 400, _error("This response_format type is unavailable now", "invalid_request_error")
        if _format(body) == "json_object" and "json" not in asked.text.lower():
            return 400, _error("Prompt must contain the word 'json' in some form", "invalid_request_error")
        return None

    def _openai_refuses(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        model = body.get("model", "")
        if model not in self.models:
            text = f"The model `{model}` does not exist or you do not have access to it."
            return 404, _error(text, "model_not_found")
        if chat_input(body).image_urls and not self.takes_pictures:
            text = "Invalid content type. image_url is only supported by certain models."
            return 400, _error(text)
        wanted = body.get("response_format") or {}
        strict = (wanted.get("json_schema") or {}).get("strict")
        schema = response_schema(body)
        fault = strict_schema_fault(schema) if schema is not None and strict else None
        if fault is not None:
            name = wanted["json_schema"].get("name", "")
            text = f"Invalid schema for response_format '{name}': {fault}"
            return 400, {**_error(text), "param": "response_format"}
        if _format(body) == "json_object" and "json" not in chat_input(body).text.lower():
            text = (
                "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
                "'json_object'."
            )
            return 400, {**_error(text), "param": "messages"}
        return None

    def _send_late(
        self, exchange: Exchange, body: dict[str, Any], completion: Completion, fault: KeepAliveLines
    ) -> None:
        streams = bool(body.get("stream"))
        kind = "text/event-stream" if streams else "application/json"
        with exchange.stream(200, kind) as write:
            for _ in range(fault.lines):
                write(b": keep-alive\n\n" if streams else b"\n")
                exchange.wait(fault.seconds)
            if streams:
                for event in completion.events():
                    write(event)
                write(b"data: [DONE]\n\n")
            else:
                write(json.dumps(completion.whole()).encode())


def strict_schema_fault(schema: Any, where: tuple[str, ...] = ()) -> str | None:
    """Why strict mode refuses a schema (all properties required, nothing additional); None if it does not."""
    if not isinstance(schema, dict):
        return None
    if schema.get("type") == "object" or "properties" in schema:
        if schema.get("additionalProperties") is not False:
            return f"In context={where!r}, 'additionalProperties' is required to be supplied and to be false."
        missing = sorted(set(schema.get("properties", {})) - set(schema.get("required", ())))
        if missing:
            return (
                f"In context={where!r}, 'required' is required to be supplied and to be an array including "
                f"every key in properties. Missing '{missing[0]}'."
            )
    parts = [*schema.get("properties", {}).items(), *schema.get("$defs", {}).items()]
    parts += [("items", schema.get("items"))]
    parts += [("anyOf", each) for each in schema.get("anyOf", ())]
    for name, part in parts:
        fault = strict_schema_fault(part, (*where, name))
        if fault is not None:
            return fault
    return None


def rate_limited(
    *,
    code: str = "rate_limit_exceeded",
    retry_after: float | None = None,
    retry_after_ms: int | None = None,
    as_date: bool = False,
) -> Reply:
    """429, wait and retry; ``retry_after`` in seconds, or as an HTTP date that far after the answer."""
    headers: dict[str, str | Callable[[], str]] = {}
    if retry_after is not None:
        seconds = retry_after
        headers["Retry-After"] = (
            (lambda: formatdate(time.time() + seconds, usegmt=True)) if as_date else f"{seconds:g}"
        )
    if retry_after_ms is not None:
        headers["retry-after-ms"] = str(retry_after_ms)
    error = {
        "message": "Rate limit reached for requests",
        "type": "rate_limit_error",
        "param": None,
        "code": code,
    }
    return Reply(429, {"error": error}, headers)


def spend_limit(code: str = "credit_balance_exhausted", kind: str = "insufficient_quota") -> Reply:
    """429 that no waiting helps against: the money is gone."""
    text = "You exceeded your current quota, please check your plan and billing details."
    return Reply(429, {"error": {"message": text, "type": kind, "param": None, "code": code}})


def overloaded(retry_after: float | None = None) -> Reply:
    """503: try again later."""
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    error = {
        "message": "The server is currently overloaded. Please try again later.",
        "type": "service_unavailable_error",
        "param": None,
        "code": "server_is_overloaded",
    }
    return Reply(503, {"error": error}, headers)


def country_refused() -> Reply:
    """403: stop."""
    text = "Country, region, or territory not supported"
    return Reply(403, {"error": _error(text, "unsupported_country_region_territory")})


def cloud_answer(body: dict[str, Any], asked: ChatInput) -> str:
    """What a model says by default: it depends on its name, the text and the pictures only."""
    choice = seed_of(body["model"], asked.text, *asked.image_urls)
    schema = response_schema(body)
    if schema is not None:
        return answer_text(schema, choice)
    if _format(body) == "json_object":
        return json.dumps({"description": words(choice)})
    return words(choice)


def _format(body: dict[str, Any]) -> str:
    return str((body.get("response_format") or {}).get("type", "text"))


def _error(text: str, code: str | None = None, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"message": text, "type": kind, "param": None, "code": code}


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
