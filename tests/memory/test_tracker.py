"""What is tracked: who holds what, since when it is unused, and that crashed owners drop out."""

from __future__ import annotations

import errno
import gc
import threading

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from autocut_tray.core.memory.policies import PolicyTable, shipped_policies
from autocut_tray.core.memory.tracker import ResourceTracker, Tracked
from autocut_tray.core.release import ResourceKind
from tests.fakes import FakeClock

POLICIES = shipped_policies()
CACHE, SHARDS, BUFFERS = ResourceKind.RENDER_CACHE, ResourceKind.MODEL_SHARDS, ResourceKind.TEMP_BUFFERS


class Holder:
    def release(self, keep: float, *, compress: bool) -> None: ...

    def measure(self) -> int | None:
        return 0


class World:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.tracker = ResourceTracker(lambda: POLICIES, self.clock)
        self.owners: list[Holder] = []

    def add(self, kind: ResourceKind, name: str, size: int | None = 100, **more: int) -> Tracked:
        self.owners.append(Holder())
        return self.tracker.register(kind, name, self.owners[-1], bytes_=size, **more)

    def names(self, **wanted: object) -> list[str]:
        return [resource.name for resource in self.tracker.find(**wanted)]  # type: ignore[arg-type]


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("kind", ResourceKind)
def test_it_expires_exactly_when_its_rule_says(world: World, kind: ResourceKind) -> None:
    tracked = world.add(kind, "it")
    world.clock.advance(POLICIES[kind].idle_seconds - 0.5)
    assert world.names(expired=True) == []
    world.clock.advance(0.5)
    assert world.names(expired=True) == ["it"]
    tracked.touch()
    assert world.names(expired=True) == [] and world.names(expired=False) == ["it"]


def test_what_is_in_use_never_expires_and_counts_from_its_end(world: World) -> None:
    tracked = world.add(BUFFERS, "frames")
    with tracked.use(), tracked.use():
        world.clock.advance(1000)
        assert world.names(expired=True) == [] and world.tracker.statistics().in_use == 1
    assert world.names(expired=True) == []
    world.clock.advance(30)
    assert world.names(expired=True) == ["frames"]


def test_found_by_kind_pattern_and_priority_in_the_order_of_an_emergency(world: World) -> None:
    world.add(CACHE, "thumbs-new")
    world.clock.advance(1)
    world.add(CACHE, "thumbs-newer")
    world.add(SHARDS, "moondream")
    world.add(ResourceKind.SUBTITLE_INDEX, "subs", priority=80)
    assert world.names() == ["moondream", "subs", "thumbs-new", "thumbs-newer"]
    assert world.names(kind=CACHE) == ["thumbs-new", "thumbs-newer"]
    assert world.names(pattern="thumbs-*") == ["thumbs-new", "thumbs-newer"]
    assert world.names(pattern="THUMBS*") == []
    assert world.names(min_priority=80) == ["moondream", "subs"]
    assert world.names(kind=CACHE, min_priority=80) == []


def test_statistics_know_what_is_unknown(world: World) -> None:
    world.add(CACHE, "a", 10)
    known = world.add(SHARDS, "b", None)
    statistics = world.tracker.statistics()
    assert (statistics.count, statistics.bytes, statistics.unknown) == (2, 10, 1)
    assert statistics.by_kind[SHARDS].unknown == 1 and statistics.by_kind[BUFFERS].count == 0
    known.resize(500)
    assert world.tracker.statistics().bytes == 510
    known.forget()
    known.forget()
    known.resize(1)
    known.touch()
    statistics = world.tracker.statistics()
    assert (statistics.registered, statistics.forgotten, statistics.lost, statistics.bytes) == (2, 1, 0, 10)


def test_an_owner_that_crashed_drops_out_and_is_counted(world: World) -> None:
    world.add(CACHE, "stays")
    world.add(CACHE, "goes")
    assert not world.tracker.empty
    del world.owners[1]
    gc.collect()
    assert world.names() == ["stays"]
    assert world.tracker.statistics().lost == 1
    world.owners.clear()
    gc.collect()
    assert world.tracker.empty and world.tracker.statistics().lost == 2


