"""API keys: in the system's keyring, or for this session only where there is none; never in a file of ours.

Where the keyring has none, one of the environment counts, then one of a ``.env`` file: read, used, never written.
"""

from __future__ import annotations

import enum
import json
import logging
import os
import re
import threading
from collections.abc import Mapping
from pathlib import Path

from autocut_tray.core.errors import SettingsError
from autocut_tray.core.files import write_atomic
from autocut_tray.core.frozen import frozen
from autocut_tray.core.log import SECRETS
from autocut_tray.core.messages import message
from autocut_tray.core.paths import Paths
from autocut_tray.core.settings.environment import read_env_file

log = logging.getLogger(__name__)

SERVICE = "AutoCutDirector"

ENVIRONMENT: Mapping[str, str] = {
    "openai": "OPENAI_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "lmstudio": "LM_API_TOKEN",
}
"""Names of keys, and the environment variables that give them where the keyring has none."""


class KeyOrigin(enum.Enum):
    """Where a key comes from. ``SESSION``: a person entered it, and there is no keyring to put it into."""

    KEYRING = "keyring"
    SESSION = "session"
    ENVIRONMENT = "environment"
    ENV_FILE = ".env"

    @property
    def given(self) -> bool:
        """True for what the environment gives, so that it cannot be forgotten here."""
        return self in (KeyOrigin.ENVIRONMENT, KeyOrigin.ENV_FILE)


@frozen
class _Found:
    key: str
    origin: KeyOrigin


_KEY = re.compile(r"[\x21-\x7e]{8,512}")


class KeyStore:
    """Keys by the names of :data:`ENVIRONMENT`. Safe to use from several threads.

    ``index``: a file with the names (never the keys) of what was put into the keyring, so that a keyring is
    opened only by those who use one: the first look may take seconds or ask for a password, and the library
    costs 12 MiB. ``env_files``: the last of them wins. Never to be called on the UI thread.
    """

    def __init__(
        self, index: Path, environ: Mapping[str, str] = os.environ, env_files: tuple[Path, ...] = ()
    ) -> None:
        self._index = index
        self._environ = environ
        self._env_files = env_files
        self._lock = threading.Lock()
        self._known: dict[str, _Found | None] = {}
        self.session_only = False
        """True when there is no keyring, so that keys are forgotten at the end."""

    @classmethod
    def of(cls, paths: Paths, environ: Mapping[str, str] = os.environ) -> KeyStore:
        """That of this person."""
        return cls(paths.key_index, environ, paths.env_files)

    def get(self, name: str) -> str | None:
        """The key, or None; one that could not be sent as a header counts as none."""
        found = self._find(name)
        return None if found is None else found.key

    def origin(self, name: str) -> KeyOrigin | None:
        """Where the key comes from; None without one."""
        found = self._find(name)
        return None if found is None else found.origin

    def given(self, name: str) -> KeyOrigin | None:
        """Where the environment or a file of it gives a key, used or not; opens no keyring."""
        found = self._from_environment(name)
        return None if found is None else found.origin

    def put(self, name: str, key: str | None) -> None:
        """Keep a key, or forget it, so that what the environment gives counts again. Raises SettingsError for what
        cannot be a key."""
        if key is not None:
            key = key.strip()
            if not _KEY.fullmatch(key):
                raise SettingsError("key_invalid", message("error-key-invalid"))
            SECRETS.hide([key])
        with self._lock:
            self._keep(name, key)
            if key is None:
                self._known[name] = self._from_environment(name)
            else:
                origin = KeyOrigin.SESSION if self.session_only else KeyOrigin.KEYRING
                self._known[name] = _Found(key, origin)

    def reload(self) -> None:
        """Another process changed the keyring: look again when a key is next wanted."""
        with self._lock:
            self._known.clear()

    def _find(self, name: str) -> _Found | None:
        with self._lock:
            if name not in self._known:
                stored = self._from_keyring(name) if name in self._names() else None
                kept = self._usable(stored, KeyOrigin.KEYRING) if stored else None
                self._known[name] = kept if stored else self._from_environment(name)
            return self._known[name]

    def _from_environment(self, name: str) -> _Found | None:
        variable = ENVIRONMENT[name]
        key = self._environ.get(variable, "").strip()
        if key:
            return self._usable(key, KeyOrigin.ENVIRONMENT)
        for file in reversed(self._env_files):
            try:
                key = read_env_file(file).get(variable, "").strip()
            except (OSError, ValueError) as error:  # the settings, which are read from it too, say so
                log.info("No key is read from %s: %s", file, type(error).__name__)
                continue
            if key:
                return self._usable(key, KeyOrigin.ENV_FILE)
        return None

    def _usable(self, key: str, origin: KeyOrigin) -> _Found | None:
        if not _KEY.fullmatch(key):
            return None
        SECRETS.hide([key])
        return _Found(key, origin)

    def _names(self) -> set[str]:
        try:
            names = json.loads(self._index.read_bytes())
        except (OSError, ValueError):
            return set()
        return {name for name in names if name in ENVIRONMENT} if isinstance(names, list) else set()

    def _note(self, name: str, *, stored: bool) -> None:
        names = self._names() | {name} if stored else self._names() - {name}
        try:
            write_atomic(self._index, json.dumps(sorted(names)).encode())
        except OSError as error:
            log.warning("It is not noted that the keyring has a key: %s", error)

    def _from_keyring(self, name: str) -> str | None:
        import keyring  # late: it looks for D-Bus
        from keyring.errors import KeyringError

        try:
            return keyring.get_password(SERVICE, name)
        except (KeyringError, RuntimeError, OSError) as error:
            self._without_keyring(error)
            return None

    def _keep(self, name: str, key: str | None) -> None:
        import keyring
        from keyring.errors import KeyringError, PasswordDeleteError

        try:
            if key is None:
                keyring.delete_password(SERVICE, name)
            else:
                keyring.set_password(SERVICE, name, key)
            self._note(name, stored=key is not None)
        except PasswordDeleteError:
            log.debug("There was no key %s to forget", name)
            self._note(name, stored=False)
        except (KeyringError, RuntimeError, OSError) as error:
            self._without_keyring(error)

    def _without_keyring(self, error: Exception) -> None:
        if not self.session_only:
            self.session_only = True
            log.info("No keyring (%s): keys are kept for this session only", type(error).__name__)
