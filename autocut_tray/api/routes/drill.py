"""The fire drill: every way to work, tried."""

from __future__ import annotations

from fastapi import APIRouter, Response

from autocut_tray.api.action_shapes import DrillProgress
from autocut_tray.api.context import Api, Json, Speaks
from autocut_tray.api.openapi import errors
from autocut_tray.api.replies import SafeJson
from autocut_tray.core.drill.drill import DrillState
from autocut_tray.documents import drill_document, error_document
from autocut_tray.i18n import Translator


def router(api: Api) -> APIRouter:
    routes = APIRouter(prefix="/api/drill", tags=["drill"])
    drill = api.services.drill

    @routes.get("", response_model=DrillProgress, operation_id="get_drill", responses=errors())
    def state(translator: Speaks) -> Response:
        """How far the last drill is, or what it found."""
        return SafeJson(progress_document(drill.state, translator))

    @routes.post(
        "",
        response_model=DrillProgress,
        operation_id="start_drill",
        status_code=202,
        responses=errors(body=True),
    )
    def start(translator: Speaks) -> Response:
        """Begin one in the background; one under way goes on. It takes as long as loading every model."""
        drill.start()
        return SafeJson(progress_document(DrillState(), translator), 202)

    @routes.post(
        "/cancel",
        response_model=DrillProgress,
        operation_id="cancel_drill",
        status_code=202,
        responses=errors(body=True),
    )
    def cancel(translator: Speaks) -> Response:
        """Ask it to end."""
        drill.cancel()
        return SafeJson(progress_document(drill.state, translator), 202)

    return routes


def progress_document(state: DrillState | None, translator: Translator) -> Json:
    name = "none"
    if state is not None:
        name = "failed" if state.error else "done" if state.report else "running"
    return {
        "state": name,
        "trying": state.trying.tier.value if state and state.trying else None,
        "report": drill_document(state.report, translator) if state and state.report else None,
        "error": error_document(state.error, translator) if state and state.error else None,
    }
