"""The description of the API: for programs, and on a plain page for people."""

from __future__ import annotations

from html import escape
from typing import Any

from fastapi import APIRouter, Request, Response

from autocut_tray.api.context import Api
from autocut_tray.api.replies import SafeJson

Json = dict[str, Any]


def router(api: Api) -> APIRouter:
    routes = APIRouter(tags=["documents"], include_in_schema=False)

    @routes.get("/openapi.json")
    def openapi(request: Request) -> Response:
        return SafeJson(request.app.openapi())

    @routes.get("/docs")
    def docs(request: Request) -> Response:
        return Response(page(request.app.openapi()), media_type="text/html; charset=utf-8")

    return routes


def page(document: Json) -> str:
    """All operations with their parameters and replies. Plain HTML: nothing is loaded from anywhere."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        f"<title>{escape(document['info']['title'])}</title><h1>{escape(document['info']['title'])} API</h1>",
        f"<pre>{escape(document['info']['description'])}</pre><p>As a document for programs: /openapi.json</p>",
    ]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(path, method, operation))
    return "".join(parts)


def _operation(path: str, method: str, operation: Json) -> str:
    lines = [f"<h2><code>{method.upper()} {escape(path)}</code></h2>"]
    lines.append(f"<p>{escape(operation.get('description', ''))}</p><ul>")
    for parameter in operation.get("parameters", ()):
        lines.append(f"<li><code>{escape(parameter['name'])}</code> ({parameter['in']})</li>")
    if "requestBody" in operation:
        lines.append(f"<li>body: {_schema(operation['requestBody']['content'])}</li>")
    for status, reply in operation["responses"].items():
        if status.startswith("2"):
            lines.append(f"<li>{status}: {_schema(reply.get('content', {}))}</li>")
    return "".join([*lines, "</ul>"])


def _schema(content: Json) -> str:
    """Media types and the names of their schemas."""
    found = []
    for media, form in content.items():
        schema = form.get("schema", {})
        options = [schema, *schema.get("anyOf", ())]
        names = [one["$ref"].rpartition("/")[2] for one in options if "$ref" in one]
        found.append(escape(f"{media} {' '.join(names)}".strip()))
    return ", ".join(found)
