"""A report as a JSON document."""

from __future__ import annotations

from typing import Any

from autocut_tray.core.clean import clean
from autocut_tray.core.egress.prices import dollars
from autocut_tray.core.jobs.job import Job
from autocut_tray.core.messages import Message
from autocut_tray.core.monitor.history import Metric
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.report.facts import CloudFacts, JobFacts, Load, Report
from autocut_tray.core.report.findings import Findings, findings
from autocut_tray.core.report.work import Work
from autocut_tray.core.timeline.names import file_name
from autocut_tray.documents import error_document
from autocut_tray.event_documents import alert_document, receipt_document
from autocut_tray.i18n import Translator

Json = dict[str, Any]

MOST_JOBS = 50
"""Failed jobs that are listed."""
MOST_NAME = 200
"""Characters of a file's name."""


def report_document(report: Report, translator: Translator) -> Json:
    """Everything, with its sentences in the translator's language. Times in seconds since the epoch, loads in
    percent, rates as shares 0-1, money in US dollars; what was not measured is null."""
    text = translator.text
    return {
        "schema": 1,
        "period": report.period.name,
        "from": report.period.since,
        "to": report.period.until,
        "made_at": report.made_at,
        "samples": report.readings,
        "covered_s": round(report.covered_s, 1),
        "profile_class": report.profile.profile_class.value if report.profile else None,
        "load": {metric.value: _load(report.loads.get(metric)) for metric in Metric},
        "degradations": [
            {**receipt_document(receipt, translator), "better": receipt.better} for receipt in report.receipts
        ],
        "tiers": {tier.value: round(report.stays.tiers.get(tier, 0.0), 1) for tier in Tier},
        "degraded_s": round(report.stays.degraded, 1),
        "alerts": [alert_document(alert, translator, active=False) for alert in report.alerts],
        "work": _work(report.work),
        "jobs": _jobs(report.jobs, translator),
        "failures": {failure.value: count for failure, count in report.work.failures.items()},
        "cloud": _cloud(report.cloud),
        "findings": _findings(findings(report), text),
    }


def _load(load: Load | None) -> Json | None:
    if load is None:
        return None
    found = load.summary
    return {
        "samples": found.readings,
        "min": round(found.low, 2),
        "mean": round(found.mean, 2),
        "max": round(found.high, 2),
        "first": None if load.first is None else round(load.first, 2),
        "last": None if load.last is None else round(load.last, 2),
    }


def _work(work: Work) -> Json:
    return {
        "described": work.described,
        "failed": work.failed,
        "cancelled": work.cancelled,
        "failure_rate": _rounded(work.failure_rate, 4),
        "busy_s": round(work.busy_s, 1),
        "scenes_per_hour": _rounded(work.per_hour, 1),
        "seconds_per_scene": _rounded(work.seconds, 3),
        "extra_s": round(work.extra_s, 1),
        "by_tier": [
            {
                "tier": tier.value,
                "described": found.described,
                "failed": found.failed,
                "seconds_per_scene": _rounded(found.seconds, 3),
            }
            for tier, found in work.tiers.items()
        ],
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _jobs(jobs: JobFacts, translator: Translator) -> Json:
    return {
        "created": jobs.created,
        "done": jobs.done,
        "failed": jobs.failed,
        "cancelled": jobs.cancelled,
        "unfinished": jobs.unfinished,
        "failures": [
            {
                "id": job.id,
                "at": job.updated,
                "name": shown_name(job),
                "error": error_document(job.error, translator) if job.error else None,
            }
            for job in jobs.failures[:MOST_JOBS]
        ],
    }


def _cloud(cloud: CloudFacts) -> Json:
    return {
        "requests": cloud.totals.requests,
        "frames": cloud.totals.frames,
        "bytes": cloud.totals.bytes,
        "cost": dollars(cloud.totals.cost),
        "by_place": [
            {
                "provider": place.provider,
                "host": place.host,
                "model": place.model,
                "requests": place.totals.requests,
                "unknown": place.unknown,
                "frames": place.totals.frames,
                "bytes": place.totals.bytes,
                "cost": dollars(place.totals.cost),
            }
            for place in cloud.places
        ],
    }


def _findings(found: Findings, text: Any) -> Json:
    def said(messages: tuple[Message, ...]) -> list[str]:
        return [text(one) for one in messages]

    return {
        "happened": said(found.happened),
        "why": said(found.why),
        "cost": said(found.cost),
        "change": [
            {"code": advice.code, "text": text(advice.text), "reason": text(advice.reason)}
            for advice in found.change
        ],
    }


def shown_name(job: Job) -> str:
    """The name of its file, fit to be shown; never the folders."""
    return clean(file_name(job.path), MOST_NAME)
