"""The table of events: rows of 35 px, no grid, a shape before the word of the kind."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from autocut_tray.ui.context import UiContext
from autocut_tray.ui.models.event_rows import COLUMNS, EVENT, EventRow, EventRows
from autocut_tray.ui.theme.icons import glyph_pixmap
from autocut_tray.ui.widgets.paint import font_of

ROW_HEIGHT = 35
_EDGE, _PAD = 20, 8

Index = QModelIndex | QPersistentModelIndex


class EventTable(QTableView):
    """Read only; a cell that is cut off says the rest in its tooltip.

    ``alert_chosen`` carries which alert the selected row is of, or None.
    """

    alert_chosen = Signal(object)

    def __init__(self, ctx: UiContext, rows: EventRows) -> None:
        super().__init__()
        self._ctx = ctx
        self.setModel(rows)
        self.setItemDelegate(_EventDelegate(ctx, self))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.viewport().setAcceptDrops(False)
        rows_header = self.verticalHeader()
        rows_header.hide()
        rows_header.setDefaultSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setFixedHeight(ROW_HEIGHT)
        for column, name in enumerate(COLUMNS):
            mode = QHeaderView.ResizeMode.Stretch if name == "why" else QHeaderView.ResizeMode.Fixed
            header.setSectionResizeMode(column, mode)
        ctx.theme.changed.connect(self.viewport().update)
        ctx.language_changed.connect(self._retranslate)
        rows.modelReset.connect(self.fit_columns)
        rows.modelReset.connect(self._tell_chosen)
        self.selectionModel().selectionChanged.connect(self._tell_chosen)
        self._retranslate()

    def fit_columns(self) -> None:
        """Every column but the reason as wide as its words, within bounds."""
        rows = self.model()
        assert isinstance(rows, EventRows)
        self.updateGeometry()
        metrics = QFontMetrics(font_of(self.font(), 13, strong=True))
        for column, name in enumerate(COLUMNS):
            if name == "why":
                continue
            texts = [row.cell(column) for row in rows.shown[:200]]
            widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
            header = metrics.horizontalAdvance(self._ctx.t(f"ui-event-column-{name}"))
            room = (
                2 * _PAD
                + 8
                + (_EDGE - _PAD if name in ("time", "result") else 0)
                + (24 if name == "kind" else 0)
            )
            most = 260 if name == "what" else 220
            self.setColumnWidth(column, min(most, max(widest, header) + room))

    def _tell_chosen(self) -> None:
        chosen = self.selectionModel().selectedRows()
        row = chosen[0].data(EVENT) if chosen else None
        self.alert_chosen.emit(row.alert if isinstance(row, EventRow) else None)

    def sizeHint(self) -> QSize:
        return QSize(400, (self.model().rowCount() + 1) * ROW_HEIGHT + 2)

    def _retranslate(self) -> None:
        self.setAccessibleName(self._ctx.t("ui-page-events"))
        self.fit_columns()


class _EventDelegate(QStyledItemDelegate):
    def __init__(self, ctx: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._ctx = ctx

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(EVENT)
        if not isinstance(row, EventRow):
            return
        tokens = self._ctx.theme.tokens
        name = COLUMNS[index.column()]
        painter.save()
        area = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(tokens.open))
        last = index.row() == index.model().rowCount() - 1
        if not last:
            painter.fillRect(area.left(), area.bottom(), area.width(), 1, QColor(tokens.line))
        left = area.left() + (_EDGE if name == "time" else _PAD)
        right = area.right() - (_EDGE if name == "result" else _PAD)
        if name == "kind":
            size = 14
            mark = glyph_pixmap(
                row.glyph, getattr(tokens, row.colour), size, painter.device().devicePixelRatioF()
            )
            painter.drawPixmap(left, area.center().y() - size // 2, mark)
            left += 22
        font = font_of(option.font, 13, strong=name == "what")
        painter.setFont(font)
        painter.setPen(QColor(tokens.text if name in ("what", "kind") else tokens.text2))
        text = QFontMetrics(font).elidedText(
            row.cell(index.column()), Qt.TextElideMode.ElideRight, right - left
        )
        side = Qt.AlignmentFlag.AlignRight if name == "result" else Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            left, area.top(), right - left, area.height(), int(side | Qt.AlignmentFlag.AlignVCenter), text
        )
        painter.restore()
