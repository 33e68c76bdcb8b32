"""Everything that a report is made of, gathered from what is stored; no words, and no decision but the sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from autocut_tray.core.alert import Alert
from autocut_tray.core.egress.ledger import Caps, Ledger, PlaceTotals, Totals
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.job import Job, JobState
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.monitor.history import History, Metric, Series, Summary
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Cause, Tier
from autocut_tray.core.policy.policy import ExecutionPolicy
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.core.report.period import Period
from autocut_tray.core.report.work import Work, read_work
from autocut_tray.core.runtime.profile import RuntimeProfile

TREND_BUCKETS = 8
"""A curve with fewer points than this has no trend."""

_BEGINNINGS = (Cause.START.value, Cause.POLICY.value)


@frozen
class Sources:
    """Where the facts lie. ``profile`` and ``policy``: of now, None while nothing is known."""

    history: History
    store: JobStore
    ledger: Ledger
    caps: Caps
    thresholds: Thresholds
    profile: RuntimeProfile | None
    policy: ExecutionPolicy | None


@frozen
class Load:
    """One metric over the span, in percent. ``first`` and ``last``: means of the first and the last quarter of what
    was measured, None where that is too little for a trend."""

    summary: Summary
    curve: Series
    first: float | None
    last: float | None


@frozen
class Stays:
    """Seconds that were measured on each tier, and on a lower one than the policy's."""

    tiers: Mapping[Tier, float]
    degraded: float


@frozen
class JobFacts:
    """Jobs that came or ended in the span. ``failures``: those that ended with an error, newest first."""

    created: int
    done: int
    failed: int
    cancelled: int
    unfinished: int
    failures: tuple[Job, ...]


@frozen
class CloudFacts:
    totals: Totals
    places: tuple[PlaceTotals, ...]
    caps: Caps


@frozen
class Report:
    """``readings``: how often the machine was measured; ``covered_s``: seconds of the span on record.

    ``receipts`` and ``alerts``: oldest first.
    """

    period: Period
    made_at: float
    readings: int
    covered_s: float
    loads: Mapping[Metric, Load]
    thresholds: Thresholds
    receipts: tuple[Receipt, ...]
    stays: Stays
    alerts: tuple[Alert, ...]
    work: Work
    jobs: JobFacts
    cloud: CloudFacts
    profile: RuntimeProfile | None
    policy: ExecutionPolicy | None

    @property
    def steps_down(self) -> tuple[Receipt, ...]:
        """Changes of tier for the worse that the control rules made."""
        return tuple(one for one in self.receipts if one.kind is ReceiptKind.TIER and one.better is False)


def gather(sources: Sources, period: Period, now: float) -> Report:
    """The facts of a span, as far as they are written down: who wants the results of the last half minute, too,
    flushes the history before. Raises StorageError."""
    history, since, until = sources.history, period.since, period.until
    loads = _loads(history, since, until)
    covered = _covered(loads.values(), since, until)
    changes = history.receipts(0.0, until)[::-1]
    return Report(
        period=period,
        made_at=now,
        readings=max((load.summary.readings for load in loads.values()), default=0),
        covered_s=sum(end - begin for begin, end in covered),
        loads=loads,
        thresholds=sources.thresholds,
        receipts=tuple(one for one in changes if one.at >= since),
        stays=stays(changes, covered),
        alerts=tuple(history.alerts.between(since, until)[::-1]),
        work=read_work(history.tape.lines(since, until), since, until),
        jobs=_jobs(sources.store.jobs(), since, until),
        cloud=CloudFacts(
            sources.ledger.totals(since, until), tuple(sources.ledger.by_place(since, until)), sources.caps
        ),
        profile=sources.profile,
        policy=sources.policy,
    )


def _loads(history: History, since: float, until: float) -> dict[Metric, Load]:
    loads = {}
    for metric in Metric:
        summary = history.summary(metric, since, until)
        if summary is not None:
            curve = history.series(metric, since, until)
            loads[metric] = Load(summary, curve, *_trend(curve))
    return loads


def _trend(curve: Series) -> tuple[float | None, float | None]:
    count = len(curve.mean)
    if count < TREND_BUCKETS:
        return None, None
    quarter = count // 4
    return sum(curve.mean[:quarter]) / quarter, sum(curve.mean[-quarter:]) / quarter


Span = tuple[float, float]


def _covered(loads: Iterable[Load], since: float, until: float) -> list[Span]:
    """The times in which something was measured, in order and apart."""
    starts = sorted(
        {
            (float(start), float(start + load.summary.width))
            for load in loads
            for start in load.summary.covered
        }
    )
    spans: list[Span] = []
    for begin, end in starts:
        begin, end = max(begin, since), min(end, until)
        if begin >= end:
            continue
        if spans and begin <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((begin, end))
    return spans


_OF_ALL = (ReceiptKind.TIER, ReceiptKind.MANUAL)
"""Kinds of receipts that move everything, not one job alone."""


def stays(changes: Sequence[Receipt], covered: Sequence[Span]) -> Stays:
    """From all changes up to the end of the span (oldest first) and the times in which something was measured."""
    tiers: dict[Tier, float] = {}
    degraded = 0.0
    moves = [one for one in changes if one.kind in _OF_ALL and one.to in Tier.__members__]
    home: str | None = None
    for number, move in enumerate(moves):
        end = moves[number + 1].at if number + 1 < len(moves) else float("inf")
        seconds = sum(max(0.0, min(stop, end) - max(start, move.at)) for start, stop in covered)
        if move.cause in _BEGINNINGS or move.to == home:
            home = None
        elif move.better is False and home is None:
            home = move.from_
        tier = Tier(move.to)
        if seconds:
            tiers[tier] = tiers.get(tier, 0.0) + seconds
        if home is not None:
            degraded += seconds
    return Stays(tiers, degraded)


def _jobs(jobs: Sequence[Job], since: float, until: float) -> JobFacts:
    ended = [job for job in jobs if job.state.ended and since <= job.updated <= until]

    def count(*states: JobState) -> int:
        return sum(job.state in states for job in ended)

    failures = [job for job in ended if job.state in (JobState.FAILED, JobState.POISON)]
    return JobFacts(
        created=sum(since <= job.created <= until for job in jobs),
        done=count(JobState.DONE),
        failed=len(failures),
        cancelled=count(JobState.CANCELLED),
        unfinished=sum(not job.state.ended for job in jobs),
        failures=tuple(sorted(failures, key=lambda job: -job.updated)),
    )
