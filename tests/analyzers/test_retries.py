"""The retry column of the control rules."""

from __future__ import annotations

import pytest

from autocut_tray.core.analyzers.retries import Retry, Spent, next_try, throttle_wait
from autocut_tray.core.errors import BackendError, FailureClass


def run(
    failure: FailureClass, code: str, *, has_smaller: bool = True, retry_after: float | None = None
) -> list[Retry]:
    """All retries that the same failure gets, again and again."""
    error = BackendError(failure, code, retry_after=retry_after)
    spent, steps = Spent(), []
    while (step := next_try(error, spent, has_smaller=has_smaller, random=lambda: 0.5)) is not None:
        steps.append(step)
        spent = step.spent
        assert len(steps) < 10
    return steps


@pytest.mark.fault("FM4")
@pytest.mark.parametrize(
    ("failure", "code", "waits"),
    [
        (FailureClass.DOWN, "server_refused", [1, 2, 4]),
        (FailureClass.DOWN, "server_unreachable", [1, 2, 4]),
        (FailureClass.DOWN, "server_overloaded", [1, 2, 4]),
        (FailureClass.DOWN, "connection_lost", [1]),
        (FailureClass.DOWN, "runner_crashed", [1]),
        (FailureClass.DOWN, "answer_cut_off", [1]),
        (FailureClass.DOWN, "server_busy", [15.5, 15.5]),
        (FailureClass.TIER, "reply_timeout", [0]),
        (FailureClass.TIER, "bad_answer", [0]),
        (FailureClass.RESOURCE, "model_out_of_memory", [0]),
        (FailureClass.CONFIG, "context_exceeded", [0]),
        (FailureClass.CONFIG, "request_too_large", [0]),
        (FailureClass.CONFIG, "model_missing", []),
        (FailureClass.CONFIG, "key_refused", []),
        (FailureClass.INPUT, "picture_refused", []),
        (FailureClass.BUDGET, "spend_limit", []),
        (FailureClass.THROTTLE, "rate_limited", []),
        (FailureClass.CANCEL, "cancelled", []),
    ],
)
def test_how_often_and_when(failure: FailureClass, code: str, waits: list[float]) -> None:
    assert [step.wait for step in run(failure, code)] == waits


def test_what_the_next_try_changes() -> None:
    assert [(s.smaller, s.repair) for s in run(FailureClass.RESOURCE, "model_out_of_memory")] == [
        (True, False)
    ]
    assert [(s.smaller, s.repair) for s in run(FailureClass.TIER, "bad_answer")] == [(False, True)]
    assert [(s.smaller, s.repair) for s in run(FailureClass.TIER, "reply_timeout")] == [(False, False)]
    assert [(s.smaller, s.repair) for s in run(FailureClass.TIER, "empty_answer")] == [(True, False)]
    assert [(s.smaller, s.repair) for s in run(FailureClass.TIER, "empty_answer", has_smaller=False)] == [
        (False, True)
    ]
    assert run(FailureClass.CONFIG, "context_exceeded", has_smaller=False) == []


@pytest.mark.parametrize(("asked", "waits"), [(3.0, [3, 3, 4]), (60.0, [60, 60, 60]), (61.0, [])])
def test_a_server_may_ask_for_up_to_a_minute(asked: float, waits: list[float]) -> None:
    steps = run(FailureClass.DOWN, "server_overloaded", retry_after=asked)
    assert [step.wait for step in steps] == waits


def test_different_failures_have_their_own_retries() -> None:
    spent = Spent()
    for failure, code in [
        (FailureClass.DOWN, "server_refused"),
        (FailureClass.TIER, "bad_answer"),
        (FailureClass.RESOURCE, "model_out_of_memory"),
        (FailureClass.DOWN, "connection_lost"),
    ]:
        step = next_try(BackendError(failure, code), spent, has_smaller=True, random=lambda: 0.0)
        assert step is not None
        spent = step.spent
    assert spent == Spent(tier=1, smaller=1, down=1, unknown=1)


@pytest.mark.fault("FM13")
def test_throttling_has_full_jitter_from_1_to_60_seconds() -> None:
    assert [throttle_wait(None, n, random=lambda: 0.0) for n in (1, 5, 99)] == [1, 1, 1]
    assert [throttle_wait(None, n, random=lambda: 1.0) for n in (1, 2, 3, 4, 5, 99)] == [4, 8, 16, 32, 60, 60]
    assert throttle_wait(30.0, 1, random=lambda: 0.0) == 30
    assert throttle_wait(30.0, 1, random=lambda: 1.0) == 33
    assert throttle_wait(0.0, 1, random=lambda: 1.0) == 1.0
