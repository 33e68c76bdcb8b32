"""Lets jobs use models: the controller says on which tier, the policy how, the analyzers do it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from autocut_tray.core.analyzers.base import VisualAnalyzer
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import AutoCutError, FailureClass
from autocut_tray.core.jobs.job import Force, JobOptions, lower_tier
from autocut_tray.core.jobs.ports import Lease, Refusal, RefusalKind, UnitOutcome
from autocut_tray.core.jobs.way_receipts import receipt_of
from autocut_tray.core.jobs.ways import Switch, Way, Ways
from autocut_tray.core.messages import message
from autocut_tray.core.policy.controller import Controller
from autocut_tray.core.policy.figure_meter import Ticket
from autocut_tray.core.policy.governor_types import Cause, Tier, UnitResult
from autocut_tray.core.policy.policy import ExecutionPolicy, Route

log = logging.getLogger(__name__)


class Analyzers(Protocol):
    """Analyzers by route, made when first wanted."""

    def get(self, route: Route) -> VisualAnalyzer:
        """Raises AutoCutError when the route may not be used after all (no key, no consent)."""


class Learner(Protocol):
    """Learns from scenes how long they take here."""

    def begin(self, route: Route) -> Ticket:
        """A scene begins on this route."""

    def end(self, ticket: Ticket, seconds: float, failure: FailureClass | None) -> None:
        """It ended after ``seconds``; ``failure`` None is success."""


class Scale(Protocol):
    """Holds the number of scenes at once down while the machine is pressed."""

    def limit(self, most: int) -> int:
        """How many of ``most`` now: at least one."""

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` when that may be another number; returns what ends it."""


class WayQuestions(Protocol):
    """What is known about ways to describe scenes."""

    def expected_seconds(self, route: Route) -> float | None:
        """Of wall time that a scene takes."""

    def others(self, policy: ExecutionPolicy, usual: Route) -> tuple[Route, ...]:
        """What else than ``usual`` could do it, preferred first."""


