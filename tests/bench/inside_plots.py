"""Draws the Monitor page over and over: ``python -m tests.bench.inside_plots cost|growth UPDATES``; prints JSON.

Time is a clock of its own that moves by a range's own interval for each update, with readings in between, so that
the time axis moves as often as it would.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from PySide6.QtWidgets import QApplication

from autocut_tray.core.monitor.history import FLUSH_SECONDS
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.pages.monitor import RANGES, MonitorPage
from tests.bench.history import fill_history, reading
from tests.bench.processes import memory
from tests.ui.fake_services import FakeServices, fake_services, find_mid_machine

WARM_UPDATES = 20
SETTLED_UPDATES = 600
"""Updates after which the growth of caches is over."""
SAMPLE_SECONDS = 1.0
READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Stage:
    """The page in its window, with all it draws from."""

    services: FakeServices
    page: MonitorPage

    def show(self, name: str) -> None:
        self.page.choose_range(name)
        turn()

    def advance(self, seconds: float) -> None:
        """Let time pass, with its readings."""
        clock, history = self.services.clock, self.services.history
        for _ in range(max(1, min(round(seconds / SAMPLE_SECONDS), 4))):
            clock.advance(SAMPLE_SECONDS)
            sample = reading(clock.time())
            self.services.monitor.latest = sample
            history.add(sample)
        clock.advance(max(0.0, seconds - 4 * SAMPLE_SECONDS))

    def update(self) -> float:
        """Draw once; CPU milliseconds of all threads, reading and painting included."""
        before = time.process_time()
        self.page.refresh()
        while self.page.reading:
            turn()
        turn()
        return (time.process_time() - before) * 1000


def turn() -> None:
    """Let Qt paint what changed."""
    for _ in range(3):
        QApplication.processEvents()


def main() -> int:
    what, updates = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as home, stage(Path(home)) as drawn:
        lines = costs(drawn, updates) if what == "cost" else growth(drawn, updates)
        for line in lines:
            sys.stdout.write(json.dumps(line) + "\n")
    return 0


def costs(drawn: Stage, updates: int) -> Iterator[dict[str, object]]:
    """The mean of many updates of each range: those that move the time axis cost more."""
    for name, (_span, interval_ms) in RANGES.items():
        drawn.show(name)
        for _ in range(WARM_UPDATES):
            drawn.advance(interval_ms / 1000)
            drawn.update()
        spent, still = [], []
        for _ in range(updates):
            drawn.advance(interval_ms / 1000)
            place = drawn.page.plots.span if drawn.page.plots else None
            spent.append(drawn.update())
            if drawn.page.plots is not None and drawn.page.plots.span == place:
                still.append(spent[-1])
        yield {
            "range": name,
            "cpu_ms": sum(spent) / len(spent),
            "still_ms": sum(still) / len(still) if still else sum(spent) / len(spent),
            "moved": len(spent) - len(still),
        }


def growth(drawn: Stage, updates: int) -> Iterator[dict[str, object]]:
    """Memory after many updates of the hour's range, over memory after the first hundreds."""
    drawn.show("1h")
    interval = RANGES["1h"][1] / 1000

    def run(count: int) -> float:
        for number in range(count):
            drawn.advance(interval)
            if number % round(FLUSH_SECONDS / interval) == 0:
                drawn.services.history.flush()
            drawn.update()
        return memory(os.getpid()).rss

    before = run(SETTLED_UPDATES)
    yield {"before_mib": before, "grown_mib": run(updates) - before}


@contextmanager
def stage(home: Path) -> Iterator[Stage]:
    qt = QApplication(sys.argv[:1])
    services = fake_services(home)
    fill_history(services.history, services.clock.time())
    find_mid_machine(services)
    services.monitor.latest = reading(services.clock.time())
    desktop = Desktop(qt, services)  # type: ignore[arg-type]
    try:
        desktop.show_window("monitor")
        page = _page(qt)
        yield Stage(services, page)
    finally:
        desktop.close()
        turn()
        services.close()


def _page(qt: QApplication) -> MonitorPage:
    """The Monitor page, when its plots are there."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        turn()
        pages = [widget for widget in qt.allWidgets() if isinstance(widget, MonitorPage)]
        if pages and pages[0].plots is not None:
            return pages[0]
        time.sleep(0.01)
    raise RuntimeError("the Monitor page did not come up")


if __name__ == "__main__":
    sys.exit(main())
