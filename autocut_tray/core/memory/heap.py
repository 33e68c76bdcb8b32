"""Giving freed memory of this process back to the system."""

from __future__ import annotations

import ctypes
import sys

from autocut_tray.core import garbage

_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's <malloc.h>."""


def share_heaps() -> None:
    """Have threads that begin from now on share the heaps there are: glibc gives each of the first few one of its
    own, of which it never takes less than 132 KiB. Under Python's lock threads hardly ever wait for one another's."""
    if sys.platform == "linux":
        option = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if option is not None:
            option(_ARENA_MAX, 1)


def trim_heap() -> None:
    """Collect garbage, and have glibc return what it keeps for later: without that a dropped cache helps nobody else.

    Stops every thread for some 30 ms.
    """
    garbage.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
