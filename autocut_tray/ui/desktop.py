"""What is on the desktop once the services are there: the window, and what the tray says and does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication

from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.ui.background import Background
from autocut_tray.ui.bridge import Bridge
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.diagnostics import diagnostics
from autocut_tray.ui.models.job_book import JobBook
from autocut_tray.ui.models.pace import Pace
from autocut_tray.ui.remembered import Remembered
from autocut_tray.ui.theme.theme import Theme
from autocut_tray.ui.window import Window

if TYPE_CHECKING:
    from autocut_tray.bootstrap import Services
    from autocut_tray.ui.tray import Tray

JUST_ACTIVE_SECONDS = 0.5
"""A click on the tray takes the focus from the window first; this long after, it still counts as in front."""


class Desktop(QObject):
    """Owns the window and what it works with. The window is built when it is first wanted."""

    quit_wanted = Signal()
    stage = Signal(str)

    def __init__(self, qt: QApplication, services: Services) -> None:
        super().__init__()
        self.services = services
        self.background = Background()
        self.bridge = Bridge(services.bus)
        self.theme = Theme(qt, services.settings.current.ui.theme)
        remembered = Remembered(services.paths.data, self.background.run)
        self.ctx = UiContext(services, self.bridge, self.theme, self.background, remembered)
        self.book = JobBook(self.bridge)
        self.book.load(self.background, services.jobs.jobs)
        self.pace = Pace()
        self.window: Window | None = None
        self._tray: Tray | None = None
        self._left_front = 0.0
        self._reached: set[str] = set()

    # -- window

    def show_window(self, page: str | None = None) -> None:
        """Build it if need be, and bring it to the front."""
        if self.window is None:
            self.window = Window(self.ctx, self.book, self.pace)
            self.window.closed.connect(self._closed)
            self.window.first_painted.connect(lambda: self._mark("window"))
            self.window.explanation_shown.connect(lambda: self._mark("explained"))
            self.window.plots_drawn.connect(lambda: self._mark("plots"))
            self.window.installEventFilter(self)
        if page is not None:
            self.window.open_page(page)
        self.window.raise_up()

    def toggle_window(self) -> None:
        """Away when it is in front, to the front when it is not."""
        window = self.window
        if window is None or not window.isVisible() or window.isMinimized():
            self.show_window()
            return
        in_front = window.isActiveWindow() or time.monotonic() - self._left_front < JUST_ACTIVE_SECONDS
        if in_front:
            window.remember_place()
            window.hide()
        else:
            self.show_window()

    def take_files(self, files: Sequence[str]) -> None:
        self.show_window()
        if self.window is not None:
            self.window.add_paths(files)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowDeactivate:
            self._left_front = time.monotonic()
        return False

    def _closed(self) -> None:
        """To the tray, or the end where there is none or the person wants it so."""
        if self._tray is None or not self.services.settings.current.ui.close_to_tray:
            self.quit_wanted.emit()
            return
        if not self.ctx.remembered.now.close_hint_given:
            self.ctx.remembered.change(close_hint_given=True)
            self._tray.say("AutoCut Director", self.ctx.t("ui-close-hint"))

    def _mark(self, stage: str) -> None:
        """Stages are told in their order, whatever order they are reached in."""
        self._reached.add(stage)
        for name in ("window", "explained", "plots"):
            if name not in self._reached:
                return
            self.stage.emit(name)

    # -- tray

    def use_tray(self, tray: Tray) -> None:
        """From now on the tray speaks for the program."""
        self._tray = tray
        tray.attach(self.ctx, self.book)
        tray.analyse_files.connect(lambda: self._with_window().choose_files())
        tray.analyse_folder.connect(lambda: self._with_window().choose_folder())
        tray.open_settings.connect(lambda: self.show_window("settings"))
        tray.pause_or_resume.connect(self._pause_or_resume)
        tray.degrade.connect(self._degrade)
        tray.undo.connect(lambda: self._act(self.services.controller.undo))
        tray.pin.connect(self._pin)
        tray.copy_diagnostics.connect(self._copy_diagnostics)
        tray.view_logs.connect(self._view_logs)

    def lose_tray(self) -> None:
        """Never an invisible process: without a tray the window is shown."""
        self._tray = None
        self.show_window()

    def _with_window(self) -> Window:
        self.show_window()
        assert self.window is not None
        return self.window

    def _pause_or_resume(self) -> None:
        jobs = self.services.jobs
        self._act(jobs.resume_all if jobs.paused else jobs.pause_all)

    def _degrade(self, tier: Tier) -> None:
        self._act(lambda: self.services.controller.force(tier))

    def _pin(self, tier: Tier | None) -> None:
        self._act(lambda: self.services.controller.pin(tier))

    def _act(self, work: object) -> None:
        """In the background; what is refused is said in the window."""
        assert callable(work)
        self.background.run(work, self._acted, self._refused)

    def _acted(self, _result: object) -> None:
        if self._tray is not None:
            self._tray.refresh()
        if self.window is not None:
            self.window.show_state()

    def _refused(self, error: Exception) -> None:
        self._with_window().notice_error(error)

    def _copy_diagnostics(self) -> None:
        QGuiApplication.clipboard().setText(diagnostics(self.services))

    def _view_logs(self) -> None:
        logs = self.services.paths.logs
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(logs))):
            self._with_window().notice(self.ctx.t("ui-logs-at", folder=str(logs)))

    # -- end

    def close(self) -> None:
        """Nothing of it is seen or told anything any more; what it remembers is written."""
        if self.window is not None:
            self.window.remember_place()
            self.window.hide()
        self.bridge.close()
        self.background.close()
        self.ctx.remembered.save()
        if self.window is not None:
            self.window.deleteLater()
            self.window = None
