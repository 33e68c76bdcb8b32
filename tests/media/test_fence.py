"""Every limit bites: what is only set is not believed."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from autocut_tray.core.media import worker_open
from autocut_tray.core.media.options import MEMORY_BYTES, ScanOptions
from autocut_tray.core.media.wire import FailureCode, Request
from autocut_tray.core.media.worker_fence import cpu_allowance
from autocut_tray.core.media.worker_open import CODECS, FORMATS, Refused, open_footage
from autocut_tray.core.process import own_environment
from tests.media_hostile import mov_file, zeros_png
from tests.media_samples import SampleVideo
from tests.servers.pictures import png

Make = Callable[..., SampleVideo]
posix = pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX; Windows has its Job Object")
linux = pytest.mark.skipif(sys.platform != "linux", reason="of Linux only")


def fenced(code: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process that has put up the fence."""
    whole = (
        "import os, sys, resource\n"
        "from autocut_tray.core.media.worker_fence import enclose, limit_cpu\n"
        f"enclose({os.getpid()})\n{code}"
    )
    return subprocess.run(
        [sys.executable, "-c", whole, *more],
        env=own_environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )


# -- what the process does to itself


@pytest.mark.fault("FR7")
@linux
def test_memory_ends_in_a_memory_error() -> None:
    ended = fenced("try:\n x = bytearray(4 << 30)\nexcept MemoryError:\n print('caught')")
    assert ended.stdout == "caught\n"
    ended = fenced("print(resource.getrlimit(resource.RLIMIT_AS)[0])")
    assert int(ended.stdout) == MEMORY_BYTES


@posix
def test_cpu_time_ends_in_a_signal() -> None:
    import signal

    ended = fenced("limit_cpu(0.1)\nwhile True: pass")
    assert ended.returncode == -signal.SIGXCPU


@posix
def test_files_cannot_grow_and_not_many_be_open(tmp_path: Path) -> None:
    code = (
        "f = open(sys.argv[1], 'wb')\ntry:\n f.write(bytes(70 << 20)); f.flush()\n"
        "except OSError as e:\n print(e.errno)"
    )
    assert fenced(code, str(tmp_path / "large")).stdout.strip() == "27"  # EFBIG
    code = (
        "try:\n x = [open(os.devnull) for _ in range(100)]\nexcept OSError as e:\n print(e.errno)\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    assert fenced(code).stdout.split("\n")[:2] == ["24", "(0, 0)"]  # EMFILE


@linux
def test_it_is_polite_and_the_first_to_go() -> None:
    code = "print(os.nice(0), open('/proc/self/oom_score_adj').read())"
    niceness, score = fenced(code).stdout.split()
    assert int(niceness) >= 10 and int(score) >= 500


def test_cpu_allowance_follows_length_and_size() -> None:
    hd = 1920 * 1080
    assert cpu_allowance(100, 2500, hd, 0) == 60 + 400
    assert cpu_allowance(10, 600, 3840 * 2160, 0) > 60 + 40 * 4
    assert cpu_allowance(None, None, 320 * 180, 250_000) == pytest.approx(60 + 40, abs=1)


# -- what FFmpeg is told; each option against a file that passes without it


def opened(path: Path, *, without: str = "", options: ScanOptions | None = None) -> FailureCode | None:
    """Open and decode one frame in this process; the code of the refusal, None when it went well."""
    request = Request(os.fsencode(path), path.stat().st_size, options or ScanOptions())
    kept = {name: value for name, value in worker_open._OPTIONS.items() if name != without}
    limits = {name: value for name, value in worker_open.DECODER_LIMITS.items() if name != without}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_open, "_OPTIONS", kept)
        patch.setattr(worker_open, "DECODER_LIMITS", limits)
        try:
            with open_footage(request) as footage:
                next(footage.container.decode(footage.stream))
        except Refused as refused:
            return refused.failure.code
        except (av.FFmpegError, StopIteration):
            return FailureCode.UNREADABLE_VIDEO
    return None


def test_every_listed_name_exists_in_this_build() -> None:
    formats = {name for group in av.formats_available for name in group.split(",")}
    assert not set(FORMATS) - formats
    assert not set(CODECS) - av.codecs_available


