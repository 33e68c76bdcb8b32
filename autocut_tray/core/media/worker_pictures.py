"""Pictures inside the worker: small ones for the detectors, key frames as they are meant to be seen."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from autocut_tray.core.frozen import frozen
from autocut_tray.core.media.worker_features import SmallFrame
from autocut_tray.core.media.worker_quality import MEASURED_SIDE, measure
from autocut_tray.core.media.worker_quantile import quantile
from autocut_tray.core.picture_quality import PictureQuality

_Light = NDArray[np.float32]
_Places = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Rows and columns of a plane."""

_SMALL_SIDE = 256
"""Longest side of what the detectors see."""
_LEAST_SIDE = 128
"""Pixels of the longer side below which a model sees nothing any more."""
_JPEG_QSCALE = 3
"""FFmpeg's quantiser scale. 3 stands for quality 80 of libjpeg, which is what may leave this machine: on three clips
of the corpus at 768 px its files had 90-104 % of the bytes and 0-1.7 dB more PSNR."""

# ITU-T H.273, table 3: what code values mean in terms of light.
_PQ, _HLG = 16, 18
_HDR = (_PQ, _HLG)
_BT2020 = 9
_PQ_BRIGHT = 0.82
_UNSPECIFIED = 2


_PLAIN = "yuv420p"
_LIMITED = {"yuv420p": 0, "yuv420p10le": 2}
"""Formats whose samples are those of yuv420p but for so many bits more."""


