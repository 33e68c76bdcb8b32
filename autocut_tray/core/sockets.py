"""Sockets that give up on time: no wait is longer than a slice without asking whether to go on.

A read time-out per byte is not a limit (a server may send a blank line a second for minutes), and closing
a socket from another thread does not wake its reader on every system. So these sockets wait in slices of
``SLICE`` seconds and between them ask the :class:`Call` they work for. That holds for the look-up of the
name, the TCP connect, the TLS handshake, sending, the first byte and every later one.
"""

from __future__ import annotations

import errno
import ipaddress
import queue
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import BackendError, Cancelled, FailureClass
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message

SLICE = 0.2
"""Seconds a blocked call may be deaf to cancellation and limits."""

_IN_PROGRESS = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, getattr(errno, "WSAEWOULDBLOCK", 10035)}

T = TypeVar("T")


def is_loopback_host(host: str) -> bool:
    """Whether ``host`` is this machine beyond doubt: ``localhost``, 127.0.0.0/8 or ::1, brackets allowed."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if bare.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


@frozen
class Limits:
    """What one HTTP exchange may take.

    Seconds for ``connect`` (name, TCP and TLS), the ``first_byte`` of the answer, the next ones (``read``)
    and the ``total``; bytes for the decoded answer.
    """

    connect: float = 5.0
    first_byte: float = 60.0
    read: float = 60.0
    total: float = 180.0
    max_bytes: int = 8 * 1024 * 1024


class Call:
    """One HTTP exchange and how long it may still go on.

    ``closed``: set when the client that made it is closed. Made and used by one thread.
    """

    def __init__(
        self, host: str, limits: Limits, clock: Clock, cancel: CancelToken, closed: threading.Event
    ) -> None:
        self.host = host
        self.limits = limits
        self._clock = clock
        self._cancel = cancel
        self._closed = closed
        # Framing of small chunks and lines costs more than the content; beyond this it is an attack.
        self._max_received = 4 * limits.max_bytes + 1024 * 1024
        self._received = 0
        now = clock.monotonic()
        self._end = now + limits.total
        self._limit, self._limit_code = limits.connect, "connect_timeout"
        self._until = now + limits.connect

    @property
    def left(self) -> float:
        """Seconds left of the limit that runs out first."""
        return min(self._until, self._end) - self._clock.monotonic()

    def check(self) -> None:
        """Raise Cancelled or a BackendError of class ``tier`` when the wait must end."""
        if self._cancel.cancelled or self._closed.is_set():
            raise Cancelled
        now = self._clock.monotonic()
        if now >= self._end:
            raise self.too_late("reply_timeout", self.limits.total)
        if now >= self._until:
            raise self.too_late(self._limit_code, self._limit)

    def sent(self) -> None:
        """Bytes went out: from now on the first byte of the answer is awaited."""
        self._start_limit(self.limits.first_byte, "reply_timeout")

    def received(self, count: int) -> None:
        """``count`` bytes came in; raises when they are more than any honest answer has, framing included."""
        self._received += count
        if self._received > self._max_received:
            raise self.too_large()
        self._start_limit(self.limits.read, "reply_stalled")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let this thread's sockets ask this call."""
        token = _CALL.set(self)
        try:
            yield
        finally:
            _CALL.reset(token)

    def too_large(self) -> BackendError:
        return BackendError(
            FailureClass.TIER, "reply_too_large", message("error-reply-too-large", host=self.host)
        )

    def too_late(self, code: str, seconds: float) -> BackendError:
        text = message("error-" + code.replace("_", "-"), host=self.host, seconds=f"{seconds:g}")
        return BackendError(FailureClass.TIER, code, text, detail=f"{self.host}, limit {seconds:g} s")

    def unreachable(self, error: OSError) -> BackendError:
        """What a failed look-up or connect means."""
        if isinstance(error, TimeoutError):
            return self.too_late("connect_timeout", self.limits.connect)
        code = "server_refused" if isinstance(error, ConnectionRefusedError) else "server_unreachable"
        text = message("error-" + code.replace("_", "-"), host=self.host)
        return BackendError(
            FailureClass.DOWN, code, text, detail=f"{self.host}: {error.strerror or type(error).__name__}"
        )

    def _start_limit(self, seconds: float, code: str) -> None:
        self._limit, self._limit_code = seconds, code
        self._until = self._clock.monotonic() + seconds


