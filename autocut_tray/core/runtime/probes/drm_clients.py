"""Which programs hold a GPU's memory, from the kernel's account of each program's open GPU nodes (``fdinfo``).

Format: https://www.kernel.org/doc/html/latest/gpu/drm-usage-stats.html. Other people's programs may not be looked at,
so the sum is a lower bound.
"""

from __future__ import annotations

import os
import re
from collections import deque
from itertools import islice
from pathlib import Path

from autocut_tray.core.clock import Clock
from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.probes.figures import MIB
from autocut_tray.core.runtime.probes.machine import read_text

LOOK_INTERVAL = 5.0
"""Seconds for which a look is good."""
_FILES_PER_LOOK = 400
"""Open files looked at, once everything was seen: 1 ms. Those of known holders and of new programs come on top."""
_MOST_FILES = 2048
"""Of one program. Thousands are open files of servers and browsers; GPU nodes are opened early."""

_FACT = re.compile(r"^drm-(pdev|client-id):\s*(\S+)", re.MULTILINE)
# amdgpu says "vram", xe "vram0" and on, i915 "local0"; what firmware keeps ("stolen-local0") has no client.
_SIZE = re.compile(
    r"^drm-(resident|memory|total)-(?:vram|local)\d*:\s*(\d+)\s*(KiB|MiB|GiB)?\s*$", re.MULTILINE
)
_UNITS = {"": 1, "KiB": 1024, "MiB": MIB, "GiB": 1024 * MIB}


@frozen
class Client:
    """One open GPU node. ``held``: bytes of the card's memory; ``number``: the same for all copies of one node."""

    number: str | None
    place: str | None
    held: int


def client_in(text: str) -> Client | None:
    """What one ``fdinfo`` says; None where it says nothing about the card's memory.

    Resident is what lies in the card's memory; older kernels call it ``memory``; ``total`` may be swapped out.
    """
    sums: dict[str, int] = {}
    for kind, number, unit in _SIZE.findall(text):
        sums[kind] = sums.get(kind, 0) + int(number) * _UNITS[unit]
    held = next((sums[kind] for kind in ("resident", "memory", "total") if kind in sums), None)
    facts = dict(_FACT.findall(text))
    return None if held is None else Client(facts.get("client-id"), facts.get("pdev"), held)


class DrmClients:
    """Bytes of one card's memory by program; looks at most every ``LOOK_INTERVAL`` seconds. For one thread.

    The first look goes through all open files of all programs: 20-100 ms of processor time on a full desktop, once.
    Later ones read the files of known holders again, and look at new programs (twice: a program opens the GPU some
    time after its start) and at some of the old ones in turn. ``slot``: the card's place on the PCI bus; None: any.
    """

    def __init__(self, proc: Path, slot: str | None, clock: Clock) -> None:
        self._proc = proc
        self._slot = slot
        self._clock = clock
        self._nodes: dict[int, tuple[str, ...]] = {}
        """Open GPU nodes of each holder."""
        self._known: set[int] = set()
        self._turn: deque[int] = deque()
        self._again: set[int] = set()
        self._held: dict[int, int] = {}
        self._looked_at: float | None = None

    def bytes_by_process(self) -> dict[int, int]:
        now = self._clock.monotonic()
        if self._looked_at is None or now - self._looked_at >= LOOK_INTERVAL:
            self._find_nodes()
            self._held, self._looked_at = self._read_nodes(), now
        return self._held

    def _find_nodes(self) -> None:
        alive = self._pids()
        gone, new = self._known - alive, alive - self._known
        for pid in gone:
            self._nodes.pop(pid, None)
        self._known = alive
        self._turn = deque(pid for pid in self._turn if pid not in gone)
        for pid in sorted(new | (self._again & alive)):
            self._look_at(pid)
        left = _FILES_PER_LOOK
        for _ in range(len(self._turn)):
            if left <= 0:
                break
            left -= self._look_at(self._turn[0])
            self._turn.rotate(-1)
        self._turn.extend(sorted(new))
        self._again = new if self._looked_at is not None else set()

    def _pids(self) -> set[int]:
        try:
            with os.scandir(self._proc) as entries:
                return {int(entry.name) for entry in entries if entry.name.isdigit()}
        except OSError:
            return set()

    def _look_at(self, pid: int) -> int:
        """Note which open files of a program are GPU nodes; how many files were looked at."""
        folder = f"{self._proc}/{pid}/fd"
        found = []
        try:
            with os.scandir(folder) as entries:
                files = [entry.name for entry in islice(entries, _MOST_FILES)]
        except OSError:  # gone meanwhile, or not ours
            self._nodes.pop(pid, None)
            return 2
        for file in files:
            try:
                if os.readlink(f"{folder}/{file}").startswith("/dev/dri/"):  # noqa: PTH115 (a third of the time)
                    found.append(file)
            except OSError:
                continue  # closed meanwhile
        if found:
            self._nodes[pid] = tuple(found)
        else:
            self._nodes.pop(pid, None)
        return len(files) + 2

    def _read_nodes(self) -> dict[int, int]:
        held: dict[int, int] = {}
        counted: set[str] = set()
        for pid, files in sorted(self._nodes.items()):
            for file in files:
                client = client_in(read_text(self._proc / str(pid) / "fdinfo" / file, 8192) or "")
                if client is None or (self._slot is not None and client.place not in (None, self._slot)):
                    continue
                number = client.number or f"{pid}/{file}"
                if number not in counted:
                    counted.add(number)
                    held[pid] = held.get(pid, 0) + client.held
        return held
