"""A loopback HTTP server whose answers, faults and journal belong to the test.

The fakes of Ollama, LM Studio and the cloud are subclasses: they say what a healthy server answers
(``respond``); this base reads requests, keeps the journal, applies the scripted faults of
``wire_faults`` and frees every thread and socket in ``stop``.
"""

from __future__ import annotations

import os
import select
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.servers.journal import Entry, Journal, to_json
from tests.servers.wire_faults import Fault, FaultScript, WireFault

LINGER_NOT = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""Socket option: discard what is unsent and reset."""
POLL_S = 0.01
"""How often a waiting answer looks whether its client left or the server stops."""


class ClientGone(Exception):
    """The client closed the connection before its answer was complete."""


class Stopping(Exception):
    """The server stops while an answer is held back."""


class Exchange:
    """One request and the means to answer it."""

    def __init__(self, handler: _Handler, entry: Entry) -> None:
        self._handler = handler
        self.entry = entry
        self.fault: Fault | None = None
        self.cut_after: int | None = None
        """Close the connection after so many body bytes."""
        self.drip: tuple[int, float] | None = None
        """Send the body in pieces of so many bytes, with so many seconds between them."""
        self._chunked = False
        self.answered = False

    @property
    def method(self) -> str:
        return self.entry.method

    @property
    def path(self) -> str:
        return self.entry.path

    @property
    def headers(self) -> dict[str, str]:
        return self.entry.headers

    @property
    def json(self) -> Any:
        return self.entry.json

    def send(
        self, status: int, body: bytes, content_type: str | None, headers: dict[str, str] | None = None
    ) -> None:
        """Send a whole answer with its length."""
        self._head(status, content_type, {**(headers or {}), "Content-Length": str(len(body))})
        if self.method != "HEAD":
            self._body(body)

    def send_json(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        self.send(status, to_json(value), "application/json; charset=utf-8", headers)

    def send_text(self, status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> None:
        self.send(status, text.encode(), content_type)

    @contextmanager
    def stream(
        self, status: int, content_type: str, headers: dict[str, str] | None = None
    ) -> Iterator[Callable[[bytes], None]]:
        """Send an answer piece by piece (chunked); ends properly only if the block does."""
        self._head(status, content_type, {**(headers or {}), "Transfer-Encoding": "chunked"})
        self._chunked = True
        yield self._body
        self._chunked = False
        self._write(b"0\r\n\r\n")

    def write_raw(self, data: bytes) -> None:
        """Put bytes on the wire as they are; the connection is closed after this exchange."""
        self.answered = True
        self._handler.close_connection = True
        self._write(data)

    def wait(self, seconds: float | None = None, event: threading.Event | None = None) -> None:
        """Hold the answer back; raises when the client leaves or the server stops meanwhile."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            if event is not None and event.is_set():
                return
            if self._handler.owner.stopping.is_set():
                raise Stopping
            if self.client_gone():
                raise ClientGone
            if deadline is not None and time.monotonic() >= deadline:
                return
            left = POLL_S if deadline is None else max(0.0, min(POLL_S, deadline - time.monotonic()))
            (event or self._handler.owner.stopping).wait(left)

    def acquire(self, lock: Any) -> None:
        """Take a lock or semaphore, giving up when the client leaves or the server stops."""
        while not lock.acquire(timeout=POLL_S):
            if self._handler.owner.stopping.is_set():
                raise Stopping
            if self.client_gone():
                raise ClientGone

    def client_gone(self) -> bool:
        """True when the client's end of the connection is closed."""
        conn = self._handler.connection
        if isinstance(conn, ssl.SSLSocket):
            return False  # peeking is not possible there; writing will tell
        try:
            ready, _, _ = select.select([conn], [], [], 0)
            return bool(ready) and conn.recv(1, socket.MSG_PEEK) == b""
        except (OSError, ValueError):
            return True

    def drop(self, *, reset: bool = False) -> None:
        """Close the connection now; with ``reset`` the peer sees a connection reset."""
        self.answered = True
        self._handler.close_connection = True
        conn = self._handler.connection
        if reset:
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            self._handler.owner.forget(conn)
            _close_now(self._handler)
            return
        try:
            conn.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _head(self, status: int, content_type: str | None, headers: dict[str, str]) -> None:
        self.answered = True
        self.entry.status = status
        handler = self._handler
        handler.send_response_only(status)
        handler.send_header("Date", formatdate(usegmt=True))
        if content_type is not None:
            handler.send_header("Content-Type", content_type)
        for name, value in headers.items():
            handler.send_header(name, value)
            if name.lower() == "connection" and value.lower() == "close":
                handler.close_connection = True
        try:
            handler.end_headers()
        except (OSError, ValueError) as error:
            raise ClientGone from error

    def _body(self, data: bytes) -> None:
        if self.drip is None:
            self._piece(data)
            return
        size, seconds = self.drip
        for start in range(0, len(data), size):
            self.wait(seconds)
            self._piece(data[start : start + size])

    def _piece(self, data: bytes) -> None:
        cut = self.cut_after is not None and self.entry.sent + len(data) >= self.cut_after
        if cut:
            assert self.cut_after is not None
            data = data[: self.cut_after - self.entry.sent]
        if data:
            self._write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)
            self.entry.sent += len(data)
        if cut:
            self.drop()
            raise CutShort

    def _write(self, data: bytes) -> None:
        if self.client_gone():
            raise ClientGone
        try:
            self._handler.wfile.write(data)
        except (OSError, ValueError) as error:
            raise ClientGone from error


