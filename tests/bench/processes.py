"""Other processes, as the system accounts for them: CPU time, wake-ups, memory."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

_MIB = 2**20


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far, all its threads, those that ended too.

    On Linux from its CPU clock, in nanoseconds: /proc counts in hundredths, as much as an idle program uses in half
    a minute. Raises ProcessLookupError.
    """
    if sys.platform == "linux":
        try:
            return time.clock_gettime((~pid << 3) | 2)  # the clock id that clock_getcpuclockid() computes
        except OSError as error:
            raise ProcessLookupError(pid) from error
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def switches(pid: int) -> dict[int, int]:
    """Context switches of every live thread, voluntary and not; empty where the system does not tell."""
    counts: dict[int, int] = {}
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            text = (task / "status").read_text("ascii", "replace")
        except OSError:
            continue  # the thread has ended
        found = [line.split()[1] for line in text.splitlines() if "ctxt_switches" in line]
        counts[int(task.name)] = sum(map(int, found))
    return counts


@dataclass(frozen=True, slots=True)
class Memory:
    """``rss``: resident; ``own``: the part that nobody else has, None where that is unknown. MiB."""

    rss: float
    own: float | None


def memory(pid: int) -> Memory:
    process = psutil.Process(pid)
    try:
        own = process.memory_full_info().uss / _MIB
    except (psutil.AccessDenied, AttributeError):
        own = None
    return Memory(process.memory_info().rss / _MIB, own)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process used over a span of time."""

    seconds: float
    cpu_seconds_an_hour: float
    wakeups_a_minute: float | None
    switched: dict[str, float]
    """Switches a minute by thread name, where known."""


class Meter:
    """Watches one process from now to :meth:`read`."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._at = time.monotonic()
        self._cpu = cpu_seconds(pid)
        self._switches = switches(pid)

    def read(self) -> Usage:
        cpu, now = cpu_seconds(self._pid), switches(self._pid)
        seconds = time.monotonic() - self._at
        fresh = {thread: count - self._switches.get(thread, 0) for thread, count in now.items()}
        return Usage(
            seconds,
            (cpu - self._cpu) / seconds * 3600,
            sum(fresh.values()) / seconds * 60 if now else None,
            {_thread_name(self._pid, thread): count / seconds * 60 for thread, count in fresh.items()},
        )


def _thread_name(pid: int, thread: int) -> str:
    if thread == pid:
        return "main"
    try:
        name = Path(f"/proc/{pid}/task/{thread}/comm").read_text("utf-8", "replace").strip()
    except OSError:
        name = "ended"
    return f"{name}-{thread}"
