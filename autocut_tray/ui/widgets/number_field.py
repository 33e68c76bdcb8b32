"""A number with its unit; tells a new value when the person is done with it."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox

from autocut_tray.core.quantities import NBSP
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.setting_fields import Field

WIDTH = 112


class NumberField(QDoubleSpinBox):
    """``changed`` carries an int where the setting has no decimals."""

    changed = Signal(object)

    def __init__(self, ctx: UiContext, field: Field) -> None:
        super().__init__()
        self._ctx = ctx
        self._field = field
        self._told: float | None = None
        self.setLocale(QLocale.c())
        self.setDecimals(field.decimals)
        self.setRange(field.low, field.high)
        self.setSingleStep(1.0 if field.decimals == 0 else 0.1 if field.decimals == 1 else 0.05)
        self.setKeyboardTracking(False)
        self.setFixedWidth(WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().setAcceptDrops(False)
        self.valueChanged.connect(self._tell)
        ctx.language_changed.connect(self._retranslate)
        self._retranslate()

    def show_value(self, value: float) -> None:
        """Without a signal."""
        self._told = value
        if value != self.value():
            self.setValue(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def _tell(self, value: float) -> None:
        if value != self._told:
            self._told = value
            self.changed.emit(int(value) if self._field.decimals == 0 else round(value, self._field.decimals))

    def _retranslate(self) -> None:
        unit = self._field.unit
        if unit == "%":
            self.setSuffix(self._ctx.t("ui-percent", n=""))  # Chinese has no space before it
        elif unit:
            self.setSuffix(NBSP + (unit if unit == "MiB" else self._ctx.t(f"ui-unit-{unit}")))
