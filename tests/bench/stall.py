"""Starts the program up to its explanation and tells how long its event loop stood still meanwhile.

A timer of 5 ms is added before the loop begins; each line of ``gaps`` is a time between two of its ticks in excess of
what was asked, ``at_ms`` after the loop began. ``own_ms`` is how long the window's own thread computed in it: for the
rest it waited, for other threads or, on a busy machine, for other programs.
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

    ticks: list[tuple[float, float]] = []

    def tick() -> None:
        ticks.append((time.perf_counter(), time.thread_time()))

    class Watched(QtWidgets.QApplication):
        @staticmethod
        def exec() -> int:
            timer = QtCore.QTimer()
            timer.setTimerType(QtCore.Qt.TimerType.PreciseTimer)
            timer.timeout.connect(tick)
            timer.start(TICK_MS)
            tick()
            return QtCore.QCoreApplication.exec()

    QtWidgets.QApplication = Watched  # type: ignore[misc]
    from autocut_tray.__main__ import main as program

    out, sys.stdout = sys.stdout, sys.stderr
    code = program(["--quit-after", "explained"])
    gaps = [
        {
            "ms": round((after - before) * 1000 - TICK_MS, 1),
            "own_ms": round((computed - had) * 1000, 1),
            "at_ms": round((before - ticks[0][0]) * 1000, 1),
        }
        for (before, had), (after, computed) in itertools.pairwise(ticks)
    ]
    gaps.sort(key=lambda gap: -gap["ms"])
    own = max(gap["own_ms"] for gap in gaps)
    out.write(json.dumps({"longest_ms": gaps[0]["ms"], "own_ms": own, "gaps": gaps[:KEPT]}) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
