from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from autocut_tray.core.policy.control_state import ControllerState
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier
from autocut_tray.core.sample import Holder
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.tray import Tray
from autocut_tray.ui.tray_words import TOOLTIP_LIMIT, Entry, health_of, menu_items, plain_lines
from tests.ui import fake_services as fakes
from tests.ui.fake_services import DEGRADED, EMERGENCY, READY, RUNNING, FakeServices


@pytest.fixture
def tray(desktop: Desktop) -> Iterator[Tray]:
    made = Tray()
    made.show()
    yield made
    made.close()


def entries(state: ControllerState | None, active: int = 0, *, paused: bool = False) -> list[Entry]:
    return [item.entry for item in menu_items(state, active, paused=paused) if item.entry is not Entry.LINE]


def labels(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def action(menu: QMenu, text: str) -> QAction:
    return next(one for one in menu.actions() if one.text() == text)


def test_menu_while_starting() -> None:
    assert entries(None) == [Entry.OPEN, Entry.QUIT]


def test_menu_of_an_idle_machine() -> None:
    assert entries(READY) == [
        Entry.OPEN,
        Entry.FILES,
        Entry.FOLDER,
        Entry.DEGRADE,
        Entry.PIN,
        Entry.DIAGNOSTICS,
        Entry.LOGS,
        Entry.SETTINGS,
        Entry.QUIT,
    ]


@pytest.mark.parametrize(
    ("state", "active", "paused", "there", "absent"),
    [
        (RUNNING, 2, False, {Entry.PAUSE, Entry.DEGRADE}, {Entry.RESUME, Entry.UNDO}),
        (RUNNING, 2, True, {Entry.RESUME}, {Entry.PAUSE}),
        (DEGRADED, 1, False, {Entry.UNDO, Entry.DEGRADE}, set()),
        (EMERGENCY, 1, False, set(), {Entry.UNDO, Entry.DEGRADE}),
        (
            replace(READY, available=(Tier.PAUSED,), base=Tier.PAUSED),
            0,
            False,
            set(),
            {Entry.PIN, Entry.DEGRADE},
        ),
    ],
)
def test_menu_has_only_what_applies(
    state: ControllerState, active: int, paused: bool, there: set[Entry], absent: set[Entry]
) -> None:
    found = set(entries(state, active, paused=paused))
    assert there <= found
    assert not absent & found


def test_degrade_offers_the_tiers_below_only() -> None:
    choices = {item.entry: item.choices for item in menu_items(RUNNING, 0, paused=False)}
    assert choices[Entry.DEGRADE] == (Tier.CPU, Tier.PAUSED)
    assert choices[Entry.PIN] == (None, Tier.GPU, Tier.CPU)
    below = {item.entry: item.choices for item in menu_items(DEGRADED, 0, paused=False)}
    assert below[Entry.DEGRADE] == (Tier.PAUSED,)


def test_health() -> None:
    assert [health_of(s) for s in (READY, RUNNING, DEGRADED, EMERGENCY)] == ["ok", "ok", "warn", "crit"]
    assert health_of(replace(RUNNING, level=MemoryLevel.WARN)) == "warn"


def test_menu_before_the_services_are_there(tray: Tray) -> None:
    tray.rebuild_menu()
    assert labels(tray.menu) == ["Open", "Quit"]


def test_menu_is_rebuilt_when_it_opens(desktop: Desktop, services: FakeServices, tray: Tray) -> None:
    fakes.find_mid_machine(services)
    desktop.use_tray(tray)
    assert "Undo degradation" not in labels(tray.menu)
    services.controller.state = DEGRADED
    tray.menu.aboutToShow.emit()
    assert "Undo degradation" in labels(tray.menu)
    assert tray.menu.defaultAction() is action(tray.menu, "Open")
    assert labels(tray.submenus["degrade"]) == ["Pause"]


def test_menu_acts(desktop: Desktop, services: FakeServices, tray: Tray, qtbot: QtBot) -> None:
    fakes.find_mid_machine(services)
    services.controller.state = DEGRADED
    desktop.use_tray(tray)
    tray.rebuild_menu()
    action(tray.menu, "Undo degradation").trigger()
    action(tray.submenus["degrade"], "Pause").trigger()
    action(tray.submenus["pin"], "CPU").trigger()
    action(tray.submenus["pin"], "Not pinned").trigger()
    wanted = {("undo",), ("force", Tier.PAUSED), ("pin", Tier.CPU), ("pin", None)}
    qtbot.waitUntil(lambda: set(services.controller.calls) == wanted)
    action(tray.menu, "Settings").trigger()
    assert desktop.content is not None and desktop.content.current_page == "settings"


def test_pause_from_the_menu(desktop: Desktop, services: FakeServices, tray: Tray, qtbot: QtBot) -> None:
    fakes.find_mid_machine(services)
    services.jobs.put(fakes.describing())
    desktop.use_tray(tray)
    qtbot.waitUntil(lambda: desktop.book.active == 1)
    tray.rebuild_menu()
    action(tray.menu, "Pause analysis").trigger()
    qtbot.waitUntil(lambda: services.jobs.paused)
    tray.rebuild_menu()
    action(tray.menu, "Resume analysis").trigger()
    qtbot.waitUntil(lambda: not services.jobs.paused)


def test_icon_follows_the_state(desktop: Desktop, services: FakeServices, tray: Tray, qtbot: QtBot) -> None:
    assert tray.icon_state.tier is None
    services.monitor.latest = fakes.sample(vram_used=4094)
    fakes.find_mid_machine(services)
    desktop.use_tray(tray)
    assert (tray.icon_state.tier, tray.icon_state.health, tray.icon_state.ring) == ("GPU", "ok", 16)
    services.controller.become(DEGRADED)
    qtbot.waitUntil(lambda: tray.icon_state.health == "warn")
    assert tray.icon_state.tier == "CPU"
    services.jobs.put(fakes.describing())
    qtbot.waitUntil(lambda: tray.icon_state.job)
    services.controller.become(EMERGENCY)
    qtbot.waitUntil(lambda: (tray.icon_state.tier, tray.icon_state.health) == ("PAUSED", "crit"))


def test_the_dot_style_is_a_setting_that_counts_at_once(
    desktop: Desktop, services: FakeServices, tray: Tray, qtbot: QtBot
) -> None:
    desktop.use_tray(tray)
    assert not tray.icon_state.dot
    services.settings.set("ui.tray_style", "dot")
    qtbot.waitUntil(lambda: tray.icon_state.dot)
    fakes.find_mid_machine(services)
    assert tray.icon_state.dot


def test_ring_shows_memory_without_a_card(desktop: Desktop, services: FakeServices, tray: Tray) -> None:
    services.monitor.latest = fakes.sample(vram_used=None, vram_total=None, ram_available=8192)
    fakes.find_mid_machine(services)
    desktop.use_tray(tray)
    assert tray.icon_state.ring == 16


def test_tooltip_has_numbers_with_totals(desktop: Desktop, services: FakeServices, tray: Tray) -> None:
    services.monitor.latest = fakes.sample(vram_used=6041, vram_holders=(Holder("ollama.exe", 4198),))
    fakes.find_mid_machine(services)
    desktop.use_tray(tray)
    text = tray.tooltip.replace("\u00a0", " ")
    assert text.splitlines()[0] == "GPU · RTX 4060 · VRAM 5.9 / 8.0 GB (Ollama 4.1)"
    assert "RAM 6.6 / 16.0 GB · CPU 9 %" in text
    services.controller.state = DEGRADED
    tray.refresh()
    assert "Resolve is using 5.1" in tray.tooltip


def test_tooltip_keeps_whole_lines_within_the_limit_and_no_markup() -> None:
    assert plain_lines(["<img src=x> & co", "b"]) == "‹img src=x› ＆ co\nb"
    text = plain_lines(["a" * 100, "b" * 100])
    assert text == "a" * 100
    assert len(plain_lines(["c" * 300])) == TOOLTIP_LIMIT


def test_left_click_toggles_the_window(
    desktop: Desktop, services: FakeServices, tray: Tray, qtbot: QtBot
) -> None:
    desktop.use_tray(tray)
    tray.toggle_window.connect(desktop.toggle_window)
    click = QSystemTrayIcon.ActivationReason.Trigger
    tray.icon.activated.emit(click)
    assert desktop.window is not None
    qtbot.waitUntil(lambda: desktop.window.isActiveWindow())
    tray.icon.activated.emit(click)
    assert not desktop.window.isVisible()
    tray.icon.activated.emit(click)
    assert desktop.window.isVisible()
