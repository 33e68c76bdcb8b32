"""The tables of consent, prices and the ledger, in the database of the jobs: one file, one writer, FULL sync."""

from __future__ import annotations

EGRESS_TABLES = """\
CREATE TABLE consents (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    address TEXT NOT NULL,
    model TEXT NOT NULL,
    purpose TEXT NOT NULL,
    text INTEGER NOT NULL,
    given_at REAL NOT NULL,
    revoked_at REAL
);
CREATE UNIQUE INDEX consents_in_force ON consents (address, model, purpose) WHERE revoked_at IS NULL;
CREATE TABLE prices (
    address TEXT NOT NULL,
    model TEXT NOT NULL,
    per_request INTEGER NOT NULL,
    entered_at REAL NOT NULL,
    PRIMARY KEY (address, model)
) WITHOUT ROWID;
CREATE TABLE egress (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    job TEXT,
    unit TEXT,
    purpose TEXT NOT NULL,
    provider TEXT NOT NULL,
    host TEXT NOT NULL,
    model TEXT NOT NULL,
    frames INTEGER NOT NULL,
    pixels INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    estimated INTEGER NOT NULL,
    reported INTEGER,
    cost INTEGER NOT NULL,
    state TEXT NOT NULL,
    status INTEGER
);
CREATE INDEX egress_by_time ON egress (at);
CREATE INDEX egress_by_unit ON egress (unit) WHERE unit IS NOT NULL;
"""
