"""What every exchange over HTTP has in common, whoever carries it: addresses, bodies, answers, failures.

Nothing here loads ``requests``: the idle program asks the servers of its own machine without it.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from autocut_tray import __version__
from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message
from autocut_tray.core.sockets import Call, is_loopback_host

MIB = 1024 * 1024
CHUNK = 64 * 1024
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": f"autocut-tray/{__version__}",
}
"""Of every request."""

_KEPT_HEADERS = ("content-type", "retry-after", "retry-after-ms", "x-request-id")
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,1022}[\x21-\x7e])?")
_URL_JUNK = re.compile(r"[\x00-\x20\x7f\\]")


@frozen
class JsonReply:
    """A complete answer. ``body``: the parsed JSON, None when ``text`` is not JSON (or is ``null``).

    ``headers``: content type, retry and request-id headers only, names in lower case.
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    text: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


# ---- what goes out ---------------------------------------------------------------------------------------


def parse_base(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and the address rebuilt from them, so that only one parser's opinion counts."""
    try:
        parts = urlsplit(url)
        scheme, port = parts.scheme.lower(), parts.port
        host = parts.hostname or ""
        if not is_loopback_host(host):
            host = host.encode("idna").decode("ascii")
    except ValueError as error:
        raise config_error("bad_address", "", type(error).__name__) from None
    bad = _URL_JUNK.search(url) or parts.username is not None or parts.query or parts.fragment
    if bad or scheme not in ("http", "https") or not host or port == 0:
        raise config_error("bad_address", "")
    port = port or (443 if scheme == "https" else 80)
    in_url = f"[{host}]" if ":" in host else host
    return scheme, host, port, f"{scheme}://{in_url}:{port}{parts.path.rstrip('/')}"


def checked_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    """``headers`` as they are; raises when one could not be sent as it is (a key with a newline in it)."""
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise config_error("bad_key", "")
    return headers


def body_bytes(body: Any) -> bytes | None:
    """``body`` as JSON; None stays none."""
    return None if body is None else json.dumps(body, allow_nan=False, ensure_ascii=False).encode()


# ---- what comes in ---------------------------------------------------------------------------------------


def unpacked(read: Callable[[], bytes], encoding: str, call: Call, max_bytes: int) -> Iterator[bytes]:
    """The decoded body as ``read`` brings it (empty: the end), at most ``max_bytes``.

    Decoding is done here: no more of a compressed bomb is unpacked than may be kept.
    """
    encoding = encoding.strip().lower() or "identity"
    if encoding not in ("identity", "gzip", "deflate"):
        raise not_http(call, f"content-encoding {encoding[:20]}")
    unzip = None if encoding == "identity" else _Unzip()
    room = max_bytes
    while data := read():
        if unzip is not None:
            data = unzip.feed(data, room + 1)
        room -= len(data)
        if room < 0:
            raise call.too_large()
        yield data
    if unzip is not None and not unzip.complete:
        raise lost("connection_lost", call, "the compressed answer breaks off")


class _Unzip:
    """gzip (of any number of members) or zlib, never unpacking more than asked for."""

    def __init__(self) -> None:
        self._member: Any = None

    @property
    def complete(self) -> bool:
        return self._member is None or bool(self._member.eof)

    def feed(self, data: bytes, most: int) -> bytes:
        """At most ``most`` bytes; what did not fit is lost, so the caller stops when it gets that many."""
        out = b""
        while data and len(out) < most:
            if self.complete:
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 32)
            out += self._member.decompress(data, most - len(out))
            data = self._member.unused_data
        return out


def reply_of(status: int, headers: Mapping[str, str], chunks: Iterator[bytes]) -> JsonReply:
    """The whole answer. ``headers`` finds names in lower case."""
    text = b"".join(chunks).decode("utf-8-sig", "replace")
    kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
    return JsonReply(status, kept, parsed_json(text), text)


def refuse_redirect(status: int, where: str) -> None:
    """Raises BackendError for an answer that points elsewhere."""
    if 300 <= status < 400:
        raise config_error("redirected", where, f"status {status}")


def parsed_json(text: str) -> Any:
    """JSON, or None; RecursionError and numbers of thousands of digits included."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


# ---- failures --------------------------------------------------------------------------------------------


def config_error(code: str, host: str, detail: str = "") -> BackendError:
    text = message("error-" + code.replace("_", "-"), host=host)
    return BackendError(FailureClass.CONFIG, code, text, detail=f"{host} {detail}".strip())


def not_http(call: Call, detail: str) -> BackendError:
    return BackendError(
        FailureClass.TIER,
        "bad_reply",
        message("error-bad-reply", host=call.host),
        detail=f"{call.host}: {detail}",
    )


def lost(code: str, call: Call, detail: str) -> BackendError:
    text = message("error-" + code.replace("_", "-"), host=call.host)
    return BackendError(FailureClass.DOWN, code, text, detail=f"{call.host}: {detail}")
