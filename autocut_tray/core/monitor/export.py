"""The history of a span as a table or a document, and what the flight recorder has of it as a trace."""

from __future__ import annotations

import csv
import enum
import io
import itertools
import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from autocut_tray.core.monitor.history import History, Metric, Series
from autocut_tray.core.receipt import Receipt
from autocut_tray.core.release import ReleaseReport

Json = dict[str, Any]

METRICS = tuple(Metric)


class Format(enum.Enum):
    """``CSV``: a row a bucket. ``JSON``: buckets, receipts and memory given back. ``TRACE``: what
    ``replay`` takes."""

    CSV = "csv"
    JSON = "json"
    TRACE = "trace"

    @property
    def suffix(self) -> str:
        return ".jsonl" if self is Format.TRACE else f".{self.value}"


def export(history: History, since: float, until: float, form: Format) -> bytes:
    """The span between two moments (seconds since the epoch), as fine as it is kept. Raises StorageError."""
    if form is Format.TRACE:
        history.flush()
        return "".join(f"{line}\n" for line in history.tape.lines(since, until)).encode()
    series = [history.series(metric, since, until, math.inf) for metric in METRICS]
    if form is Format.CSV:
        return table(series).encode("utf-8-sig")
    return (
        json.dumps(
            document(
                series, history.receipts(since, until), history.releases.between(since, until), since, until
            ),
            indent=1,
        )
        + "\n"
    ).encode()


def table(series: Sequence[Series]) -> str:
    """One row a bucket, in time order: moment (UTC, ISO 8601), then minimum, mean and maximum of each metric in
    percent. What was not measured is empty."""
    rows: dict[float, dict[str, float]] = {}
    for one in series:
        for at, *values in zip(one.t, one.low, one.mean, one.high, strict=True):
            cells = rows.setdefault(at, {})
            for end, value in zip(_ENDS, values, strict=True):
                cells[f"{one.metric.value}_{end}"] = round(value, 2)
    names = [f"{one.metric.value}_{end}" for one, end in itertools.product(series, _ENDS)]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["time", *names])
    for at in sorted(rows):
        moment = datetime.fromtimestamp(at, UTC).isoformat()
        writer.writerow([moment, *(rows[at].get(name, "") for name in names)])
    return out.getvalue()


_ENDS = ("min", "mean", "max")


def document(
    series: Sequence[Series],
    receipts: Sequence[Receipt],
    released: Sequence[ReleaseReport],
    since: float,
    until: float,
) -> Json:
    """Times in seconds since the epoch, readings in percent, ``width_s`` the length of a bucket that begins at
    ``at``. A bucket that was never measured is missing."""
    return {
        "schema": 1,
        "from": since,
        "to": until,
        "width_s": max((one.width for one in series), default=None),
        "metrics": {
            one.metric.value: [
                {"at": at, "min": round(low, 2), "mean": round(mean, 2), "max": round(high, 2)}
                for at, low, mean, high in zip(one.t, one.low, one.mean, one.high, strict=True)
            ]
            for one in series
        },
        "receipts": [receipt.to_json() for receipt in receipts],
        "released": [{"id": report.id, **report.to_json()} for report in released],
    }
