"""One line said in passing, below the strip; goes by itself or when told."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QWidget

from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.text import ElidedText

SHOWN_MS = 12_000


class Notice(QWidget):
    """The latest word wins; others of the same moment are counted behind it."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._others = 0
        self._text = ElidedText(mode=Qt.TextElideMode.ElideRight)
        self._more = ElidedText("caption", Qt.TextElideMode.ElideRight)
        close = Button(ctx, "ui-close", kind="icon", glyph="x")
        close.clicked.connect(self.dismiss)
        frame = QFrame()
        frame.setObjectName("notice")
        line = row(spacing=12, margins=(12, 2, 4, 2))
        line.addWidget(self._text, 1)
        line.addWidget(self._more)
        line.addWidget(close)
        frame.setLayout(line)
        self.setLayout(column(frame, margins=(32, 12, 32, 0)))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    @property
    def words(self) -> str:
        return self._text.text() if not self.isHidden() else ""

    def say(self, text: str) -> None:
        self._others = 0 if self.isHidden() or text == self._text.text() else self._others + 1
        self._text.say(text)
        self._more.say(self._ctx.t("ui-notice-others", n=self._others) if self._others else "")
        self._more.setVisible(self._others > 0)
        self.show()
        self._timer.start()

    def dismiss(self) -> None:
        self._timer.stop()
        self._others = 0
        self.hide()
