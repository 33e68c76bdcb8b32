"""``export``: a job as a file for an editor, with what to look at first and how to import it."""

from __future__ import annotations

from pathlib import Path

from autocut_tray.bootstrap import exporter
from autocut_tray.cli.context import Context
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import UsageError
from autocut_tray.core.jobs.export import ExportRequest
from autocut_tray.core.jobs.picks import parse_choices
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.messages import message
from autocut_tray.core.timecode import clock_time, short_rate
from autocut_tray.core.timeline.formats import Format
from autocut_tray.core.timeline.preflight import Severity
from autocut_tray.documents import export_document

_STYLES = {Severity.BLOCK: "bold red", Severity.WARN: "yellow", Severity.NOTE: None}


def export_job(
    context: Context, job_id: str, kind: str, target: Path, scenes: str | None, *, planned: bool, force: bool
) -> int:
    """Write the file and say what was found; 0 only when it was read back and is what was meant."""
    if planned and scenes is not None:
        raise UsageError("usage", message("error-plan-or-scenes"))
    request = ExportRequest(
        job_id,
        _format(kind),
        target,
        parse_choices(scenes) if scenes is not None else None,
        overwrite=force,
        planned=planned,
    )
    if not context.paths.app_database.exists():
        raise UsageError("no_such_job", message("error-no-such-job", id=job_id))
    store = JobStore(context.paths.app_database, SystemClock())
    try:
        exported = exporter(store, context.paths).export(request)
    finally:
        store.close()
    output, t, text = context.output, context.translator.t, context.translator.text
    if output.as_json:
        output.document(export_document(exported, context.translator))
        return 0
    output.say(
        t(
            "cli-export-done",
            file=str(exported.path),
            clips=exported.clips,
            length=clock_time(exported.seconds),
            rate=short_rate(exported.rate),
        ),
        style="bold",
    )
    for finding in exported.findings:
        words = text(finding.message) + (f" {text(finding.hint)}" if finding.hint else "")
        output.say(f"• {words}", style=_STYLES[finding.severity])
    for how in exported.how_to:
        output.say()
        output.say(text(how.name), style="bold")
        output.say(text(how.steps))
    return 0


def _format(kind: str) -> Format:
    try:
        return Format(kind.lower())
    except ValueError:
        names = ", ".join(one.value for one in Format)
        raise UsageError(
            "no_such_format", message("error-no-such-format", format=kind, formats=names)
        ) from None
