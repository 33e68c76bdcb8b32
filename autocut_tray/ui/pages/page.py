"""What the five pages have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLayout, QLineEdit, QScrollArea, QWidget

from autocut_tray.core.messages import Message
from autocut_tray.ui.context import UiContext
from autocut_tray.ui.widgets.layouts import column, row
from autocut_tray.ui.widgets.text import Text

if TYPE_CHECKING:
    from autocut_tray.ui.shell import Shell

MARGINS = (32, 24, 32, 24)
NARROW = 1040
"""Below this width of the window two columns become one."""


class Page(QWidget):
    """A page is built when it is first shown and does nothing while it is hidden.

    ``shell`` is the way to what is not the page's own: other pages, the jobs, dialogs.
    """

    def __init__(self, ctx: UiContext, shell: Shell) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.ctx = ctx
        self.shell = shell

    @property
    def wants_fast_readings(self) -> bool:
        """Whether the machine must be measured more often while this page is visible."""
        return False

    def prepare(self) -> None:
        """Do what takes long and is needed to be shown, if that was not done yet; showing it does so in any case."""

    def set_narrow(self, narrow: bool) -> None:
        """One column instead of two; pages with one column need not care."""

    def set_over(self, title: Message | None) -> bool:
        """Files are held over the window (None: no more); True when the page shows that itself."""
        return False

    def focus_search(self) -> None:
        """Ctrl+F."""
        fields = [field for field in self.findChildren(QLineEdit) if field.isVisible()]
        if fields:
            fields[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def heading(self, code: str, *right: QWidget) -> QLayout:
        """The page's title with its controls at the right."""
        line = row(Text(self.ctx, "title", code), None, *right)
        line.addStrut(30)  # pages without controls keep their title where the others have it
        return line


def scrolled(content: QLayout, margins: tuple[int, int, int, int] = MARGINS) -> QScrollArea:
    """A page's body that scrolls when the window is too small for it."""
    body = QWidget()
    body.setObjectName("pageBody")
    body.setLayout(column(content, margins=margins))
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(body)
    return area
