"""What goes into the governor and what comes out: tiers, samples, results of units, actions, its state."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import replace

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.frozen import frozen

DUST = 1e-6
"""Seconds by which a time may miss its limit: sums of decimal ticks are not exact."""


class Tier(enum.Enum):
    """Where scenes are described; PAUSED keeps the queue and always works."""

    GPU = "GPU"
    CPU = "CPU"
    CLOUD = "CLOUD"
    PAUSED = "PAUSED"

    @property
    def local(self) -> bool:
        return self is Tier.GPU or self is Tier.CPU


LOCAL_FIRST = (Tier.GPU, Tier.CPU, Tier.CLOUD, Tier.PAUSED)
CLOUD_FIRST = (Tier.GPU, Tier.CLOUD, Tier.CPU, Tier.PAUSED)
"""The tiers from best to worst, for most people and for those who prefer the cloud to a slow machine."""


class MemoryLevel(enum.Enum):
    """How short of RAM this machine is; EMERGENCY forces PAUSED."""

    OK = "OK"
    WARN = "WARN"
    EMERGENCY = "EMERGENCY"


class BreakerState(enum.Enum):
    """CLOSED works, OPEN failed and waits, HALF_OPEN is being tried again."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class ModelStage(enum.Enum):
    """Which model to load on a local tier: after an EMERGENCY the smaller or more quantised one comes first."""

    PREFERRED = "preferred"
    SMALL = "small"


class Cause(enum.Enum):
    """Why something changed."""

    VRAM = "vram"
    VRAM_UNKNOWN = "vram_unknown"
    RAM = "ram"
    MEMORY = "memory"
    MEMORY_ERROR = "memory_error"
    EMERGENCY = "emergency"
    CPU_LOAD = "cpu_load"
    EDITOR = "editor"
    CLOUD = "cloud"
    FAILURES = "failures"
    SLOW = "slow"
    CRASH_LOOP = "crash_loop"
    CONFIG = "config"
    BUDGET = "budget"
    WRONG_DEVICE = "wrong_device"
    PROBE = "probe"
    PROBATION = "probation"
    RECOVERED = "recovered"
    START = "start"
    POLICY = "policy"
    FORCED = "forced"
    UNDONE = "undone"
    PINNED = "pinned"

    @property
    def by_person(self) -> bool:
        return self in (Cause.FORCED, Cause.UNDONE, Cause.PINNED)


class Metric(enum.Enum):
    """What the value of an :class:`Evidence` measures; its unit is in the name."""

    VRAM_PERCENT = "vram_percent"
    VRAM_FREE_MIB = "vram_free_mib"
    RAM_PERCENT = "ram_percent"
    RAM_AVAILABLE_MIB = "ram_available_mib"
    RAM_STALL = "ram_stall"
    CPU_PERCENT = "cpu_percent"
    FAILURE_PERCENT = "failure_percent"
    FAILURE_STREAK = "failure_streak"
    SLOW_PERCENT = "slow_percent"
    WORKER_RESTARTS = "worker_restarts"


