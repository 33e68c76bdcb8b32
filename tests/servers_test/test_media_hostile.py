"""The hostile files bite: without care PyAV follows, swells or hangs on them."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import av
import pytest

from tests.media_hostile import Expect, HostileFile, hostile_files, pointing_elsewhere, zeros_png
from tests.media_samples import cuts_video
from tests.servers.canary import CanaryServer


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, HostileFile]:
    directory = tmp_path_factory.mktemp("hostile")
    good = cuts_video(tmp_path_factory.mktemp("good") / "good.mp4", cuts=[10], frames=30, size=(64, 36))
    return {case.path.name: case for case in hostile_files(directory, "http://127.0.0.1:9/", good)}


def frames_of(path: Path, **options: str) -> int:
    with av.open(str(path), options=options, timeout=(3, 3)) as container:
        if "max_pixels" in options:  # given at opening only, it does not bind the decoder
            container.streams.video[0].codec_context.options = options
        return sum(1 for _ in container.decode(video=0))


def test_no_videos_are_errors(cases: dict[str, HostileFile]) -> None:
    for name in (
        "zero.mp4",
        "text.mp4",
        "html.mp4",
        "random.mp4",
        "header_only.mp4",
        "no_moov.mp4",
        "truncated.mp4",
    ):
        assert cases[name].expect is Expect.ERROR
        with pytest.raises(av.FFmpegError):
            frames_of(cases[name].path)


def test_careless_opening_follows_scripts(cases: dict[str, HostileFile]) -> None:
    for name in ("ffconcat_local.mp4", "hls_local.m3u8"):
        assert frames_of(cases[name].path) == 30  # the frames of its bait
        with pytest.raises(av.FFmpegError):
            frames_of(cases[name].path, protocol_whitelist="file", format_whitelist="mov,mp4,matroska")
    reference = cases["external_reference.mov"].path
    assert (frames_of(reference), frames_of(reference, enable_drefs="1")) == (0, 1)


def test_bombs_are_small_and_large(cases: dict[str, HostileFile]) -> None:
    bomb = cases["bomb_16000.mov"].path
    assert bomb.stat().st_size < 1_000_000
    with pytest.raises(av.FFmpegError):
        frames_of(bomb, max_pixels="36000000")
    assert len(zeros_png(16_000, 16_000)) < 1_000_000


def test_small_zeros_png_is_valid(tmp_path: Path) -> None:
    picture = tmp_path / "zeros.png"
    picture.write_bytes(zeros_png(700, 600))  # more than one repeated block
    with av.open(str(picture)) as container:
        (frame,) = container.decode(video=0)
    assert (frame.width, frame.height, frame.to_ndarray(format="rgb24").max()) == (700, 600, 0)


def test_names_and_nodes(cases: dict[str, HostileFile]) -> None:
    works = [case for case in cases.values() if case.expect is Expect.WORKS]
    assert works and all(frames_of(case.path.absolute()) == 30 for case in works[:2])
    if sys.platform == "linux":
        assert len(works) == 14
        assert stat.S_ISFIFO(cases["fifo.mp4"].path.stat().st_mode)
        assert cases["dev_zero.mp4"].path.resolve() == Path("/dev/zero")
        with pytest.raises(OSError, match="symbolic links"):
            cases["loop_a.mp4"].path.stat()


def test_addresses_are_the_canary(tmp_path: Path) -> None:
    with CanaryServer() as canary:
        named = [
            case.path
            for case in pointing_elsewhere(tmp_path, canary.url)
            if str(canary.port).encode() in case.path.read_bytes()
        ]
        assert len(named) == 8
        assert canary.hits == 0
