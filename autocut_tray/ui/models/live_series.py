"""A curve that grows at its end: only what is new is read again."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable

from autocut_tray.core.monitor.history import Metric, Series

BUCKETS = 300

Read = Callable[[Metric, float, float, int], Series]


class LiveSeries:
    """Keeps the last answer for each metric. ``read`` is ``History.series``."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._known: dict[Metric, tuple[float, float, Series]] = {}

    def get(self, metric: Metric, since: float, until: float) -> Series:
        """The curve between two moments (seconds since the epoch)."""
        series = self._grown(metric, since, until) or self._read(metric, since, until, BUCKETS)
        self._known[metric] = (since, until, series)
        return series

    def _grown(self, metric: Metric, since: float, until: float) -> Series | None:
        """The known curve with its new end, or None when it is not the same curve moved on."""
        if metric not in self._known:
            return None
        known_since, known_until, known = self._known[metric]
        same_span = abs((until - since) - (known_until - known_since)) < 1
        if not same_span or since < known_since or len(known.t) < 2 or since > known.t[-2]:
            return None
        tail_from = known.t[-2]  # the last bucket may have been filled up, and the one before it written late
        buckets = max(0, math.ceil((until - tail_from) / known.width) - 1)
        tail = self._read(metric, tail_from, until, buckets)
        if tail.width != known.width:
            return None
        first = bisect.bisect_left(known.t, since // known.width * known.width)
        last = bisect.bisect_left(known.t, tail_from)
        kept = slice(first, last)
        return Series(
            metric,
            known.width,
            known.t[kept] + tail.t,
            known.low[kept] + tail.low,
            known.mean[kept] + tail.mean,
            known.high[kept] + tail.high,
        )