def test_formats_that_are_not_listed(tmp_path: Path, clip: SampleVideo) -> None:
    script = clip.path.with_name("list.mp4")
    script.write_text(f"ffconcat version 1.0\nfile {clip.path.name}\n", encoding="utf-8")
    assert opened(script, without="format_whitelist") is None, "the bait works"
    assert opened(script) is FailureCode.NOT_A_VIDEO


def test_protocols_that_are_not_listed(clip: SampleVideo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_open, "FORMATS", (*FORMATS, "concat"))
    monkeypatch.setitem(worker_open._OPTIONS, "format_whitelist", ",".join((*FORMATS, "concat")))
    monkeypatch.setitem(worker_open._OPTIONS, "safe", "0")
    script = clip.path.with_name("nested.mp4")
    script.write_text(f"ffconcat version 1.0\nfile 'subfile:{clip.path}'\n", encoding="utf-8")
    assert opened(script) is FailureCode.NOT_A_VIDEO


def magicyuv(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("magicyuv", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode(None))
    return path


def test_codecs_that_are_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = magicyuv(tmp_path / "a.avi")
    assert opened(path) is FailureCode.UNSUPPORTED_CODEC
    # The decoder refuses by itself too, whatever the choice of stream says.
    monkeypatch.setattr(worker_open, "CODECS", (*CODECS, "magicyuv"))
    assert opened(path) is FailureCode.UNSUPPORTED_CODEC
    assert opened(path, without="codec_whitelist") is None, "the bait works"


@pytest.fixture
def ten_thousand_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit, lowered so that small videos are too large."""
    assert worker_open.DECODER_LIMITS["max_pixels"] == worker_open._OPTIONS["max_pixels"] == "36000000"
    monkeypatch.setitem(worker_open.DECODER_LIMITS, "max_pixels", "10000")
    monkeypatch.setitem(worker_open._OPTIONS, "max_pixels", "10000")
    monkeypatch.setattr(worker_open, "MAX_PIXELS", 10_000)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
@pytest.mark.usefixtures("ten_thousand_pixels")
def test_pictures_that_are_too_large(make: Make, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    codec = {"a.mkv": "ffv1", "a.ts": "mpeg2video"}.get(name)
    path = make(name, frames=5, codec=codec).path
    assert opened(path) is FailureCode.PICTURE_TOO_LARGE
    monkeypatch.setattr(worker_open, "MAX_PIXELS", 10**9)  # the decoder refuses by itself too
    assert opened(path) is not None
    assert opened(path, without="max_pixels") is None, "the bait works"


@pytest.mark.usefixtures("ten_thousand_pixels")
def test_a_picture_that_is_larger_than_was_declared(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lying.mov"
    data = make("a.avi", frames=1, codec="mjpeg", pix_fmt="yuvj420p").path.read_bytes()
    jpeg = data[data.index(b"\xff\xd8\xff") : data.rindex(b"\xff\xd9") + 2]
    path.write_bytes(mov_file(jpeg, codec=b"jpeg", width=64, height=64))
    assert opened(path) is not None
    monkeypatch.setattr(worker_open, "MAX_PIXELS", 10**9)
    assert opened(path) is not None
    assert opened(path, without="max_pixels") is None, "the bait works"


@linux
def test_opening_alone_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "bomb.mov"
    path.write_bytes(mov_file(zeros_png(16_000, 16_000), codec=b"png ", width=320, height=180))
    code = (
        "import sys\n"
        "from autocut_tray.core.media.wire import Request\n"
        "from autocut_tray.core.media.options import ScanOptions\n"
        "from autocut_tray.core.media.worker_open import open_footage, Refused\n"
        "try:\n"
        " with open_footage(Request(sys.argv[1].encode(), 1, ScanOptions())): pass\n"
        "except Refused as e: print(e.failure.code.value)\n"
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(path)], env=own_environment(), capture_output=True, text=True
    )
    said = ended.stdout.split()
    assert said[0] == "unsupported_codec", ended.stderr
    assert int(said[1]) < 100 * 1024


def test_streams_that_are_too_many(tmp_path: Path) -> None:
    path = tmp_path / "many.mkv"
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("ffv1", rate=25) for _ in range(40)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv420p"
        for stream in streams:
            container.mux(stream.encode(av.VideoFrame(16, 16, "yuv420p")))
            container.mux(stream.encode(None))
    assert opened(path, without="max_streams") is FailureCode.TOO_MANY_STREAMS, "our own check"
    with av.open(str(path), options=worker_open._OPTIONS) as container:
        assert len(container.streams) <= 32


def test_references_to_other_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = png()
    (tmp_path / "secret.bin").write_bytes(picture)
    path = tmp_path / "reference.mov"
    path.write_bytes(
        mov_file(b"", codec=b"png ", width=64, height=64, sample_size=len(picture), reference="secret.bin")
    )
    monkeypatch.setattr(worker_open, "CODECS", (*CODECS, "png"))
    monkeypatch.setitem(worker_open._OPTIONS, "codec_whitelist", "png")
    monkeypatch.setitem(worker_open.DECODER_LIMITS, "codec_whitelist", "png")
    assert opened(path) is not None
    monkeypatch.setitem(worker_open._OPTIONS, "enable_drefs", "1")
    assert opened(path) is None, "the bait works"


@linux
@pytest.mark.parametrize(("name", "value"), [("probesize", "300000"), ("analyzeduration", "40000")])
def test_probing_reads_only_so_much(tmp_path: Path, name: str, value: str) -> None:
    """2 MB of JPEG that say they are H.264: a demuxer looks for a picture as long as it may."""
    path = tmp_path / "wrong.avi"
    noise = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=25, options={"qmin": "2", "qmax": "2"})
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuvj420p"
        stream.codec_context.color_range = 2
        for _ in range(8):
            picture = noise.integers(0, 255, (480, 640, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode(None))
    path.write_bytes(path.read_bytes().replace(b"MJPG", b"H264"))

    def read_with(options: dict[str, str]) -> int:
        before = _bytes_read()
        with av.open(str(path), options=options):
            return _bytes_read() - before

    assert name in worker_open._OPTIONS
    assert read_with(worker_open._OPTIONS) > 2_000_000
    assert read_with(worker_open._OPTIONS | {name: value}) < 1_000_000


def test_opening_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gigabytes of zeros behind the first packets of a transport stream are searched for a next one."""
    path = tmp_path / "zeros.ts"
    with path.open("wb") as file:
        file.write((b"\x47\x40\x00\x10" + bytes(184)) * 20)
        try:
            file.truncate(50 << 30)
        except OSError:
            pytest.skip("no sparse files here")
    monkeypatch.setattr(worker_open, "_TIMEOUTS", (0.2, 0.2))
    began = time.monotonic()
    assert opened(path) is FailureCode.UNREADABLE
    assert time.monotonic() - began < 5


def _bytes_read() -> int:
    text = Path("/proc/self/io").read_text(encoding="ascii")
    return int(text.split("rchar:")[1].split()[0])


def test_metadata_that_is_no_utf8(tmp_path: Path, clip: SampleVideo) -> None:
    data = clip.path.read_bytes()
    path = tmp_path / "a.mp4"
    path.write_bytes(data.replace(b"VideoHandler", b"Vid\xff\xfeHandle\xff"))
    assert path.read_bytes() != data
    assert opened(path) is None


def test_rates_out_of_this_world(make: Make) -> None:
    assert opened(make("fast.mkv", frames=40, rate=2000, codec="ffv1").path) is FailureCode.BAD_FRAME_RATE


def test_a_day_is_the_limit(make: Make, tmp_path: Path) -> None:
    data = bytearray(make("short.mkv", frames=25, codec="ffv1").path.read_bytes())
    at = data.index(b"\x44\x89\x88") + 3  # Duration, a double in milliseconds
    data[at : at + 8] = struct.pack(">d", 30 * 3600 * 1000.0)
    path = tmp_path / "long.mkv"
    path.write_bytes(bytes(data))
    assert opened(path) is None, "so few bytes cannot be 30 hours"
    with path.open("ab") as file:
        file.truncate(200 << 20)
    assert opened(path) is FailureCode.TOO_LONG
    assert opened(path, options=ScanOptions(allow_long=True)) is None
