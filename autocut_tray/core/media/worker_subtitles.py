"""What is said in each scene, from the subtitles inside the video or in a file beside it."""

from __future__ import annotations

import bisect
import logging
import os
import stat
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition, Stream

from autocut_tray.core.footage import Scene, SceneWords, SubtitleProblem, Subtitles, SubtitleSource
from autocut_tray.core.frozen import frozen
from autocut_tray.core.media.languages import fitness, tag_of
from autocut_tray.core.media.sidecars import MAX_SIDECAR_BYTES, label
from autocut_tray.core.media.wire import MAX_WORDS
from autocut_tray.core.media.worker_cues import MAX_CUES, Cue, packet_text, parse
from autocut_tray.core.media.worker_encodings import decode

_FORMATS = {"srt": "srt", "subrip": "srt", "mov_text": "mov_text", "ass": "ass", "ssa": "ass", "webvtt": "vtt",
            "text": "text"}  # fmt: skip
"""Embedded subtitles that are text, by the name of their decoder; pictures of text are left alone."""
_MAX_PACKET_BYTES = 64 * 1024
_SHOWN_SECONDS = 5.0
"""How long words are shown that do not say it, unless others follow sooner."""
_LONG_ENOUGH_SECONDS = 1.0
_MOST_TEXT = 2_000_000
"""Characters a video may have in all; a film has 100 000."""
_MOST_SCENES = 100
"""Scenes that one cue may reach into."""

log = logging.getLogger(__name__)


@frozen
class _Choice:
    """One track that could be used: a stream of the video, or a file."""

    language: str | None
    forced: bool
    default: bool
    stream: Stream | None = None
    file: bytes = b""

    def merit(self, wanted: str) -> tuple[int, bool, bool, bool]:
        """The language first; then a file that a person put there; then full ones before those for signs only."""
        return fitness(self.language, wanted), self.stream is None, not self.forced, self.default


class SubtitleReader:
    """Chooses a track, collects its cues while the video is read, and deals them out to the scenes.

    ``files``: side-car files beside the video. ``wanted``: the language of descriptions. Nothing here raises.
    """

    def __init__(self, container: InputContainer, files: Sequence[bytes], wanted: str) -> None:
        choices = [*_beside(files), *_inside(container)]
        self._stream: Stream | None = None
        self._kind = ""
        self._cues: list[Cue] = []
        self.facts: Subtitles | None = None
        """None for a video without subtitles."""
        problem: SubtitleProblem | None = None
        for choice in sorted(choices, key=lambda one: one.merit(wanted), reverse=True):
            failed = self._use(choice)
            if failed is None:
                source = SubtitleSource.EMBEDDED if choice.stream else SubtitleSource.SIDECAR
                self.facts = Subtitles(source, self._kind, choice.language, len(choices), problem)
                return
            problem = problem or failed
        if choices:
            self.facts = Subtitles(None, None, None, len(choices), problem)

    @property
    def index(self) -> int | None:
        """Of the stream whose packets are wanted, if any."""
        return None if self._stream is None else self._stream.index

    def take(self, packet: av.Packet[Any]) -> None:
        """The next packet of that stream. Times are kept in seconds of the container."""
        stamp = packet.pts if packet.pts is not None else packet.dts
        if (
            stamp is None
            or not packet.time_base
            or not 0 < packet.size <= _MAX_PACKET_BYTES
            or len(self._cues) >= MAX_CUES
        ):
            return
        text = packet_text(bytes(packet), self._kind)
        if text:
            start = float(stamp * packet.time_base)
            length = float((packet.duration or 0) * packet.time_base)
            self._cues.append(Cue(start, start + max(0.0, length), text))

    def words(self, scenes: Sequence[Scene], origin: float) -> list[SceneWords]:
        """What is said in each scene that has words; ``origin``: container time of the first frame."""
        if self._stream is not None:
            self._cues = _finished(self._cues, origin)
        return assign(self._cues, scenes)

    def _use(self, choice: _Choice) -> SubtitleProblem | None:
        if choice.stream is not None:
            self._stream = choice.stream
            self._kind = _FORMATS[choice.stream.codec_context.codec.name]
            return None
        self._kind = label(os.fsdecode(choice.file)).kind
        cues = _read_file(choice.file, self._kind)
        if isinstance(cues, SubtitleProblem):
            log.info("A subtitle file is not used: %s", cues.value)
            return cues
        self._cues = cues
        return None


