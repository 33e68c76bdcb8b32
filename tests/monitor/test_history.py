"""History: every range costs the same, nothing is invented, receipts survive."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocut_tray.core.alert import Alert, AlertKind, AlertLevel
from autocut_tray.core.database import Database, Schema
from autocut_tray.core.monitor.history import (
    DAY,
    FLUSH_SECONDS,
    RESOLUTIONS,
    SCHEMA,
    History,
    Metric,
    resolution_for,
)
from autocut_tray.core.receipt import GivenBack, HeldBy, HeldMemory, Holders, Receipt, ReceiptKind, StillHeld
from autocut_tray.core.release import MachineMemory, ReleaseOutcome
from autocut_tray.core.sample import MetricsSample
from tests.fakes import FakeClock
from tests.memory.releases import release

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


def test_means_are_those_of_all_readings(history: History, clock: FakeClock) -> None:
    clock.advance(-clock.time() % 288)
    start = clock.time()
    feed(history, clock, 72, cpu_percent=10.0)
    history.flush()
    feed(history, clock, 216, cpu_percent=50.0)
    coarse = history.series(Metric.CPU, start, start + 86_400)
    assert (coarse.width, coarse.t[0], coarse.mean[0]) == (288, start, 40.0)
    fine = history.series(Metric.CPU, start, start + 300)
    assert set(fine.mean) == {10.0, 50.0}


@given(
    st.lists(st.tuples(st.integers(1, 900), st.floats(0, 100)), min_size=1, max_size=60),
    st.lists(st.integers(0, 59), max_size=4),
)
@settings(max_examples=40, deadline=None)
def test_every_resolution_holds_the_same_readings(steps: list[tuple[int, float]], flushes: list[int]) -> None:
    """Roll-ups against the readings themselves, however they were written in between."""
    with tempfile.TemporaryDirectory() as folder:
        clock = FakeClock()
        history = History(Path(folder) / "metrics.db", clock)
        readings: list[tuple[float, float]] = []
        for number, (seconds, value) in enumerate(steps):
            clock.advance(seconds)
            history.add(replace(SAMPLE, at=clock.time(), monotonic=0.0, cpu_percent=value))
            readings.append((clock.time(), value))
            if number in flushes:
                history.flush()
        for resolution in RESOLUTIONS:
            span = (resolution.width + 0.5) * 300
            since = max(clock.time() - span, clock.time() - resolution.kept)
            series = history.series(Metric.CPU, since, clock.time(), span / resolution.width)
            if series.width != resolution.width:
                continue
            first = since // series.width * series.width
            buckets: dict[float, list[float]] = {}
            for at, value in readings:
                if at >= first:
                    buckets.setdefault(at // series.width * series.width, []).append(value)
            assert series.t == tuple(sorted(buckets)), "a time without readings has no bucket"
            for at, low, mean, high in zip(series.t, series.low, series.mean, series.high, strict=True):
                values = buckets[at]
                assert (low, high) == (min(values), max(values))
                assert mean == pytest.approx(sum(values) / len(values))
        history.close()


def test_a_suspend_is_a_gap_at_every_range(history: History, clock: FakeClock) -> None:
    """The monotonic clock stands still meanwhile; a range shows it as soon as it is longer than two buckets."""
    feed(history, clock, 8 * 3600, step=5)
    clock.shift_wall_clock(9 * 3600)
    woke = clock.time()
    feed(history, clock, 8 * 3600, step=5)
    for span in (24 * 3600, 7 * DAY, 30 * DAY):
        times = history.series(Metric.CPU, clock.time() - span, clock.time()).t
        width = resolution_for(span, 300).width
        assert max(b - a for a, b in itertools.pairwise(times)) > 1.5 * width
        assert not [t for t in times if woke - 9 * 3600 + width <= t < woke - width]


@pytest.mark.fault("FR20")
def test_the_fullest_thirty_days_are_small(tmp_path: Path, clock: FakeClock) -> None:
    """Every bucket of every resolution and five metrics: 24,000 rows."""
    clock.advance(30 * DAY)
    history = History(tmp_path / "metrics.db", clock)
    for resolution in reversed(RESOLUTIONS):
        for number in range(int(min(resolution.kept, 30 * DAY) / resolution.width), 0, -1):
            at = clock.time() - number * resolution.width
            history.add(
                replace(SAMPLE, at=at, monotonic=0.0, cpu_percent=at % 97, gpu_load=3.0, failure_rate=0.1)
            )
    history.flush()
    history.close()
    size = (tmp_path / "metrics.db").stat().st_size
    assert 500_000 < size < 4_000_000


@pytest.mark.errors_expected
def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path, clock: FakeClock) -> None:
    file = tmp_path / "metrics.db"
    file.write_bytes(b"not a database at all" * 400)
    history = History(file, clock)
    assert history.damage is not None and history.damage.code == "storage-set-aside"
    feed(history, clock, 60)
    assert history.series(Metric.CPU, clock.time() - 60, clock.time()).t
    history.close()
    assert list(tmp_path.glob("metrics.db.corrupt-*"))
    again = History(file, clock)
    assert again.damage is None
    again.close()


def test_history_of_the_version_before_is_kept_and_rolled_up(tmp_path: Path, clock: FakeClock) -> None:
    file = tmp_path / "metrics.db"
    old = Database(file, Schema(SCHEMA.migrations[:1]), durable=False)
    start = int(clock.time() // 2016) * 2016
    with old.transaction() as db:
        for number in range(7):
            db.execute(
                "INSERT INTO buckets VALUES (288, 'cpu', ?, 1, ?, 100, 10)", (start + 288 * number, number)
            )
    old.close()
    history = History(file, clock)
    series = history.series(Metric.CPU, start - 3 * DAY, start + 2016)
    assert (series.width, series.t, series.low, series.mean, series.high) == (
        2016,
        (start,),
        (1,),
        (10,),
        (6,),
    )
    history.close()


@pytest.mark.fault("FR20")
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


def test_the_proof_of_a_receipt_comes_back_whole_and_may_come_later(
    history: History, clock: FakeClock
) -> None:
    held = Holders(HeldMemory.VRAM, (HeldBy("Resolve", 5222), HeldBy("Ollama", 1946)), 512)
    proof = GivenBack(322_122_547, 2_040_109_466, 5.0, (StillHeld("Moondream 2", 1_717_986_918),))
    kept = history.add_receipt(receipt(clock.time(), held_by=held))
    assert history.receipts(0, clock.time()) == [kept] and kept.freed is None
    history.add_proof(kept.id, proof)
    assert history.receipts(0, clock.time()) == [replace(kept, freed=proof)]


def test_receipts_of_earlier_versions_have_no_proof(tmp_path: Path, clock: FakeClock) -> None:
    file = tmp_path / "metrics.db"
    old = Database(file, Schema(SCHEMA.migrations[:4]), durable=False)
    with contextlib.closing(old), old.transaction() as db:
        db.execute(
            "INSERT INTO receipts (at, kind, from_, to_, cause, policy_before, policy_after, context) "
            "VALUES (?, 'tier', 'GPU', 'CPU', 'vram', '{}', '{}', '[]')",
            (clock.time(),),
        )
    with contextlib.closing(History(file, clock)) as history:
        (found,) = history.receipts(0, clock.time())
    assert (found.held_by, found.freed) == (None, None)


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


def test_alerts_come_back_as_they_were_and_are_forgotten_in_time(history: History, clock: FakeClock) -> None:
    first = history.alerts.add(
        Alert(0, clock.time(), AlertKind.MEMORY, AlertLevel.WARN, 81.5, 80.0, 30.0, scaled=False)
    )
    second = history.alerts.add(
        Alert(0, clock.time() + 5, AlertKind.QUEUE, AlertLevel.CRITICAL, 1200.0, 1000.0, 31.0, scaled=True)
    )
    ended = replace(first, ended=clock.time() + 90)
    history.alerts.end(ended)
    assert history.alerts.between(clock.time() - 1, clock.time() + 10) == [second, ended]
    assert history.alerts.between(clock.time() + 1, clock.time() + 10) == [second]
    clock.advance(31 * 86_400)
    history.flush()
    assert history.alerts.between(0, clock.time()) == []


def test_what_was_given_back_comes_back_as_it_was_and_is_forgotten_in_time(
    history: History, clock: FakeClock
) -> None:
    unknown = replace(
        release(clock.time(), None, ReleaseOutcome.UNMEASURED), before=MachineMemory(None, None, None)
    )
    kept = [history.releases.add(report) for report in (release(clock.time() + 5, 2**30), unknown)]
    assert [report.id for report in kept] == [1, 2]
    assert history.releases.between(clock.time() - 1, clock.time() + 10) == kept
    assert history.releases.between(clock.time() + 1, clock.time() + 10) == kept[:1]
    clock.advance(29 * DAY)
    history.flush()
    assert len(history.releases.between(0, clock.time())) == 2
    clock.advance(2 * DAY)
    history.flush()
    assert history.releases.between(0, clock.time()) == []


def test_only_so_many_are_kept_of_what_was_given_back(
    history: History, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autocut_tray.core.monitor.release_log.MOST", 3)
    for number in range(5):
        history.releases.add(release(clock.time() + number, number))
    history.flush()
    assert [one.freed_bytes for one in history.releases.between(0, clock.time() + 10)] == [4, 3, 2]


def test_a_history_from_before_there_were_alerts_is_kept(tmp_path: Path, clock: FakeClock) -> None:
    file = tmp_path / "metrics.db"
    old = Database(file, Schema(SCHEMA.migrations[:1]), durable=False)
    old.close()
    with sqlite3.connect(file) as db:
        db.execute("INSERT INTO buckets VALUES (1, 'cpu', ?, 10, 20, 30, 2)", (int(clock.time()),))
    db.close()
    opened = History(file, clock)
    assert opened.series(Metric.CPU, clock.time() - 10, clock.time() + 10).high == (20.0,)
    stored = opened.add_receipt(receipt(clock.time()))
    assert opened.receipts_after(0) == [stored] and opened.last_receipt_id == stored.id
    assert opened.receipts_after(stored.id) == [] and opened.alerts.between(0, clock.time()) == []
    assert opened.releases.between(0, clock.time()) == []
    opened.close()


def test_a_forced_tier_that_is_taken_back_says_so_on_every_receipt_it_has(
    history: History, clock: FakeClock
) -> None:
    """Forced down twice; a pin that came later would have replaced it."""

    def kept(cause: str) -> int:
        return history.add_receipt(replace(receipt(clock.time()), cause=cause)).id

    def undone() -> list[int]:
        return [one.id for one in history.receipts_after(0) if one.undone]

    kept("forced")
    kept("pinned")
    forced = [kept("forced"), kept("forced")]
    kept("vram")
    history.mark_forced_undone()
    assert undone() == forced
    kept("forced")
    kept("pinned")
    history.mark_forced_undone()
    assert undone() == forced
