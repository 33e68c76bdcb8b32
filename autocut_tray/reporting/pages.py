"""A report as pages for people: the findings first, then the curves, then the proof."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from autocut_tray.core.alerts import words as alert_words
from autocut_tray.core.egress import words as cloud_words
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy import receipt_words
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.quantities import percent_exact, span
from autocut_tray.core.receipt import Receipt
from autocut_tray.core.report.facts import Report
from autocut_tray.core.report.findings import Findings, findings
from autocut_tray.core.report.paper import Block, Heading, Lines, Paper, Table, Tiles
from autocut_tray.i18n import Translator
from autocut_tray.reporting.document import shown_name
from autocut_tray.reporting.graph import graph

MOST_ROWS = 60
"""Of one table: a report is read, the rest is for CSV and JSON."""

Text = Callable[[Message], str]


def paper(report: Report, translator: Translator) -> Paper:
    """In the translator's language; moments in this machine's local time."""
    t = translator.t
    return Paper(
        title=t("report-title"),
        subtitle=_subtitle(report, translator),
        foot=t("report-made", at=moment(report.made_at)),
        page=t("report-page", page="{page}", pages="{pages}"),
        missing=t("report-missing-glyphs"),
        chinese=translator.language == "zh-CN",
        blocks=tuple(_blocks(report, translator)),
    )


def moment(at: float) -> str:
    """``2026-07-14 14:02``, local time."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def _subtitle(report: Report, translator: Translator) -> str:
    period = report.period
    span_words = translator.t("report-by-time", since=moment(period.since), until=moment(period.until))
    parts = [span_words]
    gpu = report.profile.primary_gpu if report.profile else None
    if report.profile is not None:
        parts.append(report.profile.profile_class.value)
    if gpu is not None and gpu.name:
        parts.append(gpu.name)
    return " · ".join(parts)


def _blocks(report: Report, translator: Translator) -> Iterable[Block]:
    text = translator.text
    if report.readings:
        yield Tiles(tuple(_tiles(report, translator)))
    yield from _findings(findings(report), translator)
    if report.readings:
        yield Heading(translator.t("report-load"))
        yield graph(report, translator)
        yield _loads(report, translator)
    for heading, table in (
        ("report-work", _work(report, text, translator)),
        ("report-degradations", _receipts(report.receipts, text, translator)),
        ("report-alerts", _alerts(report, text, translator)),
        ("report-jobs-failed", _jobs(report, translator)),
        ("report-cloud", _cloud(report, translator)),
    ):
        if table.rows:
            yield Heading(translator.t(heading))
            yield table


def _tiles(report: Report, translator: Translator) -> Iterable[tuple[str, str]]:
    work, text, t = report.work, translator.text, translator.t
    yield f"{work.described:,}", t("report-tile-described")
    if work.seconds is not None:
        yield text(span(work.seconds)), t("report-tile-each")
    if work.failure_rate is not None:
        yield text(percent_exact(100.0 * work.failure_rate)), t("report-tile-failed")
    yield text(span(report.stays.degraded)), t("report-tile-degraded")
    yield f"US$ {cloud_words.usd(report.cloud.totals.cost)}", t("report-tile-cost")


def _findings(found: Findings, translator: Translator) -> Iterable[Block]:
    t, text = translator.t, translator.text
    why = found.why or (message("report-why-nothing"),)
    for heading, said in (("happened", found.happened), ("why", why), ("cost", found.cost)):
        if said:
            yield Heading(t(f"report-{heading}"))
            yield Lines(tuple(("", text(one)) for one in said))
    yield Heading(t("report-change"))
    advices = tuple((text(one.text), text(one.reason)) for one in found.change)
    yield Lines(advices or (("", t("report-change-nothing")),))


def _headers(translator: Translator, *names: str) -> tuple[str, ...]:
    return tuple(translator.t(f"report-col-{name}") for name in names)


