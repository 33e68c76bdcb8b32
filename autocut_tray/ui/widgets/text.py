"""Labels: plain text always, so that no file name or model answer is ever read as markup."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from autocut_tray.core.messages import Message, Param
from autocut_tray.ui.context import UiContext

# QLabel has no line height; wrapped text carries it in its markup.
_HALF_LEADING = 2
_LINE_HEIGHT = {"title": 28, "figure": 26, "heading": 20, "sub": 20, "small": 18, "caption": 16}


class Text(QLabel):
    """A label in one of the roles of the style sheet. ``code``: a text that follows the language by itself.

    ``line``: height of its lines in px, where it is not the role's own.
    """

    def __init__(
        self,
        ctx: UiContext,
        role: str | None = None,
        code: str | None = None,
        *,
        wrap: bool = False,
        line: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._line = line or _LINE_HEIGHT.get(role or "", 20)
        self._wrap = wrap
        self._message: Message | None = None
        self._shown: str | None = None
        if role:
            self.setProperty("role", role)
        self.setWordWrap(wrap)
        self.setTextFormat(Qt.TextFormat.RichText if wrap else Qt.TextFormat.PlainText)
        if wrap:
            # Rich text puts all of a line's extra height above it; half of it belongs below.
            self.setContentsMargins(0, -_HALF_LEADING, 0, _HALF_LEADING)
        ctx.language_changed.connect(self._retranslate)
        if code:
            self.say_code(code)

    def say(self, text: str) -> None:
        """Show these words as they are."""
        self._message = None
        self._set(text)

    def say_code(self, code: str, /, **params: Param) -> None:
        self.say_message(Message(code, params))

    def say_message(self, message: Message) -> None:
        """Show a text that follows the language."""
        self._message = message
        self._set(self._ctx.text(message))

    @property
    def words(self) -> str:
        """What is shown, without markup."""
        return self._shown or ""

    def _retranslate(self) -> None:
        if self._message is not None:
            self._set(self._ctx.text(self._message))

    def _set(self, text: str) -> None:
        if text == self._shown:
            return
        self._shown = text
        if self._wrap and text:
            body = html.escape(text).replace("\n", "<br>")
            self.setText(f'<div style="line-height:{self._line}px">{body}</div>')
        else:
            self.setText(text)
        self.setAccessibleName(text)


class ElidedText(QLabel):
    """One line that gives way in the middle; the whole of it is its tooltip and accessible name."""

    def __init__(
        self,
        role: str | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self._update_tooltip()

    def minimumSizeHint(self) -> QSize:
        return QSize(min(24, super().minimumSizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_tooltip()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        area = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), self._mode, area.width())
        painter.drawText(area, int(self.alignment() | Qt.TextFlag.TextSingleLine), text)

    def _update_tooltip(self) -> None:
        whole = self.fontMetrics().horizontalAdvance(self.text()) <= self.contentsRect().width()
        # Escaped in a paragraph: a tooltip guesses its format, and a file name may look like markup.
        self.setToolTip("" if whole else f"<p>{html.escape(self.text())}</p>")
