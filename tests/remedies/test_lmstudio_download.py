"""Downloads that LM Studio does and we watch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import BackendError, Cancelled
from autocut_tray.core.remedies.lmstudio_download import MOST_LOSSES, POLL_SECONDS, LmStudioDownload
from autocut_tray.core.remedies.progress import Progress, Stage
from tests.remedies.conftest import HookedClock, error_in_words
from tests.servers.fake_lmstudio import FakeLmStudio
from tests.servers.lmstudio_store import StudioModel
from tests.servers.scripted import closed_port
from tests.servers.wire_faults import Drop, Reply

NAME = "https://huggingface.co/someone/tiny-vision-GGUF"
SIZE = 1_000_000
STATUS = "/api/v1/models/download/status/*"


@pytest.fixture
def studio() -> Iterator[FakeLmStudio]:
    with FakeLmStudio([]) as server:
        server.store.offers[NAME] = StudioModel("someone/tiny-vision", size_bytes=SIZE)
        server.download_per_poll = SIZE // 10
        yield server


class Watcher:
    def __init__(self, root: str, key: str | None = None, name: str = NAME) -> None:
        self.clock = HookedClock()
        self.cancel = CancelToken()
        self.seen: list[Progress] = []
        self.on_report: Callable[[Progress], object] = lambda progress: None
        self._download = LmStudioDownload(root, key, name, self.clock)

    def run(self) -> bool:
        return self._download.run(self._report, self.cancel)

    def failure(self) -> BackendError:
        with pytest.raises(BackendError) as raised:
            self.run()
        error_in_words(raised.value)
        return raised.value

    def _report(self, progress: Progress) -> None:
        if self.seen:
            assert progress.done_bytes >= self.seen[-1].done_bytes
        assert progress.total_bytes is None or progress.done_bytes <= progress.total_bytes
        self.seen.append(progress)
        self.on_report(progress)


def test_to_its_end(studio: FakeLmStudio) -> None:
    watcher = Watcher(studio.url)
    assert watcher.run()
    assert "someone/tiny-vision" in studio.store.models
    assert [progress.stage for progress in watcher.seen[:2]] == [Stage.PREPARING, Stage.DOWNLOADING]
    assert watcher.seen[-1].done_bytes == SIZE * 9 // 10 and watcher.seen[-1].total_bytes == SIZE
    assert set(watcher.clock.waits) == {POLL_SECONDS}
    speed = watcher.seen[-1].bytes_per_second
    assert speed == pytest.approx(SIZE / 10, rel=0.01)
    assert watcher.seen[-1].seconds_left == pytest.approx(1.0, rel=0.01)


def test_already_there(studio: FakeLmStudio) -> None:
    Watcher(studio.url).run()
    assert not Watcher(studio.url).run()


def test_paused_and_resumed(studio: FakeLmStudio) -> None:
    watcher = Watcher(studio.url)

    def pause_and_resume() -> None:
        job = next(iter(studio.store.downloads.values()), None)
        if job is not None:
            job.status = "paused" if 3 <= len(watcher.clock.waits) < 6 else "downloading"

    watcher.clock.meanwhile = pause_and_resume
    assert watcher.run()
    paused = [progress for progress in watcher.seen if progress.stage is Stage.PAUSED]
    assert paused and all(progress.bytes_per_second is None for progress in paused)


@pytest.mark.parametrize("status", ["failed", "exploded", None])
def test_failed(studio: FakeLmStudio, status: str | None) -> None:
    watcher = Watcher(studio.url)

    def fail() -> None:
        for job in studio.store.downloads.values():
            job.status = status  # type: ignore[assignment]

    watcher.clock.meanwhile = fail
    assert watcher.failure().code == "lmstudio_download_failed"


def test_it_forgets_the_download(studio: FakeLmStudio) -> None:
    watcher = Watcher(studio.url)
    watcher.clock.meanwhile = studio.store.downloads.clear
    assert watcher.failure().code == "lmstudio_download_lost"


def test_not_to_be_found(studio: FakeLmStudio) -> None:
    assert Watcher(studio.url, name="someone/else").failure().code == "lmstudio_no_such_model"


def test_too_old_answers_200_with_an_error() -> None:
    with FakeLmStudio(version="0.3.30") as studio:
        assert Watcher(studio.url).failure().code == "lmstudio_too_old"


def test_a_token(studio: FakeLmStudio) -> None:
    studio.token = "sk-lm-test:0123456789"
    assert Watcher(studio.url).failure().code == "key_needed"
    assert Watcher(studio.url, "sk-lm-wrong:0123456789").failure().code == "key_refused"
    assert Watcher(studio.url, studio.token).run()


def test_silent_from_the_beginning() -> None:
    assert Watcher(f"http://127.0.0.1:{closed_port()}").failure().code == "lmstudio_silent"


def test_losses_are_borne_for_a_while(studio: FakeLmStudio) -> None:
    studio.faults.add(Drop(), path=STATUS, times=MOST_LOSSES)
    assert Watcher(studio.url).run()
    studio.store.models.clear()
    studio.faults.add(Drop(), path=STATUS, times=None)
    watcher = Watcher(studio.url)
    assert watcher.failure().code == "lmstudio_silent"
    assert len(watcher.clock.waits) == MOST_LOSSES + 1


def test_a_job_whose_name_is_no_name(studio: FakeLmStudio) -> None:
    body = {"job_id": "../../unload", "status": "downloading", "total_size_bytes": 5}
    studio.faults.add(Reply(200, body), path="/api/v1/models/download")
    assert Watcher(studio.url).failure().code == "lmstudio_download_failed"
    assert len(studio.journal.entries()) == 1


def test_no_longer_watched_it_goes_on(studio: FakeLmStudio) -> None:
    watcher = Watcher(studio.url)
    watcher.on_report = lambda progress: watcher.cancel.cancel() if progress.done_bytes else None
    with pytest.raises(Cancelled):
        watcher.run()
    assert [job.status for job in studio.store.downloads.values()] == ["downloading"]


def test_nonsense_figures(studio: FakeLmStudio) -> None:
    replies = [
        {"status": "downloading", "total_size_bytes": "x", "downloaded_bytes": -5},
        {"status": "downloading", "total_size_bytes": 50, "downloaded_bytes": 500},
        {"status": "downloading"},
        {"status": "completed"},
    ]
    studio.faults.add(*(Reply(200, body) for body in replies), path=STATUS)
    watcher = Watcher(studio.url)
    assert watcher.run()
