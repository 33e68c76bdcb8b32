"""NVIDIA's adapters through GPUtil, which reads them from nvidia-smi: the second source, when NVML fails."""

from __future__ import annotations

import importlib
import subprocess
import sys
import types
from collections.abc import Callable
from typing import Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.runtime.bounded import BoundedCall
from autocut_tray.core.runtime.probes.figures import part_mib, total_mib
from autocut_tray.core.runtime.probes.gpu_names import NVIDIA, kind_of
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.reconcile import Sighting, Sightings
from autocut_tray.core.runtime.profile import Confidence, Gpu

SOURCE = "gputil"


def load_gputil(machine: Machine) -> Any:
    """The GPUtil module; raises ImportError.

    WORKAROUND: GPUtil 1.4.0 imports ``distutils``, gone in Python 3.12 and deprecated before; of it it needs one
    function that ``shutil.which`` also is. On Windows its child would open a console window.
    """
    spawn = types.ModuleType("distutils.spawn")
    spawn.find_executable = machine.which  # type: ignore[attr-defined]
    package = types.ModuleType("distutils")
    package.spawn = spawn  # type: ignore[attr-defined]
    kept = {name: sys.modules.get(name) for name in ("distutils", "distutils.spawn")}
    sys.modules.update({"distutils": package, "distutils.spawn": spawn})
    try:
        gputil = importlib.import_module("GPUtil")
    finally:
        for name, module in kept.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
    if sys.platform == "win32":
        gputil.GPUtil.Popen = _popen_without_window
    return gputil


def _popen_without_window(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    return subprocess.Popen(command, creationflags=flags, **options)


class NvidiaSmi:
    """Asks GPUtil, in a thread of its own because nvidia-smi may hang, and not often because it is a process.

    ``limit``: seconds it is waited for. ``interval``: seconds for which an answer is good. ``load`` gives the
    GPUtil module. To be used by one thread at a time.
    """

    def __init__(
        self,
        machine: Machine,
        clock: Clock,
        *,
        load: Callable[[Machine], Any] = load_gputil,
        limit: float = 1.2,
        interval: float = 30.0,
    ) -> None:
        self._machine = machine
        self._clock = clock
        self._load = load
        self._limit = limit
        self._interval = interval
        self._call: BoundedCall[Sightings] = BoundedCall("gputil", self._list, clock)
        self._asked: float | None = None
        self._last: Sightings = ()

    @property
    def present(self) -> bool:
        """Whether there is an nvidia-smi to ask."""
        return self._machine.which("nvidia-smi") is not None

    def list_devices(self) -> Sightings:
        """The adapters that nvidia-smi names. Raises TimeoutError, or what GPUtil raised."""
        now = self._clock.monotonic()
        if self._asked is not None and now - self._asked < self._interval:
            return self._last
        run = self._call.start()
        ended = None if run is None else run.wait(self._limit)
        if ended is None:
            raise TimeoutError("nvidia-smi does not answer")
        if ended.error is not None:
            raise ended.error
        self._asked, self._last = now, ended.value or ()
        return self._last

    def _list(self, cancel: CancelToken) -> Sightings:
        return tuple(Sighting(_gpu(device)) for device in self._load(self._machine).getGPUs())


def _gpu(device: Any) -> Gpu:
    total = total_mib(device.memoryTotal)
    return Gpu(
        name=device.name,
        vendor=NVIDIA,
        kind=kind_of(NVIDIA, device.name, total),
        vram_total_mib=total,
        vram_used_mib=part_mib(device.memoryUsed, total),
        driver=device.driver,
        source=SOURCE,
        confidence=None if total is None else Confidence.DERIVED,
        index=device.id,
    )
