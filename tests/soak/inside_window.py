"""A working day of the window: ``python -m tests.soak.inside_window SEED HOURS``; prints one JSON object.

Time is a clock of its own: a reading every five seconds of it, and between them all that a person and the program do
in eight hours. Everything is done many times before the count begins, and what the window keeps on purpose (a month
of history, a list of jobs) is full from the start, so that what grows afterwards grows for no reason.
"""

from __future__ import annotations

import collections
import ctypes
import gc
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from autocut_tray.core.jobs.job import JobState
from autocut_tray.core.memory.heap import keep_heap_small, trim_heap
from autocut_tray.core.monitor.history import FLUSH_SECONDS
from autocut_tray.core.receipt import ReceiptKind
from autocut_tray.ui.content import Content
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.garbage import GarbageRounds
from autocut_tray.ui.pages.analyse import AnalysePage
from autocut_tray.ui.pages.events import EventsPage
from autocut_tray.ui.pages.monitor import RANGES, MonitorPage
from autocut_tray.ui.pages.settings import SettingsPage
from autocut_tray.ui.tray import Tray
from autocut_tray.ui.tray_watch import PRESENT_MS
from autocut_tray.ui.widgets.sidebar import PAGES
from tests.bench.history import fill_history, reading
from tests.bench.processes import memory
from tests.ui import fake_services as fakes
from tests.ui.fake_services import FakeServices, fake_services, find_mid_machine

SAMPLE_SECONDS = 5.0
WARM_HOURS = 2.0
CHURN = 400
"""Changes of the range before the count: a month of receipts and one of an hour take turns in the heap, and it takes
some hundreds of them until that is as large as it gets."""
JOBS = 12
"""In the list at most; the oldest goes when another comes."""
SCENES = 40
PLOTS_SECONDS = 60.0
SETTLE_TURNS = 40


@dataclass(frozen=True, slots=True)
class Count:
    """``rss``: MiB; ``held``: MiB of it that the C library has given out and not got back, None where it is not
    glibc; ``objects``: what Python's collector knows; ``widgets``: all of Qt's, wherever they hang; ``tops``: windows
    and menus without a parent."""

    rss: float
    held: float | None
    objects: int
    widgets: int
    tops: int


