"""The folders and databases: can they be used, and is there room."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.database import APPLICATION_ID
from autocut_tray.core.jobs.store import SCHEMA as JOBS_SCHEMA
from autocut_tray.core.messages import message
from autocut_tray.core.monitor.history import SCHEMA as HISTORY_SCHEMA
from autocut_tray.diagnosis.finding import Finding, Json, Verdict
from autocut_tray.diagnosis.surroundings import Surroundings

MIB = 1024 * 1024
_FULL_MIB, _LOW_MIB, _LOW_SHARE = 512, 1024, 0.02
"""Below the first nothing new is started, below the others nothing is cached."""
_STEPS_BETWEEN_LOOKS = 10_000
_BUSY_SECONDS = 2.0


def folders(around: Surroundings, cancel: CancelToken) -> Finding:
    """Whether each folder can be written, and how much room its disk has."""
    paths = around.paths
    found = {
        name: _folder(folder)
        for name, folder in (
            ("config", paths.config),
            ("data", paths.data),
            ("cache", paths.cache),
            ("logs", paths.logs),
        )
    }
    locked = [folder["path"] for folder in found.values() if not folder["writable"]]
    if locked:
        said = message("doctor-folders-locked", folders=", ".join(locked))
        return Finding(Verdict.PROBLEM, said, message("doctor-folders-locked-next"), found)
    tight = min(found.values(), key=lambda folder: folder["free_mib"])
    free = f"{tight['free_mib'] / 1024:.1f}"
    if tight["free_mib"] < _LOW_MIB or tight["free_mib"] < tight["total_mib"] * _LOW_SHARE:
        verdict = Verdict.PROBLEM if tight["free_mib"] < _FULL_MIB else Verdict.WARNING
        return Finding(
            verdict, message("doctor-folders-full", free=free), message("doctor-folders-full-next"), found
        )
    return Finding(Verdict.OK, message("doctor-folders-ok", free=free), facts=found)


def _folder(folder: Path) -> Json:
    """A folder that is not there yet is as good as the nearest one above it."""
    near = next(path for path in (folder, *folder.parents) if path.is_dir())
    usage = shutil.disk_usage(near)
    return {
        "path": str(folder),
        "exists": near == folder,
        "writable": _is_writable(near),
        "free_mib": usage.free // MIB,
        "total_mib": usage.total // MIB,
    }


def _is_writable(folder: Path) -> bool:
    """By trying: the rights that a folder shows are not all that counts."""
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".autocut-doctor-"):
            return True
    except OSError:
        return False


def databases(around: Surroundings, cancel: CancelToken) -> Finding:
    """Both databases, read only: are they whole, how large, and of which version."""
    paths = around.paths
    found = {
        "app": _database(paths.app_database, JOBS_SCHEMA.version, cancel),
        "metrics": _database(paths.metrics_database, HISTORY_SCHEMA.version, cancel),
    }
    aside = sorted(
        file.name for file in paths.data.glob("*.db.corrupt-*") if file.suffix not in ("-wal", "-shm")
    )
    facts = {**found, "set_aside": aside}
    bad = [facts["file"] for facts in found.values() if facts["check"] not in ("ok", None)]
    if bad:
        said = message("doctor-databases-bad", files=", ".join(bad))
        return Finding(Verdict.PROBLEM, said, message("doctor-databases-bad-next"), facts)
    newer = [item["file"] for item in found.values() if (item["schema"] or 0) > item["expected_schema"]]
    if newer:
        said = message("doctor-databases-newer", files=", ".join(newer))
        return Finding(Verdict.PROBLEM, said, message("doctor-databases-newer-next"), facts)
    if aside:
        said = message("doctor-databases-aside", count=len(aside))
        return Finding(Verdict.WARNING, said, message("doctor-databases-aside-next"), facts)
    size = sum(item["bytes"] for item in found.values())
    return Finding(Verdict.OK, message("doctor-databases-ok", size=f"{size / MIB:.1f}"), facts=facts)


def _database(file: Path, expected: int, cancel: CancelToken) -> Json:
    """``check``: ``ok``, what SQLite says instead, or None where there is no file yet."""
    sizes = {suffix or "main": _size(file.with_name(file.name + suffix)) for suffix in ("", "-wal")}
    found: Json = {
        "file": file.name,
        "exists": file.is_file(),
        "bytes": sum(size or 0 for size in sizes.values()),
        "wal_bytes": sizes["-wal"],
        "check": None,
        "schema": None,
        "expected_schema": expected,
        "error": None,
    }
    if not sizes["main"]:  # none yet, or an empty file, which becomes one
        return found
    try:
        with reading(file, cancel) as db:
            found["check"] = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            found["schema"] = db.execute("PRAGMA user_version").fetchone()[0]
            if db.execute("PRAGMA application_id").fetchone()[0] not in (0, APPLICATION_ID):
                found["check"] = "another program's"
            names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            found["tables"] = [
                {"name": name, "rows": db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]}
                for (name,) in names
            ]
    except sqlite3.Error as error:
        found["check"] = found["check"] if found["check"] not in (None, "ok") else "unreadable"
        found["error"] = str(error)
    return found


@contextmanager
def reading(file: Path, cancel: CancelToken) -> Iterator[sqlite3.Connection]:
    """A database to look at only; what it is asked ends when ``cancel`` is. Raises sqlite3.Error.

    Whoever works on one has a write-ahead log beside it. Where there is none the file holds everything, and is read
    as one that cannot change: otherwise SQLite would leave a log and an index of its own behind.
    """
    mode = "mode=ro" if file.with_name(f"{file.name}-wal").exists() else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"{file.as_uri()}?{mode}", uri=True, timeout=_BUSY_SECONDS)) as db:
        db.set_progress_handler(lambda: cancel.cancelled, _STEPS_BETWEEN_LOOKS)
        yield db


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None
