"""A day of work on disk: readings, results on the tape, changes with their proof, alerts, jobs, and what left."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from autocut_tray.core.alert import Alert, AlertKind, AlertLevel
from autocut_tray.core.egress.consent import Purpose
from autocut_tray.core.egress.ledger import Caps, Draft, EntryState, Ledger
from autocut_tray.core.errors import FailureClass
from autocut_tray.core.jobs.job import JobError, JobOptions, JobState
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.messages import message
from autocut_tray.core.monitor.history import History
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.core.report.facts import Report, Sources, gather
from autocut_tray.core.report.period import Period
from tests.fakes import FakeClock
from tests.monitor.test_history import SAMPLE

NOW = 1_790_000_000.0
HOUR = 3600.0
SINCE = NOW - 24 * HOUR
CAPS = Caps(1_000_000, 5_000_000, 200)


class Day:
    """The stores of one day that ends at :data:`NOW`."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(start=1000.0, epoch=SINCE)
        self.history = History(folder / "metrics.db", self.clock)
        self.store = JobStore(folder / "app.db", self.clock)
        self.ledger = Ledger(self.store.database, self.clock)
        self.history.tape.write(self._line(start="new", base="GPU", tier="GPU"))

    def close(self) -> None:
        self.history.close()
        self.store.close()

    @property
    def sources(self) -> Sources:
        return Sources(self.history, self.store, self.ledger, CAPS, Thresholds(), None, None)

    def report(self, hours: float = 24.0) -> Report:
        self.history.flush()
        now = self.clock.time()
        return gather(self.sources, Period(None, now - hours * HOUR, now), now)

    def _line(self, **what: Any) -> dict[str, Any]:
        return {"t": self.clock.monotonic(), **what}

    def note(self, **what: Any) -> None:
        """A line on the tape."""
        self.history.tape.begin(lambda: self._line(start="resume", **what))
        self.history.tape.write(self._line(**what))

    def unit(
        self, tier: str = "GPU", seconds: float | None = 0.8, failure: FailureClass | None = None
    ) -> None:
        unit: dict[str, Any] = {"ok": failure is None, "tier": tier}
        if failure is not None:
            unit["kind"] = failure.value
        elif seconds is not None:
            unit["seconds"] = seconds
        self.note(tick=False, units=[unit])

    def read(self, seconds: float, step: float = 60.0, **changes: Any) -> None:
        """Readings for so long; ``changes`` may be functions of the share of the time that is over."""
        count = round(seconds / step)
        for number in range(count):
            now = {k: v(number / count) if callable(v) else v for k, v in changes.items()}
            # As if no time passed on that clock: all is written at once in the end, which is a hundred times faster.
            self.history.add(replace(SAMPLE, at=self.clock.time(), monotonic=0.0, **now))
            self.clock.advance(step)

    def change(self, source: str, target: str, cause: str, *, better: bool, **more: Any) -> Receipt:
        plain = Receipt(
            0, self.clock.time(), ReceiptKind.TIER, source, target, cause, None, None, None, None,
            {"tier": source}, {"tier": target}, None, undone=False, better=better,
        )  # fmt: skip
        return self.history.add_receipt(replace(plain, **more))

    def alert(self, value: float = 97.0, lasted: float | None = 300.0) -> None:
        at = self.clock.time()
        ended = None if lasted is None else at + lasted
        self.history.alerts.add(
            Alert(0, at, AlertKind.CPU, AlertLevel.CRITICAL, value, 90.0, 30.0, scaled=True, ended=ended)
        )

    def job(self, path: str, state: JobState, error: JobError | None = None) -> None:
        made = self.store.create(path, path, JobOptions("en"))
        self.store.finish(made.id, state, error=error)

    def sent(self, cost: int, state: EntryState = EntryState.SETTLED, frames: int = 1) -> None:
        draft = Draft(
            None, None, Purpose.VISION, "openai", "api.openai.com", "gpt-4o", frames, 1000, 45_000, "0", cost
        )
        number = self.ledger.reserve(draft, CAPS)
        if state is not EntryState.RESERVED:
            self.ledger.settle(number, state, cost=cost)


@contextmanager
def opened(folder: Path) -> Iterator[Day]:
    day = Day(folder)
    try:
        yield day
    finally:
        day.close()


def busy_day(day: Day) -> None:
    """Work from hour 2 to hour 10, with an hour on the processor, a memory emergency and some of it in the cloud."""
    day.change("PAUSED", "GPU", "start", better=True)
    day.read(2 * HOUR, vram_used=1200, cpu_percent=8.0)
    day.note(work=True)
    day.read(2 * HOUR, vram_used=5900, cpu_percent=lambda x: 40 + 20 * math.sin(40 * x), failure_rate=0.0)
    for _ in range(40):
        day.unit("GPU", 0.8)
    day.change(
        "GPU", "CPU", "vram", better=False, metric="vram_percent", value=94.0, threshold=85.0, held_s=10.0
    )
    day.alert()
    for _ in range(12):
        day.unit("CPU", 2.6)
    for failure in (FailureClass.RESOURCE, FailureClass.DOWN, FailureClass.DOWN, FailureClass.CANCEL):
        day.unit("CPU", failure=failure)
    day.read(1 * HOUR, vram_used=7600, cpu_percent=92.0, failure_rate=0.25)
    day.change("CPU", "GPU", "recovered", better=True)
    day.read(3 * HOUR, vram_used=5900, cpu_percent=45.0, ram_available=lambda x: int(12_000 - 8_000 * x))
    for _ in range(25):
        day.unit("GPU", 0.7)
    day.change("OK", "EMERGENCY", "emergency", better=False, kind=ReceiptKind.MEMORY, metric="ram_percent",
               value=93.2, threshold=90.0, held_s=2.0)  # fmt: skip
    day.change("GPU", "PAUSED", "emergency", better=False, metric="ram_percent", value=93.2, threshold=90.0)
    day.read(0.5 * HOUR, ram_available=1100, vram_used=800, cpu_percent=20.0)
    day.change("PAUSED", "CLOUD", "recovered", better=True)
    for _ in range(6):
        day.unit("CLOUD", 2.2)
        day.sent(4_300)
    day.sent(4_300, EntryState.RESERVED)
    day.note(work=False)
    day.job("/footage/2026-07 Hafen/海边日落 A001_C003.mov", JobState.DONE)
    damaged = message("error-damaged", at="00:03:12"), message("error-damaged-hint")
    day.job("/footage/IMG_4410.MOV", JobState.FAILED, JobError("damaged", *damaged, "", 3))
    day.job("/footage/b.mov", JobState.CANCELLED)
    day.read(NOW - day.clock.time(), vram_used=900, cpu_percent=6.0, ram_available=5200)