class SmallPictures:
    """Scales frames down for the detectors; the first one decides the size of all."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()
        self._size: tuple[int, int] | None = None
        self._places: dict[tuple[int, int], tuple[_Places, _Places]] = {}

    def take(self, frame: av.VideoFrame) -> SmallFrame:
        """The frame in at most 256 x 256 pixels of yuv420p.

        Picked, not averaged: the detectors pool 4 x 4 of these again, it costs a fifth, and finds the same cuts.
        """
        if self._size is None:
            self._size = _fit(frame.width, frame.height, Fraction(1), _SMALL_SIDE)
        width, height = self._size
        deeper = _LIMITED.get(frame.format.name)
        if deeper is not None and int(frame.color_range) != int(ColorRange.JPEG):
            return self._picked(frame, deeper)
        small = self._reformatter.reformat(
            frame, width=width, height=height, format="yuv420p", interpolation=Interpolation.POINT, threads=1
        )
        luma, blue, red = (_plane(plane) for plane in small.planes)
        return SmallFrame(luma, blue, red)

    def _picked(self, frame: av.VideoFrame, deeper: int) -> SmallFrame:
        """The same without the scaler, in a quarter of its time."""
        size = frame.width, frame.height
        if size not in self._places:
            self._places = {size: self._places_of(frame)}
        light, colour = self._places[size]
        luma, blue, red = (
            _picked(plane, deeper, places)
            for plane, places in zip(frame.planes, (light, colour, colour), strict=True)
        )
        return SmallFrame(luma, blue, red)

    def _places_of(self, frame: av.VideoFrame) -> tuple[_Places, _Places]:
        assert self._size is not None
        width, height = self._size
        light, colour = frame.planes[0], frame.planes[1]
        return (
            (_middles(light.height, height), _middles(light.width, width)),
            (_middles(colour.height, height // 2), _middles(colour.width, width // 2)),
        )


def _middles(source: int, wanted: int) -> NDArray[np.intp]:
    """Where the middles of ``wanted`` equal parts of a side are."""
    return ((2 * np.arange(wanted) + 1) * source // (2 * wanted)).astype(np.intp)


def _picked(plane: Any, deeper: int, places: _Places) -> NDArray[np.uint8]:
    rows, columns = places
    picked = _plane(plane, np.uint16 if deeper else np.uint8).take(rows, axis=0).take(columns, axis=1)
    return (picked >> deeper).astype(np.uint8) if deeper else picked


def sharpness(frame: av.VideoFrame) -> float:
    """Mean step between pixels side by side on some 64 lines, in 8-bit grey levels: falls with blur of any kind."""
    luma = frame.format.components[0]
    if frame.format.is_rgb or frame.format.has_palette or frame.width < 2 or not 8 <= luma.bits <= 16:
        return 1.0  # no luma to look at: all frames are as good
    samples = _plane(frame.planes[0], np.uint8 if luma.bits == 8 else np.uint16)
    lines = samples[:: max(1, frame.height // 64)]
    # Differences of either sign that wrap around are the same size as those that do not.
    left, right = lines[:, :-1], lines[:, 1:]
    steps = np.maximum(left, right) - np.minimum(left, right)
    total = steps.sum(
        dtype=np.uint32 if luma.bits == 8 else np.uint64
    )  # the former fits and takes half the time
    return float(total) / float(steps.size) / (1 << (luma.bits - 8))


@frozen
class Marks:
    """What the first frame says of all: degrees clockwise to display, and its colours by ITU-T H.273."""

    rotation: int
    colorspace: int
    color_range: int
    color_trc: int
    color_primaries: int


def marks_of(frame: av.VideoFrame) -> Marks:
    return Marks(
        round(-frame.rotation / 90) % 4 * 90,  # PyAV tells the turn counter-clockwise
        int(frame.colorspace),
        int(frame.color_range),
        int(frame.color_trc),
        int(frame.color_primaries),
    )


@frozen
class Look:
    """How a frame is shown: turned clockwise by ``rotation`` degrees, its pixels ``aspect`` times as wide as high."""

    rotation: int
    aspect: Fraction


class KeyPictures:
    """Brings frames down to key frame size, in the colours that a JPEG stands for."""

    def __init__(self, look: Look, longest: int) -> None:
        self._look = look
        self._longest = longest
        self._reformatter = VideoReformatter()
        self._colours = VideoReformatter()
        """One of its own: to set a scaler up takes longer than to use it."""

    def take(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame in key frame size with square pixels, still unturned; cheap to keep."""
        width, height = _fit(frame.width, frame.height, self._look.aspect, self._longest)
        if int(frame.color_trc) in _HDR:
            return self._reformatter.reformat(
                frame,
                width=width,
                height=height,
                format="yuv420p10le",
                interpolation=Interpolation.AREA,
                threads=1,
            )
        if frame.format.name == _PLAIN and not frame.interlaced_frame:
            # Colours wait until it is chosen: turning those of a whole frame is most of the work.
            scaled = self._reformatter.reformat(
                frame, width=width, height=height, interpolation=Interpolation.AREA, threads=1
            )
            scaled.colorspace, scaled.color_range = _colours(frame), frame.color_range
            return scaled
        source = _one_field(frame) if frame.interlaced_frame else frame
        return self._reformatter.reformat(
            source,
            width=width,
            height=height,
            format="yuvj420p",
            src_colorspace=_colours(frame),
            dst_colorspace=Colorspace.ITU601,
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.AREA,
            threads=1,
        )

    def of_small(self, small: SmallFrame, marks: Marks) -> av.VideoFrame:
        """The same of what the detectors see."""
        planes = [plane.reshape(-1, small.luma.shape[1]) for plane in (small.luma, small.blue, small.red)]
        frame = av.VideoFrame.from_ndarray(np.concatenate(planes), "yuv420p")
        frame.colorspace, frame.color_range = marks.colorspace, marks.color_range
        frame.color_trc, frame.color_primaries = marks.color_trc, marks.color_primaries
        return self.take(frame)

    def shown(self, picture: av.VideoFrame) -> av.VideoFrame:
        """What :meth:`take` gave, turned upright, HDR brought into range."""
        if int(picture.color_trc) in _HDR:
            picture = _standard_range(picture) if _is_plausible(picture) else self._as_it_is(picture)
        elif picture.format.name == _PLAIN:
            picture = self._as_it_is(picture)
        return _turned(picture, self._look.rotation)

    def _as_it_is(self, picture: av.VideoFrame) -> av.VideoFrame:
        return self._colours.reformat(
            picture,
            format="yuvj420p",
            src_colorspace=_colours(picture),
            dst_colorspace=Colorspace.ITU601,
            dst_color_range=ColorRange.JPEG,
            threads=1,
        )

    def half_jpeg(self, shown: av.VideoFrame) -> bytes:
        """The JPEG of half the width and height; nothing for a picture that is tiny already."""
        if max(shown.width, shown.height) < 2 * _LEAST_SIDE:
            return b""
        width, height = _fit(shown.width, shown.height, Fraction(1), max(shown.width, shown.height) // 2)
        half = self._reformatter.reformat(
            shown, width=width, height=height, interpolation=Interpolation.AREA, threads=1
        )
        return self.jpeg(half)

    def quality(self, shown: av.VideoFrame) -> PictureQuality:
        """How good the picture is that :meth:`shown` gave."""
        if max(shown.width, shown.height) > MEASURED_SIDE:
            width, height = _fit(shown.width, shown.height, Fraction(1), MEASURED_SIDE)
            shown = self._reformatter.reformat(
                shown, width=width, height=height, interpolation=Interpolation.AREA, threads=1
            )
        return measure(_plane(shown.planes[0]))

    def jpeg(self, upright: av.VideoFrame) -> bytes:
        """The JPEG of what :meth:`shown` gave."""
        encoder = av.CodecContext.create("mjpeg", "w")
        assert isinstance(encoder, av.VideoCodecContext)
        encoder.width, encoder.height = upright.width, upright.height
        encoder.pix_fmt = "yuvj420p"
        encoder.time_base = Fraction(1, 25)
        encoder.thread_count = 1
        encoder.options = {"qmin": str(_JPEG_QSCALE), "qmax": str(_JPEG_QSCALE), "flags": "+bitexact"}
        upright.pts = 0
        return b"".join(bytes(packet) for packet in (*encoder.encode(upright), *encoder.encode(None)))


def _colours(frame: av.VideoFrame) -> int:
    """The matrix of a frame's colours; for unmarked video what players take: BT.709 from 720 lines on."""
    marked = int(frame.colorspace)
    if marked != _UNSPECIFIED:
        return marked
    return int(Colorspace.ITU709 if frame.height >= 720 else Colorspace.ITU601)


def _fit(width: int, height: int, aspect: Fraction, longest: int) -> tuple[int, int]:
    """The largest size within ``longest``, never larger than the source; even, because of 4:2:0."""
    shown_width, shown_height = (
        Fraction(width) * max(aspect, Fraction(1)),
        Fraction(height) / min(aspect, Fraction(1)),
    )
    scale = min(Fraction(1), Fraction(longest) / max(shown_width, shown_height))
    return _even(shown_width * scale, longest), _even(shown_height * scale, longest)


def _even(side: Fraction, longest: int) -> int:
    return min(longest, max(2, round(side / 2) * 2))


def _plane(plane: Any, sample: Any = np.uint8) -> NDArray[Any]:
    """The samples of a plane, without a copy."""
    rows = np.frombuffer(plane, sample).reshape(plane.height, -1)
    return rows[:, : plane.width]


def _one_field(frame: av.VideoFrame) -> av.VideoFrame:
    """The lines of the first field alone: two moments in one picture show as combs."""
    whole = frame.reformat(format="yuv444p") if frame.format.name != "yuv444p" else frame
    lines = np.stack([_plane(plane) for plane in whole.planes])[:, ::2]
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(lines), "yuv444p")


