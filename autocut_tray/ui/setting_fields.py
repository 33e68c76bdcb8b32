"""The settings as the page shows them, read from their one declaration."""

from __future__ import annotations

import enum
import typing
from collections.abc import Mapping
from dataclasses import fields

from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.limits import limits_in_force
from autocut_tray.core.settings import schema
from autocut_tray.core.settings.schema import LIMITS, Setting, Settings, declared

# Of the limits those a person can judge; the others stand around them and follow.
SHOWN_LIMITS = ("vram_on", "vram_grace", "ram_on_mib", "warn_on", "emergency_on", "failure_rate", "cpu_on")


class Control(enum.Enum):
    """How a setting is changed."""

    SWITCH = "switch"
    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"


@frozen
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
        word = (
            "unset"
            if value is None
            else {True: "yes", False: "no"}[value]
            if isinstance(value, bool)
            else value
        )
        return f"{self.code}-{word}"


def sections() -> tuple[tuple[str, tuple[Field, ...]], ...]:
    """Each section's name with its fields, in the order of their declaration; the limits last."""
    found: dict[str, list[Field]] = {}
    for path, setting in declared().items():
        found.setdefault(path.partition(".")[0], []).append(_field(setting))
    found[LIMITS] = [limit_field(name) for name in SHOWN_LIMITS]
    return tuple((name, tuple(items)) for name, items in found.items())


def value_of(settings: Settings, field: Field) -> object:
    """What is in force: the person's value or the default."""
    section, _, name = field.path.partition(".")
    if section == LIMITS:
        return getattr(limits_in_force(settings.limits), name)
    return schema.value_of(settings, field.path)


def is_changed(settings: Settings, field: Field) -> bool:
    return value_of(settings, field) != value_of(Settings(), field)


def _field(setting: Setting) -> Field:
    path, unset = setting.path, (None,) if setting.optional else ()
    if setting.choices:
        return Field(path, Control.CHOICE, (*unset, *setting.choices))
    if setting.kind is bool:
        return Field(path, Control.CHOICE, (None, True, False)) if unset else Field(path, Control.SWITCH)
    if setting.kind is str:
        return Field(path, Control.TEXT)
    low, high = setting.low, setting.high
    whole = setting.kind is int or setting.unit == "%" or (low >= 1 and high > 100)
    decimals = 2 if setting.unit == "usd" else 0 if whole else 2 if high <= 1 else 1
    return Field(path, Control.NUMBER, low=low, high=high, decimals=decimals, unit=setting.unit)


_THRESHOLDS: Mapping[str, Mapping[str, object]] = {item.name: item.metadata for item in fields(Thresholds)}


def limit_field(name: str) -> Field:
    """A limit of the control rules."""
    meta = _THRESHOLDS[name]
    unit = str(meta["unit"])
    high = float(typing.cast("float", meta["max"]))
    return Field(f"{LIMITS}.{name}", Control.NUMBER, high=min(high, 1e6), decimals=0, unit=unit)
