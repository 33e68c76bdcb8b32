"""JSON over HTTP to model servers and clouds, with limits that hold and failures that have a class."""

from __future__ import annotations

import http.client
import http.cookiejar
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
import requests.adapters
import requests.utils
import urllib3
import urllib3.connection
import urllib3.connectionpool
import urllib3.exceptions
import urllib3.util.ssl_

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock, SystemClock
from autocut_tray.core.errors import BackendError
from autocut_tray.core.http_exchange import (
    CHUNK,
    HEADERS,
    MIB,
    JsonReply,
    body_bytes,
    checked_headers,
    config_error,
    lost,
    not_http,
    parse_base,
    parsed_json,
    refuse_redirect,
    reply_of,
    unpacked,
)
from autocut_tray.core.sockets import SLICE, Call, Limits, is_loopback_host, open_connection
from autocut_tray.core.tls_sockets import PatientTlsSocket

__all__ = ["MIB", "HostGate", "HttpClient", "JsonLines", "JsonReply", "Limits", "is_loopback_host"]

HostGate = Callable[[str, str, int], None]
"""Called with scheme, host and port before every request to another machine; raises to refuse it."""

_FOREIGN = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
    zlib.error,
)
"""What requests, urllib3, http.client and zlib raise; ValueError includes UnicodeError."""


class JsonLines:
    """An answer that comes line by line, one JSON object each; blank lines are skipped.

    ``refusal``: the whole answer when its status is not 2xx; then there are no lines.
    """

    def __init__(self, status: int, refusal: JsonReply | None, lines: Iterator[dict[str, Any]]) -> None:
        self.status = status
        self.refusal = refusal
        self._lines = lines

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self._lines


