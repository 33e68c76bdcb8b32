"""One line of a trace and the values in it; what is wrong with a line is told with its number."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, KeysView, Sequence
from typing import Any, TypeVar

from autocut_tray.core.errors import FailureClass, InputError
from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor_thresholds import UNITS, Thresholds
from autocut_tray.core.policy.governor_types import Tier, UnitResult

Json = dict[str, Any]
T = TypeVar("T")


class TraceLine:
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
        self.t = self.take("t", as_number, 0.0)

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


def as_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("not a number")
    return float(value)


def as_reading(value: Any) -> float | None:
    """A reading may be missing, or as odd as a probe can make it: the governor knows what is plausible."""
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise ValueError("not a reading")
    return None if value is None else float(value)


def as_count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("not a count")
    return value


def as_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def as_tier(value: Any) -> Tier:
    return Tier(value)


def as_tier_or_none(value: Any) -> Tier | None:
    return None if value is None else Tier(value)


def as_tiers(value: Any) -> frozenset[Tier]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return frozenset(map(Tier, value))


def as_backoffs(value: Any) -> dict[Tier, int]:
    return {Tier(name): as_count(k) for name, k in value.items()}


def as_limits(value: Any) -> Thresholds:
    """Limits by name; those of another version that this one does not know are left out."""
    return Thresholds(**{name: limit for name, limit in value.items() if name in UNITS})


def as_answer(value: Any) -> tuple[Tier, bool]:
    """A recorded answer to a probe."""
    return Tier(value["tier"]), as_flag(value["ok"])


def as_probe(value: Any) -> bool:
    return {"pass": True, "fail": False}[value]


def as_units(value: Any) -> Sequence[UnitResult]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return [as_unit(item) for item in value]


def as_unit(item: Any) -> UnitResult:
    ok = as_flag(item["ok"])
    file_id = item.get("file")
    if not isinstance(file_id, str | None):
        raise ValueError("not a name")
    return UnitResult(
        failure=None if ok else FailureClass(item.get("kind", FailureClass.TIER.value)),
        seconds=None if item.get("seconds") is None else as_number(item["seconds"]),
        file_id=file_id,
        tier=as_tier_or_none(item.get("tier")),
        retry_after=None if item.get("retry_after") is None else as_number(item["retry_after"]),
    )


READERS: dict[str, Callable[[Any], Any]] = {
    "loaded": as_flag,
    "work": as_flag,
    "cloud_ok": as_flag,
    "ram_stalled": as_flag,
    "in_flight": as_count,
    "editor": as_flag,
}
