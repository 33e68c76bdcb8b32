"""Files that vanish, grow or come slowly: told as what they are, and nothing is taken for a result that is none.

What is simulated: the disk. A slow one is a file object whose reads take their time on a clock of its own; one that
stands still is :func:`tests.media.test_client.test_a_real_worker_that_stands_still`.
"""

from __future__ import annotations

import io
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import InputError
from autocut_tray.core.footage import Finished, Keyframe, Progress, Scene, Video, WorkerMessage
from autocut_tray.core.media import worker_open
from autocut_tray.core.media.gate import change_of, check_file
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.scanner import SILENCE_SECONDS, WorkerScanner
from autocut_tray.core.media.wire import Request
from autocut_tray.core.media.worker_scan import scan
from tests.fakes import FakeClock
from tests.media_samples import SampleVideo, cuts_video

posix = pytest.mark.skipif(os.name == "nt", reason="an open file cannot be taken away there")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleVideo:
    """Eight seconds; MPEG-TS, of which every part is a video."""
    return cuts_video(tmp_path_factory.mktemp("sample") / "a.ts", cuts=[50, 100, 150], frames=200)


class Meanwhile:
    """The reading of a file by a real worker, with something happening to it after the first message."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[WorkerMessage] = []

    def read(self, then: Any) -> None:
        scanner = WorkerScanner(SystemClock())
        with scanner.scan(str(self.path), ScanOptions(), CancelToken()) as messages:
            for number, message in enumerate(messages):
                if number == 0:
                    then()
                self.said.append(message)


def copied(sample: SampleVideo, folder: Path, share: float = 1.0) -> Path:
    data = sample.path.read_bytes()
    path = folder / "clip.ts"
    path.write_bytes(data[: int(len(data) * share)])
    return path


def test_a_file_that_grows_while_it_is_read_is_no_result(sample: SampleVideo, tmp_path: Path) -> None:
    path = copied(sample, tmp_path, 0.5)

    def grow() -> None:
        with path.open("ab") as file:
            file.write(sample.path.read_bytes()[path.stat().st_size :])

    reading = Meanwhile(path)
    with pytest.raises(InputError, match="still_written"):
        reading.read(grow)
    assert any(isinstance(message, Scene) for message in reading.said), "what was found stays"
    assert not any(isinstance(message, Finished) for message in reading.said)
    again = Meanwhile(path)
    again.read(lambda: None)
    assert [m.end_frame for m in again.said if isinstance(m, Scene)][-1] == 200


def test_one_that_is_written_in_place_is_known_by_its_time(sample: SampleVideo, tmp_path: Path) -> None:
    """As by a copy that makes room for the whole file first."""
    path = copied(sample, tmp_path)
    at = path.stat().st_mtime
    with pytest.raises(InputError, match="still_written"):
        Meanwhile(path).read(lambda: os.utime(path, (at + 60, at + 60)))
    source = check_file(str(path))
    os.utime(path, (at + 61, at + 61))
    assert change_of(source, failed=True) is None, "times are rounded differently by different drives"


@posix
def test_one_that_is_taken_away_while_it_is_read_is_read_to_its_end(
    sample: SampleVideo, tmp_path: Path
) -> None:
    path = copied(sample, tmp_path)
    reading = Meanwhile(path)
    reading.read(path.unlink)
    assert isinstance(reading.said[-1], Finished)


@posix
@pytest.mark.parametrize("gone", [True, False])
def test_what_broke_off_is_put_down_to_what_happened_to_the_file(
    sample: SampleVideo, tmp_path: Path, gone: bool
) -> None:
    """Cut to nothing: on a drive that was pulled out, reads fail in the same way."""
    path = copied(sample, tmp_path)

    def pull() -> None:
        os.truncate(path, 0)
        if gone:
            path.unlink()

    reading = Meanwhile(path)
    try:
        reading.read(pull)
    except InputError as error:
        assert error.code == ("vanished" if gone else "still_written")
    else:  # all of it was in the worker's memory already: nothing was lost with it
        assert gone and isinstance(reading.said[-1], Finished)


def test_the_words_for_each_case(sample: SampleVideo, tmp_path: Path) -> None:
    path = copied(sample, tmp_path)
    source = check_file(str(path))
    assert change_of(source, failed=True) is None and change_of(source, failed=False) is None
    path.unlink()
    assert change_of(source, failed=False) is None
    gone = change_of(source, failed=True)
    assert gone is not None and gone.code == "vanished"
    path.write_bytes(b"another one")
    other = change_of(source, failed=False)
    assert other is not None and other.code == "still_written"


def test_a_file_that_is_gone_before_its_turn_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not_found"):
        Meanwhile(tmp_path / "gone.ts").read(lambda: None)


# -- a slow disk


class SlowDisk(io.BytesIO):
    """Every read takes as long as the disk needs for it, on ``clock``; ``asleep``: seconds before the first."""

    def __init__(self, data: bytes, clock: FakeClock, *, bytes_a_second: float, asleep: float = 0.0) -> None:
        super().__init__(data)
        self._clock = clock
        self._rate = bytes_a_second
        self._asleep = asleep

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self._clock.advance(self._asleep + len(data) / self._rate)
        self._asleep = 0.0
        return data


def read_slowly(
    monkeypatch: pytest.MonkeyPatch, sample: SampleVideo, *, seconds: float, asleep: float = 0.0
) -> Iterator[tuple[float, WorkerMessage]]:
    """The worker's own reading, in this process, from a disk that needs ``seconds`` for the whole file."""
    clock, data = FakeClock(), sample.path.read_bytes()
    disk = SlowDisk(data, clock, bytes_a_second=len(data) / seconds, asleep=asleep)
    real = av.open
    monkeypatch.setattr(worker_open.av, "open", lambda path, **more: real(disk, **more))
    said: list[tuple[float, WorkerMessage]] = []
    request = Request(os.fsencode(sample.path), len(data), ScanOptions(threads=1, sound=False), ())
    scan(request, lambda message: said.append((clock.monotonic(), message)), clock, lambda _: None)
    return iter(said)


def test_a_slow_disk_is_never_taken_for_a_dead_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ten seconds of video that take two minutes to come: there is a word more often than silence is forgiven."""
    cuts = list(range(25, 250, 25))
    sample = cuts_video(tmp_path / "large.mkv", cuts=cuts, frames=250, codec="ffv1")
    said = list(read_slowly(monkeypatch, sample, seconds=120.0, asleep=12.0))
    times = [0.0, *(at for at, _ in said)]
    assert max(after - before for before, after in itertools.pairwise(times)) < SILENCE_SECONDS
    kinds = [type(message) for _, message in said]
    assert kinds.count(Scene) == kinds.count(Keyframe) == 10 and kinds.count(Progress) > 30
    assert kinds[0] is Video and kinds[-1] is Finished
    first = next(at for at, message in said if isinstance(message, Scene))
    assert first < 0.4 * times[-1], "scenes come while the rest is still on the disk"


def test_a_drive_may_spin_up_before_it_is_given_up() -> None:
    assert all(12.0 < limit < SILENCE_SECONDS for limit in worker_open._TIMEOUTS)
