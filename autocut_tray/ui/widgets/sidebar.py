"""The sidebar: mark and name, five pages, three meters."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame

from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.brand import SIDE_WIDTH, Brand
from autocut_tray.ui.widgets.button import Button
from autocut_tray.ui.widgets.layouts import column, hairline, row
from autocut_tray.ui.widgets.meters import Meters
from autocut_tray.ui.widgets.text import Text

PAGES = ("overview", "monitor", "analyse", "events", "settings")


class Sidebar(QFrame):
    """``chosen`` carries the name of the page."""

    chosen = Signal(str)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setFixedWidth(SIDE_WIDTH)
        self.meters = Meters(ctx)
        self._rows: dict[str, Button] = {}
        self._group = QButtonGroup(self)
        for name in PAGES:
            button = Button(ctx, f"ui-page-{name}", glyph=name, role="nav")
            button.setCheckable(True)
            button.clicked.connect(lambda _on=False, name=name: self.chosen.emit(name))
            self._group.addButton(button)
            self._rows[name] = button
        self._count = Text(ctx, "small", parent=self._rows["analyse"])
        self._count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._rows["analyse"].setLayout(row(None, self._count, margins=(0, 0, 8, 0)))
        layout = column(Brand(), 8, spacing=0, margins=(8, 0, 8, 9))
        for button in self._rows.values():
            layout.addWidget(button)
            layout.addSpacing(2)
        layout.addStretch(1)
        layout.addWidget(hairline())
        layout.addSpacing(11)
        layout.addWidget(self.meters)
        self.setLayout(layout)

    def select(self, page: str) -> None:
        self._rows[page].setChecked(True)

    @property
    def count(self) -> str:
        """What stands beside Analyse."""
        return self._count.words

    def show_count(self, active: int) -> None:
        """Running and waiting jobs, at the right of Analyse; nothing for none."""
        self._count.say(str(active) if active else "")
