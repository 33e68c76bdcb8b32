"""Stands before every endpoint: who asks, from where, in what form. Cheap checks first, none after the handler."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autocut_tray.api.limits import Limits
from autocut_tray.api.refusals import Refusal, status_of
from autocut_tray.api.replies import HEADERS, to_json
from autocut_tray.api.strict_json import check_json
from autocut_tray.api.words import Words
from autocut_tray.api.wrong_tokens import WrongTokens
from autocut_tray.core.api_access import ApiAccess
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import AutoCutError

log = logging.getLogger(__name__)

METHODS = ("GET", "HEAD", "POST", "PATCH")
DOCUMENTS = frozenset({"/docs", "/openapi.json"})
"""Shown without the token when the person switched that on."""

PAGE = frozenset({"/", "/dashboard/page.css", "/dashboard/page.js", "/dashboard/icon.svg"})
"""The page for a browser, which sends no token for what is typed into its address bar; nothing in it is anybody's."""

Count = Callable[[Scope, int, float], None]


class Guard:
    """In this order: Host, Origin and Sec-Fetch-Site, path, method and content type, size, token, body.

    ``docs_open``: whether :data:`DOCUMENTS` need no token. ``count`` is told each reply: scope, status, seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: ApiAccess,
        words: Words,
        clock: Clock,
        limits: Limits,
        docs_open: Callable[[], bool],
        count: Count,
    ) -> None:
        self._app = app
        self._access = access
        self._words = words
        self._limits = limits
        self._docs_open = docs_open
        self._count = count
        self._wrong = WrongTokens(limits, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        headers = _Headers(scope)
        status = 0

        async def send_safely(event: Message) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                given = {name.lower() for name, _ in event["headers"]}
                event["headers"] = [*event["headers"], *(one for one in HEADERS if one[0] not in given)]
            await send(event)

        try:
            self._check(scope, headers)
            body = await self._body(receive) if headers.has_body else b""
            if scope["method"] in ("POST", "PATCH") and body:
                check_json(body, self._limits)
            await self._app(scope, _again(body, receive), send_safely)
        except _Gone:
            return
        except AutoCutError as error:
            await self._refuse(error, headers, send_safely)
        except Exception as error:
            log.exception("A request to the API failed in an unforeseen way")
            if status == 0:
                unforeseen = AutoCutError("internal", detail=type(error).__name__)
                await self._refuse(unforeseen, headers, send_safely)
        self._count(scope, status, time.perf_counter() - began)

    def _check(self, scope: Scope, headers: _Headers) -> None:
        _check_host(scope, headers)
        _check_origin(scope, headers)
        _check_path(scope, self._limits)
        method = scope["method"]
        if method not in METHODS:
            raise Refusal(405, "method_not_allowed", hint=False)
        changes = method in ("POST", "PATCH")
        kind = headers.one(b"content-type")
        if changes and kind is not None and not _is_json(kind):
            raise Refusal(415, "wants_json")
        if headers.size > self._limits.head_bytes:
            raise Refusal(431, "too_many_headers", hint=False)
        if headers.length is None or headers.length > self._limits.body_bytes:
            raise Refusal(413, "too_large", hint=False)
        if not (method in ("GET", "HEAD") and self._is_open(scope["path"])):
            self._check_token(headers)
        if changes and kind is None:
            raise Refusal(415, "wants_json")

    def _is_open(self, path: str) -> bool:
        """Whether this is shown without the token."""
        return path in PAGE or (path in DOCUMENTS and self._docs_open())

    def _check_token(self, headers: _Headers) -> None:
        locked = self._wrong.seconds_locked
        if locked:
            raise Refusal(429, "too_many_wrong_tokens", retry_after=locked)
        given = headers.one(b"authorization") or b""
        scheme, _, token = given.partition(b" ")
        if scheme.lower() == b"bearer" and self._access.matches(token):
            return
        if token:
            self._wrong.add()
        raise Refusal(401, "no_token")

    async def _body(self, receive: Receive) -> bytes:
        """All of it, which may not be more than is allowed whatever was announced."""
        body = bytearray()
        while True:
            event = await receive()
            if event["type"] == "http.disconnect":
                raise _Gone
            body += event.get("body", b"")
            if len(body) > self._limits.body_bytes:
                raise Refusal(413, "too_large", hint=False)
            if not event.get("more_body", False):
                return bytes(body)

    async def _refuse(self, error: AutoCutError, headers: _Headers, send: Send) -> None:
        body = to_json(self._words.error(error, headers.text(b"accept-language")))
        status = status_of(error)
        sent = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        if headers.has_body:
            sent.append((b"connection", b"close"))  # what is not read of it is nobody's next request
        if status == 401:
            sent.append((b"www-authenticate", b"Bearer"))
        if status == 405:
            sent.append((b"allow", ", ".join(METHODS).encode()))
        if isinstance(error, Refusal) and error.retry_after is not None:
            sent.append((b"retry-after", str(max(1, round(error.retry_after))).encode()))
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": body})


class _Gone(Exception):
    """The client hung up before its request was whole."""


class _Headers:
    """The headers of a request; a name that must stand once and stands twice is no name."""

    def __init__(self, scope: Scope) -> None:
        self._all: list[tuple[bytes, bytes]] = list(scope["headers"])

    def every(self, name: bytes) -> list[bytes]:
        return [value for known, value in self._all if known == name]

    def one(self, name: bytes) -> bytes | None:
        """None where there is none; more than one is a value that nothing matches."""
        found = self.every(name)
        if not found:
            return None
        return found[0] if len(found) == 1 else b"\0"

    def text(self, name: bytes) -> str | None:
        found = self.every(name)
        return found[0].decode("latin-1") if found else None

    @property
    def size(self) -> int:
        return sum(len(name) + len(value) for name, value in self._all)

    @property
    def length(self) -> int | None:
        """What the body is announced with, 0 where nothing is; None for what makes no sense."""
        value = self.one(b"content-length")
        if value is None:
            return 0
        return int(value) if value.isdigit() and len(value) < 19 else None

    @property
    def has_body(self) -> bool:
        return self.length != 0 or bool(self.every(b"transfer-encoding"))


def _check_host(scope: Scope, headers: _Headers) -> None:
    """Only the names of this machine for itself: whoever came by another name was led here by a browser."""
    port = scope["server"][1]
    host = (headers.one(b"host") or b"").lower()
    if host not in (f"127.0.0.1:{port}".encode(), f"localhost:{port}".encode()):
        raise Refusal(400, "bad_host")


def _check_origin(scope: Scope, headers: _Headers) -> None:
    """Pages of other sites get nothing, whatever they send along."""
    port = scope["server"][1]
    origin = headers.one(b"origin")
    own = (f"http://127.0.0.1:{port}".encode(), f"http://localhost:{port}".encode())
    site = headers.one(b"sec-fetch-site")
    if (origin is not None and origin not in own) or site not in (None, b"none", b"same-origin"):
        raise Refusal(403, "foreign_origin")


def _check_path(scope: Scope, limits: Limits) -> None:
    """No path of ours leads up, out or nowhere."""
    raw: bytes = scope["raw_path"]
    decoded = unquote_to_bytes(raw)
    segments = decoded.split(b"/")
    wrong = (
        len(raw) + len(scope["query_string"]) > limits.target_bytes
        or not decoded.startswith(b"/")
        or b"//" in decoded
        or b".." in segments
        or b"." in segments
        or b"%2f" in raw.lower()
        or any(byte < 32 or byte in (0x5C, 0x7F) for byte in decoded)
    )
    if wrong:
        raise Refusal(400, "bad_path", hint=False)


def _is_json(kind: bytes) -> bool:
    media, _, rest = kind.lower().partition(b";")
    return media.strip() == b"application/json" and rest.strip() in (
        b"",
        b"charset=utf-8",
        b'charset="utf-8"',
    )


def _again(body: bytes, receive: Receive) -> Receive:
    """The body that was read, then what comes: the client hanging up."""
    given = False

    async def once() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once
