"""The score itself: what counts as found, as false and as missed."""

from __future__ import annotations

from tests.media.score_corpus import Told, Truth, gradual_precision, score

TRUTH = Truth("film.mp4", (100, 200), ((40, 60), (58, 80)), ((150, 160),), ("fade", "wipe"))


def told(*cuts: int, gradual: tuple[int, ...] = ()) -> list[Told]:
    return [*(Told(frame) for frame in cuts), *(Told(frame, gradual=True) for frame in gradual)]


def test_everything_found() -> None:
    result = score(TRUTH, told(98, 202, gradual=(50, 70)))
    assert (result.hits, result.false, result.missed) == (2, (), ())
    assert (result.gradual_found, result.gradual_known, result.gradual_missed) == (2, 2, ())


def test_each_transition_counts_once() -> None:
    result = score(TRUTH, told(100, 200, gradual=(45, 50)))
    assert (result.gradual_found, result.gradual_missed) == (1, ("wipe 58-80",))
    assert (result.false, result.gradual_false) == ((50,), 1)


def test_transitions_that_touch_are_two() -> None:
    assert score(TRUTH, told(100, 200, gradual=(59, 60))).gradual_found == 2


def test_precision_is_of_what_is_told_as_gradual() -> None:
    wrong = score(TRUTH, told(103, 200, 300, gradual=(50, 70, 250, 155)))
    assert (wrong.false, wrong.missed, wrong.gradual_false) == ((103, 250, 300), (100,), 1)
    assert gradual_precision([wrong]) == 2 / 3
