"""Which scenes count, and for how much of the time that passed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.policy.figure_meter import WARM_SECONDS, SceneMeter, Ticket
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import CloudBackend, Device, Route
from autocut_tray.core.runtime.profile import Backend

GPU = Route(Tier.GPU, Backend.OLLAMA, "moondream", Device.GPU, leaves_machine=False)
CPU = Route(Tier.CPU, Backend.OLLAMA, "moondream", Device.CPU, leaves_machine=False)
CLOUD = Route(Tier.CLOUD, CloudBackend.OPENAI, "gpt-4o", Device.AUTO, leaves_machine=True)


class Bench:
    """Scenes one after the other on one clock."""

    def __init__(self) -> None:
        self.meter, self.t = SceneMeter(), 0.0

    def scene(self, seconds: float, route: Route = GPU, pause: float = 0.0) -> float | None:
        self.t += pause
        ticket = self.meter.begin(self.t, route)
        self.t += seconds
        return self.meter.end(self.t, ticket, seconds)

    def failure(self, seconds: float, *, failed: bool) -> None:
        ticket = self.meter.begin(self.t, GPU)
        self.t += seconds
        self.meter.drop(self.t, ticket, failed=failed)


@pytest.fixture
def warm() -> Bench:
    bench = Bench()
    assert bench.scene(9.0) is None, "the first scene may have waited for the model"
    assert bench.scene(2.0) == 2.0
    return bench


def test_a_scene_after_a_load_does_not_count(warm: Bench) -> None:
    warm.meter.loaded(GPU)
    assert warm.scene(30.0) is None
    assert warm.scene(2.0) == 2.0


def test_a_scene_on_another_route_of_the_server_does_not_count(warm: Bench) -> None:
    assert warm.scene(5.0, CPU) is None
    assert warm.scene(4.0, CPU) == 4.0
    assert warm.scene(5.0, GPU) is None


def test_another_server_changes_nothing(warm: Bench) -> None:
    assert warm.scene(3.0, CLOUD) is None
    assert warm.scene(2.0) == 2.0


def test_a_scene_after_a_long_pause_does_not_count(warm: Bench) -> None:
    assert warm.scene(2.0, pause=WARM_SECONDS) == 2.0
    assert warm.scene(9.0, pause=WARM_SECONDS + 1) is None


def test_a_failure_makes_the_next_scene_doubtful_and_a_cancel_does_not(warm: Bench) -> None:
    warm.failure(1.0, failed=False)
    assert warm.scene(2.0) == 2.0
    warm.failure(1.0, failed=True)
    assert warm.scene(9.0) is None
    assert warm.scene(2.0) == 2.0


def test_a_scene_during_which_the_model_was_loaded_does_not_count(warm: Bench) -> None:
    ticket = warm.meter.begin(warm.t, GPU)
    warm.meter.loaded(GPU)
    assert warm.meter.end(warm.t + 20, ticket, 20.0) is None


def test_scenes_side_by_side_share_the_time(warm: Bench) -> None:
    meter, t = warm.meter, warm.t
    first, second = meter.begin(t, GPU), meter.begin(t, GPU)
    assert meter.end(t + 4, first, 4.0) == pytest.approx(2.0)
    third = meter.begin(t + 4, GPU)
    assert meter.end(t + 6, second, 6.0) == pytest.approx(3.0)
    assert meter.end(t + 7, third, 3.0) == pytest.approx(2.0), "two seconds shared, one alone"


def test_the_first_scenes_side_by_side_are_all_doubtful() -> None:
    meter = SceneMeter()
    first, second = meter.begin(0, GPU), meter.begin(0, GPU)
    assert meter.end(8, first, 8.0) is None
    assert meter.end(9, second, 9.0) is None


def test_a_clock_that_does_not_move_charges_what_the_analyzer_measured(warm: Bench) -> None:
    assert warm.meter.end(warm.t, warm.meter.begin(warm.t, GPU), 0.5) == 0.5


@given(st.lists(st.tuples(st.floats(0.01, 20), st.booleans()), min_size=2, max_size=40))
def test_what_scenes_are_charged_adds_up_to_the_time_that_passed(steps: list[tuple[float, bool]]) -> None:
    meter, t = SceneMeter(), 0.0
    meter.end(t, meter.begin(t, GPU), 0.0)  # warm
    running: list[Ticket] = []
    charged = busy = 0.0
    for step, begins in steps:
        if begins or not running:
            running.append(meter.begin(t, GPU))
        else:
            ticket = running.pop(0)
            part = meter.end(t, ticket, t - ticket.at)
            assert part is not None and 0.0 <= part <= t - ticket.at
            charged += part
        busy += step if running else 0.0
        t += step
    for ticket in running:
        charged += meter.end(t, ticket, t - ticket.at) or 0.0
    assert charged == pytest.approx(busy)
