"""Running programs, behind a few questions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol


class ProcessTable(Protocol):
    """What is asked about processes. A process that is gone, or not ours to look at, answers None."""

    def pids(self) -> Sequence[int]: ...

    def name(self, pid: int) -> str | None:
        """The program's name; on Linux at most 15 characters of it."""

    def executable(self, pid: int) -> str | None:
        """The path of the program, where that may be read."""

    def cpu_seconds(self, pid: int) -> float | None:
        """Processor time used since its start, all threads together."""


class SystemProcesses:
    """The processes of this machine, through psutil; on Linux names come from /proc, in a third of the time."""

    def __init__(self, proc: Path | None = None) -> None:
        import psutil  # late: see cpu.py

        self._psutil = psutil
        self._proc = proc if proc is not None else (Path("/proc") if psutil.LINUX else None)

    def pids(self) -> Sequence[int]:
        return self._psutil.pids()

    def name(self, pid: int) -> str | None:
        if self._proc is not None:
            return _comm(f"{self._proc}/{pid}/comm")
        try:
            return self._psutil.Process(pid).name()
        except self._psutil.Error:
            return None

    def executable(self, pid: int) -> str | None:
        try:
            return self._psutil.Process(pid).exe() or None
        except (self._psutil.Error, OSError):
            return None

    def cpu_seconds(self, pid: int) -> float | None:
        try:
            times = self._psutil.Process(pid).cpu_times()
        except self._psutil.Error:
            return None
        return float(times.user + times.system)


def _comm(file: str) -> str | None:
    """Read with the system's own calls, which a busy machine asks for hundreds of times a minute."""
    try:
        number = os.open(file, os.O_RDONLY)
        try:
            return os.read(number, 64).decode("utf-8", "replace").strip("\0 \t\r\n")
        finally:
            os.close(number)
    except OSError:
        return None


def named_processes(processes: ProcessTable) -> Iterator[tuple[int, str]]:
    """Every process with its name in lower case, ``.exe`` left out."""
    for pid in processes.pids():
        name = processes.name(pid)
        if name:
            yield pid, plain_name(name)


def plain_name(name: str) -> str:
    return name.lower().removesuffix(".exe")
