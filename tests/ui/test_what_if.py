"""The Monitor page's question: what would other limits have changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import Cancelled, StorageError
from autocut_tray.core.messages import message
from autocut_tray.core.monitor.flight_recorder import FlightRecorder
from autocut_tray.receipt_words import limit_of
from autocut_tray.ui.content import Content
from autocut_tray.ui.pages.monitor import MonitorPage
from autocut_tray.ui.setting_fields import SHOWN_LIMITS
from autocut_tray.ui.widgets.what_if import WhatIf, play
from tests.monitor.flight import Flight
from tests.screenshots import add_receipts, fill_history, record_flight
from tests.ui import fake_services as fakes
from tests.ui.fake_services import FakeServices


@pytest.fixture
def page(content: Content, services: FakeServices, qtbot: QtBot) -> MonitorPage:
    services.monitor.latest = fakes.BUSY_SAMPLE
    fill_history(services.history)
    add_receipts(services)
    record_flight(services)
    fakes.find_mid_machine(services)
    content.open_page("monitor")
    found = content.page("monitor")
    assert isinstance(found, MonitorPage)
    qtbot.waitUntil(lambda: found.plots is not None and len(found.receipts.rows) == 3)
    return found


@pytest.fixture
def panel(page: MonitorPage) -> WhatIf:
    return page.what_if


def ask(panel: WhatIf, qtbot: QtBot, value: float) -> str:
    panel.number.setValue(value)
    panel.ask_button.click()
    qtbot.waitUntil(lambda: not panel.asking, timeout=20_000)
    return panel.answer.replace("\u00a0", " ")


def test_the_answer_in_plain_words(panel: WhatIf, qtbot: QtBot) -> None:
    answer = ask(panel, qtbot, 90.0)
    assert answer.startswith("With VRAM limit 90 % you would have switched 1 time, not 5.")
    assert "First difference" in answer and "estimate" in answer


def test_it_begins_with_what_is_in_force(panel: WhatIf, services: FakeServices, qtbot: QtBot) -> None:
    assert panel.number.value() == 85.0
    assert ask(panel, qtbot, 85.0).startswith(
        "With VRAM limit 85 % nothing would have been different: 5 switches"
    )


def test_the_answer_follows_the_language(
    panel: WhatIf, services: FakeServices, qtbot: QtBot, content: Content
) -> None:
    ask(panel, qtbot, 90.0)
    services.settings.set("ui.language", "zh-CN")
    qtbot.waitUntil(lambda: panel.answer.startswith("若改为"))
    assert panel.limit.currentText() == "显存上限"


@pytest.mark.parametrize("name", SHOWN_LIMITS)
def test_every_limit_can_be_asked_about(panel: WhatIf, qtbot: QtBot, name: str) -> None:
    panel.choose(name)
    assert panel.name == name
    assert [number.isVisible() for number in panel._numbers.values()].count(True) == 1
    answer = ask(panel, qtbot, panel.number.value())
    assert "nothing would have been different" in answer


def test_a_limit_that_makes_no_sense_is_said(panel: WhatIf, qtbot: QtBot) -> None:
    panel.choose("warn_on")
    answer = ask(panel, qtbot, 0.0)
    assert answer and "Traceback" not in answer


def test_nothing_recorded_in_this_time(page: MonitorPage, qtbot: QtBot) -> None:
    assert page.plots is not None
    since, _until = page.plots.span
    page.plots.show_span(since - 7200, since - 3600)
    page.plots.moved.emit()
    assert ask(page.what_if, qtbot, 90.0) == "Nothing is on record for this time."


def test_a_receipt_leads_to_its_limit(page: MonitorPage, qtbot: QtBot) -> None:
    row = page.receipts.rows[1]
    row.title.click()
    row.try_button.click()
    assert page.what_if.name == "vram_on"
    page.receipts.rows[2].title.click()
    page.receipts.rows[2].try_button.click()
    assert page.what_if.name == "warn_on"
    assert page.receipts.rows[0].try_button.isHidden(), "a recovery crossed no limit"


def test_limits_of_receipts() -> None:
    receipt = fakes.receipt
    assert limit_of(receipt()) == "vram_on"
    assert limit_of(receipt(better=True)) is None
    assert limit_of(receipt(cause="memory", metric="ram_percent", to="EMERGENCY")) == "emergency_on"
    assert limit_of(receipt(cause="failures", metric="failure_percent")) == "failure_rate"
    assert limit_of(receipt(cause="slow", metric="slow_percent")) is None
    assert limit_of(receipt(cause="forced", metric=None)) is None


class Stuck:
    """A record that does not end by itself. ``read``: when a line of it was last taken."""

    def __init__(self, lines: list[str]) -> None:
        self.begun = threading.Event()
        self.read = 0.0
        self._lines = lines

    def __call__(self, since: float, until: float) -> Iterator[str]:
        self.begun.set()
        yield self._lines[0]
        while True:
            self.read = time.monotonic()
            yield self._lines[1]

    def ended(self) -> bool:
        return time.monotonic() - self.read > 0.3


@pytest.fixture
def stuck(services: FakeServices, page: MonitorPage, monkeypatch: pytest.MonkeyPatch) -> Stuck:
    lines = list(services.history.tape.lines(0, 9e9))
    made = Stuck(lines)
    monkeypatch.setattr(FlightRecorder, "lines", lambda self, since, until: made(since, until))
    return made


def test_a_long_question_can_be_cancelled(panel: WhatIf, stuck: Stuck, qtbot: QtBot) -> None:
    panel.ask()
    assert stuck.begun.wait(10)
    assert panel.ask_button.text() == "Cancel"
    panel.ask_button.click()
    assert not panel.asking and panel.answer == ""
    qtbot.waitUntil(stuck.ended)


def test_it_ends_with_the_page(panel: WhatIf, stuck: Stuck, content: Content, qtbot: QtBot) -> None:
    panel.ask()
    assert stuck.begun.wait(10)
    content.open_page("overview")
    qtbot.waitUntil(stuck.ended)


def test_it_does_not_hold_up_the_end(panel: WhatIf, stuck: Stuck) -> None:
    panel.ask()
    assert stuck.begun.wait(10)
    began = time.monotonic()
    panel._ctx.background.close()  # returns when the thread is done
    assert time.monotonic() - began < 4.0


def test_storage_that_fails_is_said(panel: WhatIf, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Iterator[str]:
        raise StorageError("disk_error", message("error-disk-error", file="metrics.db"))

    monkeypatch.setattr(FlightRecorder, "lines", broken)
    assert ask(panel, qtbot, 90.0)


def test_playing_lets_others_have_their_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause every few milliseconds of work: else the window waits for the interpreter's lock."""
    flight = Flight(tmp_path)
    flight.run(500)
    pauses: list[float] = []
    monkeypatch.setattr("autocut_tray.ui.widgets.what_if.time.sleep", pauses.append)
    reached: list[float] = []
    play(flight.history, {"vram_on": 90.0}, 0.0, 9e9, CancelToken(), reached.append)
    assert len(pauses) >= 9
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        play(flight.history, {"vram_on": 90.0}, 0.0, 9e9, token, reached.append)
    flight.history.close()
