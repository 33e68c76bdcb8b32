"""The sample videos are what they say: frames, times, cuts, rotation, sound, subtitles."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.media_samples import SampleVideo, audio_only, cuts_video, has_encoder, noise_video, srt_text

CASES: dict[str, dict[str, Any]] = {
    "plain.mp4": {},
    "ntsc.mov": {"rate": Fraction(30000, 1001), "start_timecode": "01:00:00:00", "rotation": 90},
    "vfr.mp4": {"vfr": (4, 6, 3, 9)},
    "ten_bit.mkv": {"codec": "libx265", "pix_fmt": "yuv420p10le", "hdr": True},
    "sound.webm": {"codec": "libvpx-vp9", "audio": True},
    "old.avi": {"codec": "mpeg4"},
    "broadcast.ts": {"codec": "mpeg2video", "audio": True},
    "av1.mp4": {"codec": "libsvtav1"},
}


def read(sample: SampleVideo) -> tuple[list[Fraction], list[np.ndarray], int]:
    times, pictures, rotation = [], [], 0
    with av.open(str(sample.path)) as container:
        for frame in container.decode(video=0):
            assert frame.pts is not None and frame.time_base is not None
            times.append(frame.pts * frame.time_base)
            pictures.append(frame.reformat(width=32, height=18, format="rgb24").to_ndarray().astype(int))
            rotation = frame.rotation
    return [time - times[0] for time in times], pictures, rotation


@pytest.mark.parametrize("name", CASES)
def test_frames_times_and_cuts(tmp_path: Path, name: str) -> None:
    options = CASES[name]
    if not has_encoder(options.get("codec", "mpeg4")):
        pytest.skip(f"no encoder {options['codec']}")
    sample = cuts_video(tmp_path / name, cuts=[8], dissolves=[(16, 20)], frames=30, size=(160, 90), **options)
    times, pictures, rotation = read(sample)
    assert len(times) == sample.frames == 30
    assert all(abs(a - b) < Fraction(1, 900) for a, b in zip(times, sample.times, strict=True))
    steps = [abs(b - a).mean() for a, b in pairwise(pictures)]
    assert int(np.argmax(steps)) + 1 == 8
    assert sorted(np.argsort(steps)[-7:] + 1) == [8, 16, 17, 18, 19, 20, 21]
    assert rotation % 360 == -sample.rotation % 360
    assert sample.scenes == [(0, 8), (8, 18), (18, 30)]


def test_fade_goes_through_black(tmp_path: Path) -> None:
    sample = cuts_video(tmp_path / "fade.mp4", fades=[(5, 11)], frames=16, size=(64, 36))
    _, pictures, _ = read(sample)
    light = [picture.mean() for picture in pictures]
    assert int(np.argmin(light)) == 8 and light[8] < 12 < light[4]


def test_motion_has_no_jump(tmp_path: Path) -> None:
    sample = cuts_video(tmp_path / "still.mp4", frames=120, size=(160, 90))
    _, pictures, _ = read(sample)
    steps = [abs(b - a).mean() for a, b in pairwise(pictures)]
    assert max(steps) < 6


def test_same_bytes_every_time(tmp_path: Path) -> None:
    digests = {
        hashlib.sha256(cuts_video(tmp_path / name, cuts=[5], frames=10).path.read_bytes()).hexdigest()
        for name in ("a.mp4", "b.mp4")
    }
    assert len(digests) == 1


def test_timecode_sound_and_subtitles(tmp_path: Path) -> None:
    cues = [(0.2, 0.6, "Hello"), (0.8, 1.1, "你好")]
    sample = cuts_video(tmp_path / "all.mkv", frames=50, audio=[(1.0, 0.5), (1.0, 0.0)], subtitles=cues)
    with av.open(str(sample.path)) as container:
        texts = [bytes(packet).decode() for packet in container.demux(subtitles=0) if packet.size]
        assert texts == ["Hello", "你好"]
    with av.open(str(sample.path)) as container:
        loud = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    assert abs(loud[4800:43200]).max() > 0.4 and abs(loud[52800:91200]).max() < 0.01
    clip = cuts_video(tmp_path / "tc.mov", frames=5, start_timecode="10:00:00:00")
    with av.open(str(clip.path)) as container:
        assert container.streams.video[0].metadata["timecode"] == "10:00:00:00"
    assert srt_text(cues).startswith("1\n00:00:00,200 --> 00:00:00,600\nHello\n\n2\n")


def test_odd_ones(tmp_path: Path) -> None:
    with av.open(str(audio_only(tmp_path / "sound.m4a"))) as container:
        assert not container.streams.video and container.streams.audio
    _, pictures, _ = read(noise_video(tmp_path / "noise.mp4", frames=5))
    assert len(pictures) == 5
    with pytest.raises(ValueError, match="overlap"):
        cuts_video(tmp_path / "x.mp4", cuts=[5], dissolves=[(4, 8)])
