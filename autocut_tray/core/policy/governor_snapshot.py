"""The whole state of a governor as JSON, so that a recording can be replayed from its middle.

Only values of the classes named here are written and read: a document makes no other object. One that another
version of the governor wrote does not fit and is refused.
"""

from __future__ import annotations

import dataclasses
import enum
import math
from collections import OrderedDict, deque
from collections.abc import Mapping
from typing import Any

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.policy.governor import Governor, Trial
from autocut_tray.core.policy.governor_editor import EditorSignal
from autocut_tray.core.policy.governor_failures import PoisonWatch, UnitRecord, UnitWindow
from autocut_tray.core.policy.governor_health import Breaker, Probation, TierHealth
from autocut_tray.core.policy.governor_mandate import Mandate
from autocut_tray.core.policy.governor_memory import MemorySignal
from autocut_tray.core.policy.governor_recovery import Recovery
from autocut_tray.core.policy.governor_reload import ModelReload
from autocut_tray.core.policy.governor_signals import CpuSignal, Signals
from autocut_tray.core.policy.governor_spell import Spell
from autocut_tray.core.policy.governor_types import (
    BreakerState,
    Cause,
    Evidence,
    MemoryLevel,
    Metric,
    ModelStage,
    Sample,
    Tier,
)
from autocut_tray.core.policy.governor_vram import VramSignal

Json = dict[str, Any]

_PARTS = (
    Governor, Mandate, Signals, VramSignal, MemorySignal, CpuSignal, EditorSignal, Spell,
    TierHealth, Breaker, UnitWindow, PoisonWatch, Recovery, ModelReload,
)  # fmt: skip
"""Objects that a new governor has already: their state is filled in."""

_VALUES: Mapping[str, type[Any]] = {
    kind.__name__: kind for kind in (Sample, Evidence, UnitRecord, Probation, Trial)
}
_ENUMS: Mapping[str, type[enum.Enum]] = {
    kind.__name__: kind for kind in (Tier, MemoryLevel, BreakerState, ModelStage, Cause, Metric, FailureClass)
}
_GIVEN = frozenset({"_limits", "_scaled", "_rank", "ladder"})
"""What a governor gets when it is made: its limits, what follows from them, and the order of its tiers."""


def capture(governor: Governor) -> Json:
    """Everything the governor remembers, limits apart; :func:`restore` takes it."""
    return _part(governor)


def restore(governor: Governor, document: Mapping[str, Any]) -> None:
    """Fill a governor that was made for the same order of tiers; its limits may be others.

    Raises ValueError, and leaves it unusable, for a document that :func:`capture` of this version did not write.
    """
    try:
        _fill(governor, document)
    except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise ValueError(f"not the state of a governor: {error!r}") from error


def _names(part: object) -> list[str]:
    known: list[str] = list(getattr(part, "__slots__", None) or vars(part))
    return [name for name in known if name not in _GIVEN]


def _part(part: object) -> Json:
    return {name: _write(getattr(part, name)) for name in _names(part)}


def _write(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, enum.Enum):
        return {"enum": [type(value).__name__, value.value]}
    if isinstance(value, Mapping):
        return {"map": [[_write(key), _write(item)] for key, item in value.items()]}
    if isinstance(value, list | tuple | deque):
        return {"list": [_write(item) for item in value]}
    if type(value).__name__ in _VALUES:
        items = {field.name: _write(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"value": [type(value).__name__, items]}
    if isinstance(value, _PARTS):
        return {"part": _part(value)}
    raise TypeError(f"no way to write {type(value).__name__}")


def _fill(part: object, document: Mapping[str, Any]) -> None:
    names = _names(part)
    if set(names) != set(document):
        raise ValueError(f"{type(part).__name__} has other parts: {set(names) ^ set(document)}")
    for name in names:
        setattr(part, name, _renewed(getattr(part, name), document[name]))


def _renewed(fresh: Any, written: Any) -> Any:
    """``written`` in the place of ``fresh``, which keeps its kind and, for a bounded queue, its bound."""
    if isinstance(fresh, _PARTS):
        _fill(fresh, written["part"])
        return fresh
    if isinstance(fresh, deque):
        return deque(_items(written), maxlen=fresh.maxlen)
    if isinstance(fresh, tuple):
        return tuple(_items(written))
    if isinstance(fresh, dict):
        pairs = [(_read(key), item) for key, item in written["map"]]
        if any(isinstance(item, _PARTS) for item in fresh.values()):
            if {key for key, _item in pairs} != set(fresh):
                raise ValueError("other tiers")
            return {key: _renewed(fresh[key], item) for key, item in pairs}
        kind = OrderedDict if isinstance(fresh, OrderedDict) else dict
        return kind((key, _read(item)) for key, item in pairs)
    return _read(written)


def _items(written: Any) -> list[Any]:
    return [_read(item) for item in written["list"]]


def _read(written: Any) -> Any:
    if not isinstance(written, dict):
        return written
    ((kind, content),) = written.items()
    match kind:
        case "float":
            return float(content)
        case "enum":
            return _ENUMS[content[0]](content[1])
        case "list":
            return [_read(item) for item in content]
        case "map":
            return {_read(key): _read(item) for key, item in content}
        case "value":
            return _VALUES[content[0]](**{name: _read(item) for name, item in content[1].items()})
        case _:
            raise ValueError(f"unknown kind {kind!r}")
