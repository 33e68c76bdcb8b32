"""The clips of a rough cut, as wide as they are long: choose, drag to another place, remove."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSizePolicy, QToolTip, QWidget

from autocut_tray.core.frozen import frozen
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.thumbnails import Thumbnails
from autocut_tray.ui.widgets.paint import draw_frame, font_of, rounded

CLIP_HEIGHT = 66
_LABEL_HEIGHT = 18
_GAP = 3
_NARROWEST = 66
_SCROLL_BAR = 10
_STEP = 128
"""px by which the widths of pictures differ."""


@frozen
class CutClip:
    """``seconds``: its length in the cut; ``length`` and ``words`` as they are shown."""

    scene: int
    seconds: float
    thumbnail: str | None
    length: str
    words: str


def widths(seconds: Sequence[float], room: int) -> list[int]:
    """px of each clip: as its length is to the others', none narrower than can be read. May be more than ``room``."""
    if not seconds:
        return []
    room = max(0, room - _GAP * (len(seconds) - 1))
    spare = room - _NARROWEST * len(seconds)
    if spare <= 0:
        return [_NARROWEST] * len(seconds)
    free = dict(enumerate(seconds))
    result = [_NARROWEST] * len(seconds)
    left = room
    while free:  # the shortest get their least, the others share what is left
        total = sum(free.values())
        narrow = [n for n, length in free.items() if left * length < _NARROWEST * total]
        if not narrow:
            at, used = 0.0, 0
            for number, length in free.items():
                at += left * length / total
                result[number] = round(at) - used
                used += result[number]
            break
        for number in narrow:
            del free[number]
            left -= _NARROWEST
    return result


