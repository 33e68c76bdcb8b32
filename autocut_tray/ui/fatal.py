"""What is said when the program cannot start at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox

from autocut_tray.core.errors import AutoCutError
from autocut_tray.i18n import Translator, choose_language


def show_fatal(error: Exception, language: str | None, logs: Path, closed: Callable[[], None]) -> QMessageBox:
    """What happened, what to do, and where the log is, in one box; never a traceback."""
    translator = Translator(choose_language(language))
    box = QMessageBox(QMessageBox.Icon.Critical, "AutoCut Director", "")
    box.setTextFormat(Qt.TextFormat.PlainText)
    more = []
    if isinstance(error, AutoCutError):
        box.setText(translator.text(error.message))
        if error.hint is not None:
            more.append(translator.text(error.hint))
    else:
        box.setText(translator.t("error-internal"))
    if logs.is_dir():  # not where the disk itself is the trouble
        more.append(translator.t("ui-logs-at", folder=str(logs)))
        _add_open(box, translator.t("ui-open-logs"), logs)
    box.setInformativeText("\n".join(more))
    close = box.addButton(translator.t("ui-close"), QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(close)
    box.setEscapeButton(close)
    box.finished.connect(lambda _result: closed())
    box.open()
    return box


def _add_open(box: QMessageBox, text: str, folder: Path) -> None:
    """A button that opens the folder and leaves the box where it is."""
    button = box.addButton(text, QMessageBox.ButtonRole.ActionRole)
    button.clicked.disconnect()  # what closes the box
    button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
