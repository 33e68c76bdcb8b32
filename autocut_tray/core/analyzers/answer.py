"""From a model's words to a description: the schema asked for, and a reader that trusts nothing it gets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from autocut_tray.core.analyzers.base import Description
from autocut_tray.core.analyzers.vocabulary import vocabulary
from autocut_tray.core.clean import clean
from autocut_tray.core.errors import BackendError, FailureClass
from autocut_tray.core.log import SECRETS
from autocut_tray.core.messages import message

Schema = dict[str, Any]

MAX_ANSWER = 256 * 1024
"""Characters of an answer that are looked at; a longer one is a runaway."""

_SUMMARY, _ACTION, _TERM, _MOOD = 1000, 300, 60, 120
_SUBJECTS, _SUBJECT = 12, 80
_QUALITIES, _QUALITY = 8, 60
_TAGS, _TAG = 16, 60
# The limits above add up to 3940 characters; a description has at most 4000.

_TRIES = 64
"""How many opening braces are tried before an answer counts as talk."""

_THOUGHT_END = re.compile(r"</(?:think|thinking|reasoning)>", re.IGNORECASE)
_LIST_MARKS = re.compile(r"[,;，、；\n]")
_JSON = json.JSONDecoder(strict=False)
"""Small models write line breaks into strings as they are."""


def describe_schema(language: str, *, bounded: bool) -> Schema:
    """The JSON schema of a description.

    Every property is required and none may be added, as strict modes want. ``bounded`` adds lengths and counts:
    a grammar then ends an answer that would go on for ever, but OpenAI's strict mode refuses them.
    """
    terms = vocabulary(language)

    def text(most: int) -> Schema:
        return {"type": "string", "minLength": 1, "maxLength": most} if bounded else {"type": "string"}

    def several(item: Schema, most: int) -> Schema:
        limits = {"minItems": 1, "maxItems": most} if bounded else {}
        return {"type": "array", "items": item, **limits}

    return _object(
        {
            "summary": text(300),
            "subjects": several(text(50), 6),
            "action": text(120),
            "shot": {"type": "string", "enum": list(terms.shots)},
            "camera": {"type": "string", "enum": list(terms.cameras)},
            "mood": text(50),
            "quality": several({"type": "string", "enum": list(terms.qualities)}, 3),
            "tags": several(text(30), 8),
        }
    )


def probe_schema(*, bounded: bool) -> Schema:
    """The smallest answer that proves sight and obedience: one sentence."""
    return _object(
        {"summary": {"type": "string", "minLength": 1, "maxLength": 120} if bounded else {"type": "string"}}
    )


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def parse_answer(text: str) -> Description:
    """The description in a model's answer, validated and cleaned.

    Talk around the JSON, code fences and thoughts are passed over. The last object with a summary counts: what
    comes before may be a draft. Raises BackendError of class ``tier`` when there is none; nothing else.
    """
    if not text.strip():
        raise unusable("empty_answer", "")
    fields = _last_with_summary(text[:MAX_ANSWER])
    if fields is None:
        raise unusable("bad_answer", text)
    return Description(
        summary=_one(fields, "summary", _SUMMARY),
        subjects=_many(fields, "subjects", _SUBJECTS, _SUBJECT),
        action=_one(fields, "action", _ACTION),
        shot=_one(fields, "shot", _TERM),
        camera=_one(fields, "camera", _TERM),
        mood=_one(fields, "mood", _MOOD),
        quality=_many(fields, "quality", _QUALITIES, _QUALITY),
        tags=_many(fields, "tags", _TAGS, _TAG),
    )


def edited_fields(changes: dict[str, Any]) -> dict[str, Any]:
    """``summary`` and ``tags`` as a person wrote them, within a description's limits. A summary is never empty."""
    fields: dict[str, Any] = {}
    if summary := clean(str(changes.get("summary") or ""), _SUMMARY):
        fields["summary"] = summary
    if changes.get("tags") is not None:
        fields["tags"] = list(_many(changes, "tags", _TAGS, _TAG))
    return fields


def parse_object(text: str) -> dict[str, Any]:
    """Any JSON object in an answer; raises BackendError of class ``tier`` when there is none."""
    found = next(_objects(text[:MAX_ANSWER], 0), None)
    if found is None:
        raise unusable("bad_answer" if text.strip() else "empty_answer", text)
    return found


def parse_objects(text: str) -> list[dict[str, Any]]:
    """Every JSON object in an answer, those behind its thoughts if there are any; possibly none."""
    text = text[:MAX_ANSWER]
    ends = [mark.end() for mark in _THOUGHT_END.finditer(text)]
    for start in (*ends[-1:], 0):
        if found := list(_objects(text, start)):
            return found
    return []


def unusable(code: str, text: str) -> BackendError:
    """The failure of an answer that cannot be used; the log gets its beginning."""
    said = SECRETS.redact(clean(text[:2000], 120))
    return BackendError(
        FailureClass.TIER, code, message("error-" + code.replace("_", "-")), detail=said and f"“{said}”"
    )


def _last_with_summary(text: str) -> dict[str, Any] | None:
    """Behind the thoughts if there are any, else anywhere: a picture may show the words that end a thought."""
    ends = [mark.end() for mark in _THOUGHT_END.finditer(text)]
    for start in (*ends[-1:], 0):
        for found in list(_objects(text, start))[::-1]:
            if _one(found, "summary", _SUMMARY):
                return found
    return None


def _objects(text: str, at: int) -> Iterator[dict[str, Any]]:
    """JSON objects in an answer, in order, and those one level inside them (``{"description": {…}}``)."""
    for _ in range(_TRIES):
        at = text.find("{", at)
        if at < 0:
            return
        try:
            found, at = _decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        yield from (inner for inner in found.values() if isinstance(inner, dict))
        yield found


def _decode(text: str, at: int) -> tuple[dict[str, Any], int]:
    """The object that begins at ``at``, and where it ends; raises ValueError or RecursionError."""
    found: dict[str, Any]
    found, end = _JSON.raw_decode(text, at)
    return found, end


def _one(fields: dict[str, Any], name: str, most: int) -> str:
    """A text field; a list is joined, anything that is no text or number is nothing."""
    value = fields.get(name)
    if isinstance(value, list):
        value = ", ".join(_texts(value))
    return _said(_text(value), most)


def _many(fields: dict[str, Any], name: str, items: int, most: int) -> tuple[str, ...]:
    """A list field without empty and repeated entries; a text is taken apart at commas."""
    value = fields.get(name)
    parts: Iterable[str] = _texts(value) if isinstance(value, list) else _LIST_MARKS.split(_text(value))
    found: dict[str, str] = {}
    for part in parts:
        entry = _said(part.strip().lstrip("#-•* "), most)
        if entry:
            found.setdefault(entry.casefold(), entry)
        if len(found) == items:
            break
    return tuple(found.values())


def _texts(values: list[Any]) -> list[str]:
    return [text for value in values if (text := _text(value))]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return ""


def _said(text: str, most: int) -> str:
    """``text`` cleaned; nothing when no letter or figure is in it (dots, dashes, the form's own ``…``)."""
    line = clean(text, most)
    return line if any(char.isalnum() for char in line) else ""
