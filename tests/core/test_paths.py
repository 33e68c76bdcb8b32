"""Where files are looked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autocut_tray.core.paths import PORTABLE_HOME, PORTABLE_MARK, Paths


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("AUTOCUT_HOME", str(tmp_path / "home"))
    return Paths.from_environment()


def test_the_env_file_of_the_current_folder_comes_last(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert paths.env_files == (paths.config / ".env", tmp_path / ".env")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the current folder of a process")
def test_a_deleted_current_folder_costs_its_env_file_only(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert paths.env_files == (paths.config / ".env",)


def test_a_portable_copy_keeps_everything_beside_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "autocut-tray"))
    (tmp_path / PORTABLE_MARK).touch()
    assert tmp_path not in Paths.from_environment({}).data.parents, "a source checkout is never portable"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert Paths.from_environment({}) == Paths.below(tmp_path / PORTABLE_HOME)
    assert Paths.from_environment({"AUTOCUT_HOME": str(tmp_path / "own")}) == Paths.below(tmp_path / "own")
    (tmp_path / PORTABLE_MARK).unlink()
    assert tmp_path not in Paths.from_environment({}).data.parents, "an installed copy is not either"
