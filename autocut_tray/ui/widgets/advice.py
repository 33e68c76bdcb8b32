"""What a person can do while memory is nearly used up."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from autocut_tray.core.policy.limits import limits_in_force
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.text import Text

WIDTH = 440


def show_advice(ctx: UiContext, parent: QWidget) -> QDialog:
    """A small dialog that waits for nobody."""
    sample = ctx.services.monitor.latest
    limits = limits_in_force(ctx.services.settings.current.limits)
    total = sample.ram_total if sample is not None else None
    free = limits.ram_limits(total).emergency_off if total else limits.emergency_off_avail_mib
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(ctx.t("ui-what-can-i-do"))
    dialog.setFixedWidth(WIDTH)
    close = Button(ctx, "ui-close")
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    first, second = Text(ctx, wrap=True), Text(ctx, "sub", wrap=True)
    first.say(ctx.t("ui-advice-close", free=ctx.say.gb(free)))
    second.say_code("ui-advice-safe")
    dialog.setLayout(
        column(
            Text(ctx, "heading", "ui-advice-title"),
            6,
            first,
            6,
            second,
            16,
            row(None, close),
            margins=(24, 20, 24, 20),
        )
    )
    dialog.open()
    return dialog
