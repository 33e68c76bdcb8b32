from __future__ import annotations

import csv
import io
import threading
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from autocut_tray.core.monitor.export import table
from autocut_tray.core.monitor.history import Metric, Series
from autocut_tray.core.monitor.monitor import Attention
from autocut_tray.core.policy.governor_types import Cause, Tier
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.receipt_words import measured, receipt_words, shape_of
from autocut_tray.ui.content import Content
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.models.live_series import LiveSeries
from autocut_tray.ui.pages.monitor import RANGES, MonitorPage
from autocut_tray.ui.widgets.text import Text
from autocut_tray.ui.widgets.time_axis import tick_labels
from tests.golden.machines import MACHINES, machine
from tests.screenshots import add_receipts, fill_history
from tests.ui import fake_services as fakes
from tests.ui.fake_services import NOON_20, FakeServices


@pytest.fixture
def page(content: Content, services: FakeServices, qtbot: QtBot) -> MonitorPage:
    services.monitor.latest = fakes.BUSY_SAMPLE
    fill_history(services.history)
    add_receipts(services)
    fakes.find_mid_machine(services)
    services.controller.become(fakes.RUNNING)
    content.open_page("monitor")
    found = content.page("monitor")
    assert isinstance(found, MonitorPage)
    qtbot.waitUntil(lambda: found.plots is not None and len(found.receipts.rows) == 3)
    qtbot.waitUntil(lambda: not found.reading)
    return found


def curve(page: MonitorPage, metric: Metric) -> list[float]:
    assert page.plots is not None
    _x, y = page.plots.curve(metric).getData()
    return [] if y is None else list(y)


def test_four_curves_in_percent_on_one_axis(page: MonitorPage) -> None:
    assert page.plots is not None
    for metric in (Metric.VRAM, Metric.RAM, Metric.CPU, Metric.FAILURES):
        values = curve(page, metric)
        assert len(values) > 500
        assert all(0 <= value <= 100 for value in values)
    since, until = page.plots.span
    assert until - since == pytest.approx(3600)
    assert until == pytest.approx(NOON_20, abs=61)


def test_limits_are_those_in_force(page: MonitorPage, services: FakeServices) -> None:
    assert page.plots is not None
    assert page.plots.limits(Metric.VRAM) == [85.0]
    assert page.plots.limits(Metric.RAM) == [75.0, 90.0]
    services.settings.set("limits.vram_on", 60.0)
    page.refresh()
    assert page.plots.limits(Metric.VRAM) == [60.0]


def test_time_goes_on_by_itself(page: MonitorPage, services: FakeServices) -> None:
    assert page.plots is not None
    before = page.plots.span
    services.clock.advance(600)
    page.refresh()
    assert page.plots.span[1] - before[1] == pytest.approx(600, abs=61)


@pytest.mark.parametrize("key", list(RANGES))
def test_ranges(page: MonitorPage, key: str) -> None:
    assert page.plots is not None
    page.choose_range(key)
    since, until = page.plots.span
    assert until - since == pytest.approx(RANGES[key][0])
    assert page.following


def test_dragging_stays_there_until_a_range_is_chosen(
    page: MonitorPage, services: FakeServices, qtbot: QtBot
) -> None:
    assert page.plots is not None
    page.plots.show_span(NOON_20 - 3600, NOON_20 - 2700)
    page.plots.moved.emit()
    assert not page.following
    services.clock.advance(600)
    page.refresh()
    assert page.plots.span == pytest.approx((NOON_20 - 3600, NOON_20 - 2700))
    qtbot.waitUntil(lambda: len(page.receipts.rows) == 0)
    page.choose_range("1h")
    assert page.following
    qtbot.waitUntil(lambda: len(page.receipts.rows) == 3)


def test_keys_do_what_dragging_and_the_wheel_do(page: MonitorPage, qtbot: QtBot) -> None:
    assert page.plots is not None
    view = page.plots._view
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert page.plots.property("focused") == "true"
    since, until = page.plots.span
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert page.plots.span == pytest.approx((since - 0.25 * (until - since), until - 0.25 * (until - since)))
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert page.plots.span == pytest.approx((since, until))
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    low, high = page.plots.span
    assert high - low == pytest.approx(2 * (until - since)) and low + high == pytest.approx(since + until)
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert page.plots.span == pytest.approx((since, until))
    qtbot.waitUntil(lambda: not page.following)


