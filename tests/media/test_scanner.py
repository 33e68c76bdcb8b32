"""Videos through the real worker: facts, scenes, key frames."""

from __future__ import annotations

import io
import itertools
import wave
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.footage import Finished, Keyframe, Progress, Scene, Transition, Video
from autocut_tray.core.media import client
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.media.scanner import WorkerScanner, damage
from tests.media.conftest import read_video, refusal
from tests.media_samples import SampleVideo, audio_only, has_encoder, noise_video

Make = Callable[..., SampleVideo]


def picture(keyframe: Keyframe) -> np.ndarray:
    with av.open(io.BytesIO(keyframe.jpeg), format="mjpeg") as container:
        (frame,) = container.decode(video=0)
    return frame.to_ndarray(format="rgb24")


def near(found: list[tuple[int, int]], expected: list[tuple[int, int]], tolerance: int = 0) -> bool:
    return len(found) == len(expected) and all(
        abs(a - c) <= tolerance and abs(b - d) <= tolerance
        for (a, b), (c, d) in zip(found, expected, strict=True)
    )


def test_scenes_tile_and_every_one_has_a_picture(clip: SampleVideo) -> None:
    reading = read_video(clip.path)
    assert reading.borders == clip.scenes
    scenes = reading.scenes
    assert [s.id for s in scenes] == [1, 2, 3]
    assert [s.transition for s in scenes] == [Transition.START, Transition.CUT, Transition.CUT]
    assert scenes[0].start == 0.0 and scenes[-1].end == pytest.approx(float(clip.duration))
    assert all(a.end == b.start for a, b in itertools.pairwise(scenes))
    for scene, keyframe in zip(scenes, reading.keyframes, strict=True):
        assert keyframe.scene_id == scene.id
        assert scene.start < keyframe.time < scene.end
        assert picture(keyframe).shape == (180, 320, 3) == (keyframe.height, keyframe.width, 3)


def test_scenes_can_be_listed_without_pictures(clip: SampleVideo) -> None:
    """The same scenes and the same key frames, measured as well, but no JPEG is made."""
    whole, listed = read_video(clip.path), read_video(clip.path, ScanOptions(pictures=0))
    assert listed.scenes == whole.scenes
    assert listed.keyframes == [replace(keyframe, jpeg=b"", small_jpeg=b"") for keyframe in whole.keyframes]
    assert all(keyframe.jpeg and keyframe.quality for keyframe in whole.keyframes)


def test_facts_are_estimates_first_and_counted_at_the_end(clip: SampleVideo) -> None:
    reading = read_video(clip.path)
    for video in (reading.first_words, reading.video):
        assert video == Video(
            path=str(clip.path),
            container="mov,mp4,m4a,3gp,3g2,mj2",
            codec="h264",
            width=320,
            height=180,
            rotation=0,
            rate=Fraction(25),
            variable_rate=False,
            frames=120,
            duration=4.8,
            start_timecode=None,
            has_audio=False,
        )
    assert reading.end.damaged_at is None and damage(reading.end) is None


def test_a_scene_comes_before_the_video_is_read_to_its_end(make: Make) -> None:
    sample = make("long.mp4", cuts=[20], frames=600)
    kinds = [type(m) for m in read_video(sample.path).messages if not isinstance(m, Progress)]
    assert kinds == [Video, Scene, Keyframe, Scene, Keyframe, Finished]


def test_key_frames_show_their_scene(clip: SampleVideo) -> None:
    pictures = [picture(k).mean((0, 1)) for k in read_video(clip.path).keyframes]
    with av.open(str(clip.path)) as container:
        frames = [frame.to_ndarray(format="rgb24").mean((0, 1)) for frame in container.decode(video=0)]
    for (start, end), mean in zip(clip.scenes, pictures, strict=True):
        assert np.abs(mean - np.mean(frames[start:end], axis=0)).max() < 12


