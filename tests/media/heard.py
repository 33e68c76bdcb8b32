"""Small videos with sound and subtitles of every kind, and sounds to put into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.filter
import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
RATE = 48_000
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}
FRAME_RATE = 25
_COLOURS = ((200, 40, 40), (40, 160, 60), (50, 60, 200), (220, 220, 220), (20, 20, 20))


@dataclass(frozen=True, slots=True)
class Track:
    """``sound``: channels x samples. ``codec`` None: not compressed."""

    sound: Sound
    codec: str = "pcm_f32le"
    rate: int = RATE
    language: str | None = None
    default: bool | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """``cues``: start and end in seconds, and the bytes of the packet."""

    cues: Sequence[tuple[float, float, bytes]]
    codec: str = "subrip"
    language: str | None = None
    default: bool | None = None


def heard_video(
    path: Path,
    *,
    seconds: float,
    cuts: Sequence[float] = (),
    sound: Sequence[Track] = (),
    text: Sequence[Text] = (),
    start: float = 0.0,
) -> Path:
    """A patterned picture that changes at ``cuts`` (seconds), each with its sound and words; begins at ``start``."""
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream(
            "mpeg4", rate=FRAME_RATE, options={"flags": "+qscale", "global_quality": "354"}
        )
        video.width, video.height, video.pix_fmt = 160, 90, "yuv420p"
        tracks = [_add_sound(container, track) for track in sound]
        texts = [_add_text(container, one) for one in text]
        packets: list[tuple[float, Any]] = []
        for number in range(round(seconds * FRAME_RATE)):
            frame = av.VideoFrame.from_ndarray(_picture(number, cuts), format="rgb24")
            frame.pts = number + round(start * FRAME_RATE)
            frame.time_base = Fraction(1, FRAME_RATE)
            packets += [(number / FRAME_RATE, packet) for packet in video.encode(frame)]
        packets += [(seconds, packet) for packet in video.encode(None)]
        for stream, track in zip(tracks, sound, strict=True):
            packets += _sound_packets(stream, track, start)
        for stream, one in zip(texts, text, strict=True):
            packets += _text_packets(stream, one, start)
        for _, packet in sorted(packets, key=lambda pair: pair[0]):
            container.mux(packet)
    return path


def tone(seconds: float, hertz: float = 997.0, level: float = 0.25, channels: int = 1) -> Sound:
    wave = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.tile(wave.astype(np.float32), (channels, 1))


def noise(seconds: float, level: float = 0.05, channels: int = 1, seed: int = 1) -> Sound:
    shape = (channels, round(seconds * RATE))
    return (np.random.default_rng(seed).standard_normal(shape) * level).astype(np.float32)


def silence(seconds: float, channels: int = 1) -> Sound:
    return np.zeros((channels, round(seconds * RATE)), np.float32)


def joined(*sounds: Sound) -> Sound:
    return np.concatenate(sounds, axis=1)


def music(seconds: float, seed: int = 1) -> Sound:
    """Chords that decay, a melody over them and a drum on every beat."""
    rng = np.random.default_rng(seed)
    wave = np.zeros(round(seconds * RATE))
    for beat in range(int(seconds * 4)):
        at = beat * RATE // 4
        time = np.arange(min(len(wave) - at, RATE)) / RATE
        roots = [0, 4, 7] if beat % 4 == 0 else []
        for half_tones in (*(r + 2 * (beat // 8 % 4) - 12 for r in roots), rng.integers(0, 13)):
            pitch = 220 * 2 ** (half_tones / 12)
            for harmonic in range(1, 7):
                wave[at : at + len(time)] += (
                    0.1 / harmonic * np.sin(2 * np.pi * pitch * harmonic * time) * np.exp(-3 * time)
                )
        hit = time[: RATE // 8]
        wave[at : at + len(hit)] += 0.15 * rng.standard_normal(len(hit)) * np.exp(-50 * hit)
    return wave.astype(np.float32)[None]


def made_up_speech(seconds: float, seed: int = 1) -> Sound:
    """Syllables as a voice makes them: pulses of gliding pitch through gliding formants, hisses, pauses."""
    rng = np.random.default_rng(seed)
    parts: list[NDArray[np.float64]] = []
    vowels = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
    while sum(map(len, parts)) < seconds * RATE:
        hiss = rng.standard_normal(round(RATE * rng.uniform(0.04, 0.09))) * 0.04
        parts.append(np.diff(hiss, prepend=0.0))
        length = round(RATE * rng.uniform(0.1, 0.2))
        pitch = np.linspace(rng.uniform(100, 150), rng.uniform(90, 140), length)
        pulses = np.diff(np.floor(np.cumsum(pitch) / RATE), prepend=0.0)
        voice = np.zeros(length)
        tail = np.arange(RATE // 50) / RATE
        first, second = rng.permutation(len(vowels))[:2]
        for vowel, ramp in ((first, np.linspace(1, 0, length)), (second, np.linspace(0, 1, length))):
            for formant in vowels[vowel]:
                ringing = np.exp(-300 * tail) * np.sin(2 * np.pi * formant * tail)
                voice += ramp * np.convolve(pulses, ringing)[:length]
        parts.append(voice * 0.15 * np.hanning(length))
        parts.append(np.zeros(round(RATE * rng.choice((0.02, 0.05, 0.2)))))
    return np.concatenate(parts)[: round(seconds * RATE)].astype(np.float32)[None]


def reference_loudness(sound: Sound) -> float:
    """What FFmpeg's ebur128 makes of it, LUFS."""
    graph = av.filter.Graph()
    layout = LAYOUTS[len(sound)]
    source = graph.add(
        "abuffer", f"sample_rate={RATE}:sample_fmt=fltp:channel_layout={layout}:time_base=1/{RATE}"
    )
    meter, sink = graph.add("ebur128", "metadata=1:video=0"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    said = "nan"
    for at in range(0, sound.shape[1], RATE // 10):
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(sound[:, at : at + RATE // 10]), format="fltp", layout=layout
        )
        frame.sample_rate, frame.pts = RATE, at
        source.push(frame)
        while True:
            try:
                measured: Any = sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                break
            said = measured.metadata.get("lavfi.r128.I", said)
    return float(said)


def _picture(number: int, cuts: Sequence[float]) -> NDArray[np.uint8]:
    shot = sum(number / FRAME_RATE >= cut for cut in cuts)
    rng = np.random.default_rng(shot)
    grid = rng.integers(-60, 60, (9, 16, 1)).repeat(10, 0).repeat(10, 1)
    return np.asarray(np.clip(np.array(_COLOURS[shot % len(_COLOURS)]) + grid, 0, 255), np.uint8)


def _mark(stream: Any, language: str | None, default: bool | None) -> None:
    if language is not None:
        stream.metadata["language"] = language
    if default is not None:
        stream.disposition = av.stream.Disposition.default if default else av.stream.Disposition(0)


def _add_sound(container: Any, track: Track) -> Any:
    stream = container.add_stream(track.codec, rate=track.rate, layout=LAYOUTS[len(track.sound)])
    _mark(stream, track.language, track.default)
    return stream


def _add_text(container: Any, text: Text) -> Any:
    stream = container.add_mux_stream(text.codec)
    _mark(stream, text.language, text.default)
    return stream


def _sound_packets(stream: Any, track: Track, start: float) -> list[tuple[float, Any]]:
    packets: list[tuple[float, Any]] = []
    step = 1024
    form = "flt" if track.codec == "pcm_f32le" else "fltp"
    for at in range(0, track.sound.shape[1], step):
        block = np.ascontiguousarray(track.sound[:, at : at + step])
        data = block.T.reshape(1, -1) if form == "flt" else block
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(data), format=form, layout=LAYOUTS[len(block)]
        )
        frame.sample_rate, frame.pts = track.rate, at + round(start * track.rate)
        frame.time_base = Fraction(1, track.rate)
        packets += [(at / track.rate, packet) for packet in stream.encode(frame)]
    return packets + [(track.sound.shape[1] / track.rate, packet) for packet in stream.encode(None)]


def _text_packets(stream: Any, text: Text, start: float) -> list[tuple[float, Any]]:
    packets = []
    for begin, end, data in text.cues:
        packet = av.Packet(data)
        packet.stream, packet.time_base = stream, Fraction(1, 1000)
        packet.pts = packet.dts = round((begin + start) * 1000)
        packet.duration = round((end - begin) * 1000)
        packets.append((begin, packet))
    return packets
