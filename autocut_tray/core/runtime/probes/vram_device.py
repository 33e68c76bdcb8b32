"""What reading an adapter's memory again and again gives."""

from __future__ import annotations

from typing import Protocol

from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.profile import Confidence


@frozen
class VramReading:
    """What the driver says now. ``used`` and ``total``: MiB. ``load``: percent of time that the GPU was busy.

    ``asleep``: the adapter has powered itself down and nobody needed the figure, so it was not asked. ``used`` is
    unknown (0 would be wrong: its memory may be kept), ``load`` is 0. That is no failed reading: a rule that counts
    how long VRAM has been unknown leaves it out, for nothing runs there, and nothing can be allocated without waking
    it. It is no proof of room either: whoever is to work there asks again with ``wake``, which gives a figure.
    """

    used: int | None
    total: int | None
    load: float | None
    source: str
    asleep: bool = False
    confidence: Confidence = Confidence.EXACT
    """Of ``used``: the driver's own count, or a sum over the programs that may be looked at."""


class Device(Protocol):
    """One adapter that is read tick by tick."""

    def read(self, wake: bool) -> VramReading | None:
        """The figures now; None while the device is not there. ``wake``: also when it must be woken for that."""

    def bytes_by_process(self) -> dict[int, int]:
        """Bytes of VRAM by process id, of those whose share the driver tells."""

    def close(self) -> None: ...
