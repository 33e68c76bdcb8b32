"""Thirty days of readings, as a machine that was watched all the time would have them."""

from __future__ import annotations

import math
from pathlib import Path

from autocut_tray.core.monitor.history import DAY, RESOLUTIONS, History
from autocut_tray.core.paths import Paths
from autocut_tray.core.sample import MetricsSample
from tests.fakes import FakeClock
from tests.ui.fake_services import sample

DAYS = 30


def reading(at: float) -> MetricsSample:
    """A machine at work at this moment (seconds since the epoch): all curves move."""
    wave = math.sin(at / 97.0) + 0.3 * math.sin(at / 7.0)
    return sample(
        at=at,
        monotonic=0.0,
        vram_used=round(4000 + 2500 * wave),
        ram_available=round(8000 + 3000 * math.sin(at / 311.0)),
        cpu_percent=40 + 25 * wave,
        failure_rate=abs(0.05 * wave),
        gpu_load=50 + 30 * wave,
    )


def fill_history(history: History, now: float) -> None:
    """Readings up to ``now``, in each resolution as dense and as far back as it is kept."""
    for resolution in reversed(RESOLUTIONS):
        count = int(min(resolution.kept, DAYS * DAY) / resolution.width)
        for number in range(count, 0, -1):
            history.add(reading(now - number * resolution.width))
    history.flush()


def fill_month(home: Path, now: float) -> None:
    """The same in an installation that has not been started yet."""
    paths = Paths.below(home)
    paths.create()
    history = History(paths.metrics_database, FakeClock(epoch=now))
    try:
        fill_history(history, now)
    finally:
        history.close()
