"""The memory of one adapter, read again and again: cheap, without processes, and through driver restarts."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from autocut_tray.core.clock import Clock
from autocut_tray.core.runtime.probes import drm, nvml
from autocut_tray.core.runtime.probes.figures import (
    MIB,
    byte_count,
    part_from_bytes,
    percent,
    total_from_bytes,
)
from autocut_tray.core.runtime.probes.gpu_names import AMD, NVIDIA
from autocut_tray.core.runtime.probes.machine import Machine, read_int, read_text
from autocut_tray.core.runtime.profile import Gpu
from autocut_tray.core.sample import Holder

log = logging.getLogger(__name__)

HOLDERS_INTERVAL = 5.0
"""Seconds for which a list of holders is good: it asks for the name of each process."""
_FIRST_RETRY, _LAST_RETRY = 1.0, 60.0
"""Seconds before NVML is started again; doubled each time. A driver restart takes some seconds."""
_FDINFO_SIZE = re.compile(r"^drm-(?:resident|memory)-vram\d*:\s*(\d+)\s*(KiB|MiB)?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class VramReading:
    """What the driver says now. ``used`` and ``total``: MiB. ``load``: percent of time that the GPU was busy."""

    used: int | None
    total: int | None
    load: float | None
    source: str


class _Device(Protocol):
    def read(self) -> VramReading | None:
        """The figures now; None while the device is not there."""

    def bytes_by_process(self) -> dict[int, int]:
        """Bytes of VRAM by process id, of those whose share the driver tells."""

    def close(self) -> None: ...


class VramSampler:
    """Reads the adapter that a profile chose; None for an adapter whose driver tells nothing.

    A reading takes some microseconds (NVML) to 0.1 ms (sysfs). Nothing here raises. To be used by one thread at a
    time; a driver may hang in a call, so that thread must not be the one that decides.
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
        self._device = _device(gpu, clock, machine or Machine(), load_nvml)
        self._holders: tuple[Holder, ...] = ()
        self._holders_at: float | None = None

    def sample(self) -> VramReading | None:
        """The figures now, or None."""
        return None if self._device is None else self._device.read()

    def holders(self) -> tuple[Holder, ...]:
        """The programs that hold VRAM, largest first; the list is at most ``HOLDERS_INTERVAL`` seconds old."""
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
) -> _Device | None:
    if gpu is None:
        return None
    if gpu.vendor == NVIDIA:
        return _NvmlDevice(gpu, clock, machine, load_nvml)
    if gpu.vendor == AMD and gpu.source == drm.SOURCE and gpu.index is not None:
        return _AmdgpuDevice(drm.device_folder(machine, gpu.index), machine.path("/proc"))
    return None


