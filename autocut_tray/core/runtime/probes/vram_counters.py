"""The memory of an adapter on Windows, of any vendor, from the performance counters that Task Manager shows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping

from autocut_tray.core.clock import Clock
from autocut_tray.core.runtime.probes import dxgi, gpu_counters
from autocut_tray.core.runtime.probes.backoff import Backoff
from autocut_tray.core.runtime.probes.dxgi import DxgiAdapter
from autocut_tray.core.runtime.probes.figures import nearly_part_from_bytes, total_from_bytes
from autocut_tray.core.runtime.probes.gpu_counters import (
    ADAPTER_USE,
    ENGINE_TIME,
    FORMATS,
    PROCESS_USE,
    Values,
)
from autocut_tray.core.runtime.probes.gpu_names import VENDORS
from autocut_tray.core.runtime.probes.vram_device import VramReading
from autocut_tray.core.runtime.probes.windows_graphics import CounterQuery, WindowsGraphics
from autocut_tray.core.runtime.profile import Gpu

log = logging.getLogger(__name__)

DETAIL_INTERVAL = 5.0
"""Seconds between two looks at processes and engines: hundreds of instances, of which a tick needs none."""


class Counters:
    """One query, opened once and sampled again and again. After an error it is opened anew, ever more slowly."""

    def __init__(self, graphics: WindowsGraphics, clock: Clock, paths: Iterable[str]) -> None:
        self._graphics = graphics
        self._paths = tuple(paths)
        self._query: CounterQuery | None = None
        self._backoff = Backoff(clock)
        self._lost = False

    def sample(self) -> Mapping[str, Values] | None:
        """All instances that there are now; None while Windows gives none."""
        if self._query is None and not self._backoff.ready:
            return None
        try:
            if self._query is None:
                self._query = self._graphics.open_counters({path: FORMATS[path] for path in self._paths})
            self._query.collect()
            values = {
                path: gpu_counters.decode(self._query.array(path), FORMATS[path]) for path in self._paths
            }
        except OSError as error:
            log.log(logging.DEBUG if self._lost else logging.WARNING, "GPU counters: %s", error)
            self._lost = True
            self.close()
            self._backoff.put_off()
            return None
        if self._lost:
            log.info("GPU counters answer again")
        self._lost = False
        self._backoff.reset()
        return values

    def close(self) -> None:
        query, self._query = self._query, None
        if query is not None:
            query.close()


class Details:
    """Who holds an adapter's memory, and how busy it is; sampled at most every ``DETAIL_INTERVAL`` seconds."""

    def __init__(self, graphics: WindowsGraphics, clock: Clock, *, with_load: bool) -> None:
        self._clock = clock
        self._counters = Counters(graphics, clock, (PROCESS_USE, *((ENGINE_TIME,) if with_load else ())))
        self._values: Mapping[str, Values] = {}
        self._sampled_at: float | None = None

    def bytes_by_process(self, luid: str) -> dict[int, int]:
        return gpu_counters.used_by_process(self._now().get(PROCESS_USE, ()), luid)

    def load(self, luid: str) -> float | None:
        """Percent, the mean since the look before; None at the first."""
        return gpu_counters.busiest_engine(self._now().get(ENGINE_TIME, ()), luid)

    def close(self) -> None:
        self._counters.close()

    def _now(self) -> Mapping[str, Values]:
        now = self._clock.monotonic()
        if self._sampled_at is None or now - self._sampled_at >= DETAIL_INTERVAL:
            self._values, self._sampled_at = self._counters.sample() or {}, now
        return self._values


class LuidFinder:
    """The counters' name of one adapter. Drivers get a new one when they start again: then it is looked for anew."""

    def __init__(
        self,
        graphics: WindowsGraphics,
        clock: Clock,
        choose: Callable[[Iterable[DxgiAdapter]], DxgiAdapter | None],
    ) -> None:
        self._graphics = graphics
        self._choose = choose
        self._backoff = Backoff(clock)
        self._found: DxgiAdapter | None = None

    def find(self) -> DxgiAdapter | None:
        if self._found is None and self._backoff.ready:
            try:
                self._found = self._choose(dxgi.real_adapters(self._graphics.adapters()))
            except OSError as error:
                log.debug("DXGI: %s", error)
            if self._found is None:
                self._backoff.put_off()
        return self._found

    def confirm(self) -> None:
        """The counters know that name."""
        self._backoff.reset()

    def forget(self) -> None:
        """The counters do not know that name, or no more: it is looked for again, ever more slowly."""
        self._found = None
        self._backoff.put_off()


def by_profile(gpu: Gpu) -> Callable[[Iterable[DxgiAdapter]], DxgiAdapter | None]:
    """Chooses the adapter of a profile: at its old place among those of its name, else the first of its name."""

    def choose(adapters: Iterable[DxgiAdapter]) -> DxgiAdapter | None:
        same = [a for a in adapters if a.name == gpu.name and VENDORS.get(a.ids[0]) in (gpu.vendor, None)]
        if gpu.source == dxgi.SOURCE:
            same.sort(key=lambda adapter: adapter.index != gpu.index)
        return same[0] if same else None

    return choose


def by_bus(bus: Callable[[], str | None], gpu: Gpu) -> Callable[[Iterable[DxgiAdapter]], DxgiAdapter | None]:
    """Chooses the adapter at a place on the PCI bus; where the kernel tells no places, that of the profile."""

    def choose(adapters: Iterable[DxgiAdapter]) -> DxgiAdapter | None:
        listed, place = tuple(adapters), bus()
        there = [adapter for adapter in listed if adapter.bus is not None and adapter.bus == place]
        return there[0] if there else by_profile(gpu)(listed)

    return choose


class CounterDevice:
    """An adapter that is read from the counters. They wake nothing, and cost the same for all adapters together.

    A reading samples the few instances of "GPU Adapter Memory"; every ``DETAIL_INTERVAL`` seconds also processes and
    engines. The total is what DXGI said when the adapter was found.
    """

    def __init__(self, gpu: Gpu, graphics: WindowsGraphics, clock: Clock) -> None:
        self._gpu = gpu
        self._finder = LuidFinder(graphics, clock, by_profile(gpu))
        self._memory = Counters(graphics, clock, (ADAPTER_USE,))
        self._details = Details(graphics, clock, with_load=True)

    def read(self, wake: bool) -> VramReading | None:
        adapter = self._finder.find()
        values = self._memory.sample() if adapter is not None else None
        if adapter is None or values is None:
            return None
        used_bytes = gpu_counters.used_by_adapter(values[ADAPTER_USE]).get(adapter.luid)
        if used_bytes is None:
            self._finder.forget()
            return None
        self._finder.confirm()
        total = self._gpu.vram_total_mib or total_from_bytes(adapter.dedicated_bytes)
        used = None if total is None else nearly_part_from_bytes(used_bytes, total)
        return VramReading(used, total, self._details.load(adapter.luid), gpu_counters.SOURCE)

    def bytes_by_process(self) -> dict[int, int]:
        adapter = self._finder.find()
        return {} if adapter is None else self._details.bytes_by_process(adapter.luid)

    def close(self) -> None:
        self._memory.close()
        self._details.close()
