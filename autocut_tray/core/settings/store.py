"""Reads settings from the environment, ``.env`` and ``config.toml`` (the first that says something wins) and
writes the file. A bad value costs itself only: the default takes its place and a notice says so."""

from __future__ import annotations

import contextlib
import enum
import logging
import os
import threading
import tomllib
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from autocut_tray.core.errors import SettingsError
from autocut_tray.core.events import EventBus
from autocut_tray.core.files import write_atomic
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.settings import environment
from autocut_tray.core.settings.migrations import migrate, version_of
from autocut_tray.core.settings.schema import (
    LIMITS,
    VERSION,
    Settings,
    Tree,
    Unfit,
    build,
    changed_paths,
    declared,
    drop_path,
    fit,
    fit_limit,
    get_path,
    set_path,
)

log = logging.getLogger(__name__)

_MAX_FILE_BYTES = 1024 * 1024


class Origin(enum.Enum):
    """Who decided a value."""

    DEFAULT = "default"
    FILE = "file"
    ENV_FILE = ".env"
    ENVIRONMENT = "environment"


@frozen
class SettingsChanged:
    """Event: these dotted paths have new values."""

    settings: Settings
    paths: tuple[str, ...]


@frozen
class _Content:
    """What is in the file, at this program's version. ``older``: what it really holds, and at which version."""

    text: str = ""
    tree: Tree = field(default_factory=dict)
    read_only: bool = False
    older: tuple[int, bytes] | None = None


