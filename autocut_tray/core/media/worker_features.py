"""What the scene detectors compare: a small picture's levels and its structure (where its edges are)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autocut_tray.core.frozen import frozen

Plane = NDArray[np.uint8]
Levels = NDArray[np.float32]

_POOLED = 64
"""Cells along the longer side of the pooled picture: fine enough for a cut, coarse enough for grain and codecs."""

_NOISE = 1.5
"""Grey levels per cell that count for nothing, so that two flat pictures are not found different."""

_FLAT = 3.0
"""Grey levels an edge has on average below which a picture counts as more or less flat."""
_FLAT_LEVELS = 40.0
"""Grey levels by which two flat pictures differ beyond doubt."""


@frozen
class SmallFrame:
    """One decoded frame, scaled down for the detectors: 8-bit luma and two chroma planes of half its size."""

    luma: Plane
    blue: Plane
    red: Plane


@frozen
class Features:
    """Levels: pooled luma and chroma. Edges: horizontal and vertical differences of the pooled luma.

    ``strength``: the sum of all edges.
    """

    luma: Levels
    chroma: Levels
    edges: Levels
    strength: float

    @property
    def brightness(self) -> float:
        """Mean luma, 0-255."""
        return float(self.luma.mean())


def features_of(frame: SmallFrame) -> Features:
    factor = max(1, max(frame.luma.shape) // _POOLED)
    luma = _pool(frame.luma, factor)
    chroma = _pool(np.array((frame.blue, frame.red)), factor)
    edges = np.zeros((2, *luma.shape), np.float32)
    np.subtract(luma[:, 1:], luma[:, :-1], out=edges[0, :, :-1])
    np.subtract(luma[1:, :], luma[:-1, :], out=edges[1, :-1, :])
    return Features(luma, chroma, edges, float(np.abs(edges).sum()))


def level_difference(a: Features, b: Features) -> float:
    """Mean absolute difference of luma plus half that of each chroma plane, in grey levels."""
    luma = float(np.abs(a.luma - b.luma).mean())
    return luma + float(np.abs(a.chroma - b.chroma).mean())


def edge_difference(a: Features, b: Features) -> float:
    """0: the same edges in the same places; near 1: none in common. Light and contrast matter little.

    Pictures that have next to no edges (colour cards, fog) are told apart by their levels.
    """
    floor = 2 * _NOISE * a.luma.size
    edges = float(np.abs(a.edges - b.edges).sum()) / (a.strength + b.strength + floor)
    return max(edges, _flat_difference(a, b))


def aligned_edge_difference(a: Features, b: Features, reach_x: int = 10, reach_y: int = 6) -> float:
    """:func:`edge_difference` of the best alignment within ``reach`` cells: what a moved camera cannot explain."""
    height, width = a.luma.shape
    if width <= 2 * reach_x or height <= 2 * reach_y:
        return edge_difference(a, b)
    strength_a, strength_b = _AreaSums(a.edges), _AreaSums(b.edges)
    best = 1.0
    for dy in range(-reach_y, reach_y + 1):
        rows, rows_b = slice(max(0, dy), height + min(0, dy)), slice(max(0, -dy), height + min(0, -dy))
        for dx in range(-reach_x, reach_x + 1):
            columns, columns_b = (
                slice(max(0, dx), width + min(0, dx)),
                slice(max(0, -dx), width + min(0, -dx)),
            )
            apart = a.edges[:, rows, columns] - b.edges[:, rows_b, columns_b]
            total = strength_a.of(rows, columns) + strength_b.of(rows_b, columns_b) + _NOISE * apart.size
            best = min(best, float(np.abs(apart, out=apart).sum()) / total)
    return max(best, _flat_difference(a, b))


class _AreaSums:
    """The sum of all edges in any part of a picture, without adding them up for each part."""

    def __init__(self, edges: Levels) -> None:
        sums = np.abs(edges).sum(0, dtype=np.float64).cumsum(0).cumsum(1)
        self._sums = np.pad(sums, ((1, 0), (1, 0))).tolist()

    def of(self, rows: slice, columns: slice) -> float:
        top, bottom = self._sums[rows.start], self._sums[rows.stop]
        whole: float = bottom[columns.stop] - top[columns.stop] - bottom[columns.start] + top[columns.start]
        return whole


def _flat_difference(a: Features, b: Features) -> float:
    flatness = 1 - (a.strength + b.strength) / (2 * _FLAT * a.luma.size)
    return 0.0 if flatness <= 0 else flatness * min(1.0, level_difference(a, b) / _FLAT_LEVELS)


def changed_area(a: Features, b: Features, levels: float) -> float:
    """The part of the picture, 0-1, that changes by more than ``levels`` grey levels, in cells of 1/16 its width."""
    light = _pool(np.abs(a.luma - b.luma), 4)
    colour = _pool(np.abs(a.chroma - b.chroma).sum(0), 2)
    return max(float((light > levels).mean()), float((colour > levels).mean()))


def _pool(planes: NDArray[Any], factor: int) -> Levels:
    """Means of ``factor`` x ``factor`` cells; what is left over at the right and bottom is not looked at."""
    height, width = planes.shape[-2:]
    factor = max(1, min(factor, height, width))
    rows, columns = height // factor * factor, width // factor * factor
    cells = planes[..., :rows, :columns].astype(np.float32 if planes.dtype.kind == "f" else np.uint16)
    # Slices added up are ten times as fast as a mean over axes of a reshaped array.
    summed = sum((cells[..., i::factor, :] for i in range(1, factor)), cells[..., 0::factor, :])
    total = sum((summed[..., i::factor] for i in range(1, factor)), summed[..., 0::factor])
    return np.asarray(total, np.float32) / np.float32(factor * factor)