def test_nothing_is_drawn_while_hidden(
    page: MonitorPage, content: Content, services: FakeServices, qtbot: QtBot
) -> None:
    asked: list[Metric] = []
    real = services.history.series

    def counting(metric: Metric, since: float, until: float, buckets: int = 300) -> Series:
        asked.append(metric)
        return real(metric, since, until, buckets)

    page._series = LiveSeries(counting)
    content.open_page("overview")
    assert not page.following
    services.add_receipt(fakes.receipt(at=NOON_20 - 5))
    for _ in range(3):
        page.ctx.services.monitor.latest = fakes.sample(cpu_percent=50.0)
    assert asked == []
    content.open_page("monitor")
    assert page.following
    qtbot.waitUntil(lambda: bool(asked))


def test_only_the_shortest_range_asks_for_more_readings(
    page: MonitorPage, content: Content, desktop: Desktop, services: FakeServices
) -> None:
    assert services.monitor.attention is Attention.SHOWN
    page.choose_range("5min")
    assert services.monitor.attention is Attention.DRAWN
    content.open_page("events")
    assert services.monitor.attention is Attention.SHOWN
    content.open_page("monitor")
    assert services.monitor.attention is Attention.DRAWN
    assert desktop.window is not None
    desktop.window.hide()
    assert services.monitor.attention is Attention.NONE


def refreshed(page: MonitorPage, qtbot: QtBot) -> None:
    """The figures come with the curves, which are read beside the event loop."""
    page.refresh()
    qtbot.waitUntil(lambda: not page.reading)


def test_unknown_vram_is_said_and_not_drawn_as_zero(
    content: Content, services: FakeServices, qtbot: QtBot
) -> None:
    services.monitor.latest = fakes.sample(vram_used=None, vram_total=None)
    services.detection.find(machine())
    content.open_page("monitor")
    page = content.page("monitor")
    assert isinstance(page, MonitorPage)
    qtbot.waitUntil(lambda: page.plots is not None)
    assert page.plots.missing(Metric.VRAM) == "This PC has no graphics card with memory of its own."
    assert page.plots.missing(Metric.RAM) == ""
    assert curve(page, Metric.VRAM) == []
    services.detection.find(MACHINES["cpu-silent-probe"])
    refreshed(page, qtbot)
    assert page.plots.missing(Metric.VRAM).startswith("Whether this PC has a graphics card")
    services.detection.find(MACHINES["mid-ready"])
    refreshed(page, qtbot)
    assert page.plots.missing(Metric.VRAM) == "The use of VRAM cannot be measured on this card."
    services.monitor.latest = fakes.sample()
    refreshed(page, qtbot)
    assert page.plots.missing(Metric.VRAM) == ""


def test_a_new_receipt_appears_with_its_mark(page: MonitorPage, services: FakeServices, qtbot: QtBot) -> None:
    assert page.plots is not None
    kept = services.add_receipt(fakes.receipt(at=NOON_20 - 1))
    qtbot.waitUntil(lambda: next(row.receipt_id for row in page.receipts.rows) == kept.id)
    assert kept.id in {mark.id for mark in page.plots.marks}


