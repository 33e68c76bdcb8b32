"""The window of the self-test: every page with the real services, as a picture."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from autocut_tray.bootstrap import Services, build_services
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.events import EventBus
from autocut_tray.core.messages import Message, message
from autocut_tray.core.paths import Paths
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.ui.desktop import Desktop
from autocut_tray.ui.widgets.sidebar import PAGES

_LOOK_MS = 50
_COLOURS = 8
"""A page has at least so many: ground, panels, lines, and text with its soft edges."""


def show_pages(folder: Path, language: str) -> Message:
    """Open every page, and save it as ``window-LANGUAGE-PAGE.png`` in ``folder``. Raises AutoCutError."""
    services = _services(language)
    try:
        qt = QApplication(sys.argv[:1])
        qt.setQuitOnLastWindowClosed(False)
        desktop = Desktop(qt, services)
        try:
            _save_pages(desktop, folder, language)
        finally:
            desktop.close()
    finally:
        services.close()
    return message("selftest-window", n=len(PAGES))


def _services(language: str) -> Services:
    """The real ones, in the folders and for the model servers that the environment names."""
    paths = Paths.from_environment()
    bus = EventBus()
    settings = SettingsStore(paths.settings_file, bus, os.environ, paths.env_files)
    services = build_services(paths, settings, bus, language=language)
    services.start()
    return services


def _save_pages(desktop: Desktop, folder: Path, language: str) -> None:
    reached: set[str] = set()
    desktop.explained.connect(lambda: reached.add("overview"))
    desktop.plotted.connect(lambda: reached.add("monitor"))
    for page in PAGES:
        desktop.show_window(page=page)
        window = desktop.window
        assert window is not None
        if page in (
            "overview",
            "monitor",
        ):  # they fill when the machine is known, and when it has been measured
            _wait(lambda page=page: page in reached)  # type: ignore[misc]
        QApplication.processEvents()
        image = window.grab().toImage()
        if not image.save(str(folder / f"window-{language}-{page}.png"), "PNG"):  # type: ignore[call-overload]
            raise AutoCutError("picture_unsaved", message("selftest-picture-unsaved", page=page))
        if colours(image) < _COLOURS:
            raise AutoCutError("page_empty", message("selftest-page-empty", page=page))


def colours(image: QImage) -> int:
    """How many different ones there are in a picture."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    return len(set(memoryview(plain.constBits()).cast("B").cast("I")))


def _wait(reached: Callable[[], bool]) -> None:
    """Let the event loop turn until then; the limit of the step ends a wait that is in vain."""
    loop, timer = QEventLoop(), QTimer()
    timer.timeout.connect(lambda: loop.quit() if reached() else None)
    timer.start(_LOOK_MS)
    if not reached():
        loop.exec()
