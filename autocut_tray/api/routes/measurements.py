"""What was measured and decided: curves, receipts, whole spans as files, and figures for Prometheus."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from autocut_tray.api.context import Api, Speaks
from autocut_tray.api.metrics import CONTENT_TYPE, Meters
from autocut_tray.api.openapi import content, errors
from autocut_tray.api.replies import SafeJson
from autocut_tray.api.shapes import History, MemoryDocument, Receipts
from autocut_tray.core.monitor.export import Format, export
from autocut_tray.core.monitor.history import DAY
from autocut_tray.event_documents import receipts_document

_MEDIA = {Format.CSV: "text/csv", Format.JSON: "application/json", Format.TRACE: "application/x-ndjson"}

Minutes = Annotated[float, Query(gt=0, le=60 * 24 * 31, description="How far back.")]
Days = Annotated[float, Query(gt=0, le=365, description="How far back.")]


def router(api: Api, meters: Meters) -> APIRouter:
    routes = APIRouter(tags=["monitor"])

    @routes.get(
        "/api/runtime/monitor/metrics/history",
        response_model=History,
        operation_id="get_history",
        responses=errors(),
    )
    def history(minutes: Minutes = 5.0) -> Response:
        """Curves of VRAM, memory, processor, GPU load and failures in about 300 points."""
        return SafeJson(api.ask({"command": "history", "minutes": minutes}))

    @routes.get(
        "/api/runtime/receipts", response_model=Receipts, operation_id="get_receipts", responses=errors()
    )
    def receipts(translator: Speaks, days: Days = 7.0) -> Response:
        """Every change of tier, memory level or scenes at once, with its proof."""
        now = api.services.clock.time()
        found = api.services.history.receipts(now - days * DAY, now)
        return SafeJson(receipts_document(found, translator))

    @routes.get(
        "/api/runtime/memory", response_model=MemoryDocument, operation_id="get_memory", responses=errors()
    )
    def memory(translator: Speaks, days: Days = 7.0) -> Response:
        """What the program holds, and what it gave back of memory, newest first, with how much came of it."""
        return SafeJson(
            api.ask({"command": "memory", "seconds": days * DAY, "language": translator.language})
        )

    @routes.get(
        "/api/runtime/history/export",
        response_class=Response,
        operation_id="export_history",
        responses={**errors(), 200: content(*_MEDIA.values())},
    )
    def history_export(
        hours: Annotated[float, Query(gt=0, le=24 * 31)] = 24.0,
        format: Literal["csv", "json", "trace"] = "csv",
    ) -> Response:
        """Readings and receipts of a span as a file; a trace is what the command `replay` takes."""
        form, now = Format(format), api.services.clock.time()
        data = export(api.services.history, now - 3600 * hours, now, form)
        return attachment(data, _MEDIA[form], f"autocut-history{form.suffix}")

    @routes.get(
        "/metrics",
        response_class=Response,
        operation_id="get_metrics",
        responses={**errors(), 200: content("text/plain", description="The text format of Prometheus.")},
    )
    def metrics() -> Response:
        """Figures for Prometheus; nothing in them tells who somebody is or what they film."""
        return Response(meters.render(), media_type=CONTENT_TYPE)

    return routes


def attachment(data: bytes, media: str, name: str) -> Response:
    """A file to keep; ``name`` is plain ASCII."""
    return Response(data, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
