"""What a report says: what happened, why, what it cost, and what to change, each sentence from its figures."""

from __future__ import annotations

from collections import Counter

from autocut_tray.core.egress import words as cloud_words
from autocut_tray.core.errors import FailureClass
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.monitor.history import Metric
from autocut_tray.core.policy import receipt_words
from autocut_tray.core.policy.governor_types import Cause
from autocut_tray.core.quantities import percent_exact, span
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.core.report.facts import Load, Report

FEW_FAILURES = 0.05
"""Share of failed attempts up to which nobody has to do anything."""

CLEAR_TREND = 15.0
"""Points of percent between the first and the last quarter of a span that are more than noise."""

RESTLESS = 4
"""Recoveries in a day from which on a limit is probably too tight."""

_SHORT_OF = {
    Cause.VRAM.value: "vram",
    Cause.VRAM_UNKNOWN.value: "vram-unknown",
    Cause.RAM.value: "ram",
    Cause.MEMORY_ERROR.value: "ram",
    Cause.EMERGENCY.value: "ram",
    Cause.EDITOR.value: "editor",
    Cause.SLOW.value: "slow",
    Cause.WRONG_DEVICE.value: "slow",
}


@frozen
class Advice:
    """``code``: the same in every language."""

    code: str
    text: Message
    reason: Message


@frozen
class Findings:
    happened: tuple[Message, ...]
    why: tuple[Message, ...]
    cost: tuple[Message, ...]
    change: tuple[Advice, ...]


def findings(report: Report) -> Findings:
    return Findings(_happened(report), _why(report), _cost(report), _change(report))


def _happened(report: Report) -> tuple[Message, ...]:
    if not report.readings:
        return (message("report-nothing"),)
    work, jobs, down = report.work, report.jobs, report.steps_down
    said = [message("report-covered", covered=span(report.covered_s), whole=span(report.period.seconds))]
    if work.described and work.seconds is not None:
        said.append(message("report-described", n=work.described, each=span(work.seconds)))
    else:
        said.append(message("report-none-described"))
    if work.per_hour is not None and work.described:
        said.append(message("report-pace", rate=f"{work.per_hour:.0f}", busy=span(work.busy_s)))
    if jobs.done or jobs.failed or jobs.cancelled:
        said.append(
            message(
                "report-jobs", done=str(jobs.done), failed=str(jobs.failed), cancelled=str(jobs.cancelled)
            )
        )
    if down:
        said.append(message("report-stepped-down", n=len(down), span=span(report.stays.degraded)))
    else:
        said.append(message("report-never-stepped-down"))
    if report.alerts:
        said.append(message("report-alerts-raised", n=len(report.alerts)))
    return tuple(said)


def _why(report: Report) -> tuple[Message, ...]:
    causes: dict[str, list[Receipt]] = {}
    for receipt in report.steps_down:
        causes.setdefault(receipt.cause, []).append(receipt)
    moved = set(causes)
    for receipt in report.receipts:  # a shortage of memory that moved nothing; one that did is counted above
        if receipt.kind is ReceiptKind.MEMORY and receipt.better is False and receipt.cause not in moved:
            causes.setdefault(receipt.cause, []).append(receipt)
    said = [
        message("report-times", n=len(group), what=receipt_words.cause(group[0]))
        for group in sorted(causes.values(), key=lambda group: -len(group))
    ]
    for failure, count in report.work.failures.items():
        said.append(message("report-times", n=count, what=message(f"report-failure-{failure.value}")))
    for metric in (Metric.RAM, Metric.VRAM, Metric.CPU):
        load = report.loads.get(metric)
        if load is not None and _rise(load) >= CLEAR_TREND:
            said.append(
                message(
                    f"report-rose-{metric.value}",
                    first=percent_exact(load.first or 0.0),
                    last=percent_exact(load.last or 0.0),
                )
            )
    return tuple(said)


def _rise(load: Load) -> float:
    return 0.0 if load.first is None or load.last is None else load.last - load.first


def _cost(report: Report) -> tuple[Message, ...]:
    said = []
    work, cloud = report.work, report.cloud.totals
    if work.extra_s >= 1.0:
        said.append(message("report-extra-time", span=span(work.extra_s)))
    if work.failed:
        rate = percent_exact(100.0 * (work.failure_rate or 0.0))
        said.append(message("report-attempts-failed", n=work.failed, rate=rate))
    if cloud.requests:
        size, cost = cloud_words.kilobytes(cloud.bytes), cloud_words.usd(cloud.cost)
        said.append(message("report-cloud-spent", n=cloud.requests, size=size, cost=cost))
        unknown = sum(place.unknown for place in report.cloud.places)
        if unknown:
            said.append(message("report-cloud-unknown", n=unknown))
    else:
        said.append(message("report-cloud-nothing"))
    return tuple(said)


def _change(report: Report) -> tuple[Advice, ...]:
    if not report.readings:
        return (_advice("not-running"),)
    found = [*_pressure(report), *_failures(report), *_habits(report)]
    if report.policy is not None:
        found += [Advice(one.code, one.text, one.reason) for one in report.policy.recommendations]
    return tuple(found)


def _advice(name: str, **params: str | int | Message) -> Advice:
    text = f"report-advice-{name}"
    return Advice(text, message(text, **params), message(f"{text}-reason", **params))


def _pressure(report: Report) -> list[Advice]:
    """What the machine ran short of, the most frequent first."""
    short = Counter(_SHORT_OF[one.cause] for one in report.steps_down if one.cause in _SHORT_OF)
    return [_advice(name, n=count) for name, count in short.most_common()]


def _failures(report: Report) -> list[Advice]:
    work = report.work
    advised = [
        _advice(f"failure-{failure.value}", n=count)
        for failure, count in sorted(work.failures.items(), key=lambda pair: -pair[1])
        if failure in (FailureClass.CONFIG, FailureClass.BUDGET, FailureClass.INPUT)
        or (work.failure_rate or 0.0) > FEW_FAILURES
    ]
    if report.jobs.failed and FailureClass.INPUT not in work.failures:
        advised.append(_advice("jobs-failed", n=report.jobs.failed))
    return advised


def _habits(report: Report) -> list[Advice]:
    advised = []
    lower = sum(tier.described for tier in list(report.work.tiers.values())[1:])
    if lower and report.work.extra_s >= 1.0:
        advised.append(_advice("again", n=lower))
    days = max(1.0, report.covered_s / 86_400.0)
    recoveries = sum(
        one.kind is ReceiptKind.TIER and one.cause == Cause.RECOVERED.value for one in report.receipts
    )
    if recoveries >= RESTLESS * days:
        advised.append(_advice("restless", n=recoveries))
    ram = report.loads.get(Metric.RAM)
    if ram is not None and _rise(ram) >= CLEAR_TREND:
        advised.append(_advice("leak"))
    return advised
