"""Everything that can be done is reached with Tab, in the order of the window, and says what it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QButtonGroup,
    QComboBox,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.ui.content import Content
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.pages.settings import SettingsPage
from autocut_tray.ui.widgets.sidebar import PAGES
from tests.screenshots import add_receipts, fill_history
from tests.ui import fake_services as fakes
from tests.ui.conftest import wait_for_plots
from tests.ui.fake_services import DEGRADED, FakeServices

KINDS = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QAbstractItemView)


def walk(desktop: Desktop, qtbot: QtBot) -> list[QWidget]:
    """What Tab comes to, from the window's own focus until it is there again."""
    window = desktop.window
    assert window is not None
    window.setFocus()
    found: list[QWidget] = []
    for _ in range(200):
        qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        widget = window.focusWidget()
        assert widget is not None
        if widget in found:
            return found
        found.append(widget)
    raise AssertionError("Tab never comes round")


def wanted(root: QWidget) -> list[QWidget]:
    """What a person could act on: visible, able, and no mere part of another control."""
    return [
        widget
        for kind in KINDS
        for widget in root.findChildren(kind)
        if widget.isVisibleTo(root)
        and widget.isEnabled()
        and not isinstance(widget.parent(), QLineEdit | QAbstractSpinBox | QComboBox | QAbstractItemView)
        and not widget.objectName().startswith("qt_")
    ]


def group_of(widget: QWidget) -> QButtonGroup | None:
    """Of buttons of which one is on: arrows go through them, Tab comes to one."""
    return widget.group() if isinstance(widget, QAbstractButton) else None


@pytest.fixture
def filled(content: Content, services: FakeServices, qtbot: QtBot) -> Content:
    services.monitor.latest = fakes.BUSY_SAMPLE
    fakes.find_mid_machine(services)
    services.controller.become(DEGRADED)
    fill_history(services.history)
    add_receipts(services)
    services.jobs.put(fakes.failed())
    services.jobs.put(fakes.describing(), [fakes.scene(1, tier=Tier.CPU), fakes.scene(2, None)])
    services.plans.stored["j1"] = fakes.plan()
    qtbot.waitUntil(lambda: len(content.book) == 2)
    return content


def check(content: Content, desktop: Desktop, qtbot: QtBot) -> None:
    QApplication.processEvents()
    reached = walk(desktop, qtbot)
    groups = {group_of(widget) for widget in reached} - {None}
    left = [
        f"{type(widget).__name__} {widget.accessibleName() or getattr(widget, 'text', str)()}"
        for widget in wanted(content)
        if widget not in reached and group_of(widget) not in groups
    ]
    assert left == []
    parts = [content.sidebar, content.strip]
    places = [next((n for n, part in enumerate(parts) if part.isAncestorOf(w)), 2) for w in reached]
    assert places == sorted(places), "sidebar, strip, page"
    nameless = [type(widget).__name__ for widget in reached if not widget.accessibleName()]
    assert nameless == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page(filled: Content, desktop: Desktop, qtbot: QtBot, name: str) -> None:
    filled.open_page(name)
    page = filled.page(name)
    if name == "monitor":
        wait_for_plots(page, qtbot)
    elif name == "events":
        qtbot.waitUntil(lambda: page.rows.rowCount() > 0)  # type: ignore[attr-defined]
    check(filled, desktop, qtbot)


def test_scenes_and_their_cut(filled: Content, desktop: Desktop, qtbot: QtBot) -> None:
    filled.open_page("analyse")
    page = filled.page("analyse")
    page.open_scenes("j1")  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.scenes.cut.plan is not None)  # type: ignore[attr-defined]
    check(filled, desktop, qtbot)


def test_every_section_of_the_settings(filled: Content, desktop: Desktop, qtbot: QtBot) -> None:
    filled.open_page("settings")
    page = filled.page("settings")
    assert isinstance(page, SettingsPage)
    for name in page.section_names:
        page.open_section(name)
        check(filled, desktop, qtbot)