def _turned(picture: av.VideoFrame, rotation: int) -> av.VideoFrame:
    if rotation == 0:
        return picture
    planes = [np.rot90(_plane(plane), -rotation // 90) for plane in picture.planes]
    height, width = planes[0].shape
    turned = av.VideoFrame(width, height, "yuvj420p")
    for target, source in zip(turned.planes, planes, strict=True):
        rows = np.zeros((target.height, target.line_size), np.uint8)
        rows[:, : target.width] = source
        target.update(rows.tobytes())
    turned.color_range = int(ColorRange.JPEG)
    return turned


def _is_plausible(picture: av.VideoFrame) -> bool:
    """Whether a picture marked PQ can be PQ: 1,900 cd/m2 over 1 % of it means that the mark is wrong."""
    if int(picture.color_trc) != _PQ:
        return True
    codes = (_plane(picture.planes[0], np.uint16).astype(np.float32) - 64) / 876
    return quantile(codes[::4, ::4], 0.99) < _PQ_BRIGHT


def _standard_range(picture: av.VideoFrame) -> av.VideoFrame:
    """HDR code values as the colours of a JPEG: linear light, BT.709 primaries, highlights rolled off.

    203 cd/m2 (diffuse white, ITU-R BT.2408) lands just below full white.
    """
    codes = np.asarray(picture.to_ndarray(format="rgb48le"), np.uint16)
    levels = np.arange(65536, dtype=np.float32) / np.float32(65535)
    light = (_pq_light(levels) if int(picture.color_trc) == _PQ else _hlg_light(levels))[codes]
    if int(picture.color_primaries) == _BT2020:
        light = np.maximum(light @ _BT2020_TO_BT709.T, 0)
    peak = light.max(axis=2, keepdims=True)
    light = light * (1.7 * (1 + peak / 16) / (1 + peak))
    srgb = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-6) ** (1 / 2.4) - 0.055)
    shown = (np.clip(srgb, 0, 1) * 255 + 0.5).astype(np.uint8)
    return av.VideoFrame.from_ndarray(shown, "rgb24").reformat(
        format="yuvj420p", dst_colorspace=Colorspace.ITU601, dst_color_range=ColorRange.JPEG
    )


# ITU-R BT.2087, linear light.
_BT2020_TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32
)


def _pq_light(code: _Light) -> _Light:
    """SMPTE ST 2084 to light, 1.0 being 203 cd/m2."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = code ** np.float32(1 / m2)
    light = (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1) * 10_000 / 203
    return np.asarray(light, np.float32)


def _hlg_light(code: _Light) -> _Light:
    """ITU-R BT.2100 HLG to light, 1.0 being diffuse white at 75 % of the signal."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)
    return np.asarray((scene / 0.265) ** 1.2, np.float32)
