"""Light or dark, live: by the person's choice, else as the system says."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from autocut_tray.ui.theme.tokens import DARK, LIGHT, Tokens

SYSTEM = "auto"
_SCHEMES = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light, SYSTEM: Qt.ColorScheme.Unknown}


class Theme(QObject):
    """Holds the tokens in force; ``changed`` tells what is painted by hand to paint again.

    Without a word from the system it is dark: it sits beside footage. Under the system's high contrast it lays
    no style sheet, and the tokens come from the system's own palette.
    """

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = SYSTEM, *, dressed: bool = True) -> None:
        """``dressed``: now; else the application keeps its own looks until :meth:`dress`."""
        super().__init__()
        self._app = app
        self._choice = choice if choice in _SCHEMES else SYSTEM
        self._applied: Tokens | None = None
        self._dressed = False
        self.tokens = DARK
        if dressed:
            self.dress()

    def dress(self) -> None:
        """Give the application its looks, if it has none yet: 3 MiB that a program without a window does without."""
        if self._dressed:
            return
        from autocut_tray.ui.theme.fonts import interface_font

        self._dressed = True
        self._app.setStyle("Fusion")
        self._app.setFont(interface_font())
        self._app.styleHints().setColorScheme(_SCHEMES[self._choice])
        self._app.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def choice(self) -> str:
        return self._choice

    def set_choice(self, choice: str) -> None:
        """``auto`` (as the system says), ``dark`` or ``light``; anything else means ``auto``."""
        choice = choice if choice in _SCHEMES else SYSTEM
        if choice == self._choice:
            return
        self._choice = choice
        if self._dressed:
            self._app.styleHints().setColorScheme(_SCHEMES[choice])
            self._apply()

    def _apply(self) -> None:
        from autocut_tray.ui.theme.palette import high_contrast, palette_of, tokens_of
        from autocut_tray.ui.theme.qss import sheet

        contrast = high_contrast(self._app)
        tokens = tokens_of(self._app.palette()) if contrast else self._wanted()
        if tokens == self._applied:
            return
        self.tokens = self._applied = tokens
        if contrast:
            self._app.setStyleSheet("")
        else:
            self._app.setPalette(palette_of(tokens))
            self._app.setStyleSheet(sheet(tokens))
        self.changed.emit()

    def _wanted(self) -> Tokens:
        if self._choice != SYSTEM:
            return LIGHT if self._choice == "light" else DARK
        return LIGHT if self._app.styleHints().colorScheme() is Qt.ColorScheme.Light else DARK
