"""Measures a key frame: how blurred, how dark, how burnt-out it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

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
_LEAST_CELLS = 3
_SHARPEST = 0.1
"""The share of textured cells that decides: a sharp subject before a soft background is a sharp picture."""


def measure(luma: NDArray[np.uint8]) -> PictureQuality:
    """``luma``: full range, at most :data:`MEASURED_SIDE` pixels on a side."""
    levels = luma.astype(np.float32)
    return PictureQuality(
        blur=_blur(levels),
        mean=round(float(levels.mean()) / 255, 3),
        brightest=round(float(np.quantile(levels, 0.99)) / 255, 3),
        burnt=round(float((luma >= BURNT_LEVEL).mean()), 3),
    )


def _blur(luma: Luma) -> float | None:
    """The no-reference metric of Crete, Dolmiere, Ladret and Nicolas ("The blur effect", SPIE 6492, 2007), by cells.

    It is the share of its steps that a picture keeps when it is blurred once more: one that is blurred keeps most.
    """
    if min(luma.shape) < 2 * _TAPS:
        return None
    losses = [_losses(luma, axis) for axis in (0, 1)]
    height, width = (max(_LEAST_CELL, side // _CELLS) for side in luma.shape)
    found: list[float] = []
    for top in range(0, luma.shape[0] - height + 1, height):
        for left in range(0, luma.shape[1] - width + 1, width):
            cell = (slice(top, top + height), slice(left, left + width))
            blurs = [
                1 - float(lost[cell].sum() / steps[cell].sum())
                for steps, lost in losses
                if float(steps[cell].mean()) >= _TEXTURED
            ]
            if blurs:
                found.append(max(blurs))
    if len(found) < _LEAST_CELLS:
        return None
    return round(float(np.quantile(found, _SHARPEST)), 3)


def _losses(luma: Luma, axis: int) -> tuple[Luma, Luma]:
    """Steps between neighbours along an axis, and what of them is lost by blurring along it."""
    steps = np.abs(np.diff(luma, axis=axis))
    again = np.abs(np.diff(_averaged(luma, axis), axis=axis))
    return steps, np.maximum(0, steps - again)


def _averaged(luma: Luma, axis: int) -> NDArray[Any]:
    """Means of :data:`_TAPS` neighbours along an axis; at its ends the last pixel counts again."""
    half = _TAPS // 2
    before = [(0, 0), (0, 0)]
    before[axis] = (half + 1, half)
    sums = np.cumsum(np.pad(luma, before, mode="edge"), axis=axis, dtype=np.float64)
    ends, starts = [slice(None)] * 2, [slice(None)] * 2
    ends[axis], starts[axis] = slice(_TAPS, None), slice(None, -_TAPS)
    return (sums[tuple(ends)] - sums[tuple(starts)]) / _TAPS
