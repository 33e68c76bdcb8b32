"""Files that must not hurt, through the real worker: one clear error or a defined result each, nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autocut_tray.core.errors import InputError
from tests.media.conftest import Reading, read_video
from tests.media_hostile import Expect, HostileFile, hostile_files
from tests.media_samples import SampleVideo
from tests.servers.canary import CanaryServer


@pytest.fixture(scope="module")
def canary() -> Iterator[CanaryServer]:
    server = CanaryServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def cases(
    canary: CanaryServer, make: Callable[..., SampleVideo], tmp_path_factory: pytest.TempPathFactory
) -> list[HostileFile]:
    good = make("good.mp4", cuts=[6], frames=12, size=(160, 90))
    return hostile_files(tmp_path_factory.mktemp("hostile"), canary.url, good)


def outcome(path: Path) -> Reading | InputError:
    try:
        return read_video(path)
    except InputError as error:
        return error


def test_every_case_ends_as_it_should(
    cases: list[HostileFile], canary: CanaryServer, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = []
    for case in cases:
        began = time.monotonic()
        result = outcome(case.path)
        seconds = time.monotonic() - began
        failed = isinstance(result, InputError)
        if isinstance(result, Reading):
            assert result.video.path == str(case.path)
        good = failed if case.expect is Expect.ERROR else not failed or case.expect is Expect.ERROR_OR_PART
        if not good or seconds > 5:
            wrong.append((case.what, result, seconds))
        if failed:
            assert isinstance(result, InputError)
            assert result.code not in ("worker_crashed", "hung", "out_of_memory", "too_slow"), (
                case.what,
                result,
            )
    assert not wrong
    assert len(cases) > 40
    assert canary.hits == 0
    assert "Traceback" not in caplog.text
    assert not (cases[0].path.parent / "pwned").exists() and not Path("pwned").exists()


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace to see what is opened")
def test_no_bait_is_opened(cases: list[HostileFile], tmp_path: Path) -> None:
    """All cases with bait in one traced process."""
    baited = [case for case in cases if case.bait is not None]
    assert len(baited) >= 5
    code = (
        "import sys\n"
        "from autocut_tray.core.errors import InputError\n"
        "from tests.media.conftest import read_video\n"
        "for path in sys.argv[1:]:\n"
        "    try: read_video(path)\n"
        "    except InputError: pass\n"
    )
    trace = tmp_path / "trace"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [
        "strace",
        "-f",
        "-qq",
        "-e",
        "trace=open,openat,connect",
        "-o",
        str(trace),
        sys.executable,
        "-c",
        code,
    ]
    ended = subprocess.run([*command, *(str(c.path) for c in baited)], env=environment, capture_output=True)
    if b"ptrace" in ended.stderr or b"Operation not permitted" in ended.stderr:
        pytest.skip("strace may not trace here")
    assert ended.returncode == 0, ended.stderr
    text = trace.read_text(errors="replace")
    assert all(case.path.name in text for case in baited)
    for case in baited:
        assert case.bait is not None
        assert case.bait.name + '"' not in text, case.what
    assert "AF_INET" not in text


@pytest.mark.parametrize("seed", range(12))
def test_damaged_bytes_never_crash(clip: SampleVideo, tmp_path: Path, seed: int) -> None:
    import random

    noise = random.Random(seed)
    data = bytearray(clip.path.read_bytes())
    for _ in range(noise.choice((1, 5, 40))):
        data[noise.randrange(len(data))] = noise.randrange(256)
    path = tmp_path / "mutant.mp4"
    path.write_bytes(bytes(data))
    result = outcome(path)
    if isinstance(result, InputError):
        assert result.code in ("not_a_video", "incomplete", "no_video", "unsupported_codec", "unreadable_video",
                               "picture_too_large", "bad_frame_rate", "too_long")  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be deleted there")
def test_a_file_deleted_while_it_is_read_is_read_to_its_end(clip: SampleVideo, tmp_path: Path) -> None:
    from autocut_tray.core.cancel import CancelToken
    from autocut_tray.core.clock import SystemClock
    from autocut_tray.core.footage import Finished
    from autocut_tray.core.media.options import ScanOptions
    from autocut_tray.core.media.scanner import WorkerScanner

    path = tmp_path / "gone.mp4"
    shutil.copyfile(clip.path, path)
    with WorkerScanner(SystemClock()).scan(str(path), ScanOptions(), CancelToken()) as messages:
        next(messages)
        path.unlink()
        end = list(messages)[-1]
    assert isinstance(end, Finished) and end.video.frames == 120
