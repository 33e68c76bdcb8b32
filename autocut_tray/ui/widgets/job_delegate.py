"""Paints the rows of the job list: thumbnail, name, one line of progress, a bar, and what can be done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.job import Job
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.job_words import JobAction, JobWords
from autocut_tray.ui.models.job_rows import ROW, HeaderRow, JobRow, MoreRow
from autocut_tray.ui.theme.icons import glyph_pixmap
from autocut_tray.ui.thumbnails import Thumbnails
from autocut_tray.ui.widgets.bar import paint_bar
from autocut_tray.ui.widgets.paint import button_size, draw_button, draw_frame, draw_lines, font_of, rounded

JOB_HEIGHT, HEADER_HEIGHT, FIRST_HEADER_HEIGHT, MORE_HEIGHT = 79, 44, 38, 40
THUMB = QSize(96, 54)
DETAIL_LINES, DETAIL_LINE = 6, 18

_PAD, _GAP = 12, 16
_BUTTON_HEIGHT = 26
_ICON_BUTTON = 28
_ICONS = {JobAction.CANCEL: "x", JobAction.REMOVE: "x"}
_GHOSTS = (JobAction.DETAILS,)

Index = QModelIndex | QPersistentModelIndex


@frozen
class Hover:
    """Which action of which row the pointer is on."""

    row: int = -1
    action: JobAction | None = None


class JobDelegate(QStyledItemDelegate):
    """``words`` puts a job into words; ``folded_out`` are the jobs whose details are shown."""

    def __init__(
        self,
        ctx: UiContext,
        thumbnails: Thumbnails,
        job_of: Callable[[str], Job | None],
        words: Callable[[Job], JobWords],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._thumbnails = thumbnails
        self._job_of = job_of
        self._words = words
        self.hover = Hover()
        self.folded_out: set[str] = set()
        self.keyboard = False
        """The focus frame is for those who came by keyboard."""

    # -- geometry

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        row = index.data(ROW)
        if isinstance(row, HeaderRow):
            return QSize(100, FIRST_HEADER_HEIGHT if index.row() == 0 else HEADER_HEIGHT)
        if isinstance(row, MoreRow):
            return QSize(100, MORE_HEIGHT)
        if isinstance(row, JobRow) and row.job_id in self.folded_out:
            return QSize(100, JOB_HEIGHT + DETAIL_LINES * DETAIL_LINE + 8)
        return QSize(100, JOB_HEIGHT)

    def action_areas(self, area: QRect, words: JobWords) -> dict[JobAction, QRect]:
        """Where the buttons of a row are, from the right."""
        font = self._button_font()
        right = area.right() - _PAD - 2
        middle = area.top() + JOB_HEIGHT // 2
        areas: dict[JobAction, QRect] = {}
        for action in reversed(words.actions):
            if action in _ICONS:
                size = QSize(_ICON_BUTTON, _ICON_BUTTON)
            else:
                size = button_size(self.action_text(action), font, _BUTTON_HEIGHT)
            areas[action] = QRect(
                right - size.width(), middle - size.height() // 2, size.width(), size.height()
            )
            right -= size.width() + 5
        return areas

    def action_text(self, action: JobAction) -> str:
        return self._ctx.t(f"ui-job-action-{action.value}")

    # -- painting

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW)
        painter.save()
        if isinstance(row, HeaderRow):
            self._paint_header(painter, option.rect, row, option.font)
        elif isinstance(row, MoreRow):
            self._paint_more(painter, option.rect, row, option.font)
        elif isinstance(row, JobRow):
            job = self._job_of(row.job_id)
            if job is not None:
                focused = self.keyboard and bool(option.state & QStyle.StateFlag.State_HasFocus)
                self._paint_job(painter, option, index.row(), row, job, focused=focused)
        painter.restore()

    def _paint_header(self, painter: QPainter, area: QRect, row: HeaderRow, base: QFont) -> None:
        tokens = self._ctx.theme.tokens
        painter.setFont(font_of(base, 12))
        painter.setPen(QColor(tokens.text3))
        text = self._ctx.t(f"ui-jobs-{row.group}", n=row.count)
        line = QRect(area.left(), area.bottom() - 24, area.width(), 18)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_more(self, painter: QPainter, area: QRect, row: MoreRow, base: QFont) -> None:
        self._paint_ground(painter, area, first=False, last=True)
        painter.setFont(font_of(base, 12))
        painter.setPen(QColor(self._ctx.theme.tokens.accent))
        painter.drawText(
            area.adjusted(_PAD, 0, -_PAD, 0),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            self._ctx.t("ui-jobs-more", n=row.count),
        )

    def _paint_ground(self, painter: QPainter, area: QRect, *, first: bool, last: bool) -> None:
        tokens = self._ctx.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QRectF(area).adjusted(0.5, 0.5 if first else -0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.setBrush(QColor(tokens.card))
        painter.drawPath(rounded(edge, 8, top=first, bottom=last))

    def _paint_job(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        number: int,
        row: JobRow,
        job: Job,
        *,
        focused: bool,
    ) -> None:
        tokens = self._ctx.theme.tokens
        words = self._words(job)
        area = option.rect
        self._paint_ground(painter, area, first=row.first, last=row.last)
        self._paint_thumb(
            painter, QRect(area.left() + _PAD, area.top() + _PAD, THUMB.width(), THUMB.height()), job
        )
        areas = self.action_areas(area, words)
        left = area.left() + _PAD + THUMB.width() + _GAP
        right = min((rect.left() for rect in areas.values()), default=area.right()) - _GAP
        has_bar = words.share is not None
        top = area.top() + (14 if has_bar else 19)
        self._paint_name(painter, QRect(left, top, right - left, 20), words, option.font)
        self._paint_line(painter, QRect(left, top + 21, right - left, 20), words, option.font)
        if words.share is not None:
            bar = QRectF(left, top + 49, max(40, right - left), 4)
            paint_bar(painter, bar, words.share, tokens, words.bar)
        for action, rect in areas.items():
            self._paint_action(painter, rect, action, number, option.font)
        if row.job_id in self.folded_out and job.error is not None:
            detail = QRect(
                left, area.top() + JOB_HEIGHT, area.right() - _PAD - left, DETAIL_LINES * DETAIL_LINE
            )
            font = font_of(option.font, 12)
            draw_lines(painter, detail, job.error.detail, font, tokens.text2, DETAIL_LINE, DETAIL_LINES)
        if focused:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(area).adjusted(1, 1, -1, -1), 8, 8)

    def _paint_thumb(self, painter: QPainter, area: QRect, job: Job) -> None:
        tokens = self._ctx.theme.tokens
        ratio = painter.device().devicePixelRatioF()
        picture = self._thumbnails.get(job.thumbnail, THUMB.width(), ratio) if job.thumbnail else None
        draw_frame(painter, QRectF(area), picture, tokens.thumb, rounded(QRectF(area), 4))
        if picture is None:
            failed = job.error is not None
            colour = tokens.crit if failed else tokens.text3
            mark = glyph_pixmap("warn" if failed else "film", colour, 20, ratio)
            painter.drawPixmap(area.center().x() - 9, area.center().y() - 9, mark)

    def _paint_name(self, painter: QPainter, line: QRect, words: JobWords, base: QFont) -> None:
        tokens = self._ctx.theme.tokens
        font = font_of(base, 13, strong=True)
        metrics = QFontMetrics(font)
        tag_font = font_of(base, 12)
        tag = self._ctx.t("ui-job-never-cloud") if words.never_cloud else ""
        tag_width = QFontMetrics(tag_font).horizontalAdvance(tag) + 34 if tag else 0
        name = metrics.elidedText(words.name, Qt.TextElideMode.ElideMiddle, line.width() - tag_width - 8)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        if tag:
            box = QRect(line.left() + metrics.horizontalAdvance(name) + 8, line.top(), tag_width - 4, 20)
            draw_button(painter, box, "", tag_font, border=None, ground=tokens.raised, colour=tokens.text2)
            ratio = painter.device().devicePixelRatioF()
            painter.drawPixmap(box.left() + 6, box.top() + 4, glyph_pixmap("lock", tokens.text2, 12, ratio))
            painter.setPen(QColor(tokens.text2))
            painter.setFont(tag_font)
            painter.drawText(box.adjusted(22, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, tag)

    def _paint_line(self, painter: QPainter, line: QRect, words: JobWords, base: QFont) -> None:
        tokens = self._ctx.theme.tokens
        left = line.left()
        colour = getattr(tokens, words.colour)
        if words.glyph:
            ratio = painter.device().devicePixelRatioF()
            size = 12 if words.glyph.isupper() else 14
            painter.drawPixmap(
                left, line.top() + (20 - size) // 2, glyph_pixmap(words.glyph, colour, size, ratio)
            )
            left += 18
        font = font_of(base, 12)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        lead_colour = (
            colour if words.colour == "crit" else tokens.text if words.colour == "ok" else tokens.text2
        )
        painter.setPen(QColor(lead_colour))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        lead = metrics.elidedText(words.lead, Qt.TextElideMode.ElideRight, line.right() - left)
        painter.drawText(QRect(left, line.top(), line.right() - left, 20), flags, lead)
        left += metrics.horizontalAdvance(lead)
        if words.rest and left < line.right() - 24:
            apart = "  " if words.colour == "crit" else "  ·  "
            rest = apart + "  ·  ".join(words.rest)
            painter.setPen(QColor(tokens.text2))
            rest = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, line.right() - left)
            painter.drawText(QRect(left, line.top(), line.right() - left, 20), flags, rest)

    def _paint_action(self, painter: QPainter, area: QRect, action: JobAction, row: int, base: QFont) -> None:
        tokens = self._ctx.theme.tokens
        hot = self.hover == Hover(row, action)
        font = self._button_font(base)
        if action in _ICONS:
            if hot:
                draw_button(painter, area, "", font, border=None, ground=tokens.raised, colour=tokens.text)
            ratio = painter.device().devicePixelRatioF()
            mark = glyph_pixmap(_ICONS[action], tokens.text if hot else tokens.text2, 16, ratio)
            painter.drawPixmap(area.center().x() - 7, area.center().y() - 7, mark)
            return
        ghost = action in _GHOSTS
        draw_button(
            painter,
            area,
            self.action_text(action),
            font,
            border=None if ghost else tokens.line2,
            ground=tokens.raised if hot else None if ghost else tokens.card,
            colour=tokens.text2 if ghost and not hot else tokens.text,
        )

    def _button_font(self, base: QFont | None = None) -> QFont:
        parent = self.parent()
        font = font_of(
            base if base is not None else parent.font() if isinstance(parent, QWidget) else QFont(), 12
        )
        font.setWeight(QFont.Weight.Medium)
        return font
