"""One setting: label and a line of help at the left, its control at the right, a problem below."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from autocut_tray.core.settings.schema import Settings
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.setting_fields import Control, Field, value_of
from autocut_tray.ui.widgets.api_access import ApiAccessCard
from autocut_tray.ui.widgets.combo import Combo
from autocut_tray.ui.widgets.key_entry import KeyEntry
from autocut_tray.ui.widgets.layouts import column, restyle, row
from autocut_tray.ui.widgets.number_field import NumberField
from autocut_tray.ui.widgets.server_test import ServerTest
from autocut_tray.ui.widgets.switch import Switch
from autocut_tray.ui.widgets.text import Text

TEXT_WIDTH = 232
_EMPTY_IS_NOTHING = ("api.folders",)
"""Texts for which empty is not the choice of the program."""


class SettingRow(QWidget):
    """``changed`` carries the path and the value the person chose."""

    changed = Signal(str, object)

    def __init__(self, ctx: UiContext, field: Field, *, by_environment: bool) -> None:
        super().__init__()
        self._ctx = ctx
        self.field = field
        self._label = Text(ctx, code=field.code, wrap=True)
        self._help = Text(ctx, "small", wrap=True)
        self._help.say_code("ui-setting-by-environment" if by_environment else f"{field.code}-help")
        self._problem = Text(ctx, "small", wrap=True)
        self._problem.setProperty("tone", "crit")
        self._problem.hide()
        self.control = self._make_control()
        self.control.setEnabled(not by_environment)
        line = row(spacing=24)
        line.addLayout(column(self._label, 1, self._help, self._problem), 1)
        line.addWidget(self.control)
        self.test: ServerTest | None = None
        self.key: KeyEntry | None = None
        self.api: ApiAccessCard | None = None
        self._below = column()
        self.setLayout(column(line, self._below, margins=(20, 12, 20, 12)))
        ctx.language_changed.connect(self._retranslate)
        self._retranslate()

    def add_test(self, test: ServerTest) -> None:
        """Put a test of this value directly below it."""
        self.test = test
        self._below.addWidget(test)

    def add_key(self, entry: KeyEntry) -> None:
        """Put the key that belongs to this value below it."""
        self.key = entry
        self._below.addWidget(entry)

    def add_api(self, access: ApiAccessCard) -> None:
        """Put address and token of the API below its switch."""
        self.api = access
        self._below.addWidget(access)

    def show_value(self, settings: Settings) -> None:
        """Show what is in force; says nothing back."""
        value = value_of(settings, self.field)
        self._problem.hide()
        control = self.control
        control.blockSignals(True)
        if isinstance(control, Switch):
            control.setChecked(bool(value))
        elif isinstance(control, Combo):
            control.setCurrentIndex(self.field.choices.index(value) if value in self.field.choices else -1)
        elif isinstance(control, NumberField):
            assert isinstance(value, int | float)
            control.show_value(float(value))
        elif isinstance(control, QLineEdit) and not control.hasFocus():
            control.setText("" if value is None else str(value))
        if isinstance(control, QLineEdit):
            restyle(control, "bad", "false")
        control.blockSignals(False)

    def show_problem(self, text: str) -> None:
        """The value was not taken."""
        self._problem.say(text)
        self._problem.show()
        if isinstance(self.control, QLineEdit):
            restyle(self.control, "bad", "true")

    @property
    def problem(self) -> str:
        return "" if self._problem.isHidden() else self._problem.words

    def _make_control(self) -> QWidget:
        field = self.field
        if field.control is Control.SWITCH:
            switch = Switch(self._ctx)
            switch.toggled.connect(self._chosen)
            return switch
        if field.control is Control.CHOICE:
            combo = Combo(self._ctx)
            combo.addItems([""] * len(field.choices))
            combo.activated.connect(lambda number: self._chosen(field.choices[number]))
            return combo
        if field.control is Control.NUMBER:
            number_field = NumberField(self._ctx, field)
            number_field.changed.connect(self._chosen)
            return number_field
        line = QLineEdit()
        line.setFixedWidth(TEXT_WIDTH)
        line.setMaxLength(300)
        line.setAcceptDrops(False)
        line.editingFinished.connect(lambda: self._text_done(line))
        return line

    def _text_done(self, line: QLineEdit) -> None:
        if line.isModified():
            line.setModified(False)
            self._chosen(line.text().strip())

    def _chosen(self, value: object) -> None:
        self.changed.emit(self.field.path, value)

    def _retranslate(self) -> None:
        if isinstance(self.control, Combo):
            for number, value in enumerate(self.field.choices):
                self.control.setItemText(number, self._ctx.t(self.field.choice_code(value)))
        elif isinstance(self.control, QLineEdit):
            empty = "ui-setting-nothing" if self.field.path in _EMPTY_IS_NOTHING else "ui-setting-automatic"
            self.control.setPlaceholderText(self._ctx.t(empty))
        self.control.setAccessibleName(self._label.words)
