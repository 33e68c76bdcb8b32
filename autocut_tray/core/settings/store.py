"""Reads settings from the environment, ``.env`` and ``config.toml`` (the first that says something wins) and
writes the file. A bad value costs itself only: the default takes its place and a notice says so."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    SettingsConfigDict,
)
from tomlkit.exceptions import TOMLKitError

from autocut_tray.core.errors import SettingsError
from autocut_tray.core.events import EventBus
from autocut_tray.core.files import write_atomic
from autocut_tray.core.messages import Message, message
from autocut_tray.core.settings.schema import (
    ENVIRONMENT,
    ENVIRONMENT_PREFIX,
    VERSION,
    Settings,
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

    Unknown keys of the file are kept when it is written. A file that cannot be read is set aside as
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
        self._overlay = _environment(environ, env_files)
        problems: list[Message] = []
        self._document = self._read_file(problems)
        self.current = self._build(self._document, problems)
        self.problems: tuple[Message, ...] = tuple(problems)

    def from_environment(self, path: str) -> bool:
        """True when the environment decides this setting, so that the file cannot."""
        return get_path(self._overlay, path) is not None

    def set(self, path: str, value: object) -> Settings:
        """Change one setting, save the file, publish :class:`SettingsChanged`.

        ``None`` takes the person's choice back. Raises SettingsError and changes nothing when the value is
        impossible, the file is from a newer version, or it cannot be written.
        """
        with self._lock:
            if self._read_only:
                raise SettingsError("settings_newer", message("settings-newer", file=str(self._file)))
            if self.from_environment(path):
                raise SettingsError(
                    "setting_from_environment", message("setting-from-environment", path=path)
                )
            candidate = tomlkit.parse(tomlkit.dumps(self._document))
            if value is None:
                drop_path(candidate, tuple(path.split(".")))
            else:
                set_path(candidate, path, value)
            candidate["version"] = VERSION
            problems: list[Message] = []
            settings = self._build(candidate, problems)
            for problem in problems:
                if problem.params["path"] == path:
                    raise SettingsError("setting_invalid", problem)
            if get_path(settings.model_dump(), path) is None and value is not None:
                raise SettingsError("setting_unknown", message("setting-unknown", path=path))
            try:
                if self._file.exists():
                    write_atomic(self._file.with_suffix(".toml.bak"), self._file.read_bytes())
                write_atomic(self._file, tomlkit.dumps(candidate).encode())
            except OSError as error:
                raise SettingsError(
                    "settings_unwritable",
                    message("settings-unwritable", file=str(self._file), reason=error.strerror or str(error)),
                ) from error
            self._document, self.current = candidate, settings
        self._bus.publish(SettingsChanged(settings, (path,)))
        return settings

    def _read_file(self, problems: list[Message]) -> tomlkit.TOMLDocument:
        try:
            if self._file.stat().st_size > _MAX_FILE_BYTES:
                raise ValueError("larger than 1 MiB")
            document = tomlkit.parse(self._file.read_bytes().decode("utf-8-sig"))
        except FileNotFoundError:
            return tomlkit.document()
        except (OSError, ValueError, TOMLKitError) as error:
            log.warning("Settings file %s cannot be read: %s", self._file, error)
            with contextlib.suppress(OSError):
                self._file.replace(self._file.with_suffix(".toml.bad"))
            problems.append(message("settings-unreadable", file=self._file.name, reason=str(error)))
            return tomlkit.document()
        version = document.get("version", VERSION)
        if not isinstance(version, int) or version > VERSION:
            self._read_only = True
            problems.append(message("settings-newer", file=self._file.name))
        return document

    def _build(self, document: tomlkit.TOMLDocument, problems: list[Message]) -> Settings:
        tree = _plain(document, self._overlay)
        while True:
            try:
                return Settings.model_validate(tree)
            except ValidationError as error:
                dropped = False
                for item in error.errors():
                    if drop_path(tree, item["loc"]):
                        dropped = True
                        problems.append(_invalid(".".join(map(str, item["loc"])), item["msg"]))
                if not dropped:  # nothing of ours is to blame: a defect in the schema
                    raise


def _invalid(path: str, reason: str) -> Message:
    return message("setting-invalid", path=path, reason=reason)


def _plain(document: tomlkit.TOMLDocument, overlay: dict[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = document.unwrap()
    _merge(tree, overlay)
    return tree


def _merge(tree: dict[str, Any], overlay: Mapping[str, Any]) -> None:
    for key, value in overlay.items():
        if isinstance(value, Mapping) and isinstance(tree.get(key), dict):
            _merge(tree[key], value)
        else:
            tree[key] = dict(value) if isinstance(value, Mapping) else value


class _Named(BaseSettings, Settings):
    """The schema with pydantic-settings' rules for environment names; only its sources are used."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, env_nested_delimiter="__", env_file_encoding="utf-8"
    )


class _GivenEnvironment(EnvSettingsSource):
    """The environment source over a given mapping instead of the process's own."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._given = environ
        super().__init__(_Named)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._given.items() if value}


def _environment(environ: Mapping[str, str], env_files: tuple[Path, ...]) -> dict[str, Any]:
    """What ``.env`` files and the environment say; the environment wins, then the later file."""
    tree: dict[str, Any] = {}
    layers: list[Mapping[str, str | None]] = []
    for file in env_files:
        if file.is_file():
            _merge(tree, DotEnvSettingsSource(_Named, env_file=file)())
            layers.append(DotEnvSettingsSource(_Named, env_file=file, case_sensitive=True).env_vars)
    _merge(tree, _GivenEnvironment(environ)())
    for layer in (*layers, environ):
        for name, path in ENVIRONMENT.items():
            if value := (layer.get(name) or "").strip():
                set_path(tree, path, value)
    return tree
