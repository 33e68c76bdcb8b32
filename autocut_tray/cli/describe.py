"""``describe``: more of a job that is done, by the running instance or by this process."""

from __future__ import annotations

from autocut_tray.bootstrap import Services
from autocut_tray.cli.analyze import Errand, carry_out, report
from autocut_tray.cli.context import Context
from autocut_tray.core.errors import UsageError
from autocut_tray.core.jobs.more import More, more_to_json
from autocut_tray.core.messages import message


def describe_more(context: Context, job_id: str, more: More, wait: float) -> int:
    """Describe scenes that were left out, or again those done on a lower tier; print the job.

    Raises UsageError when there are no such scenes.
    """
    if not (more.rest or more.lower):
        raise UsageError("usage", message("error-describe-what"))
    if not context.paths.app_database.exists():
        raise UsageError("no_such_job", message("error-no-such-job", id=job_id))

    def submit(first: bool) -> list[str] | None:
        request = (
            {"command": "describe", "job": job_id, "more": more_to_json(more)}
            if first
            else {"command": "status"}
        )
        return None if context.call(request) is None else [job_id]

    def begin(services: Services, first: bool) -> list[str]:
        if first:
            services.jobs.describe_more(job_id, more)
        return [job_id]

    return report(context, carry_out(context, Errand(submit, begin, first=True), wait))
