"""Videos made once for all tests of this folder, and a short way to read one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import InputError
from autocut_tray.core.footage import Finished, Keyframe, Scene, Video, WorkerMessage
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.scanner import WorkerScanner
from tests.media_samples import SampleVideo, cuts_video


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything a worker said of one video."""

    messages: tuple[WorkerMessage, ...]

    @property
    def first_words(self) -> Video:
        assert isinstance(self.messages[0], Video)
        return self.messages[0]

    @property
    def end(self) -> Finished:
        assert isinstance(self.messages[-1], Finished)
        return self.messages[-1]

    @property
    def video(self) -> Video:
        return self.end.video

    @property
    def scenes(self) -> list[Scene]:
        return [m for m in self.messages if isinstance(m, Scene)]

    @property
    def keyframes(self) -> list[Keyframe]:
        return [m for m in self.messages if isinstance(m, Keyframe)]

    @property
    def borders(self) -> list[tuple[int, int]]:
        return [(s.start_frame, s.end_frame) for s in self.scenes]


def read_video(path: Path | str, options: ScanOptions | None = None, silence: float = 30.0) -> Reading:
    """Through the real worker to the end; raises InputError."""
    scanner = WorkerScanner(SystemClock(), silence)
    with scanner.scan(str(path), options or ScanOptions(), CancelToken()) as messages:
        return Reading(tuple(messages))


def refusal(path: Path | str, options: ScanOptions | None = None) -> InputError:
    """The error that reading ends in."""
    with pytest.raises(InputError) as caught:
        read_video(path, options)
    return caught.value


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., SampleVideo]:
    """``make("name.mp4", cuts=[40], ...)``: a video in a folder of its own."""

    def made(name: str, **how: object) -> SampleVideo:
        return cuts_video(tmp_path_factory.mktemp("video") / name, **how)  # type: ignore[arg-type]

    return made


@pytest.fixture(scope="session")
def clip(make: Callable[..., SampleVideo]) -> SampleVideo:
    """Three shots in 120 frames of MP4, without sound."""
    return make("clip.mp4", cuts=[40, 75], frames=120)
