"""``describe``: more of a job that is done, by the running instance or by this process."""

from __future__ import annotations

from collections.abc import Callable

from autocut_tray.bootstrap import Services, build_services
from autocut_tray.cli.analyze import Errand, carry_out, report
from autocut_tray.cli.context import Context
from autocut_tray.cli.moments import parse_deadline
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import UsageError
from autocut_tray.core.jobs.job import Verb
from autocut_tray.core.jobs.more import More, more_to_json
from autocut_tray.core.jobs.queue import JobQueue
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


def finish_jobs_by(context: Context, said: str) -> None:
    """Have every job in line done by a time; ``off``: no longer. Raises UsageError."""
    clock = SystemClock()
    at = None if said.strip().lower() == "off" else parse_deadline(said, clock.time())
    if context.call({"command": "finish-by", "at": at}) is None:
        _do_here(context, lambda jobs: jobs.finish_by(at))


def arrange_job(context: Context, job_id: str, verb: Verb) -> None:
    """Pause one job, let it go on, or put it first in line. Raises UsageError."""
    if context.call({"command": "arrange", "job": job_id, "verb": verb.value}) is None:
        _do_here(context, lambda jobs: jobs.arrange(job_id, verb))


def _do_here(context: Context, work: Callable[[JobQueue], object]) -> None:
    """No instance runs: what is stored changes, and nothing is begun."""
    services = build_services(
        context.paths, context.settings, context.bus, language=context.translator.language
    )
    try:
        work(services.jobs)
    finally:
        services.close()