class HttpClient:
    """One server, one session. Safe to use from several threads.

    Limits, in seconds: ``connect`` (name, TCP and TLS), ``read`` (between two bytes), ``first_byte`` (as
    ``read`` unless given), ``total`` (the whole call); ``max_bytes`` bounds the decoded answer. Redirects are
    failures, cookies are not kept, and nothing goes to a host other than this machine unless ``host_gate``
    lets it. Proxies from the environment are used for https to other hosts only.

    Every method raises BackendError (``down``: refused, reset, unknown name; ``tier``: too late, too long,
    not HTTP; ``config``: address, key, TLS, redirect) or Cancelled, besides what ``host_gate`` raises.
    Headers never show up in them.
    """

    def __init__(
        self,
        base_url: str,
        *,
        connect: float = 5.0,
        read: float = 60.0,
        total: float = 180.0,
        first_byte: float | None = None,
        max_bytes: int = 8 * MIB,
        headers: Mapping[str, str] | None = None,
        host_gate: HostGate | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.scheme, self.host, self.port, self.base_url = parse_base(base_url)
        self.is_loopback = is_loopback_host(self.host)
        self.limits = Limits(connect, read if first_byte is None else first_byte, read, total, max_bytes)
        self._host_gate = host_gate
        self._clock = clock or SystemClock()
        self._closed = threading.Event()
        self.where = f"{self.host}:{self.port}"
        self._session = _Session()
        self._session.headers.update(checked_headers(headers or {}))
        self._session.mount(f"{self.scheme}://", _Adapter(_tls_context() if self.scheme == "https" else None))

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
        response = self._send(call, method, path, body)
        try:
            return _whole(response, call, limits.max_bytes)
        finally:
            response.close()

    @contextmanager
    def post_ndjson(
        self, path: str, body: Any, *, cancel: CancelToken, limits: Limits | None = None
    ) -> Iterator[JsonLines]:
        """POST ``body`` and read the answer line by line; leaving the block closes the connection."""
        limits = limits or self.limits
        call = Call(self.where, limits, self._clock, cancel, self._closed)
        response = self._send(call, "POST", path, body)
        try:
            ok = 200 <= response.status_code < 300
            refusal = None if ok else _whole(response, call, limits.max_bytes)
            yield JsonLines(response.status_code, refusal, _lines(response, call, limits.max_bytes))
        finally:
            response.close()

    def close(self) -> None:
        """End calls in flight and refuse later ones (they raise Cancelled); drop connections."""
        self._closed.set()
        self._session.close()

    def _send(self, call: Call, method: str, path: str, body: Any) -> requests.Response:
        """The answer's status and headers; the caller reads the body and closes it."""
        call.check()
        if not self.is_loopback:
            if self._host_gate is None:
                raise config_error("host_not_allowed", self.where)
            self._host_gate(self.scheme, self.host, self.port)
        with _mapped(call), call.running():
            data = body_bytes(body)
            content_type = {} if data is None else {"Content-Type": "application/json"}
            url = self.base_url + "/" + path.lstrip("/")
            request = self._session.prepare_request(
                requests.Request(method, url, headers=content_type, data=data)
            )
            # The sockets enforce the limits; the time-out given here is only how often they ask.
            response = self._session.send(
                request, stream=True, timeout=SLICE, allow_redirects=False, proxies=self._proxies()
            )
        try:
            refuse_redirect(response.status_code, self.where)
        except BackendError:
            response.close()
            raise
        return response

    def _proxies(self) -> dict[str, str]:
        if self.is_loopback or self.scheme != "https":
            return {}
        return requests.utils.get_environ_proxies(self.base_url)


# ---- transport -------------------------------------------------------------------------------------------


class _Session(requests.Session):
    """A session without memory: nothing from the environment, no cookies, no redirects."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        self.headers.clear()
        self.headers.update(HEADERS)
        self.adapters.clear()

    def get_redirect_target(self, resp: requests.Response) -> None:
        # Even with allow_redirects=False requests prepares the next hop, and reads the whole body for it.
        return None


class _HttpConnection(urllib3.connection.HTTPConnection):
    def _new_conn(self) -> Any:
        return open_connection(self._dns_host, self.port or 80)


class _HttpsConnection(urllib3.connection.HTTPSConnection):
    def _new_conn(self) -> Any:
        return open_connection(self._dns_host, self.port or 443)


class _HttpPool(urllib3.connectionpool.HTTPConnectionPool):
    ConnectionCls = _HttpConnection


class _HttpsPool(urllib3.connectionpool.HTTPSConnectionPool):
    ConnectionCls = _HttpsConnection


_POOLS = {"http": _HttpPool, "https": _HttpsPool}


class _Adapter(requests.adapters.HTTPAdapter):
    """Transport over sockets that obey the current call. ``tls``: the context for https, else None."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        super().__init__(pool_connections=1, pool_maxsize=16, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._tls)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs, ssl_context=self._tls)
        if not str(proxy).lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager


def _tls_context() -> ssl.SSLContext:
    """urllib3's own defaults (certificate and name verified, TLS 1.2 or newer) over patient sockets."""
    context = urllib3.util.ssl_.create_urllib3_context()
    context.sslsocket_class = PatientTlsSocket
    return context


# ---- what comes in ---------------------------------------------------------------------------------------


def _chunks(response: requests.Response, call: Call, max_bytes: int) -> Iterator[bytes]:
    encoding = response.headers.get("content-encoding") or ""
    return unpacked(lambda: response.raw.read1(CHUNK, decode_content=False), encoding, call, max_bytes)


def _whole(response: requests.Response, call: Call, max_bytes: int) -> JsonReply:
    with _mapped(call), call.running():
        return reply_of(response.status_code, response.headers, _chunks(response, call, max_bytes))


def _lines(response: requests.Response, call: Call, max_bytes: int) -> Iterator[dict[str, Any]]:
    chunks = _chunks(response, call, max_bytes)
    begun: list[bytes] = []
    data: bytes | None = b""
    while data is not None:
        with _mapped(call), call.running():
            data = next(chunks, None)
        begun.append(b"\n" if data is None else data)
        if b"\n" not in begun[-1]:
            continue
        *lines, rest = b"".join(begun).split(b"\n")
        begun = [rest]
        for line in lines:
            if line.strip():
                parsed = parsed_json(line.decode("utf-8", "replace"))
                if not isinstance(parsed, dict):
                    raise not_http(call, "a line is no JSON object")
                yield parsed


# ---- failures --------------------------------------------------------------------------------------------


@contextmanager
def _mapped(call: Call) -> Iterator[None]:
    """Turn foreign exceptions into BackendError. Their text is dropped: it may repeat what was sent."""
    try:
        yield
    except _FOREIGN as error:
        raise _failure(error, call) from None


def _failure(error: BaseException, call: Call) -> BackendError:
    causes = list(_causes(error))
    names = ", ".join(dict.fromkeys(type(cause).__name__ for cause in causes))

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if has(TimeoutError, requests.Timeout):
        return call.too_late("reply_timeout", call.limits.total)
    if has(ssl.SSLError) and not has(ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return config_error("tls_failed", call.host, next(_tls_reasons(causes), names))
    if has(requests.exceptions.InvalidSchema):
        return config_error("proxy_unsupported", call.host, names)
    if has(requests.exceptions.ProxyError, requests.exceptions.InvalidProxyURL):
        return lost("proxy_failed", call, names)
    if has(requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader):
        return config_error("bad_address", call.host, names)
    if has(OSError, http.client.IncompleteRead) and not _garbage(causes):
        return lost("connection_lost", call, names)
    return not_http(call, names)


def _garbage(causes: list[BaseException]) -> bool:
    """Whether the server spoke, but not HTTP. RemoteDisconnected is both a bad status line and a reset."""
    return any(
        isinstance(cause, http.client.HTTPException)
        and not isinstance(cause, (ConnectionError, http.client.IncompleteRead))
        for cause in causes
    )


def _tls_reasons(causes: list[BaseException]) -> Iterator[str]:
    """OpenSSL's own words for why, such as ``self-signed certificate``."""
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            yield str(getattr(cause, "verify_message", None) or cause.reason or type(cause).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """``error`` and everything it wraps, in the several ways of requests and urllib3."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        item = waiting.pop(0)
        if not isinstance(item, BaseException) or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        waiting += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]