class _NvmlDevice:
    """A device of NVML, whose handle is kept until a query fails and then looked for again, ever more slowly."""

    def __init__(self, gpu: Gpu, clock: Clock, machine: Machine, load: Callable[[Machine], Any]) -> None:
        self._gpu = gpu
        self._clock = clock
        self._machine = machine
        self._load = load
        self._nvml: Any = None
        self._handle: Any = None
        self._tells_load = True
        self._lost = False
        self._retry_at: float | None = None
        self._retry_after = _FIRST_RETRY

    def read(self) -> VramReading | None:
        if self._handle is None and not self._open():
            return None
        used = total = None
        try:
            memory = self._nvml.nvmlDeviceGetMemoryInfo(self._handle)
        except self._nvml.NVMLError as error:
            if not isinstance(
                error, self._nvml.NVMLError_NotSupported
            ):  # that is: it shares the machine's memory
                self._lose(error)
                return None
        else:
            total = total_from_bytes(memory.total)
            used = part_from_bytes(memory.used, total)
        if self._lost:
            log.info("NVML: %s answers again", self._gpu.name)
        self._lost, self._retry_at, self._retry_after = False, None, _FIRST_RETRY
        return VramReading(used, total, self._load_now(), nvml.SOURCE)

    def bytes_by_process(self) -> dict[int, int]:
        if self._handle is None and not self._open():
            return {}
        found: dict[int, int] = {}
        for query in ("nvmlDeviceGetComputeRunningProcesses", "nvmlDeviceGetGraphicsRunningProcesses"):
            for process in self._processes(query):
                # None on Windows, where the system's own manager counts. One that computes and draws is in both
                # lists with the same figure.
                size = byte_count(process.usedGpuMemory) or 0
                found[process.pid] = max(found.get(process.pid, 0), size)
        return found

    def close(self) -> None:
        if self._handle is not None:
            self._handle = None
            self._shut_down()

    def _processes(self, query: str) -> list[Any]:
        """The newest form of a query that this driver knows. Without a version pynvml raises a foreign error."""
        for version in ("_v3", "_v2"):
            with contextlib.suppress(self._nvml.NVMLError):
                return list(getattr(self._nvml, query + version)(self._handle))
        return []

    def _load_now(self) -> float | None:
        if not self._tells_load:
            return None
        try:
            return percent(self._nvml.nvmlDeviceGetUtilizationRates(self._handle).gpu)
        except self._nvml.NVMLError as error:
            self._tells_load = not isinstance(error, self._nvml.NVMLError_NotSupported)
            return None

    def _open(self) -> bool:
        now = self._clock.monotonic()
        if self._retry_at is not None and now < self._retry_at:
            return False
        self._nvml = self._nvml or self._load(self._machine)
        if self._nvml is not None:
            try:
                self._nvml.nvmlInit()
            except self._nvml.NVMLError as error:
                log.debug("NVML does not start: %s", error)
            else:
                self._handle, self._tells_load = self._find(), True
                if self._handle is not None:
                    return True
                self._shut_down()
        self._put_off(now)
        return False

    def _find(self) -> Any:
        """The handle of the chosen device: at its old place, or where one of its name stands now."""
        try:
            count = self._nvml.nvmlDeviceGetCount()
            for index in sorted(range(count), key=lambda index: index != self._gpu.index):
                handle = self._nvml.nvmlDeviceGetHandleByIndex(index)
                if count == 1 or self._gpu.name in (None, nvml.device_name(self._nvml, handle)):
                    return handle
        except self._nvml.NVMLError as error:
            log.debug("NVML: %s", error)
        return None

    def _lose(self, error: Exception) -> None:
        log.log(logging.DEBUG if self._lost else logging.WARNING, "NVML: %s: %s", self._gpu.name, error)
        self._lost = True
        self.close()
        self._put_off(self._clock.monotonic())

    def _shut_down(self) -> None:
        with contextlib.suppress(self._nvml.NVMLError):
            self._nvml.nvmlShutdown()

    def _put_off(self, now: float) -> None:
        self._retry_at = now + self._retry_after
        self._retry_after = min(2 * self._retry_after, _LAST_RETRY)


class _AmdgpuDevice:
    """A device of amdgpu, which writes its figures into sysfs."""

    def __init__(self, folder: Path, proc: Path) -> None:
        self._folder = folder
        self._proc = proc

    def read(self) -> VramReading | None:
        total = total_from_bytes(read_int(self._folder / "mem_info_vram_total"))
        if total is None:
            return None
        used = part_from_bytes(read_int(self._folder / "mem_info_vram_used"), total)
        # Asking a sleeping laptop GPU for its load would wake it.
        asleep = read_text(self._folder / "power/runtime_status", 32) == "suspended"
        load = 0.0 if asleep else percent(read_int(self._folder / "gpu_busy_percent"))
        return VramReading(used, total, load, drm.SOURCE)

    def bytes_by_process(self) -> dict[int, int]:
        """From the kernel's per-client accounting; other people's processes are not readable."""
        slot = self._slot()
        found: dict[int, int] = {}
        for process in self._proc.glob("[0-9]*"):
            clients: dict[str, int] = {}
            for info in _drm_files(process):
                text = read_text(info, 4096) or ""
                if slot is None or f"drm-pdev:\t{slot}" in text:
                    client = re.search(r"^drm-client-id:\s*(\d+)", text, re.MULTILINE)
                    sizes = [
                        int(n) * (1024 if u == "KiB" else MIB if u else 1)
                        for n, u in _FDINFO_SIZE.findall(text)
                    ]
                    clients[client[1] if client else info.name] = max(sizes, default=0)
            if clients:
                found[int(process.name)] = sum(clients.values())
        return found

    def close(self) -> None:
        """Nothing is kept open."""

    def _slot(self) -> str | None:
        found = re.search(r"^PCI_SLOT_NAME=(\S+)", read_text(self._folder / "uevent") or "", re.MULTILINE)
        return found[1] if found else None


def _drm_files(process: Path) -> list[Path]:
    """The ``fdinfo`` of those open files of a process that are GPU nodes."""
    try:
        return [
            process / "fdinfo" / fd.name for fd in (process / "fd").iterdir() if "/dri/" in str(fd.readlink())
        ]
    except OSError:
        return []  # gone meanwhile, or not ours


def _process_name(pid: int) -> str | None:
    import psutil  # late: see cpu.py

    try:
        return str(psutil.Process(pid).name())
    except psutil.Error:
        return None
