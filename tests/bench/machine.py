"""What the figures were taken on, in one line."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path

import psutil


def machine_line() -> str:
    """Processor, memory, system, versions, and how busy the machine is with other things."""
    memory = psutil.virtual_memory().total / 2**30
    parts = [
        f"{_processor()}, {os.cpu_count()} threads, {memory:.0f} GiB",
        f"{_system()}",
        f"Python {platform.python_version()}",
        f"PySide6 {importlib.metadata.version('PySide6-Essentials')}",
    ]
    if hasattr(os, "getloadavg"):
        parts.append(f"load {os.getloadavg()[0]:.2f}")
    return "; ".join(parts)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _system() -> str:
    if hasattr(platform, "freedesktop_os_release"):
        try:
            return str(platform.freedesktop_os_release()["PRETTY_NAME"])
        except (OSError, KeyError):
            pass  # not a Linux distribution that says what it is
    return f"{platform.system()} {platform.release()}"
