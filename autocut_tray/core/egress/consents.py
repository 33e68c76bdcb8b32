"""The yeses that hold, and the prices that people entered, on disk."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from autocut_tray.core.clock import Clock
from autocut_tray.core.database import Database
from autocut_tray.core.egress.consent import CONSENT_TEXT, Consent, Destination, Purpose
from autocut_tray.core.egress.prices import Micros, Price, PriceTable

log = logging.getLogger(__name__)

TYPICAL_TEXT, TYPICAL_ANSWER = 6000, 1400
"""Bytes of text with a picture, and tokens of an answer with its repair: a usual request is no larger."""

_IN_FORCE = "SELECT * FROM consents WHERE revoked_at IS NULL ORDER BY given_at, id"


class ConsentStore:
    """Read anew whenever it is asked: another process may have revoked. Raises StorageError."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def in_force(self) -> tuple[Consent, ...]:
        """Oldest first; those to an older text are among them and cover nothing."""
        return tuple(_consent(row) for row in self._database.read(_IN_FORCE))

    def add(self, destination: Destination, per_request: Micros | None) -> Consent:
        """A yes to the text of today, in place of an earlier one; with the price a request, if one was entered."""
        now = self._clock.time()
        given = Consent(
            destination.provider,
            destination.address,
            destination.model,
            destination.purpose,
            CONSENT_TEXT,
            now,
        )
        with self._database.transaction() as db:
            _revoke(db, given, now)
            db.execute(
                "INSERT INTO consents (provider, address, model, purpose, text, given_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (given.provider, given.address, given.model, given.purpose.value, given.text, now),
            )
            if per_request is not None:
                _put_price(db, given.address, given.model, per_request, now)
        return given

    def revoke(self, consent: Consent) -> None:
        with self._database.transaction() as db:
            _revoke(db, consent, self._clock.time())

    def put_price(self, address: str, model: str, per_request: Micros | None) -> None:
        """What a person knows a request to cost there; None: the table counts again."""
        with self._database.transaction() as db:
            if per_request is None:
                db.execute("DELETE FROM prices WHERE address = ? AND model = ?", (address, model))
            else:
                _put_price(db, address, model, per_request, self._clock.time())

    def entered_price(self, address: str, model: str) -> Price | None:
        rows = self._database.read(
            "SELECT per_request FROM prices WHERE address = ? AND model = ?", (address, model)
        )
        return Price(per_request=int(rows[0]["per_request"])) if rows else None


def peek(file: Path) -> tuple[Consent, ...]:
    """What the policy may count on, for those that only look: nothing is made, mended or locked.

    Nothing holds where the file is absent or cannot be read.
    """
    if not file.exists():
        return ()
    # Without its log the file cannot change under us, and SQLite would have to make one to lock it.
    mode = "mode=ro" if file.with_name(f"{file.name}-wal").exists() else "mode=ro&immutable=1"
    try:
        with contextlib.closing(
            sqlite3.connect(f"{file.absolute().as_uri()}?{mode}", uri=True, timeout=1.0)
        ) as db:
            db.row_factory = sqlite3.Row
            given = [_consent(row) for row in db.execute(_IN_FORCE)]
            entered = {
                (row["address"], row["model"]): Price(per_request=row["per_request"])
                for row in db.execute("SELECT * FROM prices")
            }
    except (sqlite3.Error, ValueError) as error:
        log.info("Consents in %s are not read: %s", file.name, error)
        return ()
    table = PriceTable.read() if given else PriceTable({})
    return effective(
        given, lambda one: entered.get((one.address, one.model)) or table.find(one.host, one.model)
    )


def effective(consents: Iterable[Consent], price: Callable[[Consent], Price | None]) -> tuple[Consent, ...]:
    """Those to the text of today whose price is known: what the policy may count on."""
    return tuple(
        consent
        for consent in consents
        if consent.text == CONSENT_TEXT and usual_worst(price(consent), consent.purpose) is not None
    )


def usual_worst(price: Price | None, purpose: Purpose, pictures: int = 1) -> Micros | None:
    """The most that one usual request costs, with so many pictures where it has any; None where nobody knows."""
    sent = pictures if purpose is Purpose.VISION else 0
    return None if price is None else price.worst(TYPICAL_TEXT, sent, TYPICAL_ANSWER)


def price_of(destination: Destination, store: ConsentStore, table: PriceTable) -> Price | None:
    """The person's word, else the table's; None where nobody knows."""
    entered = store.entered_price(destination.address, destination.model)
    known = table.find(destination.host, destination.model)
    if entered is None:
        return known
    return entered if known is None else replace(known, per_request=entered.per_request)


def _consent(row: sqlite3.Row) -> Consent:
    return Consent(
        row["provider"], row["address"], row["model"], Purpose(row["purpose"]), row["text"], row["given_at"]
    )


def _revoke(db: sqlite3.Connection, consent: Consent, now: float) -> None:
    db.execute(
        "UPDATE consents SET revoked_at = ? "
        "WHERE address = ? AND model = ? AND purpose = ? AND revoked_at IS NULL",
        (now, consent.address, consent.model, consent.purpose.value),
    )


def _put_price(db: sqlite3.Connection, address: str, model: str, per_request: Micros, now: float) -> None:
    db.execute(
        "INSERT INTO prices (address, model, per_request, entered_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (address, model) DO UPDATE SET per_request = excluded.per_request, "
        "entered_at = excluded.entered_at",
        (address, model, per_request, now),
    )
