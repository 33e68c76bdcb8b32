"""The drill: each rung proven, what it loaded given back, jobs left alone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.drill.drill import Drill, DrillChanged, DrillState, Hands
from autocut_tray.core.drill.words import rung_figures, rung_words, step_words, summary
from autocut_tray.core.errors import BackendError, Cancelled, FailureClass, NoBackend, UsageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import ExecutionPolicy, Route
from autocut_tray.i18n import Translator
from tests.fakes import FakeClock
from tests.policy.test_controller import CPU, GPU, policy


class World:
    """Model servers that answer after some seconds, or not at all."""

    def __init__(self) -> None:
        self.clock = FakeClock(start=1000.0)
        self.bus = EventBus()
        self.policy: ExecutionPolicy | None = policy(GPU, CPU)
        self.answers: dict[Tier, Callable[[], float | None]] = {}
        self.loaded: dict[Tier, bool | None] = {Tier.GPU: False, Tier.CPU: False}
        self.probed: list[Tier] = []
        self.unloaded: list[Tier] = []
        self.working = False
        self.token: CancelToken | None = None
        self.drill = Drill(
            Hands(
                probe=self._probe,
                resident=lambda route: self.loaded[route.tier],
                unload=lambda route: self.unloaded.append(route.tier),
                expected_seconds=lambda route: 2.5 if route.tier is Tier.CPU else None,
                is_working=lambda: self.working,
            ),
            self.bus,
            self.clock,
            policy=lambda: self.policy,
            thresholds=Thresholds,
            prefer_cloud=lambda: False,
        )

    def _probe(self, route: Route, cancel: CancelToken) -> float | None:
        cancel.raise_if_cancelled()
        self.token = cancel
        self.probed.append(route.tier)
        self.clock.advance(3.2)
        return self.answers.get(route.tier, lambda: 2048.0 if route.tier is Tier.GPU else None)()


@pytest.fixture
def world() -> World:
    return World()


def raising(error: Exception) -> Callable[[], float | None]:
    def answer() -> float | None:
        raise error

    return answer


def test_every_rung_is_proven_and_given_back(world: World) -> None:
    told: list[DrillState] = []
    report = world.drill.run(CancelToken(), told.append)
    assert report.passed
    assert [(state.trying, len(state.rungs)) for state in told] == [(GPU, 0), (CPU, 1)]
    assert [(r.route.tier, r.seconds, r.vram_mib, r.scene_seconds) for r in report.rungs] == [
        (Tier.GPU, pytest.approx(3.2), 2048.0, None),
        (Tier.CPU, pytest.approx(3.2), None, 2.5),
    ]
    assert world.unloaded == [Tier.GPU, Tier.CPU]
    assert report.steps, "the walk belongs to it"


@pytest.mark.parametrize("state", [True, None], ids=["there before", "nobody says"])
def test_what_was_in_memory_before_stays(world: World, state: bool | None) -> None:
    world.loaded = dict.fromkeys(world.loaded, state)
    world.drill.run(CancelToken())
    assert world.unloaded == []


def test_a_rung_that_fails_does_not_hide_the_next(world: World) -> None:
    world.answers[Tier.GPU] = raising(BackendError(FailureClass.RESOURCE, "out_of_memory"))
    report = world.drill.run(CancelToken())
    assert [rung.works for rung in report.rungs] == [False, True]
    assert not report.passed
    assert world.unloaded == [Tier.GPU, Tier.CPU], "half-loaded is loaded"


@pytest.mark.fault("FM6")
def test_a_gpu_model_on_the_processor_has_not_passed(world: World) -> None:
    world.answers[Tier.GPU] = lambda: 0.0
    (gpu, _) = world.drill.run(CancelToken()).rungs
    assert gpu.problem is not None and gpu.problem.code == "control-wrong-device"


def test_a_walk_that_does_not_get_there_has_not_passed(world: World) -> None:
    world.drill._thresholds = lambda: Thresholds().with_overrides({"vram_on": 100, "vram_hard_free_mib": 0})
    report = world.drill.run(CancelToken())
    assert all(rung.works for rung in report.rungs) and not report.passed


def test_jobs_come_first(world: World) -> None:
    world.working = True
    with pytest.raises(UsageError) as refused:
        world.drill.run(CancelToken())
    assert refused.value.code == "drill_busy" and world.probed == []


def test_a_job_that_comes_in_the_middle_ends_it(world: World) -> None:
    def job_comes(state: DrillState) -> None:
        world.working = True

    with pytest.raises(UsageError):
        world.drill.run(CancelToken(), job_comes)
    assert world.probed == [Tier.GPU] and world.unloaded == [Tier.GPU]


@pytest.mark.parametrize("nothing", [None, policy()])
def test_without_a_way_to_work_it_says_what_to_do(world: World, nothing: ExecutionPolicy | None) -> None:
    world.policy = nothing
    with pytest.raises(NoBackend) as refused:
        world.drill.run(CancelToken())
    assert refused.value.hint is not None


def test_cancelling_ends_it_and_gives_back(world: World) -> None:
    cancel = CancelToken()
    world.answers[Tier.GPU] = raising(Cancelled())
    with pytest.raises(Cancelled):
        world.drill.run(cancel)
    assert world.unloaded == [Tier.GPU]


def watched(world: World) -> tuple[list[DrillState], threading.Event]:
    told: list[DrillState] = []
    ended = threading.Event()

    def take(event: DrillChanged) -> None:
        told.append(event.state)
        if event.state.ended:
            ended.set()

    world.bus.subscribe(DrillChanged, take)
    return told, ended


def test_in_the_background_it_tells_how_far_it_is(world: World) -> None:
    told, ended = watched(world)
    world.drill.start()
    assert ended.wait(10)
    assert [state.trying for state in told] == [GPU, CPU, None]
    assert told[-1] is world.drill.state and told[-1].report is not None and told[-1].report.passed
    world.drill.close()
    world.drill.start()
    assert len(told) == 3, "nothing begins after the end"


def test_one_at_a_time_and_closing_ends_it(world: World) -> None:
    told, ended = watched(world)
    entered = threading.Event()

    def hangs() -> float | None:
        entered.set()
        assert world.token is not None
        world.token.event.wait(10)
        world.token.raise_if_cancelled()
        return None

    world.answers[Tier.GPU] = hangs
    world.drill.start()
    assert entered.wait(10)
    world.drill.start()
    world.drill.close()
    assert ended.is_set() and len(told) == 2
    assert isinstance(told[-1].error, Cancelled) and world.unloaded == [Tier.GPU]


def test_what_nobody_foresaw_is_told_too(world: World, caplog: pytest.LogCaptureFixture) -> None:
    told, ended = watched(world)
    world.answers[Tier.GPU] = raising(ZeroDivisionError("odd"))
    with caplog.at_level(logging.CRITICAL):
        world.drill.start()
        assert ended.wait(10)
    assert told[-1].error is not None and told[-1].error.code == "internal"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_words(world: World, language: str) -> None:
    text = Translator(language).text
    passed = world.drill.run(CancelToken())
    world.answers[Tier.GPU] = raising(BackendError(FailureClass.DOWN, "refused", message("error-no-backend")))
    failed = world.drill.run(CancelToken())
    said = [text(summary(report)) for report in (passed, failed)]
    said += [text(rung_words(rung)) for rung in (*passed.rungs, *failed.rungs)]
    said += [text(figure) for rung in passed.rungs for figure in rung_figures(rung)]
    said += [text(step_words(step)) for step in passed.steps]
    assert all(said) and not any("drill-" in one or "{" in one for one in said)
    assert "3.2" in text(rung_words(passed.rungs[0]))
    assert "2.0" in text(rung_figures(passed.rungs[0])[0])
