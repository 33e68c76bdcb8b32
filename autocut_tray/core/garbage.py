"""Where and when Python's cyclic garbage is collected.

Python collects in whatever thread happens to allocate. Garbage may hold objects of Qt, and Qt crashes when another
thread than its own frees a widget. So while there is a desktop, its thread alone collects (``ui/garbage.py``);
everywhere else things are as Python has them. Whoever wants a collection now asks :func:`collect`.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

YOUNG = 2000
"""Containers made and not freed since the last look from which on looking for garbage among them is worth it. Python
itself looks after 700, in the middle of whatever is going on."""
GROWTH = 1.25
"""How much more memory blocks than after the last look at everything make another one worth it; Python's own rule."""

Collect = Callable[[], int | None]

_left_to: list[Collect] = []


def collect() -> int | None:
    """Look at everything now; how many objects were garbage, None when a busy thread will do it later."""
    return _left_to[-1]() if _left_to else gc.collect()


def leave_to(owner: Collect) -> Callable[[], None]:
    """From now on only ``owner`` collects; it may be called by any thread. Call the result to end that."""
    automatic = gc.isenabled()
    gc.disable()
    _left_to.append(owner)

    def end() -> None:
        _left_to.remove(owner)
        if automatic:
            gc.enable()

    return end


class Rounds:
    """Decides when to collect while Python does not do so by itself. For one thread."""

    def __init__(self) -> None:
        self._full_at = 0.0

    def settle(self) -> None:
        """What there is now stays and is not looked at any more: all that a start makes takes 30 ms each time."""
        gc.freeze()
        self._full_at = GROWTH * sys.getallocatedblocks()

    def look(self) -> None:
        """Collect what is due; next to nothing when little was allocated since the last time."""
        if gc.get_count()[0] < YOUNG:
            return
        if sys.getallocatedblocks() < self._full_at:
            gc.collect(1)
        else:
            self.everything()

    def everything(self) -> int:
        """How many objects were garbage."""
        found = gc.collect()
        self._full_at = GROWTH * sys.getallocatedblocks()
        return found
