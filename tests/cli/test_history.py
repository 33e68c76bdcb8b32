"""``history`` and ``replay --history`` on what a recorder left on disk."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path

import pytest

from autocut_tray.cli.moments import parse_moment, parse_span
from autocut_tray.core.errors import UsageError
from autocut_tray.core.paths import Paths
from tests.command_line import Run
from tests.monitor.flight import Flight
from tests.monitor.test_history import feed

HOUR = 3600.0


@pytest.fixture
def recorded(autocut_home: Path) -> Flight:
    """The last 20 minutes: two times other programs took the VRAM."""
    paths = Paths.from_environment()
    paths.create()
    flight = Flight(paths.metrics_database.parent, epoch=time.time() - 1200)
    flight.file = paths.metrics_database
    for _ in range(2):
        flight.run(20, vram_used=7200.0)
        flight.run(300, vram_used=1000.0)
    feed(flight.history, flight.clock, 60, cpu_percent=40.0)
    flight.history.close()
    return flight


def test_what_other_limits_would_have_changed(run: Run, recorded: Flight) -> None:
    code, out, _ = run("replay", "--history", "--since", "1h", "--set", "vram_on=90")
    said = out.replace("\u00a0", " ").splitlines()
    assert code == 0
    assert said[0] == "With VRAM limit 90 % you would have switched 0 times, not 4."
    assert any(
        line.startswith("First difference on") and "no change, not GPU → CPU." in line for line in said
    )
    assert any("estimate" in line for line in said)
    _, out, _ = run("replay", "--history", "--set", "vram_on=90", "--lang", "zh-CN")
    assert out.startswith("若改为“显存上限 90%”，会切换 0 次，而不是 4 次。")


def test_as_json_every_change_and_then_the_comparison(run: Run, recorded: Flight) -> None:
    code, out, _ = run("replay", "--history", "--since", "1h", "--set", "vram_on=87.5", "--json")
    *changes, comparison = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(one["from"], one["to"]) for one in changes] == 2 * [("GPU", "CPU"), ("CPU", "GPU")]
    assert all(one["at"] == pytest.approx(time.time(), abs=1300) for one in changes)
    assert comparison["event"] == "comparison"
    assert comparison["first_difference"] is None
    assert comparison["as_set"] == comparison["would"]


def test_nothing_recorded_is_said(run: Run, autocut_home: Path) -> None:
    code, out, _ = run("replay", "--history", "--set", "vram_on=90")
    assert (code, out.strip()) == (0, "Nothing is on record for this time.")
    code, out, _ = run("replay", "--history", "--json")
    assert json.loads(out)["recorded_s"] == 0.0


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay",),
        ("replay", "a.jsonl", "--history"),
        ("replay", "--history", "--set", "vram=90"),
        ("replay", "--history", "--since", "yesterday"),
        ("replay", "--history", "--since", "1h", "--until", "2h"),
        ("history", "--format", "xlsx"),
    ],
)
def test_usage(run: Run, autocut_home: Path, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert code == 2
    assert out == "" and len(err.strip().splitlines()) == 1


def test_a_trace_of_the_history_replays_to_the_same(run: Run, recorded: Flight, tmp_path: Path) -> None:
    trace = tmp_path / "day.jsonl"
    assert run("history", "--since", "1h", "-o", str(trace))[0] == 0
    code, out, _ = run("replay", str(trace))
    told = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [{k: v for k, v in one.items() if k not in ("at", "result")} for one in told] == recorded.told
    code, out, _ = run("replay", str(trace), "--set", "vram_on=90")
    assert out == ""


def test_tables_and_documents(run: Run, recorded: Flight, tmp_path: Path) -> None:
    code, out, _ = run("history", "--since", "1h")
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"))))
    assert code == 0
    assert {row["cpu_mean"] for row in rows} == {"40.0"}
    code, out, _ = run("history", "--since", "1h", "--json")
    document = json.loads(out)
    assert document["schema"] == 1
    assert document["metrics"]["cpu"][0]["max"] == 40.0
    assert document["metrics"]["gpu_load"] == []
    file = tmp_path / "h.json"
    code, out, _ = run("history", "--since", "1h", "-o", str(file), "--json")
    assert json.loads(out)["format"] == "json"
    assert json.loads(file.read_text("utf-8"))["metrics"] == document["metrics"]
    code, _, err = run("history", "--since", "1h", "-o", str(file))
    assert code == 2 and "exists" in err
    assert run("history", "--since", "1h", "-o", str(file), "--force")[0] == 0


@pytest.mark.parametrize(
    ("text", "ago"), [("24h", 86_400), ("30min", 1800), ("1.5 d", 129_600), ("10s", 10), ("1W", 604_800)]
)
def test_so_long_ago(text: str, ago: float) -> None:
    assert parse_moment(text, 1e9) == 1e9 - ago


def test_moments() -> None:
    assert parse_moment("2026-07-14T14:00+00:00", 0) == 1_784_037_600
    assert parse_moment("2026-07-14", 0) == time.mktime((2026, 7, 14, 0, 0, 0, 0, 0, -1))
    for text in ("", "later", "99999999999999d ago", "5", "1m"):
        with pytest.raises(UsageError):
            parse_moment(text, 1e9)
    with pytest.raises(UsageError):
        parse_span("0s", "", 1e9)
