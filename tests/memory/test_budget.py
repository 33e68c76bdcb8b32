"""The budget of work in progress: never overdrawn, fair, cancellable, without deadlocks, and its leaks found."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import Cancelled, SystemExhausted
from autocut_tray.core.memory.budget import MIB, BudgetOptions, MemoryLease, UnifiedMemoryManager
from autocut_tray.core.memory.policies import shipped_policies
from autocut_tray.core.memory.tracker import ResourceTracker
from autocut_tray.core.release import ResourceKind
from autocut_tray.i18n import LANGUAGES, Translator
from tests.fakes import FakeClock


def budget(limit: int, gc_threshold: float = 0.8) -> UnifiedMemoryManager:
    return UnifiedMemoryManager(SystemClock(), BudgetOptions(limit, gc_threshold))


def wait_until(condition: Callable[[], bool]) -> None:
    """For what another thread is about to do and has no event for."""
    pause = threading.Event()
    for _ in range(2000):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("it did not come")


class Asker(threading.Thread):
    """Asks for memory in a thread of its own and holds it until told otherwise."""

    def __init__(self, manager: UnifiedMemoryManager, size: int, order: list[int], number: int = 0) -> None:
        super().__init__()
        self.manager, self.size, self.order, self.number = manager, size, order, number
        self.cancel = CancelToken()
        self.granted, self.let_go = threading.Event(), threading.Event()
        self.error: Exception | None = None
        waiting = manager.get_memory_stats().waiting
        self.start()
        wait_until(lambda: self.granted.is_set() or manager.get_memory_stats().waiting > waiting)

    def run(self) -> None:
        try:
            with self.manager.allocate(self.size, "test", cancel=self.cancel):
                self.order.append(self.number)
                self.granted.set()
                assert self.let_go.wait(20)
        except (Cancelled, SystemExhausted) as error:
            self.error = error


def test_it_waits_and_goes_on_when_there_is_room() -> None:
    manager, order = budget(100), []
    first = manager.allocate(80, "test", cancel=CancelToken())
    asker = Asker(manager, 40, order)
    assert not asker.granted.is_set()
    stats = manager.get_memory_stats()
    assert (stats.used, stats.waiting, stats.waiting_bytes, stats.waited) == (80, 1, 40, 1)
    first.release()
    assert asker.granted.wait(5) and manager.get_memory_stats().used == 40
    asker.let_go.set()
    asker.join()
    assert manager.get_memory_stats().used == 0


def test_first_come_first_served_and_the_small_do_not_overtake() -> None:
    manager, order = budget(100), []
    hold = manager.allocate(90, "test", cancel=CancelToken())
    large = Asker(manager, 80, order, 1)
    small = Asker(manager, 30, order, 2)
    smallest = Asker(manager, 5, order, 3)
    assert not smallest.granted.is_set(), "5 would fit, but it was not its turn"
    hold.release()
    assert large.granted.wait(5)
    assert not small.granted.is_set() and not smallest.granted.is_set()
    large.let_go.set()
    assert small.granted.wait(5) and smallest.granted.wait(5)
    for asker in (large, small, smallest):
        asker.let_go.set()
        asker.join()
    assert order[0] == 1


def test_a_cancelled_wait_ends_at_once_and_lets_the_next_one_in() -> None:
    manager, order = budget(100), []
    hold = manager.allocate(60, "test", cancel=CancelToken())
    first, second = Asker(manager, 50, order, 1), Asker(manager, 40, order, 2)
    first.cancel.cancel()
    first.join(5)
    assert isinstance(first.error, Cancelled)
    assert second.granted.wait(5), "whoever stood behind the cancelled one must not wait for ever"
    second.let_go.set()
    second.join()
    hold.release()
    assert manager.get_memory_stats().used == 0


class HookedClock(FakeClock):
    """Nobody waits for real: the test says what happens meanwhile."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    def wait(self, event: threading.Event, timeout: float) -> bool:
        self.meanwhile()
        return event.is_set() or super().wait(event, timeout)


