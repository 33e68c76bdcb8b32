"""Giving freed memory of this process back to the system."""

from __future__ import annotations

import ctypes
import sys

from autocut_tray.core import garbage

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
"""M_MMAP_THRESHOLD and M_ARENA_MAX of glibc's <malloc.h>."""

_LARGE = 2**20
"""Blocks from this size on are the system's again as soon as they are freed."""


def keep_heap_small() -> None:
    """Have glibc take less for this process than it would for a server.

    Threads that begin from now on share the heaps there are: the first few get one of their own each, of which glibc
    never takes less than 132 KiB. Under Python's lock threads hardly ever wait for one another's. And pictures of the
    window leave no holes: glibc's own limit rises with the largest block that was freed. In eight hours of use the
    window grew by 2 to 7 MiB of holes, and by 1 to 2 with a limit that stays.
    """
    if sys.platform == "linux":
        option = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if option is not None:
            option(_ARENA_MAX, 1)
            option(_MMAP_THRESHOLD, _LARGE)


def trim_heap() -> None:
    """Collect garbage, and have glibc return what it keeps for later: without that a dropped cache helps nobody else.

    Stops every thread for some 30 ms.
    """
    garbage.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
