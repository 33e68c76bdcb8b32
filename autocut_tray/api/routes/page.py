"""The page for a browser: what the machine does, live. It holds nothing of anybody, so it needs no token; what it
shows it asks for with the token that the person enters."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import escape
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from autocut_tray.api.context import Api, Speaks
from autocut_tray.core.assets import asset
from autocut_tray.core.jobs.job import JobState
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.i18n import LANGUAGES, Translator

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Everything comes from here, and nothing stands inside the page but words."""

_FILES = {
    "/dashboard/page.css": (("dashboard", "page.css"), "text/css; charset=utf-8"),
    "/dashboard/page.js": (("dashboard", "page.js"), "text/javascript; charset=utf-8"),
    "/dashboard/icon.svg": (("icons", "app-icon.svg"), "image/svg+xml"),
}

_SCRIPT_WORDS = (
    *(f"tier-{tier.value}" for tier in Tier),
    *(f"job-state-{state.value}" for state in JobState if state is not JobState.POISON),
    *("ui-percent", "ui-span-s", "ui-span-min-s"),
    *("dashboard-wrong", "dashboard-locked", "dashboard-gone", "dashboard-live", "dashboard-nothing"),
    *("dashboard-last-1", "dashboard-last-24", "dashboard-now", "dashboard-no-changes", "dashboard-no-jobs"),
    *("dashboard-more-jobs", "dashboard-job-progress", "dashboard-memory", "dashboard-vram"),
    *("dashboard-not-measured", "dashboard-pinned", "dashboard-degraded", "dashboard-emergency"),
)
_VALUES = ("n", "s", "m", "time", "value", "done", "planned", "available", "used", "total")
"""What the page puts into its words by itself."""


def router(api: Api) -> APIRouter:
    routes = APIRouter(tags=["documents"], include_in_schema=False)

    @routes.get("/")
    def page(translator: Speaks, lang: Annotated[str | None, Query()] = None) -> Response:
        """In the language that is asked for, else in that of the browser."""
        speaks = api.words.of(lang) if lang in LANGUAGES else translator
        return Response(
            page_html(speaks),
            media_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": POLICY, "Vary": "Accept-Language"},
        )

    for path in _FILES:
        routes.get(path)(_sender(path))
    return routes


def _sender(path: str) -> Callable[[Request], Response]:
    parts, media = _FILES[path]

    def send(request: Request) -> Response:
        return Response(asset(*parts).read_bytes(), media_type=media)

    return send


def page_html(translator: Translator) -> str:
    """The page in the translator's language. A placeholder is the id of a text in double braces."""
    template = asset("dashboard", "page.html").read_text("utf-8")
    fixed = {"lang": translator.language, "words": script_words(translator)}

    def word(found: re.Match[str]) -> str:
        return fixed[found[1]] if found[1] in fixed else escape(translator.t(found[1]))

    return re.sub(r"\{\{([\w-]+)\}\}", word, template)


def script_words(translator: Translator) -> str:
    """The words that the page's script needs, with ``{name}`` where it puts a value in; safe inside the page."""
    values = {name: f"{{{name}}}" for name in _VALUES}
    words = {code: translator.t(code, **values) for code in _SCRIPT_WORDS}
    return json.dumps(words, ensure_ascii=True).replace("<", "\\u003c").replace("&", "\\u0026")