class Day:
    """The desktop with its services, and everything that happens to it."""

    def __init__(self, home: Path, chance: random.Random) -> None:
        # Both as in the program: where memory comes from, and when it is looked for garbage.
        keep_heap_small()
        self.qt = QApplication(sys.argv[:1])
        self.garbage = GarbageRounds()
        self.chance = chance
        self.services = fake_services(home)
        fill_history(self.services.history, self.services.clock.time())
        self._fill_past(self.services)
        find_mid_machine(self.services)
        self.services.monitor.latest = reading(self.services.clock.time())
        self.desktop = Desktop(self.qt, self.services)  # type: ignore[arg-type]
        self.tray = Tray()
        self.desktop.use_tray(self.tray)
        self.desktop.show_window("monitor")
        self._samples = 0
        self._acts: tuple[tuple[float, Callable[[], None]], ...] = (
            (PRESENT_MS / 1000, self.garbage.look),
            (45.0, self._another_page),
            (60.0, self._another_range),
            (120.0, self._job_goes_on),
            (150.0, self._open_receipt),
            (180.0, self._look_for_words),
            (240.0, self._tier_changes),
            (300.0, self._open_scenes),
            (420.0, self._alert),
            (600.0, self._to_tray_and_back),
            (600.0, self._open_section),
            (900.0, self._another_theme),
            (1200.0, self._another_language),
            (1200.0, self._detect_again),
            (1800.0, self._memory_comes_back),
        )

    @property
    def content(self) -> Content:
        assert self.desktop.content is not None
        return self.desktop.content

    @property
    def page(self) -> MonitorPage:
        found = self.content.page("monitor")
        assert isinstance(found, MonitorPage)
        return found

    @property
    def _analyse_page(self) -> AnalysePage:
        found = self.content.page("analyse")
        assert isinstance(found, AnalysePage)
        return found

    @property
    def _events_page(self) -> EventsPage:
        found = self.content.page("events")
        assert isinstance(found, EventsPage)
        return found

    @property
    def _settings_page(self) -> SettingsPage:
        found = self.content.page("settings")
        assert isinstance(found, SettingsPage)
        return found

    def begin(self) -> None:
        """Until the plots are there: they are read when first wanted."""
        until = time.monotonic() + PLOTS_SECONDS
        while self.page.plots is None:
            if time.monotonic() > until:
                raise RuntimeError("the plots did not come up")
            self.turn()
            time.sleep(0.01)

    def run(self, hours: float) -> None:
        for _ in range(round(hours * 3600 / SAMPLE_SECONDS)):
            self._sample()
            at = self._samples * SAMPLE_SECONDS
            for every, act in self._acts:
                if at % every < SAMPLE_SECONDS:
                    act()
                    self.turn()

    def tour(self) -> None:
        """Everything once, in both languages and themes: what is built when it is first wanted is there then."""
        for language in ("zh-CN", "en"):
            for theme in ("light", "dark"):
                self.services.settings.set("ui.language", language)
                self.services.settings.set("ui.theme", theme)
                self._settle()
                for page in PAGES:
                    self.content.open_page(page)
                    self._settle()
                for key in RANGES:
                    self.page.choose_range(key)
                    self._settle()
                for name in self._settings_page.section_names:
                    self._settings_page.open_section(name)
                    self.turn()
                self.tray.rebuild_menu()
        self.content.open_page("monitor")
        for _ in range(CHURN):
            self._another_range()
            self._open_receipt()
            self.turn()

    def count(self) -> Count:
        """After everything that is on its way has arrived, with the same in sight each time."""
        self.desktop.show_window("monitor")
        self.services.settings.set("ui.language", "zh-CN")
        self._settle()
        self.services.settings.set("ui.language", "en")
        self.services.settings.set("ui.theme", "dark")
        self._analyse_page.show_jobs()
        self._events_page._filter(kind="all", query="")
        self._settings_page.open_section(self._settings_page.section_names[0])
        self.page.choose_range("1h")
        self._settle()
        self.page.receipts.open_receipt(None)
        self._settle()
        trim_heap()  # what the C library keeps for later is not what the window holds
        self.turn()
        return Count(
            memory(os.getpid()).rss,
            held_mib(),
            len(gc.get_objects()),
            len(self.qt.allWidgets()),
            len(self.qt.topLevelWidgets()),
        )

    def _settle(self) -> None:
        """Until nothing is read or waits to be shown any more."""
        for _ in range(SETTLE_TURNS):
            self.turn()
            time.sleep(0.01)

    def turn(self) -> None:
        """Let Qt do and paint what there is, and delete what was left."""
        for _ in range(3):
            QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def close(self) -> None:
        self.desktop.close()
        self.tray.close()
        self.turn()
        self.services.close()
        self.garbage.close()

    @staticmethod
    def _fill_past(services: FakeServices) -> None:
        """A list of events that is as long as it gets, and an hour that is as full as it gets."""
        now = services.clock.time()
        for number in range(1100):
            better = number % 2 == 0
            services.history.add_receipt(
                fakes.receipt(
                    at=now - number * 240.0, better=better, cause="recovered" if better else "vram", to="CPU"
                )
            )

    # -- what happens

    def _sample(self) -> None:
        self._samples += 1
        services = self.services
        services.clock.advance(SAMPLE_SECONDS)
        sample = reading(services.clock.time())
        services.monitor.latest = sample
        services.history.add(replace(sample, monotonic=services.clock.monotonic()))
        if self._samples % round(FLUSH_SECONDS / SAMPLE_SECONDS) == 0:
            services.history.flush()
        window = self.desktop.window
        if window is not None and window.isVisible():
            self.content.sidebar.meters.refresh()
            if self.content.current_page == "monitor":
                self.page.refresh()
        self.tray.refresh()
        self.turn()

    def _another_page(self) -> None:
        self.content.open_page(self.chance.choice(PAGES))

    def _another_range(self) -> None:
        self.page.choose_range(self.chance.choice(list(RANGES)))

    def _job_goes_on(self) -> None:
        jobs = self.services.jobs
        number, part = divmod(self._samples // 24, 5)
        job_id = f"soak-{number}"
        if part == 0:
            old = f"soak-{number - JOBS}"
            if number >= JOBS:
                jobs.remove(old)
                jobs._scenes.pop(old, None)
                jobs.calls.clear()
            scenes = [fakes.scene(n + 1, None) for n in range(SCENES)]
            jobs.put(fakes.describing(job_id, 0, SCENES), scenes)
        done = min(SCENES, (part + 1) * SCENES // 5)
        for scene in range(done - SCENES // 5, done):
            jobs.put_scene(job_id, fakes.scene(scene + 1))
        job = fakes.describing(job_id, done, SCENES, updated=self.services.clock.time())
        jobs.put(replace(job, state=JobState.DONE, phase=None) if done == SCENES else job)

    def _open_receipt(self) -> None:
        rows = self.page.receipts.rows
        if rows:
            self.page.receipts.open_receipt(self.chance.choice(rows).receipt_id)

    def _look_for_words(self) -> None:
        words = self.chance.choice(("", "vram"))
        self._events_page._filter(kind=self.chance.choice(("all", "tier", "job")), query=words)

    def _tier_changes(self) -> None:
        better = self._samples % 96 == 0
        services = self.services
        services.controller.become(fakes.RUNNING if better else fakes.DEGRADED)
        kept = services.add_receipt(
            fakes.receipt(
                at=services.clock.time(),
                better=better,
                cause="recovered" if better else "vram",
                held_by=None if better else fakes.RESOLVE_HOLDS,
            )
        )
        if not better:
            services.prove(kept, fakes.FREED)

    def _open_scenes(self) -> None:
        page = self._analyse_page
        if page.open_job is not None:
            page.show_jobs()
        elif jobs := self.services.jobs.jobs():
            page.open_scenes(self.chance.choice(jobs).id)

    def _alert(self) -> None:
        raised = self.services.raise_alert(fakes.alert(at=self.services.clock.time()))
        self.turn()
        self.services.end_alert(raised)

    def _to_tray_and_back(self) -> None:
        window = self.desktop.window
        assert window is not None
        if window.isVisible():
            window.hide()
        else:
            self.desktop.show_window()
        self.tray.rebuild_menu()

    def _open_section(self) -> None:
        page = self._settings_page
        page.open_section(self.chance.choice(page.section_names))

    def _another_theme(self) -> None:
        self.services.settings.set("ui.theme", self.chance.choice(("dark", "light")))

    def _another_language(self) -> None:
        self.services.settings.set("ui.language", self.chance.choice(("en", "zh-CN")))

    def _detect_again(self) -> None:
        find_mid_machine(self.services)

    def _memory_comes_back(self) -> None:
        services = self.services
        level = fakes.receipt(
            at=services.clock.time(), kind=ReceiptKind.MEMORY, from_="OK", to="WARN", cause="memory"
        )
        services.add_receipt(level)


class _MallInfo(ctypes.Structure):
    """``struct mallinfo2`` of <malloc.h>."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
        )
    )  # fmt: skip


def held_mib() -> float | None:
    """What a leak adds to, and the holes between what is held do not."""
    info = getattr(ctypes.CDLL(None), "mallinfo2", None) if sys.platform == "linux" else None
    if info is None:
        return None
    info.restype = _MallInfo
    found = info()
    return float(found.uordblks + found.hblkhd) / 2**20


def grown_types(before: dict[str, int], after: dict[str, int]) -> list[tuple[str, int]]:
    """Of what there is more now, the most first."""
    more = {name: count - before.get(name, 0) for name, count in after.items()}
    return sorted(((name, by) for name, by in more.items() if by > 0), key=lambda one: -one[1])[:12]


def types() -> dict[str, int]:
    return dict(collections.Counter(type(one).__name__ for one in gc.get_objects()))


def main() -> int:
    seed, hours = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as home:
        day = Day(Path(home), random.Random(seed))
        try:
            day.begin()
            day.tour()
            day.run(WARM_HOURS)
            counts, kinds = [day.count()], types()
            for _ in range(hours):
                day.run(1.0)
                counts.append(day.count())
            grown = grown_types(kinds, types())
        finally:
            day.close()
    found = {"counts": [asdict(one) for one in counts], "grown": grown}
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
