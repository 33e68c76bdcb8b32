"""The adapters of a Windows machine, of any vendor, without a package or a tool: DXGI, registry and counters."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.frozen import frozen
from autocut_tray.core.runtime.bounded import BoundedCall, Run
from autocut_tray.core.runtime.probes.figures import nearly_part_from_bytes
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.probes.reconcile import Sighting, Sightings, reconcile

if TYPE_CHECKING:
    from autocut_tray.core.runtime.probes.dxgi import DxgiAdapter

# What reads Windows is imported where it is used: on other systems nobody needs it.

T = TypeVar("T")

_GOOD_FOR = 2.0
"""Seconds: two probes ask in one detection."""


@frozen
class Listed:
    """``notes``: what did not answer, and where DXGI and the registry disagree."""

    adapters: Sightings = ()
    notes: tuple[str, ...] = ()


class WindowsAdapters:
    """Asks DXGI and the counters side by side, each in a thread of its own, because drivers answer them.

    DXGI's list counts, and its totals are exact; the registry adds versions of drivers, and adapters that DXGI does
    not show to this session; the counters add what is used. ``limit``: seconds they are waited for. The first use of
    counters after a start of Windows may take longer: what is used is then unknown. Safe to use from several threads.
    """

    def __init__(self, machine: Machine, clock: Clock, limit: float = 0.9) -> None:
        self._machine = machine
        self._clock = clock
        self._limit = limit
        self._lock = threading.Lock()
        self._dxgi = BoundedCall("dxgi", self._see, clock)
        self._counters = BoundedCall("gpu-counters", self._count, clock)
        self._last = Listed()
        self._good_until: float | None = None

    def ask(self) -> Listed:
        """Every adapter; none on other systems."""
        if self._machine.system != "win32":
            return Listed()
        with self._lock:
            if self._good_until is None or self._clock.monotonic() >= self._good_until:
                self._last = self._ask()
                self._good_until = self._clock.monotonic() + _GOOD_FOR
            return self._last

    def _ask(self) -> Listed:
        from autocut_tray.core.runtime.probes import dxgi
        from autocut_tray.core.runtime.probes.display_registry import list_adapters

        until = self._clock.monotonic() + self._limit
        counting, seeing = self._counters.start(), self._dxgi.start()
        registered = list_adapters(self._machine.registry)
        notes: list[str] = []
        seen = self._result(seeing, until, "DXGI", notes) or ()
        used = self._result(counting, until, "counters", notes) or {}
        listed = [
            _with_use(dxgi.sighting(adapter), used.get(adapter.luid))
            for adapter in without_doubles(seen, registered)
        ]
        whole = reconcile(listed, registered)
        return Listed(whole.adapters, (*notes, *whole.notes))

    def _result(self, run: Run[T] | None, until: float, source: str, notes: list[str]) -> T | None:
        ended = None if run is None else run.wait(until - self._clock.monotonic())
        if ended is None:
            notes.append(f"{source}: no answer in {self._limit:g} s")
            return None
        if ended.error is not None:
            notes.append(f"{source}: {ended.error}")
        return ended.value

    def _see(self, cancel: CancelToken) -> tuple[DxgiAdapter, ...]:
        from autocut_tray.core.runtime.probes import dxgi

        return dxgi.real_adapters(self._machine.graphics.adapters())

    def _count(self, cancel: CancelToken) -> dict[str, int]:
        """Bytes in use by LUID, from one sample."""
        from autocut_tray.core.runtime.probes.gpu_counters import (
            ADAPTER_USE,
            FORMATS,
            decode,
            used_by_adapter,
        )

        query = self._machine.graphics.open_counters({ADAPTER_USE: FORMATS[ADAPTER_USE]})
        try:
            query.collect()
            return used_by_adapter(decode(query.array(ADAPTER_USE), FORMATS[ADAPTER_USE]))
        finally:
            query.close()


def without_doubles(
    adapters: Sequence[DxgiAdapter], registered: Sequence[Sighting]
) -> tuple[DxgiAdapter, ...]:
    """What DXGI shows twice is kept once where Windows knows one such device only and the kernel tells no place."""
    devices = Counter(adapter.ids for adapter in registered)
    kept: list[DxgiAdapter] = []
    for adapter in adapters:
        so_far = sum(other.ids == adapter.ids for other in kept)
        if adapter.bus is not None or not devices[adapter.ids] or so_far < devices[adapter.ids]:
            kept.append(adapter)
    return tuple(kept)


def _with_use(seen: Sighting, used: int | None) -> Sighting:
    gpu = seen.gpu
    if gpu.vram_total_mib is None:
        return seen
    return replace(seen, gpu=replace(gpu, vram_used_mib=nearly_part_from_bytes(used, gpu.vram_total_mib)))
