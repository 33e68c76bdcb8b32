"""Opens a file that someone else made, and says what is in it.

FFmpeg follows play lists to other files and to the network, decodes while it opens, and ignores options that it does
not know; so everything that is not on a list is refused, the limits are set on the container and on the decoder, and
tests prove that each one bites.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.error
import av.logging
from av.container import InputContainer
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from autocut_tray.core.footage import Video
from autocut_tray.core.frozen import frozen
from autocut_tray.core.media.wire import Failure, FailureCode, Request
from autocut_tray.core.media.worker_time import standard_rate

FORMATS = (
    "mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "avi", "mpegts", "mpeg", "flv", "asf", "ogg",
    "mxf", "dv", "gif", "mp3", "wav", "flac",
)  # fmt: skip
"""Containers of video, and of sound so that a person is told that it is sound."""

CODECS = (
    # Video. libdav1d and libvpx are what this build decodes AV1 and VP8/VP9 with alpha by.
    "h264", "hevc", "vvc", "av1", "libdav1d", "vp8", "vp9", "libvpx", "libvpx-vp9", "mpeg4", "msmpeg4v1", "msmpeg4v2",
    "msmpeg4", "h263", "flv", "mpeg1video", "mpeg2video", "mjpeg", "mjpegb", "prores", "dnxhd", "cfhd", "dvvideo",
    "ffv1", "huffyuv", "ffvhuff", "utvideo", "qtrle", "rawvideo", "v210", "vc1", "wmv1", "wmv2", "wmv3", "theora",
    "vp6", "vp6f", "vp6a", "svq3", "cinepak", "gif",
    # Sound, which is looked at while opening.
    "aac", "aac_latm", "mp1", "mp1float", "mp2", "mp2float", "mp3", "mp3float", "ac3", "eac3", "dca", "opus",
    "vorbis", "flac", "alac", "wmav1", "wmav2", "wmapro", "amrnb", "libopencore_amrnb", "pcm_s16le", "pcm_s16be",
    "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_u8", "pcm_s8", "pcm_alaw",
    "pcm_mulaw", "pcm_bluray", "pcm_dvd", "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt",
)  # fmt: skip

MAX_PIXELS = 36_000_000
MAX_STREAMS = 32
MAX_SIDE = 16_384
MAX_RATE = 1000
MAX_SECONDS = 24 * 3600.0
_SMOOTH_PIXELS = 1280 * 720
"""From this size on pictures are only ever seen scaled down, which smooths block edges by itself. Leaving that to
the scaler saves a fifth of decoding H.264 and HEVC; key frames stay alike (36-50 dB at 1024 pixels)."""
_LARGE_PIXELS = 4_000_000
_SPLIT_CODECS = frozenset({"h264", "hevc"})
_LARGEST_BESIDE = 16_000_000
_MOST_LANES = 2
_LEAST_BYTES_PER_SECOND = 1000
"""A file with fewer is not as long as it says: one time stamp in it is wrong."""

DECODER_LIMITS = {"max_pixels": str(MAX_PIXELS), "codec_whitelist": ",".join(CODECS)}
_OPTIONS = {
    **DECODER_LIMITS,
    "protocol_whitelist": "file",
    "format_whitelist": ",".join(FORMATS),
    "max_streams": str(MAX_STREAMS),
    "probesize": "5000000",
    "analyzeduration": "5000000",
    "enable_drefs": "0",
    "use_absolute_path": "0",
}
_TIMEOUTS = (25.0, 25.0)
"""Seconds for opening and for each packet: a drive that was asleep needs some 10 s to spin up, and what takes longer
than the tray waits for a word is ended by that."""

_NOT_FOOTAGE = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
_REFUSED_SIZE = re.compile(r"Picture size (\d+)x(\d+) exceeds")
_TIMECODE = re.compile(r"\d\d:\d\d:\d\d[:;.]\d{2,3}")
_EXACT_DURATION = frozenset({"mov", "matroska", "webm", "avi", "asf", "mxf", "flv"})
"""Containers whose header says how long they are; of others FFmpeg guesses."""


class Refused(Exception):
    """The file is not read, or not further; carries what the tray is told."""

    def __init__(self, code: FailureCode, detail: str = "", width: int = 0, height: int = 0) -> None:
        super().__init__(code.value)
        self.failure = Failure(code, detail, width, height)


@frozen
class Footage:
    """An open file and its picture stream. ``duration``: seconds the header claims, if it can be believed.

    ``nominal``: frames a second as the header says, if it does. ``lanes``: decoders that may work side by side.
    """

    container: InputContainer
    stream: VideoStream
    duration: float | None
    nominal: Fraction | None
    lanes: int = 1

    @property
    def exact_duration(self) -> bool:
        return bool(_EXACT_DURATION & set(self.container.format.name.split(",")))


@contextlib.contextmanager
def open_footage(request: Request) -> Iterator[Footage]:
    """Open a file and choose its picture stream; raises Refused or MemoryError."""
    path = os.fsdecode(request.path)
    said: list[tuple[int, str, str]] = []
    try:
        with _listening() as said:
            container = av.open(path, options=dict(_OPTIONS), metadata_errors="replace", timeout=_TIMEOUTS)
    except MemoryError:
        raise
    except PermissionError as error:
        raise Refused(FailureCode.UNREADABLE, str(error)) from error
    except (av.error.ExitError, av.error.TimeoutError, FileNotFoundError) as error:
        raise Refused(FailureCode.UNREADABLE, str(error)) from error
    except Exception as error:
        # PyAV raises its own kinds, and IndexError, ValueError and UnicodeDecodeError on damaged files.
        code = FailureCode.INCOMPLETE if _starts_as_mp4(path) else FailureCode.NOT_A_VIDEO
        raise Refused(code, repr(error)) from error
    with container:
        yield _examine(container, request, _too_large(said))


@contextlib.contextmanager
def open_again(footage: Footage, request: Request) -> Iterator[VideoCodecContext]:
    """Another decoder, with one thread, for the same pictures; raises Refused or MemoryError.

    A container of its own, as only FFmpeg's look into the file tells a decoder in which order pictures come.
    """
    try:
        container = av.open(
            os.fsdecode(request.path), options=dict(_OPTIONS), metadata_errors="replace", timeout=_TIMEOUTS
        )
    except MemoryError:
        raise
    except Exception as error:
        raise Refused(FailureCode.UNREADABLE, repr(error)) from error
    with container:
        index = footage.stream.index
        video = [stream for stream in container.streams.video if stream.index == index]
        if not video or video[0].codec_context.codec.name != footage.stream.codec_context.codec.name:
            raise Refused(FailureCode.UNREADABLE, "another file")
        context = video[0].codec_context
        _prepare(context, threads=1)
        yield context


def describe(footage: Footage, rotation: int, frames: int | None, duration: float | None) -> Video:
    """The facts as far as they are known from the header and the first frame; the path is the tray's business."""
    stream = footage.stream
    context = stream.codec_context
    return Video(
        path="",
        container=footage.container.format.name,
        codec=context.codec.canonical_name,
        width=context.width,
        height=context.height,
        rotation=rotation,
        rate=footage.nominal or Fraction(25),
        variable_rate=_seems_variable(stream),
        frames=frames,
        duration=duration,
        start_timecode=_timecode(footage.container),
        has_audio=bool(footage.container.streams.audio),
    )


