"""Carries out what the governor decides: feeds it samples and results, acts on its actions, keeps receipts.

The governor is pure; everything that touches the world is in :class:`Hands`, given from outside. Callbacks and
hands are called without the lock held, so they may call back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import AutoCutError, StorageError, UsageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.control_memory import ControlMemory
from autocut_tray.core.policy.control_words import Situation, tier_reason
from autocut_tray.core.policy.governor import Governor
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import (
    Action,
    Cause,
    EmergencyStop,
    Evidence,
    GapReset,
    GovernorState,
    MemoryChange,
    MemoryLevel,
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
from autocut_tray.core.policy.policy import ExecutionPolicy, Route
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.core.sample import MetricsSample

log = logging.getLogger(__name__)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hands:
    """What the controller can do to the world. Only ``probe`` and ``reclaim`` may block; they get threads.

    ``probe`` tries a route with the built-in picture, raises AutoCutError when it does not work, and returns
    the MiB of VRAM that its model holds, if the server says so. ``reclaim`` gives memory back. ``stop_worker``
    ends the media worker and what it feeds. ``needs`` says what a route's model takes, VRAM and RAM in MiB;
    ``expected_seconds``, how long a scene takes on that route.
    """

    probe: Callable[[Route, CancelToken], float | None]
    reclaim: Callable[[], None]
    stop_worker: Callable[[], None]
    needs: Callable[[Route], tuple[float | None, float | None]]
    expected_seconds: Callable[[Route], float | None]
    has_work: Callable[[], bool]
    keep_receipt: Callable[[Receipt], Receipt]
    mark_undone: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ControllerState:
    """What runs where, and why, for window, tray, CLI and API. ``since``: seconds since the epoch.

    ``failure_rate``: share 0-1 of the last units on this tier. ``warming``: a model is being loaded and tried.
    ``available``: tiers that a person may choose now.
    """

    tier: Tier
    base: Tier
    level: MemoryLevel
    since: float
    reason: Message
    cause: Cause
    degraded: bool
    ready: bool
    """True while nothing runs yet because nothing has to: the first job starts on :attr:`shown_tier`."""
    can_undo: bool
    pinned: Tier | None
    forced: Tier | None
    model: str | None
    available: tuple[Tier, ...]
    starting: bool
    """No tier has been proven yet in this session."""
    hopeful: bool
    """A unit may start soon by itself; False: not before something changes."""
    warming: bool
    failure_rate: float | None
    in_flight: int

    @property
    def shown_tier(self) -> Tier:
        """The tier to show: before the first job that is the one it will start on."""
        return self.base if self.ready else self.tier


@dataclass(frozen=True, slots=True)
class ControllerChanged:
    """Event: something in the state that people see is different."""

    state: ControllerState


@dataclass(frozen=True, slots=True)
class ReceiptAdded:
    """Event: a decision was made and has its proof."""

    receipt: Receipt


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
    ) -> None:
        self._hands = hands
        self._bus = bus
        self._clock = clock
        self._thresholds = thresholds
        self._memory = memory
        self._lock = threading.RLock()
        self._policy: ExecutionPolicy | None = None
        self._governor = Governor(
            Tier.PAUSED,
            frozenset(),
            thresholds,
            prefer_cloud=prefer_cloud,
            carried=memory.load(),
            t=clock.monotonic(),
        )
        self._in_flight = 0
        self._metrics: MetricsSample | None = None
        self._own_vram: float | None = None
        self._vram_before_load: int | None = None
        self._loaded = False
        self._since = clock.time()
        self._last_change: TierChange | None = None
        self._last_receipt: Receipt | None = None
        self._poisoned: set[str] = set()
        self._reclaim: threading.Thread | None = None
        self._probe_error: Message | None = None
        self._probe: tuple[CancelToken, threading.Thread] | None = None
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._closed = False
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
    def wants_fast_ticks(self) -> bool:
        """True while readings matter: work is there or the tier is not the best one."""
        with self._lock:
            return self._in_flight > 0 or self._governor.state.tick < self._thresholds.idle_tick

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` whenever units may start that could not before, or the other way; returns what ends
        it."""
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
            self._policy = policy
            allowed = frozenset(route.tier for route in policy.routes)
            t = self._clock.monotonic()
            actions = self._governor.update_policy(t, policy.base_tier, allowed)
            actions += self._governor.config_changed()
        self._carry_out(actions)

    def tick(self, metrics: MetricsSample) -> None:
        """One reading of the monitor."""
        with self._lock:
            self._metrics = metrics
            self._learn_own_vram(metrics)
            actions = self._governor.step(self._sample(metrics))
        self._carry_out(actions)

    def begin_unit(self) -> Tier | None:
        """The tier to work on, until :meth:`end_unit`; None while no unit may start."""
        with self._lock:
            state = self._governor.state
            if self._closed or not state.admit or state.drain or state.tier is Tier.PAUSED:
                return None
            if state.one_at_a_time and self._in_flight:
                return None
            self._in_flight += 1
            return state.tier

    def abandon_unit(self) -> None:
        """A unit that :meth:`begin_unit` let in did not begin after all."""
        with self._lock:
            self._in_flight -= 1

    def end_unit(self, result: UnitResult) -> bool:
        """A unit ended. True when the governor found its file to be at fault, not the tier."""
        with self._lock:
            self._in_flight -= 1
            actions = self._governor.unit_result(self._clock.monotonic(), result)
        self._carry_out(actions)
        with self._lock:
            if result.file_id in self._poisoned:
                self._poisoned.discard(result.file_id)
                return True
        return False

    def worker_died(self) -> None:
        """The media worker ended unasked."""
        with self._lock:
            actions = self._governor.worker_restart(self._clock.monotonic())
        self._carry_out(actions)

    # -- what a person can do

    def force(self, tier: Tier, reason: str | None = None) -> ControllerState:
        """Go down to ``tier`` until undone. Raises UsageError when that would not work."""
        if reason:
            log.info("Forced to %s: %s", tier.value, reason)
        with self._lock:
            actions = self._governor.force(self._clock.monotonic(), tier)
        self._obey(actions)
        return self.state

    def undo(self) -> ControllerState:
        """Take the last degradation or forced tier back. Raises UsageError when there is nothing to undo."""
        with self._lock:
            last = self._last_receipt
            actions = self._governor.undo(self._clock.monotonic())
        self._obey(actions)
        if last is not None and not last.undone:
            self._hands.mark_undone(last.id)
        return self.state

    def pin(self, tier: Tier | None) -> ControllerState:
        """Stay on ``tier`` until None is pinned. Raises UsageError when the policy does not allow it."""
        with self._lock:
            actions = self._governor.pin(self._clock.monotonic(), tier)
        self._obey(actions)
        return self.state

    def _obey(self, actions: Sequence[Action]) -> None:
        refused = next((action for action in actions if isinstance(action, Refused)), None)
        self._carry_out(actions)
        if refused is not None:
            code = refused.reason.value.replace("_", "-")
            tier = message(f"tier-{refused.tier.value}") if refused.tier else message("tier-PAUSED")
            raise UsageError(f"refused_{refused.reason.value}", message(f"refused-{code}", tier=tier.code))
        self._remember()

    # -- life

    def close(self) -> None:
        """End a probe under way, wait for a reclaim, and remember what the next start may believe."""
        with self._lock:
            self._closed = True
            probe, reclaim = self._probe, self._reclaim
        if probe is not None:
            token, thread = probe
            token.cancel()
            thread.join()
        if reclaim is not None:
            reclaim.join()
        self._remember()

    def _remember(self) -> None:
        with self._lock:
            carried = self._governor.carryover()
        try:
            self._memory.save(carried)
        except OSError as error:
            log.warning("What this session learned is not saved: %s", error)

    # -- samples

    def _sample(self, metrics: MetricsSample) -> Sample:
        route = self._route_ahead()
        need_vram, need_ram = self._hands.needs(route) if route is not None else (None, None)
        return Sample(
            t=metrics.monotonic,
            vram_used=metrics.vram_used,
            vram_total=metrics.vram_total,
            own_vram=self._own_vram if self._loaded else 0.0,
            ram_avail=metrics.ram_available,
            ram_total=metrics.ram_total,
            need_vram=0.0 if self._loaded else need_vram,
            need_ram=0.0 if self._loaded else need_ram,
            loaded=self._loaded,
            work=self._hands.has_work(),
            cloud_ok=self._policy is not None and self._policy.route(Tier.CLOUD) is not None,
            cpu_percent=metrics.cpu_percent,
            in_flight=self._in_flight,
        )

    def _route_ahead(self) -> Route | None:
        """The route whose model would be loaded next, or is loaded."""
        if self._policy is None:
            return None
        state = self._governor.state
        return self._policy.route(state.candidate or state.ceiling) or self._policy.route(state.tier)

    def _learn_own_vram(self, metrics: MetricsSample) -> None:
        """Without a runtime's own figure, what the load added to the use of VRAM is ours."""
        if self._loaded and self._own_vram is None and metrics.vram_used is not None:
            before = self._vram_before_load
            self._own_vram = None if before is None else float(max(0, metrics.vram_used - before))

    # -- actions

    def _carry_out(self, actions: Sequence[Action]) -> None:
        for action in actions:
            match action:
                case TierChange():
                    self._change_tier(action)
                case MemoryChange():
                    self._change_level(action)
                case Probe():
                    self._start_probe(action.tier)
                case ProbeCancelled():
                    self._cancel_probe()
                case Reclaim():
                    self._start_reclaim()
                case EmergencyStop():
                    self._hands.stop_worker()
                    self._start_reclaim()
                case Poison():
                    with self._lock:
                        self._poisoned.add(action.file_id)
                case GapReset():
                    log.info("%.0f s are missing (suspend or stall): every timer starts afresh", action.gap_s)
                case _:
                    log.info("%s", action)
        self._tell()

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
            if not change.better or change.target is Tier.PAUSED:
                self._loaded, self._own_vram = False, None
        if change.why.cause is Cause.START or change.why.cause is Cause.POLICY:
            self._remember()
            return  # where the day begins is no decision that needs proof
        kind = ReceiptKind.MANUAL if change.why.cause.by_person else ReceiptKind.TIER
        self._keep(kind, change.source.value, change.target.value, change.why, change.better, change.before)
        self._remember()

    def _change_level(self, change: MemoryChange) -> None:
        log.info("Memory %s -> %s: %s", change.source.value, change.target.value, change.why)
        better = change.target is MemoryLevel.OK
        self._keep(
            ReceiptKind.MEMORY, change.source.value, change.target.value, change.why, better, change.before
        )

    def _keep(
        self,
        kind: ReceiptKind,
        source: str,
        target: str,
        why: Evidence,
        better: bool,
        before: Sequence[Sample],
    ) -> None:
        tiers = kind is not ReceiptKind.MEMORY
        route = self._policy.route(Tier(target)) if self._policy and tiers else None
        receipt = Receipt(
            id=0,
            at=self._clock.time(),
            kind=kind,
            from_=source,
            to=target,
            cause=why.cause.value,
            metric=why.metric.value if why.metric else None,
            value=why.value,
            threshold=why.threshold,
            held_s=round(why.held_s, 1),
            policy_before=self._policy_json(Tier(source)) if tiers else {},
            policy_after=self._policy_json(Tier(target)) if tiers else {},
            expected_s_per_scene=self._hands.expected_seconds(route) if route else None,
            undone=False,
            better=better,
            context=tuple(_context(sample) for sample in before),
        )
        try:
            receipt = self._hands.keep_receipt(receipt)
        except StorageError as error:
            log.warning("A receipt is not saved: %s", error)
        with self._lock:
            if tiers:
                self._last_receipt = receipt
        self._bus.publish(ReceiptAdded(receipt))

    def _policy_json(self, tier: Tier) -> Json:
        route = self._policy.route(tier) if self._policy else None
        halved = self._policy is not None and tier is not self._policy.base_tier
        scenes = self._policy.vision.max_scenes if self._policy else None
        return {
            "tier": tier.value,
            "backend": route.backend.value if route else None,
            "model": route.model if route else None,
            "max_scenes": None if scenes is None else max(1, scenes // 2) if halved else scenes,
        }

    # -- reclaim and probes

    def _start_reclaim(self) -> None:
        """One at a time: what is being given back already need not be asked for again."""
        with self._lock:
            if self._closed or (self._reclaim is not None and self._reclaim.is_alive()):
                return
            self._reclaim = threading.Thread(target=self._hands.reclaim, name="reclaim")
            self._reclaim.start()

    def _start_probe(self, tier: Tier) -> None:
        route = self._policy.route(tier) if self._policy else None
        if route is None or self._closed:
            self._answer_probe(tier, ok=False)
            return
        token = CancelToken()
        thread = threading.Thread(target=self._run_probe, args=(tier, route, token), name="probe")
        with self._lock:
            self._probe = (token, thread)
            self._vram_before_load = self._metrics.vram_used if self._metrics else None
        thread.start()

    def _cancel_probe(self) -> None:
        with self._lock:
            probe = self._probe
        if probe is not None:
            probe[0].cancel()

    def _run_probe(self, tier: Tier, route: Route, token: CancelToken) -> None:
        began = self._clock.monotonic()
        own: float | None = None
        try:
            own = self._hands.probe(route, token)
        except AutoCutError as error:
            ok = False
            self._probe_error = error.message
            log.info("%s does not work now (%s): %s", tier.value, route.model, error)
        else:
            ok = True
            self._probe_error = None
            log.info(
                "%s works: %s answered in %.1f s", tier.value, route.model, self._clock.monotonic() - began
            )
        if not token.cancelled:
            self._answer_probe(tier, ok=ok, own_vram=own)

    def _answer_probe(self, tier: Tier, *, ok: bool, own_vram: float | None = None) -> None:
        with self._lock:
            now = self._clock.monotonic()
            if ok:
                self._loaded, self._own_vram = True, own_vram
            actions = self._governor.probe_result(now, tier, ok)
            if ok and tier is Tier.GPU and own_vram == 0.0:
                # The server took the GPU request and runs on the processor without a word.
                actions += self._governor.wrong_device(now, tier)
        self._carry_out(actions)

    # -- words

    def _describe(self) -> ControllerState:
        governor = self._governor.state
        policy = self._policy
        route = policy.route(governor.tier) if policy else None
        ahead = self._route_ahead()
        idle = not governor.probing and self._in_flight == 0 and not self._hands.has_work()
        ready = governor.starting and idle and governor.ceiling is not Tier.PAUSED and governor.pin is None
        ready = ready and governor.level is not MemoryLevel.EMERGENCY
        rate = governor.failure_percent
        routes = policy.routes if policy else ()
        chosen = route or ahead
        model = chosen.model if chosen is not None else None
        return ControllerState(
            tier=governor.tier,
            base=governor.ceiling if ready else governor.base,
            level=governor.level,
            since=self._since,
            reason=tier_reason(
                Situation(
                    governor,
                    policy,
                    self._last_change,
                    self._metrics,
                    model,
                    self._probe_error,
                    idle=idle,
                    ready=ready,
                )
            ),
            cause=governor.cause,
            degraded=governor.degraded and not governor.starting,
            ready=ready,
            can_undo=(governor.degraded or governor.forced is not None)
            and not governor.starting
            and governor.level is not MemoryLevel.EMERGENCY,
            pinned=governor.pin,
            forced=governor.forced,
            model=model,
            available=(*(r.tier for r in routes), Tier.PAUSED),
            starting=governor.starting,
            hopeful=governor.tier is not Tier.PAUSED
            or governor.probing is not None
            or (governor.starting and governor.candidate is not None),
            warming=governor.probing is not None,
            failure_rate=None if rate is None else rate / 100,
            in_flight=self._in_flight,
        )


def _context(sample: Sample) -> Json:
    return {
        "vram_used": sample.vram_used,
        "vram_total": sample.vram_total,
        "ram_avail": sample.ram_avail,
        "ram_total": sample.ram_total,
        "cpu_percent": sample.cpu_percent,
    }
