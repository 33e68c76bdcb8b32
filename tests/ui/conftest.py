"""A desktop with fake services, closed and checked for leaks after each test."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from autocut_tray.core.autostart import Autostart
from autocut_tray.ui.content import Content
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.pages.page import Page
from tests.fakes import FakeEntry
from tests.ui.fake_services import FakeServices, fake_services

PLOTS_MS = 60_000
"""The longest wait for the plots: they are read from the disk when first wanted, on a machine that may be busy."""

# What the offscreen platform cannot do and says so; on a real one these do not come.
OFFSCREEN = ("This plugin does not support", "systemTrayWindowChanged")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(*OFFSCREEN, extend=True))


@pytest.fixture(autouse=True)
def no_leaked_windows(qapp: QApplication) -> Iterator[None]:
    """Every window that a test opens is gone after it."""
    before = len(qapp.topLevelWidgets())
    yield
    for collect in (False, True):
        if collect:
            gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        qapp.processEvents()
        if len(qapp.topLevelWidgets()) <= before:
            return
    raise AssertionError(f"windows left: {qapp.topLevelWidgets()}")


@pytest.fixture
def services(tmp_path: Path) -> Iterator[FakeServices]:
    made = fake_services(tmp_path / "services")
    yield made
    made.close()


@pytest.fixture
def entry() -> FakeEntry:
    """What starts with the computer, nobody's real one."""
    return FakeEntry()


@pytest.fixture
def autostart(services: FakeServices, entry: FakeEntry) -> Autostart:
    return Autostart(lambda: services.settings.current.ui.autostart, lambda: entry)


@pytest.fixture
def desktop(
    qtbot: QtBot, qapp: QApplication, services: FakeServices, autostart: Autostart
) -> Iterator[Desktop]:
    """Not shown yet; nothing is known about the machine."""
    made = Desktop(qapp, services, autostart=autostart)  # type: ignore[arg-type]
    yield made
    made.close()


@pytest.fixture
def content(desktop: Desktop, services: FakeServices, qtbot: QtBot) -> Content:
    """The shown window's content, on its Overview."""
    desktop.show_window()
    assert desktop.content is not None and desktop.window is not None
    qtbot.waitUntil(desktop.window.isActiveWindow)
    return desktop.content


def wait_for_plots(page: Page, qtbot: QtBot) -> None:
    """Until the Monitor page has its plots and receipts."""
    from autocut_tray.ui.pages.monitor import MonitorPage

    assert isinstance(page, MonitorPage)
    qtbot.waitUntil(lambda: page.plots is not None and bool(page.receipts.rows), timeout=PLOTS_MS)
