"""A report of a day: its figures are those of the stores, its sentences those of its figures."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autocut_tray.core.errors import AutoCutError, FailureClass, UsageError
from autocut_tray.core.jobs.job import JobError, JobState
from autocut_tray.core.messages import message
from autocut_tray.core.monitor.history import Metric
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.receipt import ReceiptKind
from autocut_tray.core.report.facts import Report, stays
from autocut_tray.core.report.findings import findings
from autocut_tray.core.report.period import parse_period
from autocut_tray.core.report.work import TierWork
from autocut_tray.i18n import LANGUAGES, Translator
from autocut_tray.reporting.document import report_document
from autocut_tray.reporting.files import ReportFormat, report_bytes
from autocut_tray.reporting.table import COLUMNS
from tests.report.samples import CAPS, HOUR, NOW, SINCE, Day, busy_day, opened


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with opened(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Report:
    with opened(tmp_path_factory.mktemp("day")) as made:
        busy_day(made)
        return made.report()


def said(report: Report, language: str = "en") -> dict[str, Any]:
    return dict(report_document(report, Translator(language))["findings"])


def test_the_figures_are_those_of_the_stores(busy: Report) -> None:
    assert busy.readings == pytest.approx(1440, abs=3), "but for what was pruned at the very edge"
    assert busy.covered_s == pytest.approx(86_400, abs=150)
    vram = busy.loads[Metric.VRAM].summary
    assert vram.readings == busy.readings and round(vram.high, 1) == 92.8
    assert busy.loads[Metric.RAM].first == pytest.approx(26.5, abs=1)
    assert {tier: found.described for tier, found in busy.work.tiers.items()} == {
        Tier.GPU: 65,
        Tier.CPU: 12,
        Tier.CLOUD: 6,
    }
    assert busy.work.busy_s == pytest.approx(6.5 * HOUR)
    assert busy.work.failed == 3 and busy.work.cancelled == 1
    hours = {tier: round(seconds / HOUR, 1) for tier, seconds in busy.stays.tiers.items()}
    assert hours == {Tier.GPU: 7.0, Tier.CPU: 1.0, Tier.PAUSED: 0.5, Tier.CLOUD: 15.5}
    assert busy.stays.degraded == pytest.approx(17 * HOUR, abs=200)
    assert (busy.jobs.done, busy.jobs.failed, busy.jobs.cancelled, busy.jobs.created) == (1, 1, 1, 3)
    assert (busy.cloud.totals.requests, busy.cloud.totals.cost) == (7, 30_100)
    assert [(place.model, place.unknown) for place in busy.cloud.places] == [("gpt-4o", 1)]


def test_the_document_keeps_the_promised_keys(busy: Report) -> None:
    document = report_document(busy, Translator("en"))
    assert {"period", "from", "to", "samples", "load", "degradations", "jobs", "failures", "cloud"} <= set(
        document
    )
    assert document["load"]["cpu"]["max"] == 92.0 and document["load"]["gpu_load"] is None, "unknown, not 0"
    assert document["failures"] == {"resource": 1, "down": 2}
    assert {"requests": 7, "cost": 0.0301}.items() <= document["cloud"].items()
    down = document["degradations"][1]
    assert (down["from"], down["to"], down["cause"], down["value"], down["threshold"]) == (
        "GPU",
        "CPU",
        "vram",
        94.0,
        85.0,
    )
    assert document["jobs"]["failures"][0]["name"] == "IMG_4410.MOV"
    assert "/footage" not in json.dumps(document), "names of files, never folders"
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_what_it_says(busy: Report) -> None:
    found = {part: [str(line).replace("\u00a0", " ") for line in lines] for part, lines in said(busy).items()}
    assert "83 scenes were described, 1.1 s each on average." in found["happened"]
    assert "The work stepped down 2 times and ran 16 h 59 min on a lower tier." in found["happened"]
    assert "1 × Other programs needed the VRAM." in found["why"]
    assert "1 × Memory was nearly used up." in found["why"], "the emergency and its pause are one thing"
    assert "2 × The model server did not answer." in found["why"]
    assert "Lower tiers took 31 s longer for their scenes than the best one would have." in found["cost"]
    assert "7 requests with 315 kB went to the cloud for US$ 0.0301." in found["cost"]
    codes = [advice["code"].removeprefix("report-advice-") for advice in said(busy)["change"]]
    assert codes == ["vram", "ram", "jobs-failed", "again", "leak"]


def test_a_time_without_readings_says_so(day: Day) -> None:
    day.clock.advance(24 * HOUR)
    report = day.report()
    found = said(report)
    assert report.readings == 0 and report.covered_s == 0.0
    assert found["happened"] == ["Nothing was measured: AutoCut Director did not run in this time."]
    assert [one["code"] for one in found["change"]] == ["report-advice-not-running"]
    assert all(load is None for load in report_document(report, Translator("en"))["load"].values())


def test_a_quiet_day_has_nothing_to_change(day: Day) -> None:
    day.change("PAUSED", "GPU", "start", better=True)
    day.read(2 * HOUR, cpu_percent=5.0)
    found = said(day.report(2.0))
    assert found["change"] == [] and found["why"] == []
    assert "The work never had to step down." in found["happened"]
    assert found["cost"] == ["Nothing left this PC, and nothing was spent."]


@pytest.mark.parametrize(
    ("failure", "count", "code"),
    [
        (FailureClass.RESOURCE, 10, "failure-resource"),
        (FailureClass.DOWN, 10, "failure-down"),
        (FailureClass.TIER, 10, "failure-tier"),
        (FailureClass.THROTTLE, 10, "failure-throttle"),
        (FailureClass.CONFIG, 1, "failure-config"),
        (FailureClass.BUDGET, 1, "failure-budget"),
        (FailureClass.INPUT, 1, "failure-input"),
        (FailureClass.DOWN, 1, None),
        (FailureClass.CANCEL, 50, None),
    ],
)
def test_each_class_of_failures_has_its_advice(
    busy: Report, failure: FailureClass, count: int, code: str | None
) -> None:
    failures = {} if failure is FailureClass.CANCEL else {failure: count}
    work = replace(busy.work, failures=failures, tiers={Tier.GPU: TierWork(90, count, 1.0)})
    report = replace(busy, work=work, receipts=(), loads={}, jobs=replace(busy.jobs, failed=0))
    assert [one.code for one in findings(report).change] == (
        [] if code is None else [f"report-advice-{code}"]
    )


@pytest.mark.parametrize(
    ("moves", "tiers", "degraded"),
    [
        ([(0, "PAUSED", "GPU", "start", True)], {"GPU": 100}, 0),
        ([(0, "PAUSED", "GPU", "start", True), (40, "GPU", "CPU", "vram", False)], {"GPU": 40, "CPU": 60}, 60),
        (
            [
                (10, "GPU", "CPU", "vram", False),
                (30, "CPU", "PAUSED", "failures", False),
                (50, "PAUSED", "CPU", "recovered", True),
            ],
            {"CPU": 70, "PAUSED": 20},
            90,
        ),
        ([(10, "GPU", "CPU", "vram", False), (30, "CPU", "GPU", "recovered", True)], {"CPU": 20, "GPU": 70}, 20),
        ([(10, "GPU", "CPU", "vram", False), (30, "GPU", "GPU", "start", True)], {"CPU": 20, "GPU": 70}, 20),
        ([], {}, 0),
    ],
)  # fmt: skip
def test_how_long_it_stayed_where(
    day: Day, moves: list[tuple[float, str, str, str, bool]], tiers: dict[str, float], degraded: float
) -> None:
    changes = []
    for at, source, target, cause, better in moves:
        day.clock.advance(SINCE + at - day.clock.time())
        changes.append(day.change(source, target, cause, better=better))
    found = stays(changes, [(SINCE, SINCE + 100)])
    assert {tier.value: round(seconds) for tier, seconds in found.tiers.items()} == tiers
    assert round(found.degraded) == degraded
    assert stays(changes, []).degraded == 0.0, "while the program did not run it stayed nowhere"


def test_memory_warnings_that_moved_nothing_are_told(day: Day) -> None:
    day.read(HOUR)
    day.change("OK", "WARN", "memory", better=False, kind=ReceiptKind.MEMORY)
    day.change("4", "2", "alert_cpu", better=False, kind=ReceiptKind.SCALE)
    assert said(day.report(2.0))["why"] == ["1 × Memory in use crossed a limit."]


@pytest.mark.parametrize(
    ("name", "seconds"),
    [("last_1h", 3600), ("last_24h", 86_400), ("LAST_7d ", 604_800), ("last_366d", 31_622_400)],
)
def test_periods(name: str, seconds: float) -> None:
    period = parse_period(name, NOW)
    assert (period.until, period.seconds) == (NOW, seconds)


@pytest.mark.parametrize(
    "name", ["", "yesterday", "last_0d", "last_-1d", "last_7w", "last_367d", "last_1h;", "last_٣d"]
)
def test_what_is_no_period(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_period(name, NOW)
    assert caught.value.code == "no_such_period"


def test_a_table_that_a_spreadsheet_takes(day: Day) -> None:
    day.read(HOUR)
    error = JobError("damaged", message("error-damaged", at="0"), None, "", 3)
    day.job('/x/=HYPERLINK("http://evil").mov', JobState.FAILED, error)
    data = report_bytes(day.report(2.0), ReportFormat.CSV, Translator("zh-CN"))
    assert data.startswith(b"\xef\xbb\xbf"), "Excel takes it for UTF-8"
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS and {len(row) for row in rows} == {len(COLUMNS)}
    assert not [cell for row in rows for cell in row if re.match(r"[=+\-@\t\r]", cell)]
    found = {(row[0], row[2], row[3]): row[4] for row in rows}
    assert found["load", "cpu", "mean"] == "10.0" and found["load", "gpu_load", "mean"] == ""
    assert found["work", "", "seconds_per_scene"] == "" and found["cloud", "", "requests"] == "0"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_advice_has_words(language: str, busy: Report, caplog: pytest.LogCaptureFixture) -> None:
    for part in said(busy, language).values():
        for one in part:
            assert "report-" not in (one["text"] + one["reason"] if isinstance(one, dict) else one)
    assert not caplog.records


def test_caps_are_those_of_the_person(busy: Report) -> None:
    assert busy.cloud.caps == CAPS


def test_a_file_that_cannot_be_drawn_is_an_error_in_words(busy: Report) -> None:
    import sys

    from autocut_tray.core.report.paper import NO_CHINESE_FONT, draw_paper
    from autocut_tray.reporting.pages import paper

    pages = paper(busy, Translator("en"))
    for command, code in (
        ([sys.executable, "-c", f"raise SystemExit({NO_CHINESE_FONT})"], "no_chinese_font"),
        ([sys.executable, "-c", "raise SystemExit('broken')"], "report_not_drawn"),
        ([sys.executable, "-c", "print('%PDF-1.4 half')"], "report_not_drawn"),
    ):
        with pytest.raises(AutoCutError) as caught:
            draw_paper(pages, command)
        assert caught.value.code == code and caught.value.hint
