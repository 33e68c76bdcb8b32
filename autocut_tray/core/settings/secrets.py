"""API keys: in the system's keyring, or for this session only where there is none; never in a file of ours."""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from collections.abc import Mapping
from pathlib import Path

from autocut_tray.core.errors import SettingsError
from autocut_tray.core.files import write_atomic
from autocut_tray.core.log import SECRETS
from autocut_tray.core.messages import message

log = logging.getLogger(__name__)

SERVICE = "AutoCutDirector"

ENVIRONMENT: Mapping[str, str] = {
    "openai": "OPENAI_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "lmstudio": "LM_API_TOKEN",
}
"""Names of keys, and the environment variables that give them where the keyring has none."""

_KEY = re.compile(r"[\x21-\x7e]{8,512}")


class KeyStore:
    """Keys by the names of :data:`ENVIRONMENT`. Safe to use from several threads.

    ``index``: a file with the names (never the keys) of what was put into the keyring, so that a keyring is
    opened only by those who use one: the first look may take seconds or ask for a password, and the library
    costs 12 MiB. Never to be called on the UI thread.
    """

    def __init__(self, index: Path, environ: Mapping[str, str] = os.environ) -> None:
        self._index = index
        self._environ = environ
        self._lock = threading.Lock()
        self._known: dict[str, str | None] = {}
        self.session_only = False
        """True when there is no keyring, so that keys are forgotten at the end."""

    def get(self, name: str) -> str | None:
        """The key, or None; one that could not be sent as a header counts as none."""
        with self._lock:
            if name not in self._known:
                self._known[name] = self._look_up(name)
            return self._known[name]

    def put(self, name: str, key: str | None) -> None:
        """Keep a key, or forget it. Raises SettingsError for what cannot be a key."""
        if key is not None:
            key = key.strip()
            if not _KEY.fullmatch(key):
                raise SettingsError("key_invalid", message("error-key-invalid"))
            SECRETS.hide([key])
        with self._lock:
            self._known[name] = key
            self._keep(name, key)

    def reload(self) -> None:
        """Another process changed the keyring: look again when a key is next wanted."""
        with self._lock:
            self._known.clear()

    def _look_up(self, name: str) -> str | None:
        stored = self._from_keyring(name) if name in self._names() else None
        key = stored or self._environ.get(ENVIRONMENT[name], "").strip()
        if not _KEY.fullmatch(key):
            return None
        SECRETS.hide([key])
        return key

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
