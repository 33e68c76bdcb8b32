"""What each stage of the start has cost so far, for benchmarks and smoke tests (``--quit-after``)."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from autocut_tray.ui.launch import STAGES


class Stages:
    """Prints one JSON line a stage, in order, and ends the program after the one that was asked for."""

    def __init__(self, last: str, end: Callable[[], None], out: TextIO | None = None) -> None:
        if last not in STAGES:
            raise ValueError(f"no such stage: {last!r}")
        self._wanted = list(STAGES[: STAGES.index(last) + 1])
        self._end = end
        self._out = out or sys.stdout

    @property
    def next(self) -> str | None:
        """The stage that is waited for."""
        return self._wanted[0] if self._wanted else None

    def wants(self, stage: str) -> bool:
        return stage in self._wanted

    def reached(self, stage: str) -> None:
        """Say so, if it is this one's turn."""
        if self.next != stage:
            return
        self._wanted.pop(0)
        line = {
            "stage": stage,
            "cpu_ms": round(time.process_time() * 1000),
            "wall_ms": round(seconds_since_process_start() * 1000),
            "rss_mib": round(resident_bytes() / 2**20, 1),
        }
        self._out.write(json.dumps(line) + "\n")
        self._out.flush()
        if not self._wanted:
            self._end()


def seconds_since_process_start() -> float:
    """Wall time since the operating system started this process."""
    try:
        # Field 22 counts clock ticks since boot; the name in field 2 may hold spaces, so count after its ")".
        fields = Path("/proc/self/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        started = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started
    except (OSError, AttributeError, ValueError, IndexError):
        import psutil  # late: not Linux

        return time.time() - psutil.Process().create_time()


def resident_bytes() -> int:
    """Memory of this process that is in RAM now."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, AttributeError, ValueError, IndexError):
        import psutil  # late: not Linux

        return int(psutil.Process().memory_info().rss)