@frozen
class Sample:
    """One tick's facts. Memory in MiB; None is "the probe failed, or the reading is too old".

    ``t``: monotonic seconds. VRAM is that of the chosen device. ``own_vram``: held by our model. ``need_…``: what
    the tier's model is predicted to take; unknown counts as nothing. ``need_more``: what the preferred model takes
    beyond the smaller one that stands in for it, of the tier's memory. ``ram_stalled``: the system reports that
    everything waits for memory. ``in_flight``: units of work under way. ``editor``: the video editor needs the PC.
    """

    t: float
    vram_used: float | None = None
    vram_total: float | None = None
    own_vram: float | None = None
    ram_avail: float | None = None
    ram_total: float | None = None
    need_vram: float | None = None
    need_ram: float | None = None
    need_more: float | None = None
    loaded: bool = False
    work: bool = False
    cloud_ok: bool = False
    cpu_percent: float | None = None
    ram_stalled: bool = False
    in_flight: int = 0
    editor: bool = False

    def plausible(self) -> Sample:
        """This sample with every impossible reading made None: NaN, negative, no total, more than the total."""
        vram = self.vram_used is None or _fits(self.vram_used, self.vram_total)
        own = self.own_vram is None or _fits(self.own_vram, self.vram_total)
        ram = self.ram_avail is None or _fits(self.ram_avail, self.ram_total)
        need_vram = self.need_vram is None or 0.0 <= self.need_vram < _INFINITE
        need_ram = self.need_ram is None or 0.0 <= self.need_ram < _INFINITE
        need_more = self.need_more is None or 0.0 <= self.need_more < _INFINITE
        cpu = self.cpu_percent is None or 0.0 <= self.cpu_percent <= 100.0
        if vram and own and ram and need_vram and need_ram and need_more and cpu:
            return self
        return replace(
            self,
            vram_used=self.vram_used if vram else None,
            own_vram=self.own_vram if own else None,
            ram_avail=self.ram_avail if ram else None,
            need_vram=self.need_vram if need_vram else None,
            need_ram=self.need_ram if need_ram else None,
            need_more=self.need_more if need_more else None,
            cpu_percent=self.cpu_percent if cpu else None,
        )

    @property
    def vram_percent(self) -> float | None:
        """Used VRAM of a plausible sample."""
        if self.vram_used is None or not self.vram_total:
            return None
        return _share(self.vram_used, self.vram_total)

    @property
    def ram_percent(self) -> float | None:
        """Used RAM of a plausible sample: what is not available."""
        if self.ram_avail is None or not self.ram_total:
            return None
        return _share(self.ram_total - self.ram_avail, self.ram_total)


_INFINITE = float("inf")


def _fits(part: float, total: float | None) -> bool:
    return total is not None and 0.0 < total < _INFINITE and 0.0 <= part <= total


def _share(part: float, total: float) -> float:
    """Percent, free of the dust of binary fractions: exactly 85 % must not count as more."""
    return round(100.0 * part / total, 6)


@frozen
class UnitResult:
    """How one unit of work ended.

    ``failure`` is None exactly when it succeeded. ``tier``: where it ran, None = the tier of now. ``seconds``: how
    long it took. ``file_id``: what it worked on, so that a file which fails everywhere is told from a tier that
    does. ``retry_after``: seconds the server asked to wait, jitter included, or until the budget's period ends.
    """

    failure: FailureClass | None = None
    seconds: float | None = None
    file_id: str | None = None
    tier: Tier | None = None
    retry_after: float | None = None

    @property
    def ok(self) -> bool:
        return self.failure is None


@frozen
class Evidence:
    """Why: what was measured, against which limit, and for how many seconds it stood beyond it."""

    cause: Cause
    metric: Metric | None = None
    value: float | None = None
    threshold: float | None = None
    held_s: float = 0.0


# --- actions ---------------------------------------------------------------------------------------------------


@frozen
class Reclaim:
    """A signal turned on: give memory back now, start nothing new. ``cache_keep``: percent of the caches that may
    stay. ``expected_mib``: what unloading should free, None = not known."""

    t: float
    why: Evidence
    cache_keep: float
    expected_mib: float | None = None


@frozen
class TierChange:
    """The tier is ``target`` from now on.

    ``hard``: cancel the units in flight; else they may finish within ``Thresholds.unit_finish``. ``k``: failed
    recoveries to the better of both tiers. ``notify``: False when the same cause was told less than a minute ago.
    ``before``: the last samples, newest last.
    """

    t: float
    source: Tier
    target: Tier
    why: Evidence
    better: bool
    hard: bool = False
    k: int = 0
    notify: bool = True
    before: tuple[Sample, ...] = ()


@frozen
class MemoryChange:
    """The memory level is ``target`` from now on. ``tier``: where work was then."""

    t: float
    source: MemoryLevel
    target: MemoryLevel
    why: Evidence
    notify: bool = True
    before: tuple[Sample, ...] = ()
    tier: Tier = Tier.PAUSED


@frozen
class EmergencyStop:
    """Close admission, end the worker, unload all our models, write a checkpoint."""

    t: float


