"""The adapters of a Mac."""

from __future__ import annotations

import json
import re
from typing import Any

from autocut_tray.core.runtime.probes.figures import total_from_bytes, total_mib
from autocut_tray.core.runtime.probes.gpu_names import AMD, APPLE, INTEL, NVIDIA
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind

_SYSCTL = "/usr/sbin/sysctl"
_PROFILER = ("/usr/sbin/system_profiler", "SPDisplaysDataType", "-json")
_VENDORS = {"amd": AMD, "ati": AMD, "intel": INTEL, "nvidia": NVIDIA, "apple": APPLE}


def list_adapters(machine: Machine) -> tuple[Gpu, ...]:
    """Apple silicon: one unified adapter whose memory is the machine's. Others: what the system profiler lists."""
    if machine.processor == "arm64":
        return (_apple_silicon(machine),)
    try:
        listed = json.loads(machine.run(_PROFILER, 3.0) or "{}").get("SPDisplaysDataType", [])
    except (ValueError, AttributeError):
        return ()
    return tuple(_listed(entry, index) for index, entry in enumerate(listed) if isinstance(entry, dict))


def _apple_silicon(machine: Machine) -> Gpu:
    name = (machine.run((_SYSCTL, "-n", "machdep.cpu.brand_string"), 0.5) or "").strip() or "Apple silicon"
    size = (machine.run((_SYSCTL, "-n", "hw.memsize"), 0.5) or "").strip()
    total = total_from_bytes(int(size)) if size.isdigit() else None
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
