"""Every request to another host: reserved at its worst before it goes, settled at what it cost after.

A reservation that nobody settled, because the program died or no answer came, counts in full for ever.
"""

from __future__ import annotations

import enum
import sqlite3

from autocut_tray.core.clock import Clock
from autocut_tray.core.database import Database
from autocut_tray.core.egress.consent import Purpose
from autocut_tray.core.egress.periods import day_left, day_start, month_left, month_start
from autocut_tray.core.egress.prices import Micros
from autocut_tray.core.frozen import frozen

WARN_SHARE = 0.8
"""Of a limit: from here on people are warned."""

MOST_UNKNOWN = 2
"""How often one unit may be sent without its outcome being known: the first time and one retry."""

UNKNOWN_SECONDS = 86_400.0
"""How long a unit is remembered for that."""


class Cap(enum.Enum):
    """The limits; the values are words in texts and documents."""

    REQUESTS = "requests"
    DAY = "day"
    MONTH = "month"


class EntryState(enum.Enum):
    """``RESERVED``: under way, or nobody lived to say. ``UNKNOWN``: sent, and no answer came. Both count in full.

    ``NOT_SENT``: the host was not reached.
    """

    RESERVED = "reserved"
    SETTLED = "settled"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"


@frozen
class Caps:
    """The person's limits: sums a calendar day and month, requests a day."""

    day: Micros
    month: Micros
    requests: int


@frozen
class Draft:
    """What is to be entered before anything goes out. ``unit``: names the piece of work across retries."""

    job: str | None
    unit: str | None
    purpose: Purpose
    provider: str
    host: str
    model: str
    frames: int
    pixels: int
    bytes: int
    sha256: str
    estimated: Micros


@frozen
class Entry:
    """One request as it stands in the ledger. ``at``: seconds since the epoch; ``reported``: by the provider's own
    count, None where it gave none; ``cost``: what counts against the limits; ``status``: of the answer."""

    id: int
    at: float
    job: str | None
    purpose: Purpose
    provider: str
    host: str
    model: str
    frames: int
    pixels: int
    bytes: int
    sha256: str
    estimated: Micros
    reported: Micros | None
    cost: Micros
    state: EntryState
    status: int | None


@frozen
class Spent:
    """What counts against the limits now, reservations included."""

    day: Micros
    month: Micros
    requests: int

    def share(self, cap: Cap, caps: Caps) -> float:
        """Of a limit; 1.0 and more is used up. A limit of nothing is always used up."""
        used, most = {
            Cap.REQUESTS: (self.requests, caps.requests),
            Cap.DAY: (self.day, caps.day),
            Cap.MONTH: (self.month, caps.month),
        }[cap]
        return used / most if most > 0 else 1.0

    def short_of(self, cost: Micros, caps: Caps) -> Cap | None:
        """Which limit one more request of this cost would break; None when it fits."""
        if self.requests + 1 > caps.requests:
            return Cap.REQUESTS
        if self.day + cost > caps.day:
            return Cap.DAY
        return Cap.MONTH if self.month + cost > caps.month else None


@frozen
class Totals:
    """A period in sums, for reports; ``cost`` as it counts against the limits."""

    requests: int
    frames: int
    bytes: int
    cost: Micros


@frozen
class PlaceTotals:
    """What one model at one host got in a period; ``unknown``: requests without an answer, counted in full."""

    provider: str
    host: str
    model: str
    unknown: int
    totals: Totals


class CapReached(Exception):
    """The limit does not let this request out; ``wait``: seconds until its period ends."""

    def __init__(self, cap: Cap, wait: float) -> None:
        super().__init__(cap.value)
        self.cap = cap
        self.wait = wait


class OutcomeUnknown(Exception):
    """This unit was sent, and sent again, and no answer came: a third time it may be paid thrice."""


