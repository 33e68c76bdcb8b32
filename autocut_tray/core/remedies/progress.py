"""How far a download is, and how fast it goes."""

from __future__ import annotations

import enum

from autocut_tray.core.frozen import frozen

WINDOW_SECONDS = 10.0
"""The speed is the mean over this long: short enough to follow a change, long enough not to jump."""
MEANINGFUL_SECONDS = 3.0
"""Below this a speed is a guess, and so is the time left; neither is shown."""
_SPACING_SECONDS = 0.25


class Stage(enum.Enum):
    """What a download is doing."""

    PREPARING = "preparing"
    DOWNLOADING = "downloading"
    VERIFYING = "verifying"
    FINISHING = "finishing"
    RETRYING = "retrying"
    """The connection was lost; the next attempt comes by itself."""
    PAUSED = "paused"
    """Somebody paused it in the server's own program."""


@frozen
class Progress:
    """One moment of a download. Never more done than there is; None is unknown.

    ``total_bytes`` is an estimate until all parts of the model were named. ``retry_seconds``: until the next attempt.
    """

    stage: Stage
    done_bytes: int = 0
    total_bytes: int | None = None
    bytes_per_second: float | None = None
    seconds_left: float | None = None
    retry_seconds: float | None = None


@frozen
class Rate:
    """The speed over the last :data:`WINDOW_SECONDS`. ``samples``: moment in seconds and bytes so far, at most 82."""

    samples: tuple[tuple[float, int], ...] = ()

    def add(self, now: float, count: int) -> Rate:
        """With one more reading of ``count``, all bytes so far; ``now`` is monotonic."""
        kept = self.samples
        if len(kept) > 1 and now - kept[-2][0] < _SPACING_SECONDS:
            kept = kept[:-1]
        kept = (*kept, (now, count))
        # One reading at or before the window's start stays, so that the window is covered.
        first = max((i for i, (at, _) in enumerate(kept) if at <= now - WINDOW_SECONDS), default=0)
        return Rate(kept[first:])

    @property
    def bytes_per_second(self) -> float | None:
        """None while there is too little to judge by."""
        if not self.samples:
            return None
        (begin, before), (end, after) = self.samples[0], self.samples[-1]
        span = end - begin
        return (after - before) / span if span >= MEANINGFUL_SECONDS else None


def seconds_left(done: int, total: int | None, rate: float | None) -> float | None:
    """How long the rest takes at ``rate``; None when nothing is known or nothing moves."""
    if total is None or rate is None or rate <= 0:
        return None
    return (total - done) / rate
