"""What came of an export, until it is put away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from autocut_tray.ui.context import UiContext
from autocut_tray.ui.job_export import ExportNews, Paragraph
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.fitting_area import FittingArea
from autocut_tray.ui.widgets.glyph import Glyph
from autocut_tray.ui.widgets.layouts import card, clear, column, row
from autocut_tray.ui.widgets.text import Text

_MOST_PX = 260
"""Of a card; what is longer scrolls, so that the scenes stay in sight."""


class ExportCard(QWidget):
    """A card above the scenes: the file, what to look at, how to import it."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._news: ExportNews | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._mark = Glyph(ctx)
        self._title = Text(ctx, "strong", wrap=True)
        close = Button(ctx, "ui-close", kind="icon", glyph="x")
        close.clicked.connect(self.hide)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(8)
        self._lines.setContentsMargins(0, 0, 12, 0)
        body = QWidget()
        body.setLayout(self._lines)
        self._area = FittingArea(ctx, body, "ui-export")
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setMaximumHeight(_MOST_PX)
        head = row(self._mark, spacing=8)
        head.addWidget(self._title, 1)
        head.addWidget(close)
        frame = card()
        frame.setLayout(column(head, 6, self._area, margins=(16, 8, 8, 12)))
        self.setLayout(column(frame, margins=(0, 0, 0, 12)))
        ctx.language_changed.connect(self._say)
        self.hide()

    @property
    def words(self) -> str:
        """Everything that is shown; empty while the card is away."""
        if self.isHidden():
            return ""
        return "\n".join(text.words for text in self.findChildren(Text) if text.words)

    def show_news(self, news: ExportNews) -> None:
        self._news = news
        self._say()
        self.show()

    def _say(self) -> None:
        news = self._news
        if news is None:
            return
        self._mark.show_glyph("check" if news.good else "warn", "ok" if news.good else "warn")
        self._title.say_message(news.title)
        clear(self._lines)
        for paragraph in news.paragraphs:
            self._lines.addLayout(self._paragraph(paragraph))
        self._area.setVisible(bool(news.paragraphs))
        self._area.updateGeometry()

    def _paragraph(self, paragraph: Paragraph) -> QVBoxLayout:
        words = Text(self._ctx, "small", wrap=True)
        words.say(" ".join(self._ctx.text(said) for said in paragraph.said))
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if paragraph.mark is None:
            return column(words)
        line = row(spacing=8)
        line.addWidget(Glyph(self._ctx, *paragraph.mark), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(words, 1)
        return column(line)
