"""``settings``: list them, show one with what is allowed, change one, also in the running program."""

from __future__ import annotations

from autocut_tray.cli.context import Context, Json
from autocut_tray.core.errors import AutoCutError, UsageError
from autocut_tray.core.messages import Message, message
from autocut_tray.core.settings.environment import variables
from autocut_tray.core.settings.presets import PRESETS, apply_preset
from autocut_tray.core.settings.schema import Setting
from autocut_tray.core.settings.store import Origin
from autocut_tray.setting_rows import THRESHOLDS, Row, chosen_rows, fitted, row_document, row_help, rows

_SOURCES = {
    Origin.DEFAULT: "setting-source-default",
    Origin.FILE: "setting-source-file",
    Origin.ENVIRONMENT: "setting-source-environment",
    Origin.ENV_FILE: "setting-source-dotenv",
}


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
        return _list(context, [row for row in rows(context.settings) if not row.is_limit], whole=True)
    chosen = chosen_rows(context.settings, path)
    if "." in path:
        if value is not None or reset:
            return _change(context, chosen, value)
        return _show(context, chosen[0])
    if value is not None:
        raise UsageError("usage", message("error-section-value", path=path))
    return _change(context, chosen, None) if reset else _list(context, chosen, whole=False)


# -- showing


def _list(context: Context, found: list[Row], *, whole: bool) -> int:
    output, t = context.output, context.translator.t
    if output.as_json:
        shown = rows(context.settings) if whole else found
        document: Json = {"settings": [row_document(context.translator, row) for row in shown]}
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
        output.say(t("settings-more-limits", count=str(len(THRESHOLDS))))
    return 0


def _show(context: Context, row: Row) -> int:
    output, t = context.output, context.translator.t
    if output.as_json:
        output.document(row_document(context.translator, row))
        return 0
    unit = f" {row.setting.unit}" if row.setting.unit else ""
    output.say(row.path, style="bold")
    output.say(row_help(context.translator, row))
    output.say()
    output.say(
        t("setting-value-line", value=_words(context, row.value) + unit, source=t(_SOURCES[row.origin]))
    )
    output.say(t("setting-default-line", value=_words(context, row.setting.default) + unit))
    output.say(t("setting-allowed-line", allowed=_allowed(context, row.setting)))
    output.say(t("setting-variable-line", variables=", ".join(variables(row.path))))
    return 0


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


# -- changing


def _change(context: Context, chosen: list[Row], text: str | None) -> int:
    """Give the one that was chosen a value, or (``text`` None) take all choices back."""
    if text is not None:
        value = fitted(context.settings, chosen[0], text)
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
    now = {row.path: row for row in rows(context.settings)}
    if context.output.as_json:
        changed = [row_document(context.translator, now[row.path]) for row in chosen]
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
    before = {row.path: row for row in rows(context.settings) if row.path in PRESETS[preset]}
    fixed = apply_preset(context.settings, preset)
    for path in fixed:
        context.output.note(context.translator.t("preset-left-out", path=path))
    return _say_changes(context, [row for path, row in before.items() if path not in fixed])


def tell_instance(context: Context) -> bool | Message | None:
    """Let the running program take the change up: True when it did, None when there is none, else why not."""
    try:
        reply = context.call({"command": "reload-settings"})
    except AutoCutError as error:
        return error.message
    return None if reply is None else True
