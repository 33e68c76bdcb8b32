"""Boundaries become scenes that tile the video."""

from __future__ import annotations

from fractions import Fraction

import pytest

from autocut_tray.core.footage import Transition
from autocut_tray.core.media import worker_scenes
from autocut_tray.core.media.worker_detect import Boundary
from autocut_tray.core.media.worker_scenes import Cutout, SceneBuilder
from autocut_tray.core.media.worker_time import PresentationClock


def clock(frames: int) -> PresentationClock:
    made = PresentationClock(Fraction(1, 1000), Fraction(25))
    for number in range(frames):
        made.place(number * 40, 40)
    return made


def cut(frame: int) -> Boundary:
    return Boundary(frame, Transition.CUT, frame, frame)


def build(
    frames: int,
    *boundaries: Boundary,
    min_scene: float = 0.2,
    late: tuple[Boundary, ...] = (),
    promised: float | None = None,
) -> list[Cutout]:
    builder = SceneBuilder(clock(frames), min_scene, promised)
    made = [cutout for boundary in boundaries if (cutout := builder.add(boundary))]
    return [*made, *builder.finish(late)]


def test_no_boundary_is_one_scene() -> None:
    (only,) = build(1)
    scene = only.scene
    assert (scene.id, scene.start_frame, scene.end_frame, scene.start, scene.end) == (1, 0, 1, 0.0, 0.04)
    assert scene.transition is Transition.START
    assert (only.first, only.last) == (0, 0)


def test_scenes_tile_in_frames_and_seconds() -> None:
    scenes = [c.scene for c in build(100, cut(40), cut(75))]
    assert [(s.start_frame, s.end_frame) for s in scenes] == [(0, 40), (40, 75), (75, 100)]
    assert [(s.start, s.end) for s in scenes] == [(0.0, 1.6), (1.6, 3.0), (3.0, 4.0)]
    assert [s.transition for s in scenes] == [Transition.START, Transition.CUT, Transition.CUT]


def test_a_boundary_that_comes_too_soon_is_left_out() -> None:
    scenes = [c.scene for c in build(100, cut(40), cut(44), cut(50), min_scene=0.4)]
    assert [s.start_frame for s in scenes] == [0, 40, 50]


def test_a_scene_of_exactly_the_least_length_counts() -> None:
    assert [c.scene.start_frame for c in build(100, cut(5), cut(10))] == [0, 5, 10]


def test_a_flash_of_black_at_the_end_is_no_scene() -> None:
    assert [c.scene.start_frame for c in build(100, late=(cut(96), cut(99)))] == [0]
    assert [c.scene.start_frame for c in build(100, late=(cut(60), cut(95)))] == [0, 60, 95]
    assert [c.scene.end_frame for c in build(100, cut(40), late=(cut(98),))] == [40, 100]


@pytest.mark.parametrize(
    ("promised", "starts"),
    [(4.0, [0]), (4.2, [0, 90]), (None, [0, 90]), (1.0, [0, 90])],
    ids=["too near to the end", "far enough", "end unknown", "a promise already broken"],
)
def test_the_promised_end_bounds_the_last_scene(promised: float | None, starts: list[int]) -> None:
    assert [c.scene.start_frame for c in build(100, cut(90), min_scene=0.5, promised=promised)] == starts


def test_pictures_keep_out_of_transitions() -> None:
    blend = Boundary(50, Transition.DISSOLVE, 44, 56)
    first, second = build(100, blend)
    assert (first.scene.end_frame, first.last) == (50, 43)
    assert (second.scene.start_frame, second.first, second.last) == (50, 57, 99)


def test_a_scene_that_is_all_transition_still_has_a_frame() -> None:
    first, second, third = build(
        60, Boundary(20, Transition.DISSOLVE, 10, 30), Boundary(26, Transition.DISSOLVE, 12, 40)
    )
    assert first.first <= first.last < first.scene.end_frame
    assert second.scene.start_frame <= second.first <= second.last < second.scene.end_frame
    assert third.first <= third.last


def test_the_number_of_scenes_is_bounded(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(worker_scenes, "MAX_SCENES", 3)
    assert len(build(100, cut(20), cut(40), cut(60), cut(80))) == 3
