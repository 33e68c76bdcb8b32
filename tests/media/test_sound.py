"""The sound of scenes, through the real worker, from files made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autocut_tray.core.footage import SceneSound, Sound, SoundProblem, SoundTrack
from autocut_tray.core.media.options import ScanOptions
from tests.media.conftest import Reading, read_video
from tests.media.heard import (
    RATE,
    Track,
    heard_video,
    joined,
    made_up_speech,
    music,
    noise,
    reference_loudness,
    silence,
    tone,
)
from tests.media_samples import SampleVideo


def sounds(reading: Reading) -> list[Sound | SoundProblem]:
    heard = [message for message in reading.messages if isinstance(message, SceneSound)]
    assert [one.scene_id for one in heard] == [scene.id for scene in reading.scenes]
    return [one.sound for one in heard]


def measured(reading: Reading) -> list[Sound]:
    found = [one for one in sounds(reading) if isinstance(one, Sound)]
    assert len(found) == len(reading.scenes)
    return found


def test_each_scene_has_its_own_figures(tmp_path: Path) -> None:
    parts = [noise(3, 0.1, 2), joined(silence(1, 2), tone(2, channels=2)), silence(3, 2)]
    path = heard_video(tmp_path / "a.mkv", seconds=9, cuts=(3, 6), sound=[Track(joined(*parts))])
    loud, half, none = measured(read_video(path))
    assert loud.loudness == pytest.approx(reference_loudness(parts[0]), abs=0.3)
    assert half.loudness == pytest.approx(reference_loudness(parts[1]), abs=0.3)
    assert none.loudness is None
    assert [one.silence for one in (loud, half, none)] == pytest.approx([0, 1 / 3, 1], abs=0.02)
    assert [one.speech for one in (loud, half, none)] == [0, 0, 0]


def test_speech_is_told_from_the_rest(tmp_path: Path) -> None:
    sound = joined(made_up_speech(6), tone(4), made_up_speech(6, seed=2))
    path = heard_video(tmp_path / "a.mkv", seconds=16, cuts=(6, 10), sound=[Track(sound)])
    first, beep, last = (one.speech or 0 for one in measured(read_video(path)))
    assert first > 0.6 and last > 0.6 and beep < 0.3


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "aac"), ("a.mkv", "libopus")])
def test_compressed_sound(tmp_path: Path, name: str, codec: str) -> None:
    sound = np.tile(music(4), (2, 1))
    path = heard_video(tmp_path / name, seconds=4, cuts=(2,), sound=[Track(sound, codec)])
    halves = sound[:, : 2 * RATE], sound[:, 2 * RATE :]
    for one, half in zip(measured(read_video(path)), halves, strict=True):
        assert one.loudness == pytest.approx(reference_loudness(half), abs=0.5)
        assert one.silence < 0.1


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 96_000])
def test_any_sample_rate(tmp_path: Path, rate: int) -> None:
    time = np.arange(4 * rate) / rate
    sound = (0.25 * np.sin(2 * np.pi * 997 * time)).astype(np.float32)[None]
    path = heard_video(tmp_path / "a.mkv", seconds=4, sound=[Track(sound, rate=rate)])
    reading = read_video(path)
    assert reading.video.sound is not None and reading.video.sound.sample_rate == rate
    (one,) = measured(reading)
    assert one.loudness == pytest.approx(reference_loudness(tone(4)), abs=0.1)


def test_surround_is_weighted(tmp_path: Path) -> None:
    sound = noise(4, 0.05, 6)
    (one,) = measured(read_video(heard_video(tmp_path / "a.mkv", seconds=4, sound=[Track(sound)])))
    assert one.loudness == pytest.approx(reference_loudness(sound), abs=0.1)


def test_a_video_without_sound_has_none(clip: SampleVideo) -> None:
    reading = read_video(clip.path)
    assert not [message for message in reading.messages if isinstance(message, SceneSound)]
    assert reading.video.sound is None and not reading.video.has_audio


def test_of_several_tracks_the_default_one(tmp_path: Path) -> None:
    tracks = [
        Track(silence(3), language="de", default=False),
        Track(tone(3), language="eng", default=True),
        Track(noise(3), default=False),
    ]
    reading = read_video(heard_video(tmp_path / "a.mkv", seconds=3, sound=tracks))
    assert reading.first_words.sound == SoundTrack("pcm_f32le", 1, RATE, 2, 3, "en")
    (one,) = measured(reading)
    assert one.loudness == pytest.approx(reference_loudness(tone(3)), abs=0.1)


def test_a_track_that_ends_early_is_silent_from_there(tmp_path: Path) -> None:
    path = heard_video(tmp_path / "a.mkv", seconds=8, cuts=(4,), sound=[Track(tone(6))])
    first, last = measured(read_video(path))
    assert first.silence == 0 and last.silence == pytest.approx(0.5, abs=0.02)


def test_short_scenes(tmp_path: Path) -> None:
    """0.32 s: too short for a block of the standard, and for speech."""
    path = heard_video(tmp_path / "a.mkv", seconds=2.32, cuts=(2,), sound=[Track(tone(2.32))])
    last = measured(read_video(path))[-1]
    assert last.loudness is None and last.speech is None and last.silence == 0


@pytest.mark.parametrize("name", ["a.ts", "a.mkv"])
def test_time_stamps_that_do_not_start_at_0(tmp_path: Path, name: str) -> None:
    sound = joined(tone(2), silence(2))
    path = heard_video(
        tmp_path / name,
        seconds=4,
        cuts=(2,),
        sound=[Track(sound, "mp2" if name == "a.ts" else "pcm_f32le")],
        start=7,
    )
    first, last = measured(read_video(path))
    assert first.silence < 0.06 and last.silence > 0.94


def test_damaged_sound_costs_no_scene(tmp_path: Path) -> None:
    """AAC of which every packet is overwritten."""
    path = heard_video(tmp_path / "a.mp4", seconds=6, cuts=(3,), sound=[Track(noise(6, 0.1), "aac")])
    whole = read_video(path)
    import av

    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        spans = [(p.pos, p.size) for p in container.demux(audio=0) if p.pos and p.size]
    for at, size in spans:
        data[at : at + size] = b"\xff" * size
    path.write_bytes(data)
    reading = read_video(path)
    assert reading.borders == whole.borders
    assert set(sounds(reading)) == {SoundProblem.DAMAGED}
    assert all(isinstance(one, Sound) for one in sounds(whole))


def test_an_unsupported_codec_costs_no_scene(tmp_path: Path) -> None:
    """WavPack is on no list."""
    path = heard_video(tmp_path / "a.mkv", seconds=2, sound=[Track(tone(2), "wavpack")])
    reading = read_video(path)
    assert sounds(reading) == [SoundProblem.UNSUPPORTED]
    assert reading.borders == [(0, 50)]


def test_sound_can_be_left_alone(tmp_path: Path) -> None:
    path = heard_video(tmp_path / "a.mkv", seconds=2, sound=[Track(tone(2))])
    assert sounds(read_video(path, ScanOptions(sound=False))) == [SoundProblem.AVOIDED]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38, -3e38, 1e30, 20.0])
def test_samples_that_are_no_sound(tmp_path: Path, value: float) -> None:
    """Damaged floating point sound; one sample in a hundred, and all."""
    sound = noise(3, 0.1)
    sound[:, ::100] = value
    sound[:, 2 * RATE :] = value
    path = heard_video(tmp_path / "a.mkv", seconds=3, cuts=(1.5,), sound=[Track(sound)])
    for one in measured(read_video(path)):
        assert one.loudness is None or -70 <= one.loudness <= 40


@pytest.mark.parametrize("seed", range(8))
def test_mutated_files_never_crash(tmp_path: Path, seed: int) -> None:
    from autocut_tray.core.errors import InputError

    path = heard_video(tmp_path / "a.mp4", seconds=3, cuts=(1.5,), sound=[Track(noise(3, 0.1, 2), "aac")])
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(seed)
    media = data.index(b"mdat") + 4, data.index(b"moov") - 4
    for at in rng.integers(*media, 40 * (seed + 1)):
        data[at] = rng.integers(0, 256)
    path.write_bytes(data)
    try:
        reading = read_video(path)
    except InputError as error:
        assert error.code not in ("worker_crashed", "hung", "out_of_memory", "too_slow")
    else:
        if reading.video.has_audio:
            assert len(sounds(reading)) == len(reading.scenes)
