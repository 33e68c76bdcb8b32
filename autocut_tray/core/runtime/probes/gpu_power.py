"""Whether a GPU sleeps, found out without waking it.

Laptops put their second GPU to sleep (runtime D3). A question to NVML wakes it, and an open NVML session alone keeps
it awake: 5-20 W for a figure that nobody may need. The kernel's own account of it wakes nothing:
https://www.kernel.org/doc/html/latest/power/runtime_pm.html
"""

from __future__ import annotations

from pathlib import Path

from autocut_tray.core.runtime.probes.drm import display_slots
from autocut_tray.core.runtime.probes.machine import Machine, read_text

_DOWN = frozenset({"suspended", "suspending"})


class GpuPower:
    """The runtime power state of one adapter, or of all that may be the one meant. Two small files a question."""

    def __init__(self, machine: Machine, slots: tuple[str, ...]) -> None:
        root = machine.path("/sys/bus/pci/devices")
        self._folders: tuple[Path, ...] = tuple(root / slot / "power" for slot in slots)

    @classmethod
    def of(cls, machine: Machine, bus: str | None, vendor_id: int) -> GpuPower:
        """That of the adapter at ``bus``; while its place is unknown, that of all of its vendor together."""
        if machine.system != "linux":
            return cls(machine, ())
        return cls(machine, (bus,) if bus is not None else display_slots(machine, vendor_id) or ())

    @property
    def may_sleep(self) -> bool:
        """Whether the kernel may put it to sleep: then it should be left alone while it has nothing to do."""
        return any(read_text(folder / "control", 16) == "auto" for folder in self._folders)

    @property
    def asleep(self) -> bool:
        """True when it sleeps for certain."""
        states = [read_text(folder / "runtime_status", 16) for folder in self._folders]
        return bool(states) and all(state in _DOWN for state in states)