@frozen
class Probe:
    """Try this tier now and answer with ``Governor.probe_result``. ``k``: failed recoveries to it so far."""

    t: float
    tier: Tier
    k: int = 0


@frozen
class ProbeCancelled:
    """The answer to the probe under way no longer matters."""

    t: float
    tier: Tier


@frozen
class BreakerChange:
    """The breaker of a tier. ``retry_at``: when an open one may be tried, None = not before something changes."""

    t: float
    tier: Tier
    state: BreakerState
    cause: Cause | None
    retry_at: float | None = None


@frozen
class CpuThrottle:
    """Half the threads and low priority while ``on``."""

    t: float
    on: bool
    why: Evidence


@frozen
class Throttled:
    """The server of this tier asked to wait until then."""

    t: float
    tier: Tier
    until: float


@frozen
class GapReset:
    """Time was lost (suspend, stall): every timer starts afresh; list the loaded models again."""

    t: float
    gap_s: float


@frozen
class Poison:
    """This file failed on two tiers, so the fault is its own; its failures no longer count against them."""

    t: float
    file_id: str
    tiers: tuple[Tier, Tier]


@frozen
class ModelStageChange:
    """Load this model from now on."""

    t: float
    stage: ModelStage


@frozen
class FlapLock:
    """Too many upward changes: no more until then."""

    t: float
    until: float


@frozen
class BackoffReset:
    """Healthy for long: the ``k`` failed recoveries to this tier are forgotten."""

    t: float
    tier: Tier
    k: int


@frozen
class SmallMachine:
    """Said once: this machine has so little RAM that its limits are lower than the usual ones."""

    t: float
    total_mib: float
    ram_on_mib: float
    ram_off_mib: float


class Refusal(enum.Enum):
    """Why a person's wish is not carried out."""

    EMERGENCY = "emergency"
    NOT_ALLOWED = "not_allowed"
    NOT_USABLE = "not_usable"
    NOT_DEGRADED = "not_degraded"
    PINNED = "pinned"


@frozen
class Refused:
    """A person asked for this (:attr:`wish`) and it would not work."""

    t: float
    wish: Cause
    tier: Tier | None
    reason: Refusal


Action = (
    Reclaim
    | TierChange
    | MemoryChange
    | EmergencyStop
    | Probe
    | ProbeCancelled
    | BreakerChange
    | CpuThrottle
    | Throttled
    | GapReset
    | Poison
    | ModelStageChange
    | FlapLock
    | BackoffReset
    | SmallMachine
    | Refused
)


@frozen
class BreakerView:
    """A breaker as others see it; ``retry_at`` as in :class:`BreakerChange`."""

    state: BreakerState
    cause: Cause | None
    retry_at: float | None


@frozen
class GovernorState:
    """Everything about the governor that others act on or show; ``t`` is when its last input came.

    ``ceiling``: the best tier that policy and person allow. ``cause`` and ``since`` are those of the last change of
    tier. ``admit``: new units may start. ``may_load``: a model may be loaded. ``pressed``: RAM or VRAM is
    short where work is, its grace included, or nobody knows. ``one_at_a_time``: no units side by side. ``drain``: a
    better tier is ready or being tried, so let the units in flight end. ``starting``: a tier is still to be proven,
    ``candidate`` the one to try first. ``failure_percent``: of the window of this tier. ``tick``: seconds until the
    next sample.
    """

    t: float
    tier: Tier
    base: Tier
    ceiling: Tier
    level: MemoryLevel
    cause: Cause
    since: float
    degraded: bool
    admit: bool
    may_load: bool
    pressed: bool
    one_at_a_time: bool
    drain: bool
    probing: Tier | None
    probation_left: int
    starting: bool
    candidate: Tier | None
    pin: Tier | None
    forced: Tier | None
    k: Mapping[Tier, int]
    breakers: Mapping[Tier, BreakerView]
    locked_until: float | None
    throttled_until: float | None
    cpu_throttled: bool
    editor_first: bool
    model_stage: ModelStage
    failure_percent: float | None
    tick: float

    @property
    def max_scenes_halved(self) -> bool:
        """While degraded, half as many scenes of a video are described, at least one."""
        return self.degraded
