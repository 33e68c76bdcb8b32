"""NVIDIA's adapters, through the driver's own library (NVML)."""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable
from typing import Any

from autocut_tray.core.runtime.probes.figures import part_from_bytes, total_from_bytes
from autocut_tray.core.runtime.probes.gpu_names import NVIDIA, kind_of
from autocut_tray.core.runtime.probes.machine import Machine, exists
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
    import pynvml

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


def list_devices(nvml: Any) -> tuple[Gpu, ...]:
    """Every NVIDIA adapter. A figure that the driver refuses costs that figure only.

    Raises ``nvml.NVMLError`` when NVML does not start or does not say how many there are.
    """
    nvml.nvmlInit()
    try:
        driver = _text(_ask(nvml, nvml.nvmlSystemGetDriverVersion))
        devices = []
        for index in range(nvml.nvmlDeviceGetCount()):
            handle = _ask(nvml, lambda: nvml.nvmlDeviceGetHandleByIndex(index))  # noqa: B023 (called at once)
            if handle is not None:
                devices.append(_device(nvml, handle, index, driver))
        return tuple(devices)
    finally:
        _ask(nvml, nvml.nvmlShutdown)


def device_name(nvml: Any, handle: Any) -> str | None:
    return _text(_ask(nvml, lambda: nvml.nvmlDeviceGetName(handle)))


def _device(nvml: Any, handle: Any, index: int, driver: str | None) -> Gpu:
    name = device_name(nvml, handle)
    total = used = None
    kind: GpuKind | None
    try:
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    except nvml.NVMLError as error:
        log.debug("NVML: no memory figures for device %d: %s", index, error)
        # Boards whose GPU shares the machine's memory answer "not supported".
        shares = isinstance(error, nvml.NVMLError_NotSupported)
        kind = GpuKind.UNIFIED if shares else kind_of(NVIDIA, name, None)
    else:
        total = total_from_bytes(memory.total)
        used = part_from_bytes(memory.used, total)
        kind = kind_of(NVIDIA, name, total)
    return Gpu(
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
