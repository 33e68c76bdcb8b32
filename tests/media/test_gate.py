"""What is looked at before anything opens a video."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.errors import Cancelled, InputError
from autocut_tray.core.media.gate import (
    MAX_BYTES,
    check_file,
    content_key,
    display_name,
    find_videos,
    is_video_name,
    settling,
)
from tests.fakes import FakeClock
from tests.media_hostile import odd_nodes

posix = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and modes of POSIX")


def code_of(path: str | Path) -> str:
    with pytest.raises(InputError) as caught:
        check_file(str(path))
    assert caught.value.hint is not None
    return caught.value.code


def write(path: Path, data: bytes = b"0123456789") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def found(*paths: Path) -> list[str]:
    return [
        e.code if isinstance(e, InputError) else Path(e).name
        for e in find_videos(map(str, paths), CancelToken())
    ]


def test_a_regular_file_is_described(tmp_path: Path) -> None:
    source = check_file(str(write(tmp_path / "clip.mp4")))
    assert (source.path, source.size) == (str(tmp_path / "clip.mp4"), 10)


def test_a_relative_name_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "-y.mp4" if sys.platform == "win32" else "12:30 -y.mp4"
    write(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert check_file(name).path == str(tmp_path / name)


@pytest.mark.parametrize(
    "name", ["", "nothing.mp4", "a\0b", "http://127.0.0.1/x.mp4", "concat:a|b", "x" * 5000]
)
def test_what_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert code_of(name) == "not_found"


def test_an_empty_file_and_one_that_is_too_large(tmp_path: Path) -> None:
    assert code_of(write(tmp_path / "zero.mp4", b"")) == "empty_file"
    huge = tmp_path / "huge.mp4"
    with huge.open("wb") as file:
        try:
            file.truncate(MAX_BYTES + 1)
        except OSError:
            pytest.skip("no sparse files here")
    assert code_of(huge) == "too_large"


def test_odd_nodes_are_refused_at_once(tmp_path: Path) -> None:
    expected = {
        "directory.mp4": "not_a_file", "loop_a.mp4": "link_loop", "loop_b.mp4": "link_loop",
        "dangling.mp4": "not_found", "dev_zero.mp4": "not_a_file", "fifo.mp4": "not_a_file",
        "socket.mp4": "not_a_file", "unreadable.mp4": "unreadable",
    }  # fmt: skip
    for case in odd_nodes(tmp_path):
        began = time.monotonic()
        assert code_of(case.path) == expected[case.path.name], case.what
        assert time.monotonic() - began < 5, case.what


@posix
def test_a_link_shows_its_own_name_and_opens_its_target(tmp_path: Path) -> None:
    write(tmp_path / "real.mp4")
    (tmp_path / "link.mp4").symlink_to("real.mp4")
    source = check_file(str(tmp_path / "link.mp4"))
    assert Path(source.path).name == "link.mp4"
    assert Path(source.real).name == "real.mp4"
    assert source.identity == check_file(str(tmp_path / "real.mp4")).identity


def test_content_is_recognised_wherever_it_lies(tmp_path: Path) -> None:
    data = bytearray(os.urandom(2_000_000))
    key = content_key(str(write(tmp_path / "a.mp4", bytes(data))))
    assert key == content_key(str(write(tmp_path / "elsewhere" / "b.mov", bytes(data))))
    for at in (0, 1_000_000, 1_999_999):
        changed = bytearray(data)
        changed[at] ^= 1
        assert key != content_key(str(write(tmp_path / "c.mp4", bytes(changed))))
    assert key != content_key(str(write(tmp_path / "d.mp4", bytes(data[:-1]))))


def test_a_file_that_is_being_written_is_known_by_its_time(tmp_path: Path) -> None:
    path = write(tmp_path / "copy.mp4")
    clock = FakeClock(epoch=path.stat().st_mtime)
    assert settling(str(path), clock) == (10, path.stat().st_mtime)
    os.utime(path, (clock.time() - 60, clock.time() - 60))
    assert settling(str(path), clock) is None
    path.unlink()
    with pytest.raises(InputError):
        settling(str(path), clock)


def test_video_names() -> None:
    assert is_video_name("A.MP4") and is_video_name("/x/b.m2ts") and is_video_name("c.MXF")
    assert not any(is_video_name(n) for n in ("a.jpg", "a.mp4.part", "mp4", "a.m3u8", "a.txt", ".mp4"))


def test_a_folder_means_every_video_below_it(tmp_path: Path) -> None:
    for name in (
        "b.mov",
        "a.mp4",
        "sub/deep/c.mkv",
        "notes.txt",
        ".hidden.mp4",
        ".cache/d.mp4",
        "$RECYCLE.BIN/e.mp4",
    ):
        write(tmp_path / name)
    assert found(tmp_path) == ["a.mp4", "b.mov", "c.mkv"]


def test_a_named_file_counts_whatever_it_is_called(tmp_path: Path) -> None:
    assert found(write(tmp_path / "odd.bin"), tmp_path / "missing.mp4") == ["odd.bin", "missing.mp4"]


def test_typescript_is_no_transport_stream(tmp_path: Path) -> None:
    write(tmp_path / "index.ts", b"import x")
    write(tmp_path / "tape.ts", b"\x47" + bytes(187))
    assert found(tmp_path) == ["tape.ts"]


def test_folders_without_videos_and_folders_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert found(tmp_path / "empty") == ["no_videos_in_folder"]


@posix
def test_each_file_once_and_no_loops(tmp_path: Path) -> None:
    write(tmp_path / "a" / "one.mp4")
    os.link(tmp_path / "a" / "one.mp4", tmp_path / "a" / "same.mp4")
    (tmp_path / "a" / "link.mp4").symlink_to("one.mp4")
    (tmp_path / "a" / "up").symlink_to("..")
    assert len(found(tmp_path, tmp_path / "a", tmp_path / "a" / "one.mp4")) == 1


def test_a_search_can_be_cancelled(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(find_videos([str(tmp_path)], cancel))


@posix
def test_names_that_are_no_utf8_are_found_and_opened(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/bad\xff\xfe.mp4"
    try:
        with open(name, "wb") as file:  # noqa: PTH123 - bytes
            file.write(b"x")
    except OSError:
        pytest.skip("this file system wants UTF-8")
    (path,) = find_videos([str(tmp_path)], CancelToken())
    assert isinstance(path, str)
    assert os.fsencode(check_file(path).path) == name
    content_key(path)


def test_names_for_sentences() -> None:
    assert display_name("/x/clip <img src=x>.mp4") == "clip <img src=x>.mp4"
    assert display_name("/x/a\nb\u202e\x07.mp4") == "a\ufffdb\ufffd\ufffd.mp4"
    assert display_name("/x/a\udcff.mp4") == "a\ufffd.mp4"
    assert display_name("/x/👨‍👩‍👧.mp4") == "👨‍👩‍👧.mp4"
    assert len(display_name("x" * 300 + ".mp4")) == 80


def test_a_file_that_vanishes_is_a_clear_refusal(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4")
    shutil.rmtree(tmp_path)
    with pytest.raises(InputError, match="not_found"):
        content_key(str(path))
