"""Quantiles, as numpy has them by default, but without what it reads for its own: 25 ms and 5 MiB of a worker."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def quantile(values: ArrayLike, share: float) -> float:
    """The value below which a ``share`` (0-1) of the ``values`` lies, linear between two neighbours.

    There must be at least one value, and none that is not a number.
    """
    flat = np.asarray(values).reshape(-1)
    at = share * (flat.size - 1)
    low = int(at)
    high = min(low + 1, flat.size - 1)
    ordered = np.partition(flat, (low, high))
    below, above = float(ordered[low]), float(ordered[high])
    return below + (at - low) * (above - below)
