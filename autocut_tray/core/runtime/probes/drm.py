"""The adapters that the Linux kernel lists in sysfs, and what its drivers tell about their memory."""

from __future__ import annotations

import re
from pathlib import Path

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.runtime.probes import drm_regions
from autocut_tray.core.runtime.probes.drm_clients import DrmClients
from autocut_tray.core.runtime.probes.figures import (
    nearly_part_from_bytes,
    part_from_bytes,
    total_from_bytes,
)
from autocut_tray.core.runtime.probes.gpu_names import AMD, APPLE, INTEL, NVIDIA, VENDORS, kind_of
from autocut_tray.core.runtime.probes.machine import Machine, exists, read_int, read_text
from autocut_tray.core.runtime.probes.pci import bus_address
from autocut_tray.core.runtime.probes.reconcile import Sighting, Sightings
from autocut_tray.core.runtime.profile import Confidence, Gpu, GpuKind

SOURCE = "sysfs"

_CARD = re.compile(r"card(\d+)$")
_INTEL_BUILT_IN_SLOT = "0000:00:02.0"
"""Where Intel's processors have their own graphics; its cards sit behind a bridge."""
_DISPLAY_CLASS = 0x03
_PCI_TABLES = ("/usr/share/hwdata/pci.ids", "/usr/share/misc/pci.ids")
_AMD_TABLE = "/usr/share/libdrm/amdgpu.ids"


def device_folder(machine: Machine, index: int) -> Path:
    """The sysfs folder of the adapter that the kernel calls ``card<index>``."""
    return machine.path(f"/sys/class/drm/card{index}/device")


def list_adapters(machine: Machine) -> Sightings:
    """Every adapter with a kernel driver, in the kernel's order."""
    found = []
    for card in machine.path("/sys/class/drm").glob("card*"):
        number = _CARD.fullmatch(card.name)
        if number:
            seen = _adapter(machine, card / "device", int(number[1]))
            if seen is not None:
                found.append(seen)
    return tuple(sorted(found, key=lambda seen: seen.gpu.index or 0))


def display_slots(machine: Machine, vendor_id: int) -> tuple[str, ...] | None:
    """Where on the PCI bus a vendor's display adapters are, with a driver or without; None without such a bus."""
    slots = []
    devices = list(machine.path("/sys/bus/pci/devices").glob("*"))
    for device in devices:
        if (
            read_int(device / "vendor") == vendor_id
            and (read_int(device / "class") or 0) >> 16 == _DISPLAY_CLASS
        ):
            slots.append(device.name)
    return tuple(sorted(slots)) if devices else None


def has_no_device_of(machine: Machine, vendor_id: int) -> bool:
    """Whether the kernel proves that there is no display adapter of a vendor: then its driver's errors mean nothing.

    In Windows' Linux (WSL) adapters are not on the bus.
    """
    return (
        machine.system == "linux"
        and display_slots(machine, vendor_id) == ()
        and not exists(machine.path("/dev/dxg"))
    )


def _adapter(machine: Machine, device: Path, index: int) -> Sighting | None:
    facts = dict(re.findall(r"^(\w+)=(.*)$", read_text(device / "uevent") or "", re.MULTILINE))
    driver = facts.get("DRIVER")
    vendor_id = read_int(device / "vendor")
    if vendor_id is None:
        gpu = _without_bus(device, driver, index)
        return None if gpu is None else Sighting(gpu)
    vendor = VENDORS.get(vendor_id, f"PCI {vendor_id:04x}")
    device_id = read_int(device / "device") or 0
    slot = facts.get("PCI_SLOT_NAME")
    chip = _pci_name(machine, vendor_id, device_id)
    name = (
        _name(machine, device, vendor, device_id, slot, chip) or f"{vendor} {vendor_id:04x}:{device_id:04x}"
    )
    total, used = _memory(device)
    source = SOURCE
    if total is None and vendor == INTEL and slot != _INTEL_BUILT_IN_SLOT:
        total, source = _asked_total(machine, device, driver), drm_regions.SOURCE
    confidence = None if total is None else Confidence.EXACT
    if vendor == INTEL and total is not None:
        held = DrmClients(machine.path("/proc"), slot, SystemClock()).bytes_by_process()
        used, confidence = nearly_part_from_bytes(sum(held.values()), total), Confidence.DERIVED
    if vendor == AMD:
        kind = _amd_kind(device, name, total, chip)
    elif vendor == INTEL:
        kind = GpuKind.DISCRETE if total is not None else _intel_kind(slot, name)
    else:
        kind = kind_of(vendor, name, total, chip)
    gpu = Gpu(
        name=name,
        vendor=vendor,
        kind=kind,
        vram_total_mib=total,
        vram_used_mib=used,
        driver=_driver_version(machine, driver),
        source=SOURCE if total is None else source,
        confidence=confidence,
        index=index,
    )
    return Sighting(gpu, bus_address(slot), (vendor_id, device_id))


