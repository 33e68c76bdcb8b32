"""Subtitles of every kind become plain lines, whatever is in them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autocut_tray.core.clean import clean
from autocut_tray.core.footage import Scene, SceneWords, Transition
from autocut_tray.core.media.wire import MAX_WORDS
from autocut_tray.core.media.worker_cues import MAX_CUE_TEXT, MAX_CUES, Cue, packet_text, parse
from autocut_tray.core.media.worker_encodings import decode
from autocut_tray.core.media.worker_subtitles import assign
from tests.media_samples import srt_text

SRT = """\
1
00:00:01,000 --> 00:00:03,500
<i>Look</i> over there,
the <font color="#ffff00">boat</font> is coming.

2
00:00:04,000 --> 00:00:06,000 X1:0 X2:10
{\\an8}It's 5 < 6 &amp; \u202eback\u202c

not a number
01:00:00.5-->01:00:02
no space\x07
3
01:00:03,000 --> 01:00:02,000
backwards

"""
VTT = """\
WEBVTT - a title
Kind: captions

STYLE
::cue { color: red }

NOTE a note --> not a cue

intro
00:01.000 --> 00:03.500 align:start
<v Anna>Look <c.loud>over</c> there<00:00:02.000></v>

00:04.000 --> 00:06.000
&lt;b&gt; is a tag
"""
ASS = """\
[Script Info]
Title: x
[V4+ Styles]
Format: Name, Fontname
Style: Default,Arial
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,not shown
Dialogue: 0,0:00:01.00,0:00:03.50,Default,,0,0,0,,{\\b1}Look{\\b0}\\Nover there, all
Dialogue: 0,0:00:04.00,0:00:06.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}a {sign\\i1}word
Dialogue: 0,0:00:07.00,0:00:08.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0
Dialogue: broken
"""


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        (
            SRT,
            "srt",
            [
                (1.0, 3.5, "Look over there, the boat is coming."),
                (4.0, 6.0, "It's 5 < 6 & back"),
                (3600.5, 3602.0, "no space"),
            ],
        ),
        (SRT.replace("\n", "\r\n"), "srt", None),
        (VTT, "vtt", [(1.0, 3.5, "Look over there"), (4.0, 6.0, "<b> is a tag")]),
        (ASS, "ass", [(1.0, 3.5, "Look over there, all"), (4.0, 6.0, "a word")]),
        ("[Events]\nDialogue: Marked=0,0:00:01.00,0:00:02.00,x,,0,0,0,,old", "ssa", [(1.0, 2.0, "old")]),
        ("", "srt", []),
        ("00:00:01,000 --> 00:00:02,000", "srt", []),
        ("00:00:01,000 --> 00:00:02,000\n2\n00:00:02,000 --> 00:00:03,000\nb", "srt", [(2.0, 3.0, "b")]),
        ("99:00:00,000 --> 99:00:02,000\na", "srt", []),
    ],
)
def test_files(text: str, kind: str, expected: list[tuple[float, float, str]] | None) -> None:
    if expected is None:
        assert parse(text, kind) == parse(text.replace("\r\n", "\n"), kind) != []
    else:
        assert parse(text, kind) == [Cue(*cue) for cue in expected]


def test_what_is_written_is_read() -> None:
    cues = [(0.5, 1.25, "one"), (3661.001, 3662.0, "two")]
    read = parse(srt_text(cues), "srt")
    assert [cue.text for cue in read] == ["one", "two"]
    assert [t for cue in read for t in (cue.start, cue.end)] == pytest.approx(
        [t for cue in cues for t in cue[:2]]
    )


@pytest.mark.parametrize(
    ("data", "codec", "expected"),
    [
        (b"a <b>b</b>\nc", "srt", "a b c"),
        (b"\x00\x05h\xc3\xa9lloSTYLE", "mov_text", "héll"),
        (b"\x00\x06\xfe\xff\x8a\x71\x4e\x00", "mov_text", "話一"),
        (b"7,0,Default,,0,0,0,,{\\i1}a,\\Nb", "ass", "a, b"),
        (b"7,0", "ass", ""),
        (b"<v Anna>Hi</v>", "vtt", "Hi"),
        (b"\xff\xfe", "mov_text", ""),
        (b"", "mov_text", ""),
    ],
)
def test_packets(data: bytes, codec: str, expected: str) -> None:
    assert packet_text(data, codec) == expected


PIECES = (
    "00:00:01,000 --> 00:00:02,000",
    "٣:٠١:٠٢ --> ٣:٠١:٠٩",
    "Dialogue: 0,0:00:01.00,0:00:02.00,a,,0,0,0,,",
    "Format: Text",
    "Format: Start, Text, End",
    "{\\p1}",
    "{" * 9,
    "<i>",
    "<" * 9,
    "&#x202e;",
    "&#99999999999;",
    "\\N",
    "1",
    "",
)
ANY_TEXT = st.one_of(
    st.text(max_size=400),
    st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=40).map("\n".join),
)


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT, st.sampled_from(["srt", "vtt", "ass", "ssa"]))
@example("Format: Text\nDialogue: x", "ass")
def test_any_file_gives_safe_cues_in_order(text: str, kind: str) -> None:
    cues = parse(text, kind)
    assert cues == sorted(cues, key=lambda cue: (cue.start, cue.end))
    for cue in cues:
        assert 0 <= cue.start < cue.end
        assert 0 < len(cue.text) <= MAX_CUE_TEXT
        assert clean(cue.text, MAX_CUE_TEXT) == cue.text


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["srt", "vtt", "ass", "mov_text", "text"]))
def test_any_packet_gives_safe_text(data: bytes, codec: str) -> None:
    text = packet_text(data, codec)
    assert clean(text, MAX_CUE_TEXT) == text


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    decode(data)


LARGE = {
    "angles": "<" * 3_000_000,
    "braces": "{\\" * 1_500_000,
    "lines": "\n" * 3_000_000,
    "times": "00:00:01,000 --> 00:00:02,000\n" * 100_000,
    "entities": "&#" * 1_000_000,
    "one long cue": "00:00:01,000 --> 00:00:02,000\n" + "<a" * 1_000_000,
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
@pytest.mark.parametrize("kind", ["srt", "ass"])
def test_large_files_take_no_long_time(text: str, kind: str) -> None:
    assert len(parse(text, kind)) <= MAX_CUES


CHINESE = srt_text([(1, 3, "快看那边，船来了。"), (4, 6, "我们应该早点出发，可是没有人听我的话。")])
TAIWAN = srt_text([(1, 3, "快看那邊，船來了。"), (4, 6, "我們應該早點出發，可是沒有人聽我的話。")])
FRENCH = srt_text([(1, 3, "Là-bas, le bateau arrive déjà. Ça a été une très longue journée d'été.")])


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((CHINESE, e) for e in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030")),
        *((TAIWAN, e) for e in ("utf-8", "utf-16", "big5", "cp950")),
        *((FRENCH, e) for e in ("utf-8", "cp1252", "latin-1")),
        ("plain", "ascii"),
    ],
)  # fmt: skip
def test_encodings(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Смотри туда, лодка идёт. Нам нужно было выйти раньше.", "cp1251"),
        ("저기 봐, 배가 오고 있어. 우리는 더 일찍 떠났어야 했다.", "euc-kr"),
        ("船が来ますよ。もっと早く出発するべきだったのに。", "shift_jis"),
    ],
)
def test_an_unknown_encoding_is_not_guessed(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) is None


def scenes(*borders: float) -> list[Scene]:
    return [
        Scene(n, n, n + 1, a, b, Transition.CUT)
        for n, (a, b) in enumerate(itertools.pairwise(borders), start=1)
    ]


@pytest.mark.parametrize(
    ("cues", "expected"),
    [
        ([Cue(0.5, 1.5, "a")], {1: "a"}),
        ([Cue(3.5, 4.4, "a")], {1: "a"}),  # longer in the first
        ([Cue(3.5, 4.5, "a")], {1: "a", 2: "a"}),  # half and half
        ([Cue(2.0, 6.0, "a")], {1: "a", 2: "a"}),  # a second in each
        ([Cue(3.9, 4.2, "a"), Cue(5, 6, "b"), Cue(5, 6, "b")], {2: "a\nb"}),
        ([Cue(11, 12, "late")], {}),
        ([Cue(9, 30, "long")], {3: "long"}),
        ([Cue(0, 10, "all")], {1: "all", 2: "all", 3: "all"}),
    ],
)
def test_words_go_to_their_scenes(cues: list[Cue], expected: dict[int, str]) -> None:
    assert {one.scene_id: one.text for one in assign(cues, scenes(0, 4, 8, 10))} == expected


def test_the_words_of_a_scene_and_of_a_video_are_bounded() -> None:
    long = [Cue(n / 10, n / 10 + 1, f"{n} " + "x" * 490) for n in range(500)]
    (one,) = assign(long, scenes(0, 100))
    assert len(one.text) <= MAX_WORDS and one.text.endswith("…")
    everywhere = [Cue(0, 5000, f"{n} " + "x" * 490) for n in range(200)]
    assert sum(len(one.text) for one in assign(everywhere, scenes(*range(5000)))) < 2_100_000


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 40), st.floats(0.01, 20)), max_size=30),
    st.lists(st.floats(0.1, 10), min_size=1, max_size=8),
)
def test_no_word_is_lost(times: list[tuple[float, float]], lengths: list[float]) -> None:
    borders = [0.0]
    for length in lengths:
        borders.append(borders[-1] + length)
    cues = sorted((Cue(a, a + b, f"cue {n}") for n, (a, b) in enumerate(times)), key=lambda cue: cue.start)
    found: list[SceneWords] = assign(cues, scenes(*borders))
    said = {line for one in found for line in one.text.split("\n")}
    assert said == {cue.text for cue in cues if cue.start < borders[-1]}
