"""Ways to find out what this machine is, one per fact."""

from __future__ import annotations

from collections.abc import Callable

from autocut_tray.core.clock import Clock
from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.probes import cpu, editors, memory
from autocut_tray.core.runtime.probes.answer import Answer, Probe
from autocut_tray.core.runtime.probes.cpu import CpuProbe
from autocut_tray.core.runtime.probes.editors import EditorProbe, Editors
from autocut_tray.core.runtime.probes.gpu import AdapterProbe, NvidiaProbe
from autocut_tray.core.runtime.probes.lmstudio import LmStudioProbe
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.memory import probe_memory
from autocut_tray.core.runtime.probes.model_servers import ServerAddresses
from autocut_tray.core.runtime.probes.ollama import OllamaProbe
from autocut_tray.core.runtime.probes.reconcile import Sightings
from autocut_tray.core.runtime.probes.windows_adapters import WindowsAdapters
from autocut_tray.core.runtime.profile import Cpu, Memory, ModelServer

__all__ = ["Answer", "Machine", "Probe", "Probes", "ServerAddresses", "system_probes"]

_NVIDIA_SECONDS = 2.0
"""Waking a sleeping NVIDIA driver takes up to a second."""
_SERVER_SECONDS = 4.0
"""Only for a server that accepts connections: where none does, its probe is done within a second."""


@frozen
class Probes:
    """One probe for each fact of a profile. ``gpu``: what the system lists; ``nvidia``: what that driver tells."""

    cpu: Probe[Cpu]
    memory: Probe[Memory]
    gpu: Probe[Sightings]
    nvidia: Probe[Sightings]
    ollama: Probe[ModelServer]
    lmstudio: Probe[ModelServer]
    editors: Probe[Editors]


def system_probes(
    clock: Clock, addresses: Callable[[], ServerAddresses], machine: Machine | None = None
) -> Probes:
    """The probes of this machine. ``addresses`` is read at each detection: settings may have changed."""
    machine = machine or Machine.this()
    windows = WindowsAdapters(machine, clock)
    ollama = OllamaProbe(machine, clock, lambda: addresses().ollama)
    lmstudio = LmStudioProbe(machine, clock, lambda: addresses().lmstudio, lambda: addresses().lmstudio_token)
    return Probes(
        cpu=Probe("cpu", CpuProbe(machine), lambda: cpu.UNKNOWN),
        memory=Probe("memory", probe_memory, lambda: memory.UNKNOWN),
        gpu=Probe("gpu", AdapterProbe(machine, windows), lambda: ()),
        nvidia=Probe("nvidia", NvidiaProbe(machine, clock, windows), lambda: (), _NVIDIA_SECONDS),
        ollama=Probe("ollama", ollama, ollama.unknown, _SERVER_SECONDS),
        lmstudio=Probe("lmstudio", lmstudio, lmstudio.unknown, _SERVER_SECONDS),
        editors=Probe("editors", EditorProbe(machine, clock), lambda: editors.UNKNOWN),
    )
