"""Starts the program up to its explanation and tells how long its event loop stood still meanwhile.

A timer of 5 ms is added before the loop begins; each line of ``gaps`` is a time between two of its ticks in excess of
what was asked, ``at_ms`` after the loop began.
"""

from __future__ import annotations

import itertools
import json
import sys
import time

TICK_MS = 5
KEPT = 8


def main() -> int:
    """Run the program's own main with a watched application object."""
    from PySide6 import QtCore, QtWidgets

    ticks: list[float] = []

    class Watched(QtWidgets.QApplication):
        @staticmethod
        def exec() -> int:
            timer = QtCore.QTimer()
            timer.setTimerType(QtCore.Qt.TimerType.PreciseTimer)
            timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
            timer.start(TICK_MS)
            ticks.append(time.perf_counter())
            return QtCore.QCoreApplication.exec()

    QtWidgets.QApplication = Watched  # type: ignore[misc]
    from autocut_tray.__main__ import main as program

    out, sys.stdout = sys.stdout, sys.stderr
    code = program(["--quit-after", "explained"])
    gaps = [
        {"ms": round((after - before) * 1000 - TICK_MS, 1), "at_ms": round((before - ticks[0]) * 1000, 1)}
        for before, after in itertools.pairwise(ticks)
    ]
    gaps.sort(key=lambda gap: -gap["ms"])
    out.write(json.dumps({"longest_ms": gaps[0]["ms"], "gaps": gaps[:KEPT]}) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
