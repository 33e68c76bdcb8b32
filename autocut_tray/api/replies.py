"""Replies that every JSON reader takes, with the headers that every reply has."""

from __future__ import annotations

import json
import math
from typing import Any

from starlette.responses import JSONResponse

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""Nothing is stored, guessed, loaded, framed or passed on. There is no header that lets other origins in."""


class SafeJson(JSONResponse):
    """Any document of ours as JSON: what is no number is null, what is no text is replaced."""

    def render(self, content: Any) -> bytes:
        return to_json(content)


def to_json(document: Any) -> bytes:
    """Compact JSON in ASCII."""
    return json.dumps(_plain(document), ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case str():
            return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
        case dict():
            return {_plain(str(key)): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return value
