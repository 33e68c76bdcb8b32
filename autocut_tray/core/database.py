"""SQLite as this program uses it: WAL, one writer at a time, damaged files set aside and said so."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from autocut_tray.core.errors import StorageError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message

log = logging.getLogger(__name__)

APPLICATION_ID = 0x41435444
"""``ACTD`` in the file's header: a zero-length or foreign file is not taken for ours."""

_BUSY_MS = 5000

_CODES = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_IOERR: "disk_error",
    sqlite3.SQLITE_READONLY: "storage_read_only",
    sqlite3.SQLITE_CANTOPEN: "storage_unavailable",
    sqlite3.SQLITE_BUSY: "storage_busy",
    sqlite3.SQLITE_LOCKED: "storage_busy",
    sqlite3.SQLITE_CORRUPT: "storage_corrupt",
    sqlite3.SQLITE_NOTADB: "storage_corrupt",
}


@frozen
class Schema:
    """``migrations[n]`` brings version n to n + 1; the newest version is their count."""

    migrations: tuple[str, ...]

    @property
    def version(self) -> int:
        return len(self.migrations)


class Database:
    """One SQLite file, usable from every thread of this process.

    ``durable``: a commit survives a power cut (``synchronous=FULL``), else only a crash of the program.
    ``problem`` tells what happened to a damaged predecessor, if anything did. Raises StorageError.
    """

    def __init__(self, file: Path, schema: Schema, *, durable: bool) -> None:
        self._file = file
        self._schema = schema
        self._durable = durable
        self._lock = threading.RLock()
        self.problem: Message | None = None
        self._read_lock = threading.Lock()
        with _mapped(file):
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._connection = self._open_or_replace()
            self._reader = self._open_reader()

    def _open_or_replace(self) -> sqlite3.Connection:
        try:
            return self._open()
        except sqlite3.DatabaseError as error:
            if _primary(error) not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise
            log.error("%s is damaged (%s) and is set aside", self._file.name, error)
        aside = self._set_aside()
        self.problem = message("storage-set-aside", file=self._file.name, aside=aside.name)
        return self._open()

    def _open(self) -> sqlite3.Connection:
        existed = self._file.exists() and self._file.stat().st_size > 0
        connection = sqlite3.connect(
            self._file, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False
        )
        try:
            with contextlib.suppress(OSError):
                self._file.chmod(0o600)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={'FULL' if self._durable else 'NORMAL'}")
            connection.execute("PRAGMA foreign_keys=ON")
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            if verdict != "ok" or (existed and application not in (0, APPLICATION_ID)):
                raise _damaged(f"quick_check: {verdict}, application_id {application:#x}")
            self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _open_reader(self) -> sqlite3.Connection:
        """A connection of its own for reading: with a write-ahead log readers never wait for writers."""
        reader = sqlite3.connect(
            self._file, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False
        )
        reader.row_factory = sqlite3.Row
        reader.execute("PRAGMA query_only=ON")
        return reader

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")  # before reading the version: two processes may start at once
        try:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > self._schema.version:
                raise StorageError("storage_newer", message("storage-newer", file=self._file.name))
            for migration in self._schema.migrations[version:]:
                for statement in migration.split(";\n"):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version={self._schema.version}")
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _set_aside(self) -> Path:
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        aside = self._file.with_name(f"{self._file.name}.corrupt-{stamp}-{os.getpid()}")
        for suffix in ("", "-wal", "-shm"):
            part = self._file.with_name(self._file.name + suffix)
            if part.exists():
                part.replace(aside.with_name(aside.name + suffix))
        return aside

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and nobody else writes meanwhile. Raises StorageError."""
        with self._lock, _mapped(self._file):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[sqlite3.Row]:
        """All rows at once, so that no reader holds the write-ahead log open. Raises StorageError."""
        with self._read_lock, _mapped(self._file):
            return self._reader.execute(sql, tuple(parameters)).fetchall()

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file and empty it."""
        with self._lock, _mapped(self._file):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        with self._lock, self._read_lock:
            self._reader.close()  # first, or the log could not be emptied
            try:
                self.checkpoint()
            except StorageError as error:
                log.warning("No checkpoint of %s at the end: %s", self._file.name, error)
            self._connection.close()


def _damaged(words: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(words)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _primary(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


@contextlib.contextmanager
def _mapped(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = _CODES.get(_primary(error), "storage_failed")
        raise StorageError(
            code, message(f"error-{code.replace('_', '-')}", file=file.name), detail=str(error)
        ) from error
    except (UnicodeError, OverflowError) as error:  # a value that SQLite cannot hold
        raise StorageError(
            "storage_failed", message("error-storage-failed", file=file.name), detail=str(error)
        ) from error
    except OSError as error:
        raise StorageError(
            "storage_unavailable",
            message("error-storage-unavailable", file=str(file)),
            detail=str(error),
        ) from error
