"""Which figures of drivers and servers can be true; the others are unknown."""

from __future__ import annotations

import math

MIB = 1024 * 1024
_MOST_MIB = 16 * 1024 * 1024
"""16 TiB: above it stand the all-ones values with which drivers say "not available"."""


def number(value: object) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) else None


def total_mib(mib: object) -> int | None:
    """A size that exists: above 0 MiB and below 16 TiB."""
    size = number(mib)
    return int(size) if size is not None and 1 <= size <= _MOST_MIB else None


def total_from_bytes(count: object) -> int | None:
    size = number(count)
    return None if size is None else total_mib(size / MIB)


def part_mib(mib: object, total: int | None) -> int | None:
    """A part of ``total`` MiB; 0 is possible, negative or more than all is not."""
    size = number(mib)
    if size is None or size < 0 or size > _MOST_MIB:
        return None
    part = int(size)
    return part if total is None or part <= total else None


def part_from_bytes(count: object, total: int | None) -> int | None:
    size = number(count)
    return None if size is None else part_mib(size / MIB, total)


def nearly_part_from_bytes(count: object, total: int) -> int | None:
    """A part of ``total`` MiB that another source counted: up to 5 % more is all of it, as sources differ by that."""
    part = part_from_bytes(count, None)
    return None if part is None or part > 1.05 * total else min(part, total)


def byte_count(value: object) -> int | None:
    """A number of bytes from 0 up."""
    size = number(value)
    return int(size) if size is not None and 0 <= size <= _MOST_MIB * MIB else None


def percent(value: object) -> float | None:
    """A share from 0 to 100."""
    share = number(value)
    return float(share) if share is not None and 0 <= share <= 100 else None
