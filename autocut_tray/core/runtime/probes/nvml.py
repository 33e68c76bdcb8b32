"""NVIDIA's adapters, through the driver's own library (NVML)."""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable
from typing import Any

from autocut_tray.core.runtime.probes.figures import part_from_bytes, total_from_bytes
from autocut_tray.core.runtime.probes.gpu_names import NVIDIA, kind_of
from autocut_tray.core.runtime.probes.machine import Machine, exists
from autocut_tray.core.runtime.probes.pci import bus_address
from autocut_tray.core.runtime.probes.reconcile import Sighting, Sightings
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind

SOURCE = "nvml"
LINUX_LIBRARY = "libnvidia-ml.so.1"

log = logging.getLogger(__name__)

LoadNvml = Callable[[], Any]
"""Gives the ``pynvml`` module, or None when this machine has no NVML library."""


def load_nvml(machine: Machine) -> Any:
    """``pynvml``, imported only where the driver's library is: it costs 20 ms and 3 MiB that others need not pay."""
    if not library_present(machine):
        return None
    try:
        import pynvml
    except ImportError as error:
        log.warning("NVML is there, its Python module is not: %s", error)
        return None
    return pynvml


def library_present(machine: Machine) -> bool:
    """Whether pynvml would find its library, looked for in the same places."""
    if machine.system == "win32":
        windows = machine.folder("WINDIR", r"C:\Windows")
        programs = machine.folder("ProgramFiles", r"C:\Program Files")
        return exists(machine.path(rf"{windows}\System32\nvml.dll")) or exists(
            machine.path(rf"{programs}\NVIDIA Corporation\NVSMI\nvml.dll")
        )
    if machine.system == "darwin":
        return False
    try:
        ctypes.CDLL(LINUX_LIBRARY)
    except OSError:
        return False
    return True


def list_devices(nvml: Any) -> tuple[Sightings, tuple[str, ...]]:
    """Every NVIDIA adapter, and what the driver refused. A figure that it refuses costs that figure only.

    Raises ``nvml.NVMLError`` when NVML does not start or does not say how many there are.
    """
    nvml.nvmlInit()
    try:
        driver = _text(_ask(nvml, nvml.nvmlSystemGetDriverVersion))
        devices: list[Sighting] = []
        refused: list[str] = []
        for index in range(nvml.nvmlDeviceGetCount()):
            try:
                handle = nvml.nvmlDeviceGetHandleByIndex(index)
            except nvml.NVMLError as error:  # a lost one; the others still answer
                refused.append(f"NVML: device {index}: {error}")
            else:
                devices.append(_device(nvml, handle, index, driver, refused))
        return tuple(devices), tuple(refused)
    finally:
        _ask(nvml, nvml.nvmlShutdown)


def device_name(nvml: Any, handle: Any) -> str | None:
    return _text(_ask(nvml, lambda: nvml.nvmlDeviceGetName(handle)))


def device_bus(nvml: Any, handle: Any) -> str | None:
    """Its place on the PCI bus, as ``pci`` writes it."""
    place = _ask(nvml, lambda: nvml.nvmlDeviceGetPciInfo(handle))
    return None if place is None else bus_address(place.busId)


def start_error(nvml: Any, error: Exception) -> str:
    """Why NVML does not start, in its words, and what helps where that is certain."""
    mismatch = getattr(nvml, "NVMLError_LibRmVersionMismatch", None)
    hint = (
        " (the driver was updated while the system ran: restart it)"
        if mismatch and isinstance(error, mismatch)
        else ""
    )
    return f"NVML: {error}{hint}"


def _device(nvml: Any, handle: Any, index: int, driver: str | None, refused: list[str]) -> Sighting:
    name = device_name(nvml, handle)
    total = used = None
    kind: GpuKind | None
    try:
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    except nvml.NVMLError as error:
        # Boards whose GPU shares the machine's memory (GB10, Jetson) answer "not supported".
        shares = isinstance(error, nvml.NVMLError_NotSupported)
        kind = GpuKind.UNIFIED if shares else kind_of(NVIDIA, name, None)
        if not shares:
            refused.append(f"NVML: memory of device {index}: {error}")
    else:
        total = total_from_bytes(memory.total)
        used = part_from_bytes(memory.used, total)
        kind = kind_of(NVIDIA, name, total)
    gpu = Gpu(
        name=name,
        vendor=NVIDIA,
        kind=kind,
        vram_total_mib=total,
        vram_used_mib=used,
        driver=driver,
        source=SOURCE,
        confidence=Confidence.EXACT if total is not None else None,
        index=index,
    )
    place = _ask(nvml, lambda: nvml.nvmlDeviceGetPciInfo(handle))
    if place is None:
        return Sighting(gpu)
    # Device number in the upper half, vendor in the lower.
    ids = (place.pciDeviceId & 0xFFFF, place.pciDeviceId >> 16)
    return Sighting(gpu, bus_address(place.busId), ids if all(ids) else None)


def _ask(nvml: Any, query: Callable[[], Any]) -> Any:
    try:
        return query()
    except nvml.NVMLError as error:
        log.debug("NVML: %s", error)
        return None


def _text(value: object) -> str | None:
    """Older bindings answer in bytes."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return (value.strip() or None) if isinstance(value, str) else None
