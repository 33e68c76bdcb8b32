"""The analyzer itself: asks a chat model, retries what is worth it, and turns words into a description."""

from __future__ import annotations

import random as random_module
import threading
from collections.abc import Callable

from autocut_tray.core.analyzers import prompts
from autocut_tray.core.analyzers.answer import (
    Schema,
    describe_schema,
    parse_answer,
    parse_object,
    probe_schema,
)
from autocut_tray.core.analyzers.base import DescribeRequest, DescribeResult
from autocut_tray.core.analyzers.chat import Answer, AnswerShape, ChatModel, Question
from autocut_tray.core.analyzers.probe_picture import probe_picture
from autocut_tray.core.analyzers.retries import Random, Retry, Spent, next_try, throttle_wait
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clean import clean
from autocut_tray.core.clock import Clock
from autocut_tray.core.egress.door import NOBODY, Errand
from autocut_tray.core.egress.periods import day_left
from autocut_tray.core.errors import BackendError, Cancelled, FailureClass

DESCRIBE_TOKENS = 700
"""Room for a whole description, Chinese included (about 400 tokens); a repair gets twice that."""

MAX_MODEL_NAME = 200

PROBE_TOKENS = 160
PROBE_LIMIT = 120.0
"""Seconds for the probe, the model's loading included."""


class Describer:
    """A :class:`~.base.VisualAnalyzer` over any :class:`~.chat.ChatModel`.

    ``random``: for jitter.
    """

    def __init__(
        self,
        chat: ChatModel,
        *,
        clock: Clock,
        random: Random = random_module.random,
    ) -> None:
        self._chat = chat
        self._clock = clock
        self._random = random
        self._lock = threading.Lock()
        self._shape = 0
        self._throttled = 0

    def describe(self, request: DescribeRequest, cancel: CancelToken) -> DescribeResult:
        """Describe one scene; see :class:`~.base.VisualAnalyzer`."""
        began = self._clock.monotonic()
        step = Retry(0.0, Spent())
        small = False
        while True:
            small = small or step.smaller
            jpeg = request.small_jpeg if small and request.small_jpeg is not None else request.jpeg
            try:
                answer = self._ask(
                    prompts.describe_prompt(request.language, repair=step.repair),
                    jpeg,
                    lambda bounded: describe_schema(request.language, bounded=bounded),
                    tokens=DESCRIBE_TOKENS * (2 if step.repair else 1),
                    seed=1 + step.spent.tier,
                    errand=request.errand,
                    cancel=cancel,
                )
                description = parse_answer(answer.text)
            except BackendError as error:
                following = next_try(
                    error, step.spent, has_smaller=request.small_jpeg is not None, random=self._random
                )
                if following is None:
                    raise
                step = following
                if self._clock.wait(cancel.event, step.wait):
                    raise Cancelled from None
            else:
                model = clean(answer.model, MAX_MODEL_NAME)
                return DescribeResult(description, model, self._clock.monotonic() - began)

    def probe(self, cancel: CancelToken) -> None:
        """Have the model loaded and answer; one try, because the caller repeats probes on its own terms."""
        answer = self._ask(
            prompts.PROBE_PROMPT,
            probe_picture(),
            lambda bounded: probe_schema(bounded=bounded),
            tokens=PROBE_TOKENS,
            seed=1,
            errand=NOBODY,
            cancel=cancel,
            total=PROBE_LIMIT,
        )
        parse_object(answer.text)

    def close(self) -> None:
        """Close connections; calls in flight raise Cancelled."""
        self._chat.close()

    def _ask(
        self,
        prompt: str,
        jpeg: bytes,
        schema: Callable[[bool], Schema],
        *,
        tokens: int,
        seed: int,
        errand: Errand,
        cancel: CancelToken,
        total: float | None = None,
    ) -> Answer:
        """One answer, in the strictest shape that this server understands; what it refuses is remembered."""
        while True:
            cancel.raise_if_cancelled()
            position = self._shape
            shape = self._chat.shapes[position]
            wanted = None
            if shape in (AnswerShape.BOUNDED_SCHEMA, AnswerShape.STRICT_SCHEMA):
                wanted = schema(shape is AnswerShape.BOUNDED_SCHEMA)
            question = Question(prompt, jpeg, shape, wanted, tokens, seed, errand)
            try:
                answer = self._chat.ask(question, cancel, total=total)
            except BackendError as error:
                if error.code == "format_refused" and position + 1 < len(self._chat.shapes):
                    with self._lock:
                        self._shape = max(self._shape, position + 1)
                    continue
                if error.failure is FailureClass.THROTTLE:
                    error.retry_after = self._throttle(error.retry_after)
                if error.failure is FailureClass.BUDGET and error.retry_after is None:
                    # Providers do not say when their period ends: asked again once a day, and after a change.
                    error.retry_after = day_left(self._clock.time())
                raise
            with self._lock:
                self._throttled = 0
            return answer

    def _throttle(self, asked: float | None) -> float:
        with self._lock:
            self._throttled += 1
            return throttle_wait(asked, self._throttled, random=self._random)
