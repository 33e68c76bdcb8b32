"""What travels between the tray and its media worker: framed, bounded and checked on arrival.

A frame is a header (magic, kind, length of the JSON part, length of the binary part, CRC-32 of both) and its two
parts. The worker reads hostile files, so the tray trusts nothing that it says: sizes are checked before memory is
taken for them, every field has a type and bounds, and scenes must tile the video in order.
"""

from __future__ import annotations

import base64
import enum
import json
import struct
import zlib
from collections.abc import Callable
from typing import Any

from autocut_tray.core.footage import (
    MAX_PICTURES,
    Finished,
    FurtherFrame,
    Keyframe,
    NotFast,
    Progress,
    ScanMode,
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
from autocut_tray.core.frozen import frozen
from autocut_tray.core.media.options import MAX_IMAGE_PX, MIN_IMAGE_PX, ScanOptions
from autocut_tray.core.media.sidecars import MAX_SIDECARS
from autocut_tray.core.media.wire_pictures import further, keyframe, quality_fields
from autocut_tray.core.media.wire_values import MAX_FRAMES, MAX_SECONDS, Fields, WireError, member, plain

_HEADER = struct.Struct(">2sBIII")
_MAGIC = b"\xacW"

MAX_JSON = 64 * 1024
MAX_BLOB = 4 * 1024 * 1024
"""A 1024 x 1024 picture is 3 MiB before it is a JPEG."""

MAX_WORDS = 4000
"""Characters of subtitles a scene may have."""

_MAX_SIDE = 16_384
_MAX_TRACKS = 1000


class Kind(enum.IntEnum):
    REQUEST = 0
    VIDEO = 1
    SCENE = 2
    KEYFRAME = 3
    PROGRESS = 4
    FINISHED = 5
    FAILURE = 6
    SOUND = 7
    WORDS = 8
    FURTHER = 9


_PICTURES = frozenset({Kind.KEYFRAME, Kind.FURTHER})
"""Messages that come with bytes."""


class FailureCode(enum.Enum):
    """Why the worker gave up on a file, in its own words; the values are the codes of the InputError."""

    NOT_A_VIDEO = "not_a_video"
    INCOMPLETE = "incomplete"
    NO_VIDEO = "no_video"
    UNSUPPORTED_CODEC = "unsupported_codec"
    PICTURE_TOO_LARGE = "picture_too_large"
    BAD_FRAME_RATE = "bad_frame_rate"
    TOO_LONG = "too_long"
    TOO_MANY_STREAMS = "too_many_streams"
    UNREADABLE_VIDEO = "unreadable_video"
    UNREADABLE = "unreadable"
    OUT_OF_MEMORY = "out_of_memory"
    WORKER_CRASHED = "worker_crashed"


@frozen
class Request:
    """The one thing a worker is asked. ``path`` and ``sidecars``: absolute, as the file system spells them."""

    path: bytes
    size: int
    options: ScanOptions
    sidecars: tuple[bytes, ...] = ()


@frozen
class Failure:
    """``detail``: for the log. ``width`` and ``height``: of the picture where that is the reason, else 0."""

    code: FailureCode
    detail: str = ""
    width: int = 0
    height: int = 0


Sent = Request | WorkerMessage | Failure


def encode(message: Sent) -> bytes:
    """A message as one frame."""
    kind, fields, blob = _to_fields(message)
    text = json.dumps(fields, separators=(",", ":"), allow_nan=False).encode()
    return _HEADER.pack(_MAGIC, kind, len(text), len(blob), zlib.crc32(blob, zlib.crc32(text))) + text + blob


def read(
    read_exactly: Callable[[int], bytes], make_room: Callable[[int], None] = lambda size: None
) -> Sent | None:
    """The next message, None at the end of the stream; raises WireError for anything else.

    ``read_exactly(n)`` returns ``n`` bytes, fewer only at the end. ``make_room`` hears the size of a picture, bytes,
    before that is read.
    """
    header = read_exactly(_HEADER.size)
    if not header:
        return None
    if len(header) < _HEADER.size:
        raise WireError("cut off in a header")
    magic, kind, text_size, blob_size, checksum = _HEADER.unpack(header)
    if magic != _MAGIC or kind not in Kind._value2member_map_:
        raise WireError("not a frame")
    if text_size > MAX_JSON or blob_size > (MAX_BLOB if kind in _PICTURES else 0):
        raise WireError(f"a frame of {text_size} + {blob_size} bytes")
    if blob_size:
        make_room(blob_size)
    text, blob = read_exactly(text_size), read_exactly(blob_size) if blob_size else b""
    if len(text) + len(blob) < text_size + blob_size:
        raise WireError("cut off in a message")
    if zlib.crc32(blob, zlib.crc32(text)) != checksum:
        raise WireError("wrong checksum")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError("not JSON") from error
    if not isinstance(fields, dict):
        raise WireError("not a JSON object")
    return _from_fields(Kind(kind), Fields(fields), blob)


class TilingCheck:
    """Accepts a worker's messages in the only order that makes sense; raises WireError for any other.

    ``pictures``: whether key frames have to come with theirs.
    """

    def __init__(self, *, pictures: bool = True) -> None:
        self._pictures = pictures
        self._video = False
        self._last: Scene | None = None
        self._told: dict[type, set[int]] = {Keyframe: set(), SceneSound: set(), SceneWords: set()}
        self._further = 0
        """Further pictures of the last scene."""
        self._finished = False

    def accept(self, message: WorkerMessage) -> None:
        if self._finished:
            raise WireError("a message after the end")
        match message:
            case Video():
                self._video = True
            case Scene():
                self._accept_scene(message)
            case Keyframe() | SceneSound() | SceneWords():
                told = self._told[type(message)]
                if self._last is None or message.scene_id > self._last.id or message.scene_id in told:
                    raise WireError("a picture, sound or words of no scene")
                if isinstance(message, Keyframe) and bool(message.jpeg) != self._pictures:
                    raise WireError("a key frame without its picture, or with one that nobody asked for")
                told.add(message.scene_id)
            case FurtherFrame():
                self._accept_further(message)
            case Finished():
                if self._last is None or message.video.frames != self._last.end_frame:
                    raise WireError("scenes do not reach the end")
                self._finished = True
            case Progress():
                pass

    def _accept_further(self, frame: FurtherFrame) -> None:
        last = self._last
        if last is None or frame.scene_id != last.id or last.id in self._told[Keyframe]:
            raise WireError("a further picture out of place")
        if frame.number != self._further + 1:
            raise WireError("further pictures do not follow each other")
        self._further = frame.number

    def _accept_scene(self, scene: Scene) -> None:
        last = self._last
        expected = (1, 0, 0.0) if last is None else (last.id + 1, last.end_frame, last.end)
        if not self._video or (scene.id, scene.start_frame, scene.start) != expected:
            raise WireError("scenes do not follow each other")
        if scene.end_frame <= scene.start_frame or scene.end < scene.start:
            raise WireError("a scene that ends before it starts")
        if (scene.transition is Transition.START) != (last is None):
            raise WireError("a transition out of place")
        self._last, self._further = scene, 0


def _to_fields(message: Sent) -> tuple[Kind, dict[str, Any], bytes]:
    fields: dict[str, Any]
    match message:
        case Request():
            options = message.options
            return (
                Kind.REQUEST,
                {
                    "path": base64.b64encode(message.path).decode(),
                    "sidecars": [base64.b64encode(path).decode() for path in message.sidecars],
                    "size": message.size,
                    "min_scene": options.min_scene,
                    "sensitivity": options.sensitivity,
                    "image_px": options.image_px,
                    "allow_long": options.allow_long,
                    "threads": options.threads,
                    "language": plain(options.language),
                    "sound": options.sound,
                    "mode": options.mode.value,
                    "pictures": options.pictures,
                },
                b"",
            )
        case Video():
            return Kind.VIDEO, _video_fields(message), b""
        case Scene():
            fields = {
                "id": message.id,
                "start_frame": message.start_frame,
                "end_frame": message.end_frame,
                "start": message.start,
                "end": message.end,
                "transition": message.transition.value,
            }
            return Kind.SCENE, fields, b""
        case Keyframe():
            fields = {
                "scene_id": message.scene_id,
                "time": message.time,
                "width": message.width,
                "height": message.height,
                "small": len(message.small_jpeg),
                "quality": quality_fields(message.quality) if message.quality else None,
            }
            return Kind.KEYFRAME, fields, message.jpeg + message.small_jpeg
        case FurtherFrame():
            fields = {
                "scene_id": message.scene_id,
                "number": message.number,
                "time": message.time,
                "width": message.width,
                "height": message.height,
            }
            return Kind.FURTHER, fields, message.jpeg
        case SceneSound():
            return Kind.SOUND, {"scene_id": message.scene_id, **_sound_fields(message.sound)}, b""
        case SceneWords():
            return Kind.WORDS, {"scene_id": message.scene_id, "text": message.text}, b""
        case Progress():
            return Kind.PROGRESS, {"read": message.read, "total": message.total}, b""
        case Finished():
            fields = {"video": _video_fields(message.video), "damaged_at": message.damaged_at}
            return Kind.FINISHED, fields, b""
        case Failure():
            fields = {
                "code": message.code.value,
                "detail": plain(message.detail),
                "width": message.width,
                "height": message.height,
            }
            return Kind.FAILURE, fields, b""


def _video_fields(video: Video) -> dict[str, Any]:
    """Everything but the path, which the tray knows better."""
    return {
        "container": plain(video.container),
        "codec": plain(video.codec),
        "width": video.width,
        "height": video.height,
        "rotation": video.rotation,
        "rate": f"{video.rate.numerator}/{video.rate.denominator}",
        "variable_rate": video.variable_rate,
        "frames": video.frames,
        "duration": video.duration,
        "start_timecode": video.start_timecode,
        "has_audio": video.has_audio,
        "sound": _track_fields(video.sound) if video.sound else None,
        "subtitles": _subtitle_fields(video.subtitles) if video.subtitles else None,
        "mode": video.mode.value,
        "not_fast": video.not_fast.value if video.not_fast else None,
    }


def _track_fields(track: SoundTrack) -> dict[str, Any]:
    return {
        "codec": plain(track.codec),
        "channels": track.channels,
        "sample_rate": track.sample_rate,
        "track": track.track,
        "tracks": track.tracks,
        "language": track.language,
    }


def _subtitle_fields(subtitles: Subtitles) -> dict[str, Any]:
    return {
        "source": subtitles.source.value if subtitles.source else None,
        "format": subtitles.format,
        "language": subtitles.language,
        "tracks": subtitles.tracks,
        "problem": subtitles.problem.value if subtitles.problem else None,
    }


def _sound_fields(sound: Sound | SoundProblem) -> dict[str, Any]:
    if isinstance(sound, SoundProblem):
        return {"problem": sound.value}
    return {"problem": None, "loudness": sound.loudness, "silence": sound.silence, "speech": sound.speech}


def _from_fields(kind: Kind, fields: Fields, blob: bytes) -> Sent:
    match kind:
        case Kind.REQUEST:
            return _request(fields)
        case Kind.VIDEO:
            return _video(fields)
        case Kind.SCENE:
            return Scene(
                id=fields.whole("id", 1, MAX_FRAMES),
                start_frame=fields.whole("start_frame", 0, MAX_FRAMES),
                end_frame=fields.whole("end_frame", 1, MAX_FRAMES),
                start=fields.number("start", 0.0, MAX_SECONDS),
                end=fields.number("end", 0.0, MAX_SECONDS),
                transition=member(Transition, fields.plain("transition")),
            )
        case Kind.KEYFRAME:
            return keyframe(fields, blob)
        case Kind.FURTHER:
            return further(fields, blob)
        case Kind.SOUND:
            return SceneSound(fields.whole("scene_id", 1, MAX_FRAMES), _sound(fields))
        case Kind.WORDS:
            return SceneWords(fields.whole("scene_id", 1, MAX_FRAMES), fields.lines("text", MAX_WORDS))
        case Kind.PROGRESS:
            return Progress(
                read=fields.number("read", 0.0, MAX_SECONDS),
                total=fields.maybe_number("total", 0.0, MAX_SECONDS),
            )
        case Kind.FINISHED:
            return Finished(
                video=_video(fields.inner("video")),
                damaged_at=fields.maybe_number("damaged_at", 0.0, MAX_SECONDS),
            )
        case Kind.FAILURE:
            return Failure(
                code=member(FailureCode, fields.plain("code")),
                detail=fields.plain("detail"),
                width=fields.whole("width", 0, 2**31),
                height=fields.whole("height", 0, 2**31),
            )


def _request(fields: Fields) -> Request:
    return Request(
        path=fields.bytes64("path"),
        size=fields.whole("size", 1, 2**62),
        options=ScanOptions(
            min_scene=fields.number("min_scene", 0.0, 3600.0),
            sensitivity=fields.number("sensitivity", 0.0, 1.0),
            image_px=fields.whole("image_px", MIN_IMAGE_PX, MAX_IMAGE_PX),
            allow_long=fields.flag("allow_long"),
            threads=fields.maybe_whole("threads", 1, 64),
            language=fields.plain("language"),
            sound=fields.flag("sound"),
            mode=member(ScanMode, fields.plain("mode")),
            pictures=fields.whole("pictures", 0, MAX_PICTURES),
        ),
        sidecars=fields.many_bytes64("sidecars", MAX_SIDECARS),
    )


def _video(fields: Fields) -> Video:
    return Video(
        path="",
        container=fields.plain("container"),
        codec=fields.plain("codec"),
        width=fields.whole("width", 1, _MAX_SIDE),
        height=fields.whole("height", 1, _MAX_SIDE),
        rotation=fields.whole("rotation", 0, 270),
        rate=fields.rate("rate"),
        variable_rate=fields.flag("variable_rate"),
        frames=fields.maybe_whole("frames", 1, MAX_FRAMES),
        duration=fields.maybe_number("duration", 0.0, MAX_SECONDS),
        start_timecode=fields.maybe_plain("start_timecode"),
        has_audio=fields.flag("has_audio"),
        sound=_track(sound) if (sound := fields.maybe_inner("sound")) else None,
        subtitles=_subtitles(text) if (text := fields.maybe_inner("subtitles")) else None,
        mode=member(ScanMode, fields.plain("mode")),
        not_fast=member(NotFast, why) if (why := fields.maybe_plain("not_fast")) else None,
    )


def _track(fields: Fields) -> SoundTrack:
    return SoundTrack(
        codec=fields.plain("codec"),
        channels=fields.whole("channels", 1, 2**16),
        sample_rate=fields.whole("sample_rate", 1, 2**31),
        track=fields.whole("track", 1, _MAX_TRACKS),
        tracks=fields.whole("tracks", 1, _MAX_TRACKS),
        language=fields.maybe_plain("language"),
    )


def _subtitles(fields: Fields) -> Subtitles:
    source, problem = fields.maybe_plain("source"), fields.maybe_plain("problem")
    return Subtitles(
        source=member(SubtitleSource, source) if source else None,
        format=fields.maybe_plain("format"),
        language=fields.maybe_plain("language"),
        tracks=fields.whole("tracks", 1, _MAX_TRACKS),
        problem=member(SubtitleProblem, problem) if problem else None,
    )


def _sound(fields: Fields) -> Sound | SoundProblem:
    problem = fields.maybe_plain("problem")
    if problem is not None:
        return member(SoundProblem, problem)
    return Sound(
        loudness=fields.maybe_number("loudness", -70.0, 100.0),
        silence=fields.number("silence", 0.0, 1.0),
        speech=fields.maybe_number("speech", 0.0, 1.0),
    )
