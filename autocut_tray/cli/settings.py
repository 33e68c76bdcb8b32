"""``settings``: list them, show one with what is allowed, change one, also in the running program."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autocut_tray.cli.context import Context, Json
from autocut_tray.core.errors import AutoCutError, SettingsError, UsageError
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.governor_thresholds import Thresholds, resolve_name
from autocut_tray.core.policy.limits import limits_in_force
from autocut_tray.core.settings.environment import variables
from autocut_tray.core.settings.presets import PRESETS, apply_preset
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
from autocut_tray.core.settings.store import Origin

_SOURCES = {
    Origin.DEFAULT: "setting-source-default",
    Origin.FILE: "setting-source-file",
    Origin.ENVIRONMENT: "setting-source-environment",
    Origin.ENV_FILE: "setting-source-dotenv",
}
_THRESHOLDS: Mapping[str, dataclasses.Field[Any]] = {
    item.name: item for item in dataclasses.fields(Thresholds)
}


@dataclass(frozen=True, slots=True)
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


def run_settings(
    context: Context, path: str | None, value: str | None, *, reset: bool, preset: str | None = None
) -> int:
    """Do what the arguments say; a section stands for all its settings."""
    if preset is not None:
        if path is not None or reset:
            raise UsageError("usage", message("error-preset-alone"))
        return _start_from(context, preset)
    if value is not None and reset:
        raise UsageError("usage", message("error-reset-or-value"))
    if path is None:
        if reset:
            raise UsageError("usage", message("error-reset-what"))
        return _list(context, [row for row in rows(context) if not row.is_limit], whole=True)
    chosen = _chosen(context, path)
    if "." in path:
        if value is not None or reset:
            return _change(context, chosen, value)
        return _show(context, chosen[0])
    if value is not None:
        raise UsageError("usage", message("error-section-value", path=path))
    return _change(context, chosen, None) if reset else _list(context, chosen, whole=False)


def rows(context: Context) -> list[Row]:
    """All settings, then all thresholds."""
    store = context.settings
    found = [
        Row(setting, value_of(store.current, path), store.origin(path), path)
        for path, setting in declared().items()
    ]
    in_force, defaults = limits_in_force(store.current.limits), _default_limits()
    for name, item in _THRESHOLDS.items():
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


def _default_limits() -> Thresholds:
    return Thresholds.for_platform(windows=sys.platform == "win32")


def _stored_limit(settings: Settings, name: str) -> str:
    """The name under which a threshold was changed: ``_mib`` at its end may be left out."""
    short = name.removesuffix("_mib")
    return short if short in settings.limits and name not in settings.limits else name


def _chosen(context: Context, path: str) -> list[Row]:
    """The setting of this path, or all of this section. Raises SettingsError."""
    section, dot, name = path.partition(".")
    if section == LIMITS and dot:
        path = f"{LIMITS}.{resolve_name(name)}"
    found = [row for row in rows(context) if row.path == path]
    if not found and not dot:
        found = [row for row in rows(context) if row.path.startswith(f"{section}.")]
    if not found:
        raise SettingsError(
            "setting_unknown", message("setting-unknown", path=path), message("setting-unknown-hint")
        )
    return found


# -- showing


def _list(context: Context, found: list[Row], *, whole: bool) -> int:
    output, t = context.output, context.translator.t
    if output.as_json:
        shown = rows(context) if whole else found
        document: Json = {"settings": [_document(context, row) for row in shown]}
        document["problems"] = [context.translator.text(said) for said in context.settings.problems]
        output.document(document)
        return 0
    headers = ("cli-col-setting", "cli-col-value", "cli-col-default", "cli-col-unit", "cli-col-source")
    output.table(
        [t(header) for header in headers],
        [
            (
                row.path,
                _words(context, row.value),
                _words(context, row.setting.default),
                row.setting.unit,
                t(_SOURCES[row.origin]),
            )
            for row in found
        ],
    )
    if whole:
        output.say()
        output.say(t("settings-more-limits", count=str(len(_THRESHOLDS))))
    return 0


def _show(context: Context, row: Row) -> int:
    output, t = context.output, context.translator.t
    if output.as_json:
        output.document(_document(context, row))
        return 0
    unit = f" {row.setting.unit}" if row.setting.unit else ""
    output.say(row.path, style="bold")
    output.say(_help(context, row))
    output.say()
    output.say(
        t("setting-value-line", value=_words(context, row.value) + unit, source=t(_SOURCES[row.origin]))
    )
    output.say(t("setting-default-line", value=_words(context, row.setting.default) + unit))
    output.say(t("setting-allowed-line", allowed=_allowed(context, row.setting)))
    output.say(t("setting-variable-line", variables=", ".join(variables(row.path))))
    return 0


def _help(context: Context, row: Row) -> str:
    t, name = context.translator.t, row.path.replace(".", "-").replace("_", "-")
    if row.is_limit:
        return t(f"limit-{name.removeprefix(f'{LIMITS}-')}")
    return f"{t(f'setting-{name}')}. {t(f'setting-{name}-help')}"


def _allowed(context: Context, setting: Setting) -> str:
    t = context.translator.t
    if setting.choices:
        allowed = ", ".join(setting.choices)
    elif setting.kind is bool:
        allowed = t("setting-allowed-switch")
    elif setting.kind is str:
        allowed = t("setting-allowed-text")
    else:
        code = "setting-allowed-whole" if setting.kind is int else "setting-allowed-number"
        allowed = t(code, low=f"{setting.low:g}", high=f"{setting.high:.10g}")
    return t("setting-allowed-unset", allowed=allowed) if setting.optional else allowed


def _words(context: Context, value: object) -> str:
    match value:
        case None:
            return context.translator.t("setting-unset")
        case "":
            return context.translator.t("setting-empty")
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.10g}"
        case _:
            return str(value)


def _document(context: Context, row: Row) -> Json:
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
        "help": _help(context, row),
        "variables": list(variables(row.path)),
    }


# -- changing


def _change(context: Context, chosen: list[Row], text: str | None) -> int:
    """Give the one that was chosen a value, or (``text`` None) take all choices back."""
    if text is not None:
        value = _value(context, chosen[0], text)
    else:
        value = None
        only_one = len(chosen) == 1
        chosen = [row for row in chosen if only_one or row.origin is Origin.FILE]
    for row in chosen:
        context.settings.set(row.stored, value)
    return _say_changes(context, chosen)


def _say_changes(context: Context, chosen: list[Row]) -> int:
    """Tell the running program, then what is different; ``chosen``: as it was before."""
    told = tell_instance(context) if chosen else None
    now = {row.path: row for row in rows(context)}
    if context.output.as_json:
        changed = [_document(context, now[row.path]) for row in chosen]
        only: Json = changed[0] if len(changed) == 1 else {"settings": changed}
        context.output.document({**only, "running_instance": told if isinstance(told, bool) else False})
        return 0
    for row in chosen:
        after = now[row.path].value
        code = "setting-same" if after == row.value else "setting-changed"
        context.output.say(context.translator.t(code, path=row.path, value=_words(context, after)))
    if told is True:
        context.output.note(context.translator.t("settings-told"))
    elif told is not None:
        context.output.note(context.translator.t("settings-told-later", reason=told))
    return 0


def _start_from(context: Context, preset: str) -> int:
    """Take over the values of a preset."""
    if preset not in PRESETS:
        names = ", ".join(PRESETS)
        raise UsageError("no_such_preset", message("error-no-such-preset", preset=preset, presets=names))
    before = {row.path: row for row in rows(context) if row.path in PRESETS[preset]}
    fixed = apply_preset(context.settings, preset)
    for path in fixed:
        context.output.note(context.translator.t("preset-left-out", path=path))
    return _say_changes(context, [row for path, row in before.items() if path not in fixed])


def _value(context: Context, row: Row, text: str) -> object:
    """What the person typed, as the setting takes it. Raises SettingsError with what is allowed."""
    try:
        value = fit_limit(text) if row.is_limit else fit(row.setting, text)
    except Unfit as unfit:
        raise SettingsError(
            "setting_invalid", message("setting-invalid", path=row.path, reason=unfit.reason)
        ) from None
    if row.is_limit:
        _check_limit(context, row, value)
    return value


def _check_limit(context: Context, row: Row, value: object) -> None:
    """Whether the thresholds make sense together with this one. Raises SettingsError."""
    name = row.path.removeprefix(f"{LIMITS}.")
    others = {
        resolved: number
        for other, number in context.settings.current.limits.items()
        if (resolved := other if other in _THRESHOLDS else f"{other}_mib") in _THRESHOLDS and resolved != name
    }
    assert isinstance(value, float)
    _default_limits().with_overrides({**others, name: value})


def tell_instance(context: Context) -> bool | Message | None:
    """Let the running program take the change up: True when it did, None when there is none, else why not."""
    try:
        reply = context.call({"command": "reload-settings"})
    except AutoCutError as error:
        return error.message
    return None if reply is None else True
