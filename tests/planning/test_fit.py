"""Trimming to a length: never into transitions, never below the shortest, always around the key frame."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.footage import Transition
from autocut_tray.core.planning.fit import fit, least, room, too_short
from tests.planning.samples import footage

SHOTS = st.tuples(st.integers(1, 3000), st.sampled_from(Transition), st.floats(-5, 200))
"""Frames, how it begins, and where its key frame is said to be."""


def test_longer_shots_give_first() -> None:
    material = footage([10, 2, 6])
    assert [cut.frames for cut in fit(material, material.shots, 200)] == [75, 50, 75]


def test_what_is_left_over_is_spread_frame_by_frame() -> None:
    material = footage([4, 4, 4])
    assert [cut.frames for cut in fit(material, material.shots, 200)] == [67, 67, 66]


def test_enough_room_leaves_all_of_it() -> None:
    material = footage([4, 2])
    for target in (None, 150, 151):
        assert [
            (cut.trim_start, cut.frames, cut.trim_end) for cut in fit(material, material.shots, target)
        ] == [
            (0, 100, 0),
            (0, 50, 0),
        ]


@pytest.mark.parametrize(("key", "start"), [(5.0, 100), (0.0, 0), (9.9, 200), (None, 100)])
def test_the_key_frame_stays_in_the_middle_as_far_as_possible(key: float | None, start: int) -> None:
    material = footage([10], keys=[key])
    (cut,) = fit(material, material.shots, 50)
    assert cut.frames == 50 and cut.start == start
    assert cut.start <= material.shots[0].key < cut.start + cut.frames


def test_transitions_are_left_out_at_both_sides() -> None:
    gradual = [Transition.START, Transition.DISSOLVE, Transition.FADE, Transition.CUT]
    material = footage([8, 8, 8, 8], transitions=gradual)
    assert [(shot.first, shot.frames - shot.end) for shot in material.shots] == [
        (0, 19),
        (19, 19),
        (19, 0),
        (0, 0),
    ]


def test_a_short_scene_keeps_its_better_half_and_its_key_frame() -> None:
    material = footage([1, 1], transitions=[Transition.FADE, Transition.FADE], keys=[0.08, None])
    first, _ = material.shots
    assert (first.first, first.end) == (2, 19) and first.key == 2


def test_the_tolerance() -> None:
    assert not too_short(95, 100) and too_short(94, 100) and not too_short(100, 100)


@given(
    st.lists(
        st.tuples(st.integers(1, 3000), st.sampled_from(Transition), st.floats(-5, 200)),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from([Fraction(25), Fraction(24000, 1001), Fraction(60000, 1001), Fraction(1, 2)]),
    st.integers(1, 20_000),
)
def test_any_shots_to_any_length(
    shots: list[tuple[int, Transition, float]], rate: Fraction, target: int
) -> None:
    material = footage(
        [float(frames / rate) for frames, _, _ in shots],
        rate=rate,
        transitions=[begins for _, begins, _ in shots],
        keys=[key for _, _, key in shots],
    )
    cuts = fit(material, material.shots, target)
    total = sum(cut.frames for cut in cuts)
    for cut in cuts:
        shot = cut.shot
        assert material.least(shot) <= cut.frames <= shot.usable
        assert shot.first <= cut.start <= shot.key < cut.start + cut.frames <= shot.end <= shot.frames
        assert cut.trim_start + cut.frames + cut.trim_end == shot.frames
    if least(material, material.shots) <= target <= room(material.shots):
        assert total == target
    elif target > room(material.shots):
        assert total == room(material.shots)
    else:
        assert total == least(material, material.shots)
