"""JSON over plain HTTP to a server of this machine, with h11 and without ``requests``.

``requests`` and what it brings take 8 MiB for as long as the program runs, and TLS another 4. To ask a server of this
machine which models it has takes neither: h11, which knows the protocol and no sockets, takes 0.3. Limits,
cancellation and failures are those of :class:`autocut_tray.core.http.HttpClient`, which is for all work and for every
other host.
"""

from __future__ import annotations

import socket
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import h11

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock, SystemClock
from autocut_tray.core.http_exchange import (
    HEADERS,
    MIB,
    JsonReply,
    body_bytes,
    checked_headers,
    lost,
    not_http,
    parse_base,
    refuse_redirect,
    reply_of,
    unpacked,
)
from autocut_tray.core.sockets import Call, Limits, is_loopback_host, open_connection

if TYPE_CHECKING:
    from autocut_tray.core.http import HttpClient

_PIECE = 32 * 1024
"""Bytes read at once, and bytes of a head that may be waiting for its end: one of twice as many is always refused."""
_HEADERS = 100
"""More are an attack."""
_INTERIMS = 100
"""Answers that are only on their way; more are an attack, too."""


def is_plain_and_here(base_url: str) -> bool:
    """Whether the light client can ask there. Raises BackendError (``config``) for what is no address."""
    scheme, host, _port, _base = parse_base(base_url)
    return scheme == "http" and is_loopback_host(host)


def asking_client(
    base_url: str,
    *,
    connect: float,
    read: float,
    total: float,
    headers: Mapping[str, str] | None = None,
    clock: Clock | None = None,
) -> LightClient | HttpClient:
    """What asks a server of this machine: the light client, unless it wants TLS. Close it.

    Arguments and exceptions as of :class:`autocut_tray.core.http.HttpClient`.
    """
    if is_plain_and_here(base_url):
        return LightClient(base_url, connect=connect, read=read, total=total, headers=headers, clock=clock)
    from autocut_tray.core.http import HttpClient  # late: 70 ms and 12 MiB

    return HttpClient(base_url, connect=connect, read=read, total=total, headers=headers, clock=clock)


class LightClient:
    """One server of this machine; each call has a connection of its own. Safe to use from several threads."""

    def __init__(
        self,
        base_url: str,
        *,
        connect: float = 5.0,
        read: float = 60.0,
        total: float = 180.0,
        max_bytes: int = 8 * MIB,
        headers: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        if not is_plain_and_here(base_url):
            raise ValueError("not plain HTTP to this machine")
        _scheme, self.host, self.port, base = parse_base(base_url)
        self.where = f"{self.host}:{self.port}"
        self.limits = Limits(connect, read, read, total, max_bytes)
        parts = urlsplit(base)
        self._root = parts.path
        self._headers = {"Host": parts.netloc, **HEADERS, **checked_headers(headers or {})}
        self._clock = clock or SystemClock()
        self._closed = threading.Event()

    def get_json(self, path: str, *, cancel: CancelToken, limits: Limits | None = None) -> JsonReply:
        """GET ``path`` below the base address."""
        return self.request("GET", path, None, cancel=cancel, limits=limits)

    def post_json(
        self, path: str, body: Any, *, cancel: CancelToken, limits: Limits | None = None
    ) -> JsonReply:
        """POST ``body`` as JSON to ``path`` below the base address."""
        return self.request("POST", path, body, cancel=cancel, limits=limits)

    def request(
        self, method: str, path: str, body: Any, *, cancel: CancelToken, limits: Limits | None = None
    ) -> JsonReply:
        """Any method; ``body`` None sends none. Every status but 3xx is an answer, not an exception."""
        limits = limits or self.limits
        call = Call(self.where, limits, self._clock, cancel, self._closed)
        call.check()
        with (
            _mapped(call),
            call.running(),
            closing(open_connection(self.host, self.port)) as sock,
            closing(sock.makefile("rb", buffering=0)) as stream,
        ):
            wire = h11.Connection(h11.CLIENT, max_incomplete_event_size=_PIECE)
            sock.sendall(self._written(wire, method, path, body_bytes(body)))
            events = _events(wire, stream, call)
            status, headers = _head(events, call)
            refuse_redirect(status, self.where)
            encoding = headers.get("content-encoding", "")
            body_read = unpacked(lambda: _piece(next(events)), encoding, call, limits.max_bytes)
            return reply_of(status, headers, body_read)

    def close(self) -> None:
        """End calls in flight and refuse later ones (they raise Cancelled)."""
        self._closed.set()

    def _written(self, wire: h11.Connection, method: str, path: str, data: bytes | None) -> bytes:
        headers = {**self._headers, "Connection": "close"}
        if data is not None:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(data))}
        target = f"{self._root}/{path.lstrip('/')}"
        out = wire.send(h11.Request(method=method, target=target, headers=list(headers.items())))
        if data is not None:
            out += wire.send(h11.Data(data=data))
        return out + wire.send(h11.EndOfMessage())


@contextmanager
def _mapped(call: Call) -> Iterator[None]:
    """Turn what sockets, h11 and zlib raise into BackendError. Their text is dropped: it may repeat what was sent."""
    try:
        yield
    except TimeoutError:
        raise call.too_late("reply_timeout", call.limits.total) from None
    except OSError as error:
        raise lost("connection_lost", call, type(error).__name__) from None
    except (ValueError, h11.ProtocolError, zlib.error) as error:
        raise not_http(call, type(error).__name__) from None


def _events(wire: h11.Connection, stream: socket.SocketIO, call: Call) -> Iterator[h11.Event]:
    """What the server says, up to the end of its answer; raises when the connection ends before."""
    over = False
    while True:
        try:
            event = wire.next_event()
        except h11.RemoteProtocolError:
            if over:  # all that came before has been understood
                raise lost("connection_lost", call, "the answer breaks off") from None
            raise
        if isinstance(event, h11.Event):
            yield event
        else:
            data = stream.read(_PIECE) or b""
            over = not data
            wire.receive_data(data)


def _head(events: Iterator[h11.Event], call: Call) -> tuple[int, dict[str, str]]:
    """Status and headers of the first answer that is not only on its way; of headers that come twice, all."""
    for event in islice(events, _INTERIMS):
        if isinstance(event, h11.Response):
            if len(event.headers) > _HEADERS:
                raise not_http(call, "too many headers")
            headers: dict[str, str] = {}
            for raw_name, raw_value in event.headers:
                name, value = raw_name.decode("ascii"), raw_value.decode("latin-1")
                headers[name] = f"{headers[name]}, {value}" if name in headers else value
            return event.status_code, headers
    raise not_http(call, "no final answer")


def _piece(event: h11.Event) -> bytes:
    """The next piece of the body, empty at its end."""
    return event.data if isinstance(event, h11.Data) else b""
