"""Not too often, in order, and always the last: with a clock that moves when told."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from autocut_tray.core.remedies.throttle import Throttle
from tests.fakes import FakeClock
from tests.remedies.conftest import PATIENCE


class HeldClock(FakeClock):
    """A wait lasts until the test lets the time pass, or the event comes."""

    def __init__(self) -> None:
        super().__init__()
        self._passed = threading.Condition()
        self.waiting = threading.Semaphore(0)

    def wait(self, event: threading.Event, timeout: float) -> bool:
        until = self.monotonic() + timeout
        self.waiting.release()
        with self._passed:
            while not event.is_set() and self.monotonic() < until:
                self._passed.wait(0.01)
        return event.is_set()

    def pass_time(self, seconds: float) -> None:
        with self._passed:
            self.advance(seconds)
            self._passed.notify_all()


class Bench:
    def __init__(self) -> None:
        self.clock = HeldClock()
        self.told: list[tuple[float, int]] = []
        self._heard = threading.Condition()
        self.throttle: Throttle[int] = Throttle(self._tell, self.clock, 0.5, "throttle")

    def _tell(self, value: int) -> None:
        with self._heard:
            self.told.append((self.clock.monotonic(), value))
            self._heard.notify_all()

    def until(self, count: int) -> None:
        with self._heard:
            assert self._heard.wait_for(lambda: len(self.told) >= count, PATIENCE), self.told

    def someone_waits(self) -> None:
        assert self.clock.waiting.acquire(timeout=PATIENCE)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.throttle.close()


def test_the_last_of_a_burst_comes_when_its_time_has_come(bench: Bench) -> None:
    for value in range(5):
        bench.throttle.put(value)
    assert bench.told == [(0.0, 0)]
    bench.someone_waits()
    bench.clock.pass_time(0.4)
    bench.throttle.put(5)
    assert bench.told == [(0.0, 0)]
    bench.clock.pass_time(0.1)
    bench.until(2)
    assert bench.told == [(0.0, 0), (0.5, 5)]


def test_what_comes_in_time_is_told_at_once_and_without_a_thread(bench: Bench) -> None:
    before = threading.active_count()
    for value in range(3):
        bench.throttle.put(value)
        bench.clock.pass_time(0.5)
    assert [value for _, value in bench.told] == [0, 1, 2]
    assert threading.active_count() == before


def test_at_once_takes_the_place_of_what_is_held(bench: Bench) -> None:
    bench.throttle.put(1)
    bench.throttle.put(2)
    bench.someone_waits()
    bench.throttle.put(3, at_once=True)
    bench.clock.pass_time(0.5)
    bench.throttle.put(4)
    assert [value for _, value in bench.told] == [1, 3, 4]


def test_burst_after_burst(bench: Bench) -> None:
    for burst in range(3):
        bench.throttle.put(10 * burst)
        bench.throttle.put(10 * burst + 1)
        bench.someone_waits()
        bench.clock.pass_time(0.5)
        bench.until(2 * burst + 2)
        bench.clock.pass_time(0.5)
    assert [value for _, value in bench.told] == [0, 1, 10, 11, 20, 21]


def test_nothing_is_told_after_the_end(bench: Bench) -> None:
    bench.throttle.put(1)
    bench.throttle.put(2)
    bench.someone_waits()
    bench.throttle.close()
    bench.clock.pass_time(1)
    bench.throttle.put(3, at_once=True)
    bench.throttle.close()
    assert [value for _, value in bench.told] == [1]
