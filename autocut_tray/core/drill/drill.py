"""Proves each way to work with the built-in picture, beside a walk through the control rules on made-up readings.

Jobs are not touched: while one works there is no drill, and one that comes in the middle ends it. What a drill had
loaded is unloaded again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import AutoCutError, Cancelled, NoBackend, UsageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import ExecutionPolicy, Route

if TYPE_CHECKING:
    from autocut_tray.core.drill.walk import Step

log = logging.getLogger(__name__)


@frozen
class Hands:
    """What a drill does to the world.

    ``probe`` loads a route's model, proves it with the built-in picture and returns the MiB of VRAM it holds, if its
    server says so; raises AutoCutError. ``resident``: whether its model is in memory now, None where nobody says.
    ``unload`` gives back a model that only the drill needed. ``expected_seconds``: of a scene on a route.
    ``is_working``: a job is under way, or waits.
    """

    probe: Callable[[Route, CancelToken], float | None]
    resident: Callable[[Route], bool | None]
    unload: Callable[[Route], None]
    expected_seconds: Callable[[Route], float | None]
    is_working: Callable[[], bool]


@frozen
class Rung:
    """One way to work, as it proved itself. ``seconds``: from the question to the answer, loading included;
    ``scene_seconds``: what a scene takes there. ``problem`` None: it works."""

    route: Route
    seconds: float | None
    vram_mib: float | None
    scene_seconds: float | None
    problem: Message | None = None
    hint: Message | None = None

    @property
    def works(self) -> bool:
        return self.problem is None


@frozen
class DrillReport:
    """``at``: seconds since the epoch. PAUSED is no rung: keeping the queue needs nothing."""

    at: float
    rungs: tuple[Rung, ...]
    steps: tuple[Step, ...]

    @property
    def passed(self) -> bool:
        """True when every rung works and every step of the walk came."""
        return all(rung.works for rung in self.rungs) and all(step.target is not None for step in self.steps)


@frozen
class DrillState:
    """A drill as far as it is. ``trying``: the rung of now; ``report`` or ``error`` once it has ended."""

    rungs: tuple[Rung, ...] = ()
    trying: Route | None = None
    report: DrillReport | None = None
    error: AutoCutError | None = None

    @property
    def ended(self) -> bool:
        return self.report is not None or self.error is not None


@frozen
class DrillChanged:
    """Event: a drill began, got on, or ended."""

    state: DrillState


class Drill:
    """Runs drills with the policy and the limits of the moment, one at a time."""

    def __init__(
        self,
        hands: Hands,
        bus: EventBus,
        clock: Clock,
        *,
        policy: Callable[[], ExecutionPolicy | None],
        thresholds: Callable[[], Thresholds],
        prefer_cloud: Callable[[], bool],
    ) -> None:
        self._hands = hands
        self._bus = bus
        self._clock = clock
        self._policy = policy
        self._thresholds = thresholds
        self._prefer_cloud = prefer_cloud
        self._lock = threading.Lock()
        self._cancel = CancelToken()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._state: DrillState | None = None

    @property
    def state(self) -> DrillState | None:
        """Of the drill that :meth:`start` began last."""
        return self._state

    def start(self) -> None:
        """Begin a drill in the background, told by :class:`DrillChanged`; one under way goes on."""
        with self._lock:
            if self._closed or (self._thread is not None and self._thread.is_alive()):
                return
            self._cancel = CancelToken()
            self._thread = threading.Thread(target=self._run_told, args=(self._cancel,), name="drill")
            self._thread.start()

    def cancel(self) -> None:
        """End the drill that :meth:`start` began."""
        self._cancel.cancel()

    def close(self) -> None:
        """The same, and no other begins any more."""
        with self._lock:
            self._closed = True
            thread = self._thread
        self._cancel.cancel()
        if thread is not None:
            thread.join()

    def run(
        self, cancel: CancelToken, tell: Callable[[DrillState], None] = lambda state: None
    ) -> DrillReport:
        """Prove every rung, best first. Takes as long as loading the models.

        Raises NoBackend when there is no way to work at all, UsageError while jobs work, and Cancelled.
        """
        policy = self._policy()
        if policy is None or not policy.routes:
            raise NoBackend("drill_nothing", message("drill-nothing"), message("drill-nothing-hint"))
        at = self._clock.time()
        rungs: tuple[Rung, ...] = ()
        for route in policy.routes:
            if self._hands.is_working():
                raise UsageError("drill_busy", message("drill-busy"), message("drill-busy-hint"))
            tell(DrillState(rungs, route))
            rungs = (*rungs, self._prove(route, cancel))
        tiers = frozenset(route.tier for route in policy.routes)
        base = policy.base_tier if policy.base_tier in tiers else Tier.PAUSED
        from autocut_tray.core.drill.walk import walk

        steps = walk(base, tiers, self._thresholds(), prefer_cloud=self._prefer_cloud())
        return DrillReport(at, rungs, steps)

    def _run_told(self, cancel: CancelToken) -> None:
        try:
            report = self.run(cancel, self._tell)
            self._tell(DrillState(report.rungs, report=report))
        except AutoCutError as error:
            self._tell(DrillState(error=error))
        except Exception as error:
            log.exception("A drill failed in an unforeseen way")
            self._tell(DrillState(error=AutoCutError("internal", detail=f"{type(error).__name__}: {error}")))

    def _tell(self, state: DrillState) -> None:
        self._state = state
        self._bus.publish(DrillChanged(state))

    def _prove(self, route: Route, cancel: CancelToken) -> Rung:
        was_there = self._hands.resident(route)
        expected = self._hands.expected_seconds(route)
        began = self._clock.monotonic()
        try:
            vram = self._hands.probe(route, cancel)
            seconds = self._clock.monotonic() - began
        except Cancelled:
            raise
        except AutoCutError as error:
            return Rung(route, None, None, expected, error.message, error.hint)
        finally:
            if was_there is False:
                self._hands.unload(route)
        wrong = route.tier is Tier.GPU and vram == 0.0
        return Rung(route, seconds, vram, expected, message("control-wrong-device") if wrong else None)
