"""The empty state of Analyse: where clips go, what happens to them, and the dashed edge that takes them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from autocut_tray.core.messages import Message
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.theme.icons import glyph_pixmap
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.text import Text


def paint_edge(painter: QPainter, area: QRectF, colour: str, *, dashed: bool) -> None:
    """The edge of what takes drops: dashed at rest, solid while something is held over it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(colour), 1.5 if dashed else 2)
    if dashed:
        pen.setDashPattern([4, 4])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 10, 10)


class DropArea(QFrame):
    """``choose_files``/``choose_folder`` from its buttons. Drops themselves are taken by the window."""

    choose_files = Signal()
    choose_folder = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._over = False
        self.title = Text(ctx, "title", "ui-drop-title")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.promise = Text(ctx, "sub", wrap=True)
        self.promise.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.promise.setFixedWidth(440)
        files = Button(ctx, "ui-choose-files", kind="primary")
        folder = Button(ctx, "ui-choose-folder")
        files.clicked.connect(lambda: self.choose_files.emit())
        folder.clicked.connect(lambda: self.choose_folder.emit())
        self._second = _Step(ctx, 2, "ui-step-describe")
        steps = row(
            None,
            _Step(ctx, 1, "ui-step-find", "ui-step-find-text"),
            self._second,
            _Step(ctx, 3, "ui-step-search", "ui-step-search-text"),
            None,
            spacing=28,
        )
        foot = Text(ctx, "caption", "ui-drop-foot", wrap=True)
        foot.setAlignment(Qt.AlignmentFlag.AlignCenter)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout = column(None, margins=(24, 24, 24, 18))
        layout.addWidget(_Frames(ctx), 0, centre)
        layout.addSpacing(20)
        layout.addWidget(self.title)
        layout.addSpacing(4)
        layout.addLayout(row(None, self.promise, None))
        layout.addSpacing(20)
        layout.addLayout(row(None, files, folder, None))
        layout.addSpacing(44)
        layout.addLayout(steps)
        layout.addStretch(1)
        layout.addWidget(foot)
        self.setLayout(layout)
        self.setMinimumHeight(430)
        ctx.theme.changed.connect(self.update)

    def say_promise(self, promise: Message, speed: Message) -> None:
        """What will happen to the files, and how long a scene takes here."""
        self.promise.say_message(promise)
        self._second.say(speed)

    def set_over(self, title: Message | None) -> None:
        """``title``: what letting go would do; None: nothing is held over the window."""
        self._over = title is not None
        if title is not None:
            self.title.say_message(title)
        else:
            self.title.say_code("ui-drop-title")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._ctx.theme.tokens
        colour = tokens.accent if self._over else tokens.control
        paint_edge(QPainter(self), QRectF(self.rect()), colour, dashed=not self._over)


class _Step(QWidget):
    def __init__(self, ctx: UiContext, number: int, title: str, text: str | None = None) -> None:
        super().__init__()
        badge = Text(ctx, "step")
        badge.say(str(number))
        badge.setFixedSize(24, 24)
        badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = Text(ctx, "small", text, wrap=True)
        self._text.setFixedWidth(186)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setLayout(
            row(
                column(badge, None),
                column(2, Text(ctx, "strong", title), 1, self._text, None),
                spacing=12,
            )
        )

    def say(self, text: Message) -> None:
        self._text.say_message(text)


class _Frames(QWidget):
    """Two frames, line work."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        ctx.theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(64, 48)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._ctx.theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.line2), 1.5))
        painter.setBrush(QColor(tokens.card))
        painter.drawRoundedRect(QRectF(5, 3, 42, 30), 4, 4)
        painter.setPen(QPen(QColor(tokens.text3), 1.5))
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(QRectF(17, 13, 42, 30), 4, 4)
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(30, 20, glyph_pixmap("arrow-down", tokens.text, 16, ratio))
