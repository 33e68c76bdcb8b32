"""OpenAI's chat completions, as LM Studio, llama.cpp, OpenAI and DeepSeek speak them."""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

from autocut_tray.core.analyzers.chat import Answer, AnswerShape, Question
from autocut_tray.core.analyzers.failures import (
    ServerError,
    code_of,
    failure,
    has_error,
    read_error,
    safe_detail,
    server_wait,
)
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.egress.wire import Wire
from autocut_tray.core.errors import BackendError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.http import JsonReply

_TOKEN_FIELDS = ("max_completion_tokens", "max_tokens")


@frozen
class Dialect:
    """What one kind of server understands. ``fields``: sent with every request."""

    shapes: tuple[AnswerShape, ...]
    token_field: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    seeded: bool = False


LM_STUDIO = Dialect(
    # It refuses json_object. Its llama.cpp holds to bounds; what does not gets the plain schema.
    shapes=(AnswerShape.BOUNDED_SCHEMA, AnswerShape.STRICT_SCHEMA, AnswerShape.TEXT),
    token_field="max_tokens",
    fields={"temperature": 0, "ttl": 300},
    seeded=True,
)
"""Also right for llama.cpp's own server, which passes over ``ttl``."""

OPENAI = Dialect(
    shapes=(AnswerShape.STRICT_SCHEMA, AnswerShape.JSON, AnswerShape.TEXT),
    token_field="max_completion_tokens",
    fields={"temperature": 0},
)

DEEPSEEK = Dialect(
    shapes=(AnswerShape.JSON, AnswerShape.TEXT),
    token_field="max_tokens",
    fields={"temperature": 0, "thinking": {"type": "disabled"}},
)


class OpenAiChat:
    """One model of an OpenAI-compatible server.

    Answers are not streamed: errors come in too many forms inside streams, and whole answers are short. A
    request field that the server says it does not know is left out from then on.
    """

    def __init__(
        self, wire: Wire, model: str, dialect: Dialect, *, clock: Clock, key: str | None = None
    ) -> None:
        self._wire = wire
        self._model = model
        self._dialect = dialect
        self._clock = clock
        self._key = key
        self._lock = threading.Lock()
        self._left_out: frozenset[str] = frozenset()

    @property
    def shapes(self) -> tuple[AnswerShape, ...]:
        return self._dialect.shapes

    def ask(self, question: Question, cancel: CancelToken, *, total: float | None = None) -> Answer:
        """The complete answer; see :class:`~.chat.ChatModel`."""
        limits = self._wire.limits
        if total is not None:
            limits = replace(limits, total=total, first_byte=total)
        while True:
            left_out = self._left_out
            body = self._body(question, left_out)
            reply = self._wire.post_json(
                "chat/completions", body, question.errand, cancel=cancel, limits=limits
            )
            if reply.ok and not has_error(reply.body):
                return self._read(reply)
            error = read_error(reply.body, reply.text)
            code = code_of(error, reply.status, key_sent=self._key is not None)
            unknown = _field_to_leave_out(error, body) if code == "parameter_refused" else None
            if unknown is None:
                raise self._failure(code, safe_detail(code, reply.status, error, self._key), reply)
            with self._lock:
                self._left_out |= {unknown}

    def close(self) -> None:
        """End calls in flight and drop connections."""
        self._wire.close()

    def _body(self, question: Question, left_out: frozenset[str]) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": "user", "content": _content(question)}],
            "stream": False,
        }
        optional = {**self._dialect.fields, **({"seed": question.seed} if self._dialect.seeded else {})}
        body |= {name: value for name, value in optional.items() if name not in left_out}
        fields = sorted(_TOKEN_FIELDS, key=lambda name: name != self._dialect.token_field)
        token_field = next((name for name in fields if name not in left_out), None)
        if token_field is not None:
            body[token_field] = question.max_tokens
        if question.schema is not None:
            schema = {"name": "answer", "strict": True, "schema": question.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif question.shape is AnswerShape.JSON:
            body["response_format"] = {"type": "json_object"}
        return body

    def _read(self, reply: JsonReply) -> Answer:
        """An answer is good only with words in ``choices[0].message.content``, and with its proper end."""
        choice = _first(reply.body)
        if choice is None:
            html = "html" in reply.headers.get("content-type", "")
            raise self._failure(
                "endpoint_missing" if html else "server_error", "no choices in the answer", reply
            )
        said = choice.get("message")
        said = said if isinstance(said, dict) else {}
        if said.get("refusal") or choice.get("finish_reason") == "content_filter":
            raise self._failure("model_refused", "", reply)
        if choice.get("finish_reason") == "length":
            raise self._failure("answer_truncated", "", reply)
        return Answer(_text(said.get("content")), str(reply.body.get("model") or self._model))

    def _failure(self, code: str, detail: str, reply: JsonReply) -> BackendError:
        wait = server_wait(reply.headers, self._clock.time())
        return failure(code, host=self._wire.where, model=self._model, detail=detail, retry_after=wait)


def _content(question: Question) -> str | list[dict[str, Any]]:
    """Words alone as plain text, which every model takes; with pictures as parts."""
    if not question.jpegs:
        return question.prompt
    pictures = ("data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii") for jpeg in question.jpegs)
    return [
        {"type": "text", "text": question.prompt},
        *({"type": "image_url", "image_url": {"url": picture}} for picture in pictures),
    ]


def _first(body: Any) -> dict[str, Any] | None:
    choices = body.get("choices") if isinstance(body, dict) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else None


def _text(content: Any) -> str:
    """The words of an answer: a string, or the text parts of a list."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _field_to_leave_out(error: ServerError, body: Mapping[str, Any]) -> str | None:
    """The optional field of ``body`` that a server refuses, if its error names one."""
    optional = [name for name in (*_TOKEN_FIELDS, "temperature", "seed", "ttl", "thinking") if name in body]
    if error.parameter in optional:
        return error.parameter
    return next((name for name in optional if name in error.text), None)
