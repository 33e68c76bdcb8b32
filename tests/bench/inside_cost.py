"""Measures readings inside one process: ``python -m tests.bench.inside_cost TICKS``; prints one line of JSON."""

from __future__ import annotations

import itertools
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from autocut_tray.bootstrap import build_services
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.events import EventBus
from autocut_tray.core.monitor.history import FLUSH_SECONDS, History
from autocut_tray.core.monitor.sampler import Sampler, VramWatch, WorkReading
from autocut_tray.core.paths import Paths
from autocut_tray.core.policy.governor import Governor
from autocut_tray.core.policy.governor_types import Sample, Tier
from autocut_tray.core.runtime.probes.editor_watch import EditorWatcher
from autocut_tray.core.sample import MetricsSample
from autocut_tray.core.settings.store import SettingsStore
from tests.bench.history import reading
from tests.fakes import FakeClock

COLD_TICKS = 25
CACHE_BYTES = 64 * 2**20
"""More than the processor's caches hold."""
NOW = 1_790_000_000.0


def main() -> int:
    """Measure everything once."""
    ticks = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        found = _sampling(ticks) | _tick(Path(folder) / "home", ticks) | _history(Path(folder) / "metrics.db")
    sys.stdout.write(json.dumps(found | _governor(ticks * 50)) + "\n")
    return 0


def _cpu_ms(act: Callable[[], object]) -> float:
    """CPU time of the whole process: the VRAM source is read in a thread of its own."""
    before = time.process_time()
    act()
    return (time.process_time() - before) * 1000


def _sampling(ticks: int) -> dict[str, float]:
    clock = SystemClock()
    begun = time.process_time()
    sampler = Sampler(
        clock,
        vram=VramWatch(clock),
        work=lambda: WorkReading(0, 0, None),
        editor=EditorWatcher(clock).look,
    )
    try:
        sampler.sample()
        first = (time.process_time() - begun) * 1000
        while (
            sampler.sample().resolve_running is None
        ):  # the names of all processes, read once over some ticks
            continue
        warm = statistics.mean(_cpu_ms(sampler.sample) for _ in range(ticks))
        cold = []
        for _ in range(COLD_TICKS):
            _empty_caches()
            cold.append(_cpu_ms(sampler.sample))
    finally:
        sampler.close()
    return {"first_ms": first, "warm_ms": warm, "cold_ms": statistics.mean(cold)}


def _empty_caches() -> None:
    block = bytearray(CACHE_BYTES)
    for start in range(0, len(block), 64):
        block[start] = 1


def _tick(home: Path, ticks: int) -> dict[str, float]:
    paths = Paths.below(home)
    bus = EventBus()
    services = build_services(paths, SettingsStore(paths.settings_file, bus, {}), bus)
    try:
        for _ in range(20):
            services.monitor.tick()
        return {"tick_ms": statistics.mean(_cpu_ms(services.monitor.tick) for _ in range(ticks))}
    finally:
        services.close()


def _history(file: Path) -> dict[str, float]:
    clock = FakeClock(epoch=NOW)
    history = History(file, clock)
    try:
        adds, flushes = [], []
        moments = itertools.count(NOW, 1.0)
        for _ in range(20):
            samples = [reading(next(moments)) for _ in range(int(FLUSH_SECONDS))]
            adds.append(_cpu_ms(partial(_add_all, history, samples)))
            flushes.append(_cpu_ms(history.flush))
            clock.advance(FLUSH_SECONDS)
        return {
            "add_us": statistics.median(adds) / FLUSH_SECONDS * 1000,
            "flush_ms": statistics.median(flushes),
        }
    finally:
        history.close()


def _add_all(history: History, samples: list[MetricsSample]) -> None:
    for sample in samples:
        history.add(sample)


def _governor(steps: int) -> dict[str, float]:
    quiet = Sample(
        t=0.0,
        vram_used=1000.0,
        vram_total=8192.0,
        own_vram=0.0,
        ram_avail=12_288.0,
        ram_total=16_384.0,
        cpu_percent=10.0,
    )

    def busy(number: int) -> Sample:
        wave = math.sin(number / 40.0)
        return replace(
            quiet,
            t=float(number),
            vram_used=5000.0 + 3100.0 * wave,
            ram_avail=8000.0 - 7600.0 * wave,
            cpu_percent=55.0 + 45.0 * wave,
            work=True,
        )

    return {
        "governor_quiet_us": _step_us([replace(quiet, t=float(number)) for number in range(steps)]),
        "governor_busy_us": _step_us([busy(number) for number in range(steps)]),
    }


def _step_us(samples: list[Sample]) -> float:
    governor = Governor(Tier.GPU, frozenset(Tier), tier=Tier.GPU, t=-1.0)

    def run() -> None:
        for sample in samples:
            governor.step(sample)

    return _cpu_ms(run) / len(samples) * 1000


if __name__ == "__main__":
    sys.exit(main())
