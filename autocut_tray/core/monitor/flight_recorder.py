"""What the governor saw and was told, on disk, so that its decisions can be made again.

The lines of a trace (``replay.py``), packed in chunks of :data:`CHUNK_LINES`. Each chunk begins with the whole
state of the governor, so a replay may begin at any of them. A reading takes about 12 bytes; what is older than the
history or beyond :data:`MOST_BYTES` is forgotten, the oldest first.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autocut_tray.core.clock import Clock
from autocut_tray.core.database import Database
from autocut_tray.core.errors import StorageError

Json = dict[str, Any]

CHUNK_LINES = 1000
MOST_BYTES = 48 * 1024 * 1024
"""Thirty days of a reading a second take less."""

_WINDOW, _EFFORT = 12, 5
"""Of zlib: 4 KiB of lines to find repetitions in, and 32 KiB of memory instead of 260. Lines are so much alike that
more finds no more."""

_UNSAVED_BYTES = 64 * 1024
"""What waits in memory while the disk takes none, about an hour of readings; the oldest chunk goes first. Chunks are
not counted: a few changes of the settings begin as many of them within a minute."""

_ANCHOR_SECONDS = 1.0
"""The monotonic clock may stray this far from the time of day before a line says the time of day again."""

MIGRATION = """\
CREATE TABLE tape (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    follows INTEGER,
    since REAL NOT NULL,
    until REAL NOT NULL,
    head BLOB NOT NULL,
    lines BLOB NOT NULL
);
CREATE INDEX tape_by_time ON tape (until);
"""


@dataclass(slots=True)
class _Chunk:
    """Lines that grow. ``follows``: the chunk it continues, None where it begins anew."""

    since: float
    until: float
    head: bytes
    follows: _Chunk | None
    id: int | None = None
    count: int = 0
    changed: bool = True
    _packer: Any | None = field(default_factory=lambda: zlib.compressobj(9, zlib.DEFLATED, _WINDOW, _EFFORT))
    _packed: list[bytes] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes, once it is sealed."""
        return len(self.head) + sum(map(len, self._packed))

    def add(self, text: str, at: float) -> None:
        assert self._packer is not None, "a chunk that grows"
        self._packed.append(self._packer.compress(text.encode() + b"\n"))
        self.until = max(self.until, at)
        self.count += 1
        self.changed = True

    def packed(self) -> bytes:
        """All lines so far; more may be added afterwards, unless it is sealed."""
        self._packed = [b"".join(self._packed)]
        return self._packed[0] + (bytes(self._packer.copy().flush()) if self._packer is not None else b"")

    def seal(self) -> None:
        """No more lines come: what the packer holds is not needed any more."""
        if self._packer is not None:
            self._packed.append(self._packer.flush())
            self._packer = None


class FlightRecorder:
    """The tape of the controller's governor, kept beside the history. Safe to use from several threads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._chunks: list[_Chunk] = []
        self._offset = 0.0

    # --- as a Tape -----------------------------------------------------------------------------------------------

    def begin(self, resume: Callable[[], Json]) -> None:
        """Start a new chunk when the last one is full."""
        if not self._chunks or self._chunks[-1].count >= CHUNK_LINES:
            self._open(resume(), continues=True)

    def write(self, line: Json) -> None:
        if line.get("start") == "new":
            self._open(line, continues=False)
            return
        at = self._clock.time()
        offset = at - line["t"]
        if abs(offset - self._offset) > _ANCHOR_SECONDS:
            self._offset = offset
            line = line | {"at": round(at, 3)}
        with self._lock:
            self._chunks[-1].add(_packed_json(line), at)

    def _open(self, head: Json, *, continues: bool) -> None:
        at = self._clock.time()
        self._offset = at - head["t"]
        packed = zlib.compress(_packed_json(head | {"at": round(at, 3)}).encode(), 9)
        with self._lock:
            last = self._chunks[-1] if self._chunks else None
            if last is not None:
                last.seal()
            self._chunks.append(_Chunk(at, at, packed, last if continues else None))
            while len(self._chunks) > 1 and sum(chunk.size for chunk in self._chunks) > _UNSAVED_BYTES:
                del self._chunks[0]
                self._chunks[0].follows = None  # lines are missing before it, so it is read from its own head

    # --- storage -------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write what is new. Raises StorageError; then it stays in memory for the next time."""
        with self._flushing:
            with self._lock:
                work = [(chunk, chunk.packed(), chunk.until) for chunk in self._chunks if chunk.changed]
                for chunk, _lines, _until in work:
                    chunk.changed = False
            ids: dict[int, int] = {}
            try:
                if work:
                    with self._database.transaction() as db:
                        for chunk, lines, until in work:
                            ids[id(chunk)] = _store(db, chunk, lines, until, ids)
            except StorageError:
                with self._lock:
                    for chunk, _lines, _until in work:
                        chunk.changed = True
                raise
            with self._lock:
                for chunk, _lines, _until in work:
                    chunk.id, chunk.follows = ids[id(chunk)], None
                self._chunks = [c for c in self._chunks if c.changed or c is self._chunks[-1]]

    def prune(self, db: sqlite3.Connection, horizon: float) -> None:
        """Forget what ended before ``horizon`` (seconds since the epoch), and the oldest beyond the limit of size."""
        db.execute("DELETE FROM tape WHERE until < ?", (horizon,))
        db.execute(
            "DELETE FROM tape WHERE id IN (SELECT id FROM (SELECT id, sum(length(head) + length(lines)) "
            "OVER (ORDER BY id DESC) AS size FROM tape) WHERE size > ?)",
            (MOST_BYTES,),
        )

    # --- reading -------------------------------------------------------------------------------------------------

    def lines(self, since: float, until: float) -> Iterator[str]:
        """The trace of this time (seconds since the epoch) as far as it is stored, from the chunk in which it
        begins; lines before ``since`` bring the governor to where it was then. Raises StorageError.
        """
        known: int | None = None
        rows = self._database.read(
            "SELECT id FROM tape WHERE until >= ? AND since <= ? ORDER BY id", (since, until)
        )
        for row in rows:
            for chunk in self._database.read(
                "SELECT id, follows, head, lines FROM tape WHERE id = ?", (row["id"],)
            ):
                if known is None or chunk["follows"] != known:
                    yield zlib.decompress(chunk["head"]).decode()
                known = chunk["id"]
                yield from zlib.decompress(chunk["lines"]).decode().splitlines()


def _store(
    db: sqlite3.Connection, chunk: _Chunk, lines: bytes, until: float, just_stored: Mapping[int, int]
) -> int:
    """Insert or renew the chunk; its id. ``just_stored``: ids of chunks that were new in this transaction."""
    if chunk.id is not None:
        db.execute("UPDATE tape SET until = ?, lines = ? WHERE id = ?", (until, lines, chunk.id))
        return chunk.id
    before = chunk.follows
    follows = None if before is None else just_stored.get(id(before), before.id)
    cursor = db.execute(
        "INSERT INTO tape (follows, since, until, head, lines) VALUES (?, ?, ?, ?, ?)",
        (follows, chunk.since, until, chunk.head, lines),
    )
    return cursor.lastrowid or 0


def _packed_json(line: Json) -> str:
    return json.dumps(line, separators=(",", ":"), ensure_ascii=True)
