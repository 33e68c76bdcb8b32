"""One receipt, closed or open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from autocut_tray.receipt_words import ReceiptWords
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import column, restyle, row
from autocut_tray.ui.widgets.text import Text

_KEY_WIDTH = 68


class ReceiptRow(QFrame):
    """``toggled`` when its title is pressed; ``undo``, ``pin``, ``copy`` and ``try_limit`` from its buttons."""

    toggled = Signal(int)
    undo = Signal()
    pin = Signal(int)
    copy = Signal(int)
    try_limit = Signal(str)

    def __init__(
        self,
        ctx: UiContext,
        receipt_id: int,
        words: ReceiptWords,
        when: str,
        *,
        undoable: bool,
        limit: str | None = None,
        pin: str | None = None,
    ) -> None:
        """``limit``: the one that decided, which can be tried with another value. ``pin``: what its button to hold
        the tier says, None for no such button."""
        super().__init__()
        self._ctx = ctx
        self._words = words
        self._undoable = undoable
        self._limit = limit
        self._pin = pin
        self._body: _Body | None = None
        self._is_open = False
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
        self._text = column(row(self.title, None, time_text), 1, why)
        layout = row(spacing=10, margins=(15, 10, 14, 11))
        layout.addLayout(column(4, glyph, None))
        layout.addLayout(self._text, 1)
        self.setLayout(layout)

    def set_open(self, is_open: bool) -> None:
        if is_open or self._body is not None:
            self._content().setVisible(is_open)
        self._is_open = is_open
        restyle(self, "tone", "open" if is_open else None)

    @property
    def is_open(self) -> bool:
        return self._is_open

    @property
    def undo_button(self) -> Button:
        return self._content().undo

    @property
    def pin_button(self) -> Button:
        return self._content().pin

    @property
    def try_button(self) -> Button:
        return self._content().other_limit

    def _content(self) -> _Body:
        """The details, made when they are first needed: most rows are never opened."""
        if self._body is None:
            body = self._body = _Body(
                self._ctx, self._words, undoable=self._undoable, limit=self._limit, pin=self._pin
            )
            body.pin.clicked.connect(lambda: self.pin.emit(self.receipt_id))
            body.undo.clicked.connect(lambda: self.undo.emit())
            body.copy.clicked.connect(lambda: self.copy.emit(self.receipt_id))
            body.other_limit.clicked.connect(lambda: self.try_limit.emit(self._limit))
            body.hide()
            self._text.addWidget(body)
        return self._body

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.toggled.emit(self.receipt_id)


class _Body(QWidget):
    """What was measured and what followed, and what can be done about it."""

    def __init__(
        self, ctx: UiContext, words: ReceiptWords, *, undoable: bool, limit: str | None, pin: str | None
    ) -> None:
        super().__init__()
        self.undo = Button(ctx, "ui-undo", small=True)
        if not undoable:
            self.undo.hide()
        self.pin = Button(ctx, small=True)
        self.pin.setText(pin or "")
        if pin is None:
            self.pin.hide()
        self.other_limit = Button(ctx, "ui-what-if-try", small=True)
        if limit is None:
            self.other_limit.hide()
        self.copy = Button(ctx, "ui-copy", kind="ghost", small=True)
        if not undoable and limit is None and pin is None:
            self.copy.setProperty("place", "edge")
        buttons = row(self.undo, self.other_limit, self.copy, None)
        hold = row(self.pin, None, margins=(0, 0, 0, 6 if pin is not None else 0))
        self.setLayout(column(_details(ctx, words), 8, hold, buttons))


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
