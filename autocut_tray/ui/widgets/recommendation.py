"""A recommendation: the act, the reason, a button that does it, and a "not now"; while it runs, its progress."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QLayout, QWidget

from autocut_tray.core.messages import Message
from autocut_tray.core.policy.policy import ActionKind, Recommendation
from autocut_tray.core.remedies.state import Phase, RemedyState
from autocut_tray.core.remedies.words import figures
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.bar import Bar
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.text import Text

TEXT_MEASURE = 720


class RecommendationCard(QFrame):
    """``acted``, ``dismissed``, ``cancelled`` and ``closed`` carry the recommendation."""

    acted = Signal(object)
    dismissed = Signal(object)
    cancelled = Signal(object)
    closed = Signal(object)

    def __init__(
        self, ctx: UiContext, recommendation: Recommendation, actions: frozenset[ActionKind]
    ) -> None:
        """``actions``: what can be done by a button; a card without one of them explains and offers none."""
        super().__init__()
        self._ctx = ctx
        self._state: RemedyState | None = None
        self.recommendation = recommendation
        self.setProperty("role", "card")
        self.setProperty("tone", "strong")
        action = recommendation.action
        self._can_act = action is not None and action.kind in actions
        self._heading = Text(ctx, "heading")
        self._reason = Text(ctx, "sub", wrap=True)
        self._reason.setMaximumWidth(TEXT_MEASURE)
        self.act = Button(
            ctx, f"ui-act-{action.kind.value.replace('_', '-')}" if action is not None else None
        )
        self.later = Button(ctx, "ui-not-now", kind="ghost")
        if not self._can_act:
            self.later.setProperty("place", "edge")  # a lone ghost button's word stands under the text
        self._bar = Bar(ctx)
        self._figures = Text(ctx, "small")
        self.cancel = Button(ctx, "ui-cancel", small=True)
        self._glyph = Glyph(ctx)
        self._word = Text(ctx, "small", wrap=True)
        self.close_button = Button(ctx, "ui-close", kind="icon", glyph="x")
        for button, signal in (
            (self.act, self.acted),
            (self.later, self.dismissed),
            (self.cancel, self.cancelled),
            (self.close_button, self.closed),
        ):
            button.clicked.connect(self._teller(signal))
        measure = row(spacing=0)
        measure.addWidget(self._reason, 1)
        measure.addStretch(0)
        self._advice = _boxed(column(self._heading, 4, measure))
        self._buttons = _boxed(row(self.act, self.later, None))
        progress = row(self._bar, self._figures, None, self.cancel, spacing=16)
        progress.setStretch(0, 100)  # the bar takes all the room, while there is one
        self._progress = _boxed(progress)
        said = row(column(2, self._glyph, None), spacing=8)
        said.addWidget(self._word, 1)
        said.addWidget(self.close_button)
        self._said = _boxed(said)
        self.setLayout(
            column(
                self._advice, self._said, self._buttons, self._progress, spacing=12, margins=(20, 16, 20, 16)
            )
        )
        ctx.language_changed.connect(self._say)
        self._say()

    def show_recommendation(self, recommendation: Recommendation) -> None:
        """The same advice with other figures."""
        if recommendation != self.recommendation:
            self.recommendation = recommendation
            self._say()

    def show_state(self, state: RemedyState | None) -> None:
        """How the act goes or went; None: nobody has tried."""
        if state != self._state:
            self._state = state
            self._say()

    @property
    def state(self) -> RemedyState | None:
        return self._state

    @property
    def words(self) -> str:
        """What is said of the act."""
        return "" if self._said.isHidden() else self._word.words

    @property
    def figures(self) -> str:
        """The figures of a download under way."""
        return "" if self._progress.isHidden() else self._figures.words

    def _teller(self, signal: SignalInstance) -> Callable[[], None]:
        return lambda: signal.emit(self.recommendation)

    def _say(self) -> None:
        state, recommendation = self._state, self.recommendation
        running = state is not None and state.running
        done = state is not None and state.phase is Phase.DONE
        heading = state.message if state is not None and running else recommendation.text
        self._heading.say(self._ctx.text(heading).rstrip(".。"))
        self._reason.say(self._ctx.text(recommendation.reason))
        self._advice.setHidden(done)
        self._buttons.setHidden(running or done)
        self.act.setHidden(not self._can_act)
        self._progress.setHidden(not running)
        self._said.setHidden(state is None or running)
        self.close_button.setHidden(not done)
        if state is None:
            return
        if running:
            self._show_progress(state)
            return
        glyph, colour = {Phase.DONE: ("check", "ok"), Phase.FAILED: ("x", "crit")}.get(
            state.phase, (None, "")
        )
        self._glyph.show_glyph(glyph, colour)
        words: list[Message] = [state.message, *((state.hint,) if state.hint else ())]
        self._word.say(self._ctx.sentences(words))

    def _show_progress(self, state: RemedyState) -> None:
        progress = state.progress
        total = progress.total_bytes if progress is not None else None
        self._bar.setHidden(total is None)
        self.cancel.setHidden(not state.can_cancel)
        if progress is not None and total:
            self._bar.set_share(progress.done_bytes / total)
        parts = figures(progress) if progress is not None else ()
        self._figures.say(" · ".join(map(self._ctx.text, parts)))


def _boxed(layout: QLayout) -> QWidget:
    holder = QWidget()
    holder.setLayout(layout)
    return holder
