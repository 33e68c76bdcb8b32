"""The controller's threads: one of each name, none after the end, and no thread to be had is an answer, too."""

from __future__ import annotations

import threading

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import BackendError, Cancelled, FailureClass
from autocut_tray.core.messages import message
from autocut_tray.core.policy.control_helpers import Helpers
from autocut_tray.core.policy.control_probe import Prober
from autocut_tray.core.policy.control_proof import Released
from autocut_tray.core.policy.control_reclaim import Reclaimer
from autocut_tray.core.policy.governor_types import Cause, Evidence, Reclaim, Tier
from autocut_tray.core.policy.policy import Route
from tests.fakes import FakeClock
from tests.policy.test_controller import CPU, GPU

WARN = Reclaim(0.0, Evidence(Cause.MEMORY), 50.0)
ALL = Reclaim(0.0, Evidence(Cause.EMERGENCY), 0.0)


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)


def test_one_thread_of_a_name_and_none_after_the_end() -> None:
    helpers, gate, ran = Helpers(), threading.Event(), []
    assert helpers.start("a", lambda: gate.wait() and ran.append("a"))
    assert not helpers.start("a", lambda: ran.append("a again"))
    assert helpers.start("b", lambda: ran.append("b"))
    assert helpers.start("a", lambda: ran.append("a beside"), alone=False)
    helpers.shut()
    assert not helpers.start("c", lambda: ran.append("c"))
    gate.set()
    helpers.join()
    assert sorted(ran) == ["a", "a beside", "b"] and helpers.alive == ()


def test_a_name_is_free_again_when_its_thread_has_ended() -> None:
    helpers, ran = Helpers(), []
    for _ in range(3):
        assert helpers.start("a", lambda: ran.append(1))
        helpers.join()
    assert len(ran) == 3


@pytest.mark.usefixtures("no_threads")
def test_no_thread_for_a_probe_is_a_probe_that_failed() -> None:
    answers: list[tuple[Tier, bool, float | None]] = []
    prober = Prober(lambda *_: 1.0, lambda *answer: answers.append(answer), Helpers(), FakeClock())
    prober.start(Tier.GPU, GPU)
    assert answers == [(Tier.GPU, False, None)]


@pytest.mark.usefixtures("no_threads")
def test_no_thread_for_a_reclaim_blocks_no_unit() -> None:
    helpers = Helpers()
    reclaimer = Reclaimer(lambda _action: None, lambda _released: None, helpers)
    reclaimer.start(ALL)
    assert not reclaimer.under_way
    helpers.shut()
    helpers.join()


def test_a_reclaim_is_under_way_from_its_order_to_its_effect_even_when_it_fails() -> None:
    helpers, gate = Helpers(), threading.Event()
    seen: list[tuple[bool, Released | None]] = []

    def reclaim(action: Reclaim) -> None:
        gate.wait()

    def done(released: Released | None) -> None:
        seen.append((reclaimer.under_way, released))

    reclaimer = Reclaimer(reclaim, done, helpers)
    reclaimer.start(WARN)
    reclaimer.start(WARN)  # the same again: it is being done
    reclaimer.start(ALL)  # more urgent: beside it
    assert reclaimer.under_way and len(helpers.alive) == 2
    gate.set()
    helpers.join()
    assert not reclaimer.under_way and len(seen) == 2 and seen[-1][0] is False
    assert {id(released[0]) for _, released in seen if released} == {id(WARN), id(ALL)}


def test_a_reclaim_that_fails_is_no_proof_that_there_was_nothing() -> None:
    helpers = Helpers()
    seen: list[Released | None] = []

    def reclaim(action: Reclaim) -> None:
        raise BackendError(FailureClass.DOWN, "down", message("error-cancelled"))

    reclaimer = Reclaimer(reclaim, seen.append, helpers)
    with pytest.raises(BackendError):
        reclaimer._run(ALL)
    assert seen == [None]


def test_a_cancelled_probe_answers_nothing_and_the_next_one_does() -> None:
    helpers, begun = Helpers(), threading.Event()
    answers: list[tuple[Tier, bool, float | None]] = []

    def probe(route: Route, cancel: CancelToken) -> float | None:
        if route is GPU:
            begun.set()
            cancel.event.wait()
            raise Cancelled
        raise BackendError(FailureClass.DOWN, "down", message("error-cancelled"))

    prober = Prober(probe, lambda *answer: answers.append(answer), helpers, FakeClock())
    prober.start(Tier.GPU, GPU)
    begun.wait()
    prober.cancel()
    prober.start(Tier.CPU, CPU)
    helpers.join()
    assert answers == [(Tier.CPU, False, None)] and prober.error is not None
