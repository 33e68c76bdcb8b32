"""Reads settings from the environment, ``.env`` and ``config.toml`` (the first that says something wins) and
writes the file. A bad value costs itself only: the default takes its place and a notice says so."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autocut_tray.core.errors import SettingsError
from autocut_tray.core.events import EventBus
from autocut_tray.core.files import write_atomic
from autocut_tray.core.messages import Message, message
from autocut_tray.core.settings.schema import (
    ENVIRONMENT,
    ENVIRONMENT_PREFIX,
    LIMITS,
    VERSION,
    Settings,
    Tree,
    build,
    declared,
    drop_path,
    get_path,
    set_path,
)

log = logging.getLogger(__name__)

_MAX_FILE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Event: these dotted paths have new values."""

    settings: Settings
    paths: tuple[str, ...]


class SettingsStore:
    """The settings of this person, in memory and on disk.

    Unknown keys and comments of the file are kept when it is written. A file that cannot be read is set aside as
    ``config.toml.bad``; one from a newer version is used as far as it goes and never written.
    """

    def __init__(
        self,
        file: Path,
        bus: EventBus,
        environ: Mapping[str, str] = os.environ,
        env_files: tuple[Path, ...] = (),
    ) -> None:
        self._file = file
        self._bus = bus
        self._lock = threading.Lock()
        self._read_only = False
        problems: list[Message] = []
        self._overlay = _environment(environ, env_files)
        self._text, tree = self._read_file(problems)
        self.current, unfit = build(_merged(tree, self._overlay))
        problems += [_invalid(path, reason) for path, reason in unfit.items()]
        self.problems: tuple[Message, ...] = tuple(problems)

    def from_environment(self, path: str) -> bool:
        """True when the environment decides this setting, so that the file cannot."""
        return get_path(self._overlay, path) is not None

    def set(self, path: str, value: object) -> Settings:
        """Change one setting, save the file, publish :class:`SettingsChanged`.

        ``None`` takes the person's choice back. Raises SettingsError and changes nothing when the value is
        impossible, the file is from a newer version, or it cannot be written.
        """
        import tomlkit  # late: it is only needed to write, and costs as much as all other modules of settings

        with self._lock:
            if self._read_only:
                raise SettingsError("settings_newer", message("settings-newer", file=str(self._file)))
            if path not in declared() and not path.startswith(f"{LIMITS}."):
                raise SettingsError("setting_unknown", message("setting-unknown", path=path))
            if self.from_environment(path):
                raise SettingsError(
                    "setting_from_environment", message("setting-from-environment", path=path)
                )
            document = tomlkit.parse(self._text)
            if value is None:
                drop_path(document, path)
            else:
                set_path(document, path, value)
            document["version"] = VERSION
            settings, unfit = build(_merged(document.unwrap(), self._overlay))
            if path in unfit:
                raise SettingsError("setting_invalid", _invalid(path, unfit[path]))
            text = tomlkit.dumps(document)
            try:
                if self._file.exists():
                    write_atomic(self._file.with_suffix(".toml.bak"), self._file.read_bytes())
                write_atomic(self._file, text.encode())
            except OSError as error:
                raise SettingsError(
                    "settings_unwritable",
                    message("settings-unwritable", file=str(self._file), reason=error.strerror or str(error)),
                ) from error
            self._text, self.current = text, settings
        self._bus.publish(SettingsChanged(settings, (path,)))
        return settings

    def _read_file(self, problems: list[Message]) -> tuple[str, Tree]:
        try:
            if self._file.stat().st_size > _MAX_FILE_BYTES:
                raise ValueError("larger than 1 MiB")
            text = self._file.read_bytes().decode("utf-8-sig")
            tree = tomllib.loads(text)
        except FileNotFoundError:
            return "", {}
        except (OSError, ValueError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
            log.warning("Settings file %s cannot be read: %s", self._file, error)
            with contextlib.suppress(OSError):
                self._file.replace(self._file.with_suffix(".toml.bad"))
            problems.append(message("settings-unreadable", file=self._file.name, reason=str(error)))
            return "", {}
        version = tree.get("version", VERSION)
        if not isinstance(version, int) or version > VERSION:
            self._read_only = True
            problems.append(message("settings-newer", file=self._file.name))
        return text, tree


def _invalid(path: str, reason: Message) -> Message:
    return message("setting-invalid", path=path, reason=reason)


def _merged(tree: Tree, overlay: Tree) -> Tree:
    """``overlay`` over ``tree``, section by section."""
    merged = dict(tree)
    for key, value in overlay.items():
        below = merged.get(key)
        merged[key] = {**(below if isinstance(below, dict) else {}), **value}
    return merged


def _environment(environ: Mapping[str, str], env_files: tuple[Path, ...]) -> Tree:
    """What ``.env`` files and the environment say; the environment wins, then the later file."""
    tree: Tree = {}
    for layer in (*map(_env_file, env_files), environ):
        for path in declared():
            section, _, name = path.partition(".")
            _take(tree, path, layer.get(f"{ENVIRONMENT_PREFIX}{section}__{name}".upper()))
        for variable, path in ENVIRONMENT.items():
            _take(tree, path, layer.get(variable))
        if limits := (layer.get(f"{ENVIRONMENT_PREFIX}{LIMITS}".upper()) or "").strip():
            tree[LIMITS] = {**tree.get(LIMITS, {}), **_limits(limits)}
    return tree


def _take(tree: Tree, path: str, value: str | None) -> None:
    if value is not None and value.strip():
        set_path(tree, path, value.strip())


def _limits(text: str) -> Tree:
    """``AUTOCUT_LIMITS`` is a JSON object of numbers; what is not one is reported as a bad value."""
    try:
        limits = json.loads(text)
    except ValueError:
        limits = None
    return limits if isinstance(limits, dict) else {"AUTOCUT_LIMITS": text}


def _env_file(file: Path) -> Mapping[str, str]:
    if not file.is_file():
        return {}
    from dotenv import dotenv_values  # late: few have such a file

    values = dotenv_values(file, interpolate=False, encoding="utf-8-sig")
    return {name: value for name, value in values.items() if value is not None}
