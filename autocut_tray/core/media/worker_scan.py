"""One pass over a video: scenes and their key frames, sent while it is being read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import av
import av.error

from autocut_tray.core.clock import Clock
from autocut_tray.core.footage import Finished, Progress, Scene, Video, WorkerMessage
from autocut_tray.core.media.wire import FailureCode, Request
from autocut_tray.core.media.worker_detect import ShotDetector
from autocut_tray.core.media.worker_fence import cpu_allowance
from autocut_tray.core.media.worker_keyframes import KeyframeChooser
from autocut_tray.core.media.worker_open import Footage, Refused, describe, header_frames, open_footage
from autocut_tray.core.media.worker_pictures import KeyPictures, Look, SmallPictures, planes_of
from autocut_tray.core.media.worker_scenes import Cutout, SceneBuilder
from autocut_tray.core.media.worker_sound import Listener, choose_track, describe_track
from autocut_tray.core.media.worker_subtitles import SubtitleReader
from autocut_tray.core.media.worker_time import PresentationClock

_PROGRESS_SECONDS = 0.5
_ERRORS_IN_A_ROW = 500
"""Packets without a picture after which a damaged file is given up."""
_MISSING_SECONDS = 1.5
"""A file whose streams end this much before its header says was cut off."""

_DAMAGE = (av.error.FFmpegError, ValueError, IndexError)
"""What PyAV raises on damaged files."""

Send = Callable[[WorkerMessage], None]

log = logging.getLogger(__name__)


def scan(request: Request, send: Send, clock: Clock, limit_cpu: Callable[[float], None]) -> None:
    """Read the file that is asked for and send what is found; raises Refused or MemoryError.

    ``limit_cpu`` is told how many CPU seconds that may take, once the file is open.
    """
    with open_footage(request) as footage:
        context = footage.stream.codec_context
        pixels = context.width * context.height
        limit_cpu(cpu_allowance(footage.duration, header_frames(footage), pixels, request.size))
        _Pass(footage, request, send, clock).run()


class _Reader:
    """Decodes the picture stream, and remembers how far all streams reached and what was damaged.

    ``beside``: is given the packets of the other streams, by the index of the stream.
    """

    def __init__(self, footage: Footage, beside: Mapping[int, Callable[[av.Packet[Any]], None]]) -> None:
        self._footage = footage
        self._beside = beside
        self._start = footage.container.start_time or 0
        self.reached = 0.0
        self.broke_off = False

    def frames(self) -> Iterator[av.VideoFrame]:
        stream = self._footage.stream
        packets = iter(self._footage.container.demux())
        fruitless = 0
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except MemoryError:
                raise
            except _DAMAGE as error:
                # The container itself cannot be read further: a truncated file, a pulled plug.
                log.info("Reading breaks off: %s", error)
                self.broke_off = True
                return
            self._note(packet)
            if packet.stream.index != stream.index:
                if packet.stream.index in self._beside:
                    self._beside[packet.stream.index](packet)
                continue
            try:
                frames = stream.decode(packet)
            except MemoryError:
                raise
            except _DAMAGE as error:
                log.debug("A damaged packet: %s", error)
                frames = []
            if frames:
                fruitless = 0
                yield from frames
            elif packet.size:
                fruitless += 1
                if fruitless > _ERRORS_IN_A_ROW:
                    self.broke_off = True
                    return

    def _note(self, packet: av.Packet[Any]) -> None:
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is None or packet.time_base is None:
            return
        base = packet.time_base  # a float at once: arithmetic with fractions would be half of the work here
        end = (
            stamp + (packet.duration or 0)
        ) * base.numerator / base.denominator - self._start / av.time_base
        self.reached = max(self.reached, end)


class _Pass:
    def __init__(self, footage: Footage, request: Request, send: Send, clock: Clock) -> None:
        self._footage = footage
        self._options = request.options
        self._send = send
        self._clock = clock
        self._shown = PresentationClock(footage.stream.time_base or Fraction(1, 1000), footage.nominal)
        self._detector = ShotDetector(float(footage.nominal or 25), request.options.sensitivity)
        self._builder = SceneBuilder(
            self._shown, request.options.min_scene, footage.duration if footage.exact_duration else None
        )
        self._small = SmallPictures()
        track = choose_track(footage.container)
        self._track = describe_track(footage.container, track)
        self._listener = Listener(track, avoid=not self._options.sound) if track is not None else None
        self._subtitles = SubtitleReader(footage.container, request.sidecars, request.options.language)
        self._reader = _Reader(footage, self._takers())
        self._scenes: list[Scene] = []
        self._origin = 0.0
        self._told = clock.monotonic()
        self._rotation = 0
        self._chooser: KeyframeChooser | None = None

    def run(self) -> None:
        for frame in self._reader.frames():
            self._take(frame)
        if self._chooser is None:
            raise Refused(FailureCode.UNREADABLE_VIDEO)
        for cutout in self._builder.finish(self._detector.finish()):
            self._tell(cutout)
        self._tell_sound(all_of_it=True)
        for words in self._subtitles.words(self._scenes, self._origin):
            self._send(words)
        counted = self._describe(self._shown.count, self._shown.end)
        video = replace(
            counted, rate=self._shown.rate(self._footage.nominal), variable_rate=self._shown.variable
        )
        self._send(Finished(video, self._damaged_at()))

    def _takers(self) -> dict[int, Callable[[av.Packet[Any]], None]]:
        takers: dict[int, Callable[[av.Packet[Any]], None]] = {}
        if self._listener is not None:
            takers[self._listener.index] = self._listener.take
        if self._subtitles.index is not None:
            takers[self._subtitles.index] = self._subtitles.take
        return takers

    def _take(self, frame: av.VideoFrame) -> None:
        if self._chooser is None:
            self._begin(frame)
        assert self._chooser is not None
        number = self._shown.count
        time = self._shown.place(frame.pts, frame.duration)
        small = self._small.take(frame)
        self._chooser.offer(number, time, frame, small)
        for boundary in self._detector.push(planes_of(small)):
            cutout = self._builder.add(boundary)
            if cutout is not None:
                self._tell(cutout)
        now = self._clock.monotonic()
        if now - self._told >= _PROGRESS_SECONDS:
            self._told = now
            self._tell_sound()
            self._send(Progress(time, self._footage.duration))

    def _begin(self, frame: av.VideoFrame) -> None:
        # PyAV tells the turn counter-clockwise.
        self._rotation = round(-frame.rotation / 90) % 4 * 90
        look = Look(self._rotation, _pixel_aspect(self._footage))
        self._chooser = KeyframeChooser(KeyPictures(look, self._options.image_px))
        self._origin = float((frame.pts or 0) * (self._footage.stream.time_base or 0))
        if self._listener is not None:
            self._listener.begin(self._origin)
        self._send(self._describe(header_frames(self._footage), self._footage.duration))

    def _describe(self, frames: int | None, duration: float | None) -> Video:
        video = describe(self._footage, self._rotation, frames, duration)
        return replace(video, sound=self._track, subtitles=self._subtitles.facts)

    def _tell(self, cutout: Cutout) -> None:
        assert self._chooser is not None
        self._send(cutout.scene)
        self._send(self._chooser.choose(cutout.scene, cutout.first, cutout.last))
        self._scenes.append(cutout.scene)
        if self._listener is not None:
            self._listener.expect(cutout.scene)

    def _tell_sound(self, *, all_of_it: bool = False) -> None:
        if self._listener is not None:
            for sound in self._listener.heard(all_of_it=all_of_it):
                self._send(sound)

    def _damaged_at(self) -> float | None:
        end = self._shown.end
        if self._reader.broke_off:
            return end
        claimed = self._footage.duration
        if claimed is None or not self._footage.exact_duration:
            return None
        return end if claimed - max(self._reader.reached, end) > _MISSING_SECONDS else None


def _pixel_aspect(footage: Footage) -> Fraction:
    """How many times as wide as high a pixel is shown; nonsense counts as square."""
    aspect = footage.stream.sample_aspect_ratio
    return aspect if aspect and Fraction(1, 4) <= aspect <= 4 else Fraction(1)
