"""The curves of a report: loads with their limits, scenes an hour, and what changed marked on them."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable

from autocut_tray.core.monitor.history import Metric
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.core.report.facts import Report
from autocut_tray.core.report.paper import Band, Graph
from autocut_tray.i18n import Translator

_TICKS = 6
_STEPS = (
    60,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    10800,
    14400,
    21600,
    43200,
    *(86400 * n for n in (1, 2, 5, 7, 14, 30)),
)


def graph(report: Report, translator: Translator) -> Graph:
    """VRAM, memory, processor and failures as on the Monitor page, and the pace of the work."""
    period = report.period
    return Graph(
        period.since,
        period.until,
        tuple(_bands(report, translator)),
        tuple((one.at, mark(one)) for one in report.receipts if _is_marked(one)),
        tuple(_ticks(period.since, period.until)),
        translator.t("report-graph-note"),
    )


def _bands(report: Report, translator: Translator) -> Iterable[Band]:
    for metric in (Metric.VRAM, Metric.RAM, Metric.CPU, Metric.FAILURES):
        load = report.loads.get(metric)
        if load is None:
            continue
        curve = load.curve
        points = zip(curve.t, curve.low, curve.mean, curve.high, strict=True)
        name = translator.t(f"report-metric-{metric.value}")
        limits = _limits(report.thresholds, metric)
        yield Band(name, tuple(points), curve.width, 100.0, "%", limits)
    work = report.work
    if work.steps:
        rates = [(step.at, step.described / work.step_s * 3600.0) for step in work.steps]
        top = _round_up(max(rate for _, rate in rates))
        name = translator.t("report-metric-throughput")
        bars = tuple((at, 0.0, rate, rate) for at, rate in rates)
        yield Band(name, bars, work.step_s, top, "", bars=True)


def _limits(limits: Thresholds, metric: Metric) -> tuple[tuple[float, str], ...]:
    return {
        Metric.VRAM: ((limits.vram_on, "warn"),),
        Metric.RAM: ((limits.warn_on, "warn"), (limits.emergency_on, "crit")),
        Metric.CPU: ((limits.cpu_on, "warn"),),
        Metric.FAILURES: ((limits.failure_rate, "warn"),),
    }.get(metric, ())


def _round_up(value: float) -> float:
    """To 1, 2 or 5 times a power of ten; 1 at least."""
    if value <= 1.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if value <= step * power)


def _is_marked(receipt: Receipt) -> bool:
    return receipt.kind is not ReceiptKind.SCALE and receipt.cause != "start" and receipt.better is not None


def mark(receipt: Receipt) -> str:
    """The shape that stands for it: ``up``, ``down`` or ``octagon``."""
    if receipt.to == "EMERGENCY":
        return "octagon"
    return "up" if receipt.better else "down"


def _ticks(since: float, until: float) -> Iterable[tuple[float, str]]:
    """Round moments of local time with their words: times within two days, else days."""
    span = until - since
    step = next((one for one in _STEPS if span / one <= _TICKS), _STEPS[-1])
    shift = time.localtime(since).tm_gmtoff
    form = "%H:%M" if step < 86_400 else "%m-%d"
    at = math.ceil((since + shift) / step) * step - shift
    while at <= until:
        yield at, time.strftime(form, time.localtime(at))
        at += step
