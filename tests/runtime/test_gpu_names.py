"""What a name tells about an adapter."""

from __future__ import annotations

import pytest

from autocut_tray.core.runtime.probes.gpu_names import kind_of
from autocut_tray.core.runtime.profile import GpuKind

OWN, PART, UNIFIED = GpuKind.DISCRETE, GpuKind.INTEGRATED, GpuKind.UNIFIED


@pytest.mark.parametrize(
    ("vendor", "name", "kind"),
    [
        ("NVIDIA", "NVIDIA GeForce RTX 4060 Laptop GPU", OWN),
        ("NVIDIA", "NVIDIA RTX A2000", OWN),
        ("NVIDIA", "NVIDIA GB10", UNIFIED),
        ("NVIDIA", "Orin (nvgpu)", UNIFIED),
        ("NVIDIA", None, OWN),
        ("Intel", "Intel(R) UHD Graphics 770", PART),
        ("Intel", "Intel(R) Iris(R) Xe Graphics", PART),
        ("Intel", "Intel(R) Arc(TM) Graphics", PART),
        ("Intel", "Intel(R) Arc(TM) 140V GPU (16GB)", PART),
        ("Intel", "Intel(R) Arc(TM) A770 Graphics", OWN),
        ("Intel", "Intel(R) Arc(TM) A370M Graphics", OWN),
        ("Intel", "Intel(R) Arc(TM) B580 Graphics", OWN),
        ("Intel", "Intel(R) Arc(TM) Pro A40 Graphics", OWN),
        ("Intel", "Intel(R) Arc(TM) Pro B50 Graphics", OWN),
        ("Intel", "Intel(R) Iris(R) Xe MAX Graphics", OWN),
        ("Intel", None, PART),
        ("AMD", "AMD Radeon(TM) Graphics", PART),
        ("AMD", "AMD Radeon Graphics", PART),
        ("AMD", "AMD Radeon R7 Graphics", PART),
        ("AMD", "AMD Radeon(TM) Vega 8 Graphics", PART),
        ("AMD", "AMD Radeon RX Vega 11 Graphics", PART),
        ("AMD", "AMD Radeon Vega 8 Mobile Graphics", PART),
        ("AMD", "AMD Radeon(TM) 780M", PART),
        ("AMD", "AMD Radeon 890M Graphics", PART),
        ("AMD", "AMD Radeon(TM) 8060S Graphics", UNIFIED),
        ("AMD", "AMD Radeon RX 7900 XTX", OWN),
        ("AMD", "AMD Radeon RX 6800M", OWN),
        ("AMD", "AMD Radeon RX Vega 64", OWN),
        ("AMD", "Radeon RX 580 Series", OWN),
        ("AMD", "AMD Radeon PRO W7900", OWN),
        ("AMD", "AMD Radeon VII", OWN),
        ("AMD", "AMD Instinct MI210", OWN),
        ("AMD", "AMD 1002:ffff", None),
        ("Apple", "Apple M3 Pro", UNIFIED),
        ("VMware", "SVGA II", None),
        (None, "anything", None),
    ],
)
def test_kind_by_name(vendor: str | None, name: str | None, kind: GpuKind | None) -> None:
    assert kind_of(vendor, name, None) is kind


def test_the_chip_tells_where_the_name_does_not() -> None:
    assert kind_of("AMD", "AMD 1002:1638", 4096, "Cezanne [Radeon Vega Series]") is PART
    assert kind_of("AMD", "AMD 1002:687f", None, "Vega 10 XL/XT [Radeon RX Vega 56/64]") is OWN


def test_memory_tells_where_no_name_does() -> None:
    assert kind_of("AMD", "AMD 1002:abcd", 512) is PART
    assert kind_of("AMD", "AMD 1002:abcd", 8176) is OWN
