"""What other limits would have changed in the time that the plots show."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import AutoCutError, Cancelled
from autocut_tray.core.monitor.history import History
from autocut_tray.core.monitor.what_if import Comparison, compare
from autocut_tray.core.monitor.what_if_words import sentences
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.setting_fields import SHOWN_LIMITS, Field, limit_field, value_of
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.combo import Combo
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.number_field import NumberField
from autocut_tray.ui.widgets.text import Text

_TOLD_EVERY = 0.25
"""Seconds between two words about how far it is."""


class WhatIf(QFrame):
    """One limit, another value for it, and what would have been. Only one question at a time."""

    answered = Signal()
    _reached = Signal(float)

    def __init__(self, ctx: UiContext, span: Callable[[], tuple[float, float]]) -> None:
        """``span``: the time to ask about, seconds since the epoch."""
        super().__init__()
        self._ctx = ctx
        self._span = span
        self._asking: CancelToken | None = None
        self._comparison: Comparison | None = None
        self.setProperty("role", "card")
        self.limit = Combo(ctx)
        self.limit.addItems([""] * len(SHOWN_LIMITS))
        self.limit.activated.connect(lambda _index: self._show_field())
        self.limit.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fields = {name: limit_field(name) for name in SHOWN_LIMITS}
        self._numbers = {name: NumberField(ctx, field) for name, field in self._fields.items()}
        self.ask_button = Button(ctx, "ui-what-if-ask")
        self.ask_button.clicked.connect(self._pressed)
        self._result = Text(ctx, wrap=True)
        self._details = Text(ctx, "small", wrap=True)
        head = row(Text(ctx, "heading", "ui-what-if"), None, Text(ctx, "caption", "ui-what-if-hint"))
        controls = row(self.limit, *self._numbers.values(), self.ask_button)
        controls.setStretch(0, 1)
        answer = column(self._result, self._details, spacing=4, margins=(0, 12, 0, 0))
        self._answer = QWidget()
        self._answer.setLayout(answer)
        self.setLayout(column(head, 10, controls, self._answer, margins=(16, 11, 16, 15)))
        self._reached.connect(self._show_progress)
        ctx.language_changed.connect(self._retranslate)
        self._retranslate()
        self._show_field()
        self._show_answer()

    # -- the question

    @property
    def name(self) -> str:
        """The limit that is asked about."""
        return SHOWN_LIMITS[max(0, self.limit.currentIndex())]

    @property
    def number(self) -> NumberField:
        return self._numbers[self.name]

    def choose(self, name: str) -> None:
        """Ask about this limit next."""
        self.limit.setCurrentIndex(SHOWN_LIMITS.index(name))
        self._show_field()
        self.number.setFocus(Qt.FocusReason.OtherFocusReason)
        self.number.selectAll()

    def ask(self) -> None:
        """Play the record again with this limit, beside the event loop."""
        self.stop()
        token = self._asking = CancelToken()
        forget = self._ctx.background.ending.on_cancel(token.cancel)
        changes, (since, until) = {self.name: self.number.value()}, self._span()
        history = self._ctx.services.history

        def answer(comparison: Comparison) -> None:
            forget()
            self._answered(token, comparison)

        def failed(error: Exception) -> None:
            forget()
            self._failed(token, error)

        self._comparison = None
        self.ask_button.say_code("ui-cancel")
        self._result.say("")
        self._details.say_code("what-if-progress")
        self._show_rows()
        self._ctx.background.run(
            lambda: play(history, changes, since, until, token, self._reached.emit), answer, failed
        )

    def stop(self) -> None:
        """The answer is not wanted any more."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
            self.ask_button.say_code("ui-what-if-ask")
            self._details.say("")
            self._show_rows()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.stop()

    def _pressed(self) -> None:
        if self._asking is None:
            self.ask()
        else:
            self.stop()

    # -- the answer

    @property
    def answer(self) -> str:
        """What is said, all sentences."""
        return " ".join(words for words in (self._result.words, self._details.words) if words)

    @property
    def asking(self) -> bool:
        return self._asking is not None

    def _answered(self, token: CancelToken, comparison: Comparison) -> None:
        if token is self._asking:
            self._asking = None
            self._comparison = comparison
            self.ask_button.say_code("ui-what-if-ask")
            self._show_answer()
            self.answered.emit()

    def _failed(self, token: CancelToken, error: Exception) -> None:
        if token is not self._asking or isinstance(error, Cancelled):
            return
        self.stop()
        if isinstance(error, AutoCutError):
            self._result.say_message(error.message)
        else:
            raise error
        self._show_rows()
        self.answered.emit()

    def _show_answer(self) -> None:
        first, *rest = sentences(self._comparison) if self._comparison is not None else (None,)
        self._result.say(self._ctx.text(first) if first is not None else "")
        self._details.say("\n".join(self._ctx.text(one) for one in rest if one is not None))
        self._show_rows()

    def _show_progress(self, at: float) -> None:
        if self._asking is not None:
            now = self._ctx.services.clock.time()
            self._details.say_code("ui-what-if-reached", time=self._ctx.say.when(at, now))

    def _show_rows(self) -> None:
        for text in (self._result, self._details):
            text.setVisible(bool(text.words))
        self._answer.setVisible(bool(self.answer))

    # -- the fields

    def _show_field(self) -> None:
        """The field of this limit, with what is in force."""
        for name, number in self._numbers.items():
            number.setVisible(name == self.name)
        self.number.show_value(_in_force(self._ctx, self._fields[self.name]))

    def _retranslate(self) -> None:
        for index, field in enumerate(self._fields.values()):
            self.limit.setItemText(index, self._ctx.t(field.code))
        self.limit.setAccessibleName(self._ctx.t("ui-what-if"))
        for name, field in self._fields.items():
            self._numbers[name].setAccessibleName(self._ctx.t(field.code))
        if self._asking is None:
            self._show_answer()


def play(
    history: History,
    changes: dict[str, float],
    since: float,
    until: float,
    token: CancelToken,
    reached: Callable[[float], object],
) -> Comparison:
    """Compare, letting the event loop have its turn every few milliseconds. Raises Cancelled, AutoCutError."""
    told = time.monotonic()

    def breathe(at: float) -> None:
        nonlocal told
        token.raise_if_cancelled()
        time.sleep(0.001)  # or this thread would hold the interpreter against the window's
        if time.monotonic() - told >= _TOLD_EVERY:
            told = time.monotonic()
            reached(max(at, since))

    history.flush()
    return compare(history.tape.lines(since, until), changes, since, until, breathe)


def _in_force(ctx: UiContext, field: Field) -> float:
    value = value_of(ctx.services.settings.current, field)
    assert isinstance(value, int | float)
    return float(value)
