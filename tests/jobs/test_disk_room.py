"""Below the reserve of disk space no job begins, and those in line say why."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from autocut_tray.core.errors import StorageError
from autocut_tray.core.jobs.disk_room import DiskRoom, free_mib
from autocut_tray.core.jobs.job import JobChanged, JobState
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.i18n import LANGUAGES, Translator
from tests.faults.fifty import Fifty
from tests.jobs.test_run import OPTIONS


class Disk:
    def __init__(self, store: JobStore) -> None:
        self.store = store
        self.free: int | None = 512
        self.said: list[object] = []
        self.room = DiskRoom(
            Path(), lambda: Thresholds().disk_reserve_mib, store, self.said.append, lambda _: self.free
        )

    def reasons(self) -> list[str | None]:
        jobs = sorted(self.store.jobs(), key=lambda job: job.path)
        return [job.waiting_for.code if job.waiting_for else None for job in jobs]


@pytest.mark.parametrize("free", [512, 10_000, None], ids=["just enough", "plenty", "unknown"])
def test_with_the_reserve_free_work_begins(store: JobStore, free: int | None) -> None:
    disk = Disk(store)
    store.create("/a.mp4", "a", OPTIONS)
    disk.free = free
    assert disk.room.has_room()
    assert disk.reasons() == [None] and disk.said == []


def test_below_it_jobs_in_line_wait_say_why_and_go_on(store: JobStore) -> None:
    disk = Disk(store)
    for name in "ab":
        store.create(f"/{name}.mp4", name, OPTIONS)
    running = store.create("/c.mp4", "c", OPTIONS)
    store.start(running.id)
    disk.free = 511
    for _ in range(2):
        with pytest.raises(StorageError, match="disk_reserve"):
            disk.room.has_room()
    assert disk.reasons() == ["waiting-disk-low", "waiting-disk-low", None]
    assert len(disk.said) == 2 and all(isinstance(event, JobChanged) for event in disk.said)
    disk.free = 512
    assert disk.room.has_room()
    assert disk.reasons() == [None, None, None] and len(disk.said) == 4


def test_where_nothing_waits_nothing_stands_still(store: JobStore) -> None:
    disk = Disk(store)
    disk.free = 0
    assert disk.room.has_room()


def test_what_the_system_says(tmp_path: Path) -> None:
    free = free_mib(tmp_path)
    assert free is not None and free >= 0
    assert free_mib(tmp_path / "nowhere") is None


@pytest.mark.errors_expected
def test_the_program_begins_nothing_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2**20))
    world = Fifty(tmp_path, monkeypatch)
    try:
        clip = tmp_path / "clip.mp4"
        world.services.detection.detect_now()
        world.services.start(detect=False)
        job = world.services.jobs.submit(str(clip), OPTIONS).job
        world.wait(lambda: world.services.jobs.get(job.id).waiting_for is not None, "it says why")
        job = world.services.jobs.get(job.id)
        assert job.state is JobState.QUEUED and world.services.jobs.scenes(job.id) == []
        for language in LANGUAGES:
            assert job.waiting_for is not None
            assert "512" in Translator(language).text(job.waiting_for)
    finally:
        world.close()