class CutShort(Exception):
    """The script cut this answer; nothing more is to be sent."""


def _close_now(handler: _Handler) -> None:
    """Close both file objects and the socket, so that the pending linger option takes effect at once."""
    for stream in (handler.wfile, handler.rfile):
        stream.close()
    handler.connection.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    @property
    def owner(self) -> ScriptedServer:
        return self.server.owner

    def setup(self) -> None:
        super().setup()
        self.owner.remember(self.connection)

    def finish(self) -> None:
        self.owner.forget(self.connection)
        try:
            super().finish()
        except (OSError, ValueError):
            pass  # the peer is gone; there is nobody to flush to

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, ValueError, ssl.SSLError):
            self.close_connection = True  # the peer left between two requests

    def do_any(self) -> None:
        split = urlsplit(self.path)
        entry = self.owner.journal.open(
            method=self.command,
            path=split.path,
            query=parse_qs(split.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._read_body(),
        )
        exchange = Exchange(self, entry)
        try:
            self.owner.dispatch(exchange)
            if not exchange.answered:
                raise AssertionError(f"{type(self.owner).__name__} did not answer {self.command} {self.path}")
        except CutShort:
            self.close_connection = True
        except (ClientGone, ConnectionError):
            entry.aborted = True
            self.close_connection = True
        except Stopping:
            self.close_connection = True
        except BaseException as error:  # the equipment itself is at fault: tell in stop()
            self.owner.errors.append(error)
            self.close_connection = True
        finally:
            self.owner.journal.close(entry)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_any  # noqa: N815

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def log_message(self, format: str, *args: Any) -> None:
        return  # the journal is the log


class _Http(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128
    owner: ScriptedServer

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # without HTTPServer's look-up of the host's name
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        conn, address = super().get_request()
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.owner.tls is not None:
            conn.settimeout(5.0)
            try:
                conn = self.owner.tls.wrap_socket(conn, server_side=True)
            except (OSError, ssl.SSLError):
                conn.close()
                self.owner.refused_handshakes += 1
                raise
            conn.settimeout(None)
        return conn, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        return  # errors of exchanges are kept by do_any; the rest is the peer's doing


class ScriptedServer:
    """Base of all fakes; use it as a context manager or with ``start`` and ``stop``."""

    def __init__(self, *, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.port = port
        self.tls = tls
        self.journal = Journal()
        self.faults = FaultScript()
        self.errors: list[BaseException] = []
        self.refused_handshakes = 0
        self.stopping = threading.Event()
        self._live: set[socket.socket] = set()
        self._live_lock = threading.Lock()
        self._http: _Http | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``, no slash at the end."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        return self._http is not None

    def respond(self, exchange: Exchange) -> None:
        """Answer a request as the healthy server would."""
        exchange.send_text(404, "404 page not found")

    def dispatch(self, exchange: Exchange) -> None:
        """Apply the next matching fault, or answer."""
        fault = self.faults.take(exchange.entry)
        if isinstance(fault, WireFault):
            fault.run(exchange, self.respond)
        else:
            exchange.fault = fault
            self.respond(exchange)

    def start(self) -> Self:
        """Listen; the port is kept, so that a later ``start`` takes the same one."""
        if self._http is not None:
            raise RuntimeError("already running")
        self.stopping.clear()
        self._http = _Http(("127.0.0.1", self.port), _Handler)
        self._http.owner = self
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.02,), name=f"{type(self).__name__}:{self.port}"
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close every connection, join every thread; raises what went wrong in the equipment itself."""
        if self._http is None or self._thread is None:
            return
        self.stopping.set()
        self._http.shutdown()
        self._thread.join()
        with self._live_lock:
            live = list(self._live)
        for conn in live:
            try:
                conn.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._http.server_close()
        self._http = self._thread = None
        if self.errors:
            errors, self.errors = self.errors, []
            raise BaseExceptionGroup("the fake server failed", errors)

    def restart(self) -> Self:
        """Stop and start on the same port."""
        self.stop()
        return self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def remember(self, conn: socket.socket) -> None:
        with self._live_lock:
            self._live.add(conn)
            late = self.stopping.is_set()
        if late:  # accepted just before the end: nobody else would wake its thread
            conn.shutdown(socket.SHUT_RDWR)

    def forget(self, conn: socket.socket) -> None:
        with self._live_lock:
            self._live.discard(conn)


def closed_port() -> int:
    """A loopback port on which nothing listens (just now)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