class Ledger:
    """Safe to use from several threads and processes: the database lets one writer in at a time.

    Raises StorageError.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def reserve(self, draft: Draft, caps: Caps) -> int:
        """Enter a request at its worst cost, in one durable transaction with the look at the limits.

        Returns its number. Raises CapReached and OutcomeUnknown; then nothing is entered.
        """
        now = self._clock.time()
        with self._database.transaction() as db:
            if draft.unit is not None:
                (unknown,) = db.execute(
                    "SELECT count(*) FROM egress WHERE unit = ? AND purpose = ? AND at > ? "
                    "AND state IN ('reserved', 'unknown')",
                    (draft.unit, draft.purpose.value, now - UNKNOWN_SECONDS),
                ).fetchone()
                if unknown >= MOST_UNKNOWN:
                    raise OutcomeUnknown
            cap = _spent(db, now).short_of(draft.estimated, caps)
            if cap is not None:
                raise CapReached(cap, wait_for(cap, now))
            cursor = db.execute(
                "INSERT INTO egress (at, job, unit, purpose, provider, host, model, frames, pixels, bytes, "
                "sha256, estimated, cost, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'reserved')",
                (
                    now,
                    draft.job,
                    draft.unit,
                    draft.purpose.value,
                    draft.provider,
                    draft.host,
                    draft.model,
                    draft.frames,
                    draft.pixels,
                    draft.bytes,
                    draft.sha256,
                    draft.estimated,
                    draft.estimated,
                ),
            )
            assert cursor.lastrowid is not None
            return cursor.lastrowid

    def settle(
        self,
        number: int,
        state: EntryState,
        *,
        cost: Micros | None = None,
        reported: Micros | None = None,
        status: int | None = None,
    ) -> None:
        """How it ended; once. ``cost`` None: what was reserved counts."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE egress SET state = ?, cost = coalesce(?, cost), reported = ?, status = ? "
                "WHERE id = ? AND state = 'reserved'",
                (state.value, cost, reported, status, number),
            )

    def spent(self) -> Spent:
        """Today and this month. Entries that a wrong clock put into the future count: no clock gives money back."""
        now = self._clock.time()
        (row,) = self._database.read(_SPENT, _periods(now))
        return _as_spent(row)

    def entries(self, since: float = 0.0, limit: int = 1000) -> list[Entry]:
        """The newest first."""
        rows = self._database.read(
            "SELECT * FROM egress WHERE at >= ? ORDER BY at DESC, id DESC LIMIT ?", (since, limit)
        )
        return [_entry(row) for row in rows]

    def totals(self, since: float, until: float) -> Totals:
        """What was sent from ``since`` up to ``until``; what never reached its host is left out."""
        (row,) = self._database.read(
            "SELECT count(*) AS requests, coalesce(sum(frames), 0) AS frames, coalesce(sum(bytes), 0) AS bytes, "
            "coalesce(sum(cost), 0) AS cost FROM egress WHERE at >= ? AND at < ? AND state <> 'not_sent'",
            (since, until),
        )
        return Totals(row["requests"], row["frames"], row["bytes"], row["cost"])

    def by_place(self, since: float, until: float) -> list[PlaceTotals]:
        """The same apart for each place, the dearest first."""
        rows = self._database.read(
            "SELECT provider, host, model, count(*) AS requests, sum(frames) AS frames, sum(bytes) AS bytes, "
            "sum(cost) AS cost, count(*) FILTER (WHERE state <> 'settled') AS unknown FROM egress "
            "WHERE at >= ? AND at < ? AND state <> 'not_sent' GROUP BY provider, host, model "
            "ORDER BY cost DESC, requests DESC, host, model",
            (since, until),
        )
        return [
            PlaceTotals(
                row["provider"],
                row["host"],
                row["model"],
                row["unknown"],
                Totals(row["requests"], row["frames"], row["bytes"], row["cost"]),
            )
            for row in rows
        ]


_SPENT = """\
SELECT coalesce(sum(cost) FILTER (WHERE at >= ?1), 0) AS day,
    coalesce(sum(cost), 0) AS month,
    count(*) FILTER (WHERE at >= ?1 AND state <> 'not_sent') AS requests
FROM egress WHERE at >= ?2
"""


def wait_for(cap: Cap, now: float) -> float:
    """Seconds until the period of this limit ends."""
    return month_left(now) if cap is Cap.MONTH else day_left(now)


def _periods(now: float) -> tuple[float, float]:
    return day_start(now), month_start(now)


def _spent(db: sqlite3.Connection, now: float) -> Spent:
    return _as_spent(db.execute(_SPENT, _periods(now)).fetchone())


def _as_spent(row: sqlite3.Row) -> Spent:
    return Spent(row["day"], row["month"], row["requests"])


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        id=row["id"],
        at=row["at"],
        job=row["job"],
        purpose=Purpose(row["purpose"]),
        provider=row["provider"],
        host=row["host"],
        model=row["model"],
        frames=row["frames"],
        pixels=row["pixels"],
        bytes=row["bytes"],
        sha256=row["sha256"],
        estimated=row["estimated"],
        reported=row["reported"],
        cost=row["cost"],
        state=EntryState(row["state"]),
        status=row["status"],
    )
