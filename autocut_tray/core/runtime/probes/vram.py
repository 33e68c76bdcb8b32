"""The memory of one adapter, read again and again: cheap, without processes, and through driver restarts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autocut_tray.core.clock import Clock
from autocut_tray.core.runtime.probes import drm, drm_regions, nvml
from autocut_tray.core.runtime.probes.figures import MIB
from autocut_tray.core.runtime.probes.gpu_names import AMD, INTEL, NVIDIA
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.vram_counters import CounterDevice
from autocut_tray.core.runtime.probes.vram_device import Device, VramReading
from autocut_tray.core.runtime.probes.vram_drm import AmdgpuDevice, IntelDevice
from autocut_tray.core.runtime.probes.vram_nvml import NvmlDevice
from autocut_tray.core.runtime.profile import Gpu, GpuKind
from autocut_tray.core.sample import Holder

__all__ = ["HOLDERS_INTERVAL", "VramReading", "VramSampler"]

HOLDERS_INTERVAL = 5.0
"""Seconds for which a list of holders is good: it asks for the name of each process."""


class VramSampler:
    """Reads the adapter that a profile chose; None for an adapter whose driver tells nothing.

    A reading takes some microseconds (NVML) to 0.1 ms (sysfs); the first one of an Intel card on Linux up to 0.1 s.
    Nothing here raises. To be used by one thread at a time; a driver may hang in a call, so that thread must not be
    the one that decides.
    """

    def __init__(
        self,
        gpu: Gpu | None,
        clock: Clock,
        *,
        machine: Machine | None = None,
        load_nvml: Callable[[Machine], Any] = nvml.load_nvml,
        process_name: Callable[[int], str | None] | None = None,
    ) -> None:
        self._clock = clock
        self._process_name = process_name or _process_name
        self._device = _device(gpu, clock, machine or Machine.this(), load_nvml)
        self._holders: tuple[Holder, ...] = ()
        self._holders_at: float | None = None

    def sample(self, wake: bool = True) -> VramReading | None:
        """The figures now, or None.

        ``wake`` False: nobody needs them (no work waits or runs). A laptop's GPU that sleeps then stays asleep, and
        one with nothing to do is asked every two minutes only, so that it can fall asleep: meanwhile its last reading
        stands. See :class:`VramReading`.
        """
        return None if self._device is None else self._device.read(wake)

    def holders(self) -> tuple[Holder, ...]:
        """The programs that hold VRAM, largest first; the list is at most ``HOLDERS_INTERVAL`` seconds old.

        Wakes nothing: a GPU that sleeps names nobody.
        """
        now = self._clock.monotonic()
        if self._holders_at is None or now - self._holders_at >= HOLDERS_INTERVAL:
            self._holders, self._holders_at = self._list_holders(), now
        return self._holders

    def close(self) -> None:
        """Let the driver go; the sampler is of no use afterwards."""
        if self._device is not None:
            self._device.close()
            self._device = None

    def _list_holders(self) -> tuple[Holder, ...]:
        sums: dict[str, int] = {}
        for pid, size in (self._device.bytes_by_process() if self._device else {}).items():
            name = self._process_name(pid) or f"PID {pid}"
            sums[name] = sums.get(name, 0) + size
        ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Holder(name, round(size / MIB)) for name, size in ordered if size >= MIB)


def _device(
    gpu: Gpu | None, clock: Clock, machine: Machine, load_nvml: Callable[[Machine], Any]
) -> Device | None:
    if gpu is None:
        return None
    if gpu.vendor == NVIDIA and (machine.system != "win32" or gpu.source == nvml.SOURCE):
        return NvmlDevice(gpu, clock, machine, load_nvml)
    if machine.system == "win32":
        return None if gpu.vram_total_mib is None else CounterDevice(gpu, machine.graphics, clock)
    if gpu.index is None:
        return None
    if gpu.vendor == AMD and gpu.source == drm.SOURCE:
        return AmdgpuDevice(machine, gpu.index, clock)
    if gpu.vendor == INTEL and gpu.kind is GpuKind.DISCRETE and gpu.vram_total_mib is not None:
        known = gpu.source in (drm.SOURCE, drm_regions.SOURCE)
        return IntelDevice(machine, gpu.index, gpu.vram_total_mib, clock) if known else None
    return None


def _process_name(pid: int) -> str | None:
    import psutil  # late: see cpu.py

    try:
        return str(psutil.Process(pid).name())
    except psutil.Error:
        return None
