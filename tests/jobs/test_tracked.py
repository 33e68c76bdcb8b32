"""What a job really holds in this process is tracked while it is there: pictures on their way, sound, subtitles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autocut_tray.core.analyzers.base import DescribeRequest, Description
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import StorageError
from autocut_tray.core.footage import Finished, SceneSound, SceneWords, WorkerMessage
from autocut_tray.core.jobs.job import JobState
from autocut_tray.core.jobs.run import Outcome
from autocut_tray.core.jobs.store import JobStore
from autocut_tray.core.memory.budget import UnifiedMemoryManager
from autocut_tray.core.memory.policies import shipped_policies
from autocut_tray.core.memory.tracker import Resource, ResourceTracker
from autocut_tray.core.release import ResourceKind
from tests.jobs.fakes import DESCRIPTION, FakeAnalyzer, video
from tests.jobs.test_heard import LOUD, QUIET
from tests.jobs.test_run import Bench, bench

POLICIES = shipped_policies()
BUFFERS, AUDIO, SUBTITLES = (
    ResourceKind.TEMP_BUFFERS,
    ResourceKind.AUDIO_CACHE,
    ResourceKind.SUBTITLE_INDEX,
)


class Watched:
    """A run with a tracker; ``look`` says what there is of one kind."""

    def __init__(self, b: Bench) -> None:
        self.tracker = ResourceTracker(lambda: POLICIES, SystemClock())
        b.budget = UnifiedMemoryManager(SystemClock(), tracker=self.tracker)

    def look(self, kind: ResourceKind) -> list[Resource]:
        return [one for one in self.tracker.find(kind=kind) if one.bytes != 0]

    def release(self, resource: Resource) -> None:
        owner = self.tracker.owner_of(resource)
        assert owner is not None
        owner.release(0.0, compress=False)


def saying(b: Bench, *said: WorkerMessage | Callable[[CancelToken], None]) -> None:
    """Lets the scanner say these before the end."""
    b.scanner.messages[-1:-1] = said


def test_a_picture_that_is_being_described_is_tracked_in_use(store: JobStore, tmp_path: Path) -> None:
    seen: list[Resource] = []

    def look(_: DescribeRequest) -> Description:
        seen.extend(watched.look(BUFFERS))
        return DESCRIPTION

    b = bench(store, tmp_path, scenes=3, analyzer=FakeAnalyzer(look))
    watched = Watched(b)
    assert b.make().run() == Outcome(JobState.DONE)
    assert [(one.name, one.bytes, one.in_use) for one in seen] == [("descriptions", 6, True)] * 3
    after = watched.tracker.statistics()
    assert watched.look(BUFFERS) == [] and (after.count, after.lost) == (0, 0)


def test_what_is_heard_and_said_is_tracked_until_it_is_stored(store: JobStore, tmp_path: Path) -> None:
    """Nobody asks for it: it goes to the disk at the end, all of it."""
    b = bench(store, tmp_path, scenes=2)
    watched = Watched(b)
    seen: list[tuple[int, int]] = []

    def look(_: CancelToken) -> None:
        seen.append((len(watched.look(AUDIO)), len(watched.look(SUBTITLES))))
        assert all(not one.in_use and (one.bytes or 0) > 50 for one in watched.tracker.find(kind=AUDIO))

    saying(b, SceneSound(1, LOUD), SceneWords(1, "Look"), look)
    assert b.make().run() == Outcome(JobState.DONE)
    assert seen == [(1, 1)]
    assert [(one.sound, one.subtitles) for one in store.scenes(b.job.id)] == [(LOUD, "Look"), (None, None)]
    assert watched.tracker.statistics().count == 0


def test_when_memory_is_short_it_goes_to_the_disk_at_once_and_nothing_is_lost(
    store: JobStore, tmp_path: Path
) -> None:
    b = bench(store, tmp_path, scenes=3)
    watched = Watched(b)
    stored: list[list[tuple[object, str | None]]] = []

    def short(_: CancelToken) -> None:
        for kind in (AUDIO, SUBTITLES):
            (held,) = watched.look(kind)
            watched.release(held)
        assert watched.look(AUDIO) == watched.look(SUBTITLES) == []
        stored.append([(one.sound, one.subtitles) for one in store.scenes(b.job.id)])

    saying(b, SceneSound(1, LOUD), SceneWords(1, "first"), SceneWords(2, "second"), short)
    saying(b, SceneSound(2, QUIET), SceneWords(3, "third"))
    assert b.make().run() == Outcome(JobState.DONE)
    assert stored == [[(LOUD, "first"), (None, "second"), (None, None)]]
    assert [(one.sound, one.subtitles) for one in store.scenes(b.job.id)] == [
        (LOUD, "first"), (QUIET, "second"), (None, "third"),
    ]  # fmt: skip


def test_words_of_an_earlier_reading_go_with_the_first_of_the_new_one(
    store: JobStore, tmp_path: Path
) -> None:
    b = bench(store, tmp_path, scenes=3)
    saying(b, SceneWords(1, "old"), SceneWords(3, "old"))
    whole = b.scanner.messages.pop()
    b.scanner.messages.append(Finished(video(75), damaged_at=2.0))
    assert b.make().run().state is JobState.FAILED
    b.finish(Outcome(JobState.FAILED))
    watched = Watched(b)
    b.scanner.messages = [one for one in b.scanner.messages[:-1] if not isinstance(one, SceneWords)]
    b.scanner.messages.append(whole)

    def short(_: CancelToken) -> None:
        (held,) = watched.look(SUBTITLES)
        watched.release(held)

    saying(b, SceneWords(2, "new"), short)
    assert b.make().run() == Outcome(JobState.DONE)
    assert [one.subtitles for one in store.scenes(b.job.id)] == [None, "new", None]


def test_a_full_disk_costs_the_release_and_nothing_else(
    store: JobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    b = bench(store, tmp_path, scenes=1)
    watched = Watched(b)

    def full(*_: object) -> None:
        raise StorageError("storage_unavailable")

    def short(_: CancelToken) -> None:
        (held,) = watched.look(AUDIO)
        with monkeypatch.context() as patch:
            patch.setattr(JobStore, "put_heard", full)
            watched.release(held)
        assert watched.look(AUDIO)[0].bytes == held.bytes, "it is still there"

    saying(b, SceneSound(1, LOUD), short)
    assert b.make().run() == Outcome(JobState.DONE)
    assert [one.sound for one in store.scenes(b.job.id)] == [LOUD]
