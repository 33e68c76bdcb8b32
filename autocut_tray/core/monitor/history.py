"""Thirty days of readings on disk as minima, means and maxima, at six resolutions, and the receipts of decisions,
alerts and releases of memory.

A plot of any range up to 30 days needs about 300 buckets of one resolution, so drawing costs the same for
5 minutes and for 30 days. Beside it lies what the flight recorder keeps (``tape``). Finished buckets are written
every :data:`FLUSH_SECONDS`, the first time with the first reading; a crash loses that much.
"""

from __future__ import annotations

import enum
import json
import logging
import math
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from autocut_tray.core.clock import Clock
from autocut_tray.core.database import Database, Schema
from autocut_tray.core.errors import StorageError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message
from autocut_tray.core.monitor import flight_recorder
from autocut_tray.core.monitor.alert_log import ALERT_TABLE, AlertLog
from autocut_tray.core.monitor.flight_recorder import FlightRecorder
from autocut_tray.core.monitor.release_log import RELEASE_TABLE, ReleaseLog
from autocut_tray.core.policy.governor_types import Cause
from autocut_tray.core.receipt import GivenBack, Holders, Receipt, ReceiptKind
from autocut_tray.core.sample import MetricsSample

log = logging.getLogger(__name__)

FLUSH_SECONDS = 30.0

DAY = 86_400.0


class Metric(enum.Enum):
    """Curves that are kept; all in percent."""

    VRAM = "vram"
    RAM = "ram"
    CPU = "cpu"
    FAILURES = "failures"
    GPU_LOAD = "gpu_load"


@frozen
class Resolution:
    """Bucket width and how long buckets of that width are kept, both in seconds."""

    width: int
    kept: float


# 300 buckets of each make 5 minutes, 1, 6 and 24 hours, 7 and 30 days: the ranges of the Monitor page.
RESOLUTIONS = (
    Resolution(1, 15 * 60.0),
    Resolution(12, 3 * 3600.0),
    Resolution(72, DAY),
    Resolution(288, 3 * DAY),
    Resolution(2016, 14 * DAY),
    Resolution(8640, math.inf),
)

SCHEMA = Schema(
    (
        """\
CREATE TABLE buckets (
    width INTEGER NOT NULL,
    metric TEXT NOT NULL,
    start INTEGER NOT NULL,
    low REAL NOT NULL,
    high REAL NOT NULL,
    total REAL NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (width, metric, start)
) WITHOUT ROWID;
CREATE TABLE receipts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    from_ TEXT NOT NULL,
    to_ TEXT NOT NULL,
    cause TEXT NOT NULL,
    metric TEXT,
    value REAL,
    threshold REAL,
    held_s REAL,
    policy_before TEXT NOT NULL,
    policy_after TEXT NOT NULL,
    expected_s_per_scene REAL,
    undone INTEGER NOT NULL DEFAULT 0,
    better INTEGER,
    context TEXT NOT NULL
);
CREATE INDEX receipts_by_time ON receipts (at);
""",
        ALERT_TABLE,
        flight_recorder.MIGRATION
        + """\
INSERT INTO buckets SELECT 72, metric, start / 72 * 72, min(low), max(high), sum(total), sum(n)
FROM buckets WHERE width = 12 GROUP BY metric, start / 72;
INSERT INTO buckets SELECT 2016, metric, start / 2016 * 2016, min(low), max(high), sum(total), sum(n)
FROM buckets WHERE width = 288 GROUP BY metric, start / 2016;
""",
        RELEASE_TABLE,
        "ALTER TABLE receipts ADD COLUMN held_by TEXT;\nALTER TABLE receipts ADD COLUMN freed TEXT;\n",
    )
)


@frozen
class Series:
    """One curve: bucket starts (seconds since the epoch, ascending) with their minima, means and maxima in percent.

    ``width``: seconds of a bucket. A bucket that was never measured is missing.
    """

    metric: Metric
    width: int
    t: tuple[float, ...]
    low: tuple[float, ...]
    mean: tuple[float, ...]
    high: tuple[float, ...]


@frozen
class Summary:
    """All readings of a span in one, in percent. ``covered``: starts of the buckets with a reading, ``width`` seconds
    each."""

    metric: Metric
    width: int
    readings: int
    low: float
    mean: float
    high: float
    covered: tuple[int, ...]


@dataclass(slots=True)
class _Bucket:
    low: float
    high: float
    total: float
    n: int

    def add(self, value: float) -> None:
        self.merge(value, value, value, 1)

    def merge(self, low: float, high: float, total: float, n: int) -> None:
        self.low = min(self.low, low)
        self.high = max(self.high, high)
        self.total += total
        self.n += n


_Key = tuple[int, Metric, int]


