"""The adapters of this machine, from all sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.runtime.probes import apple_gpu, display_registry, drm, nvml
from autocut_tray.core.runtime.probes.answer import Answer
from autocut_tray.core.runtime.probes.gpu_names import NVIDIA
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.nvidia_smi import NvidiaSmi, load_gputil
from autocut_tray.core.runtime.profile import Gpu, Outcome

Gpus = tuple[Gpu, ...]


class NvidiaProbe:
    """NVIDIA's adapters with their memory: NVML, or else GPUtil where there is an nvidia-smi to ask."""

    def __init__(
        self,
        machine: Machine,
        clock: Clock,
        *,
        load_nvml: Callable[[Machine], Any] = nvml.load_nvml,
        load_gputil: Callable[[Machine], Any] = load_gputil,
    ) -> None:
        self._machine = machine
        self._load_nvml = load_nvml
        self._smi = NvidiaSmi(machine, clock, load=load_gputil)

    def __call__(self, cancel: CancelToken) -> Answer[Gpus]:
        library = self._load_nvml(self._machine)
        if library is None:
            if not self._smi.present:
                return Answer((), Outcome.ABSENT, "NVML: no library")
            return self._second_source("NVML: no library")
        try:
            gpus = nvml.list_devices(library)
        except library.NVMLError as error:
            return self._second_source(f"NVML: {error}")
        return Answer(gpus, Outcome.OK if gpus else Outcome.ABSENT, None if gpus else "NVML: no device")

    def _second_source(self, why: str) -> Answer[Gpus]:
        if not self._smi.present:
            return Answer((), Outcome.FAILED, f"{why}; no nvidia-smi")
        try:
            gpus = self._smi.list_devices()
        except Exception as error:  # noqa: BLE001 (GPUtil raises what its parser happens to raise)
            return Answer((), Outcome.FAILED, f"{why}; GPUtil: {error}")
        if not gpus:
            return Answer((), Outcome.FAILED, f"{why}; GPUtil: no device")
        return Answer(gpus, detail=why)


class AdapterProbe:
    """Every adapter that the operating system lists, of any vendor."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def __call__(self, cancel: CancelToken) -> Answer[Gpus]:
        if self._machine.system == "win32":
            gpus = display_registry.list_adapters(self._machine.registry)
        elif self._machine.system == "darwin":
            gpus = apple_gpu.list_adapters(self._machine)
        else:
            gpus = drm.list_adapters(self._machine)
        return Answer(gpus, Outcome.OK if gpus else Outcome.ABSENT)


def merge(nvidia: Gpus, listed: Gpus) -> Gpus:
    """All adapters once: NVIDIA's own words win over what the system lists of NVIDIA."""
    return (*nvidia, *(gpu for gpu in listed if not nvidia or gpu.vendor != NVIDIA))
