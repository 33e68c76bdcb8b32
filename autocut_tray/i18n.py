"""Messages into words: Fluent catalogues in English and Simplified Chinese.

The catalogues are read when the first word is needed, and each entry is parsed when it is first spoken: importing
this module costs nothing, and a session pays only for what it says (all 2,100 entries: 0.2-0.3 s and 10 MiB). Nine
entries in ten are nothing but text and variables. They are spoken without Fluent, which takes 80 ms and 7 MiB, most
of it for the plurals and numbers of all the world's languages; the hidden tray needs no other.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from autocut_tray.core.assets import asset
from autocut_tray.core.messages import Message, Param

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle
    from fluent.runtime.resolver import Pattern

log = logging.getLogger(__name__)

LANGUAGES = ("en", "zh-CN")

_ENTRY = re.compile(r"^(-?[a-zA-Z][\w-]*) *=", re.MULTILINE)
"""Where an entry begins: everything else that stands at the start of a line in Fluent is a comment or a brace."""
_REFERENCE = re.compile(r"\{\s*(-?[a-zA-Z][\w-]*)\s*[}.(]")
"""Another entry inside an entry."""
_PLAIN = re.compile(
    r"[a-zA-Z][\w-]* *= *(?P<value>(?:[^{}\s]|\{ *\$[a-zA-Z][\w-]* *\})(?:[^{}\n]|\{ *\$[a-zA-Z][\w-]* *\})*)"
    r"(?:\n(?:#.*)?)*\Z"
)
"""One line of text and variables; comments may follow."""
_VARIABLE = re.compile(r"\{ *\$([a-zA-Z][\w-]*) *\}")
_LONGEST = 2500
"""Characters: Fluent refuses a longer variable."""
_UNGROUPED = 1000
"""From here on languages write a number with separators."""


def choose_language(setting: str | None, locale_name: str | None = None) -> str:
    """The language to speak: the setting if it is one of :data:`LANGUAGES`, else by the system's locale."""
    if setting in LANGUAGES:
        return setting
    name = system_locale() if locale_name is None else locale_name
    return "zh-CN" if name.replace("_", "-").lower().startswith("zh") else "en"


def system_locale() -> str:
    """The person's locale as the environment or the operating system names it; empty when unknown."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return value
    import locale  # late: an environment that names one is the rule

    try:
        return locale.getlocale()[0] or ""
    except ValueError:  # a locale name that Python cannot parse
        return ""


class Catalogue:
    """The entries of one language, each parsed when it is first asked for. Safe to use from several threads.

    Unicode isolation marks are off: they show as boxes in terminals and some fonts, and every text is laid
    out left to right in both languages.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._lock = threading.Lock()
        self._plain: dict[str, tuple[str, ...]] = {}
        self._unparsed: dict[str, str] = {}
        for path in sorted(asset("i18n", language).glob("*.ftl")):
            text = path.read_text("utf-8")
            starts = list(_ENTRY.finditer(text))
            ends = [following.start() for following in starts[1:]] + [len(text)]
            for start, end in zip(starts, ends, strict=True):
                self._unparsed.setdefault(start[1], text[start.start() : end])

    @cached_property
    def bundle(self) -> FluentBundle:
        """The entries that needed Fluent so far."""
        from fluent.runtime import FluentBundle  # 80 ms: only for what is more than plain text

        return FluentBundle([self._language], use_isolating=False)

    def entries(self) -> dict[str, str]:
        """What is written for each code that was not parsed yet, as it stands in the files."""
        return dict(self._unparsed)

    def plain(self, code: str, values: Mapping[str, object]) -> str | None:
        """The words for ``code``, just as Fluent says them; None where only Fluent knows how: a choice of words,
        another entry inside, a number that languages write differently, a variable that is missing."""
        parts = self._plain.get(code)
        if parts is None:
            parts = self._plain[code] = _plain_parts(self._unparsed.get(code, ""))
        words = []
        for place, part in enumerate(parts):
            word = part if place % 2 == 0 else _word(values.get(part))
            if word is None:
                return None
            words.append(word)
        return "".join(words) or None

    def pattern(self, code: str) -> Pattern | None:
        """What stands behind ``code``; None when there is nothing."""
        if code in self._unparsed:
            with self._lock:
                self._parse(code)
        return self.bundle.get_message(code).value if self.bundle.has_message(code) else None

    def _parse(self, code: str) -> None:
        """The entry, after those that it refers to: nobody may see it without them."""
        from fluent.runtime import FluentResource

        wanted, found = [code], dict[str, str]()
        while wanted:
            name = wanted.pop()
            text = self._unparsed.get(name)
            if text is not None and name not in found:
                found[name] = text
                wanted += [reference[1] for reference in _REFERENCE.finditer(text)]
        for text in reversed(found.values()):
            self.bundle.add_resource(FluentResource(text))
        for name in found:
            del self._unparsed[name]


def _plain_parts(entry: str) -> tuple[str, ...]:
    """Text and names of variables by turns, the text first; nothing when there is more to the entry."""
    found = _PLAIN.match(entry)
    return () if found is None else tuple(_VARIABLE.split(found["value"].rstrip(" ")))


def _word(value: object) -> str | None:
    """A variable in words that are the same in every language."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else None
    return str(value) if type(value) is int and abs(value) < _UNGROUPED else None


class Translator:
    """Speaks one language at a time; safe to use from several threads."""

    def __init__(self, language: str) -> None:
        self._language = ""
        self._catalogue: Catalogue | None = None
        self.set_language(language)

    @property
    def language(self) -> str:
        return self._language

    def set_language(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no such language: {language!r}")
        if language != self._language:
            self._language, self._catalogue = language, None

    def text(self, message: Message) -> str:
        return self.t(message.code, **message.params)

    def sentences(self, messages: Iterable[Message]) -> str:
        """One after the other, as the language writes them: Chinese puts nothing between two sentences."""
        return ("" if self._language == "zh-CN" else " ").join(map(self.text, messages))

    def t(self, code: str, /, **params: Param) -> str:
        """The words for ``code``; the code itself when there are none (a defect that tests catch).

        A parameter may itself be a :class:`Message`: it is put into words first.
        """
        catalogue = self._read()
        values = {
            key: self.text(value) if isinstance(value, Message) else value for key, value in params.items()
        }
        words = catalogue.plain(code, values)
        if words is not None:
            return words
        pattern = catalogue.pattern(code)
        if pattern is None:
            log.error("No text for %r in %s", code, self._language)
            return code
        text, errors = catalogue.bundle.format_pattern(pattern, values)
        for error in errors:
            log.error("Text %r in %s: %s", code, self._language, error)
        return str(text)

    def prepare(self, *, grammar: bool) -> None:
        """Read the catalogue now, so that the first word does not wait for it (10 ms), and Fluent with all it knows
        of the language where ``grammar`` is wanted (0.1 s, 7 MiB)."""
        catalogue = self._read()
        if grammar:
            _ = catalogue.bundle

    def _read(self) -> Catalogue:
        catalogue = self._catalogue
        if catalogue is None:
            catalogue = self._catalogue = Catalogue(self._language)
        return catalogue