def test_variable_rate_gives_true_times(make: Make) -> None:
    sample = make("vfr.mkv", cuts=[40], frames=90, vfr=(4, 8, 4, 2))
    reading = read_video(sample.path)
    assert reading.borders == sample.scenes
    assert reading.video.variable_rate
    assert reading.scenes[1].start == pytest.approx(float(sample.times[40]), abs=0.001)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.mov", {}),
        ("a.mkv", {"codec": "ffv1"}),
        ("a.avi", {"codec": "mpeg4"}),
        ("a.ts", {"codec": "mpeg2video"}),
        ("a.webm", {"codec": "libvpx"}),
        ("a.webm", {"codec": "libvpx-vp9"}),
        ("a.mp4", {"codec": "libsvtav1", "pix_fmt": "yuv420p10le"}),
        ("a.mp4", {"codec": "libx265", "pix_fmt": "yuv420p10le", "hdr": True}),
        ("a.mov", {"codec": "prores_ks", "pix_fmt": "yuv422p10le"}),
        ("a.avi", {"codec": "mjpeg", "pix_fmt": "yuvj420p"}),
        ("a.flv", {}),
    ],
)
def test_containers_and_codecs(make: Make, name: str, how: dict[str, object]) -> None:
    if "codec" in how and not has_encoder(str(how["codec"])):
        pytest.skip(f"no encoder {how['codec']}")
    sample = make(name, cuts=[25], frames=60, **how)
    reading = read_video(sample.path)
    assert near(reading.borders, sample.scenes)
    assert reading.video.rate == 25 and reading.video.frames == 60
    assert len(reading.keyframes) == 2


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_rotated_clips_are_upright(make: Make, rotation: int) -> None:
    sample = make("phone.mov", frames=30, rotation=rotation)
    reading = read_video(sample.path)
    assert (reading.video.rotation, reading.video.width, reading.video.height) == (rotation, 320, 180)
    shown = picture(reading.keyframes[0])
    assert shown.shape == ((180, 320, 3) if rotation == 180 else (320, 180, 3))
    with av.open(str(sample.path)) as container:
        coded = [f.to_ndarray(format="rgb24").astype(int) for f in container.decode(video=0)]
    upright = [np.rot90(frame, -rotation // 90) for frame in coded]
    assert min(np.abs(frame - shown).mean() for frame in upright) < 12
    assert min(np.abs(np.rot90(frame, 2) - shown).mean() for frame in upright) > 15


def test_gradual_transitions(make: Make) -> None:
    sample = make("soft.mp4", dissolves=[(40, 55)], fades=[(100, 120)], cuts=[160], frames=200)
    reading = read_video(sample.path)
    starts = reading.scenes[1:]
    assert [s.transition for s in starts] == [Transition.DISSOLVE, Transition.FADE, Transition.CUT]
    assert 40 <= starts[0].start_frame <= 55 and 100 <= starts[1].start_frame <= 121
    assert starts[2].start_frame == 160
    for scene, keyframe in zip(reading.scenes, reading.keyframes, strict=True):
        at = keyframe.time * 25
        assert not 40 <= at <= 55 and not 100 <= at <= 120
        assert scene.start <= keyframe.time < scene.end


def test_start_time_code_and_sound(make: Make) -> None:
    video = read_video(make("tc.mov", frames=30, start_timecode="01:02:03:04", audio=True).path).video
    assert (video.start_timecode, video.has_audio) == ("01:02:03:04", True)


def test_a_drop_frame_start_time_code(make: Make) -> None:
    rate = Fraction(30000, 1001)
    video = read_video(make("drop.mov", frames=30, rate=rate, start_timecode="01:00:00;00").path).video
    assert (video.start_timecode, video.rate) == ("01:00:00;00", rate)


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_very_short_videos(make: Make, frames: int) -> None:
    reading = read_video(make("short.mp4", frames=frames).path)
    assert reading.borders == [(0, frames)]
    assert len(reading.keyframes) == 1


@pytest.mark.parametrize("size", [(2, 2), (16, 16), (1918, 34), (34, 1000)])
def test_odd_sizes(make: Make, size: tuple[int, int]) -> None:
    sample = make("odd.mkv", frames=12, size=size, codec="ffv1")
    (keyframe,) = read_video(sample.path).keyframes
    assert max(keyframe.width, keyframe.height) <= 1024


def test_key_frames_keep_to_the_asked_size(make: Make) -> None:
    sample = make("hd.mp4", frames=10, size=(1280, 720))
    (keyframe,) = read_video(sample.path, ScanOptions(image_px=512)).keyframes
    assert (keyframe.width, keyframe.height) == (512, 288)


@pytest.mark.fault("FM3")
@pytest.mark.parametrize(("asked", "small"), [(512, (256, 144)), (1024, (512, 288)), (256, (128, 72))])
def test_a_key_frame_comes_with_itself_at_half_the_size(
    make: Make, asked: int, small: tuple[int, int]
) -> None:
    sample = make("hd.mp4", frames=10, size=(1280, 720))
    (keyframe,) = read_video(sample.path, ScanOptions(image_px=asked)).keyframes
    half = picture(replace(keyframe, jpeg=keyframe.small_jpeg))
    assert half.shape == (small[1], small[0], 3)
    whole = picture(keyframe).reshape(small[1], 2, small[0], 2, 3).mean((1, 3))
    assert np.abs(half - whole).mean() < 6, "the same picture"


def test_a_tiny_key_frame_has_no_smaller_one(make: Make) -> None:
    sample = make("hd.mp4", frames=10, size=(1280, 720))
    (keyframe,) = read_video(sample.path, ScanOptions(image_px=254)).keyframes
    assert keyframe.small_jpeg == b""


def test_short_scenes_by_setting(make: Make) -> None:
    sample = make("rapid.mp4", cuts=[30, 38, 46, 70], frames=110)
    assert read_video(sample.path).borders == sample.scenes
    merged = read_video(sample.path, ScanOptions(min_scene=0.6)).borders
    assert merged == [(0, 30), (30, 46), (46, 70), (70, 110)]


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    assert refusal(audio_only(tmp_path / "sound.mp4", 0.5)).code == "no_video"
    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(8000))
    assert refusal(tmp_path / "sound.wav").code == "no_video"


def test_a_cover_picture_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=48_000, layout="stereo")
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.codec_context.color_range = 2
        cover.disposition = 1024  # attached picture
        container.mux(cover.encode(av.VideoFrame(64, 64, "yuvj420p")))
        container.mux(cover.encode(None))
        silence = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        silence.sample_rate = 48_000
        container.mux(sound.encode(silence))
        container.mux(sound.encode(None))
    assert refusal(path).code == "no_video"


