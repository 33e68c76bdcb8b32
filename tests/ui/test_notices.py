from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from autocut_tray.core.alert import Alert, AlertKind, AlertLevel
from autocut_tray.core.jobs.job import JobState
from autocut_tray.core.messages import message
from autocut_tray.core.policy.policy import Action, ActionKind
from autocut_tray.core.receipt import HeldBy, HeldMemory, Holders, Receipt, ReceiptKind
from autocut_tray.core.remedies.state import Phase, RemedyState
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.notices import NoticeLimit, worth_telling
from autocut_tray.ui.tray import Tray
from autocut_tray.ui.tray_words import Entry, menu_items
from tests.fakes import FakeClock
from tests.ui import fake_services as fakes
from tests.ui.fake_services import DEGRADED, READY, RUNNING, FakeServices


@pytest.fixture
def said(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the desktop was told."""
    words: list[str] = []
    tray = Tray()
    monkeypatch.setattr(tray, "say", words.append)
    desktop.use_tray(tray)
    yield words
    tray.close()


def test_at_most_one_a_minute_and_cause_and_none_in_the_first() -> None:
    clock = FakeClock()
    limit = NoticeLimit(clock)
    assert not limit.admit("vram")
    clock.advance(60)
    assert [limit.admit("vram"), limit.admit("vram"), limit.admit("ram")] == [True, False, True]
    clock.advance(60)
    assert limit.admit("vram")


@pytest.mark.parametrize(
    ("receipt", "told"),
    [
        (fakes.receipt(), True),
        (fakes.receipt(cause="recovered", better=True), True),
        (fakes.receipt(cause="start"), False),
        (fakes.receipt(kind=ReceiptKind.MANUAL, cause="forced"), False),
        (fakes.receipt(kind=ReceiptKind.MEMORY, to="WARN", cause="memory"), False),
        (fakes.receipt(kind=ReceiptKind.MEMORY, to="EMERGENCY", cause="emergency"), True),
    ],
)
def test_only_what_interrupts_anyway_is_told(receipt: Receipt, told: bool) -> None:
    assert worth_telling(receipt) is told


def test_a_degradation_names_the_culprit(
    desktop: Desktop, services: FakeServices, said: list[str], qtbot: QtBot
) -> None:
    services.clock.advance(61)
    services.controller.become(DEGRADED)
    services.add_receipt(fakes.receipt())
    services.add_receipt(fakes.receipt())
    qtbot.waitUntil(lambda: bool(said))
    qtbot.wait(20)
    assert [text.replace("\u00a0", " ") for text in said] == ["GPU → CPU\nResolve is using 5.1 GB of VRAM."]


def test_an_emergency_names_who_holds_the_memory(
    desktop: Desktop, services: FakeServices, said: list[str], qtbot: QtBot
) -> None:
    services.clock.advance(61)
    chrome = Holders(HeldMemory.RAM, (HeldBy("chrome", 9216),), None)
    services.add_receipt(
        fakes.receipt(
            kind=ReceiptKind.MEMORY, from_="WARN", to="EMERGENCY", cause="memory", metric=None, held_by=chrome
        )
    )
    qtbot.waitUntil(lambda: bool(said))
    assert said[0].replace("\u00a0", " ").endswith(" chrome held 9.0 GB of memory.")


def test_a_batch_is_told_once_at_its_end(
    desktop: Desktop, services: FakeServices, said: list[str], qtbot: QtBot
) -> None:
    services.clock.advance(61)
    services.jobs.put(fakes.job("old", state=JobState.DONE))
    for name in ("a", "b", "c"):
        services.jobs.put(fakes.job(name))
    qtbot.waitUntil(lambda: desktop.book.active == 3)
    desktop.book.settle()
    for name, state in (("a", JobState.DONE), ("b", JobState.FAILED)):
        services.jobs.put(fakes.job(name, state=state))
    qtbot.waitUntil(lambda: desktop.book.active == 1)
    desktop.book.settle()
    assert said == []
    services.jobs.put(fakes.job("c", state=JobState.DONE))
    qtbot.waitUntil(lambda: said == ["2 described, 1 failed. The window says why."])


def test_the_window_in_front_says_it_already(
    desktop: Desktop, services: FakeServices, said: list[str], qtbot: QtBot
) -> None:
    services.clock.advance(61)
    desktop.show_window()
    assert desktop.window is not None
    qtbot.waitUntil(desktop.window.isActiveWindow)
    services.controller.become(DEGRADED)
    services.add_receipt(fakes.receipt())
    qtbot.wait(30)
    assert said == []


class TestFreeVram:
    def test_offered_while_a_model_of_ours_may_hold_some(self) -> None:
        def offered(state: object) -> bool:
            items = menu_items(state, 0, paused=False)  # type: ignore[arg-type]
            return Entry.FREE_VRAM in [item.entry for item in items]

        assert offered(RUNNING)
        assert not offered(READY)
        assert not offered(DEGRADED)

    def test_says_what_came_back(
        self, desktop: Desktop, services: FakeServices, said: list[str], qtbot: QtBot
    ) -> None:
        fakes.find_mid_machine(services)
        services.controller.become(replace(RUNNING))
        assert desktop.tray is not None
        desktop.tray.free_vram.emit()
        action = Action(ActionKind.FREE_VRAM, "ollama")
        qtbot.waitUntil(lambda: services.remedies.calls == [("start", action)])
        services.remedies.tell(RemedyState(action, Phase.RUNNING, message("remedy-freeing", server="Ollama")))
        services.remedies.tell(
            RemedyState(
                action, Phase.DONE, message("remedy-freed", freed="1.9", held="1.9 GB", seconds="1.2")
            )
        )
        qtbot.waitUntil(lambda: bool(said))
        assert said[0].replace("\u00a0", " ") == "Freed 1.9 of 1.9 GB in 1.2 s."


class TestAlerts:
    @pytest.mark.parametrize(
        ("alert", "muted", "told"),
        [
            (fakes.alert(), False, True),
            (fakes.alert(level=AlertLevel.WARN), False, False),
            (fakes.alert(), True, False),
        ],
    )
    def test_only_what_is_critical_and_not_muted_is_told(
        self,
        desktop: Desktop,
        services: FakeServices,
        said: list[str],
        qtbot: QtBot,
        alert: Alert,
        muted: bool,
        told: bool,
    ) -> None:
        services.clock.advance(61)
        services.raise_alert(alert, muted=muted)
        qtbot.waitUntil(lambda: bool(said)) if told else qtbot.wait(30)
        words = "Processor fully busy\n97 % busy for 30 s, above the limit of 90 %."
        assert [text.replace("\u00a0", " ") for text in said] == ([words] if told else [])

    def test_a_memory_emergency_has_said_it_already(
        self, desktop: Desktop, services: FakeServices, said: list[str], qtbot: QtBot
    ) -> None:
        services.clock.advance(61)
        services.controller.become(fakes.EMERGENCY)
        services.raise_alert(fakes.alert(kind=AlertKind.MEMORY, value=97.0, threshold=95.0))
        qtbot.wait(30)
        assert said == []
        services.raise_alert(fakes.alert(kind=AlertKind.QUEUE, value=1200.0, threshold=1000.0))
        qtbot.waitUntil(lambda: bool(said))
        assert said[0].startswith("Very long queue\n1200 jobs waiting")

    def test_quiet_at_the_start(
        self, desktop: Desktop, services: FakeServices, said: list[str], qtbot: QtBot
    ) -> None:
        services.raise_alert(fakes.alert())
        qtbot.wait(30)
        assert said == []
