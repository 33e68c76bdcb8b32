"""What is on the desktop once the services are there: the window's content, and what the tray says and does."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from autocut_tray.core.autostart import Autostart
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import Action, ActionKind
from autocut_tray.core.remedies.state import RemedyChanged
from autocut_tray.core.settings.store import SettingsChanged
from autocut_tray.ui.background import Background
from autocut_tray.ui.bridge import Bridge
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.diagnostics import doctor_report
from autocut_tray.ui.models.job_book import JobBook
from autocut_tray.ui.models.pace import Pace
from autocut_tray.ui.notices import Notices
from autocut_tray.ui.remembered import Remembered
from autocut_tray.ui.theme.theme import Theme

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from autocut_tray.bootstrap import Services
    from autocut_tray.ui.content import Content
    from autocut_tray.ui.tray import Tray
    from autocut_tray.ui.window import Window

log = logging.getLogger(__name__)

JUST_ACTIVE_SECONDS = 0.5
"""A click on the tray takes the focus from the window first; this long after, it still counts as in front."""


class Desktop(QObject):
    """Owns the window and what it works with. The content is built when the window is first wanted."""

    quit_wanted = Signal()
    window_shown = Signal()
    explained = Signal()
    plotted = Signal()

    def __init__(
        self,
        qt: QApplication,
        services: Services,
        theme: Theme | None = None,
        window: Window | None = None,
        autostart: Autostart | None = None,
    ) -> None:
        """``theme`` and ``window``: those that are up already."""
        super().__init__()
        self.services = services
        self.background = Background()
        self.bridge = Bridge(services.bus)
        ui = services.settings.current.ui
        self.theme = theme or Theme(qt, ui.theme, dressed=False)
        self.theme.set_choice(ui.theme)
        remembered = Remembered(services.paths.data, self.background.run)
        remembered.change(theme=ui.theme, hidden=ui.start_hidden, dot=ui.tray_style == "dot")
        self.ctx = UiContext(services, self.bridge, self.theme, self.background, remembered)
        self.book = JobBook(self.bridge)
        self.book.load(self.background, services.jobs.jobs)
        self.pace = Pace()
        self._notices = Notices(self.ctx, self.book)
        self._notices.said.connect(self._notify)
        self._freeing: set[Action] = set()
        self.bridge.remedy_changed.connect(self._remedy_changed)
        self.window: Window | None = None
        self.content: Content | None = None
        self._tray: Tray | None = None
        self._left_front = 0.0
        self.bridge.settings_changed.connect(self._settings_changed)
        self._starts = ui.autostart
        self._autostart = autostart or Autostart(lambda: services.settings.current.ui.autostart)
        self.background.run(self._autostart.refresh, failed=self._not_started_with_system)
        if window is not None:
            self._take_window(window)

    # -- window

    def show_window(self, page: str | None = None) -> None:
        """Build what is not there yet, and bring it to the front."""
        for step in self.window_steps(page):
            step()
        if self.window is not None:
            self.window.raise_up()

    def window_steps(self, page: str | None = None) -> tuple[Callable[[], None], ...]:
        """What builds it, in pieces between which the event loop may turn; each does what is not done yet."""
        return (
            self.theme.dress,
            self._make_window,
            self._make_content,
            lambda: self._open(page),
            self._prepare,
            self._fill,
        )

    def _make_window(self) -> None:
        if self.window is None:
            from autocut_tray.ui.window import Window

            self._take_window(Window(self.ctx.remembered.now.geometry))

    def _make_content(self) -> None:
        if self.content is None:
            from autocut_tray.ui.content import Content

            self.content = Content(self.ctx, self.book, self.pace)
            self.content.explanation_shown.connect(self.explained)
            self.content.plots_drawn.connect(self.plotted)

    def _open(self, page: str | None) -> None:
        """This page; else the one that is open, or was the last time."""
        if self.content is not None:
            self.content.open_page(page or self.content.current_page or self.ctx.remembered.now.page)

    def _prepare(self) -> None:
        if self.content is not None:
            self.content.prepare_page()

    def _fill(self) -> None:
        if self.window is not None and self.content is not None:
            self.window.fill(self.content)

    def toggle_window(self) -> None:
        """Away when it is in front, to the front when it is not."""
        window = self.window
        if window is None or not window.isVisible() or window.isMinimized():
            self.show_window()
            return
        in_front = window.isActiveWindow() or time.monotonic() - self._left_front < JUST_ACTIVE_SECONDS
        if in_front:
            self._remember_place()
            window.hide()
        else:
            self.show_window()

    def take_files(self, files: Sequence[str]) -> None:
        self._shown_content().add_paths(files)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        from PySide6.QtCore import QEvent  # late: its 180 kinds take memory, and only a window has any

        if event.type() == QEvent.Type.WindowDeactivate:
            self._left_front = time.monotonic()
        return False

    def _take_window(self, window: Window) -> None:
        self.window = window
        window.closed.connect(self._closed)
        # Queued: a window that is hidden while it is being minimised stays minimised in some desktops.
        window.minimized.connect(self._minimized, Qt.ConnectionType.QueuedConnection)
        window.first_painted.connect(self.window_shown)
        window.installEventFilter(self)

    def _shown_content(self) -> Content:
        self.show_window()
        assert self.content is not None
        return self.content

    def _closed(self) -> None:
        """To the tray, or the end where there is none or the person wants it so."""
        self._remember_place()
        if self._tray is None or not self.services.settings.current.ui.close_to_tray:
            self.quit_wanted.emit()
            return
        if not self.ctx.remembered.now.close_hint_given:
            self.ctx.remembered.change(close_hint_given=True)
            self._tray.say(self.ctx.t("ui-close-hint"))

    def _minimized(self) -> None:
        wanted = self._tray is not None and self.services.settings.current.ui.minimize_to_tray
        if wanted and self.window is not None and self.window.isMinimized():
            self._remember_place()
            self.window.hide()

    def _remember_place(self) -> None:
        if self.window is not None and self.content is not None and self.content.current_page:
            self.ctx.remembered.change(geometry=self.window.place, page=self.content.current_page)

    def save_place(self) -> None:
        """Write down where the window is, now and in this thread."""
        self._remember_place()
        self.ctx.remembered.save()

    def _settings_changed(self, event: SettingsChanged) -> None:
        ui = event.settings.ui
        self.ctx.remembered.change(theme=ui.theme, hidden=ui.start_hidden, dot=ui.tray_style == "dot")
        if ui.autostart != self._starts:
            self._starts = ui.autostart
            self.background.run(self._autostart.switch, failed=self._not_started_with_system)

    def _not_started_with_system(self, error: Exception) -> None:
        """Say so, and let the switch not promise what is not so."""
        log.warning("Starting with the computer was not set up: %s", error)
        if self.content is not None:
            self.content.notice_error(error)
        settings = self.services.settings
        if settings.current.ui.autostart and not settings.from_environment("ui.autostart"):
            self.background.run(lambda: settings.set("ui.autostart", False))

    # -- tray

    @property
    def tray(self) -> Tray | None:
        """The one that speaks for the program now."""
        return self._tray

    def use_tray(self, tray: Tray) -> None:
        """From now on the tray speaks for the program."""
        self._tray = tray
        controller = self.services.controller
        tray.attach(self.ctx, self.book)
        tray.menu.aboutToShow.connect(self.theme.dress)
        tray.analyse_files.connect(lambda: self._shown_content().choose_files())
        tray.analyse_folder.connect(lambda: self._shown_content().choose_folder())
        tray.open_settings.connect(lambda: self.show_window("settings"))
        tray.pause_or_resume.connect(self._pause_or_resume)
        tray.degrade.connect(lambda tier: self._act(lambda: controller.force(tier)))
        tray.undo.connect(lambda: self._act(controller.undo))
        tray.pin.connect(lambda tier: self._act(lambda: controller.pin(tier)))
        tray.free_vram.connect(self._free_vram)
        tray.copy_diagnostics.connect(self._copy_diagnostics)
        tray.view_logs.connect(self._view_logs)

    def lose_tray(self) -> None:
        """Never an invisible process: without a tray the window is shown."""
        self._tray = None
        self.show_window()

    def _pause_or_resume(self) -> None:
        jobs = self.services.jobs
        self._act(jobs.resume_all if jobs.paused else jobs.pause_all)

    def _act(self, work: Callable[[], object]) -> None:
        """In the background; what is refused is said in the window."""
        self.background.run(work, self._acted, lambda error: self._shown_content().notice_error(error))

    def _acted(self, _result: object) -> None:
        if self._tray is not None:
            self._tray.refresh()
        if self.content is not None:
            self.content.show_state()

    def _notify(self, text: str) -> None:
        """To the desktop, unless the window is in front and says it already."""
        in_front = self.window is not None and self.window.isActiveWindow()
        if self._tray is not None and not in_front:
            self._tray.say(text)

    def _free_vram(self) -> None:
        """Ask the server of the GPU tier to let our models go; how it went is told by the desktop."""
        policy = self.services.detection.policy
        route = policy.route(Tier.GPU) if policy is not None else None
        if route is not None:
            action = Action(ActionKind.FREE_VRAM, route.backend.value)
            self._freeing.add(action)
            self._act(lambda: self.services.remedies.start(action))

    def _remedy_changed(self, event: RemedyChanged) -> None:
        state = event.state
        if state.running or state.action not in self._freeing:
            return
        self._freeing.discard(state.action)
        words = [state.message, *((state.hint,) if state.hint is not None else ())]
        text = self.ctx.sentences(words)
        if self._tray is not None:
            self._tray.say(text)

    def _copy_diagnostics(self) -> None:
        language = self.services.translator.language
        self.ctx.background.run(lambda: doctor_report(language), self._take_report)

    def _take_report(self, report: str | None) -> None:
        code = "ui-diagnostics-failed"
        if report is not None:
            QGuiApplication.clipboard().setText(report)
            code = "ui-diagnostics-copied"
        if self._tray is not None:
            self._tray.say(self.ctx.t(code))

    def _view_logs(self) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        logs = self.services.paths.logs
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(logs))):
            self._shown_content().notice(self.ctx.t("ui-logs-at", folder=str(logs)))

    # -- end

    def close(self) -> None:
        """Nothing of it is seen or told anything any more; what it remembers is written."""
        self._remember_place()
        if self.window is not None:
            self.window.hide()
        self.bridge.close()
        self.background.close()
        self.ctx.remembered.save()
        for widget in (self.window, self.content):  # the content may not be in the window yet
            if widget is not None:
                widget.deleteLater()
        self.window = self.content = None
