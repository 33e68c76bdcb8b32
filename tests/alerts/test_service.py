"""Alerts in action: stored, told once, muted, and fewer scenes at once while they last."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.alert import Alert, AlertKind, AlertLevel
from autocut_tray.core.alerts.scale import ConcurrencyScale
from autocut_tray.core.alerts.service import AlertEnded, AlertRaised, AlertService, Hands
from autocut_tray.core.errors import StorageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.monitor.history import History
from autocut_tray.core.policy.control_receipts import ReceiptAdded
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.core.settings.schema import Alerts
from tests.fakes import FakeClock
from tests.monitor.test_history import SAMPLE


class World:
    """A machine whose readings a test sets, and everything the service said of it."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(start=1000.0)
        self.history = History(folder / "metrics.db", self.clock)
        self.bus = EventBus()
        self.scale = ConcurrencyScale()
        self.chosen = Alerts()
        self.most = 4
        self.usual: float | None = None
        self.broken = False
        self.raised: list[AlertRaised] = []
        self.ended: list[Alert] = []
        self.receipts: list[Receipt] = []
        self.bus.subscribe(AlertRaised, self.raised.append)
        self.bus.subscribe(AlertEnded, lambda event: self.ended.append(event.alert))
        self.bus.subscribe(ReceiptAdded, lambda event: self.receipts.append(event.receipt))
        self.service = AlertService(
            Hands(
                keep_alert=self._keep,
                end_alert=self.history.alerts.end,
                keep_receipt=self.history.add_receipt,
                tier=lambda: "GPU",
                most_at_once=lambda: self.most,
                usual_seconds=lambda: self.usual,
            ),
            self.bus,
            self.clock,
            self.scale,
            lambda: self.chosen,
        )

    def _keep(self, alert: Alert) -> Alert:
        if self.broken:
            raise StorageError("disk_full")
        return self.history.alerts.add(alert)

    def run(self, seconds: int, **reading: object) -> None:
        for _ in range(seconds):
            now = {"at": self.clock.time(), "monotonic": self.clock.monotonic()}
            self.service.tick(replace(SAMPLE, **{**now, **reading}))  # type: ignore[arg-type]
            self.clock.advance(1.0)

    def stored(self) -> list[Alert]:
        return self.history.alerts.between(0, self.clock.time() + 1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.history.close()


def test_one_crossing_is_kept_told_and_ended(world: World) -> None:
    world.run(40, cpu_percent=75.0)
    (event,) = world.raised
    alert = event.alert
    assert (alert.kind, alert.level, alert.value, alert.threshold) == (
        AlertKind.CPU,
        AlertLevel.WARN,
        75.0,
        70.0,
    )
    assert world.service.active == (alert,) and world.stored() == [alert] and alert.id > 0
    assert not event.muted and alert.held_s == 30.0
    world.run(100, cpu_percent=10.0)
    (ended,) = world.ended
    assert ended.ended is not None and ended.ended > alert.at
    assert world.service.active == () and world.stored() == [ended]


def test_worse_ends_the_warning_and_begins_the_critical_one(world: World) -> None:
    world.run(40, cpu_percent=75.0)
    world.run(40, cpu_percent=95.0)
    assert [event.alert.level for event in world.raised] == [AlertLevel.WARN, AlertLevel.CRITICAL]
    assert [alert.level for alert in world.service.active] == [AlertLevel.CRITICAL]
    critical, warn = world.stored()
    assert warn.ended == critical.at and critical.ended is None


def test_several_alerts_last_side_by_side_the_worst_first(world: World) -> None:
    world.run(40, cpu_percent=75.0, queued=2000)
    assert [(a.kind, a.level) for a in world.service.active] == [
        (AlertKind.QUEUE, AlertLevel.CRITICAL),
        (AlertKind.CPU, AlertLevel.WARN),
    ]


def test_a_muted_alert_is_kept_and_says_that_it_is_muted(world: World) -> None:
    world.chosen = Alerts(cpu_muted=True)
    world.run(40, cpu_percent=95.0)
    assert [event.muted for event in world.raised] == [True] and len(world.stored()) == 1


def test_a_full_disk_costs_the_record_and_not_the_notice(world: World) -> None:
    world.broken = True
    world.run(40, cpu_percent=95.0)
    assert len(world.raised) == 1 and world.scale.limit(4) == 2
    world.run(100, cpu_percent=10.0)
    assert len(world.ended) == 1 and world.scale.limit(4) == 4


class TestScale:
    def test_half_as_many_scenes_at_once_and_back_with_receipts(self, world: World) -> None:
        world.run(29, cpu_percent=95.0)
        assert world.scale.limit(4) == 4
        world.run(10, cpu_percent=95.0)
        assert world.scale.limit(4) == 2
        (event,) = world.raised
        assert event.alert.scaled and event.alert.to_json()["action"] == "scale"
        world.run(300, cpu_percent=75.0)
        assert world.scale.limit(4) == 2, "as the control rules: not before it is below 70 % for 60 s"
        world.run(70, cpu_percent=69.0)
        assert world.scale.limit(4) == 4
        down, up = world.receipts
        assert (down.kind, down.from_, down.to, down.better) == (ReceiptKind.SCALE, "4", "2", False)
        assert (down.cause, down.metric, down.value, down.threshold) == (
            "alert_cpu",
            "cpu_percent",
            95.0,
            90.0,
        )
        assert (down.held_s, down.policy_after) == (30.0, {"tier": "GPU", "concurrency": 2})
        assert (up.from_, up.to, up.better) == ("2", "4", True)
        assert [r.kind for r in world.history.receipts(0, world.clock.time())] == [ReceiptKind.SCALE] * 2

    def test_the_policy_has_the_last_word(self, world: World) -> None:
        world.most = 1
        world.run(40, cpu_percent=95.0)
        assert world.scale.limit(1) == 1 and world.receipts == []
        assert not world.raised[0].alert.scaled, "nothing was changed, so nothing is claimed"

    def test_two_alerts_hold_down_no_more_than_one_and_the_last_lets_go(self, world: World) -> None:
        world.run(40, cpu_percent=95.0, ram_available=400)
        assert world.scale.limit(4) == 2 and len(world.receipts) == 1
        world.run(100, cpu_percent=10.0, ram_available=400)
        assert world.scale.limit(4) == 2
        world.run(100, cpu_percent=10.0, ram_available=12_000)
        assert world.scale.limit(4) == 4 and len(world.receipts) == 2

    def test_only_where_the_person_wants_it(self, world: World) -> None:
        world.chosen = Alerts(cpu_scale="never")
        world.run(40, cpu_percent=95.0)
        assert world.scale.limit(4) == 4
        world.chosen = Alerts(cpu_scale="warn")
        world.run(1, cpu_percent=95.0)
        assert world.scale.limit(4) == 2, "a changed setting counts at once for what lasts"
        world.chosen = Alerts(cpu_scale="never")
        world.run(1, cpu_percent=95.0)
        assert world.scale.limit(4) == 4

    def test_a_reading_that_is_lost_lets_go_in_the_end(self, world: World) -> None:
        world.run(40, cpu_percent=95.0)
        world.run(100, cpu_percent=None)
        assert world.scale.limit(4) == 4 and world.service.active == ()


class TestResponseTime:
    def test_slow_for_this_machine_is_an_alert(self, world: World) -> None:
        world.run(40, processing_s=6.0)
        assert [e.alert.level for e in world.raised] == [AlertLevel.CRITICAL]

    def test_what_it_always_takes_here_is_none(self, world: World) -> None:
        world.usual, world.most = 4.5, 1
        world.run(400, processing_s=6.0)
        assert world.raised == []
        world.run(40, processing_s=9.5)
        assert [(e.alert.level, e.alert.threshold) for e in world.raised] == [(AlertLevel.WARN, 9.0)]


@pytest.mark.parametrize("value", [65.0, 75.0, 95.0])
def test_new_limits_count_from_now(world: World, value: float) -> None:
    world.run(25, cpu_percent=value)
    world.chosen = Alerts(cpu_warn=60.0, cpu_critical=94.0)
    world.run(30, cpu_percent=value)
    assert world.raised == [], "what stood beyond other limits proves nothing"
    world.run(2, cpu_percent=value)
    assert len(world.raised) == 1


def test_24_hours_of_a_working_machine(world: World) -> None:
    """Renders, pauses, a night asleep, noise: everything that was told is on disk, begins and ends, and stays few."""
    world.chosen = Alerts(cpu_critical=85.0)
    end = world.clock.monotonic() + 86_400
    while world.clock.monotonic() < end:
        hour = (world.clock.monotonic() - 1000.0) / 3600
        if 8 <= hour < 15:
            world.clock.advance(7 * 3600)
        noise = 12.0 * math.sin(world.clock.monotonic() * 1.7)
        busy = 96.0 if 0.2 < hour % 1 < 0.5 else 52.0 + noise
        world.run(1, cpu_percent=busy, ram_available=10_000 + int(100 * noise))
        world.clock.advance(4.0)
    critical = [event for event in world.raised if event.alert.level is AlertLevel.CRITICAL]
    assert len(critical) == len(world.raised) == 17, "one for each hour awake, and no other"
    stored = world.stored()
    assert [a.id for a in stored] == [e.alert.id for e in reversed(world.raised)]
    assert all(a.ended is not None and a.ended - a.at >= world.chosen.clear for a in stored)
    assert [r.better for r in world.receipts] == [False, True] * 17
    assert world.scale.limit(4) == 4
