"""The governor with a flight recorder: everything that goes into it is written down, in the order it came.

Each input is one JSON-ready line of a trace, as ``core/monitor/replay.py`` reads it. Times are rounded to
milliseconds before the governor sees them, so that the recording holds exactly what it decided on.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import Any, Protocol

from autocut_tray.core.policy.governor import Governor
from autocut_tray.core.policy.governor_recovery import Carryover
from autocut_tray.core.policy.governor_snapshot import capture
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import (
    Action,
    GovernorState,
    Probe,
    Sample,
    Tier,
    UnitResult,
)

Json = dict[str, Any]

READINGS = tuple(field.name for field in dataclasses.fields(Sample) if field.name != "t")


class Tape(Protocol):
    """Where the lines go."""

    def begin(self, resume: Callable[[], Json]) -> None:
        """A line follows. A tape that wants to be readable from here asks ``resume`` for the governor as it is."""

    def write(self, line: Json) -> None:
        """Keep this line; one with ``"start": "new"`` is readable by itself."""


class NoTape:
    """Keeps nothing."""

    def begin(self, resume: Callable[[], Json]) -> None:
        pass

    def write(self, line: Json) -> None:
        pass


NO_TAPE = NoTape()


class TapedGovernor:
    """Takes what :class:`Governor` takes and answers as it does. Not thread-safe either."""

    def __init__(
        self,
        tape: Tape,
        base: Tier,
        allowed: AbstractSet[Tier],
        thresholds: Thresholds,
        *,
        prefer_cloud: bool,
        tier: Tier | None = None,
        carried: Carryover | None = None,
        t: float,
    ) -> None:
        self._t = t = round(t, 3)
        carried = carried or Carryover()
        self._tape = tape
        self._base, self._allowed = base, allowed
        self._limits, self._prefer_cloud = thresholds, prefer_cloud
        self._known: Json = {}
        """The readings as the tape has them."""
        self._governor = Governor(
            base, allowed, thresholds, prefer_cloud=prefer_cloud, tier=tier, carried=carried, t=t
        )
        tape.write(self._beginning("new", t, tier) | {"carried": carried.to_dict()})

    # --- what it is ----------------------------------------------------------------------------------------------

    @property
    def state(self) -> GovernorState:
        return self._governor.state

    def carryover(self) -> Carryover:
        return self._governor.carryover()

    # --- inputs --------------------------------------------------------------------------------------------------

    def step(self, sample: Sample, results: Iterable[UnitResult] = ()) -> tuple[Action, ...]:
        self._tape.begin(self._resume)
        sample = dataclasses.replace(sample.plausible(), t=self._arrived(sample.t))
        results = tuple(results)
        actions = self._governor.step(sample, results)
        line: Json = {"t": sample.t} | self._news(sample)
        if results:
            line["units"] = [unit_to_json(result) for result in results]
        asked = next((action.tier for action in actions if isinstance(action, Probe)), None)
        if asked is not None:
            line["asked"] = asked.value
        self._tape.write(line)
        return actions

    def unit_result(self, t: float, result: UnitResult) -> tuple[Action, ...]:
        if result.tier is None:
            result = dataclasses.replace(result, tier=self._governor.state.tier)
        t = self._note(t, units=[unit_to_json(result)])
        return self._governor.unit_result(t, result)

    def probe_result(self, t: float, tier: Tier, ok: bool) -> tuple[Action, ...]:
        t = self._note(t, answer={"tier": tier.value, "ok": ok})
        return self._governor.probe_result(t, tier, ok)

    def worker_restart(self, t: float) -> tuple[Action, ...]:
        return self._governor.worker_restart(self._note(t, worker_restart=True))

    def wrong_device(self, t: float, tier: Tier) -> tuple[Action, ...]:
        return self._governor.wrong_device(self._note(t, wrong_device=tier.value), tier)

    def memory_error(self, t: float) -> tuple[Action, ...]:
        return self._governor.memory_error(self._note(t, memory_error=True))

    def config_changed(self) -> tuple[Action, ...]:
        self._note(self._governor.state.t, config_changed=True)
        return self._governor.config_changed()

    def update_policy(self, t: float, base: Tier, allowed: AbstractSet[Tier]) -> tuple[Action, ...]:
        t = self._note(t, base=base.value, allowed=_names(allowed))
        self._base, self._allowed = base, allowed
        return self._governor.update_policy(t, base, allowed)

    def force(self, t: float, tier: Tier) -> tuple[Action, ...]:
        return self._governor.force(self._note(t, force=tier.value), tier)

    def undo(self, t: float) -> tuple[Action, ...]:
        return self._governor.undo(self._note(t, undo=True))

    def pin(self, t: float, tier: Tier | None) -> tuple[Action, ...]:
        return self._governor.pin(self._note(t, pin=tier.value if tier else None), tier)

    # --- lines ---------------------------------------------------------------------------------------------------

    def _note(self, t: float, **what: Any) -> float:
        """Write an input that came between two readings; the time as it is recorded."""
        self._tape.begin(self._resume)
        t = self._arrived(t)
        self._tape.write({"t": t, "tick": False, **what})
        return t

    def _arrived(self, t: float) -> float:
        """The time as recorded; an input that another overtook counts as of now, as in the governor."""
        if not math.isfinite(t):
            raise ValueError(f"not a time: {t}")
        self._t = max(self._t, round(t, 3))
        return self._t

    def _news(self, sample: Sample) -> Json:
        """The readings that are not those of the line before."""
        news = {}
        for name in READINGS:
            value = _finite(getattr(sample, name))
            if name not in self._known or self._known[name] != value:
                news[name] = value
        self._known.update(news)
        return news

    def _resume(self) -> Json:
        """The governor as it is, for a reader who starts here."""
        state = self._governor.state
        tier = None if state.starting else state.tier
        line = self._beginning("resume", state.t, tier) | {"state": capture(self._governor)}
        return line | self._known

    def _beginning(self, kind: str, t: float, tier: Tier | None) -> Json:
        return {
            "t": t,
            "tick": False,
            "start": kind,
            "base": self._base.value,
            "allowed": _names(self._allowed),
            "tier": tier.value if tier else None,
            "prefer_cloud": self._prefer_cloud,
            "limits": dataclasses.asdict(self._limits),
        }


def unit_to_json(result: UnitResult) -> Json:
    """A result as a trace has it; what is not known is left out."""
    line: Json = {"ok": result.ok}
    if result.failure is not None:
        line["kind"] = result.failure.value
    if result.file_id is not None:
        line["file"] = result.file_id
    if result.tier is not None:
        line["tier"] = result.tier.value
    for name in ("seconds", "retry_after"):
        value = getattr(result, name)
        if value is not None:
            line[name] = value
    return line


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _names(tiers: AbstractSet[Tier]) -> list[str]:
    return [tier.value for tier in Tier if tier in tiers]
