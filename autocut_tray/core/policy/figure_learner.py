"""Learns this machine's own figures from the work that it does, and says when people should read of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import FailureClass
from autocut_tray.core.policy.figure_meter import SceneMeter, Ticket
from autocut_tray.core.policy.figure_store import FigureStore
from autocut_tray.core.policy.figures import Figure, Kind, Subject, subject
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import Route
from autocut_tray.core.runtime.profile import GpuKind, RuntimeProfile, primary_gpu

log = logging.getLogger(__name__)

_MIB = 1024 * 1024

WHOLLY_ON_CARD = 0.99
"""Share of a model in VRAM from which it counts as all of it; less is what found room, not what it takes."""

TELLING_CHANGE = 0.2
"""A figure that moved by this share of what was last told is told again."""

_HARMLESS = (FailureClass.CANCEL, FailureClass.INPUT)
"""Failures that say nothing about whether the model is still loaded."""


def worth_telling(told: Figure | None, now: Figure) -> bool:
    """Whether people should read the new figure: it has become one, has moved, or rests on twice as much."""
    if not now.measured:
        return False
    if told is None or not told.measured:
        return True
    if now.kind is not Kind.SECONDS:
        return abs(now.peak - told.peak) > TELLING_CHANGE * told.peak
    return now.n >= 2 * told.n or abs(now.median - told.median) > TELLING_CHANGE * told.median


class FigureLearner:
    """Hears of scenes and loads. Safe to use from several threads.

    ``profile``: the machine as it is known now. ``tell`` is called, without any lock held, when what people read
    about this machine has changed.
    """

    def __init__(
        self,
        store: FigureStore,
        profile: Callable[[], RuntimeProfile | None],
        clock: Clock,
        *,
        tell: Callable[[], None],
    ) -> None:
        self._store = store
        self._profile = profile
        self._clock = clock
        self._tell = tell
        self._lock = threading.Lock()
        self._meter = SceneMeter()
        self._told: dict[tuple[Kind, Subject], Figure] = {(f.kind, f.subject): f for f in store.figures}

    def begin(self, route: Route) -> Ticket:
        """A scene begins on this route; give the ticket back with :meth:`end`."""
        with self._lock:
            return self._meter.begin(self._clock.monotonic(), route)

    def end(self, ticket: Ticket, seconds: float, failure: FailureClass | None) -> None:
        """A scene ended after ``seconds``; ``failure`` None is success."""
        with self._lock:
            now = self._clock.monotonic()
            if failure is not None:
                self._meter.drop(now, ticket, failed=failure not in _HARMLESS)
                return
            measured = self._meter.end(now, ticket, seconds)
        if measured is not None:
            self._learn(Kind.SECONDS, ticket.route, measured)

    def loaded(self, route: Route, size_bytes: int | None, vram_bytes: int | None) -> None:
        """The route's model was loaded; what its server says that it takes, in all and of VRAM. None: not said."""
        with self._lock:
            self._meter.loaded(route)
        if size_bytes is None or vram_bytes is None or size_bytes <= 0:
            return
        in_vram = vram_bytes >= WHOLLY_ON_CARD * size_bytes
        if route.tier is Tier.GPU and in_vram:
            self._learn(Kind.VRAM, route, vram_bytes / _MIB)
        elif route.tier is Tier.CPU and (vram_bytes == 0 or (in_vram and self._shares_memory())):
            self._learn(Kind.RAM, route, size_bytes / _MIB)

    def _shares_memory(self) -> bool:
        profile = self._profile()
        gpu = primary_gpu(profile.gpus) if profile is not None else None
        return gpu is not None and gpu.kind is GpuKind.UNIFIED

    def _learn(self, kind: Kind, route: Route, value: float) -> None:
        profile = self._profile()
        if profile is None:
            return
        about = subject(profile, route.backend, route.model, route.tier)
        figure = self._store.add(kind, about, value)
        if figure is None:
            log.info("A reading of %s that cannot be: %s on %s", kind.value, value, route.tier.value)
            return
        with self._lock:
            telling = worth_telling(self._told.get((kind, about)), figure)
            if telling:
                self._told[kind, about] = figure
        if telling:
            log.info(
                "Measured %s of %s on %s: %.3g from %s",
                kind.value,
                route.model,
                route.tier.value,
                figure.median,
                figure.n,
            )
            self._tell()
