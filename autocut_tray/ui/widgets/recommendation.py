"""A recommendation: the act, the reason, a button that does it, and a "not now"."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from autocut_tray.core.policy.policy import ActionKind, Recommendation
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.bar import Bar
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.text import Text

TEXT_MEASURE = 720


class RecommendationCard(QFrame):
    """``acted`` and ``dismissed`` carry the recommendation. While the act runs the same card shows its progress."""

    acted = Signal(object)
    dismissed = Signal(object)
    cancelled = Signal(object)

    def __init__(
        self, ctx: UiContext, recommendation: Recommendation, actions: frozenset[ActionKind]
    ) -> None:
        """``actions``: what the window can do; a card without one of them explains and offers no button."""
        super().__init__()
        self.recommendation = recommendation
        self.setProperty("role", "card")
        self.setProperty("tone", "strong")
        heading = Text(ctx, "heading")
        heading.say_message(recommendation.text)
        reason = Text(ctx, "sub", wrap=True)
        reason.say_message(recommendation.reason)
        reason.setMaximumWidth(TEXT_MEASURE)
        action = recommendation.action
        self.act = Button(ctx)
        if action is not None:
            self.act.say_code(f"ui-act-{action.kind.value.replace('_', '-')}")
        self.act.setVisible(action is not None and action.kind in actions)
        self.act.clicked.connect(lambda: self.acted.emit(recommendation))
        self.later = Button(ctx, "ui-not-now", kind="ghost")
        self.later.clicked.connect(lambda: self.dismissed.emit(recommendation))
        self._bar = Bar(ctx)
        self._figures = Text(ctx, "small")
        self.cancel = Button(ctx, "ui-cancel", small=True)
        self.cancel.clicked.connect(lambda: self.cancelled.emit(recommendation))
        self._problem = Text(ctx, "small", wrap=True)
        self._problem.hide()
        buttons = row(self.act, self.later, None)
        self._progress = QFrame()
        self._progress.setLayout(row(self._bar, self._figures, self.cancel, spacing=16))
        self._progress.hide()
        self.setLayout(
            column(heading, 4, reason, self._problem, 12, buttons, self._progress, margins=(20, 16, 20, 16))
        )

    def show_progress(self, share: float | None, figures: str) -> None:
        """``share`` None: it does not run (any more)."""
        running = share is not None
        self._progress.setVisible(running)
        self.act.setVisible(not running)
        self.later.setVisible(not running)
        if share is not None:
            self._bar.set_share(share)
            self._figures.say(figures)

    def show_problem(self, text: str) -> None:
        self._problem.say(text)
        self._problem.setVisible(bool(text))
