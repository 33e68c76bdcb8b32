"""Feeds a recorded or hand-written trace through the governor and tells every change.

A trace has one JSON object a line, ``{"t": 12.0, "vram_used": 7200, …}``, memory in MiB. A missing key keeps its
last value, ``null`` is a probe that failed. Before a key is first given it has the value of a healthy machine
(:data:`_HEALTHY`), so that a trace by hand need only say what matters. Keys that are not known are ignored.

``units``: results that arrived in this tick, ``{"ok": false, "kind": "resource", "seconds": 2.5, "file": "a",
"tier": "GPU", "retry_after": 30}``, all but ``ok`` optional. ``probe``: ``"pass"`` or ``"fail"``, how recovery probes
are answered, in the tick that asks. ``base`` and ``allowed`` may change later, as a new policy would; ``tier``,
``prefer_cloud`` and ``k`` (failed recoveries, ``{"GPU": 3}``) count on the first line only. ``force``, ``pin`` (a
tier or ``null``) and ``undo`` (``true``) are a person's wishes in this tick.

A trace of the flight recorder has more. ``at``: seconds since the epoch, where they do not follow from ``t``.
``tick`` false: no reading, only what else the line says. ``start``: a governor begins, ``"new"`` with what it
``carried`` over, or ``"resume"`` in the ``state`` that it had; ``tier`` null is a start whose tier is still to be
proven, ``limits`` are those that held. ``asked``: the tier whose probe the recorded governor asked for in this tick,
``answer``: how one ended, ``{"tier": "GPU", "ok": true}``. ``worker_restart``, ``wrong_device``, ``memory_error`` and
``config_changed`` are the other inputs of the governor.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, assert_never

from autocut_tray.core.errors import InputError, UsageError
from autocut_tray.core.messages import message
from autocut_tray.core.monitor import trace
from autocut_tray.core.monitor.trace import TraceLine
from autocut_tray.core.policy.governor import Governor
from autocut_tray.core.policy.governor_recovery import Carryover
from autocut_tray.core.policy.governor_snapshot import capture, restore
from autocut_tray.core.policy.governor_thresholds import Thresholds, resolve_name
from autocut_tray.core.policy.governor_types import (
    Action,
    BackoffReset,
    BreakerChange,
    CpuThrottle,
    EmergencyStop,
    Evidence,
    FlapLock,
    GapReset,
    MemoryChange,
    ModelStageChange,
    Poison,
    Probe,
    ProbeCancelled,
    Reclaim,
    Refused,
    Sample,
    SmallMachine,
    Throttled,
    Tier,
    TierChange,
    UnitResult,
)

Json = dict[str, Any]

NO_CHANGES: Mapping[str, float] = {}
NO_UNITS: Sequence[UnitResult] = ()

_HEALTHY: Json = {
    "vram_used": 1024.0,
    "vram_total": 8192.0,
    "own_vram": 0.0,
    "ram_avail": 12_288.0,
    "ram_total": 16_384.0,
    "need_vram": None,
    "need_ram": None,
    "need_more": None,
    "loaded": False,
    "work": True,
    "cloud_ok": True,
    "cpu_percent": None,
    "ram_stalled": False,
    "in_flight": 0,
    "editor": False,
}
"""The machine of the acceptance table at rest, with work to do."""


def replay(lines: Iterable[str], changes: Mapping[str, float] = NO_CHANGES) -> Iterator[Json]:
    """Every change, one JSON-ready object each, while the trace is read, under its limits with ``changes``.

    Raises InputError with the number of the line that makes no sense, or for a trace without lines; SettingsError
    for changes that the limits do not take.
    """
    player = Player(changes)
    for line in read_lines(lines):
        yield from player.play(line)
    if not player.started:
        raise InputError("replay_empty", message("replay-empty"))


def read_lines(lines: Iterable[str]) -> Iterator[TraceLine]:
    """The lines that say something. Raises InputError."""
    for number, text in enumerate(lines, start=1):
        if text.strip("\ufeff \t\r\n"):
            yield TraceLine(number, text)


def readable(lines: Iterable[str]) -> Iterator[str]:
    """Lines of the flight recorder without those that follow a state which another version of the governor wrote."""
    usable = True
    for text in lines:
        if '"start":' in text:
            try:
                Player().play(TraceLine(1, text))
                usable = True
            except InputError:
                usable = False
        if usable:
            yield text


def parse_changes(texts: Sequence[str]) -> dict[str, float]:
    """Limits by their full name from ``NAME=NUMBER`` texts; raises UsageError (SettingsError for one that does not
    exist, or is out of range)."""
    changes: dict[str, float] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not equals or not name.strip() or not math.isfinite(number):
            raise UsageError("replay_set", message("replay-set", text=text))
        changes[resolve_name(name.strip())] = number
    Thresholds().with_overrides(changes)
    return changes


class Player:
    """One governor under the limits of its trace with ``changes``, and what its probes are answered.

    With changes, the course leaves the recorded one sooner or later. From there on what is recorded of tiers and
    probes is only what is known best: a probe that was not made is answered as the last one of its tier was.
    """

    def __init__(self, changes: Mapping[str, float] = NO_CHANGES) -> None:
        self._changes = dict(changes)
        self._values = dict(_HEALTHY)
        self._probes_pass = True
        self._answers: dict[Tier, bool] = {}
        self._t = -math.inf
        self._offset: float | None = None
        self._limits = Thresholds()
        self._base, self._allowed = Tier.GPU, frozenset(Tier)
        self._prefer_cloud = False
        self._governor: Governor | None = None
        self.tier = Tier.PAUSED

    @property
    def started(self) -> bool:
        """True once there was a line."""
        return self._governor is not None

    def moment(self, line: TraceLine) -> float | None:
        """When ``line``, the next one, is; seconds since the epoch, None where the trace does not say."""
        at = line.take("at", trace.as_number, None)
        return at if at is not None or self._offset is None else line.t + self._offset

    def fork(self, changes: Mapping[str, float]) -> Player:
        """Another player that goes on from here, as if the limits had been changed now."""
        other = Player(changes)
        other._values = dict(self._values)
        other._probes_pass, other._answers = self._probes_pass, dict(self._answers)
        other._t, other._offset, other._limits = self._t, self._offset, self._limits
        other._base, other._allowed = self._base, self._allowed
        other._prefer_cloud, other.tier = self._prefer_cloud, self.tier
        if self._governor is not None:
            other._governor = other._made(self._t, None, Carryover())
            restore(other._governor, capture(self._governor))
        return other

    def play(self, line: TraceLine) -> list[Json]:
        """Feed one line and tell what happens; a probe is answered in the tick that asks."""
        starts = "start" in line.keys
        if line.t < self._t and not starts:
            raise line.error("replay-time-back", t=f"{line.t:g}", before=f"{self._t:g}")
        if starts or self._governor is None:
            self._begin(line)
        self._t = line.t
        at = line.take("at", trace.as_number, None)
        if at is not None:
            self._offset = at - line.t
        self._probes_pass = line.take("probe", trace.as_probe, self._probes_pass)
        told = [] if starts else self._told(self._change_policy(line))
        if line.take("tick", trace.as_flag, True):
            told += self._step(line)
        else:
            self._read(line)
            told += self._told(self._inputs(line))
        return told + self._told(self._wishes(line))

    # --- beginnings ----------------------------------------------------------------------------------------------

    def _begin(self, line: TraceLine) -> None:
        """Make the governor that the line speaks of; one of a trace by hand stands on its base."""
        before, away = self._governor, self._away(line)
        recorded = "start" in line.keys
        self._base = line.take("base", trace.as_tier, Tier.GPU)
        self._allowed = line.take("allowed", trace.as_tiers, frozenset(Tier))
        self._prefer_cloud = line.take("prefer_cloud", trace.as_flag, False)
        self._limits = line.take("limits", trace.as_limits, Thresholds())
        tier = line.take("tier", trace.as_tier_or_none, None if recorded else self._base)
        carried = line.take(
            "carried", Carryover.from_dict, Carryover(k=line.take("k", trace.as_backoffs, {}))
        )
        state = line.take("state", dict, None)
        if self._changes and before is not None and state is None:
            # What this governor learned, not what the recorded one did; wishes are the person's in either case.
            own = before.carryover().after(away)
            carried = dataclasses.replace(own, pin=carried.pin, forced=carried.forced)
            tier = tier and (None if before.state.starting else before.state.tier)
        try:
            self._governor = self._made(line.t, tier, carried)
            if state is not None:
                restore(self._governor, state)
        except ValueError as error:
            raise line.error("replay-policy" if state is None else "replay-state") from error
        self._t = -math.inf
        self.tier = self._governor.state.tier

    def _away(self, line: TraceLine) -> float:
        """Seconds between the last line and this one that starts anew."""
        at = line.take("at", trace.as_number, None)
        return 0.0 if at is None or self._offset is None else max(0.0, at - self._t - self._offset)

    def _made(self, t: float, tier: Tier | None, carried: Carryover) -> Governor:
        limits = self._limits.with_overrides(self._changes) if self._changes else self._limits
        return Governor(
            self._base,
            self._allowed,
            limits,
            prefer_cloud=self._prefer_cloud,
            tier=tier,
            carried=carried,
            t=t,
        )

    # --- inputs --------------------------------------------------------------------------------------------------

    def _step(self, line: TraceLine) -> list[Json]:
        governor = self._running
        told: list[Json] = []
        asked = line.take("asked", trace.as_tier_or_none, None)
        for action in governor.step(self._read(line), line.take("units", trace.as_units, NO_UNITS)):
            told += self._told((action,))
            if isinstance(action, Probe):
                # One that the recorded governor asked for as well is answered where its answer came, if it came.
                passes = None if asked is action.tier else self._answers.get(action.tier, self._probes_pass)
                told[-1]["result"] = None if passes is None else "pass" if passes else "fail"
                if passes is not None:
                    told += self._told(governor.probe_result(line.t, action.tier, passes))
        return told

    def _read(self, line: TraceLine) -> Sample:
        values = self._values
        for name in values.keys() & line.keys:
            values[name] = line.take(name, trace.READERS.get(name, trace.as_reading), values[name])
        return Sample(t=line.t, **values)

    def _change_policy(self, line: TraceLine) -> Sequence[Action]:
        base = line.take("base", trace.as_tier, self._base)
        allowed = line.take("allowed", trace.as_tiers, self._allowed)
        recorded = "base" in line.keys and not line.take("tick", trace.as_flag, True)
        if base is self._base and allowed == self._allowed and not recorded:
            return ()
        self._base, self._allowed = base, allowed
        try:
            return self._running.update_policy(line.t, base, allowed)
        except ValueError as error:
            raise line.error("replay-policy") from error

    def _inputs(self, line: TraceLine) -> list[Action]:
        """What came between two readings."""
        governor, t = self._running, line.t
        actions: list[Action] = []
        for result in line.take("units", trace.as_units, NO_UNITS):
            actions += governor.unit_result(t, result)
        answer = line.take("answer", trace.as_answer, None)
        if answer is not None:
            tier, ok = answer
            self._answers[tier] = ok
            actions += governor.probe_result(t, tier, ok)
        if line.take("worker_restart", trace.as_flag, False):
            actions += governor.worker_restart(t)
        wrong = line.take("wrong_device", trace.as_tier_or_none, None)
        if wrong is not None:
            actions += governor.wrong_device(t, wrong)
        if line.take("memory_error", trace.as_flag, False):
            actions += governor.memory_error(t)
        if line.take("config_changed", trace.as_flag, False):
            actions += governor.config_changed()
        return actions

    def _wishes(self, line: TraceLine) -> list[Action]:
        actions: list[Action] = []
        forced = line.take("force", trace.as_tier_or_none, None)
        if forced is not None:
            actions += self._running.force(line.t, forced)
        if line.take("undo", trace.as_flag, False):
            actions += self._running.undo(line.t)
        if "pin" in line.keys:
            actions += self._running.pin(line.t, line.take("pin", trace.as_tier_or_none, None))
        return actions

    @property
    def _running(self) -> Governor:
        assert self._governor is not None
        return self._governor

    # --- telling -------------------------------------------------------------------------------------------------

    def _told(self, actions: Iterable[Action]) -> list[Json]:
        told = []
        for action in actions:
            if isinstance(action, TierChange):
                self.tier = action.target
            described = describe(action)
            if self._offset is not None:
                described = {"t": described["t"], "at": round(action.t + self._offset, 3)} | described
            told.append(described)
        return told


# --- telling actions -------------------------------------------------------------------------------------------


def describe(action: Action) -> Json:
    """An action as a line of output; numbers are rounded for people."""
    return {"t": action.t, "event": _EVENTS[type(action)], **_details(action)}


_EVENTS: dict[type[Action], str] = {
    Reclaim: "reclaim",
    TierChange: "tier",
    MemoryChange: "memory",
    EmergencyStop: "emergency_stop",
    Probe: "probe",
    ProbeCancelled: "probe_cancelled",
    BreakerChange: "breaker",
    CpuThrottle: "cpu_throttle",
    Throttled: "throttled",
    GapReset: "gap_reset",
    Poison: "poison",
    ModelStageChange: "model",
    FlapLock: "flap_lock",
    BackoffReset: "backoff_reset",
    SmallMachine: "small_machine",
    Refused: "refused",
}


def _details(action: Action) -> Json:
    match action:
        case TierChange():
            change = {"from": action.source.value, "to": action.target.value, **_evidence(action.why)}
            return change | {"hard": action.hard, "k": action.k, "notify": action.notify}
        case MemoryChange():
            return {"from": action.source.value, "to": action.target.value, **_evidence(action.why)}
        case Reclaim():
            return _evidence(action.why) | {
                "cache_keep": action.cache_keep,
                "expected_mib": action.expected_mib,
            }
        case CpuThrottle():
            return {"on": action.on, **_evidence(action.why)}
        case Probe():
            return {"tier": action.tier.value, "k": action.k}
        case ProbeCancelled():
            return {"tier": action.tier.value}
        case BreakerChange():
            cause = action.cause.value if action.cause else None
            retry_at = _rounded(action.retry_at)
            return {
                "tier": action.tier.value,
                "state": action.state.value,
                "cause": cause,
                "retry_at": retry_at,
            }
        case Throttled():
            return {"tier": action.tier.value, "until": _rounded(action.until)}
        case GapReset():
            return {"gap_s": _rounded(action.gap_s)}
        case Poison():
            return {"file": action.file_id, "tiers": [tier.value for tier in action.tiers]}
        case ModelStageChange():
            return {"stage": action.stage.value}
        case FlapLock():
            return {"until": _rounded(action.until)}
        case BackoffReset():
            return {"tier": action.tier.value, "k": action.k}
        case SmallMachine():
            return {
                "ram_total_mib": _rounded(action.total_mib),
                "ram_on_mib": _rounded(action.ram_on_mib),
                "ram_off_mib": _rounded(action.ram_off_mib),
            }
        case Refused():
            tier = action.tier.value if action.tier else None
            return {"wish": action.wish.value, "tier": tier, "reason": action.reason.value}
        case EmergencyStop():
            return {}
        case _:
            assert_never(action)


def _evidence(why: Evidence) -> Json:
    return {
        "cause": why.cause.value,
        "metric": why.metric.value if why.metric else None,
        "value": _rounded(why.value),
        "threshold": _rounded(why.threshold),
        "held_s": _rounded(why.held_s),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
