"""Measures a key frame: how blurred, how dark, how burnt-out it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from autocut_tray.core.media.worker_quantile import quantile
from autocut_tray.core.picture_quality import BURNT_LEVEL, PictureQuality

Luma = NDArray[np.float32]

MEASURED_SIDE = 512
"""Pixels of the longer side in which pictures are measured, so that figures do not depend on their size."""

_TAPS = 11
"""Of the filter that blurs once more: as in the paper."""
_CELLS = 8
_LEAST_CELL = 16
_TEXTURED = 1.0
"""Grey levels of a mean step below which a cell has no edges to judge: noise of a codec."""
_NOT_TEXTURED = -1.0
_LEAST_CELLS = 3
_SHARPEST = 0.1
"""The share of textured cells that decides: a sharp subject before a soft background is a sharp picture."""


def measure(luma: NDArray[np.uint8]) -> PictureQuality:
    """``luma``: full range, at most :data:`MEASURED_SIDE` pixels on a side."""
    levels = luma.astype(np.float32)
    return PictureQuality(
        blur=_blur(levels),
        mean=round(float(levels.mean()) / 255, 3),
        brightest=round(quantile(levels, 0.99) / 255, 3),
        burnt=round(float((luma >= BURNT_LEVEL).mean()), 3),
    )


def _blur(luma: Luma) -> float | None:
    """The no-reference metric of Crete, Dolmiere, Ladret and Nicolas ("The blur effect", SPIE 6492, 2007), by cells.

    It is the share of its steps that a picture keeps when it is blurred once more: one that is blurred keeps most.
    """
    if min(luma.shape) < 2 * _TAPS:
        return None
    found = np.maximum(*(_blur_of_cells(luma, axis) for axis in (0, 1)))
    found = found[found > _NOT_TEXTURED]
    if found.size < _LEAST_CELLS:
        return None
    return round(quantile(found, _SHARPEST), 3)


def _blur_of_cells(luma: Luma, axis: int) -> NDArray[np.float64]:
    """By cells: the share of the steps along an axis that is left when the picture is blurred once more."""
    half = _TAPS // 2
    around = [(0, 0), (0, 0)]
    around[axis] = (half, half)
    padded = np.pad(luma, around, mode="edge")  # at the ends the last pixel counts again
    steps = _apart(luma, 1, axis)
    # Two means of the same number of neighbours differ by the pixel that leaves and the one that enters.
    lost = np.maximum(0, steps - _apart(padded, _TAPS, axis) / np.float32(_TAPS))
    total, lost_total, count = (_by_cells(of, luma.shape) for of in (steps, lost, np.ones_like(steps)))
    return np.where(total >= _TEXTURED * count, 1 - lost_total / np.maximum(total, 1e-9), _NOT_TEXTURED)


def _apart(luma: Luma, distance: int, axis: int) -> Luma:
    """How much pixels differ that are so far from each other."""
    if axis == 0:
        return np.asarray(np.abs(luma[distance:] - luma[:-distance]))
    return np.asarray(np.abs(luma[:, distance:] - luma[:, :-distance]))


def _by_cells(of: Luma, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Sums over the cells of a picture of this shape; what is left over at the right and bottom is not looked at."""
    height, width = (max(_LEAST_CELL, side // _CELLS) for side in shape)
    rows, columns = shape[0] // height * height, shape[1] // width * width
    inside = of[:rows, :columns]
    by_rows = np.add.reduceat(inside, np.arange(0, rows, height), axis=0)
    return np.asarray(np.add.reduceat(by_rows, np.arange(0, columns, width), axis=1), np.float64)
