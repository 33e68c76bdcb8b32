"""A small window that offers files by real XDND drags: ``python drag_source.py FILE...``.

It stands at +40+100, 120x80 pixels. It says ``ready`` when it is shown, ``action copy`` when a target under the
pointer accepts, ``action ignore`` when it leaves one, ``result copy`` or ``result ignore`` when the
button is released, and ``finished`` when the target has fetched what it wants.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

GEOMETRY = (40, 100, 120, 80)


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


def name(action: Qt.DropAction) -> str:
    return "ignore" if action == Qt.DropAction.IgnoreAction else "copy"


class DragSource(QLabel):
    """Press on it and move to drag the files away."""

    def __init__(self, files: list[str]) -> None:
        super().__init__("drag me")
        self._urls = [QUrl.fromLocalFile(str(Path(file).absolute())) for file in files]
        self._dragging = False
        self.setWindowTitle("DragSource")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setStyleSheet("background: #7bd27b")
        self.setWindowFlag(Qt.WindowType.X11BypassWindowManagerHint)
        self.setGeometry(*GEOMETRY)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        self._dragging = True
        drag = QDrag(self)
        mime = QMimeData()
        mime.setUrls(self._urls)
        drag.setMimeData(mime)
        drag.actionChanged.connect(lambda action: say(f"action {name(action)}"))
        # It lives until the target has fetched the data, which is after exec() returned.
        drag.destroyed.connect(lambda: say("finished"))
        result = drag.exec(Qt.DropAction.CopyAction)
        self._dragging = False
        say(f"result {name(result)}")


def main() -> None:
    app = QApplication(sys.argv[:1])
    source = DragSource(sys.argv[1:])
    source.show()
    say("ready")
    app.exec()


if __name__ == "__main__":
    main()
