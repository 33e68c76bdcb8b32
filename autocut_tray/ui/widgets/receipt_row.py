"""One receipt, closed or open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from autocut_tray.core.frozen import frozen
from autocut_tray.receipt_words import ReceiptWords
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import column, restyle, row
from autocut_tray.ui.widgets.text import Text

_KEY_WIDTH = 68


@frozen
class ShownReceipt:
    """All that a row says. ``when``: in words; ``limit``: the one that decided, which can be tried with another
    value; ``pin``: what its button to hold the tier says, None for no such button."""

    id: int
    words: ReceiptWords
    when: str
    undoable: bool
    limit: str | None
    pin: str | None


class ReceiptRow(QFrame):
    """``toggled`` when its title is pressed; ``undo``, ``pin``, ``copy`` and ``try_limit`` from its buttons."""

    toggled = Signal(int)
    undo = Signal()
    pin = Signal(int)
    copy = Signal(int)
    try_limit = Signal(str)

    def __init__(self, ctx: UiContext, shown: ShownReceipt) -> None:
        super().__init__()
        self._ctx = ctx
        self._shown = shown
        self._body: _Body | None = None
        self._is_open = False
        self.setProperty("role", "receipt")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._glyph = Glyph(ctx, size=14)
        self.title = Button(ctx, role="fold")
        self.title.clicked.connect(lambda: self.toggled.emit(self.receipt_id))
        self._when = Text(ctx, "caption")
        self._why = Text(ctx, "small", wrap=True)
        self._text = column(row(self.title, None, self._when), 1, self._why)
        layout = row(spacing=10, margins=(15, 10, 14, 11))
        layout.addLayout(column(4, self._glyph, None))
        layout.addLayout(self._text, 1)
        self.setLayout(layout)
        self._say()

    def show_receipt(self, shown: ShownReceipt) -> None:
        """Say this from now on, be it of the same receipt or of another."""
        if shown == self._shown:
            return
        self._shown = shown
        self._drop_content()
        self._say()
        if self._is_open:
            self._content().show()

    def _say(self) -> None:
        words, when = self._shown.words, self._shown.when
        self._glyph.show_glyph(words.shape, words.health)
        self.title.setText(words.title)
        self.title.setAccessibleName(f"{words.title}, {when}. {words.why}")
        self._when.say(when)
        self._why.say(words.why)

    @property
    def receipt_id(self) -> int:
        return self._shown.id

    def set_open(self, is_open: bool) -> None:
        if is_open:
            self._content().show()
        else:
            self._drop_content()
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
        """The details, which exist only while they are open: most rows are never opened."""
        if self._body is None:
            body = self._body = _Body(self._ctx, self._shown)
            body.pin.clicked.connect(lambda: self.pin.emit(self.receipt_id))
            body.undo.clicked.connect(lambda: self.undo.emit())
            body.copy.clicked.connect(lambda: self.copy.emit(self.receipt_id))
            body.other_limit.clicked.connect(lambda: self.try_limit.emit(self._shown.limit))
            body.hide()
            self._text.addWidget(body)
        return self._body

    def _drop_content(self) -> None:
        if self._body is not None:
            self._body.hide()
            self._body.deleteLater()
            self._body = None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.toggled.emit(self.receipt_id)


class _Body(QWidget):
    """What was measured and what followed, and what can be done about it."""

    def __init__(self, ctx: UiContext, shown: ShownReceipt) -> None:
        super().__init__()
        self.undo = Button(ctx, "ui-undo", small=True)
        if not shown.undoable:
            self.undo.hide()
        self.pin = Button(ctx, small=True)
        self.pin.setText(shown.pin or "")
        if shown.pin is None:
            self.pin.hide()
        self.other_limit = Button(ctx, "ui-what-if-try", small=True)
        if shown.limit is None:
            self.other_limit.hide()
        self.copy = Button(ctx, "ui-copy", kind="ghost", small=True)
        if not shown.undoable and shown.limit is None and shown.pin is None:
            self.copy.setProperty("place", "edge")
        buttons = row(self.undo, self.other_limit, self.copy, None)
        hold = row(self.pin, None, margins=(0, 0, 0, 6 if shown.pin is not None else 0))
        self.setLayout(column(_details(ctx, shown.words), 8, hold, buttons))


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
