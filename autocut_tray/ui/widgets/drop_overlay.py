"""Lies over a page while files are held over the window: the whole page takes them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from autocut_tray.core.messages import Message
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.drop_area import paint_edge
from autocut_tray.ui.widgets.layouts import column
from autocut_tray.ui.widgets.text import Text

_MARGIN = 24


class DropOverlay(QWidget):
    """As large as its parent; takes no events itself."""

    def __init__(self, ctx: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._title = Text(ctx, "title")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setLayout(column(None, self._title, None))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        parent.installEventFilter(self)
        self.hide()

    def show_title(self, title: Message | None) -> None:
        """None takes it away."""
        if title is not None:
            self._title.say_message(title)
            parent = self.parentWidget()
            if parent is not None:
                self.setGeometry(parent.rect())
            self.raise_()
        self.setVisible(title is not None)

    @property
    def words(self) -> str:
        return self._title.words

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        parent = self.parentWidget()
        if event.type() == QEvent.Type.Resize and watched is parent and parent is not None:
            self.setGeometry(parent.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._ctx.theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.bg))
        area = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        paint_edge(painter, area, tokens.accent, dashed=False)
