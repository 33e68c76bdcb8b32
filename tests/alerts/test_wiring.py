"""The whole program under a fake clock: a pressed machine is noticed, kept, answered, and let go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from autocut_tray.bootstrap import Services, build_services
from autocut_tray.core.alert import AlertKind, AlertLevel
from autocut_tray.core.alerts.scale import ConcurrencyScale
from autocut_tray.core.errors import FailureClass
from autocut_tray.core.events import EventBus
from autocut_tray.core.jobs.admission import ControlledAdmission
from autocut_tray.core.jobs.ports import Lease, UnitOutcome
from autocut_tray.core.paths import Paths
from autocut_tray.core.settings.store import SettingsStore
from tests.fakes import FakeClock
from tests.policy.test_controller import CPU, GPU, World, on, policy


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    paths, bus = Paths.below(tmp_path / "program"), EventBus()
    made = build_services(
        paths, SettingsStore(paths.settings_file, bus, {}), bus, clock=FakeClock(start=100.0)
    )
    yield made
    made.close()


def measure(services: Services, seconds: int) -> None:
    for _ in range(seconds):
        services.monitor.tick()
        assert isinstance(services.clock, FakeClock)
        services.clock.advance(1.0)


def test_a_busy_processor_is_noticed_and_kept(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_percent", lambda _: 97.0)
    measure(services, 35)
    now = services.clock.time()
    (stored,) = services.history.alerts.between(now - 60, now)
    assert (stored.kind, stored.level) == (AlertKind.CPU, AlertLevel.CRITICAL)
    assert services.alerts.active == (stored,)
    services.settings.set("alerts.cpu_critical", 99)
    services.settings.set("alerts.cpu_warn", 98)
    measure(services, 5)
    assert services.alerts.active == (stored,), "other limits end nothing at once"
    monkeypatch.setattr(psutil, "cpu_percent", lambda _: 50.0)
    measure(services, 65)
    assert services.alerts.active == ()


def test_failed_results_of_others_count(services: Services) -> None:
    services.task_times.add(2.5)
    measure(services, 2)
    assert services.monitor.latest is not None and services.monitor.latest.processing_s == 2.5


class Learner:
    def begin(self, route: object) -> None:
        return None

    def end(self, *_: object) -> None:
        raise AssertionError("no ticket was given")


def test_the_admission_follows_the_scale_and_the_policy(tmp_path: Path) -> None:
    world = World(tmp_path)
    scale, told, took = ConcurrencyScale(), [], []
    four = policy(GPU, CPU)
    four = replace(four, vision=replace(four.vision, concurrency=4))
    current = None
    admission = ControlledAdmission(
        world.controller,
        lambda: current,
        None,  # type: ignore[arg-type]
        Learner(),  # type: ignore[arg-type]
        scale,
        took.append,
        None,  # type: ignore[arg-type]
        FakeClock(),
    )
    assert (admission.most_at_once, admission.concurrency) == (1, 1), "without a policy, one by one"
    current = four
    forget = admission.on_change(lambda: told.append(admission.concurrency))
    scale.ask(AlertKind.CPU, less=True)
    assert (admission.most_at_once, admission.concurrency, told) == (4, 2, [2])
    scale.ask(AlertKind.CPU, less=False)
    assert told == [2, 4]
    forget()
    scale.ask(AlertKind.CPU, less=True)
    assert told == [2, 4]
    world.controller.adopt(four)
    world.run(5, on(world, GPU.tier))
    for failure in (None, FailureClass.CANCEL, FailureClass.TIER):
        assert world.controller.begin_unit() is GPU.tier
        admission.release(Lease(GPU, None), UnitOutcome("j/1", 3.0, failure))  # type: ignore[arg-type]
    assert took == [3.0], "only what was described says how long a description takes"
    world.controller.close()
