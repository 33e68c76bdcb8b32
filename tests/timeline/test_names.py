"""Names and places: file URLs on every system, reels, one-line texts, names of files."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath, PureWindowsPath
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.timeline.names import (
    REEL_LENGTH,
    file_name,
    file_url,
    one_line,
    path_of_url,
    reel_names,
    safe_stem,
    stem,
)
from tests.timeline.samples import HOSTILE, paths

URLS = [
    ("/footage/beach.mov", "file:///footage/beach.mov"),
    ("/a b/海滩 #1 100%.mov", "file:///a%20b/%E6%B5%B7%E6%BB%A9%20%231%20100%25.mov"),
    ("/a/🎬?&<x>.mov", "file:///a/%F0%9F%8E%AC%3F%26%3Cx%3E.mov"),
    ("/C:/not a drive.mov", "file:///C%3A/not%20a%20drive.mov"),
    ("/a/back\\slash.mov", "file:///a/back%5Cslash.mov"),
    (os.fsdecode(b"/a/bad\xff.mov"), "file:///a/bad%FF.mov"),
    ("C:\\Videos\\a b#.mov", "file:///C:/Videos/a%20b%23.mov"),
    ("d:/Videos/a.mov", "file:///d:/Videos/a.mov"),
    ("\\\\nas\\剪辑\\a.mov", "file://nas/%E5%89%AA%E8%BE%91/a.mov"),
    ("\\\\?\\C:\\long\\a.mov", "file:///C:/long/a.mov"),
    ("\\\\?\\UNC\\nas\\share\\a.mov", "file://nas/share/a.mov"),
]


@pytest.mark.parametrize(("path", "url"), URLS)
def test_file_urls(path: str, url: str) -> None:
    assert file_url(path) == url


@pytest.mark.parametrize(
    ("path", "pure"),
    [(URLS[0][0], PurePosixPath), (URLS[6][0], PureWindowsPath), (URLS[8][0], PureWindowsPath)],
)
def test_file_urls_are_those_of_the_standard_library(path: str, pure: type[PurePosixPath]) -> None:
    assert file_url(path) == pure(path).as_uri()


def test_a_local_host_is_named_where_a_format_asks_for_one() -> None:
    assert file_url("/a.mov", host="localhost") == "file://localhost/a.mov"
    assert file_url("C:\\a.mov", host="localhost") == "file://localhost/C:/a.mov"
    assert file_url("\\\\nas\\s\\a.mov", host="localhost") == "file://nas/s/a.mov"
    assert path_of_url("file://localhost/C:/a.mov") == "C:\\a.mov"


@given(paths, st.sampled_from(["", "localhost"]))
def test_every_path_comes_back_from_its_url(path: str, host: str) -> None:
    url = file_url(path, host=host)
    assert re.fullmatch(r"file://[A-Za-z0-9./%_~:-]*", url)
    assert path_of_url(url) == path


@pytest.mark.parametrize("url", ["", "/a.mov", "http://nas/a.mov", "file:/a.mov", "file://nas"])
def test_what_is_no_file_url(url: str) -> None:
    with pytest.raises(ValueError, match="not a file URL"):
        path_of_url(url)


@given(st.text(max_size=600))
def test_a_line_is_one_line_that_xml_carries(text: str) -> None:
    line = one_line(text)
    assert len(line) <= 500 and line == line.strip() and len(line.splitlines()) <= 1
    assert one_line(line) == line
    made = ElementTree.Element("a", {"b": line})
    made.text = line
    read = ElementTree.fromstring(ElementTree.tostring(made, encoding="utf-8"))
    assert (read.get("b"), read.text or "") == (line, line)


def test_what_cannot_be_shown_is_replaced_not_dropped() -> None:
    assert one_line("a\nb\tc") == "a b c"
    assert one_line("a\x01\x0b\udcff\u202eb\ufffe") == "a\ufffd \ufffd\ufffdb\ufffd"


def test_last_parts_and_stems() -> None:
    assert file_name("C:\\a\\b.mov") == "b.mov" and file_name("\\\\nas\\s\\b.mov") == "b.mov"
    assert file_name("/a/b\\c.mov") == "b\\c.mov"
    assert [stem(name) for name in ("a.b.mov", ".hidden", "none")] == ["a.b", ".hidden", "none"]


@given(st.lists(paths, max_size=30))
def test_reels_are_unique_and_short(several: list[str]) -> None:
    reels = reel_names(several)
    assert set(reels) == set(several) and len(set(reels.values())) == len(reels)
    assert all(re.fullmatch(rf"[A-Z0-9_]{{1,{REEL_LENGTH}}}", reel) for reel in reels.values())
    assert not {"AX", "BL"} & set(reels.values())


def test_reels_that_would_be_alike() -> None:
    names = [f"/{n}/beach house.mov" for n in range(12)] + [
        "/x/海滩.mov",
        "/y/海滩.mov",
        "/ax.mov",
        "/bl.mov",
    ]
    reels = list(reel_names(names).values())
    assert reels[:2] == ["BEACH_HO", "BEACH__2"] and reels[9] == "BEACH_10"
    assert reels[12:] == ["REEL", "REEL_2", "AX_2", "BL_2"]


@pytest.mark.parametrize(
    "name", [*HOSTILE, "COM1.x", "nul", "LPT9", "con .txt", "", ".", " . ", "../../etc", "a" * 400]
)
def test_names_of_our_files_suit_every_system(name: str) -> None:
    made = safe_stem(name)
    assert 1 <= len(made) <= 81 and len(made.encode()) <= 201
    assert (
        not re.search(r'[<>:"/\\|?*\x00-\x1f]', made) and made == made.strip(" ") and not made.endswith(".")
    )
    assert made.split(".")[0].rstrip().upper() not in {"CON", "NUL", "COM1", "LPT9"} and not made.startswith(
        "-"
    )


def test_chinese_names_stay() -> None:
    assert safe_stem("海滩 第1天") == "海滩 第1天"
