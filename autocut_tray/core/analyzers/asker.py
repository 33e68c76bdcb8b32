"""Asks a chat model until there is a usable answer: what describing and planning have in common."""

from __future__ import annotations

import random as random_module
import threading
from collections.abc import Callable
from typing import TypeVar

from autocut_tray.core.analyzers.answer import Schema
from autocut_tray.core.analyzers.chat import Answer, AnswerShape, ChatModel, Question
from autocut_tray.core.analyzers.retries import Random, Retry, Spent, next_try, throttle_wait
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.egress.door import NOBODY, Errand
from autocut_tray.core.egress.periods import day_left
from autocut_tray.core.errors import BackendError, Cancelled, FailureClass
from autocut_tray.core.frozen import frozen

T = TypeVar("T")


@frozen
class Try:
    """What is different about this try. ``small``: send half as much; ``repair``: with a reminder; ``number`` from 1
    of those that a bad answer cost."""

    small: bool
    repair: bool
    number: int


class Asker:
    """Questions to one :class:`~.chat.ChatModel`, in the strictest shape that its server understands.

    ``errand``: on whose behalf it asks unless a question says so. ``random``: for jitter. Safe to use from several
    threads.
    """

    def __init__(
        self,
        chat: ChatModel,
        *,
        clock: Clock,
        errand: Errand = NOBODY,
        random: Random = random_module.random,
    ) -> None:
        self._chat = chat
        self._clock = clock
        self._errand = errand
        self._random = random
        self._lock = threading.Lock()
        self._shape = 0
        self._throttled = 0

    def until_usable(self, attempt: Callable[[Try], T], cancel: CancelToken, *, has_smaller: bool) -> T:
        """What ``attempt`` returns, tried again as the control rules say.

        ``has_smaller``: it can send less when told to. Raises BackendError or Cancelled.
        """
        step = Retry(0.0, Spent())
        small = False
        while True:
            small = small or (step.smaller and has_smaller)
            try:
                return attempt(Try(small, step.repair, 1 + step.spent.tier))
            except BackendError as error:
                following = next_try(error, step.spent, has_smaller=has_smaller, random=self._random)
                if following is None:
                    raise
                step = following
            if self._clock.wait(cancel.event, step.wait):
                raise Cancelled

    def ask(
        self,
        prompt: str,
        jpegs: tuple[bytes, ...],
        schema: Callable[[bool], Schema],
        *,
        tokens: int,
        seed: int,
        cancel: CancelToken,
        errand: Errand | None = None,
        total: float | None = None,
    ) -> Answer:
        """One answer; which shape the server refuses is remembered. ``schema``: given whether it may have bounds."""
        while True:
            cancel.raise_if_cancelled()
            position = self._shape
            shape = self._chat.shapes[position]
            wanted = None
            if shape in (AnswerShape.BOUNDED_SCHEMA, AnswerShape.STRICT_SCHEMA):
                wanted = schema(shape is AnswerShape.BOUNDED_SCHEMA)
            question = Question(prompt, jpegs, shape, wanted, tokens, seed, errand or self._errand)
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

    def close(self) -> None:
        """Close connections; calls in flight raise Cancelled."""
        self._chat.close()

    def _throttle(self, asked: float | None) -> float:
        with self._lock:
            self._throttled += 1
            return throttle_wait(asked, self._throttled, random=self._random)
