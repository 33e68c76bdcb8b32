"""Thirty full days on the Monitor page: drawn without holding up the window, marked so that one sees something."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from autocut_tray.core.monitor.history import DAY, Metric, Series
from autocut_tray.ui.content import Content
from autocut_tray.ui.models.live_series import LiveSeries
from autocut_tray.ui.models.marks import MOST, Mark, MarkShape, thinned
from autocut_tray.ui.pages.monitor import RANGES, MonitorPage
from autocut_tray.ui.widgets.time_axis import tick_labels
from tests.bench.history import fill_history
from tests.ui import fake_services as fakes
from tests.ui.fake_services import NOON_20, FakeServices

CHANGES = 1500
LONGEST_TURN = 0.1
"""CPU seconds of the GUI thread: what a person notices."""


@pytest.fixture
def page(content: Content, services: FakeServices, qtbot: QtBot) -> MonitorPage:
    services.monitor.latest = fakes.BUSY_SAMPLE
    fill_history(services.history, NOON_20)
    kept = services.history.add_receipt(fakes.receipt())
    with services.history._database.transaction() as db:
        columns = (
            "kind, from_, to_, cause, metric, value, threshold, held_s, policy_before, policy_after, context"
        )
        for number in range(CHANGES):
            db.execute(
                f"INSERT INTO receipts (at, better, {columns}) SELECT ?, ?, {columns} FROM receipts WHERE id = ?",
                (NOON_20 - (number + 0.5) * 30 * DAY / CHANGES, number % 2, kept.id),
            )
    fakes.find_mid_machine(services)
    content.open_page("monitor")
    found = content.page("monitor")
    assert isinstance(found, MonitorPage)
    qtbot.waitUntil(lambda: found.plots is not None and not found.reading and bool(found.receipts.rows))
    return found


def longest_turn(begin: Callable[[], object], done: Callable[[], bool]) -> float:
    """The most CPU seconds that the GUI thread took in one turn of its event loop."""
    turns = []
    until = time.monotonic() + 20
    step = begin
    while time.monotonic() < until:
        before = time.thread_time()
        step()
        turns.append(time.thread_time() - before)
        if done():
            return max(turns)
        step = QApplication.processEvents
    raise AssertionError("never drawn")


@pytest.mark.parametrize("key", ["24h", "7d", "30d"])
def test_no_turn_of_the_event_loop_is_long(page: MonitorPage, key: str) -> None:
    plots = page.plots
    assert plots is not None

    def drawn() -> bool:
        x, _y = plots.curve(Metric.CPU).getData()
        wide = x is not None and len(x) > 500 and x[-1] - x[0] > 0.9 * RANGES[key][0]
        return wide and not page.reading and len(plots.marks) >= MOST // 2

    def afresh() -> float:
        page.choose_range("5min")
        longest_turn(lambda: None, lambda: not page.reading and len(plots.marks) < 3)
        return longest_turn(lambda: page.choose_range(key), drawn)

    best = min(afresh() for _ in range(3))
    assert best < LONGEST_TURN


def test_nothing_is_read_in_the_gui_thread(page: MonitorPage, services: FakeServices, qtbot: QtBot) -> None:
    threads = set()
    real = services.history.series

    def noting(metric: Metric, since: float, until: float, buckets: float = 300) -> Series:
        threads.add(threading.get_ident())
        return real(metric, since, until, buckets)

    page._series = LiveSeries(noting)
    page.choose_range("30d")
    qtbot.waitUntil(lambda: bool(threads) and not page.reading)
    assert threading.get_ident() not in threads


def test_what_was_asked_for_last_is_drawn_last(page: MonitorPage, qtbot: QtBot) -> None:
    assert page.plots is not None
    for key in ("24h", "7d", "30d", "6h"):
        page.choose_range(key)
    qtbot.waitUntil(lambda: not page.reading)
    x, _y = page.plots.curve(Metric.CPU).getData()
    assert x[-1] - x[0] == pytest.approx(6 * 3600, rel=0.05)


def test_a_mark_says_how_many_it_stands_for(page: MonitorPage, qtbot: QtBot) -> None:
    page.choose_range("30d")
    plots = page.plots
    assert plots is not None
    qtbot.waitUntil(lambda: MOST // 2 <= len(plots.marks) <= MOST + 2)
    mark = plots.marks[3]
    assert mark.more > 20
    assert page._tip(mark).endswith(f"and {mark.more} more changes near it")


def marks(*events: tuple[float, MarkShape]) -> list[Mark]:
    return [Mark(number, at, shape, "warn") for number, (at, shape) in enumerate(events)]


def test_few_marks_are_all_drawn() -> None:
    few = marks((1, MarkShape.DOWN), (1.01, MarkShape.UP), (50, MarkShape.RING))
    assert thinned(few, 0, 100, None) == tuple(few)


def test_of_many_the_gravest_and_the_opened_stay() -> None:
    many = marks(*((n / 100, MarkShape.UP) for n in range(10_000)))
    many[5550] = replace(many[5550], shape=MarkShape.OCTAGON)
    many[5551] = replace(many[5551], shape=MarkShape.DOWN)
    kept = thinned(many, 0, 100, 17)
    assert len(kept) <= MOST
    assert {17, 5550} <= {mark.id for mark in kept}
    assert sum(mark.more + 1 for mark in kept) == 10_000


def save_as(page: MonitorPage, qtbot: QtBot, code: str, file: Path) -> None:
    action = next(action for action, known in page._export_actions.items() if known == code)
    action.trigger()
    dialog = page.findChild(QFileDialog) or page.plots.findChild(QFileDialog)  # type: ignore[union-attr]
    assert dialog is not None
    dialog.fileSelected.emit(str(file))
    dialog.done(0)


@pytest.mark.parametrize("code", ["ui-export-png", "ui-export-csv", "ui-export-readings", "ui-export-trace"])
def test_the_span_is_written_to_a_file(page: MonitorPage, qtbot: QtBot, tmp_path: Path, code: str) -> None:
    file = tmp_path / "out"
    save_as(page, qtbot, code, file)
    qtbot.waitUntil(file.exists)
    data = file.read_bytes()
    if code == "ui-export-png":
        assert data.startswith(b"\x89PNG")
    elif code == "ui-export-csv":
        assert data.decode("utf-8-sig").startswith("time,vram_min,vram_mean,vram_max,")
    elif code == "ui-export-readings":
        document = json.loads(data)
        assert len(document["metrics"]["ram"]) > 200
        assert document["to"] - document["from"] == pytest.approx(3600)


def test_a_file_that_cannot_be_written_is_said(page: MonitorPage, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    save_as(page, qtbot, "ui-export-csv", tmp_path / "file" / "below.csv")
    qtbot.waitUntil(lambda: "cannot be written" in page.shell.notice_words)


def test_days_of_23_and_25_hours_keep_their_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        noon = time.mktime((2026, 10, 28, 12, 0, 0, 0, 0, -1))
        _step, ticks = tick_labels(noon - 7 * DAY, noon, 8)
        assert [label for _at, label in ticks] == [f"10-{day}" for day in range(22, 29)]
        assert all(time.localtime(at).tm_hour == 0 for at, _label in ticks)
    finally:
        monkeypatch.undo()
        time.tzset()
