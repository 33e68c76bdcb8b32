"""Reading a JSON document of which any part may be missing, and none may be of the wrong kind."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from typing import Any, TypeVar

from autocut_tray.core.errors import InputError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message

E = TypeVar("E", bound=enum.Enum)


@frozen
class Fields:
    """One object of a document. ``path``: its key from the top, empty for the whole document.

    A missing key and ``null`` are both None. A value of the wrong kind raises InputError("profile_invalid") with that
    key. ``lenient``: unknown words of a newer document are None instead.
    """

    data: Mapping[str, Any]
    path: str = ""
    lenient: bool = False

    def has(self, key: str) -> bool:
        return key in self.data

    def key(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def object(self, name: str) -> Fields:
        """The object at ``name``; an empty one when it is missing."""
        value = self.data.get(name)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise invalid(self.key(name), "object")
        return Fields(value, self.key(name), self.lenient)

    def objects(self, name: str) -> tuple[Fields, ...]:
        """The objects of the list at ``name``."""
        found = []
        for index, item in enumerate(self._list(name)):
            if not isinstance(item, dict):
                raise invalid(f"{self.key(name)}[{index}]", "object")
            found.append(Fields(item, f"{self.key(name)}[{index}]", self.lenient))
        return tuple(found)

    def texts(self, name: str) -> tuple[str, ...]:
        """The strings of the list at ``name``."""
        for index, item in enumerate(self._list(name)):
            if not isinstance(item, str):
                raise invalid(f"{self.key(name)}[{index}]", "text")
        return tuple(self._list(name))

    def text(self, name: str) -> str | None:
        value = self.data.get(name)
        if value is not None and not isinstance(value, str):
            raise invalid(self.key(name), "text")
        return value or None

    def flag(self, name: str) -> bool | None:
        value = self.data.get(name)
        if value is not None and not isinstance(value, bool):
            raise invalid(self.key(name), "flag")
        return value

    def number(self, name: str) -> float | None:
        """A number; one that cannot be measured (negative, not finite) is None."""
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid(self.key(name), "number")
        try:
            figure = float(value)
        except OverflowError:
            return None
        return value if math.isfinite(figure) and figure >= 0 else None

    def whole(self, name: str) -> int | None:
        """A whole number; ``8.0`` is one, ``8.5`` is not."""
        value = self.number(name)
        if value is not None and value != int(value):
            raise invalid(self.key(name), "whole")
        return None if value is None else int(value)

    def choice(self, name: str, kind: type[E]) -> E | None:
        """A member of ``kind`` by its value."""
        value = self.text(name)
        if value is None:
            return None
        try:
            return kind(value)
        except ValueError:
            if self.lenient:
                return None
            choices = ", ".join(str(member.value) for member in kind)
            raise InputError(
                "profile_invalid",
                message("error-profile-choice", key=self.key(name), choices=choices),
                message("error-profile-hint"),
                detail=self.key(name),
            ) from None

    def _list(self, name: str) -> list[Any]:
        value = self.data.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise invalid(self.key(name), "list")
        return value


def invalid(key: str, expected: str) -> InputError:
    """``expected``: object, list, text, number, whole or flag."""
    return InputError(
        "profile_invalid",
        message(f"error-profile-{expected}", key=key),
        message("error-profile-hint"),
        detail=f"{key}: expected {expected}",
    )
