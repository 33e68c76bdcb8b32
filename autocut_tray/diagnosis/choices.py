"""What the person chose: settings, environment variables, keys."""

from __future__ import annotations

import json
import sys
from typing import Any

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import SettingsError
from autocut_tray.core.messages import message
from autocut_tray.core.paths import HOME_VARIABLE
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.settings import secrets
from autocut_tray.core.settings.environment import LIMITS_VARIABLE, variables
from autocut_tray.core.settings.schema import (
    ENVIRONMENT_PREFIX,
    Settings,
    changed_paths,
    declared,
    value_of,
)
from autocut_tray.diagnosis.finding import Finding, Json, Verdict
from autocut_tray.diagnosis.surroundings import Surroundings


def settings(around: Surroundings, cancel: CancelToken) -> Finding:
    """What differs from the defaults, who decided it, and what cannot be used."""
    store = around.settings
    changed = changed_paths(Settings(), store.current)
    problems = list(store.problems)
    try:
        Thresholds.for_platform(windows=sys.platform == "win32").with_overrides(store.current.limits)
    except SettingsError as error:
        problems.append(message("doctor-settings-limits", reason=error.message))
    facts = {
        "file": str(store.file),
        "exists": store.file.exists(),
        "env_files": [str(file) for file in store.env_files if file.is_file()],
        "changed": [
            {
                "path": path,
                "value": value_of(store.current, path),
                "default": value_of(Settings(), path),
                "source": store.origin(path).value,
            }
            for path in changed
        ],
        "problems": [around.translator.text(problem) for problem in problems],
    }
    if problems:
        said = message("doctor-settings-bad", count=len(problems), first=problems[0])
        return Finding(Verdict.WARNING, said, message("doctor-settings-bad-next"), facts)
    return Finding(Verdict.OK, message("doctor-settings-ok", count=len(changed)), facts=facts)


def environment(around: Surroundings, cancel: CancelToken) -> Finding:
    """Our variables that are set. Keys are never shown, nor the value of a name that we do not know."""
    known = {HOME_VARIABLE, LIMITS_VARIABLE, *(name for path in declared() for name in variables(path))}
    keys = set(secrets.ENVIRONMENT.values())
    shown: list[Json] = []  # not by name: a name that we do not know is the person's, too
    unknown = []
    for name in sorted(around.environ):
        if name in keys:
            shown.append({"name": name, "value": "(set)"})
        elif name in known:
            shown.append({"name": name, "value": around.environ[name]})
        elif name.startswith(ENVIRONMENT_PREFIX):
            shown.append({"name": name, "value": "(set, not known)"})
            unknown.append(name)
    facts = {"variables": shown}
    if unknown:
        said = message("doctor-environment-unknown", names=", ".join(unknown))
        return Finding(Verdict.WARNING, said, message("doctor-environment-unknown-next"), facts)
    return Finding(Verdict.OK, message("doctor-environment-ok", count=len(shown)), facts=facts)


def keys(around: Surroundings, cancel: CancelToken) -> Finding:
    """The keyring's name and which keys there are; no keyring is opened, as that may ask for a password."""
    import keyring  # late: it looks for D-Bus
    from keyring.backends.fail import Keyring as NoKeyring

    backend = keyring.get_keyring()
    kind = type(backend)
    works = not isinstance(backend, NoKeyring) and bool(getattr(backend, "backends", True))
    stored = _stored_names(around)
    given = {name: around.keys.given(name) for name in secrets.ENVIRONMENT}
    facts: dict[str, Any] = {
        "backend": f"{kind.__module__}.{kind.__qualname__}",
        "works": works,
        "backends": [type(one).__module__ for one in getattr(backend, "backends", ())],
        "in_keyring": stored,
        "in_environment": [n for n, where in given.items() if where is secrets.KeyOrigin.ENVIRONMENT],
        "in_env_file": [n for n, where in given.items() if where is secrets.KeyOrigin.ENV_FILE],
    }
    if stored and not works:
        said = message("doctor-keys-lost", names=", ".join(stored))
        return Finding(Verdict.PROBLEM, said, message("doctor-keys-lost-next"), facts)
    said = message("doctor-keys-ok", backend=str(backend.name)) if works else message("doctor-keys-none")
    named = [name for name, where in given.items() if where is not None]
    if named:
        said = message("doctor-keys-given", said=said, names=", ".join(named))
    return Finding(Verdict.OK, said, facts=facts)


def _stored_names(around: Surroundings) -> list[str]:
    try:
        names = json.loads(around.paths.key_index.read_bytes())
    except (OSError, ValueError):
        return []
    return [name for name in secrets.ENVIRONMENT if isinstance(names, list) and name in names]
