"""The part of Fluent that our texts use: variables, other entries, quoted characters, and choices by a variable.

Mozilla's library does more (functions, attributes, terms with arguments, dates) and costs a start 55 ms and 8 MiB,
most of it for numbers and dates in 700 locales. Tests let it read every text of ours and say the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple


class Variable(NamedTuple):
    name: str


class Reference(NamedTuple):
    """Another entry."""

    name: str


class Choice(NamedTuple):
    """The variant whose key is the variable's value or, for a number, its plural category; else the default one."""

    variable: str
    variants: tuple[tuple[str | float, Pattern], ...]
    default: Pattern


Pattern = tuple[str | Variable | Reference | Choice, ...]
Value = str | int | float

_TEXT = re.compile(r"[^{}\n]+")
_BLANK = re.compile(r"[ \n]*")
_SPACES = re.compile(r" *")
_NEXT_LINE = re.compile(r"(?P<blank>(?: *\n)+)(?P<indent> *)(?=\{|(?<= )[^ \n}.\[*])")
"""What parts the lines of one text: the next is indented and begins with nothing that has a meaning of its own."""
_NAME = re.compile(r"-?[a-zA-Z][\w-]*")
_STRING = re.compile(r'"((?:[^"\\\n]|\\["\\]|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{6})*)"')
_ESCAPE = re.compile(r'\\(?:(["\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6}))')
_KEY = re.compile(r"\[[ \n]*(?:(-?\d+(?:\.\d+)?)|([a-zA-Z][\w-]*))[ \n]*\]")


class FluentError(ValueError):
    """A text says something that is no Fluent, or none that is understood here."""


def parse(text: str) -> Pattern:
    """What stands behind the ``=`` of an entry; comments may follow it. Raises FluentError."""
    reader = _Reader(text)
    pattern = reader.pattern()
    rest = text[reader.at :]
    if any(line and not line.startswith("#") for line in map(str.strip, rest.splitlines())):
        raise FluentError(f"not understood: {rest[:40]!r}")
    return pattern


class _Quoted(NamedTuple):
    """Characters to be kept as they are, spaces at an end too."""

    text: str


class _Indent(NamedTuple):
    """Between two lines: line breaks, and the spaces before the next."""

    breaks: str
    spaces: str


_Found = str | Variable | Reference | Choice | _Quoted | _Indent


class _Reader:
    """Goes through one entry from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def pattern(self) -> Pattern:
        found: list[_Found] = []
        self._take(_SPACES)
        line = _NEXT_LINE.match(self._text, self.at)
        if line is not None:  # it begins on a line of its own
            self.at = line.end()
            found.append(_Indent("", line["indent"]))
        while self.at < len(self._text):
            here = self._text[self.at]
            if here == "{":
                found.append(self._placeable())
            elif here == "}":
                break
            elif (text := _TEXT.match(self._text, self.at)) is not None:
                self.at = text.end()
                found.append(text[0])
            else:
                line = _NEXT_LINE.match(self._text, self.at)
                if line is None:
                    break
                self.at = line.end()
                found.append(_Indent("\n" * line["blank"].count("\n"), line["indent"]))
        return _dedented(found)

    def _placeable(self) -> _Found:
        self.at += 1
        self._take(_BLANK)
        found: _Found
        if (quoted := _STRING.match(self._text, self.at)) is not None:
            self.at = quoted.end()
            found = _Quoted(_ESCAPE.sub(lambda it: it[1] or chr(int(it[2] or it[3], 16)), quoted[1]))
        elif self._next_is("$"):
            self.at += 1
            found = Variable(self._name())
        else:
            found = Reference(self._name())
        self._take(_BLANK)
        if isinstance(found, Variable) and self._next_is("->"):
            self.at += 2
            found = self._choice(found.name)
        if not self._next_is("}"):
            raise FluentError(f"not understood: {self._text[self.at : self.at + 40]!r}")
        self.at += 1
        return found

    def _choice(self, variable: str) -> Choice:
        variants: list[tuple[str | float, Pattern]] = []
        default: Pattern | None = None
        self._take(_BLANK)
        while not self._next_is("}"):
            usual = self._next_is("*")
            self.at += usual
            key = _KEY.match(self._text, self.at)
            if key is None:
                raise FluentError(f"no variant: {self._text[self.at : self.at + 40]!r}")
            self.at = key.end()
            pattern = self.pattern()
            variants.append((float(key[1]) if key[1] else key[2], pattern))
            default = pattern if usual else default
            self._take(_BLANK)
        if default is None:
            raise FluentError(f"a choice by ${variable} has no default")
        return Choice(variable, tuple(variants), default)

    def _name(self) -> str:
        name = _NAME.match(self._text, self.at)
        if name is None:
            raise FluentError(f"no name: {self._text[self.at : self.at + 40]!r}")
        self.at = name.end()
        return name[0]

    def _next_is(self, text: str) -> bool:
        return self._text.startswith(text, self.at)

    def _take(self, what: re.Pattern[str]) -> None:
        found = what.match(self._text, self.at)
        if found is not None:
            self.at = found.end()


def _dedented(found: list[_Found]) -> Pattern:
    """Without the spaces that all lines begin with, and those at the end."""
    common = min((len(one.spaces) for one in found if isinstance(one, _Indent)), default=0)
    parts = [one.breaks + one.spaces[common:] if isinstance(one, _Indent) else one for one in found]
    while parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip(" \n")
        if parts[-1]:
            break
        parts.pop()
    joined: list[str | Variable | Reference | Choice] = []
    for part in parts:
        plain = part.text if isinstance(part, _Quoted) else part
        if isinstance(plain, str) and joined and isinstance(joined[-1], str):
            joined[-1] += plain
        elif plain != "":
            joined.append(plain)
    return tuple(joined)


def speak(
    pattern: Pattern,
    values: Mapping[str, Value],
    language: str,
    entry: Callable[[str], Pattern | None],
    wrong: Callable[[str], object],
) -> str:
    """The words. ``entry`` finds other entries; ``wrong`` is told what is missing, and its name is shown instead."""

    def said(parts: Pattern, within: tuple[str, ...]) -> str:
        return "".join(part if isinstance(part, str) else spoken(part, within) for part in parts)

    def spoken(part: Variable | Reference | Choice, within: tuple[str, ...]) -> str:
        if isinstance(part, Variable):
            if part.name not in values:
                wrong(f"no value for ${part.name}")
                return part.name
            value = values[part.name]
            return value if isinstance(value, str) else number(value)
        if isinstance(part, Choice):
            if part.variable not in values:
                wrong(f"no value for ${part.variable}")
                return said(part.default, within)
            return said(_chosen(part, values[part.variable], language), within)
        other = entry(part.name) if part.name not in within else None
        if other is None:
            wrong(f"no text {part.name}, or one within itself")
            return f"{{{part.name}}}"
        return said(other, (*within, part.name))

    return said(pattern, ())


def _chosen(choice: Choice, value: Value, language: str) -> Pattern:
    keys: tuple[str | float, ...] = (value,) if isinstance(value, str) else (value, plural(value, language))
    for key, pattern in choice.variants:
        if key in keys:
            return pattern
    return choice.default


def plural(value: float, language: str) -> str:
    """The category of a number: English tells one from others, Chinese does not."""
    return "one" if language == "en" and abs(value) == 1 else "other"


def number(value: float) -> str:
    """As both languages write it: thousands in groups, at most three decimals."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("∞" if value > 0 else "-∞")
    if isinstance(value, int):
        return f"{int(value):,}"
    text = f"{Decimal(str(value)):,.3f}"
    return text.rstrip("0").rstrip(".")
