"""Every setting and threshold as programs and the command line see them: value, origin, what is allowed, help."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from typing import Any

from autocut_tray.core.errors import SettingsError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor_thresholds import Thresholds, resolve_name
from autocut_tray.core.policy.limits import limits_in_force
from autocut_tray.core.settings.environment import variables
from autocut_tray.core.settings.schema import (
    LIMITS,
    Setting,
    Settings,
    Unfit,
    declared,
    fit,
    fit_limit,
    value_of,
)
from autocut_tray.core.settings.store import Origin, SettingsStore
from autocut_tray.i18n import Translator

Json = dict[str, Any]

THRESHOLDS: Mapping[str, dataclasses.Field[Any]] = {
    item.name: item for item in dataclasses.fields(Thresholds)
}


@frozen
class Row:
    """One setting as it is now. ``stored``: its path in the file, as the person spelled it there."""

    setting: Setting
    value: object
    origin: Origin
    stored: str

    @property
    def path(self) -> str:
        return self.setting.path

    @property
    def is_limit(self) -> bool:
        return self.path.startswith(f"{LIMITS}.")


def rows(store: SettingsStore) -> list[Row]:
    """All settings, then all thresholds."""
    found = [
        Row(setting, value_of(store.current, path), store.origin(path), path)
        for path, setting in declared().items()
    ]
    in_force, defaults = limits_in_force(store.current.limits), _default_limits()
    for name, item in THRESHOLDS.items():
        stored = _stored_limit(store.current, name)
        meta, default = item.metadata, getattr(defaults, name)
        setting = Setting(
            f"{LIMITS}.{name}",
            int if meta["unit"] == "count" else float,
            default,
            low=meta.get("min", 0.0),
            high=meta["max"],
            unit="" if meta["unit"] in ("count", "factor") else meta["unit"],
        )
        value = getattr(in_force, name)
        origin = store.origin(f"{LIMITS}.{stored}") if value != default else Origin.DEFAULT
        found.append(Row(setting, value, origin, f"{LIMITS}.{stored}"))
    return found


def chosen_rows(store: SettingsStore, path: str) -> list[Row]:
    """The setting of this path, or all of this section. Raises SettingsError."""
    section, dot, name = path.partition(".")
    if section == LIMITS and dot:
        path = f"{LIMITS}.{resolve_name(name)}"
    found = [row for row in rows(store) if row.path == path]
    if not found and not dot:
        found = [row for row in rows(store) if row.path.startswith(f"{section}.")]
    if not found:
        raise SettingsError(
            "setting_unknown", message("setting-unknown", path=path), message("setting-unknown-hint")
        )
    return found


def fitted(store: SettingsStore, row: Row, given: object) -> object:
    """What was typed or sent, as the setting takes it. Raises SettingsError with what is allowed."""
    try:
        value = fit_limit(given) if row.is_limit else fit(row.setting, given)
    except Unfit as unfit:
        raise SettingsError(
            "setting_invalid", message("setting-invalid", path=row.path, reason=unfit.reason)
        ) from None
    if row.is_limit:
        _check_limit(store, row, value)
    return value


def row_help(translator: Translator, row: Row) -> str:
    t, name = translator.t, row.path.replace(".", "-").replace("_", "-")
    if row.is_limit:
        return t(f"limit-{name.removeprefix(f'{LIMITS}-')}")
    return f"{t(f'setting-{name}')}. {t(f'setting-{name}-help')}"


def row_document(translator: Translator, row: Row) -> Json:
    """One setting as JSON."""
    setting = row.setting
    numeric = setting.kind in (int, float)
    return {
        "path": row.path,
        "value": row.value,
        "default": setting.default,
        "source": row.origin.value,
        "type": {bool: "switch", int: "whole", float: "number", str: "text"}[setting.kind],
        "choices": list(setting.choices) or None,
        "optional": setting.optional,
        "min": setting.low if numeric else None,
        "max": setting.high if numeric else None,
        "unit": setting.unit or None,
        "help": row_help(translator, row),
        "variables": list(variables(row.path)),
    }


def _default_limits() -> Thresholds:
    return Thresholds.for_platform(windows=sys.platform == "win32")


def _stored_limit(settings: Settings, name: str) -> str:
    """The name under which a threshold was changed: ``_mib`` at its end may be left out."""
    short = name.removesuffix("_mib")
    return short if short in settings.limits and name not in settings.limits else name


def _check_limit(store: SettingsStore, row: Row, value: object) -> None:
    """Whether the thresholds make sense together with this one. Raises SettingsError."""
    name = row.path.removeprefix(f"{LIMITS}.")
    others = {
        resolved: number
        for other, number in store.current.limits.items()
        if (resolved := other if other in THRESHOLDS else f"{other}_mib") in THRESHOLDS and resolved != name
    }
    assert isinstance(value, float)
    _default_limits().with_overrides({**others, name: value})
