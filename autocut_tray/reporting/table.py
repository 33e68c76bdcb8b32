"""A report as one table for a spreadsheet: a row a figure, all of the same shape."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from autocut_tray.core.clean import plain_cell

Json = dict[str, Any]
Row = tuple[object, ...]

COLUMNS = ("section", "time", "item", "measure", "value", "unit", "text")


def report_csv(document: Json) -> str:
    """From the report's JSON document. Moments in UTC, ISO 8601; what was not measured is empty; no cell can be read
    as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in _rows(document):
        writer.writerow(["" if cell is None else plain_cell(cell) for cell in row])
    return out.getvalue()


def _rows(document: Json) -> Iterator[Row]:
    name = document["period"]
    yield ("period", _moment(document["from"]), name, "from", document["from"], "s", None)
    yield ("period", _moment(document["to"]), name, "to", document["to"], "s", None)
    yield ("period", None, name, "samples", document["samples"], None, None)
    yield ("period", None, name, "covered", document["covered_s"], "s", None)
    yield from _findings(document["findings"])
    for metric, load in document["load"].items():
        for measure in ("min", "mean", "max", "first", "last"):
            yield ("load", None, metric, measure, load and load[measure], "%", None)
    yield from _work(document["work"])
    for tier, seconds in document["tiers"].items():
        yield ("tiers", None, tier, "measured", seconds, "s", None)
    yield ("tiers", None, None, "degraded", document["degraded_s"], "s", None)
    for failure, count in document["failures"].items():
        yield ("failures", None, failure, "attempts", count, None, None)
    yield from _changes(document)
    yield from _jobs(document["jobs"])
    yield from _cloud(document["cloud"])


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _findings(found: Json) -> Iterator[Row]:
    for part in ("happened", "why", "cost"):
        for sentence in found[part]:
            yield (part, None, None, None, None, None, sentence)
    for advice in found["change"]:
        yield ("change", None, advice["code"], None, None, None, f"{advice['text']}: {advice['reason']}")


def _work(work: Json) -> Iterator[Row]:
    units = {"busy_s": "s", "seconds_per_scene": "s", "extra_s": "s", "failure_rate": "ratio"}
    for measure, value in work.items():
        if measure != "by_tier":
            yield ("work", None, None, measure, value, units.get(measure), None)
    for tier in work["by_tier"]:
        for measure in ("described", "failed", "seconds_per_scene"):
            yield ("work", None, tier["tier"], measure, tier[measure], units.get(measure), None)


def _changes(document: Json) -> Iterator[Row]:
    for one in document["degradations"]:
        item, at = f"{one['from']} → {one['to']}", _moment(one["at"])
        yield ("degradations", at, item, one["metric"], one["value"], None, one["text"])
        yield ("degradations", at, item, "threshold", one["threshold"], None, None)
        yield ("degradations", at, item, "held", one["held_s"], "s", None)
    for one in document["alerts"]:
        item = f"{one['alert']} {one['level']}"
        yield ("alerts", _moment(one["at"]), item, one["metric"], one["value"], None, one["text"])


def _jobs(jobs: Json) -> Iterator[Row]:
    for measure, value in jobs.items():
        if measure != "failures":
            yield ("jobs", None, None, measure, value, None, None)
    for one in jobs["failures"]:
        said = one["error"] and one["error"]["message"]
        code = one["error"] and one["error"]["code"]
        yield ("jobs", _moment(one["at"]), one["name"], code, None, None, said)


def _cloud(cloud: Json) -> Iterator[Row]:
    units = {"bytes": "B", "cost": "USD"}
    for measure in ("requests", "frames", "bytes", "cost"):
        yield ("cloud", None, None, measure, cloud[measure], units.get(measure), None)
    for place in cloud["by_place"]:
        for measure in ("requests", "unknown", "frames", "bytes", "cost"):
            item = f"{place['host']} {place['model']}"
            yield ("cloud", None, item, measure, place[measure], units.get(measure), None)
