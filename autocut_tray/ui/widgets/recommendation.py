"""A recommendation: the act, the reason, a button that does it, and a "not now"."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from autocut_tray.core.policy.policy import ActionKind, Recommendation
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.text import Text

TEXT_MEASURE = 720


class RecommendationCard(QFrame):
    """``acted`` and ``dismissed`` carry the recommendation."""

    acted = Signal(object)
    dismissed = Signal(object)

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
        measure = row(spacing=0)
        measure.addWidget(reason, 1)
        measure.addStretch(0)
        action = recommendation.action
        self.act = Button(ctx)
        if action is not None:
            self.act.say_code(f"ui-act-{action.kind.value.replace('_', '-')}")
        self.act.setVisible(action is not None and action.kind in actions)
        self.act.clicked.connect(lambda: self.acted.emit(recommendation))
        self.later = Button(ctx, "ui-not-now", kind="ghost")
        self.later.clicked.connect(lambda: self.dismissed.emit(recommendation))
        self._word = Text(ctx, "small", wrap=True)
        self._word.hide()
        buttons = row(self.act, self.later, None)
        if self.act.isHidden():
            self.later.setProperty("place", "edge")  # a lone ghost button's word stands under the text
        self.setLayout(column(heading, 4, measure, self._word, 12, buttons, margins=(20, 16, 20, 16)))

    def say(self, text: str) -> None:
        """How the act went, or what else to do."""
        self._word.say(text)
        self._word.setVisible(bool(text))
