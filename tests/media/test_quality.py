"""What is measured of a key frame, on pictures that were made with known faults and on real ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from autocut_tray.core.media.worker_quality import MEASURED_SIDE, measure
from autocut_tray.core.picture_quality import (
    BLURRED_FROM,
    DARK_BRIGHTEST,
    DARK_MEAN,
    DRAWN_BELOW,
    OVEREXPOSED_SHARE,
    Flaw,
    PictureQuality,
)
from tests.media.conftest import read_video
from tests.media_samples import SampleVideo

Picture = NDArray[np.float32]
WIDTH, HEIGHT = MEASURED_SIDE, 288


def scenery() -> Picture:
    """Detail of every size, as leaves, stones and faces have: noise summed over octaves, seen through a lens."""
    chance = np.random.default_rng(7)
    picture = np.zeros((HEIGHT, WIDTH))
    for size in (2, 4, 8, 16, 32, 64):
        grid = chance.random((HEIGHT // size + 2, WIDTH // size + 2))
        picture += size**0.5 * np.kron(grid, np.ones((size, size)))[:HEIGHT, :WIDTH]
    levels = (picture - picture.min()) / (picture.max() - picture.min())
    return blurred(np.asarray(40 + 170 * levels, np.float32), 0.7)


def blurred(picture: Picture, sigma: float) -> Picture:
    reach = int(3 * sigma) + 1
    kernel = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    kernel /= kernel.sum()
    for axis in (0, 1):
        pad = [(0, 0), (0, 0)]
        pad[axis] = (reach, reach)
        wide = np.pad(picture, pad, mode="edge")
        picture = np.apply_along_axis(lambda line: np.convolve(line, kernel, "valid"), axis, wide)
    return np.asarray(picture, np.float32)


def exposed(picture: Picture, stops: float) -> Picture:
    """As a camera with so many stops more light would have taken it (IEC 61966-2-1)."""
    level = picture / 255
    light = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4) * 2.0**stops
    light = np.clip(light, 0, 1)
    return np.asarray(
        255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055), np.float32
    )


def quality(picture: Picture) -> PictureQuality:
    return measure(np.clip(np.round(picture), 0, 255).astype(np.uint8))


def bokeh(picture: Picture) -> Picture:
    """A sharp subject in a quarter of the picture, everything else far out of focus."""
    mixed = blurred(picture, 6)
    mixed[72:216, 128:384] = picture[72:216, 128:384]
    return mixed


@pytest.mark.parametrize(
    ("change", "flaws"),
    [
        (lambda p: p, ()),
        (lambda p: blurred(p, 1), ()),
        (bokeh, ()),
        (lambda p: blurred(p, 4), (Flaw.BLURRED,)),
        (lambda p: blurred(p, 8), (Flaw.BLURRED,)),
        (lambda p: exposed(p, -2), ()),
        (lambda p: exposed(p, -4), (Flaw.DARK,)),
        (lambda p: exposed(p, 3), (Flaw.OVEREXPOSED,)),
        (lambda p: np.zeros_like(p), (Flaw.DARK,)),
        (lambda p: np.full_like(p, 128), ()),
        (lambda p: np.full_like(p, 255), (Flaw.OVEREXPOSED,)),
    ],
)
def test_made_pictures(change: Callable[[Picture], Picture], flaws: tuple[Flaw, ...]) -> None:
    found = quality(change(scenery()))
    assert found.flaws == flaws, found


def test_a_white_slide_is_not_overexposed() -> None:
    slide = np.full((HEIGHT, WIDTH), 255, np.float32)
    for top in range(40, 240, 24):
        for left in range(40, 400, 12):
            slide[top : top + 10, left : left + 6] = 20
    found = quality(slide)
    assert found.burnt > OVEREXPOSED_SHARE and found.blur is not None and found.blur < DRAWN_BELOW
    assert found.flaws == ()


def test_night_with_lamps_is_not_dark() -> None:
    night = exposed(scenery(), -5)
    night[100:130, 200:260] = 240
    assert Flaw.DARK not in quality(night).flaws


@pytest.mark.parametrize("shape", [(2, 2), (1, 1), (21, 500), (16, 16), (288, 30)])
def test_pictures_without_anything_to_judge(shape: tuple[int, int]) -> None:
    found = measure(np.full(shape, 100, np.uint8))
    assert found.blur is None and found.flaws == ()


@given(st.integers(0, 2**32 - 1), st.integers(1, 70), st.integers(1, 70))
def test_any_picture_has_plausible_figures(seed: int, height: int, width: int) -> None:
    found = measure(np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8))
    assert 0 <= found.mean <= 1 and 0 <= found.brightest <= 1 and 0 <= found.burnt <= 1
    assert found.blur is None or 0 <= found.blur <= 1


@pytest.mark.parametrize(
    ("quality", "flaws"),
    [
        (PictureQuality(BLURRED_FROM, 0.5, 0.9, 0.0), (Flaw.BLURRED,)),
        (PictureQuality(BLURRED_FROM - 0.001, 0.5, 0.9, 0.0), ()),
        (PictureQuality(None, DARK_MEAN - 0.001, DARK_BRIGHTEST - 0.001, 0.0), (Flaw.DARK,)),
        (PictureQuality(None, DARK_MEAN, DARK_BRIGHTEST - 0.001, 0.0), ()),
        (PictureQuality(None, DARK_MEAN - 0.001, DARK_BRIGHTEST, 0.0), ()),
        (PictureQuality(0.3, 0.8, 1.0, OVEREXPOSED_SHARE), ()),
        (PictureQuality(0.3, 0.8, 1.0, OVEREXPOSED_SHARE + 0.001), (Flaw.OVEREXPOSED,)),
        (PictureQuality(DRAWN_BELOW - 0.001, 0.8, 1.0, 0.9), ()),
    ],
)
def test_the_limits(quality: PictureQuality, flaws: tuple[Flaw, ...]) -> None:
    assert quality.flaws == flaws


def test_every_key_frame_is_measured(clip: SampleVideo) -> None:
    found = [frame.quality for frame in read_video(clip.path).keyframes]
    assert len(found) == 3
    assert all(one is not None and one.blur is not None and one.flaws == () for one in found)


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "flaws"),
    [
        ("heavy_grain.mp4", ()),
        ("jump_cuts.mp4", ()),
        ("slides_10fps.mp4", ()),
        ("odd_all_black.mp4", (Flaw.DARK,)),
        ("dark_lowcontrast.mp4", (Flaw.DARK,)),
    ],
)
def test_real_footage(corpus: Path, name: str, flaws: tuple[Flaw, ...]) -> None:
    found = {flaw for frame in read_video(corpus / name).keyframes for flaw in _flaws(frame.quality)}
    assert found == set(flaws)


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["real_mp-big_buck_bunny_0_30.webm", "vertical_rotated.mov"])
def test_real_footage_with_a_fault(corpus: Path, name: str) -> None:
    """The sharp frames of the test above, out of focus and three stops too dark."""
    with av.open(str(corpus / name)) as container:
        frames: Any = container.decode(video=0)
        frame = next(one for number, one in enumerate(frames) if number == 100)
        side = max(frame.width, frame.height)
        scale = min(1.0, MEASURED_SIDE / side)
        small = frame.reformat(
            width=round(frame.width * scale), height=round(frame.height * scale), format="gray"
        ).to_ndarray()
    picture = np.asarray(small, np.float32)
    assert quality(picture).flaws == ()
    assert quality(blurred(picture, 4)).flaws == (Flaw.BLURRED,)
    assert quality(exposed(picture, -4)).flaws == (Flaw.DARK,)


@pytest.mark.corpus
def test_real_footage_that_is_overexposed_or_has_no_edge(corpus: Path) -> None:
    """One shot of each clip: a landscape under a burnt-out sky, and a soft gradient of colours."""
    for name, number, flaw in (
        ("flash_strobe_traps.mp4", 4, Flaw.OVEREXPOSED),
        ("av1_25_cuts.mp4", 3, Flaw.BLURRED),
    ):
        frames = read_video(corpus / name).keyframes
        assert {f.scene_id: _flaws(f.quality) for f in frames if _flaws(f.quality)} == {number: (flaw,)}


def _flaws(quality: PictureQuality | None) -> tuple[Flaw, ...]:
    assert quality is not None
    return quality.flaws
