"""Fast mode: the scenes are those of the accurate one, what is left out is counted, and it gives up by itself."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest

from autocut_tray.core.footage import NotFast, ScanMode
from autocut_tray.core.media import worker_fast
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.worker_groups import Group, GroupSplitter, Unsplittable
from autocut_tray.core.messages import Message
from autocut_tray.core.scan_words import scan_words
from autocut_tray.i18n import Translator
from tests.media.conftest import read_video
from tests.media.test_wire import VIDEO
from tests.media_samples import SampleVideo, has_encoder

Make = Callable[..., SampleVideo]
FAST = ScanOptions(mode=ScanMode.FAST)
CUTS = [40, 110, 215]
"""None lies on a key frame by the distance between those."""


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("plain.mp4", {}),
        ("reordered.mkv", {"b_frames": 3}),
        ("in_order.mov", {"b_frames": 0}),
        ("upright.mov", {"rotation": 90}),
        ("long_groups.mp4", {"gop": 250}),
        ("key_frames_only.mp4", {"gop": 1}),
        ("stream.ts", {"b_frames": 2}),
        ("heard.mp4", {"audio": True}),
        ("deep.mp4", {"codec": "libx265", "pix_fmt": "yuv420p10le"}),
    ],
)
def test_the_scenes_of_the_accurate_mode(make: Make, name: str, how: dict[str, object]) -> None:
    if "codec" in how and not has_encoder(str(how["codec"])):
        pytest.skip(f"no encoder {how['codec']}")
    sample = make(name, cuts=CUTS, frames=275, **how)
    exact, fast = read_video(sample.path), read_video(sample.path, FAST)
    assert fast.borders == exact.borders == sample.scenes
    assert fast.video.frames == exact.video.frames and fast.video.rate == exact.video.rate
    assert fast.video.duration == exact.video.duration
    assert len(fast.keyframes) == 4
    for scene, keyframe in zip(fast.scenes, fast.keyframes, strict=True):
        assert scene.start <= keyframe.time < scene.end
    assert (exact.video.mode, exact.video.not_fast) == (ScanMode.ACCURATE, None)
    assert fast.video.mode is ScanMode.FAST or fast.video.not_fast is not None


def test_fast_is_said(make: Make) -> None:
    video = read_video(make("said.mp4", cuts=CUTS, frames=275).path, FAST).video
    assert (video.mode, video.not_fast) == (ScanMode.FAST, None)


@pytest.mark.parametrize(
    ("name", "how", "why"),
    [
        ("short.mp4", {"frames": 100}, NotFast.SHORT),
        ("other.mp4", {"frames": 275, "codec": "mpeg4"}, NotFast.CODEC),
        ("vfr.mp4", {"frames": 275, "vfr": (4, 8, 4, 2)}, NotFast.VARIABLE_RATE),
        ("untimed.avi", {"frames": 275, "b_frames": 0}, NotFast.FRAMES),
    ],
)
def test_it_gives_up_by_itself(make: Make, name: str, how: dict[str, Any], why: NotFast) -> None:
    sample = make(name, cuts=[40], **how)
    fast = read_video(sample.path, FAST)
    if fast.video.mode is ScanMode.FAST and why is NotFast.FRAMES:
        pytest.skip("this build gives AVI time stamps")
    assert (fast.video.mode, fast.video.not_fast) == (ScanMode.ACCURATE, why)
    assert fast.borders == read_video(sample.path).borders


@pytest.mark.parametrize(("left_out", "shown"), [(15, 290), (60, 260)])
def test_an_edit_list_leaves_out_the_same_frames(
    make: Make, tmp_path: Path, left_out: int, shown: int
) -> None:
    """As an editor trims without encoding: what is left out of the beginning and of the end is in the file."""
    sample = make("untrimmed.mp4", cuts=CUTS, frames=330, b_frames=2)
    trimmed = tmp_path / "trimmed.mp4"
    trimmed.write_bytes(_edited(sample.path.read_bytes(), left_out, shown))
    borders = [0, *(cut - left_out for cut in CUTS if left_out < cut < left_out + shown), shown]
    exact, fast = read_video(trimmed), read_video(trimmed, FAST)
    assert exact.borders == fast.borders == list(pairwise(borders))
    assert exact.video.frames == fast.video.frames == shown
    assert (fast.video.mode, fast.video.not_fast) == (ScanMode.FAST, None)


def _edited(data: bytes, left_out: int, shown: int) -> bytes:
    """An MP4 whose one edit (ISO/IEC 14496-12, 8.6.6) shows these frames of 1/25 s."""
    at = data.index(b"elst")
    version, entries, length, begin = struct.unpack_from(">IIIi", data, at + 4)
    assert (version, entries) == (0, 1)
    movie_scale, media_scale = (
        struct.unpack_from(">I", data, data.index(box) + 16)[0] for box in (b"mvhd", b"mdhd")
    )
    edit = (shown * movie_scale // 25, begin + left_out * media_scale // 25)
    assert edit[0] < length
    return data[: at + 12] + struct.pack(">Ii", *edit) + data[at + 20 :]


def test_damage_loses_no_frame_around_it(make: Make, tmp_path: Path) -> None:
    """A zeroed stretch in one group: what comes before and after is as in the accurate mode."""
    sample = make("whole.mp4", cuts=CUTS, frames=275, gop=50)
    data = bytearray(sample.path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    exact, fast = read_video(broken), read_video(broken, FAST)
    assert fast.video.frames is not None and exact.video.frames is not None
    assert abs(fast.video.frames - exact.video.frames) <= 3
    assert fast.borders[0] == exact.borders[0]
    assert fast.scenes[-1].end == pytest.approx(exact.scenes[-1].end, abs=0.2)


def packet(pts: int | None, *, key: bool = False, size: int = 10) -> Any:
    return SimpleNamespace(
        pts=pts,
        is_keyframe=key,
        size=size,
        is_discard=False,
        is_corrupt=False,
        duration=1,
        time_base=Fraction(1, 25),
    )


def run_of(start: int, count: int = 30) -> list[Any]:
    return [packet(start, key=True, size=100), *(packet(start + n) for n in range(1, count))]


def split(packets: list[Any]) -> list[Group]:
    return list(GroupSplitter(iter(packets)).groups())


def test_groups_hold_every_packet_once() -> None:
    packets = [*run_of(0), *run_of(30), *run_of(60)]
    groups = split(packets)
    assert [one for group in groups for one in group.packets] == packets
    assert [(group.start, group.end) for group in groups] == [(None, 30), (30, 60), (60, None)]


def test_pictures_shown_before_a_key_frame_belong_to_the_group_before() -> None:
    packets = [
        *run_of(0),
        packet(32, key=True, size=100),
        packet(30),
        packet(31),
        *(packet(n) for n in range(33, 60)),
    ]
    first, second = split(packets)
    assert [one.pts for one in first.tail] == [32, 30, 31] and second.start == 32
    assert [time for time, _ in worker_fast.shown_times(first)] == list(range(32))
    assert [time for time, _ in worker_fast.shown_times(second)] == list(range(32, 60))


@pytest.mark.parametrize(
    "packets",
    [
        [*run_of(0), packet(None)],
        [*run_of(0), *run_of(30), packet(3)],
        [*run_of(0), *run_of(30)[:1], *(packet(n % 30) for n in range(40))],
        [packet(0, key=True), *(packet(n) for n in range(1, 700))],
        [packet(0, key=True, size=13 << 20)],
    ],
    ids=["no time", "time that goes back", "too much before a key frame", "too long", "too large"],
)
def test_what_cannot_be_split_loses_nothing(packets: list[Any]) -> None:
    read: list[Any] = []
    feed = iter(packets)
    with pytest.raises(Unsplittable) as caught:
        for group in GroupSplitter(feed).groups():
            read += group.packets
    assert [*read, *caught.value.packets, *feed] == packets


def test_whoever_stops_between_groups_can_read_on() -> None:
    packets = [*run_of(0), *run_of(30), *run_of(60)]
    feed = iter(packets)
    splitter = GroupSplitter(feed)
    groups = splitter.groups()
    read = [*next(groups).packets, *next(groups).packets]
    assert [*read, *splitter.pending, *feed] == packets


def test_a_large_packet_may_be_a_cut() -> None:
    group = Group(run_of(0), [packet(30, key=True, size=100)], 0, 30)
    assert worker_fast.may_be_quiet(group)
    group.packets[12].size = 60
    assert not worker_fast.may_be_quiet(group)
    near = [one.pts for one, watched in worker_fast.large(group) if watched]
    assert near == [12, 13, 14, 15]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("mode", list(ScanMode))
@pytest.mark.parametrize("why", [None, *NotFast])
def test_it_has_words(language: str, mode: ScanMode, why: NotFast | None) -> None:
    words: list[Message] = scan_words(replace(VIDEO, mode=mode, not_fast=why))
    assert len(words) == (mode is ScanMode.FAST) + (why is not None)
    for one in words:
        text = Translator(language).text(one)
        assert text and "scan-" not in text and "{" not in text


def test_open_groups_of_a_decoder(make: Make) -> None:
    """Pictures that refer across a key frame: x264 with open groups."""
    if not has_encoder("libx264"):
        pytest.skip("no encoder libx264")
    sample = make("closed.mp4", cuts=CUTS, frames=275)
    target = sample.path.with_name("open.mp4")
    with av.open(str(sample.path)) as source, av.open(str(target), "w") as container:
        options = {
            "x264-params": "open-gop=1:keyint=50:min-keyint=50:scenecut=0:bframes=3",
            "preset": "veryfast",
        }
        stream: Any = container.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for frame in source.decode(video=0):
            frame.pict_type = 0
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    exact, fast = read_video(target), read_video(target, FAST)
    assert exact.borders == sample.scenes and fast.video.frames == 275
    assert len(fast.borders) == 4
    assert all(abs(a[0] - b[0]) <= 2 for a, b in zip(fast.borders, exact.borders, strict=True))
