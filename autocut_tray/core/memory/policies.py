"""When which kind of memory may be given back: the shipped rules, and what a person changed of them."""

from __future__ import annotations

import dataclasses
import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from autocut_tray.core.assets import asset
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.release import ResourceKind

log = logging.getLogger(__name__)

FILE_NAME = "releasable_resources.yaml"
VERSION = 1
MAX_FILE_BYTES = 64 * 1024

MAX_IDLE = 86_400.0
MAX_PRIORITY = 100


@frozen
class ReleasePolicy:
    """The rule for one kind. ``idle_seconds``: unused for so long it has expired. ``priority``: the highest is given
    up first in an emergency. ``release_idle``: release on expiry, else only while memory is short.
    ``compress_first``: make it smaller before any of it is dropped."""

    idle_seconds: float
    priority: int
    release_idle: bool
    compress_first: bool


PolicyTable = Mapping[ResourceKind, ReleasePolicy]


@frozen
class Policies:
    """The rules in force, and what of a person's file is not used and why."""

    table: PolicyTable
    problems: tuple[Message, ...] = ()


class LazyPolicies:
    """The rules, read when they are first needed: the reader costs 3 MiB, and many sessions track nothing.

    A file of the person is read at once, so that what is wrong with it is said at the start. Whoever asks for the
    table gets OSError or ImportError while the shipped file or its reader cannot be opened.
    """

    def __init__(self, own_file: Path) -> None:
        self._file = own_file
        self._loaded: Policies | None = None
        if own_file.exists():
            self._load()

    @property
    def table(self) -> PolicyTable:
        return self._load().table

    @property
    def problems(self) -> tuple[Message, ...]:
        """What of the person's file is not used; nothing as long as there is no such file."""
        return self._loaded.problems if self._loaded is not None else ()

    def _load(self) -> Policies:
        if self._loaded is None:
            self._loaded = load_policies(self._file)
        return self._loaded


def load_policies(own_file: Path) -> Policies:
    """The shipped rules, changed as ``own_file`` says where that makes sense. Never raises for that file."""
    shipped = shipped_policies()
    problems: list[Message] = []
    changes = _read_own(own_file, problems)
    table = dict(shipped)
    for name, values in changes.items():
        kind = _KINDS.get(name) if isinstance(name, str) else None
        if kind is None:
            problems.append(
                message("memory-policy-kind", file=FILE_NAME, kind=_shown(name), kinds=_ALL_KINDS)
            )
        elif not isinstance(values, dict):
            problems.append(message("memory-policy-section", file=FILE_NAME, kind=kind.value))
        else:
            table[kind] = _changed(kind, shipped[kind], values, problems)
    for problem in problems:
        log.warning("%s: %s %s", FILE_NAME, problem.code, dict(problem.params))
    return Policies(MappingProxyType(table), tuple(problems))


def shipped_policies() -> PolicyTable:
    """The rules of the product. Raises ValueError when the shipped file is damaged."""
    document = _parse(asset(FILE_NAME).read_text("utf-8"))
    sections = document["resources"] if isinstance(document, dict) else {}
    table = {}
    for kind in ResourceKind:
        problems: list[Message] = []
        section = sections.get(kind.value)
        if not isinstance(section, dict) or set(section) != set(_FIELDS):
            raise ValueError(f"{FILE_NAME} as shipped: {kind.value}")
        table[kind] = _changed(kind, ReleasePolicy(0.0, 1, False, False), section, problems)
        if problems:
            raise ValueError(f"{FILE_NAME} as shipped: {kind.value}: {problems}")
    return MappingProxyType(table)


def _read_own(file: Path, problems: list[Message]) -> Mapping[Any, Any]:
    """The sections of the person's file; empty when there is none, or when it cannot be used at all."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise ValueError(f"more than {MAX_FILE_BYTES // 1024} KB")
        document = _parse(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else _first_line(error)
        problems.append(message("memory-policy-unreadable", file=FILE_NAME, reason=reason))
        return {}
    if document is None:
        return {}
    if not isinstance(document, dict):
        problems.append(message("memory-policy-unreadable", file=FILE_NAME, reason=type(document).__name__))
        return {}
    version = document.get("version", VERSION)
    if isinstance(version, bool) or version != VERSION:
        problems.append(message("memory-policy-version", file=FILE_NAME, version=_shown(version)))
        return {}
    for key in document:
        if key not in ("version", "resources"):
            problems.append(
                message("memory-policy-key", file=FILE_NAME, key=_shown(key), keys="version, resources")
            )
    resources = document.get("resources")
    if resources is None:
        return {}
    if not isinstance(resources, dict):
        problems.append(message("memory-policy-section", file=FILE_NAME, kind="resources"))
        return {}
    return resources


def _parse(text: str) -> Any:
    """What a YAML text says. Raises ValueError for what is not YAML, and for documents that unfold without end."""
    yaml = _yaml()
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise ValueError("aliases are not used here")
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(_first_line(error)) from error


def _yaml() -> ModuleType:
    """Imported late: 30 ms and 3 MiB. Raises OSError or ImportError; what half came in then would spoil every later
    try, so it goes."""
    try:
        import yaml
    except Exception:
        for name in [name for name in sys.modules if name.partition(".")[0] == "yaml"]:
            del sys.modules[name]
        raise
    return yaml


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return f"{getattr(error, 'problem', None) or 'not YAML'} ({mark.line + 1}:{mark.column + 1})"
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _changed(
    kind: ResourceKind, policy: ReleasePolicy, values: Mapping[Any, Any], problems: list[Message]
) -> ReleasePolicy:
    """``policy`` with the values that make sense; each other one is a problem and changes nothing."""
    fit: dict[str, Any] = {}
    for key, value in values.items():
        field = _FIELDS.get(key) if isinstance(key, str) else None
        if field is None:
            keys = ", ".join(_FIELDS)
            problems.append(
                message("memory-policy-key", file=FILE_NAME, key=f"{kind.value}.{_shown(key)}", keys=keys)
            )
            continue
        accepted = field.fit(value)
        if accepted is None:
            kept = getattr(policy, key)
            problems.append(
                message(
                    field.refusal,
                    file=FILE_NAME,
                    key=f"{kind.value}.{key}",
                    value=_shown(value),
                    kept=str(kept).lower() if isinstance(kept, bool) else f"{kept:g}",
                )
            )
        else:
            fit[key] = accepted
    return dataclasses.replace(policy, **fit)


@frozen
class _Field:
    """How one value is read: ``fit`` gives None for what it cannot be."""

    fit: Callable[[object], float | bool | None]
    refusal: str


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 1.0 <= value <= MAX_IDLE else None


def _priority(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 1 <= value <= MAX_PRIORITY else None


def _switch(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


_FIELDS: Mapping[str, _Field] = {
    "idle_seconds": _Field(_seconds, "memory-policy-seconds"),
    "priority": _Field(_priority, "memory-policy-priority"),
    "release_idle": _Field(_switch, "memory-policy-switch"),
    "compress_first": _Field(_switch, "memory-policy-switch"),
}
_KINDS: Mapping[str, ResourceKind] = {kind.value: kind for kind in ResourceKind}
_ALL_KINDS = ", ".join(_KINDS)


def _shown(value: object) -> str:
    """A value of the file as a sentence can carry it."""
    return "".join(letter for letter in str(value)[:60] if letter.isprintable())
