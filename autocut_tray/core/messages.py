"""A sentence for a person, before it has a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Union

from autocut_tray.core.frozen import frozen

Param = Union[str, int, float, "Message"]

_NO_PARAMS: Mapping[str, Param] = MappingProxyType({})


@frozen
class Message:
    """A Fluent message id and its variables; the edge (window, CLI, API) turns it into words.

    ``code`` is lower-case with dashes. Numbers that need a fixed notation arrive here already as strings; a
    variable that is itself a message is put into words first.
    """

    code: str
    params: Mapping[str, Param] = field(default_factory=lambda: _NO_PARAMS)


def message(code: str, **params: Param) -> Message:
    """Short form of :class:`Message` for places that state many of them."""
    return Message(code, MappingProxyType(params))


def message_to_json(said: Message) -> dict[str, Any]:
    """For storage: a message is translated when it is shown, not when it is stored."""
    return {
        "code": said.code,
        "params": {k: message_to_json(v) if isinstance(v, Message) else v for k, v in said.params.items()},
    }


def message_from_json(data: Mapping[str, Any]) -> Message:
    params = {k: message_from_json(v) if isinstance(v, dict) else v for k, v in data["params"].items()}
    return Message(str(data["code"]), MappingProxyType(params))