class History:
    """Readings and receipts of this machine. Safe to use from several threads.

    Storage that fails costs history, never the monitor: :attr:`problem` then says why. Raises StorageError only
    from the constructor.
    """

    def __init__(self, file: Path, clock: Clock, *, retention_days: int = 30) -> None:
        self._clock = clock
        self._retention = retention_days * DAY
        self._database = Database(file, SCHEMA, durable=False)
        self.alerts = AlertLog(self._database)
        self.releases = ReleaseLog(self._database)
        self.tape = FlightRecorder(self._database, clock)
        self._lock = threading.Lock()
        self._moving = threading.Lock()  # held while readings are on their way to the disk, in neither place
        self._pending: dict[_Key, _Bucket] = {}
        self._flushed_at = -math.inf
        self._pruned_at = -math.inf
        self.problem: StorageError | None = None

    @property
    def damage(self) -> Message | None:
        """What happened to a damaged file that was found at the start, if one was."""
        return self._database.problem

    def close(self) -> None:
        self.flush()
        self._database.close()

    def add(self, sample: MetricsSample) -> None:
        """Fold one reading into the buckets of all resolutions."""
        with self._lock:
            for metric, value in _values(sample):
                for resolution in RESOLUTIONS:
                    start = int(sample.at // resolution.width) * resolution.width
                    bucket = self._pending.get((resolution.width, metric, start))
                    if bucket is None:
                        self._pending[resolution.width, metric, start] = _Bucket(value, value, value, 1)
                    else:
                        bucket.add(value)
        if sample.monotonic - self._flushed_at >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what is only in memory; forget what is too old, once an hour."""
        now = self._clock.monotonic()
        self._flushed_at = now
        with self._moving:
            with self._lock:
                pending, self._pending = self._pending, {}
            try:
                self.tape.flush()
                self._write(pending)
                if now - self._pruned_at >= 3600:
                    self._pruned_at = now
                    self._prune()
                self.problem = None
            except StorageError as error:
                if self.problem is None:
                    log.warning("History is not written: %s", error)
                self.problem = error
                self._keep_for_later(pending)

    def _keep_for_later(self, pending: dict[_Key, _Bucket]) -> None:
        horizon = self._clock.time() - 600
        with self._lock:
            for key, bucket in pending.items():
                if key[2] >= horizon and key not in self._pending:
                    self._pending[key] = bucket

    def _write(self, pending: dict[_Key, _Bucket]) -> None:
        if not pending:
            return
        rows = [
            (width, metric.value, start, b.low, b.high, b.total, b.n)
            for (width, metric, start), b in pending.items()
        ]
        with self._database.transaction() as db:
            db.executemany(
                "INSERT INTO buckets VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "low = min(low, excluded.low), high = max(high, excluded.high), "
                "total = total + excluded.total, n = n + excluded.n",
                rows,
            )

    def _prune(self) -> None:
        now = self._clock.time()
        with self._database.transaction() as db:
            for resolution in RESOLUTIONS:
                horizon = now - min(resolution.kept, self._retention)
                db.execute("DELETE FROM buckets WHERE width = ? AND start < ?", (resolution.width, horizon))
            db.execute("DELETE FROM receipts WHERE at < ?", (now - self._retention,))
            db.execute("DELETE FROM alerts WHERE at < ?", (now - self._retention,))
            self.releases.prune(db, now - self._retention)
            self.tape.prune(db, now - self._retention)
        self._database.checkpoint()

    def series(self, metric: Metric, since: float, until: float, buckets: float = 300) -> Series:
        """The curve between two moments (seconds since the epoch) in about ``buckets`` points."""
        width, found = self._buckets(metric, since, until, buckets)
        times = sorted(found)
        return Series(
            metric,
            width,
            tuple(float(t) for t in times),
            tuple(found[t].low for t in times),
            tuple(found[t].total / found[t].n for t in times),
            tuple(found[t].high for t in times),
        )

    def summary(self, metric: Metric, since: float, until: float) -> Summary | None:
        """All readings between two moments in one, by the finest buckets that are kept; None without any."""
        width, found = self._buckets(metric, since, until, math.inf)
        if not found:
            return None
        return Summary(
            metric,
            width,
            readings=sum(bucket.n for bucket in found.values()),
            low=min(bucket.low for bucket in found.values()),
            mean=sum(bucket.total for bucket in found.values()) / sum(bucket.n for bucket in found.values()),
            high=max(bucket.high for bucket in found.values()),
            covered=tuple(sorted(found)),
        )

    def _buckets(
        self, metric: Metric, since: float, until: float, buckets: float
    ) -> tuple[int, dict[int, _Bucket]]:
        """Their width and all that overlap the span, by their starts."""
        width = resolution_for(until - since, buckets, age=self._clock.time() - since).width
        first, last = int(since // width) * width, int(until // width) * width
        with self._moving:
            found = self._stored(width, metric, first, last)
            with self._lock:
                for (w, m, start), bucket in self._pending.items():
                    if w == width and m is metric and first <= start <= last:
                        known = found.setdefault(start, _Bucket(bucket.low, bucket.high, 0.0, 0))
                        known.merge(bucket.low, bucket.high, bucket.total, bucket.n)
        return width, found

    def _stored(self, width: int, metric: Metric, first: int, last: int) -> dict[int, _Bucket]:
        try:
            return {
                row["start"]: _Bucket(row["low"], row["high"], row["total"], row["n"])
                for row in self._database.read(
                    "SELECT start, low, high, total, n FROM buckets "
                    "WHERE width = ? AND metric = ? AND start BETWEEN ? AND ?",
                    (width, metric.value, first, last),
                )
            }
        except StorageError as error:
            self.problem = error
            return {}

    # -- receipts

    def add_receipt(self, receipt: Receipt) -> Receipt:
        """Store a receipt and give it its id. Raises StorageError."""
        with self._database.transaction() as db:
            cursor = db.execute(
                "INSERT INTO receipts (at, kind, from_, to_, cause, metric, value, threshold, held_s, "
                "policy_before, policy_after, expected_s_per_scene, undone, better, context, held_by, freed) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    receipt.at,
                    receipt.kind.value,
                    receipt.from_,
                    receipt.to,
                    receipt.cause,
                    receipt.metric,
                    receipt.value,
                    receipt.threshold,
                    receipt.held_s,
                    json.dumps(receipt.policy_before),
                    json.dumps(receipt.policy_after),
                    receipt.expected_s_per_scene,
                    receipt.undone,
                    receipt.better,
                    json.dumps(receipt.context),
                    None if receipt.held_by is None else json.dumps(receipt.held_by.to_json()),
                    None if receipt.freed is None else json.dumps(receipt.freed.to_json()),
                ),
            )
            return replace(receipt, id=cursor.lastrowid or 0)

    def receipts_after(self, receipt_id: int) -> list[Receipt]:
        """Those stored after this one, oldest first. Raises StorageError."""
        rows = self._database.read("SELECT * FROM receipts WHERE id > ? ORDER BY id", (receipt_id,))
        return [_receipt(row) for row in rows]

    @property
    def last_receipt_id(self) -> int:
        """0 when there is none. Raises StorageError."""
        (row,) = self._database.read("SELECT coalesce(max(id), 0) AS id FROM receipts")
        return int(row["id"])

    def mark_undone(self, receipt_id: int) -> None:
        """The person took this change back. Raises StorageError."""
        with self._database.transaction() as db:
            db.execute("UPDATE receipts SET undone = 1 WHERE id = ?", (receipt_id,))

    def mark_forced_undone(self) -> None:
        """The person took a forced tier back, of whichever session; one that a pin replaced was not taken back.
        Raises StorageError."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE receipts SET undone = 1 WHERE cause = ? AND undone = 0 AND "
                "id > (SELECT coalesce(max(id), 0) FROM receipts WHERE cause = ?)",
                (Cause.FORCED.value, Cause.PINNED.value),
            )

    def add_proof(self, receipt_id: int, freed: GivenBack) -> None:
        """What came back because of this change, known after it. Raises StorageError."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE receipts SET freed = ? WHERE id = ?", (json.dumps(freed.to_json()), receipt_id)
            )

    def receipts(self, since: float, until: float) -> list[Receipt]:
        """Changes between two moments (seconds since the epoch), newest first. Raises StorageError."""
        rows = self._database.read(
            "SELECT * FROM receipts WHERE at BETWEEN ? AND ? ORDER BY at DESC, id DESC", (since, until)
        )
        return [_receipt(row) for row in rows]


def _receipt(row: sqlite3.Row) -> Receipt:
    return Receipt(
        id=row["id"],
        at=row["at"],
        kind=ReceiptKind(row["kind"]),
        from_=row["from_"],
        to=row["to_"],
        cause=row["cause"],
        metric=row["metric"],
        value=row["value"],
        threshold=row["threshold"],
        held_s=row["held_s"],
        policy_before=json.loads(row["policy_before"]),
        policy_after=json.loads(row["policy_after"]),
        expected_s_per_scene=row["expected_s_per_scene"],
        undone=bool(row["undone"]),
        better=None if row["better"] is None else bool(row["better"]),
        context=tuple(json.loads(row["context"])),
        held_by=None if row["held_by"] is None else Holders.from_json(json.loads(row["held_by"])),
        freed=None if row["freed"] is None else GivenBack.from_json(json.loads(row["freed"])),
    )


def resolution_for(span: float, buckets: float, age: float = 0.0) -> Resolution:
    """The finest resolution that covers ``span`` seconds with at most ``buckets`` (and a rounding one), and still
    has what was measured ``age`` seconds ago."""
    for resolution in RESOLUTIONS:
        if span <= resolution.width * (buckets + 1) and age <= resolution.kept:
            return resolution
    return RESOLUTIONS[-1]


def _values(sample: MetricsSample) -> Iterable[tuple[Metric, float]]:
    failures = None if sample.failure_rate is None else 100.0 * sample.failure_rate
    for metric, value in (
        (Metric.VRAM, sample.vram_percent),
        (Metric.RAM, sample.ram_percent),
        (Metric.CPU, sample.cpu_percent),
        (Metric.FAILURES, failures),
        (Metric.GPU_LOAD, sample.gpu_load),
    ):
        if value is not None:
            yield metric, value
