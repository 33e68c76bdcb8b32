"""What the tray believes of what a worker says."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import replace
from fractions import Fraction

import pytest

from autocut_tray.core.footage import (
    Finished,
    FurtherFrame,
    Keyframe,
    Progress,
    Scene,
    SceneSound,
    SceneWords,
    Sound,
    SoundProblem,
    SoundTrack,
    SubtitleProblem,
    Subtitles,
    SubtitleSource,
    Transition,
    Video,
    WorkerMessage,
)
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.wire import (
    MAX_BLOB,
    MAX_JSON,
    MAX_WORDS,
    Failure,
    FailureCode,
    Kind,
    Request,
    Sent,
    TilingCheck,
    encode,
    read,
)
from autocut_tray.core.media.wire_values import WireError
from autocut_tray.core.picture_quality import PictureQuality

VIDEO = Video("", "mov", "h264", 1920, 1080, 270, Fraction(30000, 1001), True, 100, 3.3, "01:00:00:00", True)
HEARD = replace(
    VIDEO,
    sound=SoundTrack("aac", 2, 48_000, 2, 3, "zh-Hans"),
    subtitles=Subtitles(SubtitleSource.SIDECAR, "srt", "en", 4, SubtitleProblem.ENCODING),
)
SOUND = SceneSound(1, Sound(-23.4, 0.1, 0.8))
WORDS = SceneWords(1, "Look over there\n看那边")
SCENE = Scene(1, 0, 40, 0.0, 1.6, Transition.START)


def jpeg(width: int, height: int) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8, 8, height, width, 3)
    return b"\xff\xd8\xff\xe0\x00\x04ab" + frame + b"\xff\xda\x00\x02picture\xff\xd9"


KEYFRAME = Keyframe(1, 0.8, 64, 36, jpeg(64, 36))
FURTHER = FurtherFrame(1, 1, 0.4, 64, 36, jpeg(64, 36))


def decoded(data: bytes) -> Sent | None:
    return read(io.BytesIO(data).read)


def frame(kind: int, text: bytes, blob: bytes = b"", *, magic: bytes = b"\xacW") -> bytes:
    checksum = zlib.crc32(blob, zlib.crc32(text))
    return struct.pack(">2sBIII", magic, kind, len(text), len(blob), checksum) + text + blob


@pytest.mark.parametrize(
    "message",
    [
        Request(
            b"/a/\xff\n.mp4", 5, ScanOptions(0.5, 0.3, 512, True, 2, "zh-CN", False), (b"/a/\xff.srt", b"/b")
        ),
        Request(b"/a.mp4", 5, ScanOptions(pictures=0)),
        VIDEO,
        HEARD,
        replace(HEARD, sound=None, subtitles=Subtitles(None, None, None, 1)),
        SOUND,
        SceneSound(1, Sound(None, 1.0, None)),
        SceneSound(1, SoundProblem.DAMAGED),
        WORDS,
        replace(WORDS, text="长" * MAX_WORDS),
        replace(VIDEO, frames=None, duration=None, start_timecode=None),
        SCENE,
        KEYFRAME,
        FURTHER,
        replace(FURTHER, number=3),
        replace(KEYFRAME, small_jpeg=jpeg(32, 18)),
        replace(KEYFRAME, jpeg=b""),
        replace(KEYFRAME, quality=PictureQuality(0.31, 0.5, 0.9, 0.01)),
        replace(KEYFRAME, quality=PictureQuality(None, 0.0, 0.0, 0.0)),
        Progress(1.25, None),
        Progress(1.25, 10.0),
        Finished(VIDEO, 2.5),
        Failure(FailureCode.PICTURE_TOO_LARGE, "detail", 8192, 8192),
    ],
)
def test_everything_survives_the_way(message: Sent) -> None:
    assert decoded(encode(message)) == message


def test_the_end_is_none() -> None:
    assert decoded(b"") is None


def test_a_detail_of_any_kind_is_made_plain() -> None:
    got = decoded(encode(Failure(FailureCode.NOT_A_VIDEO, "é\n\u202e" + "x" * 500)))
    assert isinstance(got, Failure)
    assert got.detail.startswith("???") and len(got.detail) == 200


@pytest.mark.parametrize("cut", [1, 14, 15, 30, -1])
def test_a_message_that_is_cut_off(cut: int) -> None:
    with pytest.raises(WireError):
        decoded(encode(KEYFRAME)[:cut])


def test_sizes_are_refused_before_memory_is_taken() -> None:
    asked: list[int] = []

    def stingy(size: int) -> bytes:
        asked.append(size)
        return (
            struct.pack(">2sBIII", b"\xacW", Kind.KEYFRAME, 10, MAX_BLOB + 1, 0) if len(asked) == 1 else b""
        )

    with pytest.raises(WireError):
        read(stingy)
    assert asked == [15]
    with pytest.raises(WireError):
        decoded(struct.pack(">2sBIII", b"\xacW", Kind.SCENE, MAX_JSON + 1, 0, 0))
    with pytest.raises(WireError):
        decoded(frame(Kind.SCENE, b"{}", b"a picture where none belongs"))


@pytest.mark.parametrize(
    "data",
    [
        frame(Kind.PROGRESS, b'{"read":1,"total":null}', magic=b"no"),
        frame(99, b"{}"),
        frame(Kind.PROGRESS, b"nonsense"),
        frame(Kind.PROGRESS, b"[1]"),
        frame(Kind.PROGRESS, b"{}"),
        frame(Kind.PROGRESS, b'{"read":NaN,"total":null}'),
        frame(Kind.PROGRESS, b'{"read":-1,"total":null}'),
        frame(Kind.PROGRESS, b'{"read":1e999,"total":null}'),
        frame(Kind.PROGRESS, b'{"read":true,"total":null}'),
        frame(Kind.PROGRESS, b'{"read":"1","total":null}'),
        frame(Kind.PROGRESS, b"[" * 60_000),
        frame(Kind.PROGRESS, b'{"read":' + b"9" * 5000 + b',"total":null}'),
        encode(SCENE).replace(b"start", b"stort", 1),
        encode(KEYFRAME)[:-4] + b"xxxx",
    ],
)
def test_nonsense(data: bytes) -> None:
    with pytest.raises(WireError):
        decoded(data)


@pytest.mark.parametrize(
    "message",
    [
        replace(KEYFRAME, jpeg=b"\x89PNG not a JPEG"),
        replace(KEYFRAME, jpeg=jpeg(60_000, 60_000)),
        replace(KEYFRAME, jpeg=b"\xff\xd8\xff\xd9"),
        replace(KEYFRAME, width=2000, jpeg=jpeg(2000, 36)),
        replace(KEYFRAME, small_jpeg=jpeg(66, 18)),
        replace(KEYFRAME, small_jpeg=b"not a JPEG"),
        replace(KEYFRAME, jpeg=b"", small_jpeg=jpeg(32, 18)),
        replace(FURTHER, number=0),
        replace(FURTHER, number=4),
        replace(FURTHER, jpeg=b"not a JPEG"),
        replace(FURTHER, jpeg=jpeg(66, 36)),
        Request(b"/a.mp4", 5, ScanOptions(pictures=5)),
        replace(VIDEO, width=0),
        replace(VIDEO, height=70_000),
        replace(VIDEO, rotation=-90),
        replace(SCENE, start=-1.0),
        replace(SCENE, end=1e12),
        replace(SCENE, id=0),
        replace(SOUND, scene_id=0),
        replace(SOUND, sound=Sound(-23.0, 1.5, None)),
        replace(SOUND, sound=Sound(-71.0, 0.5, None)),
        replace(SOUND, sound=Sound(-23.0, 0.5, -0.1)),
        replace(WORDS, text=""),
        replace(WORDS, text="a\n\nb"),
        replace(WORDS, text="x" * (MAX_WORDS + 1)),
        replace(WORDS, text="bell\x07"),
        replace(WORDS, text="turned \u202e round"),
        replace(WORDS, text="half a pair \ud800"),
        replace(HEARD, sound=SoundTrack("aac", 0, 48_000, 1, 1, None)),
        replace(HEARD, subtitles=Subtitles(None, None, None, 0)),
        Request(b"/a.mp4", 5, ScanOptions(), (b"/a.srt",) * 100),
    ],
)
def test_values_out_of_bounds(message: Sent) -> None:
    with pytest.raises(WireError):
        decoded(encode(message))


def test_text_with_control_characters_does_not_pass() -> None:
    data = encode(replace(VIDEO, start_timecode="01:00:00:00\x1b[31m"))
    with pytest.raises(WireError):
        decoded(data)


def accept(*messages: WorkerMessage, pictures: bool = True) -> None:
    check = TilingCheck(pictures=pictures)
    for message in messages:
        check.accept(message)


SECOND = Scene(2, 40, 100, 1.6, 3.3, Transition.CUT)
END = Finished(VIDEO)


def test_scenes_that_tile_are_accepted() -> None:
    accept(
        VIDEO, SCENE, KEYFRAME, Progress(1, None), SECOND, SOUND, replace(KEYFRAME, scene_id=2), WORDS, END
    )


def test_further_pictures_come_in_order_before_their_key_frame() -> None:
    second = replace(FURTHER, scene_id=2)
    accept(VIDEO, SCENE, FURTHER, replace(FURTHER, number=2), KEYFRAME, SECOND, second, END)


@pytest.mark.parametrize(
    "messages",
    [
        [SCENE],
        [VIDEO, SECOND],
        [VIDEO, replace(SCENE, start_frame=1)],
        [VIDEO, replace(SCENE, transition=Transition.CUT)],
        [VIDEO, replace(SCENE, end_frame=0)],
        [VIDEO, replace(SCENE, end=-0.5)],
        [VIDEO, SCENE, replace(SECOND, start_frame=41)],
        [VIDEO, SCENE, replace(SECOND, start=1.7)],
        [VIDEO, SCENE, replace(SECOND, id=3)],
        [VIDEO, SCENE, replace(SECOND, transition=Transition.START)],
        [VIDEO, KEYFRAME],
        [VIDEO, SCENE, replace(KEYFRAME, scene_id=2)],
        [VIDEO, SCENE, KEYFRAME, KEYFRAME],
        [VIDEO, FURTHER],
        [VIDEO, SCENE, replace(FURTHER, scene_id=2)],
        [VIDEO, SCENE, replace(FURTHER, number=2)],
        [VIDEO, SCENE, FURTHER, FURTHER],
        [VIDEO, SCENE, KEYFRAME, FURTHER],
        [VIDEO, SCENE, KEYFRAME, SECOND, FURTHER],
        [VIDEO, SOUND],
        [VIDEO, SCENE, replace(SOUND, scene_id=2)],
        [VIDEO, SCENE, SOUND, SOUND],
        [VIDEO, SCENE, replace(WORDS, scene_id=2)],
        [VIDEO, SCENE, WORDS, WORDS],
        [VIDEO, END],
        [VIDEO, SCENE, END],
        [VIDEO, SCENE, SECOND, END, VIDEO],
    ],
)
def test_scenes_that_do_not_tile_are_not(messages: list[WorkerMessage]) -> None:
    with pytest.raises(WireError):
        accept(*messages)


@pytest.mark.parametrize("pictures", [True, False])
def test_key_frames_come_with_pictures_where_those_were_asked_for(pictures: bool) -> None:
    bare = replace(KEYFRAME, jpeg=b"")
    wanted, other = (KEYFRAME, bare) if pictures else (bare, KEYFRAME)
    accept(VIDEO, SCENE, wanted, SECOND, replace(wanted, scene_id=2), END, pictures=pictures)
    with pytest.raises(WireError, match="picture"):
        accept(VIDEO, SCENE, other, pictures=pictures)