def test_served_and_cancelled_at_the_same_moment() -> None:
    cancel = CancelToken()

    def both() -> None:
        hold.release()
        cancel.cancel()

    manager = UnifiedMemoryManager(HookedClock(both), BudgetOptions(100, 0.8))
    hold = manager.allocate(80, "test", cancel=CancelToken())
    with pytest.raises(Cancelled):
        manager.allocate(60, "test", cancel=cancel)
    stats = manager.get_memory_stats()
    assert (stats.used, stats.leases, stats.waiting) == (0, 0, 0)


def test_cancelled_before_it_asks() -> None:
    manager, cancel = budget(10), CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        manager.allocate(1, "test", cancel=cancel)
    assert manager.get_memory_stats().granted == 0


def test_what_can_never_fit_is_refused_in_words() -> None:
    manager = budget(10 * MIB)
    with pytest.raises(SystemExhausted) as raised:
        manager.allocate(10 * MIB + 1, "test", cancel=CancelToken())
    assert raised.value.hint is not None
    for language in LANGUAGES:
        words = Translator(language).text(raised.value.message)
        assert "11" in words and "10" in words
    with pytest.raises(ValueError, match="-1"):
        manager.allocate(-1, "test", cancel=CancelToken())
    with manager.allocate(10 * MIB, "test", cancel=CancelToken()):
        assert manager.get_memory_stats().used_share == 1.0


def test_a_lowered_limit_refuses_who_waits_in_vain_and_takes_nothing_away() -> None:
    manager, order = budget(100), []
    hold = manager.allocate(100, "test", cancel=CancelToken())
    hopeless, patient = Asker(manager, 60, order, 1), Asker(manager, 40, order, 2)
    manager.configure(BudgetOptions(50, 0.8))
    hopeless.join(5)
    assert isinstance(hopeless.error, SystemExhausted) and not patient.granted.is_set()
    assert manager.get_memory_stats().used == 100
    hold.release()
    assert patient.granted.wait(5)
    patient.let_go.set()
    patient.join()


def test_releasing_twice_counts_once() -> None:
    manager = budget(100)
    one, two = (manager.allocate(10, "test", cancel=CancelToken()) for _ in range(2))
    one.release()
    one.release()
    assert manager.get_memory_stats().used == 10
    manager.deallocate(two)
    manager.deallocate(two)
    assert manager.get_memory_stats().used == 0


class Owner:
    lease: MemoryLease | None = None


def test_a_lease_that_nobody_holds_any_more_is_taken_back() -> None:
    manager = budget(100)
    manager.allocate(30, "forgotten", cancel=CancelToken())
    owner = Owner()
    kept = manager.allocate(20, "orphan", cancel=CancelToken(), owner=owner)
    alive = Owner()
    fine = manager.allocate(10, "fine", cancel=CancelToken(), owner=alive)
    assert dict(manager.get_memory_stats().by_stage) == {"forgotten": 30, "orphan": 20, "fine": 10}
    del owner
    found = manager.optimize()
    assert (found.leaks, found.leaked_bytes) == (2, 50)
    stats = manager.get_memory_stats()
    assert (stats.used, stats.leaked, stats.leaked_bytes) == (10, 2, 50)
    kept.release()
    assert manager.get_memory_stats().used == 10, "what was taken back is not given back again"
    fine.release()


def test_a_leak_in_a_cycle_does_not_hold_up_who_waits() -> None:
    manager, order = budget(100), []

    def leak() -> None:
        owner = Owner()
        owner.lease = manager.allocate(90, "leaky", cancel=CancelToken(), owner=owner)
        owner.me = owner  # type: ignore[attr-defined]

    leak()
    asker = Asker(manager, 50, order)
    gc.collect()
    assert asker.granted.wait(10), "leaks are looked for while somebody waits"
    asker.let_go.set()
    asker.join()
    assert manager.get_memory_stats().leaked == 1


