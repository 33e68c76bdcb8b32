"""Messages into words: Fluent catalogues in English and Simplified Chinese.

The catalogues are read when the first word is needed: importing this module costs nothing.
"""

from __future__ import annotations

import locale
import logging
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from autocut_tray.core.assets import asset
from autocut_tray.core.messages import Message, Param

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

log = logging.getLogger(__name__)

LANGUAGES = ("en", "zh-CN")


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


class Translator:
    """Speaks one language at a time; safe to use from several threads.

    Unicode isolation marks are off: they show as boxes in terminals and some fonts, and every text is laid
    out left to right in both languages.
    """

    def __init__(self, language: str) -> None:
        self._language = ""
        self._bundle: FluentBundle | None = None
        self.set_language(language)

    @property
    def language(self) -> str:
        return self._language

    def set_language(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no such language: {language!r}")
        if language != self._language:
            self._language, self._bundle = language, None

    def text(self, message: Message) -> str:
        return self.t(message.code, **message.params)

    def sentences(self, messages: Iterable[Message]) -> str:
        """One after the other, as the language writes them: Chinese puts nothing between two sentences."""
        return ("" if self._language == "zh-CN" else " ").join(map(self.text, messages))

    def t(self, code: str, /, **params: Param) -> str:
        """The words for ``code``; the code itself when there are none (a defect that tests catch).

        A parameter may itself be a :class:`Message`: it is put into words first.
        """
        bundle = self._bundle or self._load()
        if not bundle.has_message(code):
            log.error("No text for %r in %s", code, self._language)
            return code
        pattern = bundle.get_message(code).value
        if pattern is None:
            return code
        values = {
            key: self.text(value) if isinstance(value, Message) else value for key, value in params.items()
        }
        text, errors = bundle.format_pattern(pattern, values)
        for error in errors:
            log.error("Text %r in %s: %s", code, self._language, error)
        return str(text)

    def _load(self) -> FluentBundle:
        from fluent.runtime import FluentBundle, FluentResource  # 130 ms: only when words are needed

        bundle = FluentBundle([self._language], use_isolating=False)
        for path in sorted(asset("i18n", self._language).glob("*.ftl")):
            bundle.add_resource(FluentResource(path.read_text("utf-8")))
        self._bundle = bundle
        return bundle
