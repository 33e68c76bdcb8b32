"""History: every range costs the same, nothing is invented, receipts survive."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autocut_tray.core.monitor.history import FLUSH_SECONDS, RESOLUTIONS, History, Metric, resolution_for
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.core.sample import MetricsSample
from tests.fakes import FakeClock

SAMPLE = MetricsSample(
    at=0.0, monotonic=0.0, vram_used=2048, vram_total=8192, vram_source="nvml", gpu_load=None,
    ram_available=12288, ram_total=16384, swap_used=0, cpu_percent=10.0, load_average=None, disk_read=None,
    disk_written=None, net_sent=None, net_received=None, queued=0, running=0, failure_rate=None,
    resolve_running=None, resolve_busy=None,
)  # fmt: skip


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def history(tmp_path: Path, clock: FakeClock) -> Iterator[History]:
    opened = History(tmp_path / "metrics.db", clock)
    yield opened
    opened.close()


def feed(history: History, clock: FakeClock, seconds: int, step: float = 1.0, **changes: object) -> None:
    end = clock.monotonic() + seconds
    while clock.monotonic() < end:
        history.add(replace(SAMPLE, at=clock.time(), monotonic=clock.monotonic(), **changes))  # type: ignore[arg-type]
        clock.advance(step)


def test_minima_and_maxima_of_each_bucket(history: History, clock: FakeClock) -> None:
    start = clock.time()
    feed(history, clock, 60, cpu_percent=10.0)
    feed(history, clock, 60, cpu_percent=90.0)
    series = history.series(Metric.CPU, start - 3000, clock.time())
    assert series.width == 12
    assert min(series.low) == 10.0 and max(series.high) == 90.0
    assert len(series.t) == len(series.low) == len(series.high) <= 12
    assert list(series.t) == sorted(series.t)


def test_what_was_not_measured_is_missing_not_zero(history: History, clock: FakeClock) -> None:
    feed(history, clock, 20, vram_used=None)
    assert history.series(Metric.VRAM, clock.time() - 60, clock.time()).t == ()
    assert history.series(Metric.FAILURES, clock.time() - 60, clock.time()).t == ()
    assert history.series(Metric.RAM, clock.time() - 60, clock.time()).high[0] == 25.0


def test_a_gap_stays_a_gap(history: History, clock: FakeClock) -> None:
    feed(history, clock, 10)
    clock.advance(100)
    feed(history, clock, 10)
    times = history.series(Metric.CPU, clock.time() - 200, clock.time()).t
    assert max(b - a for a, b in itertools.pairwise(times)) >= 100


def test_history_outlives_the_program_and_merges_with_it(tmp_path: Path, clock: FakeClock) -> None:
    first = History(tmp_path / "metrics.db", clock)
    feed(first, clock, 30, cpu_percent=80.0)
    first.close()
    second = History(tmp_path / "metrics.db", clock)
    feed(second, clock, 30, cpu_percent=5.0)
    series = second.series(Metric.CPU, clock.time() - 86_400, clock.time())
    assert (min(series.low), max(series.high)) == (5.0, 80.0)
    second.close()


def test_thirty_days_stay_small_and_no_longer(tmp_path: Path, clock: FakeClock) -> None:
    history = History(tmp_path / "metrics.db", clock)
    feed(history, clock, 33 * 86_400, step=600)
    series = history.series(Metric.CPU, clock.time() - 30 * 86_400, clock.time())
    assert 295 <= len(series.t) <= 302
    assert history.series(Metric.CPU, 0, clock.time() - 31 * 86_400).t == ()
    history.close()
    assert (tmp_path / "metrics.db").stat().st_size < 2_000_000


def test_only_finished_work_is_written_now_and_then(history: History, clock: FakeClock) -> None:
    written: list[int] = []
    real = history._database.transaction  # counting transactions is the point of this test
    history._database.transaction = lambda: (written.append(1), real())[1]  # type: ignore[method-assign]
    feed(history, clock, 300)
    assert len(written) <= 300 / FLUSH_SECONDS + 2


@pytest.mark.parametrize(
    ("span", "width"),
    [(300, 1), (3600, 12), (6 * 3600, 72), (86_400, 288), (7 * 86_400, 2016), (30 * 86_400, 8640)],
)
def test_each_range_has_its_resolution(span: float, width: int) -> None:
    assert resolution_for(span, 300).width == width
    assert {r.width for r in RESOLUTIONS} >= {width}


def receipt(at: float, **changes: object) -> Receipt:
    made = Receipt(
        0, at, ReceiptKind.TIER, "GPU", "CPU", "vram", "vram_percent", 87.9, 85.0, 10.0,
        {"tier": "GPU"}, {"tier": "CPU"}, 2.6, False, False, ({"vram_used": 7200},),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def test_receipts_come_back_as_they_were_newest_first(history: History, clock: FakeClock) -> None:
    stored = [history.add_receipt(receipt(clock.time() + n)) for n in range(3)]
    history.mark_undone(stored[1].id)
    found = history.receipts(clock.time() - 1, clock.time() + 10)
    assert found == [stored[2], replace(stored[1], undone=True), stored[0]]
    assert found[0].to_json()["from"] == "GPU"


def test_a_full_disk_costs_history_and_nothing_else(
    history: History, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autocut_tray.core.errors import StorageError

    def full(*_: object) -> None:
        raise StorageError("disk_full")

    monkeypatch.setattr(history, "_write", full)
    feed(history, clock, 60, cpu_percent=33.0)
    assert history.problem is not None
    monkeypatch.undo()
    history.flush()
    assert history.problem is None
    assert history.series(Metric.CPU, clock.time() - 300, clock.time()).high.count(33.0) >= 50


def test_a_narrow_look_into_older_times_finds_what_is_kept_of_them(
    history: History, clock: FakeClock
) -> None:
    feed(history, clock, 4 * 86_400, step=60)
    history.flush()
    old = clock.time() - 2 * 86_400
    series = history.series(Metric.CPU, old, old + 300)
    assert series.t, "fine buckets of that day are gone, coarser ones are not"
