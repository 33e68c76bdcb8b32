"""The database opens, migrates, and sets damaged files aside without losing the program."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from autocut_tray.core.database import APPLICATION_ID, Database, Schema
from autocut_tray.core.errors import StorageError

ONE = Schema(("CREATE TABLE a (x INTEGER);\n",))
TWO = Schema((*ONE.migrations, "ALTER TABLE a ADD COLUMN y INTEGER;\n"))


def fill(file: Path, schema: Schema = ONE) -> None:
    database = Database(file, schema, durable=True)
    with database.transaction() as db:
        db.executemany("INSERT INTO a (x) VALUES (?)", [(n,) for n in range(500)])
    database.close()


def count(file: Path, schema: Schema = ONE) -> int:
    database = Database(file, schema, durable=True)
    try:
        return int(database.read("SELECT count(*) AS n FROM a")[0]["n"])
    finally:
        database.close()


def test_opens_again_and_migrates(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    fill(file)
    assert count(file, TWO) == 500
    with sqlite3.connect(file) as raw:
        assert raw.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert raw.execute("PRAGMA user_version").fetchone() == (2,)
    raw.close()


def test_a_newer_database_is_refused_untouched(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    fill(file, TWO)
    before = file.read_bytes()
    with pytest.raises(StorageError, match="storage_newer"):
        Database(file, ONE, durable=True)
    assert file.read_bytes() == before


def test_a_failed_migration_leaves_the_old_version(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    fill(file)
    broken = Schema(
        (*ONE.migrations, "ALTER TABLE a ADD COLUMN y INTEGER;\nINSERT INTO nowhere VALUES (1);\n")
    )
    with pytest.raises(StorageError):
        Database(file, broken, durable=True)
    assert count(file) == 500


@pytest.mark.errors_expected
@pytest.mark.parametrize("damage", ["header", "half", "page", "foreign"])
def test_damaged_files_are_set_aside(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "app.db"
    fill(file)
    data = bytearray(file.read_bytes())
    match damage:
        case "header":
            data[:100] = b"\xa5" * 100
        case "half":
            data = data[: len(data) // 2]
        case "page":
            data[4096 : 4096 + 64] = b"\xff" * 64
        case "foreign":
            data[68:72] = b"\x00\x00\x12\x34"
    file.write_bytes(data)
    database = Database(file, ONE, durable=True)
    assert database.problem is not None and database.problem.code == "storage-set-aside"
    assert database.read("SELECT count(*) AS n FROM a")[0]["n"] == 0
    database.close()
    aside = [p for p in tmp_path.iterdir() if ".corrupt-" in p.name and not p.name.endswith(("-wal", "-shm"))]
    assert [p.read_bytes() for p in aside] == [bytes(data)]


def test_a_zero_length_file_is_a_new_database(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    file.touch()
    assert count(file) == 0


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "app.db", ONE, durable=True)
    with pytest.raises(StorageError), database.transaction() as db:
        db.execute("INSERT INTO a (x) VALUES (1)")
        db.execute("INSERT INTO nowhere VALUES (1)")
    assert database.read("SELECT * FROM a") == []
    database.close()


def test_a_lock_held_elsewhere_is_said_not_thrown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autocut_tray.core.database._BUSY_MS", 50)
    file = tmp_path / "app.db"
    database = Database(file, ONE, durable=True)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="storage_busy"), database.transaction():
        pass
    other.execute("ROLLBACK")
    other.close()
    with database.transaction() as db:
        db.execute("INSERT INTO a (x) VALUES (1)")
    database.close()
