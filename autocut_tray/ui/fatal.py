"""What is said when the program cannot start at all."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from autocut_tray.core.errors import AutoCutError
from autocut_tray.i18n import Translator, choose_language


def show_fatal(error: Exception, language: str | None, closed: Callable[[], None]) -> QMessageBox:
    """What happened and what to do, in one box; never a traceback."""
    translator = Translator(choose_language(language))
    box = QMessageBox(QMessageBox.Icon.Critical, "AutoCut Director", "")
    box.setTextFormat(Qt.TextFormat.PlainText)
    if isinstance(error, AutoCutError):
        box.setText(translator.text(error.message))
        if error.hint is not None:
            box.setInformativeText(translator.text(error.hint))
    else:
        box.setText(translator.t("error-internal"))
    box.addButton(translator.t("ui-close"), QMessageBox.ButtonRole.AcceptRole)
    box.finished.connect(lambda _result: closed())
    box.open()
    return box
