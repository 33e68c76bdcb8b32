"""A few exclusive choices side by side."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy

from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.layouts import row


class Segmented(QFrame):
    """``choices``: key and text code of each; ``chosen`` carries the key."""

    chosen = Signal(str)

    def __init__(self, ctx: UiContext, choices: tuple[tuple[str, str], ...], current: str) -> None:
        super().__init__()
        self.setProperty("role", "group")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, Button] = {}
        for key, code in choices:
            button = Button(ctx, code, role="segment")
            button.setCheckable(True)
            button.setChecked(key == current)
            button.clicked.connect(lambda _on=False, key=key: self.chosen.emit(key))
            self._group.addButton(button)
            self._buttons[key] = button
        self.setLayout(row(*self._buttons.values(), spacing=0, margins=(2, 2, 2, 2)))

    @property
    def current(self) -> str | None:
        return next((key for key, button in self._buttons.items() if button.isChecked()), None)

    def select(self, key: str | None) -> None:
        """Mark this one without a signal; None: none of them."""
        self._group.setExclusive(key is not None)
        for name, button in self._buttons.items():
            button.setChecked(name == key)
        self._group.setExclusive(True)