def _fill(painter: QPainter, area: QRectF, picture: QPixmap, shape: QPainterPath) -> None:
    """The middle of a picture: a clip's width is its length, so its frame cannot have the picture's shape."""
    size = picture.deviceIndependentSize()
    target = QRectF(QPointF(0, 0), size.scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    target.moveCenter(area.center())
    painter.save()
    painter.setClipPath(shape)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(target, picture, QRectF(picture.rect()))
    painter.restore()


class CutStrip(QScrollArea):
    """``ordered`` carries the scenes as the person wants them now, ``chosen`` a scene or None."""

    ordered = Signal(object)
    chosen = Signal(object)

    def __init__(self, ctx: UiContext, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.line = _Line(ctx, thumbnails, self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(self.line)
        self.setWidgetResizable(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }")
        self.line.ordered.connect(self.ordered)
        self.line.chosen.connect(self.chosen)

    @property
    def clips(self) -> tuple[CutClip, ...]:
        return tuple(self.line.clips)

    @property
    def current(self) -> CutClip | None:
        return self.line.current

    def show_clips(self, clips: Sequence[CutClip]) -> None:
        """The clip that was chosen stays so if it is still there."""
        self.line.show_clips(clips)
        self._fit()

    def choose(self, number: int) -> None:
        self.line.choose(number)

    def remove_current(self) -> None:
        self.line.remove_current()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(400, self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._height())

    def _height(self) -> int:
        return CLIP_HEIGHT + (_SCROLL_BAR if self.line.wanted_width(self.width()) > self.width() else 0)

    def _fit(self) -> None:
        self.line.resize(max(self.width(), self.line.wanted_width(self.width())), CLIP_HEIGHT)
        self.updateGeometry()


class _Line(QWidget):
    """All clips, however wide."""

    ordered = Signal(object)
    chosen = Signal(object)

    def __init__(self, ctx: UiContext, thumbnails: Thumbnails, area: QScrollArea) -> None:
        super().__init__()
        self._ctx = ctx
        self._thumbnails = thumbnails
        self._area = area
        self.clips: list[CutClip] = []
        self._current: int | None = None
        self._pressed: tuple[int, QPoint] | None = None
        self._gap: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        thumbnails.arrived.connect(self.update)
        ctx.theme.changed.connect(self.update)
        ctx.language_changed.connect(self._retranslate)
        self._retranslate()

    @property
    def current(self) -> CutClip | None:
        return None if self._current is None else self.clips[self._current]

    @property
    def gap(self) -> int | None:
        """Where the dragged clip would come, while one is dragged."""
        return self._gap

    def show_clips(self, clips: Sequence[CutClip]) -> None:
        scene = self.current.scene if self.current else None
        self.clips = list(clips)
        self._pressed = self._gap = None
        self._current = next((n for n, clip in enumerate(self.clips) if clip.scene == scene), None)
        if self._current is None and self.clips:
            self._current = 0
        self._tell()

    def wanted_width(self, room: int) -> int:
        shares = widths([clip.seconds for clip in self.clips], room)
        return sum(shares) + _GAP * max(0, len(shares) - 1)

    def boxes(self) -> list[QRect]:
        """Where each clip is."""
        found, left = [], 0
        for width in widths([clip.seconds for clip in self.clips], self.width()):
            found.append(QRect(left, 0, width, CLIP_HEIGHT))
            left += width + _GAP
        return found

    def choose(self, number: int) -> None:
        if self.clips:
            self._current = min(max(number, 0), len(self.clips) - 1)
            box = self.boxes()[self._current]
            self._area.ensureVisible(box.center().x(), 0, box.width() // 2 + 20, 0)
            self._tell()

    def remove_current(self) -> None:
        if self._current is None or not self.isEnabled():
            return
        del self.clips[self._current]
        self._current = min(self._current, len(self.clips) - 1) if self.clips else None
        self._tell()
        self._tell_order()

    # -- mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and number is not None:
            self._pressed = number, event.position().toPoint()
            self.choose(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        here = event.position().toPoint()
        far = (here - self._pressed[1]).manhattanLength() >= QApplication.startDragDistance()
        if far or self._gap is not None:
            self._gap = sum(box.center().x() < here.x() for box in self.boxes())
            self._area.ensureVisible(here.x(), 0, 40, 0)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, gap = self._pressed, self._gap
        self._pressed = self._gap = None
        self.update()
        if pressed is not None and gap is not None and event.button() is Qt.MouseButton.LeftButton:
            self._move(pressed[0], gap)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        moving = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape and self._gap is not None:
            self._pressed = self._gap = None
            self.update()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_current()
        elif step is None or self._current is None:
            super().keyPressEvent(event)
        elif moving:
            self._move(self._current, self._current + (2 if step > 0 else -1))
        else:
            self.choose(self._current + step)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            number = self._at(event.pos())
            if number is not None:
                # Escaped in a paragraph: a tooltip guesses its format, and a model's words may look like markup.
                QToolTip.showText(event.globalPos(), f"<p>{html.escape(self.clips[number].words)}</p>", self)
            return True
        return super().event(event)

    def focusInEvent(self, event: object) -> None:
        self.update()

    def focusOutEvent(self, event: object) -> None:
        self.update()

    # -- inside

    def _at(self, place: QPoint) -> int | None:
        return next((n for n, box in enumerate(self.boxes()) if box.contains(place)), None)

    def _move(self, number: int, gap: int) -> None:
        """Put a clip before the one that is now at ``gap``."""
        target = gap - 1 if gap > number else gap
        if not 0 <= target < len(self.clips) or target == number or not self.isEnabled():
            return
        self.clips.insert(target, self.clips.pop(number))
        self.choose(target)
        self._tell_order()

    def _tell(self) -> None:
        self._retranslate()
        self.update()
        self.chosen.emit(self.current.scene if self.current else None)

    def _tell_order(self) -> None:
        self.ordered.emit(tuple(clip.scene for clip in self.clips))

    def _retranslate(self) -> None:
        self.setAccessibleName(self._ctx.t("ui-cut-strip"))
        self.setAccessibleDescription(self.current.words if self.current else "")

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._ctx.theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        boxes = self.boxes()
        for number, (clip, box) in enumerate(zip(self.clips, boxes, strict=True)):
            if box.intersects(event.rect()):
                if not self.isEnabled() or (
                    self._gap is not None and self._pressed and self._pressed[0] == number
                ):
                    painter.setOpacity(0.5)
                self._paint_clip(painter, number, clip, box)
                painter.setOpacity(1.0)
        if self._gap is not None and boxes:
            last = self._gap >= len(boxes)
            x = boxes[-1].right() if last else max(0, boxes[self._gap].left() - _GAP + 1)
            painter.fillRect(QRect(x, 0, 2, CLIP_HEIGHT), QColor(tokens.accent))

    def _paint_clip(self, painter: QPainter, number: int, clip: CutClip, box: QRect) -> None:
        tokens = self._ctx.theme.tokens
        whole = QRectF(box)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.nav_on))
        painter.drawRoundedRect(whole, 4, 4)
        frame = QRectF(whole.left(), whole.top(), whole.width(), whole.height() - _LABEL_HEIGHT)
        ratio = painter.device().devicePixelRatioF()
        shape = rounded(frame, 4, bottom=False)
        # In steps, so that a window that is being widened does not read every picture again at every pixel.
        width = _STEP * -(-max(box.width(), round(frame.height() * 16 / 9)) // _STEP)
        picture = self._thumbnails.get(clip.thumbnail, width, ratio) if clip.thumbnail else None
        draw_frame(painter, frame, None, tokens.thumb, shape)
        if picture is not None:
            _fill(painter, frame, picture, shape)
        font = font_of(self.font(), 11)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text2))
        label = QRect(box.left() + 7, box.bottom() - _LABEL_HEIGHT + 1, box.width() - 10, _LABEL_HEIGHT)
        # Half a length says less than none.
        fits = (f"{number + 1}  {clip.length}", f"{number + 1} {clip.length}", str(number + 1))
        metrics = QFontMetrics(font)
        words = next((words for words in fits if metrics.horizontalAdvance(words) <= label.width()), fits[-1])
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        if number == self._current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent if self.hasFocus() else tokens.control), 2))
            painter.drawRoundedRect(whole.adjusted(1, 1, -1, -1), 4, 4)
