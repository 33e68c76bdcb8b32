"""What is learned from work, and when people read of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.events import EventBus
from autocut_tray.core.policy.detection import Detection, ProfileChanged
from autocut_tray.core.policy.figure_learner import FigureLearner, worth_telling
from autocut_tray.core.policy.figure_store import FigureStore
from autocut_tray.core.policy.figures import (
    Figure,
    Kind,
    MachineFigures,
    Reading,
    Subject,
    subject,
    summarise,
)
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import Device, Route
from autocut_tray.core.policy.wishes import Wishes
from autocut_tray.core.runtime.profile import Backend, RuntimeProfile
from tests.fakes import FakeClock
from tests.golden.machines import M2, MACHINES, MOONDREAM, machine, ollama

MID = MACHINES["mid-ready"]
GPU = Route(Tier.GPU, Backend.OLLAMA, MOONDREAM.name, Device.GPU, leaves_machine=False)
CPU = Route(Tier.CPU, Backend.OLLAMA, MOONDREAM.name, Device.CPU, leaves_machine=False)
MIB = 1024 * 1024


class Bench:
    """A learner and, as in the program, a detection that tells what it learned."""

    def __init__(self, folder: Path, profile: RuntimeProfile = MID) -> None:
        self.clock = FakeClock()
        self.store = FigureStore(folder / "figures.json", self.clock)
        self.bus = EventBus()
        self.events: list[ProfileChanged] = []
        self.bus.subscribe(ProfileChanged, self.events.append)
        self.profile = profile
        self.detection = Detection(self, self, Wishes, self.bus, lambda: self.store.figures)
        self.learner = FigureLearner(
            self.store, lambda: self.detection.profile, self.clock, tell=self.detection.explain_again
        )

    def detect(self, previous: RuntimeProfile | None) -> RuntimeProfile:
        return self.profile

    def load(self) -> RuntimeProfile | None:
        return None

    def save(self, profile: RuntimeProfile) -> None: ...

    def scene(self, seconds: float, route: Route = GPU, failure: FailureClass | None = None) -> None:
        ticket = self.learner.begin(route)
        self.clock.advance(seconds)
        self.learner.end(ticket, seconds, failure)

    def figure(self, kind: Kind, route: Route) -> Figure | None:
        return self.store.figures.get(kind, subject(self.profile, route.backend, route.model, route.tier))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.detection.detect_now()
    made.events.clear()
    return made


def test_the_first_scene_after_a_load_is_left_out(bench: Bench) -> None:
    bench.learner.loaded(GPU, None, None)
    for seconds in (9.0, 0.7, 0.8, 0.9):
        bench.scene(seconds)
    found = bench.figure(Kind.SECONDS, GPU)
    assert found is not None and (found.n, found.median) == (3, 0.8)


def test_failures_teach_nothing(bench: Bench) -> None:
    bench.scene(1.0)
    for failure in FailureClass:
        bench.scene(1.0, failure=failure)
    assert bench.figure(Kind.SECONDS, GPU) is None


def test_nothing_is_learned_of_a_machine_that_is_not_known(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    for _ in range(4):
        bench.scene(1.0)
    bench.learner.loaded(GPU, 2300 * MIB, 2300 * MIB)
    assert len(bench.store.figures) == 0 and not bench.events


@pytest.mark.parametrize(
    ("route", "size", "vram", "kind", "mib"),
    [
        (GPU, 2300, 2300, Kind.VRAM, 2300),
        (GPU, 2300, 1500, None, 0),
        (GPU, 2300, 0, None, 0),
        (GPU, None, 2300, None, 0),
        (GPU, 2300, None, None, 0),
        (GPU, 0, 0, None, 0),
        (CPU, 2100, 0, Kind.RAM, 2100),
        (CPU, 2100, 2100, None, 0),
        (CPU, 2100, 500, None, 0),
    ],
)
def test_memory_counts_where_all_of_the_model_is_where_it_should_be(
    bench: Bench, route: Route, size: int | None, vram: int | None, kind: Kind | None, mib: int
) -> None:
    bench.learner.loaded(route, size and size * MIB, vram and vram * MIB)
    found = list(bench.store.figures)
    assert [(f.kind, f.peak) for f in found] == ([] if kind is None else [(kind, mib)])


def test_shared_memory_is_memory_wherever_the_server_puts_the_model(tmp_path: Path) -> None:
    bench = Bench(tmp_path, machine(M2, ollama=ollama(MOONDREAM)))
    bench.detection.detect_now()
    bench.learner.loaded(CPU, 2100 * MIB, 2100 * MIB)
    found = bench.figure(Kind.RAM, CPU)
    assert found is not None and found.peak == 2100


def test_people_are_told_when_it_has_become_a_figure_and_not_for_every_scene(bench: Bench) -> None:
    bench.scene(1.0)
    told = []
    for number in range(1, 25):
        bench.scene(1.0)
        if len(bench.events) > len(told):
            told.append(number)
    assert told == [3, 6, 12, 24]
    assert all(event.only_words for event in bench.events)
    first = bench.events[0]
    assert first.policy.routes == (GPU, CPU) and first.explanation.speeds[Tier.GPU].n == 3
    assert bench.detection.explanation is bench.events[-1].explanation


def test_a_new_session_does_not_tell_again_what_was_known(tmp_path: Path, bench: Bench) -> None:
    for _ in range(5):
        bench.scene(1.0)
    bench.store.close()
    again = Bench(tmp_path)
    again.detection.detect_now()
    again.events.clear()
    again.scene(1.0)
    again.scene(1.0)
    assert not again.events


def test_a_figure_that_changes_what_fits_changes_the_work(bench: Bench) -> None:
    bench.learner.loaded(GPU, 7800 * MIB, 7800 * MIB)
    (event,) = bench.events
    assert not event.only_words
    assert [route.tier for route in event.policy.routes] == [Tier.CPU]


def test_looking_again_is_more_than_words(bench: Bench) -> None:
    bench.detection.detect_now()
    bench.detection.resolve_again()
    assert [event.only_words for event in bench.events] == [False, False]


def test_explaining_again_without_news_says_nothing(bench: Bench) -> None:
    bench.detection.explain_again()
    assert not bench.events


def test_before_a_detection_there_is_nothing_to_explain(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.detection.explain_again()
    assert not bench.events


def test_what_is_worth_telling() -> None:
    about = Subject(Backend.OLLAMA, "m", "", "", Tier.GPU)

    def figure(kind: Kind, value: float, n: int) -> Figure:
        found = summarise(kind, about, [Reading(float(i), value) for i in range(n)])
        assert found is not None
        return found

    three = figure(Kind.SECONDS, 1.0, 3)
    assert not worth_telling(None, figure(Kind.SECONDS, 1.0, 2))
    assert worth_telling(None, three) and worth_telling(figure(Kind.SECONDS, 1.0, 2), three)
    assert not worth_telling(three, figure(Kind.SECONDS, 1.19, 4))
    assert worth_telling(three, figure(Kind.SECONDS, 1.21, 4))
    assert worth_telling(three, figure(Kind.SECONDS, 1.0, 6))
    one = figure(Kind.VRAM, 2000, 1)
    assert worth_telling(None, one)
    assert not worth_telling(one, figure(Kind.VRAM, 2300, 9))
    assert worth_telling(one, figure(Kind.VRAM, 2500, 2))


def test_what_is_known_follows_at_once(bench: Bench) -> None:
    bench.learner.loaded(CPU, 2100 * MIB, 0)
    memory = MachineFigures(MID, bench.store.figures).memory_on(CPU)
    assert memory is not None and memory.measured and memory.span.low == 2100
