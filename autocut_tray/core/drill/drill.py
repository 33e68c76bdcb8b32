"""Proves each way to work with the built-in picture, beside a walk through the control rules on made-up readings.

Jobs are not touched: while one works there is no drill, and one that comes in the middle ends it. What a drill had
loaded is unloaded again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.drill.walk import Step, walk
from autocut_tray.core.errors import AutoCutError, Cancelled, NoBackend, UsageError
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import ExecutionPolicy, Route


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class DrillReport:
    """``at``: seconds since the epoch. PAUSED is no rung: keeping the queue needs nothing."""

    at: float
    rungs: tuple[Rung, ...]
    steps: tuple[Step, ...]

    @property
    def passed(self) -> bool:
        """True when every rung works and every step of the walk came."""
        return all(rung.works for rung in self.rungs) and all(step.target is not None for step in self.steps)


class Drill:
    """Runs drills with the policy and the limits of the moment."""

    def __init__(
        self,
        hands: Hands,
        clock: Clock,
        *,
        policy: Callable[[], ExecutionPolicy | None],
        thresholds: Callable[[], Thresholds],
        prefer_cloud: Callable[[], bool],
    ) -> None:
        self._hands = hands
        self._clock = clock
        self._policy = policy
        self._thresholds = thresholds
        self._prefer_cloud = prefer_cloud
        self._closing = CancelToken()

    def close(self) -> None:
        """End a drill under way, as cancelled."""
        self._closing.cancel()

    def run(self, cancel: CancelToken, tell: Callable[[Rung], None] = lambda rung: None) -> DrillReport:
        """Prove every rung, best first; ``tell`` hears of each at once. Takes as long as loading the models.

        Raises NoBackend when there is no way to work at all, UsageError while jobs work, and Cancelled.
        """
        forget = self._closing.on_cancel(cancel.cancel)
        try:
            return self._run(cancel, tell)
        finally:
            forget()

    def _run(self, cancel: CancelToken, tell: Callable[[Rung], None]) -> DrillReport:
        policy = self._policy()
        if policy is None or not policy.routes:
            raise NoBackend("drill_nothing", message("drill-nothing"), message("drill-nothing-hint"))
        at = self._clock.time()
        rungs: list[Rung] = []
        for route in policy.routes:
            if self._hands.is_working():
                raise UsageError("drill_busy", message("drill-busy"), message("drill-busy-hint"))
            rungs.append(self._prove(route, cancel))
            tell(rungs[-1])
        tiers = frozenset(route.tier for route in policy.routes)
        base = policy.base_tier if policy.base_tier in tiers else Tier.PAUSED
        steps = walk(base, tiers, self._thresholds(), prefer_cloud=self._prefer_cloud())
        return DrillReport(at, tuple(rungs), steps)

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
