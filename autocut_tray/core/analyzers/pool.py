"""One analyzer a route, made when first wanted and kept while addresses and keys stay the same."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from autocut_tray.core.analyzers.base import DescribeRequest, DescribeResult, VisualAnalyzer
from autocut_tray.core.analyzers.server import Server
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.egress.consent import Purpose
from autocut_tray.core.egress.door import Door, Errand
from autocut_tray.core.errors import Cancelled
from autocut_tray.core.memory.residency import Residency, Resident
from autocut_tray.core.policy.policy import CloudBackend, Route
from autocut_tray.core.runtime.profile import Backend

if TYPE_CHECKING:
    from autocut_tray.core.analyzers.asker import Asker

log = logging.getLogger(__name__)

_MIB = 1024 * 1024


class AnalyzerPool:
    """Analyzers by route. Safe to use from several threads.

    ``server``: address and key of a back end as the settings have them now. ``answer_timeout``: seconds. ``pictures``
    of one scene, at most. ``loaded`` hears of each model that a probe has proven, with what its server says that it
    holds, if it says so.
    """

    def __init__(
        self,
        server: Callable[[Backend | CloudBackend], Server],
        door: Door,
        residency: Residency,
        clock: Clock,
        *,
        answer_timeout: Callable[[], float],
        pictures: Callable[[], int],
        loaded: Callable[[Route, Resident | None], None],
    ) -> None:
        self._server = server
        self._door = door
        self._residency = residency
        self._clock = clock
        self._answer_timeout = answer_timeout
        self._pictures = pictures
        self._loaded = loaded
        self._lock = threading.Lock()
        self._analyzers: dict[Route, VisualAnalyzer] = {}

    def get(self, route: Route) -> VisualAnalyzer:
        """Raises NoBackend when pictures may not go where this route leads."""
        with self._lock:
            known = self._analyzers.get(route)
            if known is None:
                from autocut_tray.core.analyzers.factory import create_analyzer  # late: 150 ms and 8 MiB

                made = create_analyzer(
                    route,
                    self._server(route.backend),
                    self._door,
                    answer_timeout=self._answer_timeout(),
                    pictures=self._pictures,
                    clock=self._clock,
                )
                known = self._analyzers[route] = _Watched(made, route, self._residency)
            return known

    def planner(self, route: Route, errand: Errand) -> Asker:
        """What asks this route's model about a rough cut; the caller closes it.

        Raises NoBackend when words may not go where this route leads.
        """
        from autocut_tray.core.analyzers.factory import create_asker  # late, as above

        asker = create_asker(
            route,
            self._server(route.backend),
            self._door,
            Purpose.PLANNING,
            errand=errand,
            answer_timeout=self._answer_timeout(),
            clock=self._clock,
        )
        if isinstance(route.backend, Backend):
            self._residency.will_use(route.backend, route.model)
        return asker

    def probe(self, route: Route, cancel: CancelToken) -> float | None:
        """Load the route's model and prove it with the built-in picture; returns the MiB of VRAM that it holds,
        None where the server does not say. Raises AutoCutError."""
        self._prove(route, cancel)
        backend = route.backend
        resident = self._residency.find(backend, route.model) if isinstance(backend, Backend) else None
        self._loaded(route, resident)
        held = resident.vram_bytes if resident is not None else None
        return None if held is None else held / _MIB

    def resident(self, route: Route) -> tuple[bool, float | None] | None:
        """Whether the route's model is in memory, and the MiB of VRAM it holds; None when its server does not say."""
        if not isinstance(route.backend, Backend):
            return None
        found = self._residency.look(route.backend, route.model)
        if found is False:
            return None
        if not isinstance(found, Resident):
            return False, None
        return True, None if found.vram_bytes is None else found.vram_bytes / _MIB

    def is_resident(self, route: Route) -> bool | None:
        """The first half of :meth:`resident`."""
        found = self.resident(route)
        return None if found is None else found[0]

    def unload(self, route: Route) -> None:
        """Give the memory of the route's model back, for one who had it loaded. Never raises."""
        if isinstance(route.backend, Backend):
            self._residency.unload(route.backend, route.model)

    def _prove(self, route: Route, cancel: CancelToken) -> None:
        """Once more when :meth:`reset` took the analyzer away in the middle: that is nobody's failure."""
        while True:
            try:
                self.get(route).probe(cancel)
            except Cancelled:
                if cancel.cancelled:
                    raise
            else:
                return

    def reset(self) -> None:
        """Addresses, keys or consent changed: make new analyzers from now on. Calls in flight are cancelled."""
        with self._lock:
            old, self._analyzers = list(self._analyzers.values()), {}
        for analyzer in old:
            analyzer.close()

    close = reset


class _Watched:
    """An analyzer whose model is noted before it is first asked for, so that we know later whose it is."""

    def __init__(self, analyzer: VisualAnalyzer, route: Route, residency: Residency) -> None:
        self._analyzer = analyzer
        self._route = route
        self._residency = residency

    def describe(self, request: DescribeRequest, cancel: CancelToken) -> DescribeResult:
        with self._noted():
            result = self._analyzer.describe(request, cancel)
            if result.load_seconds is not None and isinstance(self._route.backend, Backend):
                self._residency.note_load(self._route.backend, self._route.model, result.load_seconds)
            return result

    def probe(self, cancel: CancelToken) -> None:
        with self._noted():
            self._analyzer.probe(cancel)

    def close(self) -> None:
        self._analyzer.close()

    def _noted(self) -> AbstractContextManager[None]:
        if isinstance(self._route.backend, Backend):
            return self._residency.using(self._route.backend, self._route.model)
        return nullcontext()
