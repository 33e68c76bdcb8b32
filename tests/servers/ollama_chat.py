"""One native answer of Ollama: what was asked, what a model says to it, and the lines on the wire."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.servers.go_format import rfc3339_nano
from tests.servers.journal import to_json
from tests.servers.ollama_faults import UNEXPECTED_EOF, RunnerDied, StreamWithoutDone
from tests.servers.ollama_store import OllamaModel, Store
from tests.servers.openai_shapes import pieces
from tests.servers.schema_answers import answer_text, seed_of, words
from tests.servers.scripted import Exchange


class HttpError(Exception):
    """An answer other than 200, before the first piece."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.from_runner = False
        """True once the request had passed its checks: such errors of a stream were 200 before 0.12.6."""


@dataclass(frozen=True, slots=True)
class ChatCall:
    """A chat request that reached the model."""

    model: OllamaModel
    asked_as: str
    prompt: str
    images: tuple[bytes, ...]
    schema: dict[str, Any] | str | None
    """A schema, ``"json"``, or None for free text."""
    limit: int | None
    thinking: bool


class NativeReply:
    """The lines of one native answer."""

    def __init__(self, store: Store, asked_as: str, shape: str, streams: bool) -> None:
        self._store = store
        self._asked_as = asked_as
        self._shape = shape
        self.streams = streams
        self._begun = time.monotonic_ns()
        self.before_last: Callable[[], None] = lambda: None
        """Called before the bytes that tell the client that all is over."""

    def _line(self, text: str, **more: Any) -> dict[str, Any]:
        words_of: Any = {"role": "assistant", "content": text} if self._shape == "message" else text
        created = rfc3339_nano(self._store.now_ns())
        return {"model": self._asked_as, "created_at": created, self._shape: words_of, "done": False, **more}

    def send_empty(self, exchange: Exchange, reason: str) -> None:
        """The answer to a request without messages."""
        line = self._line("", done=True, done_reason=reason)
        self.before_last()
        if self.streams:
            with exchange.stream(200, "application/x-ndjson") as write:
                write(to_json(line) + b"\n")
        else:
            exchange.send_json(200, line)

    def send(self, exchange: Exchange, call: ChatCall, text: str, finish: str) -> None:
        thought = "The picture shows something; I describe it." if call.thinking else ""
        spent = time.monotonic_ns() - self._begun
        counters = {
            "done_reason": finish,
            "total_duration": spent + 1,
            "load_duration": spent // 2 + 1,
            "prompt_eval_count": len(call.prompt) // 4 + 49 * len(call.images) + 1,
            "prompt_eval_duration": 5_966_000,
            "eval_count": len(text) // 4 + 1,
            "eval_duration": 3_114_000,
        }
        if not self.streams:
            assert not isinstance(exchange.fault, StreamWithoutDone), (
                "scripted for a request that does not stream"
            )
            line = self._line(text, done=True, **counters)
            if thought:
                line["message"]["thinking"] = thought
            self.before_last()
            exchange.send_json(200, line)
            return
        fault = exchange.fault
        with exchange.stream(200, "application/x-ndjson") as write:
            if thought:
                line = self._line("")
                line["message"]["thinking"] = thought
                write(to_json(line) + b"\n")
            for number, piece in enumerate(pieces(text)):
                if isinstance(fault, RunnerDied) and number == fault.after_pieces:
                    break
                write(to_json(self._line(piece)) + b"\n")
            self.before_last()
            if isinstance(fault, RunnerDied):
                write(to_json({"error": UNEXPECTED_EOF}) + b"\n")
            elif not isinstance(fault, StreamWithoutDone):
                write(to_json(self._line("", done=True, **counters)) + b"\n")


def model_answer(call: ChatCall) -> str:
    """What a model says by default: it depends on its name, the pictures and the prompt only."""
    choice = seed_of(call.model.full_name, call.prompt, *call.images)
    if isinstance(call.schema, dict) and call.schema:
        return answer_text(call.schema, choice)
    if call.schema is not None:
        return to_json({"description": words(choice)}).decode()
    return words(choice)
