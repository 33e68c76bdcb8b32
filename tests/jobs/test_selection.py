"""Which scene comes next when not all can."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.footage import Scene
from autocut_tray.core.jobs.selection import next_scene, paced_budget
from tests.jobs.fakes import scene


def play(count: int, room: int, *, all_known: bool) -> list[int]:
    waiting = {n: scene(n) for n in range(1, count + 1)}
    taken: list[Scene] = []
    while (
        chosen := next_scene(list(waiting.values()), taken, room - len(taken), all_known=all_known)
    ) is not None:
        taken.append(waiting.pop(chosen.id))
    return [s.id for s in taken]


def test_all_fit_in_order() -> None:
    assert play(5, 10, all_known=True) == [1, 2, 3, 4, 5]


def test_too_many_are_spread() -> None:
    assert play(9, 3, all_known=True) == [1, 9, 5]


@given(st.integers(0, 60), st.integers(0, 60), st.booleans())
def test_never_more_than_the_room_never_twice(count: int, room: int, all_known: bool) -> None:
    chosen = play(count, room, all_known=all_known)
    assert len(chosen) == len(set(chosen)) == min(count, room)


@given(st.integers(1, 50), st.floats(0, 1000), st.floats(0.1, 1000))
def test_pace_follows_the_video(budget: int, read: float, total: float) -> None:
    paced = paced_budget(budget, read, total)
    assert 1 <= paced <= budget
    assert paced <= 1 + budget * read / total


def test_pace_of_unknown_length_is_one_until_the_end() -> None:
    assert paced_budget(10, 500.0, None) == 1
