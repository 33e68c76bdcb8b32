"""The settings as the page shows them, read from their one declaration."""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.settings.schema import Settings, get_path
from autocut_tray.ui.limits import limits_in_force

LIMITS = "limits"

# Of the limits those a person can judge; the others stand around them and follow.
SHOWN_LIMITS = ("vram_on", "vram_grace", "ram_on_mib", "warn_on", "emergency_on", "failure_rate", "cpu_on")


_UNITS = {
    "models.answer_timeout": "s",
    "analysis.min_scene_seconds": "s",
    "monitor.busy_interval": "s",
    "monitor.idle_interval": "s",
    "monitor.retention_days": "d",
}


class Control(enum.Enum):
    """How a setting is changed."""

    SWITCH = "switch"
    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Field:
    """``choices``: values in order, None for "not chosen". ``low``/``high``/``decimals``/``unit``: of a number."""

    path: str
    control: Control
    choices: tuple[object, ...] = ()
    low: float = 0.0
    high: float = 0.0
    decimals: int = 0
    unit: str = ""

    @property
    def code(self) -> str:
        """The text of its label; its help and its choices are named after it."""
        return f"setting-{self.path.replace('.', '-').replace('_', '-')}"

    def choice_code(self, value: object) -> str:
        word = {None: "unset", True: "yes", False: "no"}.get(value, str(value))  # type: ignore[arg-type]
        return f"{self.code}-{word}"


def sections() -> tuple[tuple[str, tuple[Field, ...]], ...]:
    """Each section's name with its fields, in the order of their declaration; the limits last."""
    found = []
    for name, info in Settings.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            items = (_field(f"{name}.{key}", field) for key, field in kind.model_fields.items())
            found.append((name, tuple(items)))
    found.append((LIMITS, tuple(_limit(name) for name in SHOWN_LIMITS)))
    return tuple(found)


def value_of(settings: Settings, field: Field) -> object:
    """What is in force: the person's value or the default."""
    section, _, name = field.path.partition(".")
    if section == LIMITS:
        return getattr(limits_in_force(settings.limits), name)
    return get_path(settings.model_dump(), field.path)


def is_changed(settings: Settings, field: Field) -> bool:
    return value_of(settings, field) != value_of(Settings(), field)


def _field(path: str, info: FieldInfo) -> Field:
    kind, optional = _without_none(info.annotation)
    if typing.get_origin(kind) is typing.Literal:
        values: tuple[object, ...] = typing.get_args(kind)
        return Field(path, Control.CHOICE, ((None, *values) if optional else values))
    if kind is bool:
        return Field(path, Control.CHOICE, (None, True, False)) if optional else Field(path, Control.SWITCH)
    if kind in (int, float):
        low, high = _bounds(info.metadata)
        decimals = 0 if kind is int or high > 100 else 2 if high <= 1 else 1
        return Field(path, Control.NUMBER, low=low, high=high, decimals=decimals, unit=_UNITS.get(path, ""))
    if kind is str:
        return Field(path, Control.TEXT)
    raise TypeError(f"no control for {path}: {info.annotation!r}")


def _without_none(annotation: object) -> tuple[object, bool]:
    """The type itself, and whether None is allowed beside it."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        rest = [arg for arg in typing.get_args(annotation) if arg is not type(None)]
        return _plain(rest[0]), True
    return _plain(annotation), False


def _plain(annotation: object) -> object:
    if typing.get_origin(annotation) is typing.Annotated:
        return _plain(typing.get_args(annotation)[0])
    return annotation


def _bounds(metadata: list[object]) -> tuple[float, float]:
    low, high = 0.0, 1e9
    for item in metadata:
        if isinstance(item, annotated_types.Ge):
            low = float(item.ge)  # type: ignore[arg-type]
        elif isinstance(item, annotated_types.Le):
            high = float(item.le)  # type: ignore[arg-type]
    return low, high


_THRESHOLDS: Mapping[str, Mapping[str, object]] = {item.name: item.metadata for item in fields(Thresholds)}


def _limit(name: str) -> Field:
    meta = _THRESHOLDS[name]
    unit = str(meta["unit"])
    high = float(typing.cast("float", meta["max"]))
    return Field(f"{LIMITS}.{name}", Control.NUMBER, high=min(high, 1e6), decimals=0, unit=unit)
