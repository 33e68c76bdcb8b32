"""A card of facts: key, value, and below it what makes it up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from autocut_tray.core.frozen import frozen
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.layouts import column, hairline, row
from autocut_tray.ui.widgets.text import Text

KEY_WIDTH = 84


@frozen
class Fact:
    """One row, in words."""

    key: str
    value: str
    detail: str = ""


class FactsCard(QFrame):
    """Rows are kept and only their words changed while their number stays the same."""

    def __init__(self, ctx: UiContext, title: str) -> None:
        super().__init__()
        self._ctx = ctx
        self.setProperty("role", "card")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.title = Text(ctx, "heading", title)
        self.caption = Text(ctx, "caption")
        self._rows: list[_FactRow] = []
        self._body = QVBoxLayout()
        self._body.setSpacing(0)
        self.setLayout(
            column(row(self.title, None, self.caption), 12, self._body, None, margins=(20, 16, 20, 14))
        )

    def show_facts(self, facts: Sequence[Fact]) -> None:
        while len(self._rows) > len(facts):
            gone = self._rows.pop()
            gone.hide()
            gone.deleteLater()
        while len(self._rows) < len(facts):
            added = _FactRow(self._ctx, first=not self._rows)
            self._rows.append(added)
            self._body.addWidget(added)
        for shown, fact in zip(self._rows, facts, strict=True):
            shown.show_fact(fact)

    @property
    def shown(self) -> tuple[Fact, ...]:
        return tuple(one.fact for one in self._rows)


class _FactRow(QWidget):
    def __init__(self, ctx: UiContext, *, first: bool) -> None:
        super().__init__()
        self._key = Text(ctx, "key", wrap=True)
        self._value = Text(ctx, wrap=True)
        self._detail = Text(ctx, "small", wrap=True)
        self.fact = Fact("", "")
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(1)
        grid.setColumnMinimumWidth(0, KEY_WIDTH)
        grid.setColumnStretch(1, 1)
        self._key.setFixedWidth(KEY_WIDTH)
        grid.addWidget(self._key, 0, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._value, 0, 1)
        grid.addWidget(self._detail, 1, 1)
        self.setLayout(column(grid) if first else column(9, hairline(), 9, grid))

    def show_fact(self, fact: Fact) -> None:
        self.fact = fact
        self._key.say(fact.key)
        self._value.say(fact.value)
        self._detail.say(fact.detail)
        self._detail.setVisible(bool(fact.detail))
