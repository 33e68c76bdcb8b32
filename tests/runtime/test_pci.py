"""Places on the PCI bus, however they are written."""

from __future__ import annotations

import pytest

from autocut_tray.core.runtime.probes.pci import bus_address, bus_address_of


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("0000:01:00.0", "0000:01:00.0"),
        ("00000000:01:00.0", "0000:01:00.0"),
        (b"00000000:0A:1F.3\0\0", "0000:0a:1f.3"),
        ("01:00.0", "0000:01:00.0"),
        ("0000000F:01:00.0", "000f:01:00.0"),
        ("00010000:E1:00.0", "10000:e1:00.0"),
        ("0000:00:00.0", None),
        ("0000:01:20.0", None),
        ("0000:01:00.8", None),
        ("PCI bus 1", None),
        (None, None),
        (17, None),
    ],
)
def test_places(text: object, place: str | None) -> None:
    assert bus_address(text) == place


@pytest.mark.parametrize(
    ("numbers", "place"),
    [((1, 0, 0), "0000:01:00.0"), ((0, 2, 0), "0000:00:02.0"), ((0, 0, 0), None), ((0xFFFFFFFF, 0, 0), None)],
)
def test_places_by_numbers(numbers: tuple[int, int, int], place: str | None) -> None:
    assert bus_address_of(*numbers) == place
