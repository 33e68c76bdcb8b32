"""What is left out of pyqtgraph is left out while it is read, and only then."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import json, sys
finders = list(sys.meta_path)
from autocut_tray.ui.plotting import pg
names = sorted(name for name in sys.modules if name.startswith("pyqtgraph"))
unread = [name for name in names if getattr(sys.modules[name], "__file__", None) is None]
from pyqtgraph.graphicsItems.LegendItem import LegendItem
print(json.dumps([sys.meta_path == finders, unread, LegendItem.__module__, pg.ViewBox.__module__, pg.QtGui.__name__]))
"""


def test_what_was_left_out_can_be_read_later() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout) == [
        True,
        ["pyqtgraph.Qt"],
        "pyqtgraph.graphicsItems.LegendItem",
        "pyqtgraph.graphicsItems.ViewBox.ViewBox",
        "PySide6.QtGui",
    ]
