"""The programs that hold the most RAM now: asked when memory ran short, never on the sampling path."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from autocut_tray.core.runtime.probes.figures import MIB

LEAST_MIB = 256
"""Who holds less than that explains no shortage."""


def ram_by_process(
    each: Callable[[], Iterator[tuple[str, int]]] | None = None,
) -> tuple[tuple[str, int], ...]:
    """Processes by name with the MiB that all of one name hold together, largest first. What processes share counts
    for none of them where the system tells it apart. ``each``: the name and bytes of every process."""
    sums: dict[str, int] = {}
    for name, size in (each or _each_process)():
        sums[name] = sums.get(name, 0) + size
    found = sorted(((name, size // MIB) for name, size in sums.items()), key=lambda one: (-one[1], one[0]))
    return tuple((name, mib) for name, mib in found if mib >= LEAST_MIB)


def _each_process() -> Iterator[tuple[str, int]]:
    import psutil  # late: see cpu.py

    for pid in psutil.pids():
        try:
            process = psutil.Process(pid)
            memory = process.memory_info()
            yield process.name(), max(0, memory.rss - getattr(memory, "shared", 0))
        except (psutil.Error, OSError):
            continue  # gone, or not ours to look at
