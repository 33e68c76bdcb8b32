"""The strip on top of every page: what it is doing, why, and the one thing to do about it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from autocut_tray.ui.context import UiContext
from autocut_tray.ui.strip_state import StripAction, StripState
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import restyle, row
from autocut_tray.ui.widgets.text import ElidedText, Text

HEIGHT = 48

_CODES = {
    StripAction.UNDO: "ui-undo",
    StripAction.ADVICE: "ui-what-can-i-do",
    StripAction.RESUME: "ui-resume-all",
    StripAction.PAUSE: "ui-pause-all",
    StripAction.ANALYSE: "ui-analyse-files",
}
_GLYPHS = {StripAction.RESUME: "play", StripAction.PAUSE: "pause"}
_PRIMARY = (StripAction.ANALYSE, StripAction.RESUME)


class StateStrip(QFrame):
    """Always 48 px high, so that nothing jumps; its ground changes at once."""

    acted = Signal(object)
    """The :class:`StripAction` of the button that was pressed."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._state: StripState | None = None
        self.setObjectName("strip")
        self.setFixedHeight(HEIGHT)
        self._tier = Glyph(ctx)
        self._shape = Glyph(ctx)
        self._what = Text(ctx, "strong")
        self._why = ElidedText("sub")
        self._progress = ElidedText("caption")
        self._buttons = {
            action: Button(
                ctx,
                code,
                kind="primary" if action in _PRIMARY else None,
                glyph=_GLYPHS.get(action),
                small=True,
            )
            for action, code in _CODES.items()
        }
        for action, button in self._buttons.items():
            button.hide()
            button.clicked.connect(lambda _on=False, action=action: self.acted.emit(action))
        line = row(self._tier, self._shape, self._what, spacing=10, margins=(32, 0, 32, 0))
        line.addWidget(self._why, 1)
        line.addSpacing(6)
        line.addWidget(self._progress)
        for button in self._buttons.values():
            line.addSpacing(0)
            line.addWidget(button)
        self.setLayout(line)
        ctx.language_changed.connect(self._say)

    @property
    def state(self) -> StripState | None:
        return self._state

    def button(self, action: StripAction) -> Button:
        return self._buttons[action]

    def show_state(self, state: StripState) -> None:
        if state == self._state:
            return
        self._state = state
        plain = state.kind == ""
        colour = "ok" if plain else state.kind
        self._tier.show_glyph(state.tier.value if state.tier else None, "text3" if _quiet(state) else colour)
        self._shape.show_glyph(state.shape, colour)
        for action, button in self._buttons.items():
            button.setVisible(action is state.action)
        restyle(self._why, "role", "sub" if plain else None)
        restyle(self, "kind", state.kind)
        self._say()

    def show_progress(self, text: str) -> None:
        """One caption on the job under way; empty for none."""
        self._progress.say(text)
        self._progress.setVisible(bool(text))

    @property
    def progress(self) -> str:
        """The caption on the job under way; empty for none."""
        return "" if self._progress.isHidden() else self._progress.text()

    def _say(self) -> None:
        if self._state is None:
            return
        self._what.say(self._ctx.text(self._state.what))
        why = self._ctx.text(self._state.why) if self._state.why else ""
        self._why.say(why)
        self.setAccessibleName(f"{self._what.words}. {why}".strip())


def _quiet(state: StripState) -> bool:
    return state.kind == "" and state.tier is not None and state.tier.value == "PAUSED"