def assign(cues: Sequence[Cue], scenes: Sequence[Scene]) -> list[SceneWords]:
    """Words for every scene that shows them for a second or for half of their time, or else longest."""
    starts = [scene.start for scene in scenes]
    room = _MOST_TEXT
    lines: dict[int, list[str]] = {}
    for cue in cues:
        first = max(0, bisect.bisect_right(starts, cue.start) - 1)
        last = min(bisect.bisect_left(starts, cue.end), first + _MOST_SCENES)
        shown = {n: _overlap(cue, scenes[n]) for n in range(first, last) if _overlap(cue, scenes[n]) > 0}
        enough = min(_LONG_ENOUGH_SECONDS, (cue.end - cue.start) / 2)
        longest = max(shown, key=lambda n: shown[n], default=None)
        for number, seconds in shown.items():
            said = lines.setdefault(number, [])
            # Layers and rolling captions say the same again.
            if (seconds >= enough or number == longest) and cue.text not in said[-2:]:
                room -= len(cue.text)
                if room < 0:
                    return _dealt(lines, scenes)
                said.append(cue.text)
    return _dealt(lines, scenes)


def _dealt(lines: Mapping[int, Sequence[str]], scenes: Sequence[Scene]) -> list[SceneWords]:
    return [SceneWords(scenes[n].id, _joined(said)) for n, said in sorted(lines.items()) if said]


def _joined(lines: Sequence[str]) -> str:
    kept, length = [], 0
    for line in lines:
        length += len(line) + 1
        if length > MAX_WORDS - 2:
            kept.append("…")
            break
        kept.append(line)
    return "\n".join(kept)


def _overlap(cue: Cue, scene: Scene) -> float:
    return min(cue.end, scene.end) - max(cue.start, scene.start)


def _finished(cues: Sequence[Cue], origin: float) -> list[Cue]:
    """In order, from the first frame on, and with an end where a packet did not say one."""
    cues = sorted(cues, key=lambda cue: cue.start)
    following = [*(cue.start for cue in cues[1:]), float("inf")][: len(cues)]
    return [
        Cue(
            cue.start - origin,
            (cue.end if cue.end > cue.start else min(cue.start + _SHOWN_SECONDS, after)) - origin,
            cue.text,
        )
        for cue, after in zip(cues, following, strict=True)
    ]


def _inside(container: InputContainer) -> list[_Choice]:
    found = []
    for stream in container.streams.subtitles:
        # None where FFmpeg has no decoder, which the type hints of PyAV do not know.
        context = stream.codec_context
        if context is not None and context.codec.name in _FORMATS:
            marks = stream.disposition
            found.append(
                _Choice(
                    language=tag_of(stream.language),
                    forced=bool(marks & Disposition.forced),
                    default=bool(marks & Disposition.default),
                    stream=stream,
                )
            )
    return found


def _beside(files: Sequence[bytes]) -> list[_Choice]:
    found = []
    for file in files:
        said = label(os.fsdecode(file))
        found.append(_Choice(said.language, said.forced, said.plain, file=file))
    return found


def _read_file(file: bytes, kind: str) -> list[Cue] | SubtitleProblem:
    try:
        data = _bytes_of(file)
    except (OSError, ValueError) as error:
        log.info("A subtitle file cannot be read: %s", error)
        return SubtitleProblem.UNREADABLE
    if len(data) > MAX_SIDECAR_BYTES:
        return SubtitleProblem.TOO_LARGE
    text = decode(data)
    if text is None:
        return SubtitleProblem.ENCODING
    return parse(text, kind) or SubtitleProblem.NO_CUES


def _bytes_of(file: bytes) -> bytes:
    """At most a byte more than a side-car file may have; never waits for a pipe."""
    flags = os.O_RDONLY
    if sys.platform == "win32":
        flags |= os.O_BINARY
    else:
        flags |= os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(file, flags), "rb") as opened:
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            raise OSError("not a file")
        return opened.read(MAX_SIDECAR_BYTES + 1)