_CALL: ContextVar[Call | None] = ContextVar("http_call", default=None)


def patiently(act: Callable[[], T]) -> tuple[T, Call | None]:
    """Repeat ``act`` while only its slice has passed, as long as the current call allows."""
    call = _CALL.get()
    while True:
        if call is not None:
            call.check()
        try:
            return act(), call
        except TimeoutError:
            if call is None:
                raise


class PatientSocket(socket.socket):
    """A TCP socket whose waits obey the current call."""

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        count, call = patiently(lambda: super(PatientSocket, self).recv_into(buffer, nbytes, flags))
        if call is not None:
            call.received(count)
        return count

    def sendall(self, data: Any, flags: int = 0) -> None:
        rest = memoryview(data).cast("B")
        while rest:
            chunk = rest
            count, call = patiently(lambda: self.send(chunk, flags))  # noqa: B023 (called at once)
            rest = rest[count:]
            if call is not None:
                call.sent()


def open_connection(host: str, port: int) -> socket.socket:
    """A connected socket to ``host``; asks the current call while it resolves and connects.

    Raises BackendError (``down``: refused, unreachable, unknown name; ``tier``: too late) or Cancelled.
    """
    call = _CALL.get()
    if call is None:
        raise RuntimeError("a connection is opened only inside a call")
    addresses = _resolve(host, port, call)
    failure: OSError = OSError(errno.EADDRNOTAVAIL, "no address")
    for index, (family, address) in enumerate(addresses):
        share = max(1.0, call.left / (len(addresses) - index))
        try:
            return _connect(family, address, call, share)
        except OSError as error:
            failure = error
    raise call.unreachable(failure)


def _connect(family: int, address: Any, call: Call, share: float) -> socket.socket:
    """Connect without blocking, in at most ``share`` seconds; raises OSError."""
    sock = PatientSocket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        code = sock.connect_ex(address)
        if code in _IN_PROGRESS:
            code = _wait_connected(sock, call, share)
        if code:
            raise OSError(code, errno.errorcode.get(code, str(code)))
        sock.settimeout(SLICE)
    except BaseException:
        sock.close()
        raise
    return sock


def _wait_connected(sock: socket.socket, call: Call, share: float) -> int:
    until = call.left - share
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        while not selector.select(SLICE):
            call.check()
            if call.left <= until:
                return errno.ETIMEDOUT
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def _resolve(host: str, port: int, call: Call) -> list[tuple[int, Any]]:
    """The addresses to try. Asks a resolver only for real names.

    ``localhost`` is this machine by definition, IPv4 first: model servers listen there, and a refused ::1
    costs two seconds on Windows.
    """
    if host.lower() == "localhost":
        return [(socket.AF_INET, ("127.0.0.1", port)), (socket.AF_INET6, ("::1", port, 0, 0))]
    try:
        version = ipaddress.ip_address(host).version
        return [(socket.AF_INET, (host, port))] if version == 4 else [(socket.AF_INET6, (host, port, 0, 0))]
    except ValueError:
        pass  # a name
    answer: queue.SimpleQueue[list[tuple[int, Any]] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put([(family, address) for family, _, _, _, address in found])
        except (OSError, UnicodeError) as error:
            answer.put(error if isinstance(error, OSError) else OSError(errno.EINVAL, "not a host name"))

    # getaddrinfo cannot be interrupted; the thread ends by itself when the system's resolver gives up.
    threading.Thread(target=ask, name="resolve", daemon=True).start()
    while True:
        call.check()
        try:
            found = answer.get(timeout=SLICE)
        except queue.Empty:
            continue
        if isinstance(found, OSError):
            raise call.unreachable(found)
        return found
