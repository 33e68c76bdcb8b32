"""The tray application: what is shown when, and who is told what."""

from __future__ import annotations

import importlib
import logging
import sys
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QSessionManager
from PySide6.QtWidgets import QApplication

from autocut_tray.ui.garbage import GarbageRounds
from autocut_tray.ui.launch import STAGES, LaunchOptions
from autocut_tray.ui.loader import Loader
from autocut_tray.ui.quitter import Quitter
from autocut_tray.ui.tray import Tray
from autocut_tray.ui.tray_watch import TrayWatch

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QMessageBox

    from autocut_tray.bootstrap import Services
    from autocut_tray.ui.desktop import Desktop
    from autocut_tray.ui.faults import FaultHooks
    from autocut_tray.ui.remembered import Memory
    from autocut_tray.ui.signals import ExitSignals
    from autocut_tray.ui.stages import Stages
    from autocut_tray.ui.theme.theme import Theme
    from autocut_tray.ui.window import Window


log = logging.getLogger(__name__)


class App(QObject):
    """First the tray icon, then the bare window, then the services beside the event loop, then what fills both.

    Without a tray there is always a window, and closing it ends the program; there is never neither.
    """

    attached = Signal(object)
    """The services are there and shown."""
    _raise = Signal(object)
    _leave = Signal()

    def __init__(
        self,
        qt: QApplication,
        options: LaunchOptions,
        build: Callable[[], Services],
        data: Path,
        logs: Path,
        watch: TrayWatch | None = None,
        quitter: Quitter | None = None,
    ) -> None:
        """``data``: the folder that remembers the window's place; ``logs``: that of the logs."""
        super().__init__()
        self._qt = qt
        self._options = options
        self._data = data
        self._logs = logs
        self._pending = list(options.files)
        self._raised = bool(options.files)
        self._services: Services | None = None
        self._theme: Theme | None = None
        self._early: Window | None = None
        self._stages: Stages | None = None
        self._fatal: QMessageBox | None = None
        """Held: a window without a parent lives as long as someone holds it."""
        self._marks: set[str] = set()
        self._steps: deque[Callable[[], object]] = deque()
        self.desktop: Desktop | None = None
        self.tray: Tray | None = None
        self.watch = watch or TrayWatch()
        self.watch.changed.connect(self._tray_changed)
        self.watch.polled.connect(self._refresh_tray)
        self.quitter = quitter or Quitter()
        self._loader = Loader(build)
        self._loader.ready.connect(self._ready)
        self._loader.failed.connect(self._failed)
        self._raise.connect(self._raise_now, Qt.ConnectionType.QueuedConnection)
        self._leave.connect(self.quit, Qt.ConnectionType.QueuedConnection)
        qt.setQuitOnLastWindowClosed(False)
        qt.aboutToQuit.connect(self._about_to_quit)
        qt.commitDataRequest.connect(self._session_ends)

    def start(self) -> None:
        """The icon now; everything else when it is up."""
        if self.watch.available:
            self._make_tray()
        QTimer.singleShot(0, self._started)

    def raise_window(self, files: Sequence[str] = ()) -> bool:
        """Show the window in front and analyse ``files``; may be called from any thread, before all is built."""
        self._raise.emit(tuple(files))
        return True

    def ask_to_quit(self) -> None:
        """End in order, soon; may be called from any thread."""
        self._leave.emit()

    def memory_error(self) -> None:
        """Memory was asked for in vain somewhere in this process; may be called from any thread."""
        services = self._services
        if services is not None:
            services.memory_error()

    def quit(self, code: int = 0) -> None:
        """End in order; a second call changes nothing."""
        if self.quitter.begun:
            return
        services, self._services = self._services, None
        self._take_off_screen()
        loader = self._loader

        def close() -> None:
            if services is not None:
                services.close()
            else:
                loader.drop(timeout=60)

        self.quitter.begin(close, code)

    # -- start

    def _make_tray(self) -> None:
        memory = self._remembered()
        tray = Tray(dot=memory is not None and memory.dot)
        tray.toggle_window.connect(self._toggle)
        tray.open_window.connect(lambda: self.raise_window())
        tray.quit.connect(lambda: self.quit())
        self.tray = tray
        tray.show()

    def _refresh_tray(self) -> None:
        if self.tray is not None:
            self.tray.refresh()

    def _started(self) -> None:
        self._mark("tray")
        if self.quitter.begun:
            return
        if self._window_wanted_early():
            self._go_on(self._lay_theme, self._make_early, self._show_early)
        self._go_on(self._loader.start)

    def _go_on(self, *steps: Callable[[], object]) -> None:
        """Take these steps after those that are due already, one for each turn of the event loop: whatever the person
        does meanwhile is answered in between."""
        if not self._steps:
            QTimer.singleShot(0, self._next_step)
        self._steps.extend(steps)

    def _next_step(self) -> None:
        """The first of the steps; it stays in line while it runs, so that what it adds comes after it."""
        if self.quitter.begun:
            self._steps.clear()
            return
        try:
            self._steps[0]()
        except Exception as error:  # else an empty window would stay, and nothing would say why
            log.exception("The window cannot be filled")
            self._steps.clear()
            self._failed(error)
            return
        self._steps.popleft()
        if self._steps:
            QTimer.singleShot(0, self._next_step)

    def _window_wanted_early(self) -> bool:
        """Before the settings are read: by the options, and by what was true the last time."""
        if self.tray is None or self._raised or self._options.quit_after is not None:
            return True
        if self._options.hidden:
            return False
        memory = self._remembered()
        return memory is None or not memory.hidden

    def _remembered(self) -> Memory | None:
        """What was true the last time; None at the first launch."""
        from autocut_tray.ui.remembered import read_memory

        return read_memory(self._data)

    def _lay_theme(self) -> None:
        from autocut_tray.ui.remembered import Memory
        from autocut_tray.ui.theme.theme import Theme

        self._theme = Theme(self._qt, (self._remembered() or Memory()).theme)

    def _make_early(self) -> None:
        from autocut_tray.ui.remembered import Memory
        from autocut_tray.ui.window import Window

        self._early = Window((self._remembered() or Memory()).geometry)
        self._early.first_painted.connect(lambda: self._mark("window"))
        self._early.closed.connect(self._early_closed)

    def _show_early(self) -> None:
        if self._early is not None:
            self._early.raise_up()

    def _early_closed(self) -> None:
        """Closed before there was anything in it: nobody asked for a program then."""
        if self.desktop is None:
            self.quit()

    def _ready(self, services: Services) -> None:
        """Read what is needed now, module by module, and make of it what is shown.

        In this thread: PySide makes its types when they are first touched, and two threads doing so at once crash.
        """
        self._services = services
        self._read("autocut_tray.ui.desktop")
        if self._early is not None:
            self._read("autocut_tray.ui.content")
            self._read("autocut_tray.ui.pages.overview")
        self._go_on(lambda: self._attach(services))

    def _read(self, module: str) -> None:
        self._go_on(lambda: importlib.import_module(module))

    def _attach(self, services: Services) -> None:
        from autocut_tray.ui.desktop import Desktop

        early, self._early = self._early, None
        desktop = Desktop(self._qt, services, self._theme, early)
        self.desktop = desktop
        desktop.quit_wanted.connect(lambda: self.quit())
        desktop.explained.connect(lambda: self._mark("explained"))
        desktop.plotted.connect(lambda: self._mark("plots"))
        self._use_tray()  # now: whether closing the window ends the program depends on it
        if early is not None or self._raised or self.tray is None:
            self._go_on(*desktop.window_steps("overview" if self._options.quit_after else None))
        if early is None and (self._raised or self.tray is None):
            self._go_on(desktop.show_window)
        self._go_on(lambda: self._attached(services))

    def _use_tray(self) -> None:
        if self.desktop is not None and self.tray is not None and self.desktop.tray is not self.tray:
            self.desktop.use_tray(self.tray)

    def _attached(self, services: Services) -> None:
        if self._pending and self.desktop is not None:
            self.desktop.take_files(self._pending)
            self._pending = []
        self.attached.emit(services)

    def _failed(self, error: Exception) -> None:
        """Say why and end; a run that is only measured just ends."""
        if self._options.quit_after is not None:
            self.quit(1)
            return
        from autocut_tray.ui.fatal import show_fatal

        self._fatal = show_fatal(error, self._options.language, self._logs, lambda: self.quit(1))

    def _mark(self, stage: str) -> None:
        """A stage of the start is reached; they are told in their order, whatever order they come in."""
        if self._options.quit_after is None:
            return
        from autocut_tray.ui.stages import Stages

        self._stages = self._stages or Stages(self._options.quit_after, self.quit)
        self._marks.add(stage)
        for name in STAGES:
            if name not in self._marks:
                return
            self._stages.reached(name)
            if name == "explained" and self._stages.next == "plots" and self.desktop is not None:
                self.desktop.show_window(page="monitor")

    # -- while it runs

    def _tray_changed(self, available: bool) -> None:
        """A tray came or went."""
        if available and self.tray is None:
            self._make_tray()
            self._use_tray()
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

    # -- end

    def _take_off_screen(self) -> None:
        self.watch.stop()
        if self.tray is not None:
            self.tray.close()
        if self.desktop is not None:
            self.desktop.close()
        if self._fatal is not None:
            self._fatal.deleteLater()
            self._fatal = None
        if self._early is not None:
            self._early.hide()
            self._early.deleteLater()
            self._early = None

    def _session_ends(self, manager: QSessionManager) -> None:
        """The person logs off: write down what is only in memory, and go on, for another program may still refuse.

        Jobs need nothing: what is done is on disk. Whether this program starts with the next session is its own
        setting's to say, not the session manager's.
        """
        manager.setRestartHint(QSessionManager.RestartHint.RestartNever)
        if self.desktop is not None:
            self.desktop.save_place()

    def _about_to_quit(self) -> None:
        """The system ends us (log-off, Dock): the loop is over, so close here and now."""
        if not self.quitter.begun and self._services is not None:
            services, self._services = self._services, None
            self._take_off_screen()
            services.close()


