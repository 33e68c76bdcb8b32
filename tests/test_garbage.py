"""Garbage is collected where it may be, and not more often than it pays."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from autocut_tray.core import garbage


class Loop:
    """Garbage as soon as nobody holds it; ``freed`` hears in which thread."""

    def __init__(self, freed: list[int]) -> None:
        self.itself = self
        self._freed = freed

    def __del__(self) -> None:
        self._freed.append(threading.get_ident())


@pytest.fixture
def automatic() -> Iterator[None]:
    """Python as it comes, without the owner that all tests have."""
    left_to = garbage._left_to[:]
    garbage._left_to.clear()
    gc.enable()
    yield
    garbage._left_to[:] = left_to
    gc.disable()


def test_without_an_owner_it_is_collected_on_the_spot(automatic: None) -> None:
    freed: list[int] = []
    Loop(freed)
    found = garbage.collect()
    assert found is not None and found >= 1
    assert freed == [threading.get_ident()]


def test_an_owner_is_asked_and_python_stays_quiet(automatic: None) -> None:
    asked: list[int] = []
    end = garbage.leave_to(lambda: asked.append(1) or 7)
    assert not gc.isenabled()
    assert garbage.collect() == 7 and asked == [1]
    end()
    assert gc.isenabled()
    freed: list[int] = []
    Loop(freed)
    assert garbage.collect() is not None
    assert freed


def test_owners_may_end_in_any_order(automatic: None) -> None:
    ends = [garbage.leave_to(lambda n=n: n) for n in range(3)]
    ends[1]()
    assert garbage.collect() == 2
    ends[2]()
    assert garbage.collect() == 0
    assert not gc.isenabled()
    ends[0]()
    assert gc.isenabled()


def make_garbage(number: int) -> None:
    for _ in range(number):
        loop: list[object] = []
        loop.append(loop)


class TestRounds:
    @pytest.fixture
    def collected(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """The generations that were looked at."""
        done: list[int] = []
        real = gc.collect

        def collect(generation: int = 2) -> int:
            done.append(generation)
            return real(generation)

        monkeypatch.setattr(garbage.gc, "collect", collect)
        return done

    def test_little_is_let_be(self, collected: list[int]) -> None:
        rounds = garbage.Rounds()
        rounds.everything()
        collected.clear()
        make_garbage(garbage.YOUNG // 4)
        rounds.look()
        assert collected == []

    def test_what_is_young_is_looked_at_first(self, collected: list[int]) -> None:
        rounds = garbage.Rounds()
        rounds.everything()
        collected.clear()
        freed: list[int] = []
        Loop(freed)
        make_garbage(2 * garbage.YOUNG)
        rounds.look()
        assert collected == [1] and freed
        rounds.look()
        assert collected == [1]

    def test_everything_is_once_there_is_much_more_of_it(
        self, collected: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blocks = [1000]
        monkeypatch.setattr(garbage.sys, "getallocatedblocks", lambda: blocks[0])
        rounds = garbage.Rounds()
        make_garbage(2 * garbage.YOUNG)
        rounds.look()
        assert collected == [2], "the first time"
        for blocks[0] in (1240, 1250, 1300, 1570):
            make_garbage(2 * garbage.YOUNG)
            rounds.look()
        assert collected == [2, 1, 2, 1, 2]
