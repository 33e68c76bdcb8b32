"""Messages into words: Fluent catalogues in English and Simplified Chinese.

The catalogues are read when the first word is needed, and each entry is parsed when it is first spoken: importing
this module costs nothing, and a session pays only for what it says.
"""

from __future__ import annotations

import locale
import logging
import os
import re
from collections.abc import Iterable

from autocut_tray.core.assets import asset
from autocut_tray.core.messages import Message, Param
from autocut_tray.fluent_text import Pattern, parse, speak

log = logging.getLogger(__name__)

LANGUAGES = ("en", "zh-CN")

_ENTRY = re.compile(r"^(-?[a-zA-Z][\w-]*) *=", re.MULTILINE)
"""Where an entry begins: everything else that stands at the start of a line in Fluent is a comment or a brace."""


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
    try:
        return locale.getlocale()[0] or ""
    except ValueError:  # a locale name that Python cannot parse
        return ""


class Catalogue:
    """The entries of one language, each parsed when it is first asked for. Safe to use from several threads.

    No Unicode isolation marks: they show as boxes in terminals and some fonts, and every text is laid out left to
    right in both languages.
    """

    def __init__(self, language: str) -> None:
        self._written: dict[str, str] = {}
        self._patterns: dict[str, Pattern] = {}
        for path in sorted(asset("i18n", language).glob("*.ftl")):
            text = path.read_text("utf-8")
            starts = list(_ENTRY.finditer(text))
            ends = [following.start() for following in starts[1:]] + [len(text)]
            for start, end in zip(starts, ends, strict=True):
                self._written.setdefault(start[1], text[start.end() : end])

    def entries(self) -> dict[str, str]:
        """What is written for each code, as it stands in the files."""
        return dict(self._written)

    def pattern(self, code: str) -> Pattern | None:
        """What stands behind ``code``; None when there is nothing. Raises FluentError, a defect that tests catch."""
        found = self._patterns.get(code)
        if found is None and code in self._written:
            found = self._patterns[code] = parse(self._written[code])
        return found


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
        catalogue = self._catalogue
        if catalogue is None:
            catalogue = self._catalogue = Catalogue(self._language)
        pattern = catalogue.pattern(code)
        if pattern is None:
            log.error("No text for %r in %s", code, self._language)
            return code
        values = {
            key: self.text(value) if isinstance(value, Message) else value for key, value in params.items()
        }
        return speak(
            pattern,
            values,
            self._language,
            catalogue.pattern,
            lambda what: log.error("Text %r in %s: %s", code, self._language, what),
        )
