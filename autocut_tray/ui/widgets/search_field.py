"""A line to search with: a glyph, a hint, a cross to clear; tells what was typed after a short rest."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from autocut_tray.ui.context import UiContext
from autocut_tray.ui.theme.icons import glyph_icon

REST_MS = 200
LEAST_WIDTH = 96


class SearchField(QLineEdit):
    """``searched`` carries the text, trimmed."""

    searched = Signal(str)

    def __init__(self, ctx: UiContext, code: str, width: int) -> None:
        super().__init__()
        self._ctx = ctx
        self._code = code
        self._width = width
        self.setMinimumWidth(LEAST_WIDTH)
        self.setMaximumWidth(width)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAcceptDrops(False)
        self.setMaxLength(200)
        self.setProperty("role", "search")
        self._lens = QAction(self)
        self._clear = QAction(self)
        self._clear.triggered.connect(self.clear)
        self._clear.setVisible(False)
        self.addAction(self._lens, QLineEdit.ActionPosition.LeadingPosition)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._tell)
        self.textChanged.connect(self._typed)
        ctx.theme.changed.connect(self._restyle)
        ctx.language_changed.connect(self._retranslate)
        self._restyle()
        self._retranslate()

    def sizeHint(self) -> QSize:
        """Its usual width; it gives way where the words beside it are long."""
        return QSize(self._width, super().sizeHint().height())

    def set_hint(self, code: str) -> None:
        self._code = code
        self._retranslate()

    def _typed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        if text:
            self._rest.start()
        else:
            self._rest.stop()
            self._tell()

    def _tell(self) -> None:
        self.searched.emit(self.text().strip())

    def _restyle(self) -> None:
        tokens = self._ctx.theme.tokens
        self._lens.setIcon(glyph_icon("search", tokens.text3))
        self._clear.setIcon(glyph_icon("x", tokens.text3))

    def _retranslate(self) -> None:
        hint = self._ctx.t(self._code)
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self._lens.setText(hint)
        self._clear.setText(self._ctx.t("ui-search-clear"))
