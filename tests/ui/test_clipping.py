"""No word is cut: every page in the smallest window, in both languages, in one whose words are longer, and scaled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.ui.content import Content
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.pages.analyse import AnalysePage
from autocut_tray.ui.pages.settings import SettingsPage
from autocut_tray.ui.widgets.sidebar import PAGES
from autocut_tray.ui.window import SMALLEST
from tests.screenshots import add_receipts, fill_history
from tests.ui import fake_services as fakes
from tests.ui.clipping import cut_words, laid_on_each_other, what_stays_wrong
from tests.ui.conftest import wait_for_plots
from tests.ui.fake_services import DEGRADED, FakeServices


@pytest.fixture
def longer(services: FakeServices) -> Iterator[Callable[[], None]]:
    """Makes every text a third longer, in words, as a German one would be."""
    real = services.translator.t

    def stretched(code: str, /, **params: object) -> str:
        text = real(code, **params)  # type: ignore[arg-type]
        more = max(2, len(text) // 3)
        return text + (" langes Wort" * more)[:more]

    def begin() -> None:
        services.translator.t = stretched  # type: ignore[method-assign,assignment]

    yield begin
    services.translator.t = real  # type: ignore[method-assign]


@pytest.mark.parametrize("language", ["en", "zh-CN", "longer"])
def test_no_word_is_cut_in_the_smallest_window(
    content: Content,
    desktop: Desktop,
    services: FakeServices,
    longer: Callable[[], None],
    language: str,
    qtbot: QtBot,
    qapp: QApplication,
) -> None:
    if language == "longer":
        longer()
    elif language != "en":
        services.settings.set("ui.language", language)
        qtbot.waitUntil(lambda: services.translator.language == language)
    services.monitor.latest = fakes.BUSY_SAMPLE
    fakes.find_mid_machine(services)
    services.controller.become(DEGRADED)
    fill_history(services.history)
    add_receipts(services)
    services.jobs.put(fakes.failed())
    services.jobs.put(fakes.describing(), [fakes.scene(1, tier=Tier.CPU), fakes.scene(2, None)])
    services.plans.stored["j1"] = fakes.plan()
    assert desktop.window is not None
    desktop.window.resize(*SMALLEST)
    wrong: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for _ in range(4):
            qapp.processEvents()
        assert desktop.window is not None and desktop.window.width() == SMALLEST[0], f"{name} needs more room"
        if found := what_stays_wrong(content):
            wrong[name] = found

    for name in PAGES:
        content.open_page(name)
        page = content.page(name)
        if name == "monitor":
            wait_for_plots(page, qtbot)
        look(name)
        if isinstance(page, SettingsPage):
            for section in page.section_names:
                page.open_section(section)
                look(section)
        elif isinstance(page, AnalysePage):
            page.open_scenes("j1")
            qtbot.waitUntil(lambda: page.scenes.grid.scenes.rowCount() == 2)  # noqa: B023
            qtbot.waitUntil(lambda: page.scenes.cut.plan is not None)  # noqa: B023
            look("scenes")
    assert wrong == {}


@pytest.mark.parametrize("scale", [1.25, 1.5, 1.75])
def test_no_word_is_cut_in_a_scaled_window(scale: float) -> None:
    """Between whole numbers letters get other widths than those that a layout at 100 % was made for."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.ui.inside_scaled"],
        env={**os.environ, "QT_SCALE_FACTOR": str(scale), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == {"ratio": scale, "wrong": {}}


def test_what_is_cut_and_what_lies_on_another_is_found(qapp: QApplication) -> None:
    root = QWidget()
    first, second = QLabel("a label that is cut", root), QLabel("another", root)
    first.setGeometry(0, 0, 20, 20)
    second.setGeometry(10, 5, 200, 20)
    root.show()
    assert cut_words(root) == ["a label that is cut"]
    assert laid_on_each_other(root) == ["a label that is cut / another"]
    second.setGeometry(0, 17, 200, 20)
    assert laid_on_each_other(root) == [], "their letters do not touch"
    root.close()
    root.deleteLater()
