"""The tray application: what is shown when, and who is told what."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from autocut_tray.core.clock import SystemClock
from autocut_tray.ui.faults import FaultHooks
from autocut_tray.ui.launch import LaunchOptions
from autocut_tray.ui.loader import Loader
from autocut_tray.ui.quitter import Quitter
from autocut_tray.ui.signals import ExitSignals
from autocut_tray.ui.stages import Stages
from autocut_tray.ui.tray import Tray
from autocut_tray.ui.tray_watch import TrayWatch

if TYPE_CHECKING:
    from pathlib import Path

    from autocut_tray.bootstrap import Services
    from autocut_tray.ui.desktop import Desktop

log = logging.getLogger(__name__)


class App(QObject):
    """Shows the tray icon, then builds the services beside the event loop, then gives them a desktop.

    Without a tray there is a window instead, and closing it ends the program; there is never neither.
    """

    attached = Signal(object)
    """The services are there and shown."""
    _raise = Signal(object)

    def __init__(
        self,
        qt: QApplication,
        options: LaunchOptions,
        build: Callable[[], Services],
        watch: TrayWatch | None = None,
    ) -> None:
        super().__init__()
        self._qt = qt
        self._options = options
        self._pending = list(options.files)
        self._raised = False
        self._code = 0
        self._services: Services | None = None
        self.desktop: Desktop | None = None
        self.tray: Tray | None = None
        self.watch = watch or TrayWatch()
        self.watch.changed.connect(self._tray_changed)
        self.quitter = Quitter()
        self._stages = Stages(options.quit_after, self.quit) if options.quit_after else None
        self._loader = Loader(build)
        self._loader.ready.connect(self._ready)
        self._loader.failed.connect(self._failed)
        self._raise.connect(self._raise_now, Qt.ConnectionType.QueuedConnection)
        qt.setQuitOnLastWindowClosed(False)
        qt.aboutToQuit.connect(self._about_to_quit)

    def start(self) -> None:
        """The icon first; everything else when it is up."""
        if self.watch.available:
            self._make_tray()
        QTimer.singleShot(0, self._started)

    def raise_window(self, files: Sequence[str] = ()) -> bool:
        """Show the window in front and analyse ``files``; may be called from any thread, before all is built."""
        self._raise.emit(tuple(files))
        return True

    def quit(self, code: int = 0) -> None:
        """End in order; a second call changes nothing."""
        if self.quitter.begun:
            return
        services, self._services = self._services, None
        self.watch.stop()
        if self.tray is not None:
            self.tray.close()
        if self.desktop is not None:
            self.desktop.close()
        loader = self._loader

        def close() -> None:
            if services is not None:
                services.close()
            else:
                loader.drop(timeout=60)

        self.quitter.begin(close, code)

    # -- start

    def _make_tray(self) -> None:
        tray = Tray()
        tray.toggle_window.connect(self._toggle)
        tray.open_window.connect(lambda: self.raise_window())
        tray.quit.connect(self.quit)
        self.tray = tray
        tray.show()

    def _started(self) -> None:
        self._reached("tray")
        if not self.quitter.begun:
            self._loader.start()

    def _ready(self, services: Services) -> None:
        if self.quitter.begun:
            return
        from autocut_tray.ui.desktop import Desktop

        self._services = services
        desktop = Desktop(self._qt, services)
        self.desktop = desktop
        desktop.quit_wanted.connect(self.quit)
        desktop.stage.connect(self._reached)
        if self.tray is not None:
            desktop.use_tray(self.tray)
        staged = self._stages is not None
        hidden = self._options.hidden or services.settings.current.ui.start_hidden
        if staged or self._raised or not hidden or self.tray is None:
            desktop.show_window(page="overview" if staged else None)
        if self._pending:
            desktop.take_files(self._pending)
            self._pending = []
        self.attached.emit(services)

    def _failed(self, error: Exception) -> None:
        from autocut_tray.ui.fatal import show_fatal

        log.error("The program cannot start: %s", error)
        show_fatal(error, self._options.language, lambda: self.quit(1))

    def _reached(self, stage: str) -> None:
        if self._stages is not None:
            self._stages.reached(stage)
            if stage == "explained" and self._stages.wants("plots") and self.desktop is not None:
                self.desktop.show_window(page="monitor")

    # -- while it runs

    def _tray_changed(self, available: bool) -> None:
        """A tray came or went."""
        if available and self.tray is None:
            self._make_tray()
            if self.desktop is not None and self.tray is not None:
                self.desktop.use_tray(self.tray)
        elif not available and self.tray is not None:
            self.tray.close()
            self.tray = None
            if self.desktop is not None:
                self.desktop.lose_tray()

    def _toggle(self) -> None:
        if self.desktop is not None:
            self.desktop.toggle_window()
        else:
            self._raised = True

    def _raise_now(self, files: tuple[str, ...]) -> None:
        if self.desktop is None:
            self._raised = True
            self._pending += files
            return
        self.desktop.show_window()
        if files:
            self.desktop.take_files(files)

    def _about_to_quit(self) -> None:
        """The system ends us (log-off, Dock): the loop is over, so close here and now."""
        if not self.quitter.begun and self._services is not None:
            if self.desktop is not None:
                self.desktop.close()
            self._services.close()
            self._services = None


def run(
    options: LaunchOptions,
    build: Callable[[], Services],
    logs: Path | None,
    started: Callable[[App], None] | None = None,
) -> int:
    """The whole life of the tray application; returns the exit code. ``started`` gets the app before its loop."""
    QGuiApplication.setApplicationName("AutoCutDirector")
    QGuiApplication.setApplicationDisplayName("AutoCut Director")
    QGuiApplication.setDesktopFileName("autocut-director")
    qt = QApplication(sys.argv[:1])
    app = App(qt, options, build)
    app.start()
    hooks = FaultHooks(SystemClock(), logs)
    signals = ExitSignals(app.quit)
    if started is not None:
        started(app)
    try:
        return qt.exec()
    finally:
        signals.close()
        hooks.remove()