def test_a_long_span_that_is_read_slowly_does_not_come_after_a_short_one(
    page: MonitorPage, services: FakeServices, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, long_read = services.history.receipts, threading.Event()
    asked: list[float] = []

    def receipts(since: float, until: float) -> list[Receipt]:
        found = read(since, until)
        asked.append(until - since)
        if until - since > 7200:
            long_read.wait(30)
        return found

    monkeypatch.setattr(services.history, "receipts", receipts)
    services.history.add_receipt(fakes.receipt(at=NOON_20 - 20 * 3600))
    page.choose_range("24h")
    qtbot.waitUntil(lambda: len(asked) == 1)
    page.choose_range("1h")
    qtbot.waitUntil(lambda: len(asked) == 2)
    qtbot.wait(20)
    long_read.set()
    done: list[bool] = []
    for _ in range(2):  # both threads are through with what they had
        page.ctx.background.run(lambda: None, lambda _none: done.append(True))
    qtbot.waitUntil(lambda: len(done) == 2)
    qtbot.wait(20)
    assert len(page.receipts.rows) == 3, "the one of twenty hours ago is not in this hour"


def test_opening_a_receipt_lights_its_line(page: MonitorPage) -> None:
    assert page.plots is not None
    row = page.receipts.rows[1]
    row.title.click()
    assert row.is_open
    assert page.plots.opened == row.receipt_id
    row.title.click()
    assert page.plots.opened is None


def test_a_mark_opens_its_receipt(page: MonitorPage) -> None:
    assert page.plots is not None
    wanted = page.receipts.rows[2].receipt_id
    page.plots.mark_clicked.emit(wanted)
    assert page.receipts.open_id == wanted


def test_undo_stands_on_the_newest_change_of_tier_only(
    page: MonitorPage, services: FakeServices, qtbot: QtBot
) -> None:
    services.controller.become(fakes.DEGRADED)
    qtbot.waitUntil(lambda: any(not row.undo_button.isHidden() for row in page.receipts.rows))
    shown = [not row.undo_button.isHidden() for row in page.receipts.rows]
    assert shown == [True, False, False]
    page.receipts.rows[0].undo_button.click()
    qtbot.waitUntil(lambda: services.controller.calls == [("undo",)])


def test_a_tier_is_pinned_from_its_receipt_and_let_go_there(
    page: MonitorPage, services: FakeServices, qtbot: QtBot
) -> None:
    services.controller.become(fakes.DEGRADED)
    qtbot.waitUntil(lambda: any(not row.pin_button.isHidden() for row in page.receipts.rows))
    row = next(row for row in page.receipts.rows if row.pin_button.text() == "Stay on CPU")
    row.pin_button.click()
    qtbot.waitUntil(lambda: services.controller.calls == [("pin", Tier.CPU)])
    services.controller.become(replace(fakes.DEGRADED, pinned=Tier.CPU))
    held = "Do not stay here"
    qtbot.waitUntil(lambda: any(row.pin_button.text() == held for row in page.receipts.rows))
    next(row for row in page.receipts.rows if row.pin_button.text() == held).pin_button.click()
    qtbot.waitUntil(lambda: services.controller.calls[-1] == ("pin", None))


def test_one_update_costs_little(page: MonitorPage) -> None:
    """Four plots of 300 buckets against drawing 300 points four times with numpy alone, in one run."""
    import numpy as np

    def cpu(work: object, times: int = 40) -> float:
        assert callable(work)
        work()
        began = time.thread_time()
        for _ in range(times):
            work()
        return (time.thread_time() - began) / times

    base = cpu(lambda: [np.sort(np.random.default_rng(1).random(20_000)) for _ in range(4)])
    update = cpu(page.refresh)
    assert update < 12 * base, (update, base)
    assert update < 0.03


def test_figures_beside_the_names(page: MonitorPage) -> None:
    assert page.plots is not None
    assert page.plots.header(Metric.VRAM) == ("Moondream 2 1.9, other 0.5", "2.4 / 8.0\u00a0GB")
    assert page.plots.header(Metric.CPU)[1] == "18\u00a0%"


def test_an_open_receipt_says_who_held_the_memory_and_what_came_back(page: MonitorPage) -> None:
    page.receipts.open_receipt(page.receipts.rows[1].receipt_id)
    said = [text.words for text in page.receipts.rows[1].findChildren(Text)]
    assert {"Held by", "Resolve\u00a05.1, Ollama\u00a01.9, other\u00a00.5\u00a0GB", "Freed"} <= set(said)
    assert "1.9\u00a0GB of 1.9\u00a0GB in 1.2 s" in said and "Resolve held 5.1\u00a0GB of VRAM." in said


def test_a_proof_that_comes_later_appears(page: MonitorPage, services: FakeServices, qtbot: QtBot) -> None:
    kept = services.add_receipt(fakes.receipt(at=NOON_20 - 1))
    qtbot.waitUntil(lambda: page.receipts.rows[0].receipt_id == kept.id)
    page.receipts.open_receipt(kept.id)

    def said() -> list[str]:
        return [text.words for text in page.receipts.rows[0].findChildren(Text)]

    assert said().count("not known") == 2, "neither is known yet, and neither is left out"
    services.prove(kept, fakes.FREED)
    qtbot.waitUntil(lambda: "1.9\u00a0GB of 1.9\u00a0GB in 1.2 s" in said())
    qtbot.waitUntil(lambda: said().count("not known") == 1)  # what stood there before goes a moment later


class TestWords:
    def test_every_cause_has_a_shape_and_a_sentence(self, desktop: Desktop) -> None:
        for cause in Cause:
            words = receipt_words(desktop.ctx, fakes.receipt(cause=cause.value), None)
            assert words.why.endswith(".")
            assert words.shape in ("up", "down", "octagon", "warn", "ring")

    def test_degradation(self, desktop: Desktop) -> None:
        later = fakes.receipt(at=NOON_20 - 9 * 60, cause="recovered", better=True)
        down = fakes.receipt(held_by=fakes.RESOLVE_HOLDS, freed=fakes.FREED)
        words = receipt_words(desktop.ctx, down, later)
        assert words.title == "GPU → CPU"
        rows = {key: value.replace("\u00a0", " ") for key, value in words.rows}
        assert rows == {
            "Measured": "VRAM 94 %",
            "Limit": "85 %, for 10 s",
            "Held by": "Resolve 5.1, Ollama 1.9, other 0.5 GB",
            "Freed": "1.9 GB of 1.9 GB in 1.2 s",
            "Before": "GPU, 10 scenes a clip",
            "After": "CPU, 5 scenes a clip, about 2.6 s each",
            "Model": "Moondream 2, unchanged",
            "Ended": "by itself after 9 min",
        }

    def test_undone_by_the_person(self, desktop: Desktop) -> None:
        words = receipt_words(desktop.ctx, fakes.receipt(undone=True), None)
        assert ("Ended", "you took it back") in words.rows

    def test_shapes(self) -> None:
        assert shape_of(fakes.receipt()) == ("down", "warn")
        assert shape_of(fakes.receipt(better=True)) == ("up", "ok")
        assert shape_of(fakes.receipt(to="EMERGENCY", kind=ReceiptKind.MEMORY)) == ("octagon", "crit")
        assert shape_of(fakes.receipt(better=None)) == ("ring", "text3")

    def test_unknown_words_of_a_newer_version_are_shown_as_they_are(self, desktop: Desktop) -> None:
        strange = fakes.receipt(cause="gremlins", metric="fluff", value=3.0)
        words = receipt_words(desktop.ctx, strange, None)
        assert words.why == "gremlins"
        assert measured(desktop.ctx, "fluff", 3.0) == "fluff 3"
        assert measured(desktop.ctx, None, 3.0) is None


def test_table_for_export() -> None:
    series = [
        Series(Metric.VRAM, 1, (10.0, 11.0), (1.0, 2.0), (2.0, 3.0), (3.0, 4.0)),
        Series(Metric.CPU, 1, (11.0,), (5.0,), (5.5,), (6.123,)),
    ]
    rows = list(csv.reader(io.StringIO(table(series))))
    assert rows == [
        ["time", "vram_min", "vram_mean", "vram_max", "cpu_min", "cpu_mean", "cpu_max"],
        ["1970-01-01T00:00:10+00:00", "1.0", "2.0", "3.0", "", "", ""],
        ["1970-01-01T00:00:11+00:00", "2.0", "3.0", "4.0", "5.0", "5.5", "6.12"],
    ]


@pytest.mark.parametrize(
    ("span", "step"), [(300, 60), (3600, 600), (86_400, 6 * 3600), (30 * 86_400, 5 * 86_400)]
)
def test_ticks_stand_on_whole_local_times(span: float, step: float) -> None:
    found, ticks = tick_labels(NOON_20 - span, NOON_20, 7)
    assert found == step
    assert 3 <= len(ticks) <= 7
    for at, label in ticks:
        local = time.localtime(at)
        assert local.tm_sec == 0
        if step >= 86_400:
            assert (local.tm_hour, local.tm_min) == (0, 0)
        else:
            assert label == time.strftime("%H:%M", local)


def test_gaps_are_not_joined() -> None:
    from autocut_tray.ui.widgets.plots import points

    whole = Series(Metric.CPU, 12, (0.0, 12.0, 24.0), (1, 2, 3), (1, 2, 3), (1, 2, 3))
    assert points(whole, 0.0)[2] == "all"
    torn = replace(whole, t=(0.0, 12.0, 600.0))
    connect = points(torn, 0.0)[2]
    assert list(connect) == [1, 1, 1, 0, 1, 1]


class TestLiveSeries:
    def test_grows_as_if_read_anew(self, services: FakeServices) -> None:
        fill_history(services.history)
        read = services.history.series
        live = LiveSeries(read)
        since = NOON_20 - 3600
        live.get(Metric.CPU, since, NOON_20)
        for step in range(1, 40):
            at = NOON_20 + 7 * step
            services.history.add(fakes.sample(at=at, monotonic=4000.0 + step, cpu_percent=float(step)))
            if step % 10 == 0:
                services.history.flush()
            assert live.get(Metric.CPU, since + 7 * step, at) == read(Metric.CPU, since + 7 * step, at)

    def test_another_span_is_read_whole(self, services: FakeServices) -> None:
        fill_history(services.history)
        live = LiveSeries(services.history.series)
        for since, until in ((3600, 0), (1800, 0), (3600, 1800), (86_400, 0), (300, 0)):
            span = (NOON_20 - since, NOON_20 - until)
            assert live.get(Metric.RAM, *span) == services.history.series(Metric.RAM, *span)

    def test_reads_little(self, services: FakeServices) -> None:
        fill_history(services.history)
        asked: list[float] = []

        def read(metric: Metric, since: float, until: float, buckets: int = 300) -> Series:
            asked.append(until - since)
            return services.history.series(metric, since, until, buckets)

        live = LiveSeries(read)
        live.get(Metric.VRAM, NOON_20 - 3600, NOON_20)
        live.get(Metric.VRAM, NOON_20 - 3580, NOON_20 + 20)
        assert asked[0] == 3600
        assert asked[1] < 120
