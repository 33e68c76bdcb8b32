"""A database of jobs for each test of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autocut_tray.core.jobs.store import JobStore
from tests.fakes import FakeClock


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    opened = JobStore(tmp_path / "app.db", FakeClock())
    yield opened
    opened.close()
