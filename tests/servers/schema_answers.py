"""Answers that conform to a JSON schema and depend only on a seed, as a grammar-bound model's would."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

WORDS = [
    "quiet",
    "wide",
    "river",
    "under",
    "an",
    "old",
    "bridge",
    "two",
    "people",
    "walking",
    "slowly",
    "past",
    "bright",
    "market",
    "stalls",
    "while",
    "red",
    "paper",
    "lanterns",
    "swing",
    "above",
    "wet",
    "stones",
    "and",
    "a",
    "grey",
    "dog",
    "waits",
    "beside",
    "the",
    "open",
    "door",
    "of",
    "a",
    "small",
    "blue",
    "house",
]


class UnusableSchemaError(ValueError):
    """The schema cannot be turned into a grammar; the text is llama.cpp's."""


def seed_of(*parts: bytes | str) -> random.Random:
    """A generator of choices that depends on these bytes only."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return random.Random(digest.digest())


def words(choice: random.Random, low: int = 3, high: int = 8) -> str:
    return " ".join(choice.choice(WORDS) for _ in range(choice.randint(low, high)))


def answer_text(schema: dict[str, Any], choice: random.Random) -> str:
    """A JSON text that the schema accepts."""
    return json.dumps(_value(schema, choice, schema, "#"), ensure_ascii=False)


def _value(schema: Any, choice: random.Random, root: dict[str, Any], where: str) -> Any:
    if schema is True or schema == {}:
        return words(choice)
    if not isinstance(schema, dict):
        raise UnusableSchemaError(f"JSON schema error at {where}: unrecognized schema {schema!r}")
    if "$ref" in schema:
        return _value(_resolve(schema["$ref"], root), choice, root, where)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return choice.choice(schema["enum"])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return _value(choice.choice(schema[key]), choice, root, where)
    if "allOf" in schema:
        merged: dict[str, Any] = {}
        for part in schema["allOf"]:
            merged |= _resolve(part["$ref"], root) if "$ref" in part else part
        return _value(merged, choice, root, where)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kind = choice.choice(kind)
    make = _MAKERS.get(kind)
    if make is None:
        raise UnusableSchemaError(f"JSON schema error at {where}: unrecognized type {kind}")
    return make(schema, choice, root, where)


def _resolve(ref: str, root: dict[str, Any]) -> Any:
    target: Any = root
    for part in ref.removeprefix("#/").split("/"):
        try:
            target = target[part]
        except (KeyError, TypeError) as error:
            raise UnusableSchemaError(f"JSON schema error at #: unresolved reference {ref}") from error
    return target


def _object(
    schema: dict[str, Any], choice: random.Random, root: dict[str, Any], where: str
) -> dict[str, Any]:
    return {
        name: _value(part, choice, root, f"{where}/properties/{name}")
        for name, part in schema.get("properties", {}).items()
    }


def _array(schema: dict[str, Any], choice: random.Random, root: dict[str, Any], where: str) -> list[Any]:
    low = schema.get("minItems", 1)
    count = choice.randint(low, min(schema.get("maxItems", max(low, 3)), low + 3))
    items = [_value(schema.get("items", {}), choice, root, f"{where}/items") for _ in range(count)]
    if schema.get("uniqueItems"):
        items = [item for number, item in enumerate(items) if item not in items[:number]]
    return items


def _string(schema: dict[str, Any], choice: random.Random, root: dict[str, Any], where: str) -> str:
    text = words(choice)
    while len(text) < schema.get("minLength", 0):
        text += " " + words(choice)
    return text[: schema.get("maxLength", len(text))]


def _integer(schema: dict[str, Any], choice: random.Random, root: dict[str, Any], where: str) -> int:
    low = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
    return choice.randint(low, schema.get("maximum", schema.get("exclusiveMaximum", low + 11) - 1))


def _number(schema: dict[str, Any], choice: random.Random, root: dict[str, Any], where: str) -> float:
    low = schema.get("minimum", 0.0)
    return round(choice.uniform(low, schema.get("maximum", low + 1.0)), 3)


def _boolean(schema: dict[str, Any], choice: random.Random, root: dict[str, Any], where: str) -> bool:
    return choice.random() < 0.5


def _null(schema: dict[str, Any], choice: random.Random, root: dict[str, Any], where: str) -> None:
    return None


_MAKERS = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "null": _null,
}
