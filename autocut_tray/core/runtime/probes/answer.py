"""What a probe is, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.profile import Outcome

T = TypeVar("T")


@frozen
class Answer(Generic[T]):
    """A fact and how it was come by. ``detail``: the probe's own words, for logs and a folded "details"."""

    fact: T
    outcome: Outcome = Outcome.OK
    detail: str | None = None


@frozen
class Probe(Generic[T]):
    """A way to find out one fact.

    ``ask`` may block, raise or hang; ``unknown`` gives the fact that stands when it did; ``limit``: seconds it
    is waited for.
    """

    name: str
    ask: Callable[[CancelToken], Answer[T]]
    unknown: Callable[[], T]
    limit: float = 1.2
