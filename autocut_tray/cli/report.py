"""``report``: what happened in a span of time, why, what it cost and what to change."""

from __future__ import annotations

from pathlib import Path

from autocut_tray.cli.context import Context
from autocut_tray.cli.files import refuse_to_overwrite
from autocut_tray.cli.moments import parse_span
from autocut_tray.cli.progress import Progress
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import UsageError
from autocut_tray.core.files import write_chosen
from autocut_tray.core.messages import message
from autocut_tray.core.report.facts import Report, gather
from autocut_tray.core.report.findings import findings
from autocut_tray.core.report.period import Period, parse_period
from autocut_tray.reporting.files import ReportFormat, report_bytes
from autocut_tray.reporting.stored import stored_sources


def run_report(
    context: Context, period: str, since: str, until: str, form: str, output: Path | None, *, force: bool
) -> int:
    """Write the report to a file, or print it: its sentences, or the document that was asked for."""
    clock = SystemClock()
    chosen = _period(period, since, until, clock.time())
    wanted = _format(context, form, output)
    if output is None and wanted is ReportFormat.PDF:
        raise UsageError("usage", message("error-report-needs-file"))
    if output is not None:
        refuse_to_overwrite(output, force=force)
    context.call({"command": "flush"})  # a running instance writes down what it has only in memory
    with Progress(context.output, context.translator.t("cli-progress-report")):
        with stored_sources(context.paths, context.settings.current, clock) as sources:
            report = gather(sources, chosen, clock.time())
        data = report_bytes(report, wanted, context.translator) if wanted is not None else b""
    if output is not None and wanted is not None:
        write_chosen(output, data)
        _say_written(context, output, wanted, chosen)
    elif wanted is not None:
        context.output.raw(data)
    else:
        _say(context, report)
    return 0


def _period(name: str, since: str, until: str, now: float) -> Period:
    if since.strip():
        return Period(None, *parse_span(since, until, now))
    return parse_period(name, now)


def _format(context: Context, form: str, output: Path | None) -> ReportFormat | None:
    """The one that is named, else the one of the file's name; None: sentences for the person."""
    if form:
        try:
            return ReportFormat(form.lower())
        except ValueError:
            names = ", ".join(one.value for one in ReportFormat)
            raise UsageError(
                "no_such_format", message("error-no-such-format", format=form, formats=names)
            ) from None
    if output is not None:
        by_name = [one for one in ReportFormat if output.suffix.lower() == one.suffix]
        return by_name[0] if by_name else ReportFormat.JSON
    return ReportFormat.JSON if context.output.as_json else None


def _say_written(context: Context, output: Path, form: ReportFormat, period: Period) -> None:
    if context.output.as_json:
        context.output.document(
            {"file": str(output), "format": form.value, "from": period.since, "to": period.until}
        )
    else:
        context.output.say(context.translator.t("report-written", file=str(output)))


def _say(context: Context, report: Report) -> None:
    output, t, text = context.output, context.translator.t, context.translator.text
    found = findings(report)
    for part, said in (("happened", found.happened), ("why", found.why), ("cost", found.cost)):
        if said:
            output.say(t(f"report-{part}"), style="bold")
            for one in said:
                output.say(f"  {text(one)}")
    output.say(t("report-change"), style="bold")
    for advice in found.change:
        output.say(f"  {text(advice.text)}")
        output.say(f"    {text(advice.reason)}")
    if not found.change:
        output.say(f"  {t('report-change-nothing')}")