def test_garbage_is_collected_at_the_threshold_and_not_too_often() -> None:
    clock = FakeClock()
    manager = UnifiedMemoryManager(clock, BudgetOptions(100, 0.75))
    leases = [manager.allocate(74, "test", cancel=CancelToken())]
    assert manager.get_memory_stats().collections == 0
    for _ in range(5):
        leases.append(manager.allocate(1, "test", cancel=CancelToken()))
    assert manager.get_memory_stats().collections == 1
    clock.advance(10)
    leases.append(manager.allocate(1, "test", cancel=CancelToken()))
    assert manager.get_memory_stats().collections == 2


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 100),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 120), st.integers(0, 30)), max_size=60),
)
def test_it_never_overdraws_whatever_comes(limit: int, steps: list[tuple[int, int, int]]) -> None:
    """Single-threaded: whatever has to wait is cancelled at once."""
    cancel = CancelToken()
    manager = UnifiedMemoryManager(HookedClock(lambda: cancel.cancel()), BudgetOptions(limit, 0.8))
    held: list[MemoryLease] = []
    expected = 0
    for what, size, which in steps:
        if what <= 1 and expected + size <= limit:
            held.append(manager.allocate(size, "test", cancel=CancelToken()))
            expected += size
        elif what <= 1 and size > limit:
            with pytest.raises(SystemExhausted):
                manager.allocate(size, "test", cancel=CancelToken())
        elif what <= 1:
            cancel = CancelToken()
            with pytest.raises(Cancelled):
                manager.allocate(size, "test", cancel=cancel)
        elif what == 2 and held:
            lease = held.pop(which % len(held))
            lease.release()
            expected -= lease.bytes
        elif what == 3 and held:
            expected -= held.pop(which % len(held)).bytes  # forgotten: a leak
            manager.find_leaks()
        stats = manager.get_memory_stats()
        assert stats.used == expected <= limit and stats.peak <= limit
        assert stats.leases == len(held) and stats.waiting == 0


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.booleans()),
        min_size=2,
        max_size=8,
    )
)
def test_real_threads_never_overdraw_and_all_come_through(plans: list[tuple[list[int], bool]]) -> None:
    manager = budget(100)
    start = threading.Barrier(len(plans) + 1)
    taken = 0
    most = 0
    lock = threading.Lock()
    errors: list[str] = []

    def work(sizes: list[int], cancelled: bool, cancel: CancelToken) -> None:
        nonlocal taken, most
        start.wait(20)
        try:
            for size in sizes:
                with manager.allocate(size, "test", cancel=cancel):
                    with lock:
                        taken += size
                        most = max(most, taken)
                    with lock:
                        taken -= size
        except Cancelled:
            if not cancelled:
                errors.append("cancelled although nobody asked for it")

    tokens = [CancelToken() for _ in plans]
    threads = [
        threading.Thread(target=work, args=(sizes, cancelled, token))
        for (sizes, cancelled), token in zip(plans, tokens, strict=True)
    ]
    for thread in threads:
        thread.start()
    start.wait(20)
    for (_, cancelled), token in zip(plans, tokens, strict=True):
        if cancelled:
            token.cancel()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive(), "a deadlock"
    stats = manager.get_memory_stats()
    assert errors == [] and most <= 100 and stats.peak <= 100
    assert (stats.used, stats.leases, stats.waiting) == (0, 0, 0)


def test_what_a_lease_really_holds_is_tracked_until_it_is_given_back() -> None:
    tracker = ResourceTracker(shipped_policies, SystemClock())
    manager = UnifiedMemoryManager(SystemClock(), BudgetOptions(1000), tracker)
    lease = manager.allocate(800, "descriptions", cancel=CancelToken())
    assert tracker.statistics().count == 0, "a promise holds nothing yet"
    lease.filled(200)
    (found,) = tracker.find()
    assert (found.kind, found.name, found.bytes, found.in_use) == (
        ResourceKind.TEMP_BUFFERS, "descriptions", 200, True,
    )  # fmt: skip
    owner = tracker.owner_of(found)
    assert owner is not None and owner.measure() == 200
    manager.deallocate(lease)
    assert (owner.measure(), tracker.statistics().count, tracker.statistics().forgotten) == (0, 0, 1)


def test_what_a_lost_lease_held_is_not_tracked_for_ever() -> None:
    tracker = ResourceTracker(shipped_policies, SystemClock())
    manager = UnifiedMemoryManager(SystemClock(), BudgetOptions(1000), tracker)
    manager.allocate(800, "descriptions", cancel=CancelToken()).filled(200)
    gc.collect()
    assert (tracker.statistics().count, tracker.statistics().lost) == (0, 1)
    assert manager.find_leaks() == (1, 800)
