"""The application: endpoints over the services of the program, behind the guard."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from autocut_tray import __version__
from autocut_tray.api.context import Api
from autocut_tray.api.guard import Guard
from autocut_tray.api.limits import Limits
from autocut_tray.api.metrics import Meters
from autocut_tray.api.openapi import describe
from autocut_tray.api.refusals import Invalid, Refusal, status_of
from autocut_tray.api.replies import SafeJson
from autocut_tray.api.routes import (
    alerts,
    documents,
    drill,
    exports,
    jobs,
    measurements,
    page,
    policy,
    recommendations,
    reports,
    runtime,
    settings,
)
from autocut_tray.api.streams import Streams
from autocut_tray.api.words import Words
from autocut_tray.bootstrap import Services
from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.frozen import frozen
from autocut_tray.instance_requests import Requests


@frozen
class Made:
    """``guard`` is what a server calls; ``app`` what stands behind it."""

    guard: Guard
    app: FastAPI
    words: Words
    streams: Streams
    meters: Meters

    def close(self) -> None:
        self.streams.end()
        self.meters.close()


def create_app(services: Services, limits: Limits) -> Made:
    """All of it over these services; :meth:`Made.close` when the server has ended."""
    words = Words(lambda: services.translator.language)
    streams = Streams(services.bus, limits)
    meters = Meters(services)
    api = Api(services, limits, words, streams, Requests(services, lambda _: False))
    app = FastAPI(
        title="AutoCut Director",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        default_response_class=SafeJson,
        separate_input_output_schemas=False,
        redirect_slashes=False,
    )
    app.state.words = words
    for endpoints in (
        runtime.router(api),
        policy.router(api),
        measurements.router(api, meters),
        alerts.router(api),
        recommendations.router(api),
        drill.router(api),
        reports.router(api),
        jobs.router(api),
        exports.router(api),
        settings.router(api),
        documents.router(api),
        page.router(api),
    ):
        app.include_router(endpoints)
    describe(app)
    app.add_exception_handler(Exception, _on_unforeseen)
    app.add_exception_handler(AutoCutError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    guard = Guard(
        app,
        services.api,
        words,
        services.clock,
        limits,
        lambda: services.settings.current.api.docs,
        meters.count,
    )
    return Made(guard, app, words, streams, meters)


def _reply(request: Request, error: AutoCutError) -> Response:
    words: Words = request.app.state.words
    document = words.error(error, request.headers.get("accept-language"))
    headers = {}
    if isinstance(error, Refusal) and error.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    return SafeJson(document, status_of(error), headers)


def _on_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AutoCutError)
    return _reply(request, error)


def _on_unforeseen(request: Request, error: Exception) -> Response:
    """The reply only; the error goes on to the guard, which logs it."""
    return _reply(request, AutoCutError("internal", detail=type(error).__name__))


def _on_invalid(request: Request, error: Exception) -> Response:
    """Says where, and never repeats what was sent: it may be a key."""
    assert isinstance(error, RequestValidationError)
    places = sorted({".".join(map(str, one["loc"][1:])) or str(one["loc"][0]) for one in error.errors()})
    in_path = any(one["loc"][0] == "path" for one in error.errors())
    return _reply(request, Invalid(400 if in_path else 422, ", ".join(places)[:200]))


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return _reply(request, Refusal(404, "not_found", hint=False))
    if error.status_code == 405:
        reply = _reply(request, Refusal(405, "method_not_allowed", hint=False))
        reply.headers["Allow"] = (error.headers or {}).get("Allow", "GET")
        return reply
    return _reply(request, Refusal(error.status_code, "bad_json"))
