"""Between the tokens and Qt's palette, in both directions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from autocut_tray.ui.theme.tokens import Tokens

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
