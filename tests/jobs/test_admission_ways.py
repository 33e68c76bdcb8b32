"""What a job with a time limit may use beside the usual way: leave, pins and the person's words come first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.alerts.scale import ConcurrencyScale
from autocut_tray.core.errors import FailureClass
from autocut_tray.core.jobs.admission import ControlledAdmission
from autocut_tray.core.jobs.job import Force, JobOptions
from autocut_tray.core.jobs.ports import Lease, UnitOutcome
from autocut_tray.core.jobs.ways import Switch, Turn, Way
from autocut_tray.core.messages import message
from autocut_tray.core.policy.figure_meter import Ticket
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import ExecutionPolicy, Route
from autocut_tray.core.policy.route_questions import RouteQuestions
from autocut_tray.core.policy.wishes import Wishes
from autocut_tray.core.receipt import ReceiptKind
from autocut_tray.core.runtime.profile import Backend
from tests.golden.machines import MACHINES
from tests.jobs.fakes import FakeAnalyzer
from tests.policy.test_controller import CLOUD, CPU, GPU, World, on, policy

OPTIONS = JobOptions("en", finish_by=1.0)


class Analyzers:
    def __init__(self) -> None:
        self.asked: list[Route] = []

    def get(self, route: Route) -> FakeAnalyzer:
        self.asked.append(route)
        return FakeAnalyzer()


class Learner:
    def begin(self, route: Route) -> Ticket | None:
        return None

    def end(self, *_: object) -> None: ...


class Questions:
    """A smaller model on the same tier, and the cloud."""

    def expected_seconds(self, route: Route) -> float | None:
        return {Tier.GPU: 4.0, Tier.CPU: 10.0}.get(route.tier, 2.0) / (2 if route.model == "small" else 1)

    def others(self, now: ExecutionPolicy, usual: Route) -> tuple[Route, ...]:
        cloud = now.route(Tier.CLOUD)
        return (replace(usual, model="small"), *((cloud,) if cloud else ()))


class Bench:
    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.policy = policy(GPU, CPU, CLOUD)
        self.world.controller.adopt(self.policy)
        self.world.run(3, on(self.world, Tier.GPU))
        self.analyzers = Analyzers()
        self.admission = ControlledAdmission(
            self.world.controller,
            lambda: self.policy,
            self.analyzers,
            Learner(),  # type: ignore[arg-type]
            ConcurrencyScale(),
            lambda seconds: None,
            Questions(),
            self.world.clock,
        )

    def others(self, options: JobOptions = OPTIONS) -> list[tuple[Tier, str]]:
        return [(way.route.tier, way.route.model) for way in self.admission.ways(options).others]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.world.controller.close()


SMALL, AWAY = (Tier.GPU, "small"), (Tier.CLOUD, CLOUD.model)


def test_the_usual_way_and_what_else_is_open(bench: Bench) -> None:
    ways = bench.admission.ways(OPTIONS)
    assert ways.usual == Way(GPU, 4.0) and not ways.held
    assert bench.others() == [SMALL, AWAY]
    assert [way.seconds for way in ways.others] == [2.0, 2.0]


@pytest.mark.parametrize(
    ("options", "others"),
    [
        (replace(OPTIONS, never_cloud=True), [SMALL]),
        (replace(OPTIONS, force=Force.LOCAL), [SMALL]),
        (replace(OPTIONS, force=Force.CLOUD), []),
    ],
)
def test_never_into_the_cloud_without_leave(
    bench: Bench, options: JobOptions, others: list[tuple[Tier, str]]
) -> None:
    assert bench.others(options) == others
    lease = bench.admission.acquire(options, by=CLOUD)
    assert isinstance(lease, Lease) and (lease.route.tier is Tier.CLOUD) is (options.force is Force.CLOUD)


def test_a_policy_without_leave_has_no_cloud(bench: Bench) -> None:
    bench.policy = policy(GPU, CPU)
    assert bench.others() == [SMALL]
    lease = bench.admission.acquire(OPTIONS, by=CLOUD)
    assert isinstance(lease, Lease) and lease.route == GPU


def test_a_cloud_at_its_limit_is_not_open(bench: Bench) -> None:
    bench.world.cloud_refusal = message("error-own-cap", cap="day")
    bench.world.run(1)
    assert bench.others() == [SMALL]


@pytest.mark.parametrize("act", ["pin", "force"])
def test_a_pin_or_a_forced_tier_holds(bench: Bench, act: str) -> None:
    if act == "pin":
        bench.world.controller.pin(Tier.GPU)
    else:
        bench.world.controller.force(Tier.CPU)
    ways = bench.admission.ways(OPTIONS)
    assert ways.held and ways.usual is not None


def test_a_lease_by_another_way_is_marked_as_a_lesser_one(bench: Bench) -> None:
    for by, route, degraded in (
        (None, GPU, False),
        (CLOUD, CLOUD, True),
        (replace(GPU, model="small"), replace(GPU, model="small"), True),
        (replace(GPU, model="unheard of"), GPU, False),
    ):
        lease = bench.admission.acquire(OPTIONS, by=by)
        assert isinstance(lease, Lease)
        assert (lease.route, lease.degraded) == (route, degraded)
        assert bench.analyzers.asked[-1] == route


def test_a_switch_leaves_a_receipt_and_makes_room_for_another_model(bench: Bench) -> None:
    before = len(bench.world.reclaimed)
    small = Way(replace(GPU, model="small"), 2.0)
    bench.admission.switched(Switch(Way(GPU, 4.0), Way(CLOUD, 2.0), Turn.DEADLINE, 3.0))
    assert len(bench.world.reclaimed) == before
    bench.admission.switched(Switch(Way(GPU, 4.0), small, Turn.DEADLINE, 3.0))
    bench.world.run(2, lambda: len(bench.world.reclaimed) > before)
    first, second = bench.world.receipts[-2:]
    assert (first.kind, first.from_, first.to) == (ReceiptKind.DEADLINE, "GPU", "CLOUD")
    assert (first.metric, first.value, first.threshold) == ("scene_s", 4.0, 3.0)
    assert second.policy_after["model"] == "small" and second.better is None


@pytest.mark.parametrize("failure", [None, FailureClass.TIER, FailureClass.CONFIG])
def test_a_tier_is_not_judged_by_another_model(bench: Bench, failure: FailureClass | None) -> None:
    controller, small = bench.world.controller, replace(GPU, model="small")
    for number in range(30):
        lease = bench.admission.acquire(OPTIONS, by=small)
        assert isinstance(lease, Lease)
        bench.admission.release(lease, UnitOutcome(f"j/{number}", 0.01, failure))
    assert (controller.state.tier, controller.state.in_flight) == (Tier.GPU, 0)
    lease = bench.admission.acquire(OPTIONS)
    assert isinstance(lease, Lease)
    bench.admission.release(lease, UnitOutcome("j/own", 60.0))
    assert controller.state.tier is Tier.GPU, "nor is its own model slow for being slower than that"


# -- what the questions answer


class Detected:
    profile = MACHINES["mid-ready"]


def questions(wishes: Wishes) -> RouteQuestions:
    return RouteQuestions(Detected(), lambda: None, lambda: wishes)  # type: ignore[arg-type, return-value]


def test_the_order_is_the_persons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RouteQuestions, "smaller", lambda self, route: "small")
    small = replace(GPU, model="small")
    now = policy(GPU, CPU, CLOUD)
    assert questions(Wishes()).others(now, GPU) == (small, CLOUD)
    assert questions(Wishes(prefer_cloud=True)).others(now, GPU) == (CLOUD, small)
    assert questions(Wishes()).others(policy(GPU, CPU), GPU) == (small,)
    assert questions(Wishes()).others(now, CLOUD) == ()
    assert questions(Wishes(local_vision_model="llava")).others(now, GPU) == (CLOUD,), "a named model stays"


@pytest.mark.parametrize(
    ("wishes", "backend", "named"),
    [
        (Wishes(), Backend.OLLAMA, False),
        (Wishes(local_vision_model="auto"), Backend.OLLAMA, False),
        (Wishes(local_vision_model="llava"), Backend.OLLAMA, True),
        (Wishes(lmstudio_model="x"), Backend.OLLAMA, False),
        (Wishes(lmstudio_model="x"), Backend.LMSTUDIO, True),
    ],
)
def test_which_models_a_person_named(wishes: Wishes, backend: Backend, named: bool) -> None:
    assert wishes.names_model(backend) is named
