"""Places on the PCI bus, in the one form in which sources can be compared: ``0000:01:00.0``."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7])", re.IGNORECASE)


def bus_address(text: object) -> str | None:
    """The place that ``text`` (or bytes) names, with or without its domain: NVML writes ``00000000:01:00.0``."""
    if isinstance(text, bytes):
        text = text.decode("ascii", "replace")
    found = _ADDRESS.fullmatch(text.strip("\0 ")) if isinstance(text, str) else None
    if found is None:
        return None
    domain, bus, device = (int(part or "0", 16) for part in found.groups()[:3])
    return bus_address_of(bus, device, int(found[4]), domain)


def bus_address_of(bus: int, device: int, function: int, domain: int = 0) -> str | None:
    """The place with these numbers; None for numbers that no adapter has, such as the all-zero host bridge."""
    if not (0 <= domain < 1 << 32 and 0 <= bus < 256 and 0 <= device < 32 and 0 <= function < 8):
        return None
    if domain == bus == device == function == 0:
        return None
    return f"{domain:04x}:{bus:02x}:{device:02x}.{function}"
