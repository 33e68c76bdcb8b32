"""What DXGI and the display kernel of Windows say about adapters, decoded.

Layouts (64-bit): ``DXGI_ADAPTER_DESC1`` of dxgi.h, 312 bytes: 128 UTF-16 units; vendor, device, subsystem, revision;
three sizes; LUID (low, high); flags. ``D3DKMT_ADAPTERADDRESS`` and ``D3DKMT_ADAPTERTYPE`` of d3dkmthk.h.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.probes.figures import total_from_bytes
from autocut_tray.core.runtime.probes.gpu_names import AMD, MICROSOFT_ID, VENDORS, kind_of
from autocut_tray.core.runtime.probes.pci import bus_address_of
from autocut_tray.core.runtime.probes.reconcile import Sighting
from autocut_tray.core.runtime.probes.windows_graphics import RawAdapter
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind

SOURCE = "dxgi"

_DESC1 = struct.Struct("<256s4I3QIiI4x")
_ADDRESS = struct.Struct("<3I")
_SOFTWARE_FLAG = 0x2
"""``DXGI_ADAPTER_FLAG_SOFTWARE``."""
_SOFTWARE, _HYBRID_DISCRETE, _HYBRID_INTEGRATED, _INDIRECT = 0x4, 0x10, 0x20, 0x40
"""Bits of ``D3DKMT_ADAPTERTYPE``; the hybrid ones since Windows 8.1, and set only where there are two adapters."""
_LARGEST_PCI_ID = 0xFFFF


@frozen
class DxgiAdapter:
    """One adapter. ``luid``: as the performance counters write it; good until the driver or Windows starts again.

    ``index``: its place in DXGI's list. ``hybrid``: what Windows takes it for where there are two; None: it does not
    say. ``virtual``: it draws on another adapter or on the processor.
    """

    index: int
    name: str | None
    ids: tuple[int, int]
    dedicated_bytes: int
    luid: str
    bus: str | None
    hybrid: GpuKind | None
    virtual: bool


def luid_text(low: int, high: int) -> str:
    """``0x00000000_0x0000c6c4``."""
    return f"0x{high & 0xFFFFFFFF:08x}_0x{low:08x}"


def decode(raw: RawAdapter, index: int) -> DxgiAdapter | None:
    """The adapter in these bytes; None when they are too few."""
    if len(raw.description) < _DESC1.size:
        return None
    text, vendor, device, _, _, dedicated, _, _, low, high, flags = _DESC1.unpack_from(raw.description)
    name = text.decode("utf-16-le", "replace").partition("\0")[0].strip()
    bits = int.from_bytes(raw.type[:4], "little") if raw.type is not None else 0
    return DxgiAdapter(
        index=index,
        name=name or None,
        ids=(vendor, device),
        dedicated_bytes=dedicated,
        luid=luid_text(low, high),
        bus=_bus(raw.address),
        hybrid=_hybrid(bits),
        virtual=bool(flags & _SOFTWARE_FLAG or bits & (_SOFTWARE | _INDIRECT)) or vendor == MICROSOFT_ID,
    )


def real_adapters(raws: Sequence[RawAdapter]) -> tuple[DxgiAdapter, ...]:
    """The adapters that are hardware, each once: a remote desktop or a virtual screen shows one a second time."""
    found: list[DxgiAdapter] = []
    for index, raw in enumerate(raws):
        adapter = decode(raw, index)
        if adapter is None or adapter.virtual:
            continue
        again = any(adapter.bus == seen.bus is not None or adapter.luid == seen.luid for seen in found)
        if not again:
            found.append(adapter)
    return tuple(found)


def sighting(adapter: DxgiAdapter) -> Sighting:
    """The adapter as DXGI sees it; what is used and the driver's version are not its to tell."""
    vendor = VENDORS.get(adapter.ids[0], f"PCI {adapter.ids[0]:04x}")
    total = total_from_bytes(adapter.dedicated_bytes)
    by_name = kind_of(vendor, adapter.name, total)
    kind = by_name if by_name is GpuKind.UNIFIED or adapter.hybrid is None else adapter.hybrid
    if kind is GpuKind.INTEGRATED and vendor != AMD:
        total = None  # 128 MiB that Intel's driver sets aside; AMD's figure is what the firmware carved out
    gpu = Gpu(
        name=adapter.name,
        vendor=vendor,
        kind=kind,
        vram_total_mib=total,
        vram_used_mib=None,
        driver=None,
        source=SOURCE,
        confidence=None if total is None else Confidence.EXACT,
        index=adapter.index,
    )
    on_pci = adapter.ids[0] <= _LARGEST_PCI_ID
    return Sighting(gpu, adapter.bus, adapter.ids if on_pci else None)


def _bus(address: bytes | None) -> str | None:
    if address is None or len(address) < _ADDRESS.size:
        return None
    bus, device, function = _ADDRESS.unpack_from(address)
    # Windows puts the PCI segment above the eight bits of the bus.
    return bus_address_of(bus & 0xFF, device, function, bus >> 8)


def _hybrid(bits: int) -> GpuKind | None:
    if bits & _HYBRID_INTEGRATED:
        return GpuKind.INTEGRATED
    return GpuKind.DISCRETE if bits & _HYBRID_DISCRETE else None
