"""Scenes in a grid whose cards fill the width."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView

from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.models.scene_rows import SceneRow, SceneRows
from autocut_tray.ui.thumbnails import Thumbnails
from autocut_tray.ui.widgets.scene_delegate import GAP, SMALLEST_CARD, SceneDelegate


class SceneGrid(QListView):
    """``selected`` carries the scene that is shown in detail, or None."""

    selected = Signal(object)

    def __init__(self, ctx: UiContext, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._ctx = ctx
        self.scenes = SceneRows(self)
        self._delegate = SceneDelegate(ctx, thumbnails, self)
        self.setModel(self.scenes)
        self.setItemDelegate(self._delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSpacing(0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().setSingleStep(32)
        self.viewport().setAcceptDrops(False)
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        self.scenes.dataChanged.connect(self._row_changed)
        self.scenes.modelReset.connect(lambda: self.selected.emit(None))
        thumbnails.arrived.connect(self.viewport().update)
        ctx.theme.changed.connect(self.viewport().update)
        ctx.language_changed.connect(self._retranslate)
        self._retranslate()

    def set_base(self, tier: Tier | None) -> None:
        """The tier the policy would use: scenes described on a lower one are marked."""
        self._delegate.base = tier
        self.viewport().update()

    @property
    def current(self) -> SceneRow | None:
        indexes = self.selectedIndexes()
        return self.scenes.row(indexes[0]) if indexes else None

    def select_first(self) -> None:
        if self.scenes.rowCount():
            self.setCurrentIndex(self.scenes.index(0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        width = event.size().width()
        columns = max(1, (width + GAP) // (SMALLEST_CARD + GAP))
        # One pixel less than an equal share: a row that is exactly full would wrap.
        self._delegate.card_width = max(120, (width - 1) // columns - GAP)
        size = self._delegate.card_size()
        self.setGridSize(QSize(size.width() + GAP, size.height() + GAP))
        super().resizeEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(event.position().toPoint())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)
        super().leaveEvent(event)

    def _point_at(self, point: QPoint | None) -> None:
        """Leaf through the pictures of the long scene that the mouse is over."""
        for at in (self._delegate.pointer, point):
            row = self.scenes.row(self.indexAt(at)) if at is not None else None
            if row is not None and row.record.further:
                self.viewport().update()
                break
        self._delegate.pointer = point

    def _selection_changed(self, _new: QItemSelection, _old: QItemSelection) -> None:
        self.selected.emit(self.current)

    def _row_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        chosen = self.selectedIndexes()
        if chosen and first.row() <= chosen[0].row() <= last.row():
            self.selected.emit(self.current)

    def _retranslate(self) -> None:
        self.setAccessibleName(self._ctx.t("ui-scenes-list"))
        self.viewport().update()
