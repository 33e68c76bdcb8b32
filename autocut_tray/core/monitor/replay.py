"""Feeds a recorded or hand-written trace through the governor and tells every change.

A trace has one JSON object a line, ``{"t": 12.0, "vram_used": 7200, …}``, memory in MiB. A missing key keeps its
last value, ``null`` is a probe that failed. Before a key is first given it has the value of a healthy machine
(:data:`_HEALTHY`), so that a trace by hand need only say what matters. Keys that are not known are ignored.

``units``: results that arrived in this tick, ``{"ok": false, "kind": "resource", "seconds": 2.5, "file": "a",
"tier": "GPU", "retry_after": 30}``, all but ``ok`` optional. ``probe``: ``"pass"`` or ``"fail"``, how recovery probes
are answered, in the tick that asks. ``base`` and ``allowed`` may change later, as a new policy would; ``tier``,
``prefer_cloud`` and ``k`` (failed recoveries, ``{"GPU": 3}``) count on the first line only. ``force``, ``pin`` (a
tier or ``null``) and ``undo`` (``true``) are a person's wishes in this tick.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, KeysView, Sequence
from typing import Any, TypeVar, assert_never

from autocut_tray.core.errors import FailureClass, InputError, UsageError
from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor import Governor
from autocut_tray.core.policy.governor_recovery import Carryover
from autocut_tray.core.policy.governor_thresholds import Thresholds
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
T = TypeVar("T")

_HEALTHY: Json = {
    "vram_used": 1024.0,
    "vram_total": 8192.0,
    "own_vram": 0.0,
    "ram_avail": 12_288.0,
    "ram_total": 16_384.0,
    "need_vram": None,
    "need_ram": None,
    "loaded": False,
    "work": True,
    "cloud_ok": True,
    "cpu_percent": None,
    "ram_stalled": False,
    "in_flight": 0,
    "editor": False,
}
"""The machine of the acceptance table at rest, with work to do."""


def replay(lines: Iterable[str], thresholds: Thresholds | None = None) -> Iterator[Json]:
    """Every change, one JSON-ready object each, while the trace is read.

    Raises InputError with the number of the line that makes no sense, or for a trace without lines.
    """
    player: _Player | None = None
    for number, text in enumerate(lines, start=1):
        if text.strip("\ufeff \t\r\n"):
            line = _Line(number, text)
            player = player or _Player(line, thresholds or Thresholds())
            yield from player.play(line)
    if player is None:
        raise InputError("replay_empty", message("replay-empty"))


def parse_overrides(texts: Sequence[str], thresholds: Thresholds | None = None) -> Thresholds:
    """Limits changed by ``NAME=NUMBER`` texts; raises UsageError (SettingsError for a limit out of range)."""
    changes: dict[str, float] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not equals or not name.strip() or not math.isfinite(number):
            raise UsageError("replay_set", message("replay-set", text=text))
        changes[name.strip()] = number
    return (thresholds or Thresholds()).with_overrides(changes)


class _Player:
    """One governor, its trace so far, and how its probes are answered."""

    def __init__(self, first: _Line, thresholds: Thresholds) -> None:
        self._values = dict(_HEALTHY)
        self._probes_pass = True
        self._t = -math.inf
        self._base = first.take("base", _tier, Tier.GPU)
        self._allowed = first.take("allowed", _tiers, frozenset(Tier))
        tier = first.take("tier", _tier, self._base)
        carried = Carryover(k=first.take("k", _backoffs, {}))
        try:
            self._governor = Governor(
                self._base,
                self._allowed,
                thresholds,
                prefer_cloud=first.take("prefer_cloud", _flag, False),
                tier=tier,
                carried=carried,
                t=first.t,
            )
        except ValueError as error:
            raise first.error("replay-policy") from error

    def play(self, line: _Line) -> list[Json]:
        """Feed one line and tell what happens; a probe is answered in the tick that asks."""
        if line.t < self._t:
            raise line.error("replay-time-back", t=f"{line.t:g}", before=f"{self._t:g}")
        self._t = line.t
        self._probes_pass = line.take("probe", _probe, self._probes_pass)
        told = [describe(action) for action in self._change_policy(line)]
        for action in self._governor.step(self._sample(line), line.take("units", _units, ())):
            told.append(describe(action))
            if isinstance(action, Probe):
                told[-1]["result"] = "pass" if self._probes_pass else "fail"
                answer = self._governor.probe_result(line.t, action.tier, self._probes_pass)
                told += map(describe, answer)
        told += map(describe, self._wishes(line))
        return told

    def _sample(self, line: _Line) -> Sample:
        values = self._values
        for name in values.keys() & line.keys:
            values[name] = line.take(name, _READERS.get(name, _reading), values[name])
        return Sample(t=line.t, **values)

    def _change_policy(self, line: _Line) -> Sequence[Action]:
        base = line.take("base", _tier, self._base)
        allowed = line.take("allowed", _tiers, self._allowed)
        if base is self._base and allowed == self._allowed:
            return ()
        self._base, self._allowed = base, allowed
        try:
            return self._governor.update_policy(line.t, base, allowed)
        except ValueError as error:
            raise line.error("replay-policy") from error

    def _wishes(self, line: _Line) -> list[Action]:
        actions: list[Action] = []
        forced = line.take("force", _tier, None)
        if forced is not None:
            actions += self._governor.force(line.t, forced)
        if line.take("undo", _flag, False):
            actions += self._governor.undo(line.t)
        if "pin" in line.keys:
            actions += self._governor.pin(line.t, line.take("pin", _tier_or_none, None))
        return actions


class _Line:
    """One line of a trace; whatever is wrong with it is told with its number."""

    def __init__(self, number: int, text: str) -> None:
        self._number = number
        try:
            document = json.loads(text.lstrip("\ufeff"))
        except (ValueError, RecursionError) as error:
            raise self.error("replay-json") from error
        if not isinstance(document, dict):
            raise self.error("replay-object")
        if "t" not in document:
            raise self.error("replay-no-time")
        self._document: Json = document
        self.t = self.take("t", _number, 0.0)

    @property
    def keys(self) -> KeysView[str]:
        return self._document.keys()

    def take(self, key: str, read: Callable[[Any], T], missing: T) -> T:
        """The value of ``key`` as ``read`` understands it; raises InputError where it does not."""
        if key not in self._document:
            return missing
        value = self._document[key]
        try:
            return read(value)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            shown = "[…]" if isinstance(value, list | dict) else json.dumps(value, ensure_ascii=False)
            raise self.error("replay-value", key=key, value=shown[:60]) from error

    def error(self, code: str, **params: str) -> InputError:
        return InputError(code.replace("-", "_"), message(code, line=str(self._number), **params))


# --- reading values; ValueError, TypeError and KeyError mean "not such a value" --------------------------------


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("not a number")
    return float(value)


def _reading(value: Any) -> float | None:
    """A reading may be missing, or as odd as a probe can make it: the governor knows what is plausible."""
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise ValueError("not a reading")
    return None if value is None else float(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("not a count")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _tier(value: Any) -> Tier:
    return Tier(value)


def _tier_or_none(value: Any) -> Tier | None:
    return None if value is None else Tier(value)


def _tiers(value: Any) -> frozenset[Tier]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return frozenset(map(Tier, value))


def _backoffs(value: Any) -> dict[Tier, int]:
    return {Tier(name): _count(k) for name, k in value.items()}


def _probe(value: Any) -> bool:
    return {"pass": True, "fail": False}[value]


def _units(value: Any) -> list[UnitResult]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return [_unit(item) for item in value]


def _unit(item: Any) -> UnitResult:
    ok = _flag(item["ok"])
    file_id = item.get("file")
    if not isinstance(file_id, str | None):
        raise ValueError("not a name")
    return UnitResult(
        failure=None if ok else FailureClass(item.get("kind", FailureClass.TIER.value)),
        seconds=None if item.get("seconds") is None else _number(item["seconds"]),
        file_id=file_id,
        tier=_tier_or_none(item.get("tier")),
        retry_after=None if item.get("retry_after") is None else _number(item["retry_after"]),
    )


_READERS: dict[str, Callable[[Any], Any]] = {
    "loaded": _flag,
    "work": _flag,
    "cloud_ok": _flag,
    "ram_stalled": _flag,
    "in_flight": _count,
    "editor": _flag,
}


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