def run(
    options: LaunchOptions,
    build: Callable[[], Services],
    data: Path,
    logs: Path,
    started: Callable[[App], None] | None = None,
) -> int:
    """The whole life of the tray application; returns the exit code. ``started`` gets the app before its loop."""
    QGuiApplication.setApplicationName("AutoCutDirector")
    QGuiApplication.setApplicationDisplayName("AutoCut Director")
    QGuiApplication.setDesktopFileName("autocut-director")
    qt = QApplication(sys.argv[:1])
    garbage = GarbageRounds()
    app = App(qt, options, build, data, logs)
    if started is not None:
        started(app)
    app.watch.polled.connect(garbage.look)
    app.start()
    guards: list[FaultHooks | ExitSignals] = []

    def stand_guard() -> None:  # after the icon is up: reading these modules takes a few milliseconds, too
        from autocut_tray.core.clock import SystemClock
        from autocut_tray.ui.faults import FaultHooks
        from autocut_tray.ui.signals import ExitSignals

        guards.extend((FaultHooks(SystemClock(), logs, app.memory_error), ExitSignals(lambda: app.quit())))

    QTimer.singleShot(0, stand_guard)
    try:
        return qt.exec()
    finally:
        for guard in reversed(guards):
            guard.close()
        garbage.close()
