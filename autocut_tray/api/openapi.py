"""The OpenAPI document: what is needed to generate a client, and nothing that does not hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from autocut_tray.api.shapes import ErrorReply

Json = dict[str, Any]

_EVERYWHERE = {
    400: "The request makes no sense: host, path, body or value.",
    401: "No token, or a wrong one.",
    403: "A page of another site asks, or the file is outside of the folders that the person allowed.",
    413: "The body is too large.",
    422: "A parameter or a field is missing or cannot be.",
    429: "Too many wrong tokens; nobody is let in for a while.",
    500: "Something in the program is broken.",
    503: "Not now: see the message, and try again.",
}
_WITH_BODY = {415: "The content type is not application/json."}
_SOME = {
    404: "There is no such thing.",
    409: "It does not go together with the state of now.",
}

_DESCRIPTION = """\
What this machine is, where work runs and why, analysis jobs, alerts, settings: the local interface.

It listens on the loopback address only. Address and token stand in `api.json` in the data folder (mode 0600) while it
runs; show the token as `Authorization: Bearer TOKEN`. Pages of other sites are refused. POST and PATCH take
`application/json` only. Errors are `{"error": {"code", "message", "hint"}}` in the language of `Accept-Language`
(`en`, `zh-CN`)."""


def errors(*more: int, body: bool = False) -> dict[int | str, dict[str, Any]]:
    """The error replies of an endpoint: those that all have, and ``more``. ``body``: it takes one."""
    found = {**_EVERYWHERE, **(_WITH_BODY if body else {}), **{status: _SOME[status] for status in more}}
    return {status: {"model": ErrorReply, "description": text} for status, text in sorted(found.items())}


def content(*kinds: str, description: str = "The file.") -> Json:
    """A reply that is a file of one of these media types."""
    text, document = {"type": "string"}, {"type": "object"}
    schemas = {kind: document if kind == "application/json" else text for kind in kinds}
    return {"description": description, "content": {kind: {"schema": one} for kind, one in schemas.items()}}


def describe(app: FastAPI) -> None:
    """Make ``app.openapi()`` return the whole document, made once."""
    app.openapi = _once(app)  # type: ignore[method-assign]


def _once(app: FastAPI) -> Callable[[], Json]:
    made: Json | None = None

    def document() -> Json:
        nonlocal made
        if made is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=_DESCRIPTION,
                routes=app.routes,
                tags=[{"name": name} for name in _TAGS],
            )
            made["components"].setdefault("securitySchemes", {})["token"] = {
                "type": "http",
                "scheme": "bearer",
            }
            made["security"] = [{"token": []}]
        return made

    return document


_TAGS = (
    "runtime",
    "policy",
    "monitor",
    "alerts",
    "recommendations",
    "drill",
    "report",
    "jobs",
    "settings",
    "documents",
)
