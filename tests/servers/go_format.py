"""Ollama is written in Go: its texts for bad base64, durations and types, and its times."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from typing import Any

FOREVER_NS = 2**63 - 1
"""Go's largest duration, 292 years: what a negative keep_alive becomes."""

_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_UNITS_NS = {"ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9}


class GoError(ValueError):
    """An error with the text Go gives it."""


def decode_base64(text: str) -> bytes:
    """Decode as Go's standard decoder does: new lines are skipped, anything else strange ends it."""
    try:
        return base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True)
    except ValueError:
        raise GoError(f"illegal base64 data at input byte {_bad_base64_offset(text)}") from None


def _bad_base64_offset(text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    held = 0
    for offset, byte in enumerate(data):
        if byte in b"\r\n":
            continue
        if byte not in _ALPHABET:
            padding = data[offset:].replace(b"\r", b"").replace(b"\n", b"")
            return len(data) if held == 2 and padding == b"=" else offset
        held = (held + 1) % 4
    return len(data) - held


def keep_alive_ns(value: Any) -> int:
    """``keep_alive`` as nanoseconds: a number is seconds, a string a Go duration, negative is for ever."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        kind = {"bool": "bool", "list": "[]interface {}", "dict": "map[string]interface {}"}[
            type(value).__name__
        ]
        raise GoError(f"Unsupported type: '{kind}'")
    spent = duration_ns(value) if isinstance(value, str) else int(value * 1e9)
    return FOREVER_NS if spent < 0 else spent


def duration_ns(text: str) -> int:
    """Go's time.ParseDuration."""
    body = text[1:] if text[:1] in "+-" else text
    if body == "0":
        return 0
    if not body:
        raise GoError(f'time: invalid duration "{text}"')
    total, rest = 0.0, body
    while rest:
        number = re.match(r"\d+\.?\d*|\.\d+", rest)
        if number is None:
            raise GoError(f'time: invalid duration "{text}"')
        rest = rest[number.end() :]
        unit = re.match(r"[^\d.]+", rest)
        if unit is None:
            raise GoError(f'time: missing unit in duration "{text}"')
        if unit[0] not in _UNITS_NS:
            raise GoError(f'time: unknown unit "{unit[0]}" in duration "{text}"')
        total += float(number[0]) * _UNITS_NS[unit[0]]
        rest = rest[unit.end() :]
    return int(-total if text.startswith("-") else total)


def rfc3339_nano(ns: int) -> str:
    """A time in ns since the epoch as Go writes it: nine digits, its zeros at the end left out."""
    seconds, fraction = divmod(ns, 10**9)
    whole = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    digits = f".{fraction:09d}".rstrip("0").rstrip(".")
    return f"{whole}{digits}Z"


def kind_of(value: Any) -> str:
    """What Go's JSON decoder calls this value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    return {"str": "string", "list": "array", "dict": "object"}.get(type(value).__name__, "number")


def expect_kind(value: Any, wanted: str, field: str, go_type: str) -> None:
    """Raise as Go does when a field has another type; null is as good as absent."""
    if value is not None and kind_of(value) != wanted:
        raise GoError(
            f"json: cannot unmarshal {kind_of(value)} into Go struct field {field} of type {go_type}"
        )


def version_tuple(text: str) -> tuple[int, int, int]:
    """``0.33.0-rc2`` -> (0, 33, 0)."""
    numbers = [int(part) for part in re.findall(r"\d+", text.split("-")[0])[:3]]
    major, minor, patch = (*numbers, 0, 0, 0)[:3]
    return major, minor, patch
