"""Values in the wire's JSON: typed and bounded, whoever sent them."""

from __future__ import annotations

import base64
import enum
import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeVar

from autocut_tray.core.clean import clean

MAX_FRAMES = 10**9
MAX_SECONDS = 400 * 86_400.0
"""A lying time stamp may claim days; this only keeps arithmetic and displays sane."""

_PLAIN = re.compile(r"[\x20-\x7e]{0,200}")


class WireError(Exception):
    """Bytes that the other side would never send if it were sound."""


class Fields:
    """Typed, bounded access to a JSON object of unknown origin."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def _raw(self, name: str) -> Any:
        if name not in self._fields:
            raise WireError(f"{name} is missing")
        return self._fields[name]

    def flag(self, name: str) -> bool:
        value = self._raw(name)
        if not isinstance(value, bool):
            raise WireError(f"{name} is not a flag")
        return value

    def whole(self, name: str, low: int, high: int) -> int:
        value = self._raw(name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise WireError(f"{name} is out of bounds")
        return value

    def maybe_whole(self, name: str, low: int, high: int) -> int | None:
        return None if self._raw(name) is None else self.whole(name, low, high)

    def number(self, name: str, low: float, high: float) -> float:
        value = self._raw(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise WireError(f"{name} is not a number")
        if not low <= value <= high:
            raise WireError(f"{name} is out of bounds")
        return float(value)

    def maybe_number(self, name: str, low: float, high: float) -> float | None:
        return None if self._raw(name) is None else self.number(name, low, high)

    def plain(self, name: str) -> str:
        value = self._raw(name)
        if not isinstance(value, str) or not _PLAIN.fullmatch(value):
            raise WireError(f"{name} is not plain text")
        return value

    def maybe_plain(self, name: str) -> str | None:
        return None if self._raw(name) is None else self.plain(name)

    def text(self, name: str) -> str:
        value = self._raw(name)
        if not isinstance(value, str):
            raise WireError(f"{name} is not text")
        return value

    def lines(self, name: str, most: int) -> str:
        """Text as :func:`~autocut_tray.core.clean.clean` leaves it, line by line."""
        value = self.text(name)
        if not 0 < len(value) <= most or any(
            not line or clean(line, most) != line for line in value.split("\n")
        ):
            raise WireError(f"{name} is not clean text")
        return value

    def bytes64(self, name: str) -> bytes:
        return _bytes(self.text(name))

    def many_bytes64(self, name: str, most: int) -> tuple[bytes, ...]:
        value = self._raw(name)
        if not isinstance(value, list) or len(value) > most:
            raise WireError(f"{name} is not a short list")
        return tuple(_bytes(one) for one in value)

    def maybe_inner(self, name: str) -> Fields | None:
        return None if self._raw(name) is None else self.inner(name)

    def inner(self, name: str) -> Fields:
        value = self._raw(name)
        if not isinstance(value, dict):
            raise WireError(f"{name} is not an object")
        return Fields(value)

    def rate(self, name: str) -> Fraction:
        numerator, _, denominator = self.plain(name).partition("/")
        if not (numerator.isdecimal() and denominator.isdecimal()) or len(numerator + denominator) > 20:
            raise WireError(f"{name} is not a rate")
        if int(numerator) == 0 or int(denominator) == 0:
            raise WireError(f"{name} is not a rate")
        return Fraction(int(numerator), int(denominator))


def plain(text: str) -> str:
    """``text`` as :meth:`Fields.plain` accepts it: printable ASCII, at most 200 characters."""
    return "".join(c if " " <= c <= "~" else "?" for c in text[:200])


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise WireError("not text")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise WireError("not base64") from error


_E = TypeVar("_E", bound=enum.Enum)


def member(kind: type[_E], value: str) -> _E:
    try:
        return kind(value)
    except ValueError as error:
        raise WireError(f"{value!r} is no {kind.__name__}") from error
