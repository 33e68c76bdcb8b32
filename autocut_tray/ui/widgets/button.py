"""The push button: a label that says the act, perhaps a glyph."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from autocut_tray.core.messages import Message, Param
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.theme.icons import glyph_icon


class Button(QPushButton):
    """``kind``: ``primary``, ``ghost``, ``icon`` or None. An icon-only button says its code as tooltip and name.

    Focus comes by keyboard only, so that the focus border shows only to those who need it.
    """

    def __init__(
        self,
        ctx: UiContext,
        code: str | None = None,
        *,
        kind: str | None = None,
        glyph: str | None = None,
        small: bool = False,
        role: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._kind = kind
        self._glyph = glyph
        self._role = role
        self._message: Message | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for name, value in (("kind", kind), ("role", role), ("density", "small" if small else None)):
            if value:
                self.setProperty(name, value)
        if role not in ("nav", "section"):
            self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        if glyph:
            self.setIconSize(QSize(16, 16))
            ctx.theme.changed.connect(self._restyle)
            self._restyle()
        ctx.language_changed.connect(self._retranslate)
        if code:
            self.say_code(code)

    def say_code(self, code: str, /, **params: Param) -> None:
        self._message = Message(code, params)
        self._retranslate()

    def set_glyph(self, glyph: str) -> None:
        self._glyph = glyph
        self._restyle()

    def _retranslate(self) -> None:
        if self._message is None:
            return
        text = self._ctx.text(self._message)
        if self._kind == "icon":
            self.setToolTip(text)
        else:
            # The style sheet knows no space between icon and text.
            gap = "" if self._glyph is None else "  " if self._role == "nav" else " "
            self.setText(gap + text)
        self.setAccessibleName(text)

    def _restyle(self) -> None:
        if self._glyph is None:
            return
        tokens = self._ctx.theme.tokens
        if self._role == "nav":
            self.setIcon(glyph_icon(self._glyph, tokens.text2, checked=tokens.text))
        elif self._kind == "primary":
            self.setIcon(glyph_icon(self._glyph, tokens.on_fill))
        else:
            quiet = self._kind in ("icon", "ghost")
            self.setIcon(glyph_icon(self._glyph, tokens.text2 if quiet else tokens.text))
