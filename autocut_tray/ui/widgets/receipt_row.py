"""One receipt, closed or open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from autocut_tray.ui.context import UiContext
from autocut_tray.ui.receipt_words import ReceiptWords
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import column, restyle, row
from autocut_tray.ui.widgets.text import Text

_KEY_WIDTH = 68


class ReceiptRow(QFrame):
    """``toggled`` when its title is pressed; ``undo`` and ``copy`` from its buttons."""

    toggled = Signal(int)
    undo = Signal()
    copy = Signal(int)

    def __init__(
        self, ctx: UiContext, receipt_id: int, words: ReceiptWords, when: str, *, undoable: bool
    ) -> None:
        super().__init__()
        self.receipt_id = receipt_id
        self.setProperty("role", "receipt")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        glyph = Glyph(ctx, words.shape, words.health, 14)
        self.title = Button(ctx, role="fold")
        self.title.setText(words.title)
        self.title.setAccessibleName(f"{words.title}, {when}. {words.why}")
        self.title.clicked.connect(lambda: self.toggled.emit(receipt_id))
        time_text = Text(ctx, "caption")
        time_text.say(when)
        why = Text(ctx, "small", wrap=True)
        why.say(words.why)
        self._details = _details(ctx, words)
        self.undo_button = Button(ctx, "ui-undo", small=True)
        if not undoable:
            self.undo_button.hide()
        self.undo_button.clicked.connect(lambda: self.undo.emit())
        copy = Button(ctx, "ui-copy", kind="ghost", small=True)
        copy.clicked.connect(lambda: self.copy.emit(receipt_id))
        self._buttons = QWidget()
        if not undoable:
            copy.setProperty("place", "edge")
        self._buttons.setLayout(column(8, row(self.undo_button, copy, None)))
        text = column(row(self.title, None, time_text), 1, why, self._details, self._buttons)
        layout = row(spacing=10, margins=(15, 10, 14, 11))
        layout.addLayout(column(4, glyph, None))
        layout.addLayout(text, 1)
        self.setLayout(layout)
        self.set_open(False)

    def set_open(self, is_open: bool) -> None:
        self._details.setVisible(is_open)
        self._buttons.setVisible(is_open)
        restyle(self, "tone", "open" if is_open else None)

    @property
    def is_open(self) -> bool:
        return not self._details.isHidden()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.toggled.emit(self.receipt_id)


def _details(ctx: UiContext, words: ReceiptWords) -> QWidget:
    grid = QGridLayout()
    grid.setContentsMargins(0, 6, 0, 0)
    grid.setHorizontalSpacing(0)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    for index, (key, value) in enumerate(words.rows):
        name, text = Text(ctx, "caption", wrap=True, line=18), Text(ctx, "small", wrap=True)
        name.setFixedWidth(_KEY_WIDTH)
        name.say(key)
        text.say(value)
        grid.addWidget(name, index, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text, index, 1)
    holder = QWidget()
    holder.setLayout(grid)
    return holder
