"""OpenAI's chat format, as every compatible server speaks it: parts, completions, server-sent events."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.servers.journal import to_json
from tests.servers.scripted import Exchange


@dataclass(frozen=True, slots=True)
class ChatInput:
    """What a chat request holds, flattened over its messages."""

    text: str
    image_urls: tuple[str, ...]

    @property
    def tokens(self) -> int:
        """A rough count: four characters a token, 256 for a picture."""
        return len(self.text) // 4 + 256 * len(self.image_urls) + 1


def chat_input(body: dict[str, Any]) -> ChatInput:
    """Collect the texts and picture addresses of a request."""
    texts: list[str] = []
    urls: list[str] = []
    for message in body.get("messages") or []:
        content = message.get("content")
        if isinstance(content, str):
            texts.append(content)
        for part in content if isinstance(content, list) else []:
            if part.get("type") == "image_url":
                url = part.get("image_url")
                urls.append(url.get("url", "") if isinstance(url, dict) else str(url))
            else:
                texts.append(str(part.get("text", "")))
    return ChatInput("\n".join(texts), tuple(urls))


def data_uri(url: str) -> tuple[str, bytes] | None:
    """MIME type and bytes of a base64 ``data:`` URI; None for anything else."""
    head, comma, rest = url.partition(",")
    if not (comma and head.startswith("data:") and head.endswith(";base64")):
        return None
    try:
        return head[5:-7], base64.b64decode(rest, validate=True)
    except ValueError:
        return None


def response_schema(body: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of a ``json_schema`` response format, if one is asked for."""
    wanted = body.get("response_format")
    if not isinstance(wanted, dict) or wanted.get("type") != "json_schema":
        return None
    schema = (wanted.get("json_schema") or {}).get("schema")
    return schema if isinstance(schema, dict) else {}


def token_limit(body: dict[str, Any]) -> int | None:
    """The limit of generated characters (four a token), if the request sets one."""
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    return 4 * limit if isinstance(limit, int) and limit > 0 else None


@dataclass(frozen=True, slots=True)
class Completion:
    """A finished chat answer."""

    identifier: str
    created: int
    model: str
    text: str | None
    finish: str
    prompt_tokens: int
    reasoning: str | None = None
    refusal: str | None = None

    @property
    def usage(self) -> dict[str, int]:
        out = max(1, len(self.text or "") // 4)
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": out,
            "total_tokens": self.prompt_tokens + out,
        }

    def whole(self) -> dict[str, Any]:
        """The body of an answer that is not streamed."""
        message: dict[str, Any] = {"role": "assistant", "content": self.text}
        if self.reasoning is not None:
            message["reasoning_content"] = self.reasoning
        if self.refusal is not None:
            message["refusal"] = self.refusal
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self.finish}
        return {
            "id": self.identifier,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [choice],
            "usage": self.usage,
        }

    def events(self, *, usage: bool = False) -> Iterable[bytes]:
        """The events of a streamed answer, without the closing ``[DONE]``."""
        base = {
            "id": self.identifier,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
        }

        def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
            return sse({**base, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

        yield chunk({"role": "assistant", "content": ""})
        for piece in pieces(self.reasoning or ""):
            yield chunk({"reasoning_content": piece})
        for piece in pieces(self.text or ""):
            yield chunk({"content": piece})
        yield chunk({}, self.finish)
        if usage:
            yield sse({**base, "choices": [], "usage": self.usage})

    def send(self, exchange: Exchange, body: dict[str, Any]) -> None:
        """Answer streamed or whole, as the request asked."""
        if not body.get("stream"):
            exchange.send_json(200, self.whole())
            return
        usage = bool((body.get("stream_options") or {}).get("include_usage"))
        with exchange.stream(200, "text/event-stream") as write:
            for event in self.events(usage=usage):
                write(event)
            write(b"data: [DONE]\n\n")


def sse(value: Any) -> bytes:
    return b"data: " + to_json(value) + b"\n\n"


def pieces(text: str, size: int = 12) -> Iterable[str]:
    """A text in the pieces in which it is streamed; a huge one in larger pieces."""
    step = max(size, len(text) // 64)
    return (text[start : start + step] for start in range(0, len(text), step))
