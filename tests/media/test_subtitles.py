"""Which subtitles are used, and what each scene has of them, through the real worker."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autocut_tray.core.footage import SceneWords, SubtitleProblem, Subtitles, SubtitleSource
from autocut_tray.core.media.languages import fitness, tag_of
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.sidecars import (
    MAX_SIDECAR_BYTES,
    MAX_SIDECARS,
    Label,
    belongs,
    find_sidecars,
    label,
)
from tests.media.conftest import Reading, read_video
from tests.media.heard import Text, Track, heard_video, tone
from tests.media_samples import SampleVideo, srt_text

CUES = [(0.5, 1.5, "first words"), (2.5, 3.5, "second words")]


def words(reading: Reading) -> dict[int, str]:
    return {one.scene_id: one.text for one in reading.messages if isinstance(one, SceneWords)}


def cues(*said: str) -> list[tuple[float, float, bytes]]:
    return [(0.5 + 2 * n, 1.5 + 2 * n, text.encode()) for n, text in enumerate(said)]


def mov_text(text: str) -> str:
    return "\0" + chr(len(text)) + text


@pytest.mark.parametrize(
    ("name", "codec", "wrap", "kind"),
    [
        ("a.mkv", "subrip", "<i>{}</i>", "srt"),
        ("a.mkv", "ass", "0,0,Default,,0,0,0,,{{\\b1}}{}", "ass"),
        ("a.mkv", "webvtt", "<v X>{}</v>", "vtt"),
        ("a.mp4", "mov_text", "{}", "mov_text"),
    ],
)
def test_embedded(tmp_path: Path, name: str, codec: str, wrap: str, kind: str) -> None:
    texts = [wrap.format(said) for said in ("first words", "second words")]
    if codec == "mov_text":
        texts = list(map(mov_text, texts))
    path = heard_video(tmp_path / name, seconds=4, cuts=(2,), text=[Text(cues(*texts), codec)])
    reading = read_video(path)
    assert reading.video.subtitles == Subtitles(SubtitleSource.EMBEDDED, kind, None, 1)
    assert words(reading) == {1: "first words", 2: "second words"}


@pytest.mark.parametrize(("wanted", "expected"), [("en", "english"), ("zh-CN", "简体")])
def test_the_language_of_the_descriptions_comes_first(tmp_path: Path, wanted: str, expected: str) -> None:
    tracks = [
        Text(cues("deutsch"), language="ger", default=True),
        Text(cues("english"), language="eng", default=False),
        Text(cues("简体"), language="chi", default=False),
    ]
    path = heard_video(tmp_path / "a.mkv", seconds=2, text=tracks)
    reading = read_video(path, ScanOptions(language=wanted))
    assert words(reading) == {1: expected}
    assert reading.first_words.subtitles is not None and reading.first_words.subtitles.tracks == 3


def test_a_track_without_a_word_that_can_be_used(tmp_path: Path) -> None:
    path = heard_video(tmp_path / "a.mkv", seconds=2, text=[Text([(0.5, 1.5, b"<i></i>")])])
    reading = read_video(path)
    assert words(reading) == {} and len(reading.scenes) == 1
    assert reading.video.subtitles == Subtitles(SubtitleSource.EMBEDDED, "srt", None, 1)


def test_words_that_do_not_say_how_long_they_are_shown(tmp_path: Path) -> None:
    """Until the next ones, at most 5 s."""
    text = Text([(0.5, 0.5, b"until the next"), (3.0, 3.0, b"for a while")])
    reading = read_video(heard_video(tmp_path / "a.mkv", seconds=10, cuts=(2, 7, 8.5), text=[text]))
    assert words(reading) == {1: "until the next", 2: "until the next\nfor a while", 3: "for a while"}


def test_stamps_that_do_not_start_at_0(tmp_path: Path) -> None:
    path = heard_video(
        tmp_path / "a.mkv",
        seconds=4,
        cuts=(2,),
        text=[Text(cues("one", "two"))],
        start=9,
        sound=[Track(tone(4))],
    )
    assert words(read_video(path)) == {1: "one", 2: "two"}


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return heard_video(
        tmp_path / "My film.mkv", seconds=4, cuts=(2,), text=[Text(cues("inside"), language="en")]
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "name", ["My film.srt", "my film.en.srt", "My film.en.forced.srt", "My film_eng.SRT"]
)
def test_a_file_beside_it(film: Path, name: str, encoding: str) -> None:
    film.with_name(name).write_bytes(srt_text(CUES).encode(encoding))
    reading = read_video(film)
    if name == "My film.srt":  # English inside is better than not saying what it is
        assert words(reading) == {1: "inside"}
    else:
        assert words(reading) == {1: "first words", 2: "second words"}
        assert reading.video.subtitles == Subtitles(SubtitleSource.SIDECAR, "srt", "en", 2)


def test_chinese_files(film: Path) -> None:
    film.with_name("My film.chs.ass").write_bytes(
        "[Events]\nDialogue: 0,0:00:00.50,0:00:01.50,D,,0,0,0,,快看那边，船来了。\n".encode("gb18030")
    )
    film.with_name("My film.cht.srt").write_bytes(srt_text([(0.5, 1.5, "快看那邊，船來了。")]).encode("big5"))
    reading = read_video(film, ScanOptions(language="zh-CN"))
    assert words(reading) == {1: "快看那边，船来了。"}
    assert reading.video.subtitles == Subtitles(SubtitleSource.SIDECAR, "ass", "zh-Hans", 3)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", SubtitleProblem.NO_CUES),
        (b"just words", SubtitleProblem.NO_CUES),
        (b"\xf1\xe2\xe5\xf2 " * 40, SubtitleProblem.ENCODING),
        (b" " * (MAX_SIDECAR_BYTES + 1), SubtitleProblem.TOO_LARGE),
    ],
)
def test_a_bad_file_is_said_and_the_next_is_used(film: Path, data: bytes, problem: SubtitleProblem) -> None:
    film.with_name("My film.en.srt").write_bytes(data)
    reading = read_video(film)
    assert words(reading) == {1: "inside"}
    assert reading.video.subtitles == Subtitles(SubtitleSource.EMBEDDED, "srt", "en", 2, problem)


def test_a_bad_file_alone(clip: SampleVideo, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(clip.path.read_bytes())
    (tmp_path / "a.srt").write_bytes(b"nothing")
    reading = read_video(path)
    assert words(reading) == {}
    assert reading.video.subtitles == Subtitles(None, None, None, 1, SubtitleProblem.NO_CUES)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes or links here")
def test_what_is_no_file_is_left_alone(clip: SampleVideo, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(clip.path.read_bytes())
    os.mkfifo(tmp_path / "a.srt")
    (tmp_path / "a.en.srt").mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_text(srt_text(CUES))
    (tmp_path / "a.de.srt").symlink_to(secret)
    assert find_sidecars(str(path), str(path)) == ()
    reading = read_video(path)
    assert words(reading) == {} and reading.video.subtitles is None


def test_a_link_to_a_video_has_the_files_of_both_places(clip: SampleVideo, tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir(), here.mkdir()
    (there / "a.mp4").write_bytes(clip.path.read_bytes())
    (there / "a.srt").write_text(srt_text(CUES))
    (here / "b.mp4").symlink_to(there / "a.mp4")
    (here / "b.en.srt").write_text(srt_text([(0, 1, "here")]))
    found = find_sidecars(str(here / "b.mp4"), str(there / "a.mp4"))
    assert sorted(Path(one).name for one in found) == ["a.srt", "b.en.srt"]
    assert words(read_video(here / "b.mp4"))[1] == "here"


def test_many_files_are_bounded(tmp_path: Path) -> None:
    for n in range(60):
        (tmp_path / f"a{'.en' * (n % 4)}{'.forced' * (n // 4 % 4)}{'.srt' if n < 16 else '.ass'}").touch()
        (tmp_path / f"b{n}.srt").touch()
    found = find_sidecars(str(tmp_path / "a.mp4"), str(tmp_path / "a.mp4"))
    assert 0 < len(found) <= MAX_SIDECARS
    assert find_sidecars("/nowhere/a.mp4", "/nowhere/a.mp4") == ()


@pytest.mark.parametrize(
    ("name", "stem", "expected"),
    [
        ("clip.srt", "clip", True),
        ("CLIP.SRT", "clip", True),
        ("clip.en.srt", "clip", True),
        ("clip.zh-CN.ass", "clip", True),
        ("clip.zh_Hans.vtt", "clip", True),
        ("clip.chs&eng.ass", "clip", True),
        ("clip.en.sdh.srt", "clip", True),
        ("clip_eng.ssa", "clip", True),
        ("clip.简体.srt", "clip", True),
        ("cafe\u0301.srt", "café", True),
        ("clip2.srt", "clip", False),
        ("clip.2.srt", "clip", False),
        ("clip.part two.srt", "clip", False),
        ("clip.xyz.srt", "clip", False),
        ("clip..srt", "clip", False),
        ("clip.en.txt", "clip", False),
        ("other.srt", "clip", False),
        ("clip.en.en.en.en.en.srt", "clip", False),
        ("my.clip.v2.en.srt", "my.clip.v2", True),
    ],
)
def test_names(name: str, stem: str, expected: bool) -> None:
    assert belongs(name, stem) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/x/clip.srt", Label("srt", None, forced=False, plain=True)),
        ("/x/clip.eng.srt", Label("srt", "en", forced=False, plain=False)),
        ("/x/clip.zh-TW.forced.ASS", Label("ass", "zh-Hant", forced=True, plain=False)),
        ("/x/clip.zh_TW.srt", Label("srt", "zh-Hant", forced=False, plain=False)),
        ("/x/clip.chs&eng.ass", Label("ass", "zh-Hans", forced=False, plain=False)),
        ("/x/my.clip.v2.vtt", Label("vtt", None, forced=False, plain=True)),
    ],
)
def test_labels(path: str, expected: Label) -> None:
    assert label(path) == expected


@pytest.mark.parametrize(
    ("word", "tag"),
    [("eng", "en"), ("en-US", "en"), ("EN_gb", "en"), ("chi", "zh"), ("zho", "zh"), ("zh-CN", "zh-Hans"),
     ("zh_Hant_TW", "zh-Hant"), ("cht", "zh-Hant"), ("pt-BR", "pt"), ("es-419", "es"), ("und", None), ("", None),
     (None, None), ("x" * 50, None), ("xx", None), ("en-", None)],
)  # fmt: skip
def test_languages(word: str | None, tag: str | None) -> None:
    assert tag_of(word) == tag


@pytest.mark.parametrize(
    ("wanted", "best_first"),
    [
        ("en", ["en", None, "de"]),
        ("zh-CN", ["zh-Hans", "zh-Hant", None, "en"]),
        ("zh-CN", ["zh", "zh-Hant", None, "ja"]),
    ],
)
def test_the_best_language(wanted: str, best_first: list[str | None]) -> None:
    merits = [fitness(tag, wanted) for tag in best_first]
    assert merits == sorted(merits, reverse=True) and len(set(merits)) == len(merits)
