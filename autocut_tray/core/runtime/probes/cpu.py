"""The processor: its name, cores and threads."""

from __future__ import annotations

import os
import re

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.runtime.probes.answer import Answer
from autocut_tray.core.runtime.probes.machine import Machine, read_text
from autocut_tray.core.runtime.profile import Cpu, Outcome, cpu_score

UNKNOWN = Cpu(None, None, None, None)

_REGISTRY_KEY = r"HKLM\HARDWARE\DESCRIPTION\System\CentralProcessor\0"
_SYSCTL = "/usr/sbin/sysctl"
_COMMAND_SECONDS = 0.8


class CpuProbe:
    """Name from the system's own table; physical cores and online threads from psutil."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def __call__(self, cancel: CancelToken) -> Answer[Cpu]:
        import psutil  # late: 25 ms that the tray icon need not wait for

        name = cpu_name(self._machine)
        cores = _positive(psutil.cpu_count(logical=False))
        threads = _positive(psutil.cpu_count(logical=True))
        cpu = Cpu(name, cores, threads, cpu_score(threads))
        if cpu == UNKNOWN:
            return Answer(cpu, Outcome.FAILED, "the system told neither name nor threads")
        return Answer(cpu, detail=_restriction(threads))


def cpu_name(machine: Machine) -> str | None:
    """The model name as the system shows it, blanks collapsed."""
    if machine.system == "win32":
        name = machine.registry.values(_REGISTRY_KEY).get("ProcessorNameString")
    elif machine.system == "darwin":
        name = machine.run((_SYSCTL, "-n", "machdep.cpu.brand_string"), _COMMAND_SECONDS)
    else:
        name = _linux_name(machine)
    return (" ".join(name.replace("\0", " ").split()) or None) if isinstance(name, str) else None


def _linux_name(machine: Machine) -> str | None:
    table = read_text(machine.path("/proc/cpuinfo")) or ""
    # "model name" on x86; "Processor"/"Hardware" and "Model" are the words of other kernels.
    for key in ("model name", "cpu model", "Processor", "Hardware", "Model"):
        found = re.search(rf"^{key}\s*:\s*(\S.*)$", table, re.MULTILINE)
        if found and not found[1].strip().isdigit():
            return found[1]
    return read_text(machine.path("/proc/device-tree/model"))


def _positive(count: int | None) -> int | None:
    return count or None


def _restriction(threads: int | None) -> str | None:
    """What keeps this process from using all threads, if anything does."""
    if threads is None or not hasattr(os, "sched_getaffinity"):
        return None
    allowed = len(os.sched_getaffinity(0))
    return f"this process may use {allowed} of {threads} threads" if allowed < threads else None
