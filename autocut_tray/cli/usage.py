"""What is wrong with a command line, in the language in force: Typer's own errors speak English only."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

import typer

from autocut_tray.core.errors import UsageError
from autocut_tray.core.messages import Message, message
from autocut_tray.core.runtime.explain import LIST_SEPARATOR

PROGRAM = "autocut-tray"

_NO_VALUE = "does not take a value"
_IN_BRACKETS = re.compile(r" \((.*)\)$", re.DOTALL)
_WANTED = {"int": "usage-wants-whole", "float": "usage-wants-number"}


def usage_error(error: typer.TyperException, arguments: list[str], commands: list[str]) -> UsageError:
    """``error`` as ours: one sentence, and where the help is. ``commands``: the names of all there are."""
    known = [argument for argument in arguments[:1] if argument in commands]
    hint = message("error-usage-hint", command=" ".join([PROGRAM, *known, "--help"]))
    return UsageError("usage", _said(error, arguments, commands), hint)


def _said(error: typer.TyperException, arguments: list[str], commands: list[str]) -> Message:
    # By name: Typer keeps its classes in a private module, and makes only some of them public.
    kinds = {kind.__name__ for kind in type(error).__mro__}
    text = str(getattr(error, "message", "") or error)
    if "MissingParameter" in kinds:
        return message("error-usage-missing", name=_parameter(error))
    if "NoSuchOption" in kinds:
        near = LIST_SEPARATOR.join(sorted(getattr(error, "possibilities", None) or ()))
        return _nothing_of("option", str(getattr(error, "option_name", "")), near)
    if "BadOptionUsage" in kinds:
        code = "error-usage-no-value" if _NO_VALUE in text else "error-usage-needs-value"
        return message(code, option=str(getattr(error, "option_name", "")))
    if "BadParameter" in kinds:
        return _bad_value(error)
    if "UsageError" in kinds:
        if getattr(getattr(error, "ctx", None), "parent", None) is None:  # not yet inside a command
            name = next((argument for argument in arguments if not argument.startswith("-")), "")
            return _nothing_of("command", name, LIST_SEPARATOR.join(get_close_matches(name, commands)))
        extra = _IN_BRACKETS.search(text)
        if extra is not None:
            return message("error-usage-extra", extra=extra.group(1))
    return message("error-usage", reason=text)


def _nothing_of(kind: str, name: str, near: str) -> Message:
    if near:
        return message(f"error-usage-{kind}-near", name=name, near=near)
    return message(f"error-usage-{kind}", name=name)


def _parameter(error: typer.TyperException) -> str:
    """The option or argument as the help shows it."""
    parameter: Any = getattr(error, "param", None)
    return "?" if parameter is None else str(parameter.get_error_hint()).replace("'", "")


def _bad_value(error: typer.TyperException) -> Message:
    """Which value an option refuses, and what it takes; Typer has it from pydantic."""
    name, found = _parameter(error), _finding(error)
    kind = str(found.get("type", ""))
    value = str(found.get("input", ""))
    if kind == "greater_than_equal":
        reason = message("usage-wants-least", least=f"{found['ctx']['ge']:g}")
    else:
        reason = message(_WANTED.get(kind.partition("_")[0], "usage-wants-other"))
    return message("error-usage-value", name=name, value=value, reason=reason)


def _finding(error: typer.TyperException) -> dict[str, Any]:
    errors = getattr(error.__cause__, "errors", None)
    found: list[dict[str, Any]] = errors() if callable(errors) else []
    return found[0] if found else {}