def header_frames(footage: Footage) -> int | None:
    """How many frames the header says there are, else as many as fit its duration."""
    if footage.stream.frames > 0:
        return footage.stream.frames
    if footage.duration is None or footage.nominal is None:
        return None
    return max(1, round(footage.duration * footage.nominal))


def _starts_as_mp4(path: str) -> bool:
    """Whether the first box is that of an MP4 or MOV, whose index comes last when it is recorded."""
    try:
        with Path(path).open("rb") as file:
            return file.read(8)[4:] in (b"ftyp", b"wide", b"mdat")
    except OSError:
        return False


@contextlib.contextmanager
def _listening() -> Iterator[list[tuple[int, str, str]]]:
    """What FFmpeg says meanwhile. Only while a file is opened, by one thread: PyAV's logging can deadlock more."""
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture(local=False) as said:
            yield said
    finally:
        av.logging.set_level(None)


def _too_large(said: list[tuple[int, str, str]]) -> tuple[int, int] | None:
    """The size of a picture that the decoder would not look at."""
    for _, _, text in said:
        found = _REFUSED_SIZE.search(text)
        if found:
            return int(found[1]), int(found[2])
    return None


def _examine(container: InputContainer, request: Request, refused: tuple[int, int] | None) -> Footage:
    if len(container.streams) > MAX_STREAMS:
        raise Refused(FailureCode.TOO_MANY_STREAMS)
    stream = _picture_stream(container)
    context = stream.codec_context
    width, height = context.width, context.height
    if not width and refused is not None:
        width, height = refused
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise Refused(FailureCode.PICTURE_TOO_LARGE, "", width, height)
    nominal = _nominal_rate(stream)
    duration = _duration(container, request.size)
    if duration is not None and duration > MAX_SECONDS and not request.options.allow_long:
        raise Refused(FailureCode.TOO_LONG, f"{duration:.0f} s")
    _prepare(context, request.options.threads or _threads(context))
    return Footage(container, stream, duration, nominal, _lanes(context))


