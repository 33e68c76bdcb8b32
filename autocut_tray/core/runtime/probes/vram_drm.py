"""Cards whose Linux drivers tell what is used: amdgpu in sysfs, Intel's in the account of each program."""

from __future__ import annotations

import re
from pathlib import Path

from autocut_tray.core.clock import Clock
from autocut_tray.core.runtime.probes import drm
from autocut_tray.core.runtime.probes.drm_clients import DrmClients
from autocut_tray.core.runtime.probes.figures import (
    nearly_part_from_bytes,
    part_from_bytes,
    percent,
    total_from_bytes,
)
from autocut_tray.core.runtime.probes.machine import Machine, read_int, read_text
from autocut_tray.core.runtime.probes.vram_device import VramReading
from autocut_tray.core.runtime.profile import Confidence

FDINFO_SOURCE = "fdinfo"


def clients_of(machine: Machine, folder: Path, clock: Clock) -> DrmClients:
    """The programs that hold memory of the adapter with this sysfs folder."""
    slot = re.search(r"^PCI_SLOT_NAME=(\S+)", read_text(folder / "uevent") or "", re.MULTILINE)
    return DrmClients(machine.path("/proc"), slot[1] if slot else None, clock)


class AmdgpuDevice:
    """A device of amdgpu, which writes its figures into sysfs: 0.1 ms a reading."""

    def __init__(self, machine: Machine, index: int, clock: Clock) -> None:
        self._folder = drm.device_folder(machine, index)
        self._clients = clients_of(machine, self._folder, clock)

    def read(self, wake: bool) -> VramReading | None:
        total = total_from_bytes(read_int(self._folder / "mem_info_vram_total"))
        if total is None:
            return None
        used = part_from_bytes(read_int(self._folder / "mem_info_vram_used"), total)
        # The memory's account is the kernel's and wakes nothing; asking a sleeping GPU for its load would wake it.
        asleep = read_text(self._folder / "power/runtime_status", 32) == "suspended"
        load = 0.0 if asleep else percent(read_int(self._folder / "gpu_busy_percent"))
        return VramReading(used, total, load, drm.SOURCE)

    def bytes_by_process(self) -> dict[int, int]:
        return self._clients.bytes_by_process()

    def close(self) -> None:
        """Nothing is kept open."""


class IntelDevice:
    """A card of i915 or xe. What is used is the sum over this person's programs, looked at every 5 s: derived.

    The total is the one that detection found; drivers tell no load.
    """

    def __init__(self, machine: Machine, index: int, total: int, clock: Clock) -> None:
        self._folder = drm.device_folder(machine, index)
        self._total = total
        self._clients = clients_of(machine, self._folder, clock)

    def read(self, wake: bool) -> VramReading | None:
        if read_int(self._folder / "vendor") is None:
            return None  # taken out, or its driver restarts
        used = nearly_part_from_bytes(sum(self._clients.bytes_by_process().values()), self._total)
        return VramReading(used, self._total, None, FDINFO_SOURCE, confidence=Confidence.DERIVED)

    def bytes_by_process(self) -> dict[int, int]:
        return self._clients.bytes_by_process()

    def close(self) -> None:
        """Nothing is kept open."""
