"""Bodies: JSON as it should be, or none. What readers of JSON disagree on is refused."""

from __future__ import annotations

import json
import re
from typing import Any

from autocut_tray.api.limits import Limits
from autocut_tray.api.refusals import Refusal

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_OPENING, _CLOSING = frozenset(b"[{"), frozenset(b"]}")


def check_json(body: bytes, limits: Limits) -> None:
    """Raises Refusal for what is no JSON, has NaN, a key twice, too many keys, or is nested too deeply."""
    if _depth(body) > limits.json_depth:
        raise Refusal(400, "json_too_deep", hint=False)
    keys = 0

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal keys
        keys += len(pairs)
        found = dict(pairs)
        if len(found) != len(pairs) or keys > limits.json_keys:
            raise ValueError("a key twice, or too many")
        return found

    def no_number(text: str) -> Any:
        raise ValueError(f"{text} is no number of JSON")

    try:
        json.loads(body.decode("utf-8"), object_pairs_hook=table, parse_constant=no_number)
    except (ValueError, RecursionError):  # UnicodeDecodeError and a number of 5,000 digits are ValueErrors
        raise Refusal(400, "bad_json") from None


def _depth(body: bytes) -> int:
    """How many brackets are open at most, those in strings left out; counted before anything is built."""
    deepest = depth = 0
    for byte in _STRING.sub(b"", body):
        if byte in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif byte in _CLOSING:
            depth -= 1
    return deepest
