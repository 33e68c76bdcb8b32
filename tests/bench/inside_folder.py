"""Runs the program's window and tells how long its event loop stood still, until it is asked to quit.

One line of ``stalls`` is a time between two turns of a 10 ms timer beyond what was asked. ``cpu_ms`` is what the
window's own thread worked meanwhile; the rest it waited, for the processor or for a lock.
"""

from __future__ import annotations

import json
import sys
import time

TICK_MS = 10
WORTH_MS = 30.0
KEPT = 12


def main() -> int:
    from PySide6 import QtCore, QtWidgets

    stalls: list[tuple[float, float, float]] = []

    class Watched(QtWidgets.QApplication):
        @staticmethod
        def exec() -> int:
            began = last = time.perf_counter()
            worked = time.thread_time()

            def tick() -> None:
                nonlocal last, worked
                now, cpu = time.perf_counter(), time.thread_time()
                late = (now - last) * 1000 - TICK_MS
                if late > WORTH_MS:
                    stalls.append((late, (cpu - worked) * 1000, last - began))
                    stalls.sort(reverse=True)
                    del stalls[KEPT:]
                last, worked = now, cpu

            def begin() -> None:
                nonlocal last, worked
                last, worked = time.perf_counter(), time.thread_time()
                timer.start(TICK_MS)

            timer = QtCore.QTimer()
            timer.setTimerType(QtCore.Qt.TimerType.PreciseTimer)
            timer.timeout.connect(tick)
            QtCore.QTimer.singleShot(int(1000 * float(sys.argv[1])), begin)
            return QtCore.QCoreApplication.exec()

    QtWidgets.QApplication = Watched  # type: ignore[misc]
    from autocut_tray.__main__ import main as program

    out, sys.stdout = sys.stdout, sys.stderr
    code = program([])
    found = [
        {"ms": round(late, 1), "cpu_ms": round(cpu, 1), "at_s": round(at, 1)} for late, cpu, at in stalls
    ]
    out.write(json.dumps({"stalls": found}) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
