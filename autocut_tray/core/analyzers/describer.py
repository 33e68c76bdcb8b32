"""The analyzer itself: asks a chat model about a picture, and turns words into a description."""

from __future__ import annotations

import logging
from collections.abc import Callable

from autocut_tray.core.analyzers import prompts
from autocut_tray.core.analyzers.answer import (
    describe_schema,
    parse_answer,
    parse_object,
    probe_schema,
)
from autocut_tray.core.analyzers.asker import Asker, Try
from autocut_tray.core.analyzers.base import DescribeRequest, DescribeResult
from autocut_tray.core.analyzers.chat import Answer
from autocut_tray.core.analyzers.pictures import PictureAllowance, PictureChoice
from autocut_tray.core.analyzers.probe_picture import probe_picture
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clean import clean
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import BackendError
from autocut_tray.core.policy.picture_limits import PictureLimit

log = logging.getLogger(__name__)

DESCRIBE_TOKENS = 700
"""Room for a whole description, Chinese included (about 400 tokens); a repair gets twice that."""

MAX_MODEL_NAME = 200

PROBE_TOKENS = 160
PROBE_LIMIT = 120.0
"""Seconds for the probe, the model's loading included."""


class Describer:
    """A :class:`~.base.VisualAnalyzer` over any chat model. ``limit``: how many pictures of a scene it may get."""

    def __init__(self, asker: Asker, *, clock: Clock, limit: Callable[[], PictureLimit]) -> None:
        self._asker = asker
        self._clock = clock
        self._allowance = PictureAllowance(limit)

    def describe(self, request: DescribeRequest, cancel: CancelToken) -> DescribeResult:
        """Describe one scene; see :class:`~.base.VisualAnalyzer`."""
        began = self._clock.monotonic()
        choice = PictureChoice(request, self._allowance)

        def attempt(this: Try) -> DescribeResult:
            jpegs = choice.jpegs(small=this.small)
            try:
                answer = self._ask(request, jpegs, this, cancel)
                description = parse_answer(answer.text)
            except BackendError as error:
                if choice.failed(error, len(jpegs)):
                    log.info("%d pictures of a scene are too many: %s", len(jpegs), error)
                    return attempt(this)
                raise
            choice.worked()
            seconds = self._clock.monotonic() - began
            model = clean(answer.model, MAX_MODEL_NAME)
            return DescribeResult(description, model, seconds, len(jpegs), choice.fewer, answer.load_seconds)

        return self._asker.until_usable(attempt, cancel, has_smaller=choice.has_less)

    def _ask(
        self, request: DescribeRequest, jpegs: tuple[bytes, ...], this: Try, cancel: CancelToken
    ) -> Answer:
        return self._asker.ask(
            prompts.describe_prompt(request.language, pictures=len(jpegs), repair=this.repair),
            jpegs,
            lambda bounded: describe_schema(request.language, bounded=bounded),
            tokens=DESCRIBE_TOKENS * (2 if this.repair else 1),
            seed=this.number,
            errand=request.errand,
            cancel=cancel,
        )

    def probe(self, cancel: CancelToken) -> None:
        """Have the model loaded and answer; one try, because the caller repeats probes on its own terms."""
        answer = self._asker.ask(
            prompts.PROBE_PROMPT,
            (probe_picture(),),
            lambda bounded: probe_schema(bounded=bounded),
            tokens=PROBE_TOKENS,
            seed=1,
            cancel=cancel,
            total=PROBE_LIMIT,
        )
        parse_object(answer.text)

    def close(self) -> None:
        """Close connections; calls in flight raise Cancelled."""
        self._asker.close()
