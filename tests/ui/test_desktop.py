"""The window and the tray together: closing, hints, language, theme, layout."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from autocut_tray.core.autostart import Autostart
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.ui.content import Content
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.strip_state import StripAction
from autocut_tray.ui.theme.tokens import DARK, LIGHT
from autocut_tray.ui.tray import Tray
from autocut_tray.ui.widgets.meters import readings
from autocut_tray.ui.widgets.sidebar import PAGES
from tests.fakes import FakeEntry
from tests.golden.machines import MACHINES
from tests.screenshots import add_receipts, fill_history
from tests.ui import fake_services as fakes
from tests.ui.conftest import PLOTS_MS
from tests.ui.fake_services import DEGRADED, EMERGENCY, RUNNING, FakeServices


@pytest.fixture
def tray(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tray]:
    made = Tray()
    made.said = []  # type: ignore[attr-defined]
    monkeypatch.setattr(made, "say", made.said.append)  # type: ignore[attr-defined]
    desktop.use_tray(made)
    yield made
    made.close()


class TestClosing:
    def test_close_goes_to_the_tray_and_says_so_once(
        self, desktop: Desktop, tray: Tray, qtbot: QtBot
    ) -> None:
        quits: list[bool] = []
        desktop.quit_wanted.connect(lambda: quits.append(True))
        desktop.show_window()
        assert desktop.window is not None
        desktop.window.close()
        assert not desktop.window.isVisible()
        assert len(tray.said) == 1  # type: ignore[attr-defined]
        desktop.show_window()
        desktop.window.close()
        assert len(tray.said) == 1  # type: ignore[attr-defined]
        assert not quits

    def test_close_ends_the_program_when_the_person_wants_it_so(
        self, desktop: Desktop, services: FakeServices, tray: Tray, qtbot: QtBot
    ) -> None:
        services.settings.set("ui.close_to_tray", False)
        desktop.show_window()
        assert desktop.window is not None
        with qtbot.waitSignal(desktop.quit_wanted):
            desktop.window.close()

    def test_close_ends_the_program_without_a_tray(self, desktop: Desktop, qtbot: QtBot) -> None:
        desktop.show_window()
        assert desktop.window is not None
        with qtbot.waitSignal(desktop.quit_wanted):
            desktop.window.close()

    def test_minimise_stays_in_the_task_bar_unless_the_person_wants_it_otherwise(
        self, desktop: Desktop, services: FakeServices, tray: Tray, qtbot: QtBot
    ) -> None:
        desktop.show_window()
        window = desktop.window
        assert window is not None
        window.showMinimized()
        qtbot.wait(0)
        assert window.isVisible()
        desktop.show_window()
        services.settings.set("ui.minimize_to_tray", True)
        window.showMinimized()
        qtbot.waitUntil(lambda: not window.isVisible())
        desktop.show_window()
        assert window.isVisible() and not window.isMinimized()

    def test_minimise_keeps_the_window_where_there_is_no_tray(
        self, desktop: Desktop, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.settings.set("ui.minimize_to_tray", True)
        desktop.show_window()
        assert desktop.window is not None
        desktop.window.showMinimized()
        qtbot.wait(0)
        assert desktop.window.isVisible(), "never an invisible process"

    def test_a_maximised_window_comes_back_maximised(self, desktop: Desktop, qtbot: QtBot) -> None:
        desktop.show_window()
        assert desktop.window is not None
        desktop.window.showMaximized()
        desktop.window.showMinimized()
        desktop.show_window()
        assert desktop.window.isMaximized()

    def test_a_tray_that_goes_brings_the_window_back(
        self, desktop: Desktop, tray: Tray, qtbot: QtBot
    ) -> None:
        desktop.show_window()
        assert desktop.window is not None
        desktop.window.close()
        desktop.lose_tray()
        assert desktop.window.isVisible()

    def test_place_and_page_are_remembered(
        self, desktop: Desktop, qapp: QApplication, services: FakeServices, qtbot: QtBot
    ) -> None:
        desktop.show_window("events")
        assert desktop.window is not None
        desktop.window.resize(1111, 707)
        desktop.close()
        again = Desktop(qapp, services)  # type: ignore[arg-type]
        again.show_window()
        assert again.window is not None and again.content is not None
        assert again.window.height() == 707  # the width is the least one: this screen is narrower
        assert again.content.current_page == "events"
        again.close()


class TestStartingWithTheComputer:
    def test_one_switch(
        self, desktop: Desktop, services: FakeServices, entry: FakeEntry, qtbot: QtBot
    ) -> None:
        services.settings.set("ui.start_hidden", True)
        services.settings.set("ui.autostart", True)
        qtbot.waitUntil(lambda: entry.calls == ["write"])
        services.settings.set("ui.autostart", None)
        qtbot.waitUntil(lambda: entry.calls == ["write", "remove"])

    def test_the_entry_is_brought_up_to_date_at_the_start(
        self, qapp: QApplication, services: FakeServices, autostart: Autostart, entry: FakeEntry, qtbot: QtBot
    ) -> None:
        services.settings.set("ui.autostart", True)
        again = Desktop(qapp, services, autostart=autostart)  # type: ignore[arg-type]
        qtbot.waitUntil(lambda: entry.calls == ["refresh"])
        again.close()

    def test_a_refusal_is_said_and_the_switch_goes_back(
        self, content: Content, services: FakeServices, entry: FakeEntry, qtbot: QtBot
    ) -> None:
        entry.error = PermissionError(13, "Permission denied")
        services.settings.set("ui.autostart", True)
        qtbot.waitUntil(lambda: not services.settings.current.ui.autostart)
        qtbot.waitUntil(lambda: "Permission denied" in content.notice_words)


class TestLooks:
    @pytest.fixture
    def all_pages(self, content: Content, services: FakeServices, qtbot: QtBot) -> Content:
        services.monitor.latest = fakes.BUSY_SAMPLE
        fakes.find_mid_machine(services)
        services.controller.become(RUNNING)
        services.jobs.put(fakes.describing(), [fakes.scene(1), fakes.scene(2, None)])
        for name in PAGES:
            content.open_page(name)
        page = content.page("monitor")
        content.open_page("monitor")
        qtbot.waitUntil(lambda: page.plots is not None, timeout=PLOTS_MS)  # type: ignore[attr-defined]
        content.open_page("overview")
        return content

    def texts(self, root: QWidget) -> set[str]:
        found = {label.text() for label in root.findChildren(QLabel)}
        found |= {button.text() for button in root.findChildren(QAbstractButton)}
        found |= {line.placeholderText() for line in root.findChildren(QLineEdit)}
        return {text for text in found if any(ch.isalpha() for ch in text)}

    def test_language_switches_live(self, all_pages: Content, services: FakeServices, qtbot: QtBot) -> None:
        services.settings.set("ui.language", "zh-CN")
        button = all_pages.strip.button(StripAction.UNDO)
        qtbot.waitUntil(lambda: button.text() == "撤销")
        left = [
            text
            for text in self.texts(all_pages)
            if not any("\u4e00" <= ch <= "\u9fff" for ch in text) and " " in text.strip()
        ]
        # What stays Latin: names, paths, figures with units, what a model wrote.
        names = (
            "AutoCut Director", "NVIDIA", "AMD", "DaVinci", "Moondream 2", "GB", "LM Studio", "clip.mp4",
            "A sailing boat", "Class",
        )  # fmt: skip
        assert not [text for text in left if not any(name in text for name in names)], left
        services.settings.set("ui.language", "en")
        qtbot.waitUntil(lambda: button.text() == "Undo")

    def test_theme_switches_live(
        self, all_pages: Content, services: FakeServices, qtbot: QtBot, desktop: Desktop, qapp: QApplication
    ) -> None:
        services.settings.set("ui.theme", "light")
        qtbot.waitUntil(lambda: desktop.theme.tokens == LIGHT)
        light = all_pages.grab().toImage()
        assert light.pixelColor(206, 60).name().upper() == LIGHT.bg
        services.settings.set("ui.theme", "dark")
        qtbot.waitUntil(lambda: desktop.theme.tokens == DARK)
        dark = all_pages.grab().toImage()
        assert dark.pixelColor(100, 400).name().upper() == DARK.side
        assert dark.pixelColor(206, 60).name().upper() == DARK.bg

    @pytest.mark.parametrize("name", PAGES)
    @pytest.mark.parametrize("width", [960, 1180, 1600])
    def test_nothing_needs_more_room_than_the_window_has(
        self, all_pages: Content, desktop: Desktop, qapp: QApplication, name: str, width: int
    ) -> None:
        assert desktop.window is not None
        desktop.window.resize(width, 640)
        all_pages.open_page(name)
        qapp.processEvents()
        assert desktop.window.width() == width
        right = all_pages.rect().right()
        for button in all_pages.findChildren(QPushButton):
            if button.isVisible() and button.text():
                assert button.width() >= button.minimumSizeHint().width(), button.text()
                assert button.mapTo(all_pages, button.rect().topRight()).x() <= right, button.text()

    def test_everything_to_press_has_a_name(self, all_pages: Content) -> None:
        unnamed = [
            button
            for button in all_pages.findChildren(QAbstractButton)
            if not (button.accessibleName() or button.text()) and button.objectName()[:3] != "qt_"
        ]
        assert not unnamed

    def test_columns_become_one_in_a_narrow_window(
        self, all_pages: Content, desktop: Desktop, qapp: QApplication
    ) -> None:
        page = all_pages.page("overview")
        assert desktop.window is not None
        for width, beside in ((1180, True), (1000, False)):
            desktop.window.resize(width, 760)
            qapp.processEvents()
            tops = (
                page.found.mapTo(page, page.found.rect().topLeft()),
                page.how.mapTo(  # type: ignore[attr-defined]
                    page,
                    page.how.rect().topLeft(),  # type: ignore[attr-defined]
                ),
            )
            assert (tops[0].y() == tops[1].y()) is beside


class TestKeys:
    def test_pages_by_number(self, content: Content, desktop: Desktop, qtbot: QtBot) -> None:
        for number, name in enumerate(PAGES, start=1):
            keys = QKeySequence(f"Ctrl+{number}")[0]
            qtbot.keyClick(content, keys.key(), keys.keyboardModifiers())
            assert content.current_page == name

    def test_undo_by_key_only_when_there_is_something(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        qtbot.keyClick(content, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        services.controller.become(DEGRADED)
        qtbot.keyClick(content, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: services.controller.calls == [("undo",)])

    def test_search_by_key(self, content: Content, services: FakeServices, qtbot: QtBot) -> None:
        content.open_page("events")
        qtbot.keyClick(content, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert isinstance(QApplication.focusWidget(), QLineEdit)

    def test_tab_goes_to_sidebar_strip_and_page_and_shows_where_it_is(
        self, content: Content, desktop: Desktop, services: FakeServices, qtbot: QtBot
    ) -> None:
        assert desktop.window is not None
        fakes.find_mid_machine(services)
        qtbot.waitUntil(lambda: content.strip.button(StripAction.ANALYSE).isVisible())
        before = content.grab().toImage()
        seen: list[str] = []
        for _ in range(3):
            qtbot.keyClick(desktop.window.focusWidget() or desktop.window, Qt.Key.Key_Tab)
            widget = desktop.window.focusWidget()
            assert widget is not None
            seen.append(widget.accessibleName())
            assert content.grab().toImage() != before, widget.accessibleName()
        assert seen == ["Overview", "Analyse files…", "Detect again"]

    def test_arrows_walk_through_the_pages(self, content: Content, desktop: Desktop, qtbot: QtBot) -> None:
        assert desktop.window is not None
        qtbot.keyClick(desktop.window, Qt.Key.Key_Tab)
        for name in PAGES[1:]:
            qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QAbstractButton))
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
            assert content.current_page == name


class TestStrip:
    def test_follows_state_jobs_and_page(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        def what() -> str:
            state = content.strip.state
            return services.translator.text(state.what) if state else ""

        assert what() == "Looking at this PC"
        fakes.find_mid_machine(services)
        qtbot.waitUntil(lambda: what() == "Ready on GPU")
        services.controller.become(RUNNING)
        services.jobs.put(fakes.describing(done=3, planned=10))
        qtbot.waitUntil(lambda: what() == "Running on GPU")
        assert content.strip.progress == "clip.mp4, 3 of 10 scenes"
        services.controller.become(DEGRADED)
        qtbot.waitUntil(lambda: what() == "Running on CPU since 14:02")
        content.strip.button(StripAction.UNDO).click()
        qtbot.waitUntil(lambda: services.controller.calls == [("undo",)])
        services.controller.become(EMERGENCY)
        qtbot.waitUntil(lambda: content.strip.property("kind") == "crit")
        assert content.strip.progress == ""

    def test_emergency_offers_advice(self, content: Content, services: FakeServices, qtbot: QtBot) -> None:
        services.monitor.latest = fakes.sample(ram_available=800)
        fakes.find_mid_machine(services)
        services.controller.become(EMERGENCY)
        button = content.strip.button(StripAction.ADVICE)
        qtbot.waitUntil(button.isVisible)
        button.click()
        dialog = QApplication.activeWindow() or QApplication.topLevelWidgets()[0]
        texts = [label.text().replace("\u00a0", " ") for w in QApplication.topLevelWidgets()
                 for label in w.findChildren(QLabel)]  # fmt: skip
        assert any("when 2.5 GB is free" in text for text in texts)
        dialog.close()
        for widget in QApplication.topLevelWidgets():
            if widget.windowTitle() == "What can I do?":
                widget.close()

    def test_pause_and_resume(self, content: Content, services: FakeServices, qtbot: QtBot) -> None:
        fakes.find_mid_machine(services)
        services.controller.become(RUNNING)
        services.jobs.put(fakes.describing())
        content.open_page("analyse")
        pause, resume = (content.strip.button(action) for action in (StripAction.PAUSE, StripAction.RESUME))
        qtbot.waitUntil(pause.isVisible)
        pause.click()
        qtbot.waitUntil(resume.isVisible)
        assert services.jobs.paused
        resume.click()
        qtbot.waitUntil(pause.isVisible)

    def test_count_of_jobs_stands_beside_analyse(
        self, content: Content, services: FakeServices, qtbot: QtBot
    ) -> None:
        services.jobs.put(fakes.describing("a"))
        services.jobs.put(fakes.job("b"))
        services.jobs.put(fakes.failed("c"))
        qtbot.waitUntil(lambda: content.sidebar.count == "2")


class TestMeters:
    def test_repainted_only_when_a_figure_changed(
        self, content: Content, services: FakeServices, qapp: QApplication
    ) -> None:
        meters = content.sidebar.meters
        services.monitor.latest = fakes.sample(cpu_percent=10.1)
        meters.refresh()
        qapp.processEvents()
        painted = meters.repaints
        services.monitor.latest = fakes.sample(cpu_percent=10.2)
        meters.refresh()
        qapp.processEvents()
        assert meters.repaints == painted
        services.monitor.latest = fakes.sample(cpu_percent=50.0)
        meters.refresh()
        qapp.processEvents()
        assert meters.repaints == painted + 1

    def test_spoken_with_units_and_state(self, content: Content, services: FakeServices) -> None:
        services.monitor.latest = fakes.sample(ram_available=819)
        content.sidebar.meters.refresh()
        name = content.sidebar.meters.accessibleName().replace("\u00a0", " ")
        assert "VRAM 1.2 / 8.0 GB, below the limit" in name
        assert "RAM 15.2 / 16.0 GB, above the emergency limit" in name

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            (None, ("unknown", "未知")),
            ("cpu-bare", ("none", "无")),
            ("cpu-ollama", ("none", "无")),
            ("cpu-unread-card", ("unknown", "未知")),
            ("cpu-silent-probe", ("unknown", "未知")),
            ("unknown", ("unknown", "未知")),
            ("apple-m2", ("unknown", "未知")),
            ("mid-ready", ("unknown", "未知")),
        ],
    )
    def test_none_is_said_only_where_there_is_certainly_no_card(
        self, content: Content, services: FakeServices, name: str | None, words: tuple[str, str]
    ) -> None:
        if name is not None:
            services.detection.find(MACHINES[name])
        nothing = fakes.sample(vram_used=None, vram_total=None)
        for language, word in zip(("en", "zh-CN"), words, strict=True):
            services.translator.set_language(language)
            for sample in (None, nothing):
                vram, ram, _ = readings(content.ctx, sample, Thresholds())
                assert (vram.figure, vram.share, vram.tick) == (word, None, None)
                if sample is None:
                    assert ram.figure in ("unknown", "未知")
        services.monitor.latest = nothing
        content.sidebar.meters.refresh()
        assert content.sidebar.meters.accessibleName().startswith(f"显存 {words[1]};")

    def test_stops_when_hidden(self, content: Content, desktop: Desktop, qapp: QApplication) -> None:
        assert desktop.window is not None
        assert content.sidebar.meters.ticking
        desktop.window.hide()
        assert not content.sidebar.meters.ticking


def test_a_window_opened_and_closed_many_times_leaves_nothing(
    desktop: Desktop, services: FakeServices, qapp: QApplication
) -> None:
    """Objects below the window stay the same in number while pages and jobs come and go."""
    desktop.show_window()
    assert desktop.window is not None and desktop.content is not None

    def count() -> int:
        for _ in range(3):
            qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            qapp.processEvents()
        return len(desktop.window.findChildren(QWidget))

    fakes.find_mid_machine(services)
    for name in PAGES:
        desktop.content.open_page(name)
    counts = []
    for turn in range(5):
        fakes.find_mid_machine(services, available_gib=5.0 + turn)
        services.jobs.put(fakes.describing(done=turn), [fakes.scene(1)])
        for name in PAGES:
            desktop.content.open_page(name)
        desktop.window.hide()
        desktop.show_window()
        counts.append(count())
    assert len(set(counts[1:])) == 1, counts


def test_nothing_flashes_up_as_a_window_of_its_own(
    desktop: Desktop, services: FakeServices, qapp: QApplication, qtbot: QtBot
) -> None:
    """A widget that is shown before it has a place would be a window for a moment."""

    class Windows(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.seen: list[str] = []

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                self.seen.append(type(watched).__name__)
            return False

    windows = Windows()
    qapp.installEventFilter(windows)
    desktop.show_window()
    assert desktop.content is not None
    fill_history(services.history)
    add_receipts(services)
    fakes.find_mid_machine(services)
    services.jobs.put(fakes.describing(), [fakes.scene(1)])
    services.controller.become(DEGRADED)
    for name in PAGES:
        desktop.content.open_page(name)
        qapp.processEvents()
    page = desktop.content.page("monitor")
    desktop.content.open_page("monitor")
    qtbot.waitUntil(lambda: page.plots is not None and len(page.receipts.rows) == 3)  # type: ignore[attr-defined]
    services.controller.become(EMERGENCY)
    qtbot.waitUntil(lambda: desktop.content.strip.property("kind") == "crit")
    qapp.removeEventFilter(windows)
    assert windows.seen == ["Window"]