def _prepare(context: VideoCodecContext, threads: int) -> None:
    """Set the limits and start the decoder; raises Refused or MemoryError."""
    context.options = dict(DECODER_LIMITS)
    if context.width * context.height >= _SMOOTH_PIXELS:
        context.options["skip_loop_filter"] = "all"
    context.thread_type = "AUTO"
    context.thread_count = threads
    try:
        context.open(strict=False)
    except MemoryError:
        raise
    except Exception as error:
        raise Refused(FailureCode.UNSUPPORTED_CODEC, repr(error)) from error


def _picture_stream(container: InputContainer) -> VideoStream:
    """The largest moving picture; cover art and thumbnails are none."""
    moving = [stream for stream in container.streams.video if not stream.disposition & _NOT_FOOTAGE]
    if not moving:
        raise Refused(FailureCode.NO_VIDEO)
    known = [stream for stream in moving if stream.codec_context is not None]
    allowed = [stream for stream in known if stream.codec_context.codec.name in CODECS]
    if not allowed:
        raise Refused(
            FailureCode.UNSUPPORTED_CODEC, known[0].codec_context.codec.name if known else "unknown"
        )
    default = Disposition.default

    def rank(stream: VideoStream) -> tuple[bool, int]:
        context = stream.codec_context
        return bool(stream.disposition & default), context.width * context.height

    return max(allowed, key=rank)


def _nominal_rate(stream: VideoStream) -> Fraction | None:
    average = stream.average_rate
    if average is not None and average > MAX_RATE:
        raise Refused(FailureCode.BAD_FRAME_RATE, f"{float(average):.0f} frames a second")
    for rate in (average, stream.guessed_rate):
        if rate is not None and 0 < rate <= MAX_RATE:
            return standard_rate(rate)
    return None


def _duration(container: InputContainer, size: int) -> float | None:
    if container.duration is None or container.duration <= 0:
        return None
    seconds = container.duration / av.time_base
    if not math.isfinite(seconds) or (seconds > MAX_SECONDS and size / seconds < _LEAST_BYTES_PER_SECOND):
        return None
    return seconds


def _threads(context: VideoCodecContext) -> int:
    """Each thread holds a few frames, so their number bounds memory: 140 MB at 1080p, 300 MB at 4K and 10 bits.

    More of them than cores keep the cores busy while the detectors look.
    """
    most = 5
    if context.width * context.height > _LARGE_PIXELS:
        deep = context.format is not None and context.format.components[0].bits > 8
        most = 2 if deep else 3
    return min((os.cpu_count() or 1) + 2, most)


def _lanes(context: VideoCodecContext) -> int:
    """Each decoder holds all the pictures that others may refer to: two of them fit where a picture takes 16 MB."""
    deep = context.format is not None and context.format.components[0].bits > 8
    size = context.width * context.height * (3 if deep else 1.5)
    splits = context.codec.canonical_name in _SPLIT_CODECS and size <= _LARGEST_BESIDE
    return min(_MOST_LANES, os.cpu_count() or 1) if splits else 1


def _seems_variable(stream: VideoStream) -> bool:
    average, base = stream.average_rate, stream.base_rate
    return bool(average and base) and abs(average / base - 1) > Fraction(1, 50)  # type: ignore[operator]


def _timecode(container: InputContainer) -> str | None:
    for tags in (*(stream.metadata for stream in container.streams), container.metadata):
        found = _TIMECODE.fullmatch(tags.get("timecode", ""))
        if found:
            return found.group()
    return None
