"""``send``: a job's timeline into the project that is open in DaVinci Resolve Studio."""

from __future__ import annotations

from autocut_tray.bootstrap import exporter
from autocut_tray.cli.context import Context
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import UsageError
from autocut_tray.core.jobs.picks import parse_choices
from autocut_tray.core.jobs.send import send_job
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.messages import message
from autocut_tray.documents import sent_document


def send_to_resolve(context: Context, job_id: str, scenes: str | None, *, planned: bool) -> int:
    """Send it and say where it is now."""
    if planned and scenes is not None:
        raise UsageError("usage", message("error-plan-or-scenes"))
    choices = parse_choices(scenes) if scenes is not None else None
    if not context.paths.app_database.exists():
        raise UsageError("no_such_job", message("error-no-such-job", id=job_id))
    store = JobStore(context.paths.app_database, SystemClock())
    try:
        sent = send_job(exporter(store, context.paths), job_id, choices, planned=planned)
    finally:
        store.close()
    output, t = context.output, context.translator.t
    if output.as_json:
        output.document(sent_document(sent, context.translator))
        return 0
    received = sent.received
    output.say(
        t("resolve-sent", timeline=received.timeline, project=received.project, n=sent.exported.clips),
        style="bold",
    )
    if sent.note is not None:
        output.say(f"• {context.translator.text(sent.note)}", style="yellow")
    return 0