def test_noise_is_not_hundreds_of_scenes(tmp_path: Path) -> None:
    assert len(read_video(noise_video(tmp_path / "noise.mp4", frames=150).path).scenes) == 1


def test_black_is_one_scene_with_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "black.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        black = np.zeros((90, 160, 3), np.uint8)
        for _ in range(50):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(black, "rgb24")))
        container.mux(stream.encode(None))
    reading = read_video(path)
    assert reading.borders == [(0, 50)] and len(reading.keyframes) == 1


def test_a_picture_that_changes_its_size_goes_on(tmp_path: Path, make: Make) -> None:
    small = make("a.ts", codec="mpeg2video", frames=30, size=(160, 90))
    large = make("b.ts", codec="mpeg2video", frames=30, size=(320, 180), seed=9)
    path = tmp_path / "both.ts"
    path.write_bytes(small.path.read_bytes() + large.path.read_bytes())
    reading = read_video(path)
    assert reading.video.frames and reading.video.frames >= 50
    assert reading.scenes[-1].end_frame == reading.video.frames
    assert reading.video.duration is not None and reading.video.duration < 5


def test_a_cut_off_video_says_where(make: Make, tmp_path: Path) -> None:
    whole = make("whole.mkv", cuts=[60], frames=250)
    data = whole.path.read_bytes()
    path = tmp_path / "half.mkv"
    path.write_bytes(data[: len(data) // 2])
    reading = read_video(path)
    frames = reading.video.frames
    assert frames is not None and 60 < frames < 200
    assert reading.end.damaged_at == pytest.approx(frames / 25, abs=0.1)
    error = damage(reading.end)
    assert error is not None and error.code == "damaged"
    assert error.message.params["at"] in ("00:00:04", "00:00:05", "00:00:06")


def test_an_mp4_without_its_index_is_incomplete(clip: SampleVideo, tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    path.write_bytes(clip.path.read_bytes()[:3000])
    assert refusal(path).code == "incomplete"


def test_interlaced_key_frames_have_no_combs(tmp_path: Path) -> None:
    path = tmp_path / "tape.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg2video", rate=25, options={"flags": "+ildct+ilme", "qmax": "3"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(25):
            lines = np.zeros((240, 320, 3), np.uint8)
            lines[:] = 60
            for field in (0, 1):  # a bar that moves 10 pixels from field to field
                left = 40 + 8 * number + 10 * field
                lines[field::2, left : left + 60] = 200
            container.mux(stream.encode(av.VideoFrame.from_ndarray(lines, "rgb24")))
        container.mux(stream.encode(None))
    with av.open(str(path)) as container:
        if not next(container.decode(video=0)).interlaced_frame:
            pytest.skip("this encoder does not mark interlaced pictures")
    shown = picture(read_video(path).keyframes[0]).astype(int)
    assert np.abs(shown[1::2] - shown[::2]).mean() < 2


def test_wide_pixels_are_shown_wide(tmp_path: Path) -> None:
    path = tmp_path / "anamorphic.ts"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg2video", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)  # 16:9
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame(160, 120, "yuv420p")))
        container.mux(stream.encode(None))
    (keyframe,) = read_video(path).keyframes
    assert (keyframe.width, keyframe.height) == (214, 120)


def test_a_throttled_scanner_halves_the_worker_under_way_and_those_to_come(
    clip: SampleVideo, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, float | None]] = []
    monkeypatch.setattr(client, "use_cores", lambda pid, share: told.append((pid, share)))
    scanner = WorkerScanner(SystemClock())
    with scanner.scan(str(clip.path), ScanOptions(), CancelToken()) as messages:
        assert told == []
        scanner.throttle(True)
        scanner.throttle(False)
        assert isinstance(list(messages)[-1], Finished)
    assert [share for _, share in told] == [0.5, None]
    told.clear()
    scanner.throttle(True)
    assert told == [], "nothing runs"
    with scanner.scan(str(clip.path), ScanOptions(), CancelToken()):
        assert [share for _, share in told] == [0.5]
