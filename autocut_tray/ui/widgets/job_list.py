"""The list of jobs: a view whose rows carry painted buttons, reachable by mouse, keys and context menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QToolTip

from autocut_tray.core.jobs.job import Job, JobState
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.job_words import JobAction, JobWords, menu_only
from autocut_tray.ui.models.job_book import JobBook
from autocut_tray.ui.models.job_rows import JobRow, JobRows, MoreRow
from autocut_tray.ui.thumbnails import Thumbnails
from autocut_tray.ui.widgets.job_delegate import Hover, JobDelegate

_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class JobList(QListView):
    """``acted`` carries the id of the job and the action. Enter opens, Delete cancels or removes, the menu key
    offers all."""

    acted = Signal(str, object)

    def __init__(
        self, ctx: UiContext, book: JobBook, thumbnails: Thumbnails, words: Callable[[Job], JobWords]
    ) -> None:
        super().__init__()
        self._ctx = ctx
        self._book = book
        self._words = words
        self._rows = JobRows(book, lambda job: f"{words(job).name}: {words(job).line}", self)
        self._delegate = JobDelegate(ctx, thumbnails, book.get, words, self)
        self.setModel(self._rows)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalScrollBar().setSingleStep(24)
        self.viewport().setAcceptDrops(False)
        thumbnails.arrived.connect(self.viewport().update)
        ctx.theme.changed.connect(self.viewport().update)
        ctx.language_changed.connect(self._retranslate)
        self._retranslate()

    @property
    def rows(self) -> JobRows:
        return self._rows

    def action_center(self, job_id: str, action: JobAction) -> QPoint | None:
        """Where a button is, in the viewport; None when the row has no such button."""
        index = self._rows.index_of(job_id)
        job = self._book.get(job_id)
        if not index.isValid() or job is None:
            return None
        area = self._delegate.action_areas(self.visualRect(index), self._words(job)).get(action)
        return None if area is None else area.center()

    def fold(self, job_id: str) -> None:
        """Show or hide the details of a failure."""
        self._delegate.folded_out ^= {job_id}
        self._relayout()

    # -- events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hover = self._hover_at(event.position().toPoint())
        if hover != self._delegate.hover:
            self._delegate.hover = hover
            self.viewport().update()
        pointing = hover.action is not None or self._opens(hover.row)
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor
        )
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._delegate.hover = Hover()
        self.viewport().update()
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        hover = self._hover_at(event.position().toPoint())
        row = self._rows.row(self._rows.index(hover.row)) if hover.row >= 0 else None
        if isinstance(row, MoreRow):
            self._rows.show_more(row.group)
        elif isinstance(row, JobRow):
            if hover.action is not None:
                self.acted.emit(row.job_id, hover.action)
            elif self._opens(hover.row):
                self.acted.emit(row.job_id, JobAction.OPEN)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._delegate.keyboard = True
        if not self.currentIndex().isValid():
            self._select_first()
        row = self._rows.row(self.currentIndex())
        key = event.key()
        if isinstance(row, MoreRow) and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._rows.show_more(row.group)
            return
        if isinstance(row, JobRow):
            actions = self._actions(row.job_id)
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and JobAction.OPEN in actions:
                self.acted.emit(row.job_id, JobAction.OPEN)
                return
            last = actions[-1] if actions else None
            if key == Qt.Key.Key_Delete and last in (JobAction.CANCEL, JobAction.REMOVE):
                self.acted.emit(row.job_id, last)
                return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
        row = self._rows.row(index)
        if not isinstance(row, JobRow):
            return
        where = self.viewport().mapToGlobal(self.visualRect(index).center())
        menu = self.menu_for(row.job_id)
        menu.popup(where if event.reason() is QContextMenuEvent.Reason.Keyboard else event.globalPos())

    def menu_for(self, job_id: str) -> QMenu:
        """The actions of a job as a menu; it deletes itself when closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self._actions(job_id):
            entry = menu.addAction(self._delegate.action_text(action))
            entry.triggered.connect(lambda _on=False, action=action: self.acted.emit(job_id, action))
        job = self._book.get(job_id)
        for action in menu_only(job) if job is not None else ():
            entry = menu.addAction(self._delegate.action_text(action))
            entry.triggered.connect(lambda _on=False, action=action: self.acted.emit(job_id, action))
        if job is not None and job.state is not JobState.DONE:
            menu.addSeparator()
            lock = menu.addAction(self._delegate.action_text(JobAction.NEVER_CLOUD))
            lock.setCheckable(True)
            lock.setChecked(job.options.never_cloud)
            lock.triggered.connect(lambda _on=False: self.acted.emit(job_id, JobAction.NEVER_CLOUD))
        return menu

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._delegate.keyboard = event.reason() in _KEYBOARD
        super().focusInEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hover = self._hover_at(event.pos())
            text = self._delegate.action_text(hover.action) if hover.action else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().viewportEvent(event)

    # -- helpers

    def _actions(self, job_id: str) -> tuple[JobAction, ...]:
        job = self._book.get(job_id)
        return self._words(job).actions if job else ()

    def _opens(self, number: int) -> bool:
        row = self._rows.row(self._rows.index(number)) if number >= 0 else None
        return isinstance(row, JobRow) and JobAction.OPEN in self._actions(row.job_id)

    def _hover_at(self, point: QPoint) -> Hover:
        index: QModelIndex = self.indexAt(point)
        row = self._rows.row(index)
        if isinstance(row, MoreRow):
            return Hover(index.row())
        if not isinstance(row, JobRow):
            return Hover()
        job = self._book.get(row.job_id)
        if job is None:
            return Hover()
        for action, area in self._delegate.action_areas(self.visualRect(index), self._words(job)).items():
            if area.contains(point):
                return Hover(index.row(), action)
        return Hover(index.row())

    def _select_first(self) -> None:
        for number in range(self._rows.rowCount()):
            index = self._rows.index(number)
            if isinstance(self._rows.row(index), JobRow):
                self.setCurrentIndex(index)
                return

    def _relayout(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def _retranslate(self) -> None:
        self.setAccessibleName(self._ctx.t("ui-jobs-list"))
        self._relayout()