class ControlledAdmission:
    """The admission of the running program; see :class:`~.ports.Admission` for the contract.

    ``took``: hears how many seconds each described scene took.
    """

    def __init__(
        self,
        controller: Controller,
        policy: Callable[[], ExecutionPolicy | None],
        analyzers: Analyzers,
        learner: Learner,
        scale: Scale,
        took: Callable[[float], None],
        questions: WayQuestions,
        clock: Clock,
    ) -> None:
        self._controller = controller
        self._policy = policy
        self._analyzers = analyzers
        self._learner = learner
        self._scale = scale
        self._took = took
        self._questions = questions
        self._clock = clock

    def acquire(
        self, options: JobOptions, *, better: bool = False, by: Route | None = None
    ) -> Lease | Refusal:
        policy = self._policy()
        tier = self._controller.begin_unit()
        if tier is None or policy is None:
            return self._refusal(policy)
        route = self._controller.route(Tier.CLOUD if options.force is Force.CLOUD else tier)
        if by is not None and any(way.route == by for way in self.ways(options).others):
            route = by
        unsuitable = _unsuitable(route, options)
        if route is None or unsuitable is not None:
            self._controller.abandon_unit()
            return unsuitable or Refusal(RefusalKind.HOLD, self._controller.state.reason)
        degraded = options.force is not Force.CLOUD and is_degraded(route, policy)
        if better and degraded:
            self._controller.abandon_unit()
            return Refusal(RefusalKind.CLOSED, message("waiting-better-tier"))
        try:
            analyzer = self._analyzers.get(route)
        except AutoCutError as error:
            self._controller.abandon_unit()
            return Refusal(RefusalKind.CLOSED, error.message)
        return Lease(route, analyzer, self._learner.begin(route), degraded)

    def release(self, lease: Lease, outcome: UnitOutcome) -> bool:
        if outcome.failure is None:
            self._took(outcome.seconds)
        poisoned = self._judge(lease.route, outcome)
        if lease.ticket is not None:
            self._learner.end(lease.ticket, outcome.seconds, outcome.failure)
        return poisoned

    def _judge(self, route: Route, outcome: UnitOutcome) -> bool:
        """Let the control rules know. A tier is judged by its own model, not by how another one does on it."""
        own = self._controller.route(route.tier) == route
        if not own and outcome.failure in (FailureClass.TIER, FailureClass.CONFIG):
            self._controller.abandon_unit()
            return False
        return self._controller.end_unit(
            UnitResult(
                failure=outcome.failure,
                seconds=outcome.seconds if own else None,
                file_id=outcome.unit,
                tier=route.tier,
                retry_after=outcome.retry_after,
            )
        )

    def budget(self, options: JobOptions) -> int:
        """The person's number for this job; else the policy's, halved while degraded (at least one)."""
        if options.max_scenes is not None:
            return options.max_scenes
        policy = self._policy()
        scenes = policy.vision.max_scenes if policy else 1
        # PAUSED is a wait, not a worse way to work: it must not shorten a job.
        state = self._controller.state
        return max(1, scenes // 2) if state.degraded and state.tier is not Tier.PAUSED else scenes

    def ways(self, options: JobOptions) -> Ways:
        policy, state = self._policy(), self._controller.state
        if policy is None:
            return Ways()
        tier = policy.base_tier if state.shown_tier is Tier.PAUSED else state.shown_tier
        usual = self._controller.route(Tier.CLOUD if options.force is Force.CLOUD else tier)
        if usual is None:
            return Ways()
        others = () if options.force is Force.CLOUD else self._questions.others(policy, usual)
        open_to_it = tuple(self._way(route) for route in others if self._is_open(route, options))
        held = state.pinned is not None or state.forced is not None
        return Ways(self._way(usual), open_to_it, held)

    def switched(self, switch: Switch) -> None:
        source, target = switch.source.route, switch.target.route
        log.info("%s: %s -> %s", switch.turn.value, source, target)
        if target.tier.local and source.tier is target.tier:
            self._controller.make_room(Cause.POLICY)
        self._controller.receipts.put(receipt_of(switch, self._clock.time()))

    def _way(self, route: Route) -> Way:
        return Way(route, self._questions.expected_seconds(route))

    def _is_open(self, route: Route, options: JobOptions) -> bool:
        if route.tier is Tier.CLOUD and self._controller.cloud_refusal is not None:
            return False
        return _unsuitable(route, options) is None

    @property
    def most_at_once(self) -> int:
        policy = self._policy()
        return max(1, policy.vision.concurrency) if policy else 1

    @property
    def concurrency(self) -> int:
        return self._scale.limit(self.most_at_once)

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        endings = (self._controller.on_change(callback), self._scale.on_change(callback))

        def forget() -> None:
            for end in endings:
                end()

        return forget

    def _refusal(self, policy: ExecutionPolicy | None) -> Refusal:
        state = self._controller.state
        if policy is None:
            return Refusal(RefusalKind.HOLD, state.reason)
        if not policy.routes:
            return Refusal(RefusalKind.CLOSED, state.reason)
        if not state.hopeful:
            return Refusal(RefusalKind.CLOSED, state.reason)
        return Refusal(RefusalKind.REST if state.tier is Tier.PAUSED else RefusalKind.HOLD, state.reason)


def is_degraded(route: Route, policy: ExecutionPolicy) -> bool:
    """Whether ``route`` is a lower tier than the policy's own, or a lesser model on it."""
    own = policy.route(policy.base_tier)
    lesser = own is not None and route.tier is own.tier and route.model != own.model
    return lesser or lower_tier(route.tier, policy.base_tier)


def _unsuitable(route: Route | None, options: JobOptions) -> Refusal | None:
    """Why this job may not use this route although it is open."""
    if options.force is Force.CLOUD and route is None:
        return Refusal(RefusalKind.CLOSED, message("waiting-force-cloud"))
    if route is None or not route.leaves_machine:
        return None
    if options.never_cloud:
        return Refusal(RefusalKind.CLOSED, message("waiting-never-cloud"))
    if options.force is Force.LOCAL:
        return Refusal(RefusalKind.CLOSED, message("waiting-force-local"))
    return None
