"""A sentence for a person, before it has a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Param = str | int | float

_NO_PARAMS: Mapping[str, Param] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Message:
    """A Fluent message id and its variables; the edge (window, CLI, API) turns it into words.

    ``code`` is lower-case with dashes. Numbers that need a fixed notation arrive here already as strings.
    """

    code: str
    params: Mapping[str, Param] = field(default_factory=lambda: _NO_PARAMS)


def message(code: str, **params: Param) -> Message:
    """Short form of :class:`Message` for places that state many of them."""
    return Message(code, MappingProxyType(params))
