"""The adapters of a Mac."""

from __future__ import annotations

import json
import re
from typing import Any

from autocut_tray.core.runtime.probes.figures import total_from_bytes, total_mib
from autocut_tray.core.runtime.probes.gpu_names import AMD, APPLE, INTEL, NVIDIA
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.reconcile import Sighting, Sightings
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind

_SYSCTL = "/usr/sbin/sysctl"
_PROFILER = ("/usr/sbin/system_profiler", "SPDisplaysDataType", "-json")
_VENDORS = {"amd": AMD, "ati": AMD, "intel": INTEL, "nvidia": NVIDIA, "apple": APPLE}


def list_adapters(machine: Machine) -> tuple[Sightings, tuple[str, ...]]:
    """Apple silicon: one unified adapter whose memory is the machine's. Others: what the system profiler lists.

    macOS lets graphics use two thirds to five sixths of that memory, by its size and version; how much is told,
    beside the adapters, only where the person set it (``iogpu.wired_limit_mb``).
    """
    if machine.processor == "arm64":
        limit = total_mib(_sysctl_number(machine, "iogpu.wired_limit_mb"))
        notes = () if limit is None else (f"graphics may use {limit} MiB of it",)
        return (Sighting(_apple_silicon(machine)),), notes
    try:
        listed = json.loads(machine.run(_PROFILER, 3.0) or "{}").get("SPDisplaysDataType", [])
    except (ValueError, AttributeError):
        return (), ()
    return tuple(
        Sighting(_listed(entry, index)) for index, entry in enumerate(listed) if isinstance(entry, dict)
    ), ()


def _apple_silicon(machine: Machine) -> Gpu:
    name = (machine.run((_SYSCTL, "-n", "machdep.cpu.brand_string"), 0.5) or "").strip() or "Apple silicon"
    total = total_from_bytes(_sysctl_number(machine, "hw.memsize"))
    return Gpu(
        name=name,
        vendor=APPLE,
        kind=GpuKind.UNIFIED,
        vram_total_mib=total,
        vram_used_mib=None,
        driver=None,
        source="sysctl",
        confidence=None if total is None else Confidence.DERIVED,
        index=0,
    )


def _sysctl_number(machine: Machine, name: str) -> int | None:
    text = (machine.run((_SYSCTL, "-n", name), 0.5) or "").strip()
    return int(text) if text.isdigit() else None


def _listed(entry: dict[str, Any], index: int) -> Gpu:
    vendor = next(
        (v for k, v in _VENDORS.items() if k in str(entry.get("spdisplays_vendor", "")).lower()), None
    )
    shared = "spdisplays_vram_shared" in entry
    total = _vram(entry.get("spdisplays_vram"))
    return Gpu(
        name=str(entry.get("sppci_model") or entry.get("_name") or "") or None,
        vendor=vendor,
        kind=GpuKind.INTEGRATED if shared or vendor == INTEL else GpuKind.DISCRETE,
        vram_total_mib=total,
        vram_used_mib=None,
        driver=None,
        source="system_profiler",
        confidence=None if total is None else Confidence.DERIVED,
        index=index,
    )


def _vram(text: object) -> int | None:
    """``8 GB`` or ``1536 MB`` in MiB."""
    found = re.match(r"(\d+(?:\.\d+)?)\s*(GB|MB)", text) if isinstance(text, str) else None
    return total_mib(float(found[1]) * (1024 if found[2] == "GB" else 1)) if found else None