def test_empty_means_nothing_to_give_back(world: World) -> None:
    tracked = world.add(CACHE, "cache", 0)
    assert world.tracker.empty
    tracked.resize(None)
    assert not world.tracker.empty


def test_a_broken_promise_corrects_the_next_one(world: World) -> None:
    tracked = world.add(CACHE, "liar", 1000)
    (resource,) = world.tracker.find()
    assert resource.expected == 1000
    world.tracker.learn(resource, 0.1)
    (resource,) = world.tracker.find()
    assert (resource.bytes, resource.expected) == (1000, 100)
    tracked.resize(None)
    assert world.tracker.find()[0].expected is None
    for share, expected in ((-3.0, 0), (7.0, 50)):
        tracked.resize(50)
        world.tracker.learn(resource, share)
        assert world.tracker.find()[0].expected == expected


def test_the_rules_are_read_while_there_is_something_to_release_not_when_it_must_go() -> None:
    asked: list[str] = []

    def policies() -> PolicyTable:
        asked.append("rules")
        raise OSError(errno.EMFILE, "Too many open files")

    tracker = ResourceTracker(policies, FakeClock())
    holder = Holder()
    tracker.register(CACHE, "empty", holder, bytes_=0)
    assert asked == []
    tracker.register(SHARDS, "model", holder, bytes_=None)
    assert asked == ["rules"], "and that they could not be read costs nothing now"


def test_many_threads_at_once(world: World) -> None:
    start = threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        for turn in range(50):
            tracked = world.add(CACHE, f"{number}-{turn}", turn)
            with tracked.use():
                tracked.resize(turn + 1)
                world.tracker.find(kind=CACHE)
                world.tracker.statistics()
            tracked.forget()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statistics = world.tracker.statistics()
    assert (statistics.count, statistics.registered, statistics.forgotten, statistics.in_use) == (
        0,
        400,
        400,
        0,
    )


class Model(RuleBasedStateMachine):
    """The tracker against the simplest thing that could be right."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.expected: dict[int, tuple[Tracked, Holder, int, float]] = {}

    @rule(kind=st.sampled_from(ResourceKind), size=st.integers(0, 10**9))
    def add(self, kind: ResourceKind, size: int) -> None:
        tracked = self.world.add(kind, "x", size)
        self.expected[tracked.id] = tracked, self.world.owners.pop(), size, self.world.clock.monotonic()

    @precondition(lambda self: self.expected)
    @rule(data=st.data(), size=st.integers(0, 10**9))
    def change(self, data: st.DataObject, size: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.expected)))
        tracked, owner, _, _ = self.expected[number]
        tracked.resize(size)
        tracked.touch()
        self.expected[number] = tracked, owner, size, self.world.clock.monotonic()

    @precondition(lambda self: self.expected)
    @rule(data=st.data(), cleanly=st.booleans())
    def remove(self, data: st.DataObject, cleanly: bool) -> None:
        number = data.draw(st.sampled_from(sorted(self.expected)))
        tracked, _owner, _, _ = self.expected.pop(number)
        if cleanly:
            tracked.forget()

    @rule(seconds=st.floats(0, 500))
    def time_passes(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    @invariant()
    def it_is_what_it_should_be(self) -> None:
        now = self.world.clock.monotonic()
        found = {resource.id: resource for resource in self.world.tracker.find()}
        assert set(found) == set(self.expected)
        for number, (_, _, size, used_at) in self.expected.items():
            resource = found[number]
            assert resource.bytes == size
            assert resource.expired == (now - used_at >= POLICIES[resource.kind].idle_seconds)
        statistics = self.world.tracker.statistics()
        assert statistics.bytes == sum(size for _, _, size, _ in self.expected.values())
        assert statistics.registered == statistics.count + statistics.forgotten + statistics.lost
        priorities = [resource.priority for resource in self.world.tracker.find()]
        assert priorities == sorted(priorities, reverse=True)


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
