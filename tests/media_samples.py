"""Small videos with known cuts, made on the spot: textured, slightly moving shots, the same bytes every time.

sample = cuts_video(tmp_path / "a.mp4", cuts=[40, 75], frames=120)
assert sample.scenes == [(0, 40), (40, 75), (75, 120)]
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

AUDIO_RATE = 48_000
DEFAULT_AUDIO = ((0.5, 0.25), (0.5, 0.0))
"""Half a second of tone, half a second of silence, over and over."""


@dataclass(frozen=True, slots=True)
class SampleVideo:
    """What is in a video that was made here; frames count from 0 in presentation order."""

    path: Path
    width: int
    height: int
    rate: Fraction
    frames: int
    times: tuple[Fraction, ...]
    """Presentation time of each frame after the first one's, seconds (MPEG-TS does not start at 0)."""
    duration: Fraction
    cuts: tuple[int, ...]
    """First frame of each new shot after a hard cut."""
    gradual: tuple[tuple[int, int], ...]
    """First and last mixed frame of each dissolve or fade."""
    rotation: int
    encoder: str

    @property
    def scenes(self) -> list[tuple[int, int]]:
        """Start and end (exclusive) of each shot; a gradual transition counts at its middle."""
        borders = sorted([*self.cuts, *((first + last + 1) // 2 for first, last in self.gradual)])
        return list(zip([0, *borders], [*borders, self.frames], strict=True))


def has_encoder(name: str) -> bool:
    """True where this build of PyAV can encode with it."""
    try:
        av.Codec(name, "w")
    except (ValueError, av.FFmpegError):
        return False
    return True


def cuts_video(
    path: Path,
    *,
    cuts: Sequence[int] = (),
    frames: int = 60,
    size: tuple[int, int] = (320, 180),
    rate: Fraction | int = 25,
    codec: str | None = None,
    pix_fmt: str = "yuv420p",
    dissolves: Sequence[tuple[int, int]] = (),
    fades: Sequence[tuple[int, int]] = (),
    audio: bool | Sequence[tuple[float, float]] = False,
    subtitles: Sequence[tuple[float, float, str]] = (),
    rotation: int = 0,
    vfr: Sequence[int] = (4,),
    start_timecode: str | None = None,
    hdr: bool = False,
    gop: int = 50,
    b_frames: int | None = None,
    seed: int = 1,
) -> SampleVideo:
    """Write a video; the container follows from the name's suffix.

    ``codec`` is an encoder's name (default libx264, else mpeg4). ``dissolves`` and ``fades`` are first and last
    mixed frame; a fade goes to black and comes up as the next shot. ``audio`` is (seconds, amplitude 0..1) pairs,
    repeated over the length. ``subtitles`` are (start, end, text) in seconds, for .mkv. ``rotation`` is clockwise
    degrees as a player shows it, for .mp4 and .mov. ``vfr`` is frame durations in quarters of 1/rate, repeated.
    """
    encoder = codec or ("libx264" if has_encoder("libx264") else "mpeg4")
    rate = Fraction(rate)
    width, height = size
    changes = _Changes(cuts, dissolves, fades)
    shots = [_Shot(seed * 1000 + number, number, width, height) for number in range(len(changes) + 1)]
    quarters = [0]
    for number in range(frames):
        quarters.append(quarters[-1] + vfr[number % len(vfr)])
    times = tuple(Fraction(quarter, 4) / rate for quarter in quarters)

    with av.open(str(path), "w") as container:
        video: Any = container.add_stream(encoder, rate=rate, options=_encoder_options(encoder))
        video.width, video.height, video.pix_fmt = width, height, pix_fmt
        # MPEG-4 part 2 and MPEG-2 know no time base finer than the frame rate.
        fine = 1 if set(vfr) == {4} else 4
        video.codec_context.time_base = 1 / (rate * fine)
        video.codec_context.gop_size = gop
        if b_frames is None:  # in AVI and MPEG-TS they shift the first time stamp
            b_frames = 2 if encoder in ("libx264", "libx265") else 0
        video.codec_context.max_b_frames = b_frames
        video.codec_context.thread_count = 1
        if pix_fmt.startswith("yuvj"):
            video.codec_context.color_range = 2  # full
        if hdr:  # BT.2020 primaries and matrix, PQ transfer
            video.codec_context.color_primaries, video.codec_context.color_trc = 9, 16
            video.codec_context.colorspace = 9
        if start_timecode is not None:
            video.metadata["timecode"] = start_timecode
        sound = _Sound(container, audio, float(times[-1])) if audio else None
        text: Any = container.add_mux_stream("subrip") if subtitles else None
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(changes.picture(shots, number), format="rgb24")
            frame.pts = quarters[number] * fine // 4
            frame.time_base = video.codec_context.time_base
            container.mux(video.encode(frame))
            if sound is not None:
                sound.write_until(float(times[number + 1]))
        container.mux(video.encode(None))
        if sound is not None:
            sound.finish()
        for start, end, words in subtitles:
            packet = av.Packet(words.encode())
            packet.stream = text
            packet.time_base = Fraction(1, 1000)
            packet.pts = packet.dts = round(start * 1000)
            packet.duration = round((end - start) * 1000)
            container.mux(packet)
    if rotation:
        _set_rotation(path, rotation, width, height)
    return SampleVideo(
        path=path,
        width=width,
        height=height,
        rate=rate,
        frames=frames,
        times=times[:-1],
        duration=times[-1],
        cuts=tuple(cuts),
        gradual=tuple(sorted([*dissolves, *fades])),
        rotation=rotation,
        encoder=encoder,
    )


def audio_only(path: Path, seconds: float = 2.0) -> Path:
    """A file with a tone and no picture."""
    with av.open(str(path), "w") as container:
        sound = _Sound(container, DEFAULT_AUDIO, seconds)
        sound.write_until(seconds)
        sound.finish()
    return path


def noise_video(
    path: Path, frames: int = 60, size: tuple[int, int] = (160, 90), seed: int = 1
) -> SampleVideo:
    """White noise, every frame new: a naive detector sees a cut everywhere."""
    rng = np.random.default_rng(seed)
    encoder = "libx264" if has_encoder("libx264") else "mpeg4"
    rate = Fraction(25)
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream(encoder, rate=rate, options=_encoder_options(encoder))
        video.width, video.height, video.pix_fmt = (*size, "yuv420p")
        for _ in range(frames):
            picture = rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(video.encode(None))
    times = tuple(Fraction(number) / rate for number in range(frames + 1))
    return SampleVideo(path, *size, rate, frames, times[:-1], times[-1], (), (), 0, encoder)


def srt_text(cues: Sequence[tuple[float, float, str]]) -> str:
    """A side-car subtitle file's text; times in seconds."""

    def stamp(seconds: float) -> str:
        thousandths = round(seconds * 1000)
        minutes, rest = divmod(thousandths, 60_000)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d},{rest % 1000:03d}"

    return "".join(
        f"{number}\n{stamp(start)} --> {stamp(end)}\n{words}\n\n"
        for number, (start, end, words) in enumerate(cues, 1)
    )


def _encoder_options(encoder: str) -> dict[str, str]:
    return {
        "libx264": {"preset": "veryfast", "crf": "20"},
        "libx265": {
            "preset": "ultrafast",
            "crf": "22",
            "x265-params": "log-level=none:pools=none:frame-threads=1",
        },
        "libvpx": {"deadline": "realtime", "cpu-used": "8", "crf": "20", "b": "1000000"},
        "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "crf": "30", "b": "0"},
        "libsvtav1": {"preset": "12", "crf": "35", "svtav1-params": "lp=1"},
        "mpeg4": {"q": "3", "flags": "+qscale", "global_quality": "354"},
    }.get(encoder, {})


class _Changes:
    """Where one shot becomes the next, and what the frames there look like."""

    def __init__(
        self, cuts: Sequence[int], dissolves: Sequence[tuple[int, int]], fades: Sequence[tuple[int, int]]
    ) -> None:
        every = [(cut, cut, "cut") for cut in cuts]
        every += [(first, last, "dissolve") for first, last in dissolves]
        every += [(first, last, "fade") for first, last in fades]
        self._every = sorted(every)
        for (_, before, _), (after, _, _) in zip(self._every, self._every[1:], strict=False):
            if after <= before:
                raise ValueError(f"transitions overlap at frame {after}")

    def __len__(self) -> int:
        return len(self._every)

    def picture(self, shots: list[_Shot], frame: int) -> Picture:
        for number, (first, last, kind) in enumerate(self._every):
            if frame < first:
                return shots[number].picture(frame)
            if frame > last or kind == "cut":
                continue
            mixed = (frame - first + 1) / (last - first + 2)
            if kind == "dissolve":
                old, new = shots[number].picture(frame), shots[number + 1].picture(frame)
                return (old * (1 - mixed) + new * mixed).astype(np.uint8)
            shown = shots[number if mixed < 0.5 else number + 1].picture(frame)
            return (shown * abs(1 - 2 * mixed)).astype(np.uint8)
        return shots[len(self._every)].picture(frame)


class _Shot:
    """A shot: a textured plane that pans slowly, and a disc that wanders over it."""

    def __init__(self, seed: int, number: int, width: int, height: int) -> None:
        rng = np.random.default_rng(seed)
        hue = (number * 0.381966) % 1.0  # the golden angle: neighbours differ, so do the next ones
        light = 0.35 + 0.5 * ((number * 2) % 5) / 4
        self._size = (width, height)
        margin = 24
        wide, high = width + 2 * margin, height + 2 * margin
        plane = np.empty((high, wide, 3), np.float32)
        plane[:] = np.array(colorsys.hsv_to_rgb(hue, 0.55, light), np.float32) * 255
        for cells, strength in ((4, 60.0), (11, 35.0), (31, 18.0)):
            grid = rng.standard_normal((cells, cells + 3, 3)).astype(np.float32)
            plane += _stretch(grid, high, wide) * strength
        for _ in range(5):
            x, y = rng.integers(0, wide), rng.integers(0, high)
            w, h = rng.integers(wide // 12, wide // 4 + 2), rng.integers(high // 12, high // 4 + 2)
            plane[y : y + h, x : x + w] += rng.uniform(-80, 80, 3).astype(np.float32)
        self._plane = np.clip(plane, 4, 251).astype(np.uint8)
        self._drift = rng.uniform(-0.5, 0.5, 2)
        self._margin = margin
        self._disc = np.array(colorsys.hsv_to_rgb((hue + 0.5) % 1.0, 0.8, 0.9), np.float32) * 255
        self._at = rng.uniform(0.25, 0.75, 2)

    def picture(self, frame: int) -> Picture:
        width, height = self._size
        dx, dy = np.clip(np.rint(self._drift * _to_and_fro(frame, 48)), -self._margin, self._margin).astype(
            int
        )
        left, top = self._margin + dx, self._margin + dy
        picture = self._plane[top : top + height, left : left + width].copy()
        radius = max(2, height // 10)
        x = int(self._at[0] * width + _to_and_fro(frame, 40)) % width
        y = int(self._at[1] * height)
        rows, columns = np.ogrid[:height, :width]
        picture[(rows - y) ** 2 + (columns - x) ** 2 < radius**2] = self._disc.astype(np.uint8)
        return picture


def _to_and_fro(frame: int, reach: int) -> int:
    """A motion without a jump: up to ``reach`` and back, one step a frame."""
    return reach - abs(frame % (2 * reach) - reach)


def _stretch(grid: npt.NDArray[np.float32], height: int, width: int) -> npt.NDArray[np.float32]:
    """Bilinear enlargement of a small grid."""

    def along(count: int, cells: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
        position = np.linspace(0, cells - 1, count, dtype=np.float32)
        below = np.minimum(position.astype(np.intp), cells - 2)
        return below, (position - below).astype(np.float32)

    row, down = along(height, grid.shape[0])
    column, right = along(width, grid.shape[1])
    across = grid[:, column] * (1 - right)[None, :, None] + grid[:, column + 1] * right[None, :, None]
    return cast(
        npt.NDArray[np.float32],
        across[row] * (1 - down)[:, None, None] + across[row + 1] * down[:, None, None],
    )


class _Sound:
    """A 440 Hz tone whose loudness follows (seconds, amplitude) pairs, in stereo."""

    def __init__(self, container: Any, levels: bool | Sequence[tuple[float, float]], seconds: float) -> None:
        codec = "libopus" if container.format.name == "webm" else "aac"
        self._container = container
        self._stream = container.add_stream(codec, rate=AUDIO_RATE, layout="stereo")
        pairs = DEFAULT_AUDIO if isinstance(levels, bool) else tuple(levels)
        count = round(seconds * AUDIO_RATE)
        loudness = np.concatenate(
            [np.full(round(length * AUDIO_RATE), level, np.float32) for length, level in pairs]
        )
        tone = np.sin(np.arange(count) * (2 * np.pi * 440 / AUDIO_RATE)).astype(np.float32)
        self._samples = tone * np.resize(loudness, count)
        self._written = 0

    def write_until(self, seconds: float) -> None:
        end = min(len(self._samples), round(seconds * AUDIO_RATE))
        while end - self._written >= 1024:
            self._write(1024)

    def finish(self) -> None:
        if self._written < len(self._samples):
            self._write(len(self._samples) - self._written)
        self._container.mux(self._stream.encode(None))

    def _write(self, count: int) -> None:
        block = self._samples[self._written : self._written + count]
        frame = av.AudioFrame.from_ndarray(np.stack([block, block]), format="fltp", layout="stereo")
        frame.sample_rate = AUDIO_RATE
        frame.pts = self._written
        frame.time_base = Fraction(1, AUDIO_RATE)
        self._container.mux(self._stream.encode(frame))
        self._written += count


def _set_rotation(path: Path, degrees: int, width: int, height: int) -> None:
    """Write the display matrix into the header of the picture's track (ISO/IEC 14496-12, 8.3.2)."""
    one = 1 << 16
    a, b, c, d, x, y = {
        90: (0, one, -one, 0, height, 0),
        180: (-one, 0, 0, -one, width, height),
        270: (0, -one, one, 0, 0, width),
    }[degrees % 360]
    matrix = (a, b, 0, c, d, 0, x << 16, y << 16, 1 << 30)
    data = bytearray(path.read_bytes())
    start = 0
    while (found := data.find(b"tkhd", start)) >= 0:
        start = found + 4
        body = start + (36 if data[start] == 0 else 48) + 4
        if int.from_bytes(data[body + 36 : body + 40], "big"):  # only a picture has a width
            data[body : body + 36] = b"".join(number.to_bytes(4, "big", signed=True) for number in matrix)
            path.write_bytes(data)
            return
    raise ValueError(f"{path.name} has no track header: rotation is for .mp4 and .mov")
