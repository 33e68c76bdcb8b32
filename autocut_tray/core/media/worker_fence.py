"""What the worker does to itself before it touches a file that someone else made."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from autocut_tray.core.media.options import MEMORY_BYTES
from autocut_tray.core.process import die_with_parent

FILE_BYTES = 64 * 1024**2
OPEN_FILES = 64
OOM_SCORE = 500
"""Killed before the programs of the person when memory runs out (0 is ordinary, 1000 first)."""
NICENESS = 10

_CPU_BASE_SECONDS = 60.0
_CPU_PER_SECOND = 4.0
_CPU_PER_MEGAPIXEL = 0.04
"""Decoding HEVC 10 bit takes about 5 ms a megapixel on a core of 2020; this is eight times that."""
_CPU_GRACE_SECONDS = 5
_UNKNOWN_BYTES_PER_SECOND = 25_000
"""A file that does not say how long it is is taken for as long as at 200 kbit/s."""


def enclose(parent: int) -> None:
    """Die with the parent, and set all limits that are known before the file is opened."""
    die_with_parent(parent)
    if sys.platform == "win32":
        return  # the Job Object that the parent made does it from outside
    import resource

    os.nice(NICENESS)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE), encoding="ascii")
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, FILE_BYTES)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    if sys.platform == "linux":  # macOS has no such limit
        _limit(resource.RLIMIT_AS, MEMORY_BYTES)


def cpu_allowance(duration: float | None, frames: int | None, pixels: int, size: int) -> float:
    """CPU seconds that reading a file may take in all: 4 x its duration + 60, more for very large pictures."""
    seconds = duration if duration is not None else size / _UNKNOWN_BYTES_PER_SECOND
    megapixels = (frames if frames is not None else seconds * 30) * pixels / 1e6
    return _CPU_BASE_SECONDS + max(_CPU_PER_SECOND * seconds, _CPU_PER_MEGAPIXEL * megapixels)


def limit_cpu(seconds: float) -> None:
    """SIGXCPU (which ends the process) after so many CPU seconds of all threads, SIGKILL 5 s later."""
    if sys.platform == "win32":
        return
    import resource

    whole = int(seconds) + 1
    _limit(resource.RLIMIT_CPU, whole, whole + _CPU_GRACE_SECONDS)


def _limit(kind: int, soft: int, hard: int | None = None) -> None:
    """Never raises a limit that is lower already."""
    if sys.platform == "win32":
        return
    import resource

    _, old = resource.getrlimit(kind)
    ceiling = soft if hard is None else hard
    if old != resource.RLIM_INFINITY:
        soft, ceiling = min(soft, old), min(ceiling, old)
    resource.setrlimit(kind, (soft, ceiling))
