"""The fire drill: a button, and how every way to work held up."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from autocut_tray.core.drill.drill import DrillChanged, DrillReport, DrillState, Rung
from autocut_tray.core.drill.words import rung_figures, rung_words, step_words, summary, trying_words
from autocut_tray.core.errors import Cancelled
from autocut_tray.core.messages import Message
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import card, clear, column, row
from autocut_tray.ui.widgets.text import Text


class DrillCard(QWidget):
    """Shows the drill that was begun last; :attr:`button` begins one, or cancels the one under way."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._state = ctx.services.drill.state
        self._said = Text(ctx, "sub", wrap=True)
        self.button = Button(ctx)
        self.button.clicked.connect(self._clicked)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self._frame = card()
        head = row(
            column(Text(ctx, "heading", "drill-title"), 2, self._said), column(self.button, None), spacing=24
        )
        head.setStretch(0, 1)
        self._frame.setLayout(column(head, self._rows, margins=(20, 14, 20, 14)))
        self.setLayout(column(self._frame))
        ctx.bridge.drill_changed.connect(self._changed)
        ctx.language_changed.connect(self._say)
        self._say()

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that is said on it, from top to bottom."""
        return tuple(label.words for label in self._frame.findChildren(Text) if not label.isHidden())

    def _clicked(self) -> None:
        drill = self._ctx.services.drill
        if self._running:
            drill.cancel()
        else:
            drill.start()

    @property
    def _running(self) -> bool:
        return self._state is not None and not self._state.ended

    def _changed(self, event: DrillChanged) -> None:
        self._state = event.state
        self._say()

    def _say(self) -> None:
        state = self._state
        self.button.say_code("ui-cancel" if self._running else "ui-drill-start")
        self._said.say(self._ctx.sentences(_headline(state)))
        clear(self._rows)
        if state is None:
            return
        for rung in state.rungs:
            self._rows.addWidget(_RungRow(self._ctx, rung))
        if state.report is not None:
            self._add_walk(state.report)
        self._rows.setContentsMargins(0, 12 if self._rows.count() else 0, 0, 0)

    def _add_walk(self, report: DrillReport) -> None:
        if report.steps:
            self._rows.addSpacing(6)
            self._rows.addWidget(Text(self._ctx, "key", "drill-walk"))
        for step in report.steps:
            line = Text(self._ctx, "small", wrap=True)
            line.say_message(step_words(step))
            self._rows.addWidget(line)


def _headline(state: DrillState | None) -> tuple[Message, ...]:
    if state is None or isinstance(state.error, Cancelled):
        return (Message("ui-drill-sub", {}),)
    if state.report is not None:
        return (summary(state.report),)
    if state.error is not None:
        return (state.error.message, *((state.error.hint,) if state.error.hint else ()))
    return (trying_words(state.trying),) if state.trying else ()


class _RungRow(QFrame):
    """Works or not, as a glyph; what happened; what was measured."""

    def __init__(self, ctx: UiContext, rung: Rung) -> None:
        super().__init__()
        glyph = Glyph(ctx)
        glyph.show_glyph(*(("check", "ok") if rung.works else ("x", "crit")))
        said = Text(ctx, "small", wrap=True)
        words: list[Message] = [rung_words(rung), *rung_figures(rung), *((rung.hint,) if rung.hint else ())]
        said.say(ctx.sentences(words))
        line = row(column(1, glyph, None), spacing=8)
        line.addWidget(said, 1)
        self.setLayout(line)
