"""Further pictures of long scenes: how many, which, and when another one would show the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.footage import FurtherFrame, Keyframe, Scene, Transition
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.worker_features import SmallFrame
from autocut_tray.core.media.worker_further import best_of_parts, pictures_for
from autocut_tray.core.media.worker_keyframes import KeyframeChooser
from autocut_tray.core.media.worker_pictures import KeyPictures, Look, Marks
from autocut_tray.core.media.worker_take import Pick
from tests.media.conftest import Reading, read_video

RATE = 10
Draw = Callable[[int], np.ndarray]


@dataclass(frozen=True)
class Candidate:
    time: float
    merit: float


@pytest.mark.parametrize(
    ("seconds", "most", "pictures"),
    [
        (9.9, 4, 1), (10.0, 4, 2), (24.9, 4, 2), (25.0, 4, 3), (59.9, 4, 3), (60.0, 4, 4), (7200.0, 4, 4),
        (60.0, 3, 3), (60.0, 1, 1), (5.0, 2, 1),
    ],
)  # fmt: skip
def test_how_many_pictures_a_length_gets(seconds: float, most: int, pictures: int) -> None:
    assert pictures_for(seconds, most) == pictures


def test_each_part_gets_its_best() -> None:
    kept = [Candidate(*one) for one in ((2, 5.0), (5, 9.0), (15, 3.0), (16, 6.0), (25, 1.0))]
    found = best_of_parts(kept, kept[1], 0.0, 30.0, 3)
    assert found == [kept[3], kept[4]], "the first part has the key frame"


def test_a_part_without_a_candidate_is_left_out() -> None:
    key = Candidate(1.0, 1.0)
    assert best_of_parts([key], key, 0.0, 60.0, 4) == []


def test_the_middle_of_a_part_is_worth_more_than_its_edge() -> None:
    key, edge, middle = Candidate(2.0, 9.0), Candidate(10.1, 5.0), Candidate(15.0, 4.0)
    assert best_of_parts([key, edge, middle], key, 0.0, 20.0, 2) == [middle]


@given(
    times=st.lists(st.floats(0, 100), min_size=1, max_size=12),
    merits=st.lists(st.floats(0.01, 100), min_size=12, max_size=12),
    parts=st.integers(2, 4),
)
def test_pictures_are_in_order_and_of_other_parts(
    times: list[float], merits: list[float], parts: int
) -> None:
    kept = [Candidate(time, merit) for time, merit in zip(sorted(times), merits, strict=False)]
    key = max(kept, key=lambda one: one.merit)
    found = best_of_parts(kept, key, 0.0, 100.0, parts)
    places = [min(parts - 1, int(one.time / (100.0 / parts))) for one in (*found, key)]
    assert len(set(places)) == len(places) <= parts
    assert [one.time for one in found] == sorted(one.time for one in found)


def chooser(most: int = 4) -> KeyframeChooser:
    marks = Marks(0, 2, 0, 2, 2)
    return KeyframeChooser(KeyPictures(Look(0, Fraction(1)), 64), marks, most)


def pick(number: int, merit: float) -> tuple[Pick, float]:
    """A picture of noise of its own, a second a frame."""
    noise = np.random.default_rng(number).integers(0, 255, (36, 64, 3), np.uint8)
    blocks = np.repeat(np.repeat(noise[::9, ::8], 9, 0), 8, 1)
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(blocks), "rgb24").reformat(format="yuvj420p")
    return Pick(number, merit, frame), float(number)


def small() -> SmallFrame:
    return SmallFrame(
        np.zeros((36, 64), np.uint8), np.zeros((18, 32), np.uint8), np.zeros((18, 32), np.uint8)
    )


@pytest.mark.parametrize("length", [70, 700, 5000])
def test_what_is_kept_of_a_long_scene_stays_spread(length: int) -> None:
    keeps = chooser()
    for number in range(0, length, 4):
        keeps.add([pick(number, 5.0 + number % 7)])
    scene = Scene(1, 0, length, 0.0, float(length), Transition.START)
    told = list(keeps.choose(scene, 0, length - 1))
    times = sorted(one.time for one in told)
    assert len(told) == 4 and isinstance(told[-1], Keyframe)
    assert [one.number for one in told if isinstance(one, FurtherFrame)] == [1, 2, 3]
    assert len({int(time / (length / 4)) for time in times}) == 4, "one of each quarter"


def test_the_best_picture_is_the_key_frame_wherever_it_is() -> None:
    keeps = chooser()
    for number in range(0, 400, 4):
        keeps.add([pick(number, 50.0 if number == 200 else 5.0)])
    *_, key = keeps.choose(Scene(1, 0, 400, 0.0, 400.0, Transition.START), 0, 399)
    assert isinstance(key, Keyframe) and key.time == 200.0


def test_the_latest_picture_is_never_let_go() -> None:
    """The next scene may begin with it, which is told later."""
    keeps = chooser()
    for number in range(0, 40, 4):
        keeps.add([pick(number, 9.0)])
    keeps.add([pick(41, 0.1)])
    keeps.offer(41, 41.0, small())
    first, second = (
        Scene(1, 0, 40, 0.0, 40.0, Transition.START),
        Scene(2, 40, 43, 40.0, 43.0, Transition.CUT),
    )
    list(keeps.choose(first, 0, 39))
    *_, key = keeps.choose(second, 40, 42)
    assert isinstance(key, Keyframe) and key.time == 41.0 and (key.width, key.height) == (64, 36)


# -- through the real worker


def shown(folder: Path, seconds: int, draw: Draw, most: int = 4) -> Reading:
    path = folder / "long.mp4"
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream("mpeg4", rate=RATE)
        video.width, video.height, video.pix_fmt = 160, 90, "yuv420p"
        video.bit_rate = 2_000_000
        for number in range(seconds * RATE):
            picture = av.VideoFrame.from_ndarray(draw(number), format="rgb24")
            for packet in video.encode(picture):
                container.mux(packet)
        for packet in video.encode(None):
            container.mux(packet)
    return read_video(path, ScanOptions(pictures=most))


def ground(width: int) -> np.ndarray:
    """Patches of all sorts, the same every time."""
    cells = np.random.default_rng(3).integers(40, 220, (6, width // 16, 3), np.uint8)
    return np.repeat(np.repeat(cells, 16, 0), 16, 1)[:90]


def pan(number: int) -> np.ndarray:
    wide = ground(160 + 16 * 40)
    at = number * 2
    return np.ascontiguousarray(wide[:, at : at + 160])


def still(number: int) -> np.ndarray:
    """A standing camera, grain, and something small that moves."""
    picture = ground(160).astype(np.int16)
    picture += np.random.default_rng(number).integers(-4, 5, picture.shape, np.int16)
    picture[60:80, 20 + number % 60 : 30 + number % 60] = 255
    return np.clip(picture, 0, 255).astype(np.uint8)


def dimmed(number: int) -> np.ndarray:
    """A standing camera in light that fades to a half."""
    return (ground(160) * (1 - 0.5 * number / 300)).astype(np.uint8)


def further(reading: Reading) -> list[FurtherFrame]:
    return [said for said in reading.messages if isinstance(said, FurtherFrame)]


def test_a_long_moving_take_gets_a_picture_of_each_part(tmp_path: Path) -> None:
    reading = shown(tmp_path, 30, pan)
    (scene,), (key,) = reading.scenes, reading.keyframes
    times = sorted([key.time, *(one.time for one in further(reading))])
    assert [int(time / 10) for time in times] == [0, 1, 2]
    kinds = [type(said) for said in reading.messages if isinstance(said, Scene | FurtherFrame | Keyframe)]
    assert kinds == [Scene, FurtherFrame, FurtherFrame, Keyframe], "the key frame comes last"
    assert {(one.width, one.height, one.scene_id) for one in further(reading)} == {(160, 90, scene.id)}


@pytest.mark.parametrize("draw", [still, dimmed], ids=["still", "dimmed"])
def test_a_static_take_needs_one_picture(tmp_path: Path, draw: Draw) -> None:
    reading = shown(tmp_path, 26, draw)
    assert len(reading.scenes) == len(reading.keyframes) == 1
    assert further(reading) == []


def test_one_picture_is_enough_where_that_is_asked(tmp_path: Path) -> None:
    assert further(shown(tmp_path, 11, pan, most=1)) == []
