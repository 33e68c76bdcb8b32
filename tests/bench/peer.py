"""The smallest Qt program that shows a tray icon, a window, or four plots: the floor under our own figures.

    python -m tests.bench.peer tray|window|plots [--stay]

Prints what it cost, as the program's own ``--quit-after`` does; with ``--stay`` it runs on instead.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

PAINTED_MS = 100
"""Long enough for the first painting, and waiting costs no CPU time."""


def main(arguments: list[str]) -> int:
    """Show it, say what it cost, end."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QColor, QIcon, QPixmap
    from PySide6.QtWidgets import QApplication, QMainWindow, QSystemTrayIcon

    stage, stay = arguments[0], "--stay" in arguments
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    picture = QPixmap(22, 22)
    picture.fill(QColor("orange"))
    tray = QSystemTrayIcon(QIcon(picture))
    tray.show()
    window = None if stage == "tray" else QMainWindow()
    if window is not None:
        window.setCentralWidget(_plots() if stage == "plots" else _label())
        window.resize(1180, 760)
        window.show()

    def reached() -> None:
        cpu_ms = round(time.process_time() * 1000, 1)
        import psutil  # after the clock was read: it is no part of the floor

        rss_mib = round(psutil.Process().memory_info().rss / 2**20, 1)
        print(json.dumps({"stage": stage, "cpu_ms": cpu_ms, "rss_mib": rss_mib}), flush=True)  # noqa: T201
        tray.hide()
        app.exit(0)

    if not stay:
        QTimer.singleShot(0 if window is None else PAINTED_MS, reached)
    return app.exec()


def _label() -> Any:
    from PySide6.QtWidgets import QLabel

    return QLabel("A plain window")


def _plots() -> Any:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import numpy as np
    import pyqtgraph as pg

    view = pg.GraphicsLayoutWidget()
    for number in range(4):
        box = pg.ViewBox(enableMenu=False)
        view.addItem(box, number, 0)
        pen = pg.mkPen("w", width=1)
        box.addItem(pg.PlotCurveItem(np.arange(600.0), np.linspace(0.0, 100.0, 600), pen=pen))
    return view


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
