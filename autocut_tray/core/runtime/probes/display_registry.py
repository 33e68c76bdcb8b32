"""The adapters that Windows keeps in its registry, with the 64-bit memory size their drivers wrote there.

Format: https://learn.microsoft.com/windows-hardware/drivers/display/registering-hardware-information
"""

from __future__ import annotations

import re

from autocut_tray.core.runtime.probes.figures import total_from_bytes
from autocut_tray.core.runtime.probes.gpu_names import AMD, NVIDIA, VENDORS, kind_of
from autocut_tray.core.runtime.probes.reconcile import Sighting, Sightings
from autocut_tray.core.runtime.probes.windows_registry import Registry
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind

SOURCE = "registry"

_CLASS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
"""The class of display adapters."""
_PRESENT = r"HKLM\HARDWARE\DEVICEMAP\VIDEO"
"""Written anew at each start of Windows: what is really there."""
_PCI_IDS = re.compile(r"^pci\\ven_([0-9a-f]{4})(?:&dev_([0-9a-f]{4}))?", re.IGNORECASE)
_NVIDIA_VERSION = re.compile(r"\d+\.\d+\.\d*(\d)\.(\d{2})(\d{2})")
_GUID = re.compile(r"\\Video\\(\{[0-9a-f-]+\})\\", re.IGNORECASE)


def list_adapters(registry: Registry) -> Sightings:
    """Every PCI adapter with a driver. Entries of cards that were taken out are left out."""
    present = _present_ids(registry)
    found = []
    for index, key in enumerate(k for k in registry.subkeys(_CLASS) if re.fullmatch(r"\d{4}", k)):
        values = registry.values(rf"{_CLASS}\{key}")
        ids = _PCI_IDS.match(_text(values.get("MatchingDeviceId")) or "")
        video_id = _text(values.get("VideoID"))
        if ids is None or (present and video_id is not None and video_id.lower() not in present):
            continue
        vendor = VENDORS.get(int(ids[1], 16), f"PCI {ids[1].lower()}")
        name = _text(values.get("DriverDesc")) or _text(values.get("HardwareInformation.AdapterString"))
        total = _memory(values.get("HardwareInformation.qwMemorySize")) or _memory(
            values.get("HardwareInformation.MemorySize")
        )
        kind = kind_of(vendor, name, total)
        if kind is GpuKind.INTEGRATED and vendor != AMD:
            total = (
                None  # Intel's drivers write the share of main memory they may take, not memory of their own
            )
        gpu = Gpu(
            name=name,
            vendor=vendor,
            kind=kind,
            vram_total_mib=total,
            vram_used_mib=None,
            driver=_driver(vendor, _text(values.get("DriverVersion"))),
            source=SOURCE,
            confidence=None if total is None else Confidence.DERIVED,
            index=index,
        )
        found.append(Sighting(gpu, ids=(int(ids[1], 16), int(ids[2], 16)) if ids[2] else None))
    return tuple(found)


def _present_ids(registry: Registry) -> frozenset[str]:
    """The ``VideoID`` of each adapter that is there now."""
    paths = (_text(value) or "" for value in registry.values(_PRESENT).values())
    return frozenset(found[1].lower() for path in paths if (found := _GUID.search(path)))


def _driver(vendor: str, version: str | None) -> str | None:
    """The version as its vendor writes it: NVIDIA's 560.94 is the end of Windows' ``32.0.15.6094``."""
    parts = _NVIDIA_VERSION.fullmatch(version) if version and vendor == NVIDIA else None
    return f"{parts[1]}{parts[2]}.{parts[3]}" if parts else version


def _memory(value: object) -> int | None:
    """MiB from a REG_QWORD or REG_DWORD, or from the same number in REG_BINARY, as some drivers write it."""
    if isinstance(value, bytes):
        value = int.from_bytes(value[:8], "little")
    return total_from_bytes(value)


def _text(value: object) -> str | None:
    """A string; some drivers write UTF-16 as REG_BINARY."""
    if isinstance(value, bytes):
        value = value.decode("utf-16-le", "replace")
    return (value.strip("\0 ") or None) if isinstance(value, str) else None
