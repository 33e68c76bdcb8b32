"""Reports: what happened in a span of time, why, what it cost and what to change."""

from __future__ import annotations

import threading
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from autocut_tray.api.context import Api, Speaks
from autocut_tray.api.openapi import content, errors
from autocut_tray.api.replies import SafeJson
from autocut_tray.api.report_shapes import ReportFacts
from autocut_tray.api.routes.measurements import attachment
from autocut_tray.core.report.facts import Report, gather
from autocut_tray.core.report.period import parse_period
from autocut_tray.reporting.document import report_document
from autocut_tray.reporting.files import ReportFormat, report_bytes

_MEDIA = {
    ReportFormat.JSON: "application/json",
    ReportFormat.CSV: "text/csv",
    ReportFormat.PDF: "application/pdf",
}

PeriodName = Annotated[
    str,
    Query(
        pattern="^last_[1-9][0-9]{0,3}[hd]$",
        description="Up to now: hours or days, 366 days at most.",
        examples=["last_24h", "last_7d"],
    ),
]


def router(api: Api) -> APIRouter:
    routes = APIRouter(prefix="/api/report", tags=["report"])
    services = api.services
    one_at_a_time = threading.Lock()  # a PDF is drawn by a process of its own: never by many at once

    def made(period: str) -> Report:
        now = services.clock.time()
        return gather(services.report_sources(), parse_period(period, now), now)

    @routes.get("", response_model=ReportFacts, operation_id="get_report", responses=errors())
    def report(translator: Speaks, period: PeriodName = "last_24h") -> Response:
        """Load, changes with their proof, work, failures, jobs, cloud spending, and what they mean in words.

        Results of the last half minute may not be in it yet."""
        return SafeJson(report_document(made(period), translator))

    @routes.get(
        "/download",
        response_class=Response,
        operation_id="download_report",
        responses={**errors(), 200: content(*_MEDIA.values())},
    )
    def download(
        translator: Speaks, period: PeriodName = "last_24h", format: Literal["json", "csv", "pdf"] = "pdf"
    ) -> Response:
        """The same as a file; a PDF has plots and takes a second or two."""
        form = ReportFormat(format)
        found = made(period)
        with one_at_a_time:
            data = report_bytes(found, form, translator)
        return attachment(data, _MEDIA[form], f"autocut-report{form.suffix}")

    return routes
