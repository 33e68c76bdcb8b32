"""What asking Ollama and LM Studio for their models has in common."""

from __future__ import annotations

import errno
import selectors
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.frozen import frozen
from autocut_tray.core.http_exchange import JsonReply
from autocut_tray.core.http_light import LightClient, is_plain_and_here
from autocut_tray.core.runtime.probes.ollama_host import is_this_machine
from autocut_tray.core.sockets import Limits

if TYPE_CHECKING:
    from autocut_tray.core.http import HttpClient

CONNECT_SECONDS = 1.0
FIRST_ANSWER_SECONDS = 1.3
"""A server that lets one connect but says nothing for so long does not work; detection goes on without it."""
TOTAL_SECONDS = 3.5
"""For all questions to one server; what is not answered by then stays unknown."""
_LISTEN_SECONDS = 0.25
"""How long a port of this machine may take to accept. Windows takes 2 s to say that one is closed."""
_MAX_BYTES = 4 * 1024 * 1024
_IN_PROGRESS = {errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK)}


@frozen
class ServerAddresses:
    """Where to look for servers, as the settings say it. ``lmstudio_token``: for a server that wants one."""

    ollama: str = ""
    lmstudio: str = ""
    lmstudio_token: str | None = None


def listens(url: str) -> bool:
    """Whether something accepts connections at an address of this machine; True for any other, unasked.

    A refusal takes 15 us, where an HTTP library would be imported (70 ms) to learn the same.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 0
    if not is_this_machine(host):
        return True
    names = ("127.0.0.1", "::1") if host.lower() == "localhost" else (host,)
    with selectors.DefaultSelector() as waiting:
        try:
            return any(_connects(name, port, waiting) for name in names) or _one_connects(waiting)
        finally:
            for key in list(waiting.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]


def _connects(host: str, port: int, waiting: selectors.BaseSelector) -> bool:
    """True or False at once; a connection still under way is put into ``waiting``."""
    try:
        sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    except OSError:
        return False  # no IPv6 here
    sock.setblocking(False)
    try:
        code = sock.connect_ex((host, port))
    except OSError:
        code = errno.EINVAL
    if code in _IN_PROGRESS:
        waiting.register(sock, selectors.EVENT_WRITE)
        return False
    sock.close()
    return code == 0


def _one_connects(waiting: selectors.BaseSelector) -> bool:
    """Whether one of the connections under way succeeds in time."""
    while waiting.get_map():
        ready = waiting.select(_LISTEN_SECONDS)
        if not ready:
            return False
        for key, _ in ready:
            sock = key.fileobj
            assert isinstance(sock, socket.socket)
            waiting.unregister(sock)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            sock.close()
            if code == 0:
                return True
    return False


class Questions:
    """Questions to one server, all of which together get ``TOTAL_SECONDS``. Close it."""

    def __init__(
        self, base: str, cancel: CancelToken, clock: Clock, headers: Mapping[str, str] | None = None
    ) -> None:
        self._client: LightClient | HttpClient
        if is_plain_and_here(base):
            self._client = LightClient(base, headers=headers, clock=clock)
        else:
            from autocut_tray.core.http import HttpClient  # late: 70 ms and 12 MiB

            # Nothing but the question goes out: a list of models may be asked for wherever the person pointed us.
            self._client = HttpClient(
                base, headers=headers, host_gate=lambda scheme, host, port: None, clock=clock
            )
        self._cancel = cancel
        self._clock = clock
        self._end = clock.monotonic() + TOTAL_SECONDS
        self._first = True

    def get(self, path: str) -> JsonReply:
        """Raises BackendError or Cancelled."""
        return self._client.get_json(path, cancel=self._cancel, limits=self._limits())

    def post(self, path: str, body: Any) -> JsonReply:
        """Raises BackendError or Cancelled."""
        return self._client.post_json(path, body, cancel=self._cancel, limits=self._limits())

    def close(self) -> None:
        self._client.close()

    def _limits(self) -> Limits:
        left = max(self._end - self._clock.monotonic(), 0.01)
        total = min(left, FIRST_ANSWER_SECONDS) if self._first else left
        self._first = False
        return Limits(
            connect=min(total, CONNECT_SECONDS),
            first_byte=total,
            read=total,
            total=total,
            max_bytes=_MAX_BYTES,
        )


def silence(server: str, error: BackendError) -> str:
    """The message code for a server that does not answer as it should."""
    if error.failure is FailureClass.DOWN or error.code == "connect_timeout":
        return f"{server}-silent"
    if error.code in ("bad_address", "bad_key", "tls_failed"):
        return f"{server}-{error.code.replace('_', '-')}"
    return f"{server}-no-reply" if error.code in ("reply_timeout", "reply_stalled") else f"{server}-strange"


def items(body: object, key: str) -> list[dict[str, Any]] | None:
    """The list of objects at ``key``; ``null`` is an empty one, anything else is None."""
    if not isinstance(body, dict) or key not in body:
        return None
    found = body[key]
    if found is None:
        return []
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else None


def text(value: object) -> str | None:
    """A string that says something."""
    return (value.strip() or None) if isinstance(value, str) else None
