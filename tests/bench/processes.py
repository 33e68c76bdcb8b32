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


def switches(pid: int) -> dict[int, tuple[int, int]]:
    """How often each live thread went to sleep, and how often another one took its place; empty where the system does
    not tell. What wakes up goes to sleep again, so the first are the wake-ups; the second are the load of others."""
    counts: dict[int, tuple[int, int]] = {}
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            text = (task / "status").read_text("ascii", "replace")
        except OSError:
            continue  # the thread has ended
        found = dict(line.split(":", 1) for line in text.splitlines() if "ctxt_switches" in line)
        slept, replaced = found["voluntary_ctxt_switches"], found["nonvoluntary_ctxt_switches"]
        counts[int(task.name)] = int(slept), int(replaced)
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
    replaced_a_minute: float
    """How often others took the processor from it."""
    woken: dict[str, float]
    """Wake-ups a minute by thread name, where known."""


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
        fresh = {
            thread: tuple(
                new - old for new, old in zip(counts, self._switches.get(thread, (0, 0)), strict=True)
            )
            for thread, counts in now.items()
        }
        a_minute = 60 / seconds
        return Usage(
            seconds,
            (cpu - self._cpu) / seconds * 3600,
            sum(slept for slept, _ in fresh.values()) * a_minute if now else None,
            sum(replaced for _, replaced in fresh.values()) * a_minute,
            {_thread_name(self._pid, thread): slept * a_minute for thread, (slept, _) in fresh.items()},
        )


def _thread_name(pid: int, thread: int) -> str:
    if thread == pid:
        return "main"
    try:
        name = Path(f"/proc/{pid}/task/{thread}/comm").read_text("utf-8", "replace").strip()
    except OSError:
        name = "ended"
    return f"{name}-{thread}"
