"""What vendor numbers and marketing names say about an adapter."""

from __future__ import annotations

import re

from autocut_tray.core.runtime.profile import GpuKind

NVIDIA = "NVIDIA"
AMD = "AMD"
INTEL = "Intel"
APPLE = "Apple"
QUALCOMM = "Qualcomm"

NVIDIA_ID = 0x10DE
MICROSOFT_ID = 0x1414
"""Of what Windows draws without hardware."""

VENDORS = {
    NVIDIA_ID: NVIDIA,
    0x1002: AMD,
    0x1022: AMD,
    0x8086: INTEL,
    0x106B: APPLE,
    0x5143: QUALCOMM,
    0x4D4F4351: QUALCOMM,  # not on PCI: the letters QCOM, as DXGI gives an ACPI name
    0x1D17: "Zhaoxin",
    0x1ED5: "Moore Threads",
    0x1AF4: "Red Hat",
    0x15AD: "VMware",
    MICROSOFT_ID: "Microsoft",
    0x1A03: "ASPEED",
    0x102B: "Matrox",
}
"""Vendor numbers of adapters that people have, virtual ones included."""

_I = re.IGNORECASE
# Boards and laptops whose GPU has no memory of its own but all of the machine's.
_UNIFIED = re.compile(r"\b(GB10|Tegra|Orin|Xavier|Thor|nvgpu)\b|Radeon(\(TM\))? 80[0-9]0S\b|Strix Halo", _I)
_INTEL_DISCRETE = re.compile(
    r"\bArc\b.*\b(Pro )?[AB]\d{2,3}M?\b|\bIris\b.*\bXe MAX\b|\bDG[12]\b|Data Center GPU|\bFlex \d{3}\b", _I
)
# "AMD Radeon(TM) Graphics", "Radeon R5 Graphics", "Radeon Vega 8 Graphics", "Radeon 780M"; and code names of chips.
_AMD_INTEGRATED = re.compile(
    r"Radeon(\(TM\))?( R\d)? Graphics$|\bVega ?\d{1,2}( Mobile)? Graphics|Radeon(\(TM\))? \d{3}M\b"
    r"|\b(Raven|Picasso|Renoir|Lucienne|Cezanne|Barcelo|Rembrandt|Raphael|Mendocino|Phoenix\d?|Hawk Point|"
    r"Granite Ridge|Strix|Krackan|Van ?Gogh|Carrizo|Stoney|Kaveri|Kabini|Mullins)\b",
    _I | re.MULTILINE,
)
_AMD_DISCRETE = re.compile(
    r"\bRX( Vega)? ?\d{2,4}|\bPro [WV]?\d{3,4}|\bR9\b|\bFury\b|\bInstinct\b|\bMI\d+|\bFirePro\b|\bRadeon VII\b|"
    r"\b(Navi|Polaris|Vega) \d\d\b",
    _I,
)
_ENOUGH_FOR_DISCRETE_MIB = 2048
"""Firmware sets aside 64-1024 MiB for an integrated adapter; cards with less than this are older than 2012."""


def kind_of(
    vendor: str | None, name: str | None, total_mib: int | None, chip: str | None = None
) -> GpuKind | None:
    """Discrete, integrated or unified, by the name and the chip's name, and by the memory where those say nothing."""
    text = f"{name or ''}\n{chip or ''}"
    if vendor == APPLE or _UNIFIED.search(text):
        return GpuKind.UNIFIED
    if vendor == NVIDIA:
        return GpuKind.DISCRETE
    if vendor == QUALCOMM:
        return GpuKind.INTEGRATED
    if vendor == INTEL:
        return GpuKind.DISCRETE if _INTEL_DISCRETE.search(text) else GpuKind.INTEGRATED
    if vendor != AMD:
        return None
    if _AMD_INTEGRATED.search(text):
        return GpuKind.INTEGRATED
    if _AMD_DISCRETE.search(text):
        return GpuKind.DISCRETE
    if total_mib is None:
        return None
    return GpuKind.DISCRETE if total_mib >= _ENOUGH_FOR_DISCRETE_MIB else GpuKind.INTEGRATED
