"""The pure state machine that leaves a tier before it breaks and returns to it when it holds again."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from types import MappingProxyType

from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.governor_health import TierHealth
from autocut_tray.core.policy.governor_mandate import Mandate
from autocut_tray.core.policy.governor_recovery import Carryover, Recovery
from autocut_tray.core.policy.governor_reload import ModelReload
from autocut_tray.core.policy.governor_signals import Signals
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import (
    DUST,
    Action,
    BackoffReset,
    Cause,
    EmergencyStop,
    Evidence,
    FlapLock,
    GapReset,
    GovernorState,
    MemoryChange,
    MemoryLevel,
    Probe,
    ProbeCancelled,
    Refusal,
    Refused,
    Sample,
    Tier,
    TierChange,
    UnitResult,
)

DEFAULTS = Thresholds()

_BASE_TICK = 1.0
_SAMPLES_BEFORE = 5


@frozen
class Trial:
    """A probe under way."""

    tier: Tier
    since: float


class Governor:
    """Decides on which tier work runs. No clock, thread or file inside; ``t`` is monotonic seconds.

    Not thread-safe: its owner makes one call after the other. ``tier`` None is a start: nothing of an earlier run is
    trusted, so it waits in PAUSED until there is work, then probes the eligible tiers from the best down.
    ``carried`` is what that run handed over, aged by the time between both.
    """

    def __init__(
        self,
        base: Tier,
        allowed: AbstractSet[Tier],
        thresholds: Thresholds = DEFAULTS,
        *,
        prefer_cloud: bool = False,
        tier: Tier | None = None,
        carried: Carryover | None = None,
        t: float = 0.0,
    ) -> None:
        carried = carried or Carryover()
        self._limits = thresholds
        self._mandate = Mandate(base, allowed, prefer_cloud=prefer_cloud)
        self._mandate.wish(carried.pin, carried.forced)
        if tier is not None and not self._mandate.permits(tier):
            raise ValueError(f"{tier.value} is not allowed, or above the base {base.value}")
        self._signals = Signals(thresholds)
        self._health = TierHealth(thresholds, self._mandate.ladder, carried.usual_seconds)
        self._recovery = Recovery(thresholds, self._mandate.ladder, t, carried)

        self._now = t
        self._ticked: float | None = None
        self._tier = tier or Tier.PAUSED
        self._starting = tier is None
        self._recovery.stands_on(t, self._tier)
        self._cause, self._since = Cause.START, t
        self._trial: Trial | None = None
        self._drain = False
        self._reload = ModelReload(thresholds)
        self._told: dict[Cause, float] = {}
        self._samples: deque[Sample] = deque(maxlen=_SAMPLES_BEFORE)

    # --- inputs ------------------------------------------------------------------------------------------------

    def step(self, sample: Sample, results: Iterable[UnitResult] = ()) -> tuple[Action, ...]:
        """One tick: take the sample and the results that arrived since the last one, and decide.

        A sample that a result overtook counts as of now. Raises ValueError for one without a time.
        """
        if not math.isfinite(sample.t):
            raise ValueError(f"not a time: {sample.t}")
        t, actions = self._arrive(sample.t)
        self._ticked = t
        cloud_was_off = not self._signals.sample.cloud_ok
        sample = sample.plausible() if sample.t == t else replace(sample.plausible(), t=t)
        self._samples.append(sample)
        self._announce(self._signals.observe(sample, self._tier), actions)
        if cloud_was_off and sample.cloud_ok:
            self._health.unblock(t, {Cause.BUDGET}, actions)

        tier_before = self._tier
        for result in results:
            self._take_result(t, result, actions)
        self._leave_if_pressed(t, actions)
        actions.extend(self._reload.follow(t, holds=self._signals.may_grow(self._tier)))
        self._follow_trial(t, actions)
        actions.extend(BackoffReset(t, tier, k) for tier, k in self._recovery.forgive(t))
        if not self._mandate.is_worse(self._tier, tier_before):
            self._try_better(t, actions)
        return tuple(actions)

    def unit_result(self, t: float, result: UnitResult) -> tuple[Action, ...]:
        """A unit ended between two ticks."""
        t, actions = self._arrive(t)
        self._take_result(t, result, actions)
        return tuple(actions)

    def probe_result(self, t: float, tier: Tier, ok: bool) -> tuple[Action, ...]:
        """The answer to a :class:`Probe`; one that nobody waits for any more changes nothing."""
        t, actions = self._arrive(t)
        if self._trial is None or self._trial.tier is not tier:
            return tuple(actions)
        self._trial = None
        if ok:
            cause = Cause.START if self._starting else Cause.RECOVERED
            self._move(t, tier, self._signals.green_evidence(tier, t, cause), actions)
        else:
            self._recovery.failed(t, tier)
            self._health.trip(t, tier, Cause.PROBE, actions)
        return tuple(actions)

    def worker_restart(self, t: float) -> tuple[Action, ...]:
        """A worker had to be started again; several in a short time are a crash loop of the tier in use."""
        t, actions = self._arrive(t)
        why = self._health.worker_restarted(t)
        if why and self._tier is not Tier.PAUSED:
            self._give_up(t, self._tier, why, actions, hard=True)
        return tuple(actions)

    def wrong_device(self, t: float, tier: Tier) -> tuple[Action, ...]:
        """A model meant for ``tier`` turned out to run elsewhere, as a "GPU" model on the CPU does."""
        t, actions = self._arrive(t)
        self._give_up(t, tier, Evidence(Cause.WRONG_DEVICE), actions, hard=False)
        return tuple(actions)

    def memory_error(self, t: float) -> tuple[Action, ...]:
        """This process could not allocate memory: EMERGENCY at once, whatever the readings say."""
        t, actions = self._arrive(t)
        self._announce(self._signals.memory.memory_error(t), actions)
        self._leave_if_pressed(t, actions)
        self._follow_trial(t, actions)
        return tuple(actions)

    def config_changed(self) -> tuple[Action, ...]:
        """Keys, addresses or models changed: what was blocked for want of them may be tried again."""
        actions: list[Action] = []
        self._health.unblock(self._now, {Cause.CONFIG, Cause.BUDGET}, actions)
        return tuple(actions)

    def update_policy(self, t: float, base: Tier, allowed: AbstractSet[Tier]) -> tuple[Action, ...]:
        """The execution policy changed. A tier that it no longer permits is left at once; a better one is probed
        without the wait of a recovery, unless something else than the policy held this one down."""
        t, actions = self._arrive(t)
        held_down = self._tier is not self._mandate.ceiling
        self._mandate.set_policy(base, allowed)
        if self._trial and not self._mandate.may_use(self._trial.tier):
            self._cancel_trial(t, actions)
        if not self._mandate.may_use(self._tier):
            self._degrade(t, Evidence(Cause.POLICY), actions, hard=True)
        if not held_down and self._mandate.better_than(self._tier):
            self._starting = True
        return tuple(actions)

    # --- a person's wishes -------------------------------------------------------------------------------------

    def force(self, t: float, tier: Tier) -> tuple[Action, ...]:
        """Go down to ``tier`` and stay at or below it until undone."""
        t, actions = self._arrive(t)
        refusal = None
        if not self._mandate.permits(tier):
            refusal = Refusal.NOT_ALLOWED
        elif not self._mandate.may_use(tier):
            refusal = Refusal.PINNED
        elif tier is not Tier.PAUSED and self._signals.emergency:
            refusal = Refusal.EMERGENCY
        elif not self._works(tier):
            refusal = Refusal.NOT_USABLE
        if refusal:
            return (*actions, Refused(t, Cause.FORCED, tier, refusal))
        self._obey(self._mandate.pin, tier)
        if self._trial and self._trial.tier not in self._mandate.better_than(self._tier):
            self._cancel_trial(t, actions)
        if self._mandate.is_worse(tier, self._tier):
            self._move(t, tier, Evidence(Cause.FORCED), actions)
        return tuple(actions)

    def undo(self, t: float) -> tuple[Action, ...]:
        """Take a forced tier back, or an automatic degradation: go up at once to the best tier that can work."""
        t, actions = self._arrive(t)
        was_forced = self._mandate.forced is not None
        if self._signals.emergency:
            return (*actions, Refused(t, Cause.UNDONE, None, Refusal.EMERGENCY))
        self._obey(self._mandate.pin, None)
        better = [] if self._starting else self._mandate.better_than(self._tier)
        target = next((tier for tier in better if self._works(tier)), None)
        if target:
            self._move(t, target, Evidence(Cause.UNDONE), actions)
        elif not was_forced:
            reason = Refusal.NOT_USABLE if better else Refusal.NOT_DEGRADED
            actions.append(Refused(t, Cause.UNDONE, None, reason))
        return tuple(actions)

    def pin(self, t: float, tier: Tier | None) -> tuple[Action, ...]:
        """Use only ``tier`` or PAUSED until the pin is removed (None)."""
        t, actions = self._arrive(t)
        if tier is not None and not self._mandate.permits(tier):
            return (*actions, Refused(t, Cause.PINNED, tier, Refusal.NOT_ALLOWED))
        self._obey(tier, None if tier else self._mandate.forced)
        if tier is None:
            return tuple(actions)
        self._cancel_trial(t, actions)
        target = tier if self._works(tier) and not self._signals.emergency else Tier.PAUSED
        if target is not self._tier:
            self._move(t, target, Evidence(Cause.PINNED), actions)
        return tuple(actions)

    def _obey(self, pin: Tier | None, forced: Tier | None) -> None:
        self._mandate.wish(pin, forced)
        self._signals.editor.waive()

    # --- output ------------------------------------------------------------------------------------------------

    @property
    def state(self) -> GovernorState:
        """A snapshot for those who act on it or show it."""
        t, tier, signals, mandate = self._now, self._tier, self._signals, self._mandate
        throttled_until = self._health.throttled_until(t, tier)
        drain = self._drain or self._trial is not None
        known = signals.sample.ram_avail is not None
        level, better = signals.memory.level, mandate.better_than(tier)
        pressed = not (signals.memory.is_calm and signals.is_calm(tier))
        return GovernorState(
            t=t,
            tier=tier,
            base=mandate.base,
            ceiling=mandate.ceiling,
            level=level,
            cause=self._cause,
            since=self._since,
            degraded=mandate.is_worse(tier, mandate.base) and not self._starting,
            admit=tier is not Tier.PAUSED and known and not drain and throttled_until is None,
            may_load=tier.local and signals.is_calm(tier),
            pressed=pressed,
            one_at_a_time=pressed or level is not MemoryLevel.OK,
            drain=drain,
            probing=self._trial.tier if self._trial else None,
            probation_left=self._health.probation_left,
            starting=self._starting,
            candidate=next((step for step in better if self._may_start_on(t, step)), None),
            pin=mandate.pin,
            forced=mandate.forced,
            k=MappingProxyType(dict(self._recovery.k)),
            breakers=MappingProxyType({step: item.view for step, item in self._health.breakers.items()}),
            locked_until=self._recovery.locked_until(t),
            throttled_until=throttled_until,
            cpu_throttled=signals.cpu.throttled,
            editor_first=signals.editor.established(t),
            model_stage=self._reload.stage,
            failure_percent=self._health.failure_percent(t, tier),
            tick=self._tick,
        )

    def carryover(self) -> Carryover:
        """What a later run may believe; :meth:`Carryover.after` ages it by the time between both."""
        mandate = self._mandate
        return self._recovery.carryover(self._now, self._health.usual_seconds, mandate.pin, mandate.forced)

    # --- time --------------------------------------------------------------------------------------------------

    @property
    def _tick(self) -> float:
        """Seconds until the next sample is due."""
        signals = self._signals
        idle = not signals.sample.work and not signals.sample.in_flight
        at_best = self._starting or self._tier is self._mandate.ceiling
        calm = signals.memory.is_calm and signals.is_calm(self._tier)
        return self._limits.idle_tick if idle and at_best and calm else self._limits.tick

    def _arrive(self, t: float) -> tuple[float, list[Action]]:
        """Time is ``t``, or still what it was when results overtake each other; lost time starts all timers anew.

        The limit is meant for a tick of one second; a slower pace is no gap.
        """
        actions: list[Action] = []
        self._now = t = max(t, self._now)
        limit = self._limits.gap + max(0.0, self._tick - _BASE_TICK)
        if self._ticked is not None and t - self._ticked > limit + DUST:
            actions.append(GapReset(t, t - self._ticked))
            self._ticked = t
            self._signals.restart_timers()
            self._health.restart_timers(t)
            self._recovery.restart_timers(t)
            self._reload.restart_timers()
            self._cancel_trial(t, actions)
        return t, actions

    # --- down --------------------------------------------------------------------------------------------------

    def _announce(self, found: Iterable[Action], actions: list[Action]) -> None:
        """Pass on what the signals found, with what follows from a change of the memory level."""
        for action in found:
            if not isinstance(action, MemoryChange):
                actions.append(action)
                continue
            emergency = action.target is MemoryLevel.EMERGENCY
            notify = emergency and self._may_tell(action.t, Cause.MEMORY)
            actions.append(replace(action, notify=notify, before=tuple(self._samples), tier=self._tier))
            if emergency:
                actions.append(EmergencyStop(action.t))
                self._starting = False
                actions.extend(self._reload.emergency(action.t))

    def _take_result(self, t: float, result: UnitResult, actions: list[Action]) -> None:
        tier = result.tier or self._tier
        if tier is Tier.PAUSED:
            return
        verdict = self._health.take(t, tier, result, actions)
        if verdict is None:
            return
        if verdict.back_to is not None:
            self._recovery.failed(t, tier)
        if tier is self._tier:
            self._degrade(t, verdict.why, actions, hard=verdict.hard, rather=verdict.back_to)

    def _give_up(self, t: float, tier: Tier, why: Evidence, actions: list[Action], *, hard: bool) -> None:
        """Something else than its units speaks against ``tier``; on probation that is a failed recovery as well."""
        if tier is self._tier and self._health.probation_left:
            self._recovery.failed(t, tier)
        self._health.trip(t, tier, why.cause, actions)
        if tier is self._tier:
            self._degrade(t, why, actions, hard=hard)

    def _leave_if_pressed(self, t: float, actions: list[Action]) -> None:
        """Leave a tier that its signals are against."""
        tier, signals = self._tier, self._signals
        if signals.emergency:
            if tier is not Tier.PAUSED:
                self._move(t, Tier.PAUSED, signals.memory.emergency_reason(), actions, hard=True)
        elif tier is Tier.CLOUD:
            if not signals.sample.cloud_ok:
                self._degrade(t, Evidence(Cause.CLOUD), actions, hard=True)
        elif tier.local:
            short_of_ram = signals.memory.pressure(t)
            short_of_vram = signals.vram.pressure(t) if tier is Tier.GPU else None
            if signals.editor.established(t) and tier is not self._mandate.pin:
                self._degrade(t, signals.editor.evidence(t), actions)
            elif short_of_ram:
                self._degrade(t, short_of_ram, actions)
            elif short_of_vram:
                why, hard = short_of_vram
                self._degrade(t, why, actions, hard=hard)

    def _degrade(
        self,
        t: float,
        why: Evidence,
        actions: list[Action],
        *,
        hard: bool = False,
        rather: Tier | None = None,
    ) -> None:
        """Go to the first worse tier that is eligible, or ``rather`` to another one where work goes on.

        A local tier does not help against a lack of RAM, nor an editor that needs the machine.
        """
        worse = self._mandate.worse_than(self._tier)
        if rather in worse and rather is not Tier.PAUSED:
            worse.insert(0, rather)
        for tier in worse:
            eligible = self._signals.is_eligible(tier) and self._health.breakers[tier].closed
            if eligible and not (why.cause in (Cause.RAM, Cause.EDITOR) and tier.local):
                self._move(t, tier, why, actions, hard=hard)
                return

    # --- up ----------------------------------------------------------------------------------------------------

    def _try_better(self, t: float, actions: list[Action]) -> None:
        """Probe the best tier that is ready, once no unit is in flight; lazy: only for work that waits."""
        self._drain = False
        if self._trial or not self._signals.sample.work or self._signals.emergency:
            return
        for tier in self._mandate.better_than(self._tier):
            if not self._is_ready(t, tier):
                continue
            if self._signals.sample.in_flight:
                self._drain = True
            else:
                self._trial = Trial(tier, t)
                actions.append(Probe(t, tier, self._recovery.k[tier]))
            return

    def _is_ready(self, t: float, tier: Tier) -> bool:
        """The conditions of a recovery to ``tier``, those on work and on units in flight apart."""
        if self._starting:
            return self._may_start_on(t, tier) and self._recovery.rested(t, tier, at_once=True)
        from_pause = tier is Tier.CLOUD and self._tier is Tier.PAUSED
        hold = self._limits.cloud_green_hold if from_pause else self._limits.green_hold
        return (
            self._signals.green_lasted(tier, t, hold)
            and self._health.breakers[tier].may_be_tried(t)
            and self._recovery.rested(t, tier, at_once=from_pause)
            and self._recovery.locked_until(t) is None
        )

    def _may_start_on(self, t: float, tier: Tier) -> bool:
        signals = self._signals
        return (
            signals.is_eligible(tier)
            and signals.is_calm(tier)
            and self._health.breakers[tier].may_be_tried(t)
        )

    def _works(self, tier: Tier) -> bool:
        """True when a person may go to ``tier``: eligible, and nothing blocks it that only a change can remove."""
        return self._signals.is_eligible(tier) and not self._health.breakers[tier].blocked

    def _follow_trial(self, t: float, actions: list[Action]) -> None:
        """End a probe that takes too long, as failed, or one whose tier has become useless."""
        trial = self._trial
        if trial is None:
            return
        if not self._signals.may_enter(trial.tier):
            self._cancel_trial(t, actions)
        elif t - trial.since >= self._limits.probe_timeout - DUST:
            self._cancel_trial(t, actions)
            self._recovery.failed(t, trial.tier)
            self._health.trip(t, trial.tier, Cause.PROBE, actions)

    def _cancel_trial(self, t: float, actions: list[Action]) -> None:
        if self._trial:
            actions.append(ProbeCancelled(t, self._trial.tier))
            self._trial = None

    # --- either way --------------------------------------------------------------------------------------------

    def _move(
        self, t: float, target: Tier, why: Evidence, actions: list[Action], *, hard: bool = False
    ) -> None:
        source, self._tier = self._tier, target
        self._cause, self._since = why.cause, t
        self._starting = self._drain = False
        self._cancel_trial(t, actions)
        self._recovery.stands_on(t, target)
        self._reload.moved(t, local=target.local)
        better = self._mandate.is_worse(source, target)
        actions.append(
            TierChange(
                t,
                source,
                target,
                why,
                better=better,
                hard=hard,
                k=self._recovery.k[target if better else source],
                notify=self._may_tell(t, why.cause),
                before=tuple(self._samples),
            )
        )
        if not better:
            self._recovery.degraded(t)
            self._health.end_probation()
            return
        self._signals.enter(target)
        # A first start has no failure behind it that would have to be proven mended.
        if why.cause is not Cause.START or not self._health.breakers[target].closed:
            self._health.begin_probation(t, target, source, actions)
        if why.cause is Cause.RECOVERED:
            locked_until = self._recovery.raised(t)
            if locked_until is not None:
                actions.append(FlapLock(t, locked_until))

    def _may_tell(self, t: float, cause: Cause) -> bool:
        """At most one notice a minute for each cause; an EMERGENCY is told once, by its level."""
        last = self._told.get(cause)
        if cause is Cause.EMERGENCY or (last is not None and t - last < self._limits.notice_interval - DUST):
            return False
        self._told[cause] = t
        return True
