"""Paints one scene: the frame to the edge, time code and length, the tier that described it, two lines of words."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from autocut_tray.core.jobs.job import SceneRecord, SceneStatus
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.models.scene_rows import SCENE, SceneRow
from autocut_tray.ui.phrases import media_time
from autocut_tray.ui.theme.icons import glyph_pixmap
from autocut_tray.ui.thumbnails import Thumbnails
from autocut_tray.ui.widgets.paint import draw_frame, draw_lines, font_of, rounded

GAP = 12
SMALLEST_CARD, LARGEST_CARD = 188, 280
_TEXT_HEIGHT = 72

Index = QModelIndex | QPersistentModelIndex


class SceneDelegate(QStyledItemDelegate):
    """``card_width`` is set by the grid so that whole cards fill its width; ``base`` is the policy's own tier;
    ``pointer``: where the mouse is, which leafs through the pictures of a long scene."""

    def __init__(self, ctx: UiContext, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._thumbnails = thumbnails
        self.card_width = SMALLEST_CARD
        self.base: Tier | None = None
        self.pointer: QPoint | None = None

    def card_size(self) -> QSize:
        return QSize(self.card_width, round((self.card_width - 2) * 9 / 16) + _TEXT_HEIGHT)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        size = self.card_size()
        return QSize(size.width() + GAP, size.height() + GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(SCENE)
        if not isinstance(row, SceneRow):
            return
        tokens = self._ctx.theme.tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(option.rect.topLeft(), self.card_size())
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hot = bool(option.state & QStyle.StateFlag.State_MouseOver)
        edge = card.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(tokens.line2 if hot else tokens.line), 1))
        painter.setBrush(QColor(tokens.card))
        painter.drawRoundedRect(edge, 8, 8)
        picture_area = QRectF(card.left() + 1, card.top() + 1, card.width() - 2, card.height() - _TEXT_HEIGHT)
        ratio = painter.device().devicePixelRatioF()
        picture = self._picture(row.record, picture_area, ratio)
        draw_frame(painter, picture_area, picture, tokens.thumb, rounded(picture_area, 7, bottom=False))
        text = QRect(
            round(card.left()) + 11,
            round(picture_area.bottom()) + 8,
            round(card.width()) - 22,
            _TEXT_HEIGHT - 8,
        )
        self._paint_figures(painter, text, row.record, option.font)
        self._paint_words(painter, text.adjusted(0, 20, 0, 0), row, option.font)
        if chosen:
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), 8, 8)
        painter.restore()

    def _picture(self, record: SceneRecord, area: QRectF, ratio: float) -> QPixmap | None:
        """The key frame; of a long scene under the mouse the picture of that part of its width."""
        width, key = round(area.width()), record.thumbnail
        shown = self._thumbnails.get(key, width, ratio) if key else None
        if self.pointer is None or not record.further or not area.contains(QPointF(self.pointer)):
            return shown
        pictures = record.pictures
        part = (self.pointer.x() - area.left()) / area.width()
        chosen = pictures[min(len(pictures) - 1, int(part * len(pictures)))]
        return self._thumbnails.get(chosen.name, width, ratio) or shown

    def _paint_figures(self, painter: QPainter, area: QRect, record: SceneRecord, base: QFont) -> None:
        tokens = self._ctx.theme.tokens
        font = font_of(base, 12)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        line = QRect(area.left(), area.top(), area.width(), 16)
        right = line.right()
        if record.described_by is not None:
            tier = record.described_by.tier
            low = record.owed(self.base)
            colour = tokens.warn if low else tokens.text2
            word = self._ctx.t(f"tier-{tier.value}")
            width = metrics.horizontalAdvance(word)
            painter.setPen(QColor(colour))
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, word)
            mark = glyph_pixmap(
                "debt" if low else tier.value, colour, 12, painter.device().devicePixelRatioF()
            )
            right -= width + 17
            painter.drawPixmap(right, line.top() + 2, mark)
        painter.setPen(QColor(tokens.text3))
        length = self._ctx.say.span(record.scene.end - record.scene.start)
        figures = f"{media_time(record.scene.start)}   {length}"
        shown = metrics.elidedText(figures, Qt.TextElideMode.ElideRight, right - line.left() - 6)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_words(self, painter: QPainter, area: QRect, row: SceneRow, base: QFont) -> None:
        tokens = self._ctx.theme.tokens
        description = row.record.description
        if description is not None:
            text, colour = description.summary, tokens.text
        else:
            text, colour = scene_state_words(self._ctx, row.record), tokens.text3
            if row.record.status is SceneStatus.FAILED:
                colour = tokens.crit
        draw_lines(painter, area, text, font_of(base, 13), colour, 18, 2)


def scene_state_words(ctx: UiContext, record: SceneRecord) -> str:
    """Why a scene has no description."""
    if record.error is not None:
        return ctx.text(record.error)
    return ctx.t(f"ui-scene-{record.status.value.replace('_', '-')}")