def _driver_version(machine: Machine, driver: str | None) -> str | None:
    """The kernel module and the version it tells, as modules from outside the kernel do: ``amdgpu 6.8.5``.

    NVIDIA's alone is known by its version.
    """
    if driver is None:
        return None
    module = driver.replace("-", "_")
    version = read_text(machine.path(f"/sys/module/{module}/version"), 64)
    return (version if driver == "nvidia" else f"{driver} {version}") if version else driver


def _without_bus(device: Path, driver: str | None, index: int) -> Gpu | None:
    """A GPU inside a system on a chip. Display engines, which draw nothing themselves, have no render node."""
    if driver is None or not any((device / "drm").glob("renderD*")):
        return None
    apple = driver == "asahi"
    kind = GpuKind.UNIFIED if apple or driver in ("nvgpu", "tegra") else GpuKind.INTEGRATED
    return Gpu(driver, APPLE if apple else None, kind, None, None, driver, SOURCE, None, index)


def _memory(device: Path) -> tuple[int | None, int | None]:
    """Total and used MiB. amdgpu tells both; xe and Intel's own i915 tell the total; nobody else does.

    What is used on Intel's cards is the sum over this person's programs.
    """
    total = total_from_bytes(read_int(device / "mem_info_vram_total"))
    if total is not None:
        return total, part_from_bytes(read_int(device / "mem_info_vram_used"), total)
    tiles = [read_int(tile) or 0 for tile in device.glob("tile*/physical_vram_size_bytes")]
    cards = [read_int(card) or 0 for card in device.glob("drm/card*/lmem_total_bytes")]
    return total_from_bytes(sum(tiles) or sum(cards)), None


def _asked_total(machine: Machine, device: Path, driver: str | None) -> int | None:
    """What the driver of an Intel card answers at its render node, MiB."""
    for node in sorted((device / "drm").glob("renderD*")):
        answer = machine.drm_regions(machine.path(f"/dev/dri/{node.name}"), driver or "")
        if answer is not None:
            return total_from_bytes(drm_regions.card_bytes(answer, driver or ""))
    return None


def _amd_kind(device: Path, name: str, total: int | None, chip: str | None) -> GpuKind | None:
    """Processors with graphics are told by their north-bridge voltage, which amdgpu shows for them alone."""
    by_name = kind_of(AMD, name, total, chip)
    labels = {read_text(label, 32) for label in device.glob("hwmon/hwmon*/in1_label")}
    return GpuKind.INTEGRATED if "vddnb" in labels and by_name is not GpuKind.UNIFIED else by_name


def _intel_kind(slot: str | None, name: str) -> GpuKind | None:
    if slot is None:
        return kind_of(INTEL, name, None)
    return GpuKind.INTEGRATED if slot == _INTEL_BUILT_IN_SLOT else GpuKind.DISCRETE


def _name(
    machine: Machine, device: Path, vendor: str, device_id: int, slot: str | None, chip: str | None
) -> str | None:
    """What it was sold as: the driver's word, or of the chip ``Navi 21 [Radeon RX 6800]`` what stands in brackets."""
    told = None
    if vendor == AMD:
        told = read_text(device / "product_name", 128) or _amd_name(machine, device, device_id)
    elif vendor == NVIDIA and slot:
        told = _nvidia_name(machine, slot)
    if not told and chip:
        marketed = re.search(r"\[(.+)\]", chip)
        told = marketed[1] if marketed else chip
    if not told:
        return None
    return told if vendor.lower() in told.lower() else f"{vendor} {told}"


def _amd_name(machine: Machine, device: Path, device_id: int) -> str | None:
    """The name in libdrm's table, which knows revisions: ``73BF, C3, AMD Radeon RX 6800``."""
    revision = read_int(device / "revision")
    table = read_text(machine.path(_AMD_TABLE), 1 << 20)
    if revision is None or table is None:
        return None
    found = re.search(rf"^{device_id:04X},\s*{revision:02X},\s*(\S.*)$", table, re.MULTILINE | re.IGNORECASE)
    return found[1].strip() if found else None


def _nvidia_name(machine: Machine, slot: str) -> str | None:
    """The name that NVIDIA's own kernel module shows."""
    table = read_text(machine.path(f"/proc/driver/nvidia/gpus/{slot}/information")) or ""
    found = re.search(r"^Model:\s*(\S.*)$", table, re.MULTILINE)
    return found[1].strip() if found else None


def _pci_name(machine: Machine, vendor_id: int, device_id: int) -> str | None:
    """The chip's name in the PCI table."""
    for path in _PCI_TABLES:
        table = read_text(machine.path(path), 8 << 20)
        block = (
            re.search(rf"^{vendor_id:04x}  .*\n((?:[\t#].*\n)*)", f"{table}\n", re.MULTILINE)
            if table
            else None
        )
        line = re.search(rf"^\t{device_id:04x}  (.+)$", block[1], re.MULTILINE) if block else None
        if line:
            return line[1].strip()
    return None
