"""One question to one model, with or without pictures: what the dialects of the servers have in common."""

from __future__ import annotations

import enum
from typing import Protocol

from autocut_tray.core.analyzers.answer import Schema
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.egress.door import NOBODY, Errand
from autocut_tray.core.frozen import frozen

CONTEXT_TOKENS = 4096
"""Room for question and answer. Always the same: another value makes Ollama load the model again. Its own default
below 23 GiB of VRAM, and LM Studio's."""


class AnswerShape(enum.Enum):
    """How a server is asked for JSON, strictest first."""

    BOUNDED_SCHEMA = "bounded_schema"
    """A schema with lengths and counts, held to by a grammar."""
    STRICT_SCHEMA = "strict_schema"
    """A schema without them, as OpenAI's strict mode takes it."""
    JSON = "json"
    """Any JSON object."""
    TEXT = "text"
    """Only the prompt asks for JSON."""


@frozen
class Question:
    """``jpegs``: the pictures it is about, in order; none for words alone. ``schema``: what :attr:`shape` needs,
    else None.

    ``seed`` differs between a try and its repair. ``errand``: on whose behalf it is asked, for the door to other
    hosts.
    """

    prompt: str
    jpegs: tuple[bytes, ...]
    shape: AnswerShape
    schema: Schema | None
    max_tokens: int
    seed: int
    errand: Errand = NOBODY


@frozen
class Answer:
    """``model``: as the server named it; another one may have answered than was asked. ``load_seconds``: what it took
    to have the model in memory, None where the server does not say."""

    text: str
    model: str
    load_seconds: float | None = None


class ChatModel(Protocol):
    """A model behind one server's dialect. Implementations are safe to call from several threads."""

    @property
    def shapes(self) -> tuple[AnswerShape, ...]:
        """What this server may understand, best first."""

    def ask(self, question: Question, cancel: CancelToken, *, total: float | None = None) -> Answer:
        """The complete answer. ``total``: seconds for this call, if not the usual.

        Raises BackendError (``answer_truncated`` when it was cut at ``max_tokens``, ``format_refused`` when
        the shape is not understood) or Cancelled.
        """

    def close(self) -> None:
        """End calls in flight and drop connections."""
