"""The adapters of this machine, from all sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.runtime.probes import drm, nvml
from autocut_tray.core.runtime.probes.answer import Answer
from autocut_tray.core.runtime.probes.figures import total_from_bytes
from autocut_tray.core.runtime.probes.gpu_names import NVIDIA_ID
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.nvidia_smi import NvidiaSmi, load_gputil
from autocut_tray.core.runtime.probes.reconcile import Sighting, Sightings, reconcile
from autocut_tray.core.runtime.probes.windows_adapters import WindowsAdapters
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind, Outcome

SYSTEM_MEMORY = "system"
"""Source of the total of an adapter that shares the machine's memory, where its driver tells none."""


def _machine_memory() -> int:
    import psutil  # late: see cpu.py

    return int(psutil.virtual_memory().total)


class NvidiaProbe:
    """NVIDIA's adapters with their memory: NVML, or else GPUtil where there is an nvidia-smi to ask.

    Of a board that shares the machine's memory (GB10, Jetson) NVML tells none: the total is then the machine's,
    derived, as for Apple silicon. Such memory is unified and counts for no class. What Windows says of the same cards
    is compared, so that a disagreement is told where NVML is.
    """

    def __init__(
        self,
        machine: Machine,
        clock: Clock,
        windows: WindowsAdapters | None = None,
        *,
        load_nvml: Callable[[Machine], Any] = nvml.load_nvml,
        load_gputil: Callable[[Machine], Any] = load_gputil,
        memory_bytes: Callable[[], int] = _machine_memory,
    ) -> None:
        self._machine = machine
        self._windows = windows or WindowsAdapters(machine, clock)
        self._load_nvml = load_nvml
        self._smi = NvidiaSmi(machine, clock, load=load_gputil)
        self._memory_bytes = memory_bytes

    def __call__(self, cancel: CancelToken) -> Answer[Sightings]:
        answer = self._ask()
        found = tuple(self._with_shared_memory(seen) for seen in answer.fact)
        notes = reconcile(found, self._windows.ask().adapters).notes if found else ()
        details = (answer.detail, *notes)
        return Answer(found, answer.outcome, "; ".join(part for part in details if part) or None)

    def _ask(self) -> Answer[Sightings]:
        library = self._load_nvml(self._machine)
        if library is None:
            if not self._smi.present:
                return Answer((), Outcome.ABSENT, "NVML: no library")
            return self._second_source("NVML: no library")
        try:
            found, refused = nvml.list_devices(library)
        except library.NVMLError as error:
            return self._second_source(nvml.start_error(library, error))
        if found:
            return Answer(found, detail="; ".join(refused) or None)
        if refused:
            return Answer((), Outcome.FAILED, "; ".join(refused))
        return Answer((), Outcome.ABSENT, "NVML: no device")

    def _second_source(self, why: str) -> Answer[Sightings]:
        found: Sightings = ()
        if not self._smi.present:
            why = f"{why}; no nvidia-smi"
        else:
            try:
                found = self._smi.list_devices()
            except Exception as error:  # noqa: BLE001 (GPUtil raises what its parser happens to raise)
                why = f"{why}; GPUtil: {error}"
            else:
                why = why if found else f"{why}; GPUtil: no device"
        if found:
            return Answer(found, detail=why)
        if drm.has_no_device_of(self._machine, NVIDIA_ID):
            return Answer((), Outcome.ABSENT, f"{why}; no NVIDIA device on the PCI bus")
        return Answer((), Outcome.FAILED, why)

    def _with_shared_memory(self, seen: Sighting) -> Sighting:
        gpu = seen.gpu
        if gpu.kind is not GpuKind.UNIFIED or gpu.vram_total_mib is not None:
            return seen
        total = total_from_bytes(self._memory_bytes())
        if total is None:
            return seen
        shared = replace(
            gpu, vram_total_mib=total, vram_used_mib=None, source=SYSTEM_MEMORY, confidence=Confidence.DERIVED
        )
        return replace(seen, gpu=shared)


class AdapterProbe:
    """Every adapter that the operating system lists, of any vendor."""

    def __init__(self, machine: Machine, windows: WindowsAdapters) -> None:
        self._machine = machine
        self._windows = windows

    def __call__(self, cancel: CancelToken) -> Answer[Sightings]:
        notes: tuple[str, ...] = ()
        if self._machine.system == "win32":
            listed = self._windows.ask()
            found, notes = listed.adapters, listed.notes
        elif self._machine.system == "darwin":
            from autocut_tray.core.runtime.probes import apple_gpu

            found, notes = apple_gpu.list_adapters(self._machine)
        else:
            found = drm.list_adapters(self._machine)
        return Answer(found, Outcome.OK if found else Outcome.ABSENT, "; ".join(notes) or None)


def merge(nvidia: Sightings, listed: Sightings) -> tuple[Gpu, ...]:
    """All adapters once, NVIDIA's own words first; see :mod:`reconcile`."""
    return reconcile(nvidia, listed).gpus
