"""The memory of an Intel card, asked from its kernel driver through its render node: needs no rights but the node's.

Mainline i915 shows the size of a card's memory nowhere else. Layouts: include/uapi/drm/i915_drm.h
(``drm_i915_query_memory_regions``) and xe_drm.h (``drm_xe_query_mem_regions``) of Linux.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

SOURCE = "drm"

_HEADERS = {"i915": 16, "xe": 8}
"""Bytes before the first region; the number of regions is the first word."""
_REGION = struct.Struct("<HHI2Q")
"""Class, instance, alignment; size; for i915 what is free, for xe what is used: both only for the administrator."""
_REGION_SIZE = 88
_CLASS_DEVICE = 1
"""``I915_MEMORY_CLASS_DEVICE`` and ``DRM_XE_MEM_REGION_CLASS_VRAM``."""
_MOST_BYTES = 64 * 1024


def card_bytes(answer: bytes, driver: str) -> int:
    """The bytes of all regions that are the card's own; 0 when there are none, or the answer is cut off."""
    header = _HEADERS.get(driver)
    if header is None or len(answer) < header:
        return 0
    count = int.from_bytes(answer[:4], "little")
    if header + count * _REGION_SIZE > len(answer):
        return 0
    regions = (_REGION.unpack_from(answer, header + n * _REGION_SIZE) for n in range(count))
    return sum(size for kind, _, _, size, _ in regions if kind == _CLASS_DEVICE)


if sys.platform == "win32":  # pragma: no cover (there are no such nodes)

    def read_regions(node: Path, driver: str) -> bytes | None:
        return None

else:
    import ctypes
    import os

    _I915_QUERY = 0xC0106479
    _XE_DEVICE_QUERY = 0xC0286440
    _I915_MEMORY_REGIONS, _XE_MEM_REGIONS = 4, 1

    class _I915Item(ctypes.Structure):
        _fields_ = (
            ("query_id", ctypes.c_uint64),
            ("length", ctypes.c_int32),
            ("flags", ctypes.c_uint32),
            ("data_ptr", ctypes.c_uint64),
        )

    class _I915Query(ctypes.Structure):
        _fields_ = (
            ("num_items", ctypes.c_uint32),
            ("flags", ctypes.c_uint32),
            ("items_ptr", ctypes.c_uint64),
        )

    class _XeQuery(ctypes.Structure):
        _fields_ = (
            ("extensions", ctypes.c_uint64),
            ("query", ctypes.c_uint32),
            ("size", ctypes.c_uint32),
            ("data", ctypes.c_uint64),
            ("reserved", ctypes.c_uint64 * 2),
        )

    def read_regions(node: Path, driver: str) -> bytes | None:
        """What ``driver`` (i915 or xe) answers at ``node``; None when it may not be asked. Wakes a sleeping card."""
        ask = {"i915": _ask_i915, "xe": _ask_xe}.get(driver)
        if ask is None:
            return None
        try:
            handle = os.open(node, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return None  # no such node, or not for us
        try:
            return ask(handle)
        except OSError:
            return None  # an older driver
        finally:
            os.close(handle)

    def _ask_i915(handle: int) -> bytes | None:
        from fcntl import ioctl

        item = _I915Item(_I915_MEMORY_REGIONS, 0, 0, 0)
        query = _I915Query(1, 0, ctypes.addressof(item))
        ioctl(handle, _I915_QUERY, query)
        if not 0 < item.length <= _MOST_BYTES:
            return None
        data = ctypes.create_string_buffer(item.length)
        item.data_ptr = ctypes.addressof(data)
        ioctl(handle, _I915_QUERY, query)
        return data.raw if item.length > 0 else None

    def _ask_xe(handle: int) -> bytes | None:
        from fcntl import ioctl

        query = _XeQuery(0, _XE_MEM_REGIONS, 0, 0)
        ioctl(handle, _XE_DEVICE_QUERY, query)
        if not 0 < query.size <= _MOST_BYTES:
            return None
        data = ctypes.create_string_buffer(query.size)
        query.data = ctypes.addressof(data)
        ioctl(handle, _XE_DEVICE_QUERY, query)
        return data.raw
