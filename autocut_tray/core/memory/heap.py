"""Giving freed memory of this process back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys


def trim_heap() -> None:
    """Collect garbage, and have glibc return what it keeps for later: without that a dropped cache helps nobody else.

    Stops every thread for some 30 ms.
    """
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
