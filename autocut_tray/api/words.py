"""The language of a reply."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.jobs.job import JobError
from autocut_tray.documents import error_document
from autocut_tray.i18n import LANGUAGES, Translator

Json = dict[str, Any]


class Words:
    """A translator for each language, kept, because reading a catalogue takes a tenth of a second."""

    def __init__(self, default: Callable[[], str]) -> None:
        """``default``: the language of the program."""
        self._default = default
        self._translators = {language: Translator(language) for language in LANGUAGES}

    def language(self, accepted: str | None) -> str:
        """The first of ours in an ``Accept-Language`` header, the best quality first."""
        for name in _by_quality(accepted or ""):
            if name.startswith("zh"):
                return "zh-CN"
            if name.startswith("en"):
                return "en"
        return self._default()

    def of(self, language: str) -> Translator:
        return self._translators[language]

    def error(self, error: AutoCutError | JobError, accepted: str | None) -> Json:
        """``{"error": {code, message, hint}}``."""
        return {"error": error_document(error, self.of(self.language(accepted)))}


def _by_quality(header: str) -> Iterable[str]:
    """Language names in lower case; what makes no sense is passed over."""
    ranked: list[tuple[float, str]] = []
    for part in header[:200].split(","):
        name, _, rest = part.partition(";")
        quality = 1.0
        if rest.strip().lower().startswith("q="):
            try:
                quality = float(rest.strip()[2:])
            except ValueError:
                continue
        if 0.0 < quality <= 1.0:
            ranked.append((quality, name.strip().lower()))
    return [name for _, name in sorted(ranked, key=lambda pair: -pair[0])]
