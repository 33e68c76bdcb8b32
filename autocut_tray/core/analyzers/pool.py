"""One analyzer a route, made when first wanted and kept while addresses and keys stay the same."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from autocut_tray.core.analyzers.base import VisualAnalyzer
from autocut_tray.core.analyzers.server import Server
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.egress.consent import EgressGate
from autocut_tray.core.memory.residency import Residency
from autocut_tray.core.policy.policy import CloudBackend, Route
from autocut_tray.core.runtime.profile import Backend

log = logging.getLogger(__name__)

_MIB = 1024 * 1024


class AnalyzerPool:
    """Analyzers by route. Safe to use from several threads.

    ``server``: address and key of a back end as the settings have them now. ``answer_timeout``: seconds.
    """

    def __init__(
        self,
        server: Callable[[Backend | CloudBackend], Server],
        gate: EgressGate,
        residency: Residency,
        clock: Clock,
        *,
        answer_timeout: Callable[[], float],
    ) -> None:
        self._server = server
        self._gate = gate
        self._residency = residency
        self._clock = clock
        self._answer_timeout = answer_timeout
        self._lock = threading.Lock()
        self._analyzers: dict[Route, VisualAnalyzer] = {}

    def get(self, route: Route) -> VisualAnalyzer:
        """Raises NoBackend when pictures may not go where this route leads."""
        with self._lock:
            known = self._analyzers.get(route)
            if known is None:
                from autocut_tray.core.analyzers.factory import create_analyzer  # late: 150 ms and 8 MiB

                known = self._analyzers[route] = create_analyzer(
                    route,
                    self._server(route.backend),
                    self._gate,
                    answer_timeout=self._answer_timeout(),
                    clock=self._clock,
                )
            return known

    def probe(self, route: Route, cancel: CancelToken) -> float | None:
        """Load the route's model and prove it with the built-in picture; returns the MiB of VRAM that it holds,
        None where the server does not say. Raises AutoCutError."""
        backend = route.backend
        if isinstance(backend, Backend):
            self._residency.before_load(backend)
        self.get(route).probe(cancel)
        if not isinstance(backend, Backend):
            return None
        held = self._residency.after_load(backend)
        return None if held is None else held / _MIB

    def reset(self) -> None:
        """Addresses, keys or consent changed: make new analyzers from now on. Calls in flight are cancelled."""
        with self._lock:
            old, self._analyzers = list(self._analyzers.values()), {}
        for analyzer in old:
            analyzer.close()

    close = reset
