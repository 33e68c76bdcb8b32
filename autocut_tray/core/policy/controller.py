"""Carries out what the governor decides: feeds it samples and results, acts on its actions, keeps receipts.

The governor is pure; everything that touches the world is in :class:`Hands`, given from outside.

One lock guards the governor, the policy and what is known of the loaded model. Actions are collected with it and
carried out without it, one at a time and in their order: hands that act, listeners and events may call back. The
helpers (threads, probes, reclaims, actions in order) have locks of their own, which may be taken with this one held
and never the other way round.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from autocut_tray.core.clock import Clock
from autocut_tray.core.events import EventBus
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message
from autocut_tray.core.policy.control_hands import Hands
from autocut_tray.core.policy.control_helpers import Helpers
from autocut_tray.core.policy.control_memory import ControlMemory
from autocut_tray.core.policy.control_model import LoadedModel
from autocut_tray.core.policy.control_order import ActionsInOrder
from autocut_tray.core.policy.control_probe import Prober
from autocut_tray.core.policy.control_proof import Released
from autocut_tray.core.policy.control_receipts import ReceiptBook
from autocut_tray.core.policy.control_reclaim import Reclaimer
from autocut_tray.core.policy.control_state import ControllerState, Facts, describe, may_begin
from autocut_tray.core.policy.control_undo import StepsDown
from autocut_tray.core.policy.control_units import UnitsInFlight
from autocut_tray.core.policy.control_words import refusal
from autocut_tray.core.policy.governor_recovery import Carryover
from autocut_tray.core.policy.governor_tape import NO_TAPE, Tape, TapedGovernor
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import (
    Action,
    Cause,
    CpuThrottle,
    EmergencyStop,
    Evidence,
    GapReset,
    GovernorState,
    MemoryChange,
    ModelStage,
    ModelStageChange,
    Poison,
    Probe,
    ProbeCancelled,
    Reclaim,
    Refused,
    Sample,
    Tier,
    TierChange,
    UnitResult,
)
from autocut_tray.core.policy.policy import ExecutionPolicy, Route, replaced_tiers
from autocut_tray.core.sample import MetricsSample

log = logging.getLogger(__name__)


@frozen
class ControllerChanged:
    """Event: something in the state that people see is different."""

    state: ControllerState


class Controller:
    """The governor in action. Safe to call from several threads."""

    def __init__(
        self,
        hands: Hands,
        bus: EventBus,
        clock: Clock,
        *,
        thresholds: Thresholds,
        prefer_cloud: bool,
        memory: ControlMemory,
        tape: Tape = NO_TAPE,
    ) -> None:
        self._hands = hands
        self._bus = bus
        self._clock = clock
        self._thresholds = thresholds
        self._prefer_cloud = prefer_cloud
        self._memory = memory
        self._tape = tape
        self._lock = threading.RLock()
        self._policy: ExecutionPolicy | None = None
        self._governor = TapedGovernor(
            tape,
            Tier.PAUSED,
            frozenset(),
            thresholds,
            prefer_cloud=prefer_cloud,
            carried=memory.load(),
            t=clock.monotonic(),
        )
        self._units = UnitsInFlight()
        self._metrics: MetricsSample | None = None
        self._model = LoadedModel()
        self._since = clock.time()
        self._last_change: TierChange | None = None
        self.receipts = ReceiptBook(hands, clock, bus.publish)
        self._steps = StepsDown(self.receipts.mark_undone, hands.mark_forced_undone)
        self._order = ActionsInOrder(self._do)
        self._helpers = Helpers()
        self._prober = Prober(hands.probe, self._answer_probe, self._helpers, clock)
        self._reclaimer = Reclaimer(hands.reclaim, self._reclaimed, self._helpers)
        self.cloud_refusal: Message | None = None
        """Why the cloud could not be used at the last reading; None where it could, or there is none."""
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._closed = self._no_memory = False
        self._state = self._describe()

    # -- what others see

    @property
    def state(self) -> ControllerState:
        return self._state

    @property
    def governor_state(self) -> GovernorState:
        """The governor's own view."""
        with self._lock:
            return self._governor.state

    @property
    def work_tier(self) -> Tier:
        """Where a unit would run now; before the first proof of the day, where it will be tried first."""
        with self._lock:
            state = self._governor.state
        if not state.starting:
            return state.tier
        return state.probing or state.candidate or Tier.PAUSED

    @property
    def wants_fast_ticks(self) -> bool:
        """True while readings matter: work is there or the tier is not the best one."""
        with self._lock:
            return self._units.count > 0 or self._governor.state.tick < self._thresholds.idle_tick

    @property
    def is_pressed(self) -> bool:
        """True while RAM or VRAM is short where work is, the time of grace included."""
        with self._lock:
            return self._governor.state.pressed

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` whenever units may start that could not, or the other way; returns what ends it."""
        with self._lock:
            self._listeners = (*self._listeners, callback)

        def forget() -> None:
            with self._lock:
                self._listeners = tuple(known for known in self._listeners if known is not callback)

        return forget

    # -- inputs

    def adopt(self, policy: ExecutionPolicy) -> None:
        """A new execution policy: its tiers and base are what the governor moves among."""
        with self._lock:
            before, self._policy = self._policy, policy
            allowed = frozenset(route.tier for route in policy.routes)
            t = self._clock.monotonic()
            actions: tuple[Action, ...] = ()
            state = self._governor.state
            if replaced := replaced_tiers(before, policy, (state.tier, state.probing)):
                # Another model on the same tier is unproven: leave it, so that it comes back through a probe.
                self._model.forget()
                kept = allowed - replaced
                base = policy.base_tier if policy.base_tier in kept else Tier.PAUSED
                actions += self._governor.update_policy(t, base, kept)
            actions += self._governor.update_policy(t, policy.base_tier, allowed)
            self._order.add(actions + self._governor.config_changed())
        self._carry_out()

    def reconfigure(self, thresholds: Thresholds, *, prefer_cloud: bool) -> None:
        """The limits or the order of tiers changed: go on under them, on the tier of now."""
        with self._lock:
            old = self._governor
            if (thresholds, prefer_cloud) == (self._thresholds, self._prefer_cloud):
                return
            self._thresholds, self._prefer_cloud = thresholds, prefer_cloud
            state = old.state
            self._governor = TapedGovernor(
                self._tape,
                state.base,
                frozenset(r.tier for r in self._policy.routes) if self._policy else frozenset(),
                thresholds,
                prefer_cloud=prefer_cloud,
                tier=None if state.starting else state.tier,
                carried=old.carryover(),
                t=self._clock.monotonic(),
            )
        if state.cpu_throttled:
            self._hands.throttle(False)  # the new governor finds out for itself
        self._tell()

    def tick(self, metrics: MetricsSample) -> None:
        """One reading of the monitor."""
        metrics = metrics.as_of(self._clock.monotonic(), self._thresholds.sample_max_age)
        with self._lock:
            self._metrics = metrics
            self._model.learn(metrics)
            no_memory, self._no_memory = self._no_memory, False
            actions = self._governor.memory_error(metrics.monotonic) if no_memory else ()
            self._order.add(actions + self._governor.step(self._sample(metrics)))
            overdue = self._units.overdue(metrics.monotonic)
        self._carry_out()
        if overdue:
            self._hands.cancel_units()
        self._look_at_memory(metrics.monotonic)

    def memory_error(self) -> None:
        """This process got no memory: the next reading makes that an emergency. Does nothing by itself that could
        need memory or wait for anyone, so it may be called anywhere."""
        self._no_memory = True

    def route(self, tier: Tier) -> Route | None:
        """How ``tier`` works now: as the policy has it, or with a smaller model until the machine has held with that
        for a while after an emergency. None where the policy has no such tier."""
        with self._lock:
            return self._route(tier)

    def _preferred(self, tier: Tier) -> Route | None:
        return self._policy.route(tier) if self._policy is not None else None

    def _route(self, tier: Tier) -> Route | None:
        route = self._preferred(tier)
        if route is None or not tier.local or self._governor.state.model_stage is ModelStage.PREFERRED:
            return route
        smaller = self._hands.smaller(route)
        return route if smaller is None else replace(route, model=smaller)

    def begin_unit(self) -> Tier | None:
        """The tier to work on, until :meth:`end_unit`; None while no unit may start."""
        with self._lock:
            state = self._governor.state
            reclaiming, loaded = self._reclaimer.under_way, self._model.tier
            if self._closed or not may_begin(state, self._units.count, reclaiming=reclaiming, loaded=loaded):
                return None
            self._units.begin()
            return state.tier

    def abandon_unit(self) -> None:
        """A unit that :meth:`begin_unit` let in did not begin after all."""
        with self._lock:
            self._units.end(None)

    def end_unit(self, result: UnitResult) -> bool:
        """A unit ended. True when the governor found its file to be at fault, not the tier."""
        with self._lock:
            self._units.end(result.tier)
            actions = self._governor.unit_result(self._clock.monotonic(), result)
            self._order.add(actions)
        self._carry_out()
        return any(isinstance(action, Poison) for action in actions)

    def note_result(self, result: UnitResult) -> None:
        """A unit that others did on :attr:`work_tier`, whatever its own ``tier`` says."""
        with self._lock:
            here = replace(result, tier=self.work_tier)
            self._order.add(self._governor.unit_result(self._clock.monotonic(), here))
        self._carry_out()

    def worker_died(self) -> None:
        """The media worker ended unasked."""
        with self._lock:
            self._order.add(self._governor.worker_restart(self._clock.monotonic()))
        self._carry_out()

    def make_room(self, cause: Cause) -> None:
        """Another model of a local tier is about to be used: there may be no room for both."""
        self._reclaimer.start(Reclaim(self._clock.monotonic(), Evidence(cause), 100.0))

    # -- what a person can do

    def force(self, tier: Tier, reason: str | None = None) -> ControllerState:
        """Go down to ``tier`` until undone. Raises UsageError when that would not work."""
        if reason:
            log.info("Forced to %s: %s", tier.value, reason)
        return self._obey(lambda now: self._governor.force(now, tier))

    def undo(self) -> ControllerState:
        """Take the last degradation or forced tier back. Raises UsageError when there is nothing to undo."""
        forced = self.governor_state.forced
        self._obey(lambda now: self._governor.undo(now))
        if forced is not None:
            self._steps.take_force_back()
        return self.state

    def pin(self, tier: Tier | None) -> ControllerState:
        """Stay on ``tier`` until None is pinned. Raises UsageError when the policy does not allow it."""
        return self._obey(lambda now: self._governor.pin(now, tier))

    def _obey(self, wish: Callable[[float], Sequence[Action]]) -> ControllerState:
        with self._lock:
            actions = wish(self._clock.monotonic())
            self._order.add(actions)
        self._carry_out()
        refused = next((action for action in actions if isinstance(action, Refused)), None)
        if refused is not None:
            raise refusal(refused)
        self._remember()
        return self.state

    # -- life

    def close(self) -> None:
        """End a probe under way, wait for a reclaim, and remember what the next start may believe."""
        with self._lock:
            self._closed = True
        self._helpers.shut()
        self._prober.cancel()
        self._helpers.join()
        self._remember()

    def _remember(self) -> None:
        self._memory.keep(self._carryover)

    def _carryover(self) -> Carryover:
        with self._lock:
            return self._governor.carryover()

    # -- samples

    def _sample(self, metrics: MetricsSample) -> Sample:
        tier, needs, cloud = self._governor.state.tier, self._hands.needs, self._preferred(Tier.CLOUD)
        self.cloud_refusal = None if cloud is None else self._hands.cloud_refusal(cloud)
        return Sample(
            t=metrics.monotonic,
            vram_used=metrics.vram_used,
            vram_total=metrics.vram_total,
            own_vram=self._model.own_vram if self._model.tier is Tier.GPU else 0.0,
            ram_avail=metrics.ram_available,
            ram_total=metrics.ram_total,
            need_vram=self._model.need(self._route(Tier.GPU), needs),
            need_ram=self._model.need(self._route(Tier.CPU), needs),
            need_more=self._model.more(self._preferred(tier), self._route(tier), needs),
            loaded=self._model.tier is not None,
            work=self._hands.has_work(),
            cloud_ok=cloud is not None and self.cloud_refusal is None,
            cpu_percent=metrics.cpu_percent,
            ram_stalled=bool(metrics.ram_stalled),
            in_flight=self._units.count,
            editor=self._hands.editor_claims(metrics),
        )

    def _route_ahead(self) -> Route | None:
        """The route whose model would be loaded next, or is loaded."""
        state = self._governor.state
        return self._route(state.candidate or state.ceiling) or self._route(state.tier)

    def _look_at_memory(self, now: float) -> None:
        with self._lock:
            tier = self._governor.state.tier
            route = self._route(tier) if tier.local else None
            if route is None or not self._model.is_look_due(now, in_use=self._hands.has_work()):
                return
        self._helpers.start("residency", lambda: self._take_note(tier, route))

    def _take_note(self, tier: Tier, route: Route) -> None:
        answer = self._hands.resident(route)
        with self._lock:
            if answer is not None and self._governor.state.tier is tier and self._route(tier) == route:
                self._model.note(tier, answer)

    # -- actions

    def _carry_out(self) -> None:
        self._order.run()
        self._tell()

    def _do(self, action: Action) -> None:
        match action:
            case TierChange():
                self._change_tier(action)
            case MemoryChange():
                self._change_level(action)
            case Probe():
                self._start_probe(action.tier)
            case ProbeCancelled():
                self._prober.cancel()
            case Reclaim():
                self._reclaimer.start(action)
            case EmergencyStop():
                self._hands.stop_worker()
                self._reclaimer.start(Reclaim(action.t, Evidence(Cause.EMERGENCY), 0.0))
            case CpuThrottle():
                log.info("Half of the cores: %s", action.on)
                self._hands.throttle(action.on)
            case ModelStageChange():
                self._change_model(action)
            case GapReset():
                log.info("%.0f s are missing (suspend or stall): every timer starts afresh", action.gap_s)
                with self._lock:
                    self._model.look_soon()
            case _:
                log.info("%s", action)

    def _tell(self) -> None:
        with self._lock:
            before, self._state = self._state, self._describe()
            changed = self._state != before
            listeners = self._listeners
        for listener in listeners:
            listener()
        if changed:
            self._bus.publish(ControllerChanged(self._state))

    def _change_tier(self, change: TierChange) -> None:
        log.info("%s -> %s: %s", change.source.value, change.target.value, change.why)
        with self._lock:
            self._since = self._clock.time()
            self._last_change = change
            self._model.moved(change.target)
            soft = not change.better and not change.hard
            self._units.leave(change.source, change.t + self._thresholds.unit_finish if soft else None)
        if change.hard:
            self._hands.cancel_units()
        emergency = change.why.cause is Cause.EMERGENCY  # which has taken everything already
        if change.source.local and not change.better and not emergency:
            # Its model only holds memory now.
            self._reclaimer.start(Reclaim(change.t, change.why, self._thresholds.warn_cache_keep))
        if change.why.cause in (Cause.START, Cause.POLICY):  # where a day begins needs no proof
            self._steps.begin_anew()
        else:
            policy = self._policy if emergency else self._policy_in_use()
            self._steps.note(self.receipts.keep(change, policy, self._metrics))
        self._remember()

    def _policy_in_use(self) -> ExecutionPolicy | None:
        """The policy with the smaller models that stand in for its own."""
        with self._lock:
            if (policy := self._policy) is None:
                return None
            return replace(policy, routes=tuple(self._route(one.tier) or one for one in policy.routes))

    def _change_level(self, change: MemoryChange) -> None:
        log.info("Memory %s -> %s: %s", change.source.value, change.target.value, change.why)
        self.receipts.keep(change, self._policy, self._metrics)

    def _change_model(self, change: ModelStageChange) -> None:
        log.info("The %s model is used from now on", change.stage.value)
        if change.stage is ModelStage.PREFERRED:  # there may be no room for both
            self.make_room(Cause.RECOVERED)

    # -- what the helpers found

    def _reclaimed(self, released: Released | None) -> None:
        if released is not None:
            self.receipts.proven(*released)
        with self._lock:
            self._model.look_soon()
        self._tell()

    def _start_probe(self, tier: Tier) -> None:
        route = self.route(tier)
        if route is None:
            self._answer_probe(tier, False, None)
            return
        with self._lock:
            self._model.begin_load(self._metrics)
        self._prober.start(tier, route)

    def _answer_probe(self, tier: Tier, ok: bool, own_vram: float | None) -> None:
        with self._lock:
            now = self._clock.monotonic()
            if ok and self._governor.state.probing is tier:
                self._model.proven(tier, own_vram)
            self._order.add(self._governor.probe_result(now, tier, ok))
            if ok and tier is Tier.GPU and own_vram == 0.0:
                # The server took the GPU request and runs on the processor without a word.
                self._order.add(self._governor.wrong_device(now, tier))
        self._carry_out()

    def _describe(self) -> ControllerState:
        return describe(
            Facts(
                self._governor.state,
                self._policy,
                self._route(self._governor.state.tier),
                self._route_ahead(),
                self._last_change,
                self._metrics,
                self.receipts.held_by,
                self._prober.error,
                self.cloud_refusal,
                self._since,
                self._units.count,
                self._hands.has_work(),
            )
        )
