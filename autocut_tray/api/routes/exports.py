"""A job as a file for an editor: written to a folder, or sent."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastapi import APIRouter, Response

from autocut_tray.api.context import Api, JobId, Speaks
from autocut_tray.api.job_shapes import DownloadAsked, ExportAsked, JobExported, JobSent, SendAsked
from autocut_tray.api.openapi import content, errors
from autocut_tray.api.replies import SafeJson
from autocut_tray.api.roots import allowed_folders, allowed_target
from autocut_tray.api.routes.measurements import attachment
from autocut_tray.core.jobs.export import ExportRequest
from autocut_tray.core.jobs.picks import parse_choices
from autocut_tray.core.timeline.formats import Format
from autocut_tray.documents import export_document, sent_document


def router(api: Api) -> APIRouter:
    routes = APIRouter(prefix="/api/jobs", tags=["jobs"])
    services = api.services

    @routes.post(
        "/{job_id}/export",
        response_model=JobExported,
        operation_id="export_job",
        responses=errors(404, 409, body=True),
    )
    def export(translator: Speaks, job_id: JobId, asked: ExportAsked) -> Response:
        """Write the file, read it back, and say what to look at first and how to import it."""
        services.jobs.get(job_id)
        folders = allowed_folders(services.settings.current.api.folders)
        target = allowed_target(asked.target, folders)
        exported = services.make_exporter().export(_request(job_id, asked, target, overwrite=asked.overwrite))
        return SafeJson(export_document(exported, translator))

    @routes.post(
        "/{job_id}/download",
        response_class=Response,
        operation_id="download_job",
        responses={**errors(404, 409, body=True), 200: content("application/octet-stream")},
    )
    def download(job_id: JobId, asked: DownloadAsked) -> Response:
        """The same file, sent instead of written."""
        services.jobs.get(job_id)
        with tempfile.TemporaryDirectory(prefix="autocut-export-") as folder:
            exported = services.make_exporter().export(_request(job_id, asked, Path(folder), overwrite=False))
            data = exported.path.read_bytes()
        return attachment(data, "application/octet-stream", f"{job_id}{exported.path.suffix}")

    @routes.post(
        "/{job_id}/send",
        response_model=JobSent,
        operation_id="send_job",
        responses=errors(404, 503, body=True),
    )
    def send(translator: Speaks, job_id: JobId, asked: SendAsked) -> Response:
        """Import the timeline into the project that is open in DaVinci Resolve Studio on this machine."""
        from autocut_tray.core.jobs.send import send_job

        services.jobs.get(job_id)
        choices = parse_choices(asked.scenes) if asked.scenes is not None else None
        sent = send_job(services.make_exporter(), job_id, choices, planned=asked.plan)
        return SafeJson(sent_document(sent, translator))

    return routes


def _request(job_id: str, asked: DownloadAsked, target: Path, *, overwrite: bool) -> ExportRequest:
    choices = parse_choices(asked.scenes) if asked.scenes is not None else None
    return ExportRequest(job_id, Format(asked.format), target, choices, overwrite=overwrite)
