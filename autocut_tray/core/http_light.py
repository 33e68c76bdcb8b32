"""JSON over plain HTTP to a server of this machine, without an HTTP library.

``requests`` and what it brings take 8 MiB for as long as the program runs, and TLS another 4. To ask a server of this
machine which models it has takes neither. Limits, cancellation and failures are those of
:class:`autocut_tray.core.http.HttpClient`, which is for all work and for every other host.
"""

from __future__ import annotations

import re
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import urlsplit

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock, SystemClock
from autocut_tray.core.http_exchange import (
    CHUNK,
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

_LINE = 64 * 1024
"""Bytes of a line of the head; a longer one is an attack, and so are more than so many lines:"""
_LINES = 100
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-9]\d\d)(?: [^\r\n]*)?\r?\n")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*?)[ \t]*\r?\n")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_PATH_JUNK = re.compile(r"[^\x21-\x7e]")


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
            closing(cast(BinaryIO, sock.makefile("rb"))) as stream,
        ):
            sock.sendall(self._written(method, path, body_bytes(body)))
            status, headers = _head(stream, call)
            refuse_redirect(status, self.where)
            encoding = headers.get("content-encoding", "")
            read = _body(stream, status, headers, call)
            return reply_of(status, headers, unpacked(read, encoding, call, limits.max_bytes))

    def close(self) -> None:
        """End calls in flight and refuse later ones (they raise Cancelled)."""
        self._closed.set()

    def _written(self, method: str, path: str, data: bytes | None) -> bytes:
        target = f"{self._root}/{path.lstrip('/')}"
        if _PATH_JUNK.search(target):
            raise ValueError("not a path")
        headers = {**self._headers, "Connection": "close"}
        if data is not None:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(data))}
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("ascii") + (data or b"")


@contextmanager
def _mapped(call: Call) -> Iterator[None]:
    """Turn what sockets and zlib raise into BackendError. Their text is dropped: it may repeat what was sent."""
    try:
        yield
    except TimeoutError:
        raise call.too_late("reply_timeout", call.limits.total) from None
    except OSError as error:
        raise lost("connection_lost", call, type(error).__name__) from None
    except (ValueError, zlib.error) as error:
        raise not_http(call, type(error).__name__) from None


def _line(stream: BinaryIO, call: Call) -> bytes:
    """One line with its end."""
    line = stream.readline(_LINE)
    if line and not line.endswith(b"\n"):
        if len(line) == _LINE:
            raise not_http(call, "a line without end")
        raise lost("connection_lost", call, "the answer breaks off")
    return line


def _head(stream: BinaryIO, call: Call) -> tuple[int, dict[str, str]]:
    """Status and headers, names in lower case, of the first answer that is not only on its way."""
    for _ in range(_LINES):
        line = _line(stream, call)
        if not line:
            raise lost("connection_lost", call, "no answer")
        found = _STATUS.fullmatch(line)
        if found is None:
            raise not_http(call, "no status")
        headers = _headers(stream, call)
        status = int(found[1])
        if status >= 200:
            return status, headers
    raise not_http(call, "no final answer")


def _headers(stream: BinaryIO, call: Call) -> dict[str, str]:
    """The headers, or trailers, up to the empty line; of those that come twice, all, with a comma between."""
    headers: dict[str, str] = {}
    for _ in range(_LINES + 1):
        line = _line(stream, call)
        if line in (b"\r\n", b"\n"):
            return headers
        if not line:
            raise lost("connection_lost", call, "the answer breaks off")
        found = _HEADER.fullmatch(line)
        if found is None:
            raise not_http(call, "no header")
        name, value = found[1].decode("ascii").lower(), found[2].decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    raise not_http(call, "too many headers")


def _body(stream: BinaryIO, status: int, headers: Mapping[str, str], call: Call) -> Callable[[], bytes]:
    """What reads the next piece of the body, empty at its end; raises when the connection ends before."""
    if status in (204, 304):
        return lambda: b""
    coding = headers.get("transfer-encoding", "identity").strip().lower()
    if coding == "chunked":
        return _Chunks(stream, call).read
    length = headers.get("content-length")
    if coding != "identity" or (length is not None and not (length.isascii() and length.isdigit())):
        raise not_http(call, "no length")
    if length is None:
        return lambda: stream.read1(CHUNK)  # type: ignore[attr-defined]
    return _Counted(stream, call, int(length)).read


class _Counted:
    """So many bytes, not one less."""

    def __init__(self, stream: BinaryIO, call: Call, count: int) -> None:
        self._stream = stream
        self._call = call
        self.left = count

    def read(self) -> bytes:
        if self.left == 0:
            return b""
        data: bytes = self._stream.read1(min(CHUNK, self.left))  # type: ignore[attr-defined]
        if not data:
            raise lost("connection_lost", self._call, "the answer breaks off")
        self.left -= len(data)
        return data


class _Chunks:
    """Pieces that say how long they are; one of length 0 is the end."""

    def __init__(self, stream: BinaryIO, call: Call) -> None:
        self._stream = stream
        self._call = call
        self._piece: _Counted | None = None
        self._over = False

    def read(self) -> bytes:
        if self._over:
            return b""
        if self._piece is None:
            size = self._size()
            if size == 0:
                self._over = True
                _headers(self._stream, self._call)
                return b""
            self._piece = _Counted(self._stream, self._call, size)
        data = self._piece.read()
        if self._piece.left == 0:
            self._piece = None
            if _line(self._stream, self._call) not in (b"\r\n", b"\n"):
                raise not_http(self._call, "a chunk without end")
        return data

    def _size(self) -> int:
        line = _line(self._stream, self._call)
        if not line:
            raise lost("connection_lost", self._call, "the answer breaks off")
        found = _CHUNK_SIZE.fullmatch(line)
        if found is None:
            raise not_http(self._call, "no length of a chunk")
        return int(found[1], 16)
