"""The pictures of a long scene side by side: pointing at one or the arrow keys show it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from autocut_tray.core.footage import MAX_PICTURES
from autocut_tray.core.jobs.job import ScenePicture
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.phrases import media_time
from autocut_tray.ui.thumbnails import Thumbnails
from autocut_tray.ui.widgets.paint import draw_frame, rounded

_GAP = 6


class FilmStrip(QWidget):
    """As wide as its place, for as many pictures as a scene can have. ``shown`` carries the name of one."""

    shown = Signal(str)

    def __init__(self, ctx: UiContext, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._ctx = ctx
        self._thumbnails = thumbnails
        self._pictures: tuple[ScenePicture, ...] = ()
        self._current = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        thumbnails.arrived.connect(self.update)
        ctx.theme.changed.connect(self.update)
        ctx.language_changed.connect(self._say)

    def show_pictures(self, pictures: Sequence[ScenePicture], current: str | None) -> None:
        """``current``: the name of the one that is marked. One picture alone needs no strip."""
        names = [picture.name for picture in pictures]
        self._pictures = tuple(pictures)
        self._current = names.index(current) if current in names else 0
        self.setVisible(len(pictures) > 1)
        self._say()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(self._side(width) * 9 / 16)

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(240))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position())
        if at is not None:
            self._choose(at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._choose(min(len(self._pictures) - 1, max(0, self._current + step)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, ratio = self._ctx.theme.tokens, self.devicePixelRatioF()
        for number, picture in enumerate(self._pictures):
            area = self._area(number)
            image = self._thumbnails.get(picture.name, round(area.width()), ratio)
            draw_frame(painter, area, image, tokens.thumb, rounded(area, 4))
            if number == self._current:
                painter.setPen(QPen(QColor(tokens.accent), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 4, 4)

    def _choose(self, number: int) -> None:
        if number == self._current:
            return
        self._current = number
        self._say()
        self.shown.emit(self._pictures[number].name)

    def _say(self) -> None:
        t = self._ctx.t
        self.setAccessibleName(t("ui-scene-pictures-strip"))
        if self._pictures:
            picture = self._pictures[self._current]
            words = t(
                "ui-scene-picture-at",
                n=self._current + 1,
                all=len(self._pictures),
                time=media_time(picture.time),
            )
            self.setAccessibleDescription(words)
            self.setToolTip(words)
        self.update()

    @staticmethod
    def _side(width: int) -> float:
        return (width - (MAX_PICTURES - 1) * _GAP) / MAX_PICTURES

    def _area(self, number: int) -> QRectF:
        side = self._side(self.width())
        return QRectF(number * (side + _GAP), 0, side, side * 9 / 16)

    def _at(self, point: QPointF) -> int | None:
        found = (n for n in range(len(self._pictures)) if self._area(n).contains(point))
        return next(found, None)
