"""Settings from the environment and from ``.env`` files, whose lines mean the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from autocut_tray.core.messages import Message, message
from autocut_tray.core.settings.schema import (
    ENVIRONMENT,
    ENVIRONMENT_PREFIX,
    LIMITS,
    Tree,
    declared,
    set_path,
)

LIMITS_VARIABLE = f"{ENVIRONMENT_PREFIX}{LIMITS}".upper()
"""A JSON object of numbers."""


def variables(path: str) -> tuple[str, ...]:
    """The names that set this setting; where several are set, the last one wins."""
    section, _, name = path.partition(".")
    if section == LIMITS:
        return (LIMITS_VARIABLE,)
    short = tuple(variable for variable, means in ENVIRONMENT.items() if means == path)
    return (f"{ENVIRONMENT_PREFIX}{section}__{name}".upper(), *short)


def settings_in(values: Mapping[str, str]) -> Tree:
    """What the environment, or a file in its manner, says about settings."""
    tree: Tree = {}
    for path in declared():
        for variable in variables(path):
            value = (values.get(variable) or "").strip()
            if value:
                set_path(tree, path, value)
    limits = (values.get(LIMITS_VARIABLE) or "").strip()
    if limits:
        tree[LIMITS] = _limits(limits)
    return tree


def settings_in_files(files: tuple[Path, ...]) -> tuple[Tree, tuple[Message, ...]]:
    """What ``.env`` files say, a later one winning, and which of them cannot be read."""
    tree: Tree = {}
    problems: list[Message] = []
    for file in files:
        try:
            tree = merged(tree, settings_in(read_env_file(file)))
        except (OSError, ValueError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or "not UTF-8"
            problems.append(message("settings-env-unreadable", file=str(file), reason=reason))
    return tree, tuple(problems)


def merged(tree: Tree, overlay: Tree) -> Tree:
    """``overlay`` over ``tree``, section by section."""
    result = dict(tree)
    for key, value in overlay.items():
        below = result.get(key)
        result[key] = {**(below if isinstance(below, dict) else {}), **value}
    return result


def _limits(text: str) -> Tree:
    """What is not an object is reported as a bad value of the name that its writer knows."""
    try:
        limits = json.loads(text)
    except (ValueError, RecursionError):
        limits = None
    return limits if isinstance(limits, dict) else {LIMITS_VARIABLE: text}


def read_env_file(file: Path) -> Mapping[str, str]:
    """The variables of a ``.env`` file; none where there is no such file. Raises OSError, and ValueError for what is
    not UTF-8."""
    if not file.is_file():
        return {}
    from dotenv import dotenv_values  # late: few have such a file

    values = dotenv_values(file, interpolate=False, encoding="utf-8-sig")
    return {name: value for name, value in values.items() if value is not None}
