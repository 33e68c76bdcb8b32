"""The window itself: up within a fraction of a second, filled when there is something to fill it with."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QFrame, QMainWindow, QWidget

from autocut_tray.ui.theme.icons import app_icon
from autocut_tray.ui.widgets.brand import NAME, SIDE_WIDTH, Brand
from autocut_tray.ui.widgets.layouts import column, row

SMALLEST = (960, 640)
FIRST_SIZE = (1180, 760)


class Window(QMainWindow):
    """Until it is filled it shows the sidebar's ground with mark and name, so that nothing jumps afterwards."""

    first_painted = Signal()
    closed = Signal()
    """The person closed the window (it is hidden already)."""
    minimized = Signal()

    def __init__(self, geometry: str) -> None:
        """``geometry``: where it was, as :meth:`place` gave it; empty for the first time."""
        super().__init__()
        self._painted = False
        self.setWindowTitle(NAME)
        self.setWindowIcon(app_icon())
        self.setMinimumSize(*SMALLEST)
        # The first focus is the window's own: the ring appears with the first Tab, not by itself.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCentralWidget(_waiting())
        self.setFocus()
        shortcut = QShortcut(QKeySequence("Ctrl+W"), self)
        shortcut.activated.connect(self.close)
        self._restore(geometry)

    def fill(self, content: QWidget) -> None:
        if self.centralWidget() is not content:
            self.setCentralWidget(content)

    def raise_up(self) -> None:
        """Show it in front, whatever it was."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    @property
    def place(self) -> str:
        """Position, size and state, in Qt's own form in base 64."""
        return bytes(self.saveGeometry().toBase64().data()).decode("ascii")

    def _restore(self, geometry: str) -> None:
        """Where it was, on a screen that is there."""
        if geometry and self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii"))):
            return
        screen = QGuiApplication.primaryScreen()
        width, height = FIRST_SIZE
        if screen is not None:
            room = screen.availableSize()
            width, height = min(width, room.width()), min(height, room.height())
        self.resize(width, height)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Whether the program ends is not this window's to decide."""
        event.accept()
        self.closed.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            self.minimized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)


def _waiting() -> QWidget:
    side, page = QFrame(), QWidget()
    side.setObjectName("side")
    side.setFixedWidth(SIDE_WIDTH)
    side.setLayout(column(Brand(), None, margins=(8, 0, 8, 9)))
    page.setObjectName("page")
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    both = row(side, spacing=0)
    both.addWidget(page, 1)
    centre = QWidget()
    centre.setLayout(both)
    return centre
