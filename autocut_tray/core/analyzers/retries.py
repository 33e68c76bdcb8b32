"""Which failures are worth another try, when, and with what: the retry column of the control rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.frozen import frozen

DOWN_WAITS = (1.0, 2.0, 4.0)
"""Seconds before the second, third and fourth try of a server that refuses."""

BUSY_WAIT = (1.0, 30.0)
"""Seconds, at random between these, before a server with a full queue is asked again."""

BUSY_TRIES = 3
"""A full queue is a failure when it answers so for the third time."""

_LONGEST_WAIT = 60.0
"""A server that wants more is not waited for inside one unit of work."""

# The connection broke after the question was sent: it may have been answered, and in a cloud be paid for.
_OUTCOME_UNKNOWN = frozenset({"connection_lost", "runner_crashed", "answer_cut_off"})
_TOO_MUCH = frozenset({"context_exceeded", "request_too_large"})
_UNUSABLE = frozenset({"bad_answer", "empty_answer", "answer_truncated"})

Random = Callable[[], float]
"""A number from 0 up to 1, as ``random.random``."""


@frozen
class Spent:
    """The retries that one unit of work has had, by their kind."""

    tier: int = 0
    smaller: int = 0
    down: int = 0
    unknown: int = 0
    busy: int = 0


@frozen
class Retry:
    """Another try after ``wait`` seconds; ``smaller``: with half the picture; ``repair``: with a reminder."""

    wait: float
    spent: Spent
    smaller: bool = False
    repair: bool = False


def next_try(error: BackendError, spent: Spent, *, has_smaller: bool, random: Random) -> Retry | None:
    """What to do about ``error``; None: it is the unit's result.

    tier: once, with a reminder if the answer was unusable. resource, and what does not fit the context: once,
    with half the picture. down: after 1, 2 and 4 s; once only if the outcome of the last try is unknown; a full
    queue twice after 1 to 30 s. All other classes: not at all.
    """
    if error.code in _TOO_MUCH or error.failure is FailureClass.RESOURCE:
        # Without a smaller picture memory may still have come back; room in a context does not.
        worth_it = has_smaller or error.failure is FailureClass.RESOURCE
        return Retry(0.0, replace(spent, smaller=1), smaller=True) if worth_it and not spent.smaller else None
    if error.failure is FailureClass.TIER:
        if spent.tier:
            return None
        # LM Studio answers nothing at all when the picture does not fit its context.
        smaller = error.code == "empty_answer" and has_smaller
        return Retry(
            0.0, replace(spent, tier=1), smaller=smaller, repair=error.code in _UNUSABLE and not smaller
        )
    if error.failure is not FailureClass.DOWN:
        return None
    if error.code in _OUTCOME_UNKNOWN:
        return None if spent.unknown else Retry(DOWN_WAITS[0], replace(spent, unknown=1))
    if error.code == "server_busy":
        if spent.busy + 1 >= BUSY_TRIES:
            return None
        low, high = BUSY_WAIT
        wait = max(error.retry_after or 0.0, low + (high - low) * random())
        return _if_bearable(Retry(wait, replace(spent, busy=spent.busy + 1)))
    if spent.down >= len(DOWN_WAITS):
        return None
    wait = max(error.retry_after or 0.0, DOWN_WAITS[spent.down])
    return _if_bearable(Retry(wait, replace(spent, down=spent.down + 1)))


def throttle_wait(asked: float | None, times: int, *, random: Random) -> float:
    """Seconds to leave a server alone that answered 429 ``times`` times in a row (1 the first time).

    What it asked for and up to a tenth more, at least up to one second; else at random up to 4, 8, 16 … 60 s.
    """
    if asked is not None:
        return asked + max(1.0, asked / 10) * random()
    return 1.0 + (min(60.0, 2.0 ** min(times + 1, 10)) - 1.0) * random()


def _if_bearable(retry: Retry) -> Retry | None:
    return retry if retry.wait <= _LONGEST_WAIT else None
