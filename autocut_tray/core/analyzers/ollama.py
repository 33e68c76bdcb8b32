"""Ollama's own chat endpoint."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from autocut_tray.core.analyzers.answer import MAX_ANSWER
from autocut_tray.core.analyzers.chat import CONTEXT_TOKENS, Answer, AnswerShape, Question
from autocut_tray.core.analyzers.failures import (
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
from autocut_tray.core.http import JsonLines, JsonReply

KEEP_ALIVE_S = 300
"""How long the model stays in memory after an answer."""

_ERROR_IN_A_STREAM = 500
"""Errors inside a 200 answer (all of them before 0.12.6) have no status of their own."""


class OllamaChat:
    """One model of an Ollama server.

    Answers are streamed: so a stall shows after the wire's ``read`` limit instead of at the end, a runaway is
    cut, and leaving closes the connection, which makes the server stop. ``on_cpu``: keep all layers off the GPU.
    """

    shapes = (AnswerShape.BOUNDED_SCHEMA, AnswerShape.JSON, AnswerShape.TEXT)

    def __init__(self, wire: Wire, model: str, *, on_cpu: bool, clock: Clock, key: str | None = None) -> None:
        self._wire = wire
        self._model = model
        self._on_cpu = on_cpu
        self._clock = clock
        self._key = key

    def ask(self, question: Question, cancel: CancelToken, *, total: float | None = None) -> Answer:
        """The complete answer; see :class:`~.chat.ChatModel`."""
        limits = self._wire.limits
        if total is not None:
            limits = replace(limits, total=total, first_byte=total)
        body = self._body(question)
        with self._wire.post_ndjson("api/chat", body, question.errand, cancel=cancel, limits=limits) as lines:
            if lines.refusal is not None:
                raise self._refused(lines.refusal)
            return self._read(lines)

    def close(self) -> None:
        """End calls in flight and drop connections."""
        self._wire.close()

    def _body(self, question: Question) -> dict[str, Any]:
        options: dict[str, Any] = {
            "temperature": 0,
            "seed": question.seed,
            "num_ctx": CONTEXT_TOKENS,
            "num_predict": question.max_tokens,
        }
        if self._on_cpu:
            options["num_gpu"] = 0
        said: dict[str, Any] = {"role": "user", "content": question.prompt}
        if question.jpegs:
            said["images"] = [base64.b64encode(jpeg).decode("ascii") for jpeg in question.jpegs]
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [said],
            "stream": True,
            "think": False,
            "options": options,
            "keep_alive": KEEP_ALIVE_S,
        }
        if question.shape is AnswerShape.BOUNDED_SCHEMA:
            body["format"] = question.schema
        elif question.shape is AnswerShape.JSON:
            body["format"] = "json"
        return body

    def _read(self, lines: JsonLines) -> Answer:
        parts: list[str] = []
        size = 0
        for line in lines:
            if has_error(line):
                raise self._failed(_ERROR_IN_A_STREAM, line, "")
            said = line.get("message")
            part = said.get("content") if isinstance(said, dict) else None
            if isinstance(part, str):
                parts.append(part)
                size += len(part)
            if line.get("done_reason") == "length" or size > MAX_ANSWER:
                raise self._failure("answer_truncated", f"after {size} characters")
            if line.get("done") is True:
                model = str(line.get("model") or self._model)
                return Answer("".join(parts), model, loading_seconds(line))
        raise self._failure("answer_cut_off", f"after {size} characters")

    def _refused(self, reply: JsonReply) -> BackendError:
        error = self._failed(reply.status, reply.body, reply.text)
        error.retry_after = server_wait(reply.headers, self._clock.time())
        return error

    def _failed(self, status: int, body: Any, text: str) -> BackendError:
        error = read_error(body, text)
        code = code_of(error, status, key_sent=self._key is not None)
        return self._failure(code, safe_detail(code, status, error, self._key))

    def _failure(self, code: str, detail: str) -> BackendError:
        return failure(code, host=self._wire.where, model=self._model, detail=detail)


def loading_seconds(answer: dict[str, Any]) -> float | None:
    """What it took to have the model in memory, as the last line of an answer says in nanoseconds."""
    said = answer.get("load_duration")
    return said / 1e9 if type(said) is int and said > 0 else None
