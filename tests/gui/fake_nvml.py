"""NVIDIA GPUs that are not there: the real pynvml runs against a library compiled from ``fake_nvml.c``.

    nvml = FakeNvml(tmp_path)                  # pytest.skip where there is no compiler
    nvml.set(FakeGpu(total_mib=8192, used_mib=7200))
    subprocess.run([...], env={**os.environ, **nvml.env()})

The loader reads LD_LIBRARY_PATH when a process starts, so this is for subprocesses, on Linux.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

SOURCE = Path(__file__).with_name("fake_nvml.c")
GPU_IS_LOST = 15
DRIVER_NOT_LOADED = 9
NOT_SUPPORTED = 3
UNKNOWN = 999
FIGURES = (
    *("name", "uuid", "bus", "total_mib", "used_mib", "reserved_mib", "gpu", "memory"),
    *("temperature", "power_mw", "limit_mw", "fan", "error", "util_error"),
)


@dataclass(frozen=True, slots=True)
class GpuProcess:
    """A process that holds memory; ``mib`` None is what Windows drivers answer."""

    pid: int
    mib: int | None
    kind: Literal["C", "G"] = "C"


@dataclass(frozen=True, slots=True)
class FakeGpu:
    """One device; a figure that is None is "not supported" by it."""

    name: str = "NVIDIA GeForce RTX 4060"
    total_mib: int = 8192
    used_mib: int = 1234
    reserved_mib: int = 0
    gpu: int = 37
    """Load in percent."""
    memory: int = 10
    uuid: str | None = None
    temperature: int | None = 45
    power_mw: int | None = 60_000
    limit_mw: int | None = 115_000
    fan: int | None = None
    bus: int | None = None
    error: int = 0
    """What every query of this device fails with."""
    util_error: int = 0
    processes: tuple[GpuProcess, ...] = ()


class FakeNvml:
    """The compiled library and the file with its figures."""

    def __init__(self, directory: Path) -> None:
        self._library = _build(directory / "nvml")
        self._state = directory / "nvml" / "state"
        self.set(FakeGpu())

    def set(
        self,
        *gpus: FakeGpu,
        error: int = 0,
        init_error: int = 0,
        driver: str = "570.86.10",
        delay_ms: int = 0,
    ) -> None:
        """Change everything at once; a running program sees it at its next query."""
        lines = [f"error {error}", f"init_error {init_error}", f"driver {driver}", f"delay_ms {delay_ms}"]
        lines.append(f"count {len(gpus)}")
        for number, gpu in enumerate(gpus):
            lines += _lines(number, gpu)
        temporary = self._state.with_suffix(".new")
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
        temporary.replace(self._state)

    def env(self) -> dict[str, str]:
        """What a subprocess needs in its environment."""
        path = os.environ.get("LD_LIBRARY_PATH")
        folder = str(self._library.parent)
        return {
            "LD_LIBRARY_PATH": f"{folder}{os.pathsep}{path}" if path else folder,
            "FAKE_NVML_STATE": str(self._state),
        }


def compiler() -> str | None:
    """The C compiler of this machine, if any."""
    return next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)


def _lines(number: int, gpu: FakeGpu) -> Sequence[str]:
    lines = [f"{number}.{name} {getattr(gpu, name)}" for name in FIGURES if getattr(gpu, name) is not None]
    processes = (f"{each.pid}:{each.kind}:{-1 if each.mib is None else each.mib}" for each in gpu.processes)
    return [*lines, f"{number}.procs {' '.join(processes)}"]


def _build(directory: Path) -> Path:
    found = compiler()
    if not sys.platform.startswith("linux") or found is None:
        pytest.skip("no C compiler for the fake NVML")
    directory.mkdir(parents=True, exist_ok=True)
    library = directory / "libnvidia-ml.so.1"
    if not library.exists():
        command = [found, "-std=gnu11", "-O1", "-Wall", "-Werror", "-shared", "-fPIC"]
        subprocess.run([*command, "-o", str(library), str(SOURCE)], check=True, timeout=60)
    return library
