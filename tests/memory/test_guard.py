"""The guard gives back what the governor's levels ask for, in order, once, and proves what came back."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from autocut_tray.core.errors import StorageError
from autocut_tray.core.memory.guard import GuardHands, MemoryGuard
from autocut_tray.core.memory.policies import PolicyTable, shipped_policies
from autocut_tray.core.memory.tracker import ResourceTracker, Tracked
from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Cause, Evidence, MemoryLevel, Reclaim
from autocut_tray.core.release import (
    MachineMemory,
    MemoryReleased,
    ReleaseCause,
    ReleaseOutcome,
    ReleaseReport,
    ResourceKind,
)
from tests.fakes import FakeClock
from tests.monitor.test_history import SAMPLE

GIB = 2**30
POLICIES = shipped_policies()
CACHE, SHARDS, WEIGHTS = (
    ResourceKind.RENDER_CACHE,
    ResourceKind.MODEL_SHARDS,
    ResourceKind.MODEL_WEIGHTS_CACHE,
)
WARN = Reclaim(0.0, Evidence(Cause.MEMORY), 50.0)
EMERGENCY = Reclaim(0.0, Evidence(Cause.MEMORY), 0.0)
PRESSURE = Reclaim(0.0, Evidence(Cause.VRAM), 50.0)


class PatientClock(FakeClock):
    """Polls take no time; a call in another thread gets real time to end."""

    def __init__(self) -> None:
        super().__init__()
        self.patience = 10.0
        self.meanwhile: Callable[[], object] = lambda: None

    def wait(self, event: threading.Event, timeout: float) -> bool:
        if timeout >= 1.0 and event.wait(self.patience):
            return True
        self.meanwhile()
        return super().wait(event, timeout)


class Held:
    """A resource of a test. ``brings``: share of a release that really comes back; ``delay``: seconds until then."""

    def __init__(self, world: World, kind: ResourceKind, name: str, size: int | None, **ways: float) -> None:
        self.world, self.kind, self.name, self.size = world, kind, name, size
        self.brings, self.delay = ways.get("brings", 1.0), ways.get("delay", 0.0)
        self.fails: Exception | None = None
        self.hangs: threading.Event | None = None
        self.calls: list[tuple[float, bool]] = []
        self._due: tuple[float, int] | None = None
        self.tracked: Tracked = world.tracker.register(kind, name, self, bytes_=size)

    def release(self, keep: float, *, compress: bool) -> None:
        self.calls.append((keep, compress))
        self.world.order.append(self.name)
        if self.hangs is not None:
            self.hangs.wait(20)
        if self.fails is not None:
            raise self.fails
        if self.size is not None:
            gone = int(self.size * (100 - keep) / 100 * self.brings)
            self._due = self.world.clock.monotonic() + self.delay, gone

    def measure(self) -> int | None:
        if self._due is not None and self.size is not None and self.world.clock.monotonic() >= self._due[0]:
            self.size -= self._due[1]
            self.world.freed(self.kind, self._due[1])
            self._due = None
            self.tracked.resize(self.size)
        return self.size


class World:
    def __init__(self) -> None:
        self.clock = PatientClock()
        self.rules_missing = False
        self.tracker = ResourceTracker(self._policies, self.clock)
        self.level = MemoryLevel.OK
        self.vram: int | None = 8 * GIB
        self.ram = 4 * GIB
        self.vram_returns = True
        self.release_idle = self.compress = True
        self.order: list[str] = []
        self.holders: list[Held] = []
        """The tracker itself holds on to nobody."""
        self.events: list[ReleaseReport] = []
        self.kept: list[ReleaseReport] = []
        self.disk_full = False
        self.refreshed: list[float] = []
        self.looked_for_leaks = self.trimmed = 0
        self.guard = MemoryGuard(
            self.tracker,
            self._policies,
            GuardHands(
                level=lambda: self.level,
                measure=lambda: MachineMemory(self.ram, self.vram, 50_000_000),
                refresh=lambda: self.refreshed.append(self.clock.monotonic()),
                limits=Thresholds,
                release_idle=lambda: self.release_idle,
                compress=lambda: self.compress,
                find_leaks=self._find_leaks,
                publish=self._publish,
                keep=self._keep,
                trim=self._trim,
            ),
            self.clock,
        )

    def _policies(self) -> PolicyTable:
        if self.rules_missing:
            raise OSError(errno.EMFILE, "Too many open files")
        return POLICIES

    def _find_leaks(self) -> None:
        self.looked_for_leaks += 1

    def _trim(self) -> None:
        self.trimmed += 1

    def _keep(self, report: ReleaseReport) -> ReleaseReport:
        if self.disk_full:
            raise StorageError("disk_full", message("error-disk-full", file="metrics.db"))
        self.kept.append(report)
        return replace(report, id=len(self.kept))

    def _publish(self, event: object) -> None:
        assert isinstance(event, MemoryReleased)
        self.events.append(event.report)

    def freed(self, kind: ResourceKind, size: int) -> None:
        if kind is SHARDS and self.vram is not None and self.vram_returns:
            self.vram -= size
        elif kind is WEIGHTS:
            self.ram += size

    def hold(self, kind: ResourceKind, name: str, size: int | None, **ways: float) -> Held:
        held = Held(self, kind, name, size, **ways)
        self.holders.append(held)
        return held

    def tick(self) -> None:
        """One look of the guard, to its end."""
        self.clock.advance(5.0)
        self.guard.tick(replace(SAMPLE, monotonic=self.clock.monotonic()))
        helper = self.guard._helper
        if helper is not None:
            helper.join(20)

    def reclaim(self, action: Reclaim) -> ReleaseReport:
        report = self.guard.reclaim(action)
        assert report is not None
        return report


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.guard.close()


# -- the looks every 5 s


def test_rules_that_cannot_be_read_put_a_release_off_and_raise_nothing(world: World) -> None:
    held = world.hold(SHARDS, "model", GIB)
    world.rules_missing = True
    for _ in range(70):
        world.tick()
    assert world.guard.reclaim(EMERGENCY) is None and held.calls == []
    world.rules_missing = False
    world.tick()
    assert held.calls, "long unused"


def test_it_looks_every_five_seconds_and_starts_no_thread_for_nothing(world: World) -> None:
    for _ in range(20):
        world.clock.advance(1.0)
        world.guard.tick(replace(SAMPLE, monotonic=world.clock.monotonic()))
    assert world.looked_for_leaks == 4 and world.guard._helper is None
    kept = world.hold(CACHE, "thumbnails", 100)
    world.tick()
    assert world.guard._helper is None and kept.calls == []


@pytest.mark.parametrize(
    ("level", "released"),
    [
        (MemoryLevel.OK, ["shards", "weights", "buffers"]),
        (MemoryLevel.WARN, ["subtitles", "buffers", "cache", "audio", "weights", "shards"]),
        (MemoryLevel.EMERGENCY, ["shards", "weights", "audio", "cache", "buffers", "subtitles"]),
    ],
)
def test_what_has_expired_goes_as_the_level_says(
    world: World, level: MemoryLevel, released: list[str]
) -> None:
    names = {
        "cache": CACHE,
        "shards": SHARDS,
        "weights": WEIGHTS,
        "audio": ResourceKind.AUDIO_CACHE,
        "subtitles": ResourceKind.SUBTITLE_INDEX,
        "buffers": ResourceKind.TEMP_BUFFERS,
    }
    held = [world.hold(kind, name, 1000) for name, kind in names.items()]
    world.clock.advance(900.0)
    world.level = level
    world.tick()
    assert world.order == released
    assert (
        world.events[0].cause.value
        == {"OK": "expired", "WARN": "warn", "EMERGENCY": "emergency"}[level.value]
    )
    assert all(keep == 0.0 for each in held for keep, _ in each.calls)
    world.tick()
    assert len(world.order) == len(released), "what is given back is not given back again"


def test_what_is_fresh_stays_except_in_an_emergency(world: World) -> None:
    world.hold(CACHE, "cache", 1000)
    for level, expected in ((MemoryLevel.OK, []), (MemoryLevel.WARN, []), (MemoryLevel.EMERGENCY, ["cache"])):
        world.level = level
        world.tick()
        assert world.order == expected


def test_a_person_may_keep_idle_models(world: World) -> None:
    world.release_idle = False
    world.hold(SHARDS, "shards", 1000)
    world.clock.advance(3600.0)
    world.tick()
    assert world.order == []
    world.level = MemoryLevel.WARN
    world.tick()
    assert world.order == ["shards"], "the wish ends where memory is short"


# -- the governor's orders


def test_a_warning_halves_caches_and_spares_a_model_at_work(world: World) -> None:
    cache = world.hold(CACHE, "cache", 1000)
    busy, idle = world.hold(SHARDS, "busy", GIB), world.hold(WEIGHTS, "idle", GIB)
    with busy.tracked.use():
        report = world.reclaim(WARN)
    assert world.order == ["cache", "idle"], "what is cheap to have again goes first"
    assert cache.calls == [(50.0, True)] and idle.calls == [(0.0, False)] and busy.calls == []
    assert (report.claimed_bytes, report.freed_bytes) == (500 + GIB, 500 + GIB)
    assert {record.outcome for record in report.records} == {ReleaseOutcome.RELEASED}


def test_compression_is_a_wish(world: World) -> None:
    world.compress = False
    cache = world.hold(CACHE, "cache", 1000)
    world.reclaim(WARN)
    assert cache.calls == [(50.0, False)]


def test_an_emergency_takes_everything_by_priority(world: World) -> None:
    names = {
        "cache": CACHE,
        "subs": ResourceKind.SUBTITLE_INDEX,
        "shards": SHARDS,
        "weights": WEIGHTS,
        "audio": ResourceKind.AUDIO_CACHE,
    }
    held = [world.hold(kind, name, 1000) for name, kind in names.items()]
    with held[2].tracked.use():
        report = world.reclaim(EMERGENCY)
    assert world.order == ["shards", "weights", "audio", "cache", "subs"]
    assert report.cause is ReleaseCause.EMERGENCY and report.freed_bytes == 5000
    assert world.trimmed == 1


def test_pressure_on_a_tier_takes_its_model_also_at_work(world: World) -> None:
    busy = world.hold(SHARDS, "busy", GIB)
    with busy.tracked.use():
        assert world.reclaim(PRESSURE).freed_bytes == GIB


def test_every_report_is_kept_and_a_full_disk_costs_only_its_place(world: World) -> None:
    world.hold(CACHE, "thumbnails", 1000)
    first = world.guard.release()
    assert first is not None and world.kept == [replace(first, id=0)] and first.id == 1
    assert world.guard.reports == (first,) and world.events == [first]
    world.disk_full = True
    world.hold(CACHE, "other pictures", 2000)
    second = world.guard.release()
    assert second is not None and second.id == 0 and len(world.kept) == 1
    assert world.guard.reports == (first, second) and world.events == [first, second]


def test_nothing_to_give_back_is_no_report(world: World) -> None:
    world.hold(CACHE, "empty", 0)
    assert world.guard.reclaim(EMERGENCY) is None and world.events == []


# -- the proof


def test_it_waits_until_three_quarters_are_back(world: World) -> None:
    world.hold(SHARDS, "model", GIB, delay=0.9)
    report = world.reclaim(PRESSURE)
    assert 0.9 <= report.seconds <= 1.25
    assert report.before.vram_used == 8 * GIB and report.after.vram_used == 7 * GIB
    assert world.refreshed, "the card is read again meanwhile"


@pytest.mark.fault("FR16")
def test_what_does_not_come_back_is_said_and_not_tried_at_once_again(world: World) -> None:
    lazy = world.hold(CACHE, "lazy", 1000, brings=0.1)
    report = world.reclaim(EMERGENCY)
    assert report.seconds == 5.0
    (record,) = report.records
    assert (record.claimed_bytes, record.freed_bytes, record.outcome) == (1000, 100, ReleaseOutcome.KEPT)
    world.level = MemoryLevel.EMERGENCY
    for _ in range(11):
        world.tick()
    assert len(lazy.calls) == 1
    world.tick()
    world.tick()
    assert len(lazy.calls) == 2, "after a minute it is tried again"
    (resource,) = world.tracker.find()
    assert resource.expected is not None and resource.bytes is not None
    assert resource.expected < 0.2 * resource.bytes, "its claim is believed no more"


def test_partly_is_told_from_all_and_from_nothing(world: World) -> None:
    world.hold(CACHE, "half", 1000, brings=0.5)
    assert world.reclaim(EMERGENCY).records[0].outcome is ReleaseOutcome.PARTLY


@pytest.mark.fault("FR16")
def test_a_server_says_gone_and_the_card_says_no(world: World) -> None:
    world.vram_returns = False
    world.hold(SHARDS, "model", GIB)
    report = world.reclaim(PRESSURE)
    assert report.seconds == 5.0, "the card's word is waited for"
    assert (report.records[0].freed_bytes, report.records[0].outcome) == (0, ReleaseOutcome.KEPT)


def test_without_a_reading_of_the_card_the_server_is_believed(world: World) -> None:
    world.vram = None
    world.hold(SHARDS, "model", GIB)
    report = world.reclaim(PRESSURE)
    assert (report.freed_bytes, report.seconds) == (GIB, 0.0)


def test_others_take_what_came_back(world: World) -> None:
    """Signed arithmetic: another program may grow while ours shrinks."""
    model = world.hold(SHARDS, "model", GIB, delay=0.2)
    world.clock.meanwhile = lambda: setattr(world, "vram", 9 * GIB)
    report = world.reclaim(PRESSURE)
    assert model.size == 0 and report.records[0].freed_bytes == 0
    assert report.after.vram_used == 9 * GIB


def test_a_model_without_a_size_is_measured_by_the_card(world: World) -> None:
    model = world.hold(SHARDS, "studio", None)

    def release(keep: float, *, compress: bool) -> None:
        model.size, world.vram = 0, 5 * GIB

    model.release = release  # type: ignore[method-assign]
    (record,) = world.reclaim(PRESSURE).records
    assert (record.claimed_bytes, record.freed_bytes) == (None, 3 * GIB)
    assert record.outcome is ReleaseOutcome.RELEASED


def test_nobody_can_say(world: World) -> None:
    world.hold(SHARDS, "studio", None)
    (record,) = world.reclaim(PRESSURE).records
    assert record.freed_bytes is None and record.outcome is ReleaseOutcome.UNMEASURED


# -- owners that misbehave


def test_one_that_raises_costs_the_others_nothing(world: World) -> None:
    bad, good = world.hold(SHARDS, "bad", 1000), world.hold(CACHE, "good", 1000)
    bad.fails = RuntimeError("no")
    report = world.reclaim(EMERGENCY)
    assert [record.outcome for record in report.records] == [ReleaseOutcome.FAILED, ReleaseOutcome.RELEASED]
    assert good.size == 0 and report.freed_bytes == 1000


def test_one_that_hangs_is_left_behind_after_five_seconds(world: World) -> None:
    bad, good = world.hold(SHARDS, "bad", 1000), world.hold(CACHE, "good", 1000)
    bad.hangs = threading.Event()
    world.clock.patience = 0.5
    report = world.reclaim(EMERGENCY)
    bad.hangs.set()
    assert [record.outcome for record in report.records] == [
        ReleaseOutcome.TIMED_OUT,
        ReleaseOutcome.RELEASED,
    ]
    assert good.size == 0


def test_one_that_is_gone_meanwhile(world: World) -> None:
    world.hold(CACHE, "gone", 1000)
    (resource,) = world.tracker.find()
    world.holders.clear()
    assert world.tracker.owner_of(resource) is None
    assert world.guard.reclaim(EMERGENCY) is None


# -- urgency and the end


def test_an_emergency_does_not_wait_for_the_proof_of_a_warning(world: World) -> None:
    world.hold(CACHE, "stubborn", 1000, brings=0.0)
    waiting, go_on = threading.Event(), threading.Event()
    emergency = threading.Thread(target=lambda: world.guard.reclaim(EMERGENCY))

    def meanwhile() -> None:
        if not waiting.is_set():
            waiting.set()
            emergency.start()
            assert go_on.wait(10)

    world.clock.meanwhile = meanwhile
    cancelled = threading.Event()

    def watch() -> None:
        waiting.wait(10)
        pause = threading.Event()
        while True:
            current = world.guard._current
            if current is not None and current[1].cancelled:
                break
            pause.wait(0.005)
        cancelled.set()
        go_on.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    report = world.reclaim(WARN)
    for thread in (watcher, emergency):
        thread.join(10)
    assert cancelled.is_set() and report.seconds < 5.0
    assert [report.cause for report in world.guard.reports] == [ReleaseCause.WARN, ReleaseCause.EMERGENCY]


def test_the_end_does_not_wait_for_a_proof(world: World) -> None:
    stubborn = world.hold(CACHE, "stubborn", 1000, brings=0.0)
    closer = threading.Thread(target=world.guard.close)
    world.clock.meanwhile = lambda: closer.start() if not closer.ident else closer.join(10)
    assert world.reclaim(WARN).seconds <= 0.5
    closer.join(10)
    assert world.guard.reclaim(EMERGENCY) is None and len(stubborn.calls) == 1


def test_asked_for_by_kind_name_and_priority(world: World) -> None:
    for name, kind in (("thumbs", CACHE), ("strip", CACHE), ("model", SHARDS)):
        world.hold(kind, name, 1000)
    report = world.guard.release(pattern="thu*")
    assert report is not None and report.cause is ReleaseCause.ASKED and world.order == ["thumbs"]
    world.guard.release(kind=CACHE, keep=50.0)
    assert sorted(world.order) == ["strip", "thumbs"]
    world.guard.release(min_priority=100)
    assert world.order[-1] == "model"
    assert world.guard.release(pattern="nothing") is None


@pytest.mark.parametrize(
    ("order", "asked"),
    [(WARN, []), (PRESSURE, []), (EMERGENCY, [0.0])],
    ids=["warn", "pressure", "emergency"],
)
def test_a_picture_on_its_way_is_waited_for_only_in_an_emergency(
    world: World, order: Reclaim, asked: list[float]
) -> None:
    """It goes when the step that holds it ends; asking for it would only use up the time for the proof."""
    picture = world.hold(ResourceKind.TEMP_BUFFERS, "descriptions", 1000)
    with picture.tracked.use():
        world.guard.reclaim(order)
    assert [keep for keep, _ in picture.calls] == asked
