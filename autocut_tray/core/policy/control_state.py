"""What people and programs see of the control rules: tier, reason, what may be done now."""

from __future__ import annotations

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message
from autocut_tray.core.policy.control_words import Situation, tier_reason
from autocut_tray.core.policy.governor_types import Cause, GovernorState, MemoryLevel, Tier, TierChange
from autocut_tray.core.policy.policy import ExecutionPolicy, Route
from autocut_tray.core.receipt import Holders
from autocut_tray.core.sample import MetricsSample


@frozen
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


@frozen
class Facts:
    """All that a state is made of. ``route``: that of the tier of now; ``ahead``: the one whose model would be loaded
    next, or is loaded; ``held``: who held the memory at the last change of tier."""

    governor: GovernorState
    policy: ExecutionPolicy | None
    route: Route | None
    ahead: Route | None
    change: TierChange | None
    metrics: MetricsSample | None
    held: Holders | None
    probe_error: Message | None
    cloud_refusal: Message | None
    since: float
    in_flight: int
    has_work: bool


def describe(facts: Facts) -> ControllerState:
    """The state as it is shown."""
    governor, policy = facts.governor, facts.policy
    idle = not governor.probing and facts.in_flight == 0 and not facts.has_work
    emergency = governor.level is MemoryLevel.EMERGENCY
    ready = governor.starting and idle and governor.ceiling is not Tier.PAUSED and governor.pin is None
    ready = ready and not emergency
    percent = governor.failure_percent
    chosen = facts.route or facts.ahead
    model = chosen.model if chosen is not None else None
    situation = Situation(
        governor,
        policy,
        facts.change,
        facts.metrics,
        facts.held,
        model,
        facts.probe_error,
        facts.cloud_refusal,
        idle=idle,
        ready=ready,
    )
    return ControllerState(
        tier=governor.tier,
        base=governor.ceiling if ready else governor.base,
        level=governor.level,
        since=facts.since,
        reason=tier_reason(situation),
        cause=governor.cause,
        degraded=governor.degraded and not governor.starting,
        ready=ready,
        can_undo=(governor.forced is not None or (governor.degraded and not governor.starting))
        and not emergency,
        pinned=governor.pin,
        forced=governor.forced,
        model=model,
        available=(*(r.tier for r in (policy.routes if policy else ())), Tier.PAUSED),
        starting=governor.starting,
        hopeful=governor.tier is not Tier.PAUSED
        or governor.probing is not None
        or governor.editor_first
        or (governor.starting and governor.candidate is not None),
        warming=governor.probing is not None,
        failure_rate=None if percent is None else percent / 100,
        in_flight=facts.in_flight,
    )


def may_begin(governor: GovernorState, in_flight: int, *, reclaiming: bool, loaded: Tier | None) -> bool:
    """Whether a unit may begin on the tier of now. ``reclaiming``: memory is being given back; ``loaded``: the tier
    whose model is in memory because of us."""
    tier = governor.tier
    if not governor.admit or governor.drain or tier is Tier.PAUSED:
        return False
    if governor.one_at_a_time and in_flight:
        return False
    if reclaiming and tier.local:
        return False  # what is given back just now must not be loaded again by this unit
    # Else the unit would load a model that there is no room for now.
    return governor.may_load or loaded is tier or not tier.local