def _loads(report: Report, translator: Translator) -> Table:
    text, t = translator.text, translator.t
    rows = []
    for metric, load in report.loads.items():
        found = load.summary
        trend = ""
        if load.first is not None and load.last is not None:
            first, last = text(percent_exact(load.first)), text(percent_exact(load.last))
            trend = t("report-trend", first=first, last=last)
        figures = (text(percent_exact(value)) for value in (found.low, found.mean, found.high))
        rows.append((t(f"report-metric-{metric.value}"), *figures, trend))
    headers = _headers(translator, "metric", "low", "mean", "high", "trend")
    return Table(headers, tuple(rows), (3, 1.5, 1.5, 1.5, 2.5), right=(1, 2, 3, 4))


def _work(report: Report, text: Text, translator: Translator) -> Table:
    rows = []
    for tier in Tier:
        found, stay = report.work.tiers.get(tier), report.stays.tiers.get(tier, 0.0)
        if found is None and not stay:
            continue
        rows.append(
            (
                translator.t(f"tier-{tier.value}"),
                f"{found.described:,}" if found else "0",
                f"{found.failed:,}" if found else "0",
                text(span(found.seconds)) if found and found.seconds is not None else "",
                text(span(stay)),
            )
        )
    headers = _headers(translator, "tier", "described", "failed", "each", "time-on")
    return Table(headers, tuple(rows), (2, 1.5, 1.5, 1.5, 2), right=(1, 2, 3, 4))


def _cut(rows: Sequence[tuple[str, ...]], translator: Translator) -> tuple[tuple[tuple[str, ...], ...], str]:
    """As many as are read, and what is said of the others."""
    more = len(rows) - MOST_ROWS
    return tuple(rows[:MOST_ROWS]), translator.t("report-more", n=str(more)) if more > 0 else ""


def _receipts(receipts: Sequence[Receipt], text: Text, translator: Translator) -> Table:
    """Newest first. Starts of the program are no news here."""
    rows = [
        (
            moment(one.at),
            text(receipt_words.title(one)),
            text(receipt_words.why(one)),
            _maybe(text, receipt_words.measured(one.metric, one.value)),
            _maybe(text, receipt_words.limit(one)),
        )
        for one in reversed(receipts)
        if one.cause != "start"
    ]
    shown, note = _cut(rows, translator)
    headers = _headers(translator, "time", "change", "why", "measured", "limit")
    return Table(headers, shown, (2.5, 2, 4, 2.1, 1.9), note=note)


def _maybe(text: Text, said: Message | None) -> str:
    return "" if said is None else text(said)


def _alerts(report: Report, text: Text, translator: Translator) -> Table:
    rows = [
        (
            moment(one.at),
            text(alert_words.title(one)),
            text(alert_words.why(one)),
            translator.t("report-lasts") if one.ended is None else text(span(max(0.0, one.ended - one.at))),
        )
        for one in reversed(report.alerts)
    ]
    shown, note = _cut(rows, translator)
    return Table(
        _headers(translator, "time", "alert", "why", "ended"), shown, (2.5, 2.6, 5.2, 1.8), note=note
    )


def _jobs(report: Report, translator: Translator) -> Table:
    rows = [
        (
            moment(job.updated),
            shown_name(job),
            translator.sentences(said for said in (job.error.message, job.error.hint) if said)
            if job.error
            else "",
        )
        for job in report.jobs.failures
    ]
    shown, note = _cut(rows, translator)
    return Table(_headers(translator, "time", "file", "what"), shown, (2.5, 3, 6), note=note)


def _cloud(report: Report, translator: Translator) -> Table:
    rows = [
        (
            place.host,
            place.model,
            f"{place.totals.requests:,}",
            f"{place.totals.frames:,}",
            cloud_words.kilobytes(place.totals.bytes),
            cloud_words.usd(place.totals.cost),
        )
        for place in report.cloud.places
    ]
    shown, note = _cut(rows, translator)
    headers = _headers(translator, "to", "model", "requests", "frames", "size", "cost")
    return Table(headers, shown, (3, 3, 1.4, 1.4, 1.6, 1.4), right=(2, 3, 4, 5), note=note)
