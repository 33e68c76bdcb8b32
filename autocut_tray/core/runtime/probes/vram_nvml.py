"""The memory of an NVIDIA adapter, through the driver's own library."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import Any

from autocut_tray.core.clock import Clock
from autocut_tray.core.runtime.probes import nvml
from autocut_tray.core.runtime.probes.backoff import Backoff
from autocut_tray.core.runtime.probes.figures import byte_count, part_from_bytes, percent, total_from_bytes
from autocut_tray.core.runtime.probes.gpu_names import NVIDIA_ID
from autocut_tray.core.runtime.probes.gpu_power import GpuPower
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.vram_counters import Details, LuidFinder, by_bus
from autocut_tray.core.runtime.probes.vram_device import VramReading
from autocut_tray.core.runtime.profile import Gpu

log = logging.getLogger(__name__)

REST_SECONDS = 120.0
"""How long an idle GPU that may sleep is left alone when nobody needs its figure. Drivers put it to sleep some 10 s
after the last session is closed; each look costs a start of NVML, 20 ms."""


class NvmlDevice:
    """A device of NVML, whose handle is kept until a query fails and then looked for again, ever more slowly.

    While nobody needs its figure, a GPU that sleeps is not asked, and one that could sleep and has nothing to do is
    let go and asked every ``REST_SECONDS`` only. On Windows NVML hides the shares of processes: counters tell them.
    """

    def __init__(self, gpu: Gpu, clock: Clock, machine: Machine, load: Callable[[Machine], Any]) -> None:
        self._gpu = gpu
        self._clock = clock
        self._machine = machine
        self._load = load
        self._nvml: Any = None
        self._handle: Any = None
        self._bus: str | None = None
        self._power = GpuPower.of(machine, None, NVIDIA_ID)
        self._rest_until: float | None = None
        self._last: VramReading | None = None
        self._tells_load = True
        self._lost = False
        self._backoff = Backoff(clock)
        on_windows = machine.system == "win32"
        self._details = Details(machine.graphics, clock, with_load=False) if on_windows else None
        self._finder = LuidFinder(machine.graphics, clock, by_bus(lambda: self._bus, gpu))

    def read(self, wake: bool) -> VramReading | None:
        spared = None if wake else self._spare()
        if spared is not None:
            return spared
        if self._handle is None and not self._open():
            return None
        used = total = None
        try:
            memory = self._nvml.nvmlDeviceGetMemoryInfo(self._handle)
        except self._nvml.NVMLError as error:
            shares_memory = isinstance(error, self._nvml.NVMLError_NotSupported)
            if not shares_memory:
                self._lose(error)
                return None
        else:
            total = total_from_bytes(memory.total)
            used = part_from_bytes(memory.used, total)
        if self._lost:
            log.info("NVML: %s answers again", self._gpu.name)
        self._lost = False
        self._backoff.reset()
        reading = VramReading(used, total, self._load_now(), nvml.SOURCE)
        self._rest(reading, wake)
        return reading

    def bytes_by_process(self) -> dict[int, int]:
        if self._details is not None:
            adapter = self._finder.find()
            return {} if adapter is None else self._details.bytes_by_process(adapter.luid)
        if self._handle is None and (self._power.may_sleep or not self._open()):
            return {}  # it sleeps or rests, or is not there
        found: dict[int, int] = {}
        for query in ("nvmlDeviceGetComputeRunningProcesses", "nvmlDeviceGetGraphicsRunningProcesses"):
            for process in self._processes(query):
                # One that computes and draws is in both lists with the same figure.
                size = byte_count(process.usedGpuMemory) or 0
                found[process.pid] = max(found.get(process.pid, 0), size)
        return found

    def close(self) -> None:
        self._let_go()
        if self._details is not None:
            self._details.close()

    def _spare(self) -> VramReading | None:
        """What stands for a reading while the adapter is left alone; None when it may be asked."""
        if not self._power.may_sleep:
            return None
        if self._power.asleep:
            self._let_go()
            self._rest_until = None
            return VramReading(None, self._gpu.vram_total_mib, 0.0, nvml.SOURCE, asleep=True)
        if self._rest_until is not None and self._clock.monotonic() < self._rest_until:
            return self._last
        return None

    def _rest(self, reading: VramReading, wake: bool) -> None:
        """Let an idle adapter go, so that it can fall asleep. One that works stays awake anyway."""
        self._last, self._rest_until = reading, None
        if not wake and not reading.load and self._power.may_sleep:
            self._let_go()
            self._rest_until = self._clock.monotonic() + REST_SECONDS

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
        if not self._backoff.ready:
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
                    self._bus = nvml.device_bus(self._nvml, self._handle)
                    self._power = GpuPower.of(self._machine, self._bus, NVIDIA_ID)
                    return True
                self._shut_down()
        self._backoff.put_off()
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
        self._let_go()
        self._backoff.put_off()

    def _let_go(self) -> None:
        if self._handle is not None:
            self._handle = None
            self._shut_down()

    def _shut_down(self) -> None:
        with contextlib.suppress(self._nvml.NVMLError):
            self._nvml.nvmlShutdown()
