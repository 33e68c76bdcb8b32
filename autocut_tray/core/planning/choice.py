"""From a planning model's words to scenes: the schema asked for, and a reader that trusts nothing it gets."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from autocut_tray.core.analyzers.answer import Schema, parse_objects, unusable
from autocut_tray.core.clean import clean
from autocut_tray.core.frozen import frozen

MAX_REASON = 160
"""Characters of a reason that are kept."""

_MOST_IDS = 300
"""Ids that a schema names one by one; strict modes take no more than some hundreds."""

_ID_NAMES = ("id", "scene", "scene_id", "sceneId", "number")
_LIST_NAMES = ("scenes", "entries", "plan", "cut", "shots", "selection")


@frozen
class Choice:
    """``scenes``: known ids in the model's order with its reasons, each once; how many were ``unknown`` or named
    ``twice``."""

    scenes: tuple[tuple[int, str], ...]
    unknown: int
    twice: int


def choice_schema(scenes: Collection[int], *, bounded: bool, most: int) -> Schema:
    """At most ``most`` of these scenes; ``bounded`` as for descriptions."""
    ident: Schema = {"type": "integer"}
    if len(scenes) <= _MOST_IDS:
        ident["enum"] = sorted(scenes)
    reason: Schema = {"type": "string"}
    items: Schema = {"type": "array", "items": _object({"id": ident, "reason": reason})}
    if bounded:
        reason["maxLength"] = 100
        items |= {"minItems": 1, "maxItems": most}
    return _object({"scenes": items})


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def parse_choice(text: str, scenes: Collection[int]) -> Choice:
    """The choice in an answer, or in the last of several drafts.

    Raises BackendError of class ``tier`` when no known scene is named; nothing else.
    """
    if not text.strip():
        raise unusable("empty_answer", "")
    for found in reversed(parse_objects(text)):
        choice = _choice(found, scenes)
        if choice.scenes:
            return choice
    raise unusable("bad_answer", text)


def _choice(found: dict[str, Any], scenes: Collection[int]) -> Choice:
    listed: list[Any] = next((found[name] for name in _LIST_NAMES if isinstance(found.get(name), list)), [])
    chosen: dict[int, str] = {}
    unknown = twice = 0
    for item in listed:
        ident = _ident(item)
        if ident is None or ident not in scenes:
            unknown += 1
        elif ident in chosen:
            twice += 1
        else:
            chosen[ident] = _reason(item)
    return Choice(tuple(chosen.items()), unknown, twice)


def _ident(item: Any) -> int | None:
    """A scene's id as a number, or as text that is one."""
    if isinstance(item, dict):
        item = next((item[name] for name in _ID_NAMES if name in item), None)
    if isinstance(item, str) and item.strip().isascii() and item.strip().isdecimal() and len(item) < 10:
        return int(item)
    if isinstance(item, float) and item.is_integer():
        return int(item)
    return item if isinstance(item, int) and not isinstance(item, bool) else None


def _reason(item: Any) -> str:
    said = item.get("reason") if isinstance(item, dict) else None
    line = clean(said, MAX_REASON) if isinstance(said, str) else ""
    return line if any(char.isalnum() for char in line) else ""
