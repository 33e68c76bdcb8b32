"""On or off, applied at once."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle

from autocut_tray.ui.context import UiContext

_WIDTH, _HEIGHT, _KNOB = 36, 20, 14
_MS = 120


class Switch(QAbstractButton):
    """36 x 20. By hand the knob moves in 120 ms; else it jumps, as it does where the system wants no animation."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._at = 0.0
        self._motion = QVariantAnimation(self)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._moved)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        ctx.theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, _HEIGHT)

    def nextCheckState(self) -> None:
        """By hand."""
        super().nextCheckState()
        self._move()

    def checkStateSet(self) -> None:
        """By the program, whose signals may be blocked."""
        super().checkStateSet()
        self._motion.stop()
        self._moved(float(self.isChecked()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._ctx.theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        if not self.isEnabled():
            painter.setOpacity(0.5)
        edge = QRectF(0.5, 0.5, _WIDTH - 1, _HEIGHT - 1)
        painter.setPen(QPen(QColor(tokens.fill if on else tokens.control), 1))
        painter.setBrush(QColor(tokens.fill) if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(edge, _HEIGHT / 2, _HEIGHT / 2)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.text if on else tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(edge, _HEIGHT / 2, _HEIGHT / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.on_fill if on else tokens.text2))
        painter.drawEllipse(QRectF(3 + self._at * (_WIDTH - _KNOB - 6), 3, _KNOB, _KNOB))

    def _move(self) -> None:
        target = float(self.isChecked())
        still = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) == 0
        self._motion.stop()
        if still or not self.isVisible():
            self._moved(target)
            return
        self._motion.setStartValue(self._at)
        self._motion.setEndValue(target)
        self._motion.setDuration(_MS)
        self._motion.start()

    def _moved(self, value: float) -> None:
        self._at = value
        self.update()
