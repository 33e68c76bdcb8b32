"""Machines made of files, registries, drivers and processes that tests own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from autocut_tray.core.runtime.probes.machine import Machine

MIB = 1024 * 1024
GIB = 1024 * MIB


class FakeRegistry:
    """Keys with their values; a key exists when it or one below it was given."""

    def __init__(self, keys: Mapping[str, Mapping[str, object]]) -> None:
        self._keys = keys

    def values(self, key: str) -> Mapping[str, object]:
        return self._keys.get(key, {})

    def subkeys(self, key: str) -> tuple[str, ...]:
        start = key + "\\"
        below = (name[len(start) :].split("\\")[0] for name in self._keys if name.startswith(start))
        return tuple(dict.fromkeys(below))


def fake_machine(root: Path, system: str = "linux", **changes: Any) -> Machine:
    """A machine with nothing on it but what ``root`` holds."""
    plain: dict[str, Any] = {
        "system": system,
        "processor": "x86_64",
        "root": root,
        "home": root / "home",
        "environ": {},
        "which": lambda command: None,
        "run": lambda command, timeout: None,
    }
    return Machine(**(plain | changes))


def put(root: Path, path: str, text: str | int = "") -> Path:
    """Write a file below ``root``, folders included."""
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{text}\n" if text != "" else "", encoding="utf-8")
    return file


def put_card(
    root: Path,
    index: int,
    vendor: int,
    device: int,
    *,
    driver: str,
    slot: str = "0000:03:00.0",
    **files: str | int,
) -> Path:
    """A PCI adapter in sysfs; ``files`` are more files of its device folder (``__`` for ``/``)."""
    folder = f"/sys/class/drm/card{index}/device"
    put(root, f"{folder}/vendor", f"0x{vendor:04x}")
    put(root, f"{folder}/device", f"0x{device:04x}")
    put(root, f"{folder}/uevent", f"DRIVER={driver}\nPCI_ID={vendor:04X}:{device:04X}\nPCI_SLOT_NAME={slot}")
    for name, text in files.items():
        put(root, f"{folder}/{name.replace('__', '/')}", text)
    return root / folder.lstrip("/")


@dataclass
class FakeDevice:
    """One NVIDIA adapter; ``handle_error``, ``memory_error``, ``load_error`` are raised by those queries."""

    name: str | bytes = "NVIDIA GeForce RTX 4060"
    total: Any = 8188 * MIB
    used: Any = 1024 * MIB
    load: Any = 37
    bus: str | bytes = "00000000:01:00.0"
    ids: tuple[int, int] = (0x10DE, 0x2882)
    handle_error: Exception | None = None
    memory_error: Exception | None = None
    load_error: Exception | None = None
    compute: list[Any] = field(default_factory=list)
    graphics: list[Any] = field(default_factory=list)


class FakeNvml:
    """The part of pynvml that is used, with the driver's state in plain attributes."""

    class NVMLError(Exception):
        pass

    class NVMLError_NotSupported(NVMLError):  # noqa: N801 (as pynvml names it)
        pass

    class NVMLError_GpuIsLost(NVMLError):  # noqa: N801 (as pynvml names it)
        pass

    class NVMLError_FunctionNotFound(NVMLError):  # noqa: N801 (as pynvml names it)
        pass

    class NVMLError_LibRmVersionMismatch(NVMLError):  # noqa: N801 (as pynvml names it)
        pass

    class NVMLError_NoPermission(NVMLError):  # noqa: N801 (as pynvml names it)
        pass

    def __init__(self, *devices: FakeDevice, driver: str | bytes = "560.35.03") -> None:
        self.devices = list(devices)
        self.driver = driver
        self.init_error: Exception | None = None
        self.inits = 0
        self.shutdowns = 0
        self.memory_queries = 0
        self.old_driver = False
        """True: it does not know the third version of the process lists."""

    @property
    def open_sessions(self) -> int:
        return self.inits - self.shutdowns

    def nvmlInit(self) -> None:
        if self.init_error is not None:
            raise self.init_error
        self.inits += 1

    def nvmlShutdown(self) -> None:
        self.shutdowns += 1

    def nvmlSystemGetDriverVersion(self) -> str | bytes:
        return self.driver

    def nvmlDeviceGetCount(self) -> int:
        return len(self.devices)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> FakeDevice:
        device = self.devices[index]
        if device.handle_error is not None:
            raise device.handle_error
        return device

    def nvmlDeviceGetPciInfo(self, handle: FakeDevice) -> Any:
        return SimpleNamespace(busId=handle.bus, pciDeviceId=handle.ids[1] << 16 | handle.ids[0])

    def nvmlDeviceGetName(self, handle: FakeDevice) -> str | bytes:
        return handle.name

    def nvmlDeviceGetMemoryInfo(self, handle: FakeDevice) -> Any:
        self.memory_queries += 1
        if handle.memory_error is not None:
            raise handle.memory_error
        return SimpleNamespace(total=handle.total, used=handle.used, free=0)

    def nvmlDeviceGetUtilizationRates(self, handle: FakeDevice) -> Any:
        if handle.load_error is not None:
            raise handle.load_error
        return SimpleNamespace(gpu=handle.load, memory=0)

    def nvmlDeviceGetComputeRunningProcesses_v3(self, handle: FakeDevice) -> list[Any]:
        if self.old_driver:
            raise self.NVMLError_FunctionNotFound
        return handle.compute

    def nvmlDeviceGetComputeRunningProcesses_v2(self, handle: FakeDevice) -> list[Any]:
        return handle.compute

    def nvmlDeviceGetGraphicsRunningProcesses_v3(self, handle: FakeDevice) -> list[Any]:
        if self.old_driver:
            raise self.NVMLError_FunctionNotFound
        return handle.graphics

    def nvmlDeviceGetGraphicsRunningProcesses_v2(self, handle: FakeDevice) -> list[Any]:
        return handle.graphics


def holds(pid: int, mib: int | None) -> Any:
    """An entry of NVML's process lists."""
    return SimpleNamespace(pid=pid, usedGpuMemory=None if mib is None else mib * MIB)


@dataclass
class FakeProcess:
    name: str | None
    executable: str | None = None
    cpu: float | None = 0.0


class FakeProcesses:
    """A process table; ``names_read`` counts what reading it cost."""

    def __init__(self, processes: Mapping[int, FakeProcess] | None = None) -> None:
        self.table: dict[int, FakeProcess] = dict(processes or {})
        self.names_read = 0

    def pids(self) -> Sequence[int]:
        return list(self.table)

    def name(self, pid: int) -> str | None:
        self.names_read += 1
        process = self.table.get(pid)
        return None if process is None else process.name

    def executable(self, pid: int) -> str | None:
        process = self.table.get(pid)
        return None if process is None else process.executable

    def cpu_seconds(self, pid: int) -> float | None:
        process = self.table.get(pid)
        return None if process is None else process.cpu
