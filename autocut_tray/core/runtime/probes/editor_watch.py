"""Whether DaVinci Resolve runs and works, tick by tick, without looking at every process each time."""

from __future__ import annotations

from collections.abc import Callable

from autocut_tray.core.clock import Clock
from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.probes.processes import ProcessTable, SystemProcesses, plain_name
from autocut_tray.core.runtime.probes.resolve import PROCESS_NAME, is_busy, is_resolve

_NAMES_PER_TICK = 32
"""Reading a name costs 20-60 us; those of a machine just started are read over some ticks."""
_RENEW_SECONDS = 600.0
"""Windows gives old process numbers to new processes: all names are read anew this often."""


@frozen
class ResolveState:
    """``busy`` None: it does not run, or one look was not enough to tell."""

    running: bool | None
    busy: bool | None


class EditorWatcher:
    """Looks only at processes that are new since the last tick. To be used by one thread.

    A name counts when two looks in a row gave the same: between fork and exec a process has its parent's name.
    """

    def __init__(self, clock: Clock, processes: Callable[[], ProcessTable] = SystemProcesses) -> None:
        self._clock = clock
        self._open = processes
        self._processes: ProcessTable | None = None
        self._seen_once: dict[int, str | None] = {}
        self._known: set[int] = set()
        self._renewed = clock.monotonic()
        self._pid: int | None = None
        self._cpu: tuple[float, float | None] | None = None

    def look(self) -> ResolveState:
        """One tick: about 0.2 ms with 400 processes, more where many come and go. ``running`` is None until every
        process was looked at."""
        self._processes = self._processes or self._open()
        present = self._processes.pids()
        now = self._clock.monotonic()
        if now - self._renewed >= _RENEW_SECONDS:
            self._known, self._renewed = ({self._pid} if self._pid is not None else set()), now
        alive = set(present)
        if alive == self._known and self._pid is None and not self._seen_once:
            return ResolveState(False, None)  # nothing came or went
        self._known &= alive
        self._seen_once = {pid: name for pid, name in self._seen_once.items() if pid in alive}
        if self._pid not in alive or not self._is_resolve(self._processes, self._pid):
            self._pid = self._cpu = None
        self._read_names(self._processes, alive)
        if self._pid is not None:
            return ResolveState(True, self._busy(self._processes, self._pid, now))
        return ResolveState(False if self._known >= alive - self._seen_once.keys() else None, None)

    def _read_names(self, processes: ProcessTable, alive: set[int]) -> None:
        # Those seen once first, then the newest: a program that was just started has a high number.
        waiting = [*self._seen_once, *sorted(alive - self._known - self._seen_once.keys(), reverse=True)]
        for pid in waiting[:_NAMES_PER_TICK]:
            name = processes.name(pid)
            if pid not in self._seen_once or name != self._seen_once[pid]:
                self._seen_once[pid] = name
                continue
            del self._seen_once[pid]
            self._known.add(pid)
            if name is not None and plain_name(name) == PROCESS_NAME and self._is_resolve(processes, pid):
                self._pid, self._cpu = pid, None

    def _is_resolve(self, processes: ProcessTable, pid: int | None) -> bool:
        name = None if pid is None else processes.name(pid)
        if pid is None or name is None or plain_name(name) != PROCESS_NAME:
            return False
        return is_resolve(plain_name(name), processes.executable(pid))

    def _busy(self, processes: ProcessTable, pid: int, now: float) -> bool | None:
        before, self._cpu = self._cpu, (now, processes.cpu_seconds(pid))
        return None if before is None else is_busy(before[1], self._cpu[1], now - before[0])
