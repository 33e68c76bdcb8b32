"""Light or dark, live: by the person's choice, else as the system says."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from autocut_tray.ui.theme.fonts import interface_font
from autocut_tray.ui.theme.qss import sheet
from autocut_tray.ui.theme.tokens import DARK, LIGHT, Tokens

SYSTEM = "auto"
_SCHEMES = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light, SYSTEM: Qt.ColorScheme.Unknown}
_PALETTE = (
    (QPalette.ColorRole.Window, "bg"),
    (QPalette.ColorRole.WindowText, "text"),
    (QPalette.ColorRole.Base, "card"),
    (QPalette.ColorRole.AlternateBase, "raised"),
    (QPalette.ColorRole.Text, "text"),
    (QPalette.ColorRole.Button, "card"),
    (QPalette.ColorRole.ButtonText, "text"),
    (QPalette.ColorRole.ToolTipBase, "card"),
    (QPalette.ColorRole.ToolTipText, "text"),
    (QPalette.ColorRole.PlaceholderText, "text3"),
    (QPalette.ColorRole.Highlight, "fill"),
    (QPalette.ColorRole.HighlightedText, "on_fill"),
    (QPalette.ColorRole.Link, "accent"),
    (QPalette.ColorRole.Light, "raised"),
    (QPalette.ColorRole.Mid, "line2"),
    (QPalette.ColorRole.Dark, "line2"),
)


class Theme(QObject):
    """Holds the tokens in force; ``changed`` tells what is painted by hand to paint again.

    Without a word from the system it is dark: it sits beside footage. Under the system's high contrast it lays
    no style sheet, and the tokens come from the system's own palette.
    """

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = SYSTEM) -> None:
        super().__init__()
        self._app = app
        self._choice = choice if choice in _SCHEMES else SYSTEM
        self._applied: Tokens | None = None
        self.tokens = DARK
        app.setStyle("Fusion")
        app.setFont(interface_font())
        app.styleHints().setColorScheme(_SCHEMES[self._choice])
        app.styleHints().colorSchemeChanged.connect(self._apply)
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
        self._app.styleHints().setColorScheme(_SCHEMES[choice])
        self._apply()

    def _apply(self) -> None:
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


def high_contrast(app: QApplication) -> bool:
    """Whether the system asks for high contrast; False where Qt cannot tell (before 6.10)."""
    hints = app.styleHints()
    if not hasattr(hints, "accessibility"):
        return False
    return bool(hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast)


def palette_of(tokens: Tokens) -> QPalette:
    """For what the style sheet does not reach: Fusion's own drawing, pop-ups, dialogs."""
    palette = QPalette()
    for role, name in _PALETTE:
        palette.setColor(role, QColor(getattr(tokens, name)))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.text3))
    return palette


def tokens_of(palette: QPalette) -> Tokens:
    """Tokens for high contrast: every text the system's text colour, every line too."""

    def of(role: QPalette.ColorRole) -> str:
        return palette.color(role).name()

    ground, text = of(QPalette.ColorRole.Window), of(QPalette.ColorRole.WindowText)
    chosen, on_chosen = of(QPalette.ColorRole.Highlight), of(QPalette.ColorRole.HighlightedText)
    return Tokens(
        dark=palette.color(QPalette.ColorRole.Window).lightness() < 128,
        bg=ground,
        side=ground,
        card=ground,
        raised=ground,
        nav_on=ground,
        open=ground,
        line=text,
        line2=text,
        control=text,
        text=text,
        text2=text,
        text3=text,
        accent=text,
        fill=chosen,
        fill_hover=chosen,
        on_fill=on_chosen,
        ok=text,
        warn=text,
        crit=text,
        warn_ground=ground,
        warn_line=text,
        crit_ground=ground,
        crit_line=text,
        track=ground,
        thumb=ground,
    )
