"""Decoders side by side give, frame by frame, what one decoder alone gives, whatever is wrong with the file."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from autocut_tray.core.media import worker_scan
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.wire import Request
from autocut_tray.core.media.worker_lanes import Decoder, Frames
from autocut_tray.core.media.worker_open import open_again, open_footage
from autocut_tray.core.media.worker_packets import PacketReader
from autocut_tray.core.media.worker_pictures import KeyPictures, Look
from autocut_tray.core.media.worker_take import FrameTaker
from tests.media.conftest import read_video
from tests.media.test_fast import _edited
from tests.media_samples import SampleVideo, has_encoder

Make = Callable[..., SampleVideo]
ROOT = Path(__file__).parents[2]
CUTS = [40, 110, 215]
Shown = tuple[int | None, int | None, bytes]
"""Time, duration and what the detectors see."""


def frames_of(path: Path, lanes: int) -> tuple[list[Shown], bool]:
    """All frames, and whether nothing could be decoded any more."""
    # With one thread as all others: how damage is patched up depends on their number.
    request = Request(str(path).encode(), path.stat().st_size, ScanOptions(threads=1))

    def taker() -> FrameTaker:
        return FrameTaker(KeyPictures(Look(0, Fraction(1)), 320))

    with open_footage(request) as footage:

        @contextmanager
        def another() -> Iterator[Decoder]:
            with open_again(footage, request) as context:
                yield Decoder(context, taker())

        alone = Decoder(footage.stream.codec_context, taker())
        frames = Frames(PacketReader(footage, {}).packets(), alone, another, lanes)
        with closing(frames):
            shown = []
            for taken in frames.frames():
                assert taken.small is not None, "every frame is decoded"
                planes = taken.small.luma, taken.small.blue, taken.small.red
                shown.append(
                    (taken.pts, taken.duration, b"".join(np.ascontiguousarray(p).tobytes() for p in planes))
                )
            return shown, frames.gave_up


def encoded(path: Path, options: dict[str, str], *, codec: str = "libx264", frames: int = 200) -> Path:
    """Moving noise with a cut in the middle, as this encoder writes it with these ``options``."""
    dice = np.random.default_rng(3)
    shots = dice.integers(0, 255, (2, 180, 420), np.uint8)
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        stream.codec_context.thread_count = 1
        for number in range(frames):
            luma = shots[number * 2 // frames][:, number % 100 : number % 100 + 320]
            picture = np.concatenate([luma, np.full((90, 320), 128, np.uint8)])
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("plain.mp4", {}),
        ("reordered.mkv", {"b_frames": 3}),
        ("in_order.mov", {"b_frames": 0}),
        ("long_groups.mp4", {"gop": 250}),
        ("key_frames_only.mp4", {"gop": 1}),
        ("stream.ts", {"b_frames": 2}),
        ("heard.mp4", {"audio": True}),
        ("vfr.mp4", {"vfr": (4, 8, 4, 2)}),
        ("untimed.avi", {"b_frames": 0}),
        ("deep.mp4", {"codec": "libx265", "pix_fmt": "yuv420p10le"}),
    ],
)
def test_the_frames_of_one_decoder(make: Make, name: str, how: dict[str, Any]) -> None:
    if "codec" in how and not has_encoder(how["codec"]):
        pytest.skip(f"no encoder {how['codec']}")
    sample = make(name, cuts=CUTS, frames=275, **how)
    alone, _ = frames_of(sample.path, 1)
    assert len(alone) == sample.frames
    assert frames_of(sample.path, 2) == (alone, False)
    assert frames_of(sample.path, 3) == (alone, False)


@pytest.mark.parametrize(
    ("name", "options", "codec"),
    [
        ("open_groups.mp4", {"x264-params": "open-gop=1:keyint=30:min-keyint=30:bframes=3:scenecut=0"}, "libx264"),
        ("open_groups.ts", {"x264-params": "open-gop=1:keyint=30:min-keyint=30:bframes=3:scenecut=0"}, "libx264"),
        ("refreshed.mp4", {"x264-params": "intra-refresh=1:keyint=30:bframes=0"}, "libx264"),
        ("refreshed.ts", {"x264-params": "intra-refresh=1:keyint=30:bframes=0"}, "libx264"),
        ("fields.mp4", {"x264-params": "interlaced=1:keyint=30"}, "libx264"),
        ("many_references.mkv", {"x264-params": "ref=12:bframes=8:b-pyramid=normal:keyint=40"}, "libx264"),
        ("open_groups_265.mp4", {"x265-params": "open-gop=1:keyint=30:min-keyint=30:bframes=4"}, "libx265"),
    ],
)  # fmt: skip
def test_whatever_the_groups_look_like(
    tmp_path: Path, name: str, options: dict[str, str], codec: str
) -> None:
    if not has_encoder(codec):
        pytest.skip(f"no encoder {codec}")
    file = encoded(tmp_path / name, options, codec=codec)
    alone = frames_of(file, 1)
    assert len(alone[0]) == 200
    assert frames_of(file, 2) == alone


@pytest.mark.parametrize(("left_out", "shown"), [(15, 290), (60, 260)])
def test_an_edit_list_leaves_out_the_same(make: Make, tmp_path: Path, left_out: int, shown: int) -> None:
    trimmed = tmp_path / "trimmed.mp4"
    trimmed.write_bytes(
        _edited(make("u.mp4", cuts=CUTS, frames=330, b_frames=2).path.read_bytes(), left_out, shown)
    )
    alone = frames_of(trimmed, 1)
    assert len(alone[0]) == shown
    assert frames_of(trimmed, 2) == alone


@pytest.mark.parametrize("suffix", ["mp4", "ts", "mkv"])
@pytest.mark.parametrize("seed", range(4))
def test_damage_costs_no_more_frames(make: Make, tmp_path: Path, suffix: str, seed: int) -> None:
    """Zeroed stretches: the same frames come, and those of groups without damage are the same."""
    sample = make(f"whole.{suffix}", cuts=CUTS, frames=275, gop=40, b_frames=2)
    data = bytearray(sample.path.read_bytes())
    dice = random.Random(seed)
    for _ in range(3):
        at = dice.randrange(len(data) // 8, len(data) - 600)
        data[at : at + 300] = bytes(300)
    broken = tmp_path / f"broken.{suffix}"
    broken.write_bytes(data)
    (alone, gave_up), (beside, also_gave_up) = frames_of(broken, 1), frames_of(broken, 2)
    assert gave_up == also_gave_up
    assert [(t, d) for t, d, _ in beside] == [(t, d) for t, d, _ in alone]
    # What is damaged is patched up with what was decoded before it, which is not the same; the rest is.
    alike = sum(one == other for one, other in zip(alone, beside, strict=True))
    assert alike >= 0.7 * len(alone)


def test_a_file_that_ends_too_soon(make: Make, tmp_path: Path) -> None:
    sample = make("whole.ts", cuts=CUTS, frames=275, b_frames=2)
    data = sample.path.read_bytes()
    short = tmp_path / "short.ts"
    short.write_bytes(data[: len(data) * 2 // 3])
    alone = frames_of(short, 1)
    assert 120 < len(alone[0]) < 250
    assert frames_of(short, 2) == alone


class TestWhen:
    """Two decoders side by side where each has a core; one that uses all where there are more."""

    @pytest.mark.parametrize(
        ("cores", "options", "expected"),
        [
            (1, ScanOptions(), 1),
            (2, ScanOptions(), 2),
            (4, ScanOptions(), 1),
            (2, ScanOptions(threads=1), 1),
            (2, ScanOptions().sparing(), 1),
        ],
    )
    def test_cores_and_what_the_scan_was_told(
        self, make: Make, monkeypatch: pytest.MonkeyPatch, cores: int, options: ScanOptions, expected: int
    ) -> None:
        assert self.lanes(make("long.mp4", cuts=CUTS, frames=275), monkeypatch, cores, options) == expected

    def test_short_videos_are_not_worth_it(self, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.lanes(make("short.mp4", cuts=[40], frames=200), monkeypatch, 2, ScanOptions()) == 1

    def test_only_codecs_that_can_be_split(self, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        sample = make("other.mp4", cuts=[40], frames=275, codec="mpeg4")
        assert self.lanes(sample, monkeypatch, 2, ScanOptions()) == 1

    def lanes(
        self, sample: SampleVideo, monkeypatch: pytest.MonkeyPatch, cores: int, options: ScanOptions
    ) -> int:
        asked: list[int] = []

        class Counted(Frames):
            def __init__(
                self, packets: Any, alone: Any, another: Any, lanes: int, *, fast: bool = False
            ) -> None:
                asked.append(lanes)
                super().__init__(packets, alone, another, lanes, fast=fast)

        monkeypatch.setattr(worker_scan, "Frames", Counted)
        monkeypatch.setattr("os.cpu_count", lambda: cores)
        from autocut_tray.core.clock import SystemClock

        request = Request(str(sample.path).encode(), sample.path.stat().st_size, options)
        worker_scan.scan(request, lambda _message: None, SystemClock(), lambda _seconds: None)
        assert len(asked) == 1
        return asked[0]


def test_the_scenes_of_the_whole_are_those_of_either_way(make: Make) -> None:
    """Through the real worker, which decides by the cores that it has."""
    sample = make("either.mp4", cuts=CUTS, frames=275)
    split, alone = read_video(sample.path), read_video(sample.path, ScanOptions(threads=2))
    assert split.borders == alone.borders == sample.scenes
    assert split.video == alone.video


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of a child is not told")
@pytest.mark.parametrize("mode", ["accurate", "fast"])
def test_memory_is_flat_in_the_length(make: Make, mode: str) -> None:
    """Eight times as long, and the worker gets no larger: nothing is kept of what is told."""
    cuts = [80 * n for n in range(1, 40)]
    peaks, modes = [], set()
    for frames in (400, 3200):
        sample = make(f"{frames}.mp4", cuts=[cut for cut in cuts if cut < frames], frames=frames)
        command = [sys.executable, "-m", "tests.bench.inside_scan", str(sample.path), mode]
        ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        found = json.loads(ran.stdout)
        assert found["frames"] == frames
        peaks.append(found["worker_mib"])
        modes.add(found["mode"])
    assert modes == {mode}
    assert peaks[1] < peaks[0] + 6, peaks
