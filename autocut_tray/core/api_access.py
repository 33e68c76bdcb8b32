"""Where other programs of this person reach the local API, and the token that they show."""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from pathlib import Path

from autocut_tray.core.errors import StorageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.files import write_atomic
from autocut_tray.core.frozen import frozen
from autocut_tray.core.log import SECRETS
from autocut_tray.core.messages import Message, message

log = logging.getLogger(__name__)

TOKEN_BYTES = 32
"""256 bits; nobody guesses them."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43,128}")


@frozen
class ApiState:
    """``url``: where it answers, None while it does not. ``problem``: why it could not start."""

    url: str | None = None
    problem: Message | None = None


@frozen
class ApiChanged:
    """Event: the API began or ended, or its token is another."""

    state: ApiState


class ApiAccess:
    """The token of this installation, kept in a file of mode 0600, and the state of the API.

    Touches no disk before it is asked for the token. Safe to use from several threads.
    """

    def __init__(self, token_file: Path, address_file: Path, bus: EventBus) -> None:
        self._token_file = token_file
        self._address_file = address_file
        self._bus = bus
        self._lock = threading.RLock()
        self._token: str | None = None
        self._state = ApiState()

    @property
    def state(self) -> ApiState:
        return self._state

    @property
    def token(self) -> str:
        """Made at its first use. Raises StorageError when it cannot be kept."""
        with self._lock:
            if self._token is None:
                self._token = self._read() or self._make()
                SECRETS.hide((self._token,))
            return self._token

    def matches(self, given: bytes) -> bool:
        """Whether this is the token; takes as long for a wrong one as for the right one."""
        import hmac  # late: it loads OpenSSL

        return hmac.compare_digest(given, self.token.encode())

    def rotate(self) -> str:
        """A new token; the old one is worth nothing from now on. Raises StorageError, and nothing has changed."""
        with self._lock:
            self._token = self._make()
            SECRETS.hide((self._token,))
            if self._state.url is not None:
                self._write_address(self._state.url)
        self._bus.publish(ApiChanged(self._state))
        return self._token

    def opened(self, url: str) -> None:
        """The API answers there: tell the programs of this person. Raises StorageError."""
        with self._lock:
            self._write_address(url)
            self._state = ApiState(url)
        self._bus.publish(ApiChanged(self._state))

    def closed(self, problem: Message | None = None) -> None:
        """It does not answer any more, or could not begin to."""
        with self._lock:
            self._state = ApiState(problem=problem)
            try:
                self._address_file.unlink(missing_ok=True)
            except OSError as error:
                log.warning("%s is not removed: %s", self._address_file, error)
        self._bus.publish(ApiChanged(self._state))

    def line(self) -> dict[str, object]:
        """What programs need to begin: ``{"url", "token", "pid"}``. Raises StorageError."""
        return {"url": self._state.url, "token": self.token, "pid": os.getpid()}

    def _read(self) -> str | None:
        """None where no token is kept, or what is kept there is none."""
        try:
            kept = self._token_file.read_text("ascii").strip()
        except (OSError, ValueError):
            return None
        return kept if _TOKEN.fullmatch(kept) else None

    def _make(self) -> str:
        import secrets  # late: it loads OpenSSL

        made = secrets.token_urlsafe(TOKEN_BYTES)
        self._write(self._token_file, made)
        return made

    def _write_address(self, url: str) -> None:
        line = {"url": url, "token": self.token, "pid": os.getpid()}
        self._write(self._address_file, json.dumps(line) + "\n")

    def _write(self, file: Path, text: str) -> None:
        try:
            write_atomic(file, text.encode())
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise StorageError(
                "file_unwritable", message("error-file-unwritable", file=str(file), reason=reason)
            ) from error