class SettingsStore:
    """The settings of this person, in memory and on disk.

    Unknown keys and comments of the file are kept when it is written. A file that cannot be read is set aside as
    ``config.toml.bad``; one of an older version is brought up to date and kept as ``config.toml.v0.bak``; one of a
    newer version is used as far as it goes and never written.
    """

    def __init__(
        self,
        file: Path,
        bus: EventBus,
        environ: Mapping[str, str] = os.environ,
        env_files: tuple[Path, ...] = (),
    ) -> None:
        self.file = file
        self.env_files = env_files
        self._bus = bus
        self._environ = environ
        self._lock = threading.Lock()
        self._layers: tuple[tuple[Origin, Tree], ...] = ()
        self._unfit: frozenset[str] = frozenset()
        self.problems: tuple[Message, ...] = ()
        self.current = Settings()
        problems: list[Message] = []
        content = _Content()
        try:
            content = self._read_file()
        except ValueError as error:
            problems.append(self._set_aside(error))
        except OSError as error:  # what cannot be read now may be whole: it stays, and is not written over
            log.warning("Settings file %s cannot be opened: %s", self.file, error)
            reason = error.strerror or str(error)
            problems.append(message("settings-not-opened", file=self.file.name, reason=reason))
        self._keep_migrated(content)
        self._take(content, problems)

    def from_environment(self, path: str) -> bool:
        """True when the environment decides this setting, so that the file cannot."""
        return any(
            get_path(tree, path) is not None for origin, tree in self._layers if origin is not Origin.FILE
        )

    def origin(self, path: str) -> Origin:
        """Who decided the value in force; the default, where what was said is no possible value."""
        if path in self._unfit:
            return Origin.DEFAULT
        found = (origin for origin, tree in self._layers if get_path(tree, path) is not None)
        return next(found, Origin.DEFAULT)

    def set(self, path: str, value: object) -> Settings:
        """Change one setting; see :meth:`apply`."""
        return self.apply({path: value})

    def apply(self, changes: Mapping[str, object]) -> Settings:
        """Change settings, save the file, publish :class:`SettingsChanged`: all of them or none.

        ``None`` takes the person's choice back. What others wrote into the file meanwhile counts, too. Raises
        SettingsError and changes nothing when a value is impossible, the file is from a newer version or broken,
        or it cannot be written.
        """
        import tomlkit  # late: it is only needed to write, and costs as much as all other modules of settings

        with self._lock:
            content = self._read_again()
            if content.read_only:
                raise SettingsError("settings_newer", message("settings-newer", file=str(self.file)))
            document = tomlkit.parse(content.text)
            for path, value in changes.items():
                fitted = self._permitted(path, value)
                if fitted is None:
                    drop_path(document, path)
                else:
                    set_path(document, path, fitted)
            document["version"] = VERSION
            text = tomlkit.dumps(document)
            try:
                if content.older is not None:
                    self._keep(content.older)
                if self.file.exists():
                    write_atomic(self._backup("bak"), self.file.read_bytes())
                write_atomic(self.file, text.encode())
            except OSError as error:
                raise SettingsError(
                    "settings_unwritable",
                    message("settings-unwritable", file=str(self.file), reason=error.strerror or str(error)),
                ) from error
            before = self.current
            self._take(_Content(text, document.unwrap()), [])
            settings = self.current
            changed = changed_paths(before, settings)
        self._bus.publish(SettingsChanged(settings, tuple(dict.fromkeys((*changes, *changed)))))
        return settings

    def _permitted(self, path: str, value: object) -> object:
        """``value`` as the file is to hold it. Raises SettingsError for what this file cannot decide."""
        if path not in declared() and not path.startswith(f"{LIMITS}."):
            raise SettingsError("setting_unknown", message("setting-unknown", path=path))
        if self.from_environment(path):
            raise SettingsError("setting_from_environment", message("setting-from-environment", path=path))
        return None if value is None else _fitted(path, value)

    def reload(self) -> tuple[str, ...]:
        """Take up what another program wrote into the file or ``.env``; publishes and returns what is different.

        Raises SettingsError, and keeps the settings as they are, for a file that cannot be read.
        """
        with self._lock:
            before = self.current
            self._take(self._read_again(), [])
            settings = self.current
            changed = changed_paths(before, settings)
        if changed:
            self._bus.publish(SettingsChanged(settings, changed))
        return changed

    def _take(self, content: _Content, problems: list[Message]) -> None:
        """Make what the file, ``.env`` and the environment say the settings in force."""
        in_files, unreadable = environment.settings_in_files(self.env_files)
        problems += unreadable
        overlays = (
            (Origin.ENV_FILE, in_files),
            (Origin.ENVIRONMENT, environment.settings_in(self._environ)),
        )
        whole = content.tree
        for _, overlay in overlays:
            whole = environment.merged(whole, overlay)
        settings, unfit = build(whole)
        if content.read_only:
            problems.append(message("settings-newer", file=self.file.name))
        problems += [_invalid(path, reason) for path, reason in unfit.items()]
        self._layers = (*reversed(overlays), (Origin.FILE, content.tree))
        self._unfit = frozenset(unfit)
        self.current, self.problems = settings, tuple(problems)

    def _read_again(self) -> _Content:
        try:
            return self._read_file()
        except (OSError, ValueError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or str(error)
            raise SettingsError(
                "settings_broken", message("settings-broken", file=str(self.file), reason=reason)
            ) from error

    def _read_file(self) -> _Content:
        """Raises OSError for a file that cannot be opened, ValueError for one that makes no sense."""
        try:
            if self.file.stat().st_size > _MAX_FILE_BYTES:
                raise ValueError("larger than 1 MiB")
            data = self.file.read_bytes()
        except FileNotFoundError:
            return _Content()
        text = data.decode("utf-8-sig")
        tree = _parse(text)
        version = version_of(tree)
        if version is None or version > VERSION:
            return _Content(text, tree, read_only=True)
        newer = migrate(text, tree)
        if newer is None:
            return _Content(text, tree)
        return _Content(newer, _parse(newer), older=(version, data))

    def _keep_migrated(self, content: _Content) -> None:
        """The old file first, under another name: whatever happens, one of the two is whole."""
        if content.older is None:
            return
        try:
            self._keep(content.older)
            write_atomic(self.file, content.text.encode())
        except OSError as error:
            log.warning("%s is used as if it were up to date, but cannot be written: %s", self.file, error)
        else:
            log.info("%s was brought up to version %d", self.file, VERSION)

    def _keep(self, older: tuple[int, bytes]) -> None:
        version, data = older
        write_atomic(self._backup(f"v{version}.bak"), data)

    def _set_aside(self, error: ValueError) -> Message:
        log.warning("Settings file %s cannot be read: %s", self.file, error)
        with contextlib.suppress(OSError):
            self.file.replace(self._backup("bad"))
        return message("settings-unreadable", file=self.file.name, reason=str(error))

    def _backup(self, kind: str) -> Path:
        return self.file.with_name(f"{self.file.name}.{kind}")


def _parse(text: str) -> Tree:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _fitted(path: str, value: object) -> object:
    """``value`` as the file is to hold it. Raises SettingsError."""
    try:
        if path in declared():
            return fit(declared()[path], value)
        limit = fit_limit(value)
        return int(limit) if limit.is_integer() else limit
    except Unfit as unfit:
        raise SettingsError("setting_invalid", _invalid(path, unfit.reason)) from None


def _invalid(path: str, reason: Message) -> Message:
    return message("setting-invalid", path=path, reason=reason)
