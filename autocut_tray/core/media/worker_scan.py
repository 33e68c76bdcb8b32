"""One pass over a video: scenes and their key frames, sent while it is being read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from fractions import Fraction

from autocut_tray.core.clock import Clock
from autocut_tray.core.footage import Finished, NotFast, Progress, ScanMode, Scene, Video, WorkerMessage
from autocut_tray.core.media.wire import FailureCode, Request
from autocut_tray.core.media.worker_detect import Boundary, Watcher
from autocut_tray.core.media.worker_fast import LEAST_SECONDS, not_fast
from autocut_tray.core.media.worker_fence import cpu_allowance
from autocut_tray.core.media.worker_keyframes import KeyframeChooser
from autocut_tray.core.media.worker_lanes import Decoder, Frames
from autocut_tray.core.media.worker_open import (
    Footage,
    Refused,
    describe,
    header_frames,
    open_again,
    open_footage,
)
from autocut_tray.core.media.worker_packets import Packet, PacketReader
from autocut_tray.core.media.worker_pictures import KeyPictures, Look, Marks
from autocut_tray.core.media.worker_scenes import Cutout, SceneBuilder
from autocut_tray.core.media.worker_sound import Listener, choose_track, describe_track
from autocut_tray.core.media.worker_subtitles import SubtitleReader
from autocut_tray.core.media.worker_take import FrameTaker, Taken
from autocut_tray.core.media.worker_time import PresentationClock

_PROGRESS_SECONDS = 0.5
_AT_A_TIME = 16
"""Frames that are looked at one after the other: decoding in between would cost the processor's caches each time,
which measured as half of the detectors' time."""
_MISSING_SECONDS = 1.5
"""A file whose streams end this much before its header says was cut off."""

Send = Callable[[WorkerMessage], None]


def scan(request: Request, send: Send, clock: Clock, limit_cpu: Callable[[float], None]) -> None:
    """Read the file that is asked for and send what is found; raises Refused or MemoryError.

    ``limit_cpu`` is told how many CPU seconds that may take, once the file is open.
    """
    with open_footage(request) as footage:
        context = footage.stream.codec_context
        pixels = context.width * context.height
        limit_cpu(cpu_allowance(footage.duration, header_frames(footage), pixels, request.size))
        _Pass(footage, request, send, clock).run()


class _Pass:
    def __init__(self, footage: Footage, request: Request, send: Send, clock: Clock) -> None:
        self._footage = footage
        self._request = request
        self._options = request.options
        self._gave_up = False
        self._send = send
        self._clock = clock
        self._shown = PresentationClock(footage.stream.time_base or Fraction(1, 1000), footage.nominal)
        self._not_fast: NotFast | None = None
        self._fast = request.options.mode is ScanMode.FAST and self._may_be_fast()
        self._watch = Watcher(float(footage.nominal or 25), request.options.sensitivity)
        self._left_out = False
        self._builder = SceneBuilder(
            self._shown, request.options.min_scene, footage.duration if footage.exact_duration else None
        )
        track = choose_track(footage.container)
        self._track = describe_track(footage.container, track)
        self._listener = Listener(track, avoid=not self._options.sound) if track is not None else None
        self._subtitles = SubtitleReader(footage.container, request.sidecars, request.options.language)
        self._reader = PacketReader(footage, self._takers())
        self._aspect = _pixel_aspect(footage)
        self._scenes: list[Scene] = []
        self._origin = 0.0
        self._told = clock.monotonic()
        self._marks: Marks | None = None
        self._chooser: KeyframeChooser | None = None
        self._waiting: list[Taken] = []

    def run(self) -> None:
        alone = Decoder(self._footage.stream.codec_context, self._taker())
        lanes = self._footage.lanes if self._fast or self._may_be_split() else 1
        frames = Frames(self._reader.packets(), alone, self._another, lanes, fast=self._fast)
        with closing(frames):
            for taken in frames.frames():
                if self._fast and not frames.fast:
                    self._fast, self._not_fast = False, NotFast.FRAMES
                self._waiting.append(taken)
                if (
                    len(self._waiting) >= _AT_A_TIME
                    or self._clock.monotonic() - self._told >= _PROGRESS_SECONDS
                ):
                    self._take_all()
            self._take_all()
            self._gave_up = frames.gave_up
        if self._chooser is None:
            raise Refused(FailureCode.UNREADABLE_VIDEO)
        for cutout in self._builder.finish(self._watch.finish()):
            self._tell(cutout)
        self._tell_sound(all_of_it=True)
        for words in self._subtitles.words(self._scenes, self._origin):
            self._send(words)
        counted = self._describe(self._shown.count, self._shown.end)
        video = replace(
            counted, rate=self._shown.rate(self._footage.nominal), variable_rate=self._shown.variable
        )
        self._send(Finished(video, self._damaged_at()))

    def _takers(self) -> dict[int, Callable[[Packet], None]]:
        takers: dict[int, Callable[[Packet], None]] = {}
        if self._listener is not None:
            takers[self._listener.index] = self._listener.take
        if self._subtitles.index is not None:
            takers[self._subtitles.index] = self._subtitles.take
        return takers

    @contextmanager
    def _another(self) -> Iterator[Decoder]:
        with open_again(self._footage, self._request) as context:
            yield Decoder(context, self._taker())

    def _taker(self) -> FrameTaker:
        return FrameTaker(KeyPictures(Look(0, self._aspect), self._options.image_px))

    def _take_all(self) -> None:
        for taken in self._waiting:
            self._take(taken)
        self._waiting.clear()

    def _take(self, taken: Taken) -> None:
        if self._chooser is None:
            self._begin(taken)
        assert self._chooser is not None
        number = self._shown.count
        time = self._shown.place(taken.pts, taken.duration)
        if taken.small is None:
            self._left_out = True
            return
        self._chooser.offer(number, time, taken.small)
        self._chooser.add((pick, self._shown.time_of(pick.number)) for pick in taken.picks)
        for boundary in self._watch.push(number, taken.small):
            self._end_scene(boundary)
        now = self._clock.monotonic()
        if now - self._told >= _PROGRESS_SECONDS:
            self._told = now
            self._tell_sound()
            self._send(Progress(time, self._footage.duration))

    def _may_be_split(self) -> bool:
        """Whether decoders side by side, each with a core of its own, are faster than one with all cores."""
        few = (os.cpu_count() or 1) <= self._footage.lanes
        long = self._footage.duration is not None and self._footage.duration >= LEAST_SECONDS
        return few and long and self._options.threads is None

    def _may_be_fast(self) -> bool:
        video = describe(self._footage, 0, None, None)
        self._not_fast = not_fast(video.codec, self._footage.duration, video.variable_rate)
        return self._not_fast is None

    def _end_scene(self, boundary: Boundary) -> None:
        cutout = self._builder.add(boundary)
        if cutout is not None:
            self._tell(cutout)

    def _begin(self, first: Taken) -> None:
        assert first.marks is not None
        self._marks = first.marks
        look = Look(first.marks.rotation, self._aspect)
        pictures = KeyPictures(look, self._options.image_px)
        self._chooser = KeyframeChooser(pictures, first.marks, self._options.pictures)
        self._origin = float((first.pts or 0) * (self._footage.stream.time_base or 0))
        if self._listener is not None:
            self._listener.begin(self._origin)
        self._send(self._describe(header_frames(self._footage), self._footage.duration))

    def _describe(self, frames: int | None, duration: float | None) -> Video:
        rotation = self._marks.rotation if self._marks else 0
        video = describe(self._footage, rotation, frames, duration)
        mode = ScanMode.FAST if self._fast or self._left_out else ScanMode.ACCURATE
        return replace(
            video, sound=self._track, subtitles=self._subtitles.facts, mode=mode, not_fast=self._not_fast
        )

    def _tell(self, cutout: Cutout) -> None:
        assert self._chooser is not None
        self._send(cutout.scene)
        for picture in self._chooser.choose(cutout.scene, cutout.first, cutout.last):
            self._send(picture)
        self._scenes.append(cutout.scene)
        if self._listener is not None:
            self._listener.expect(cutout.scene)

    def _tell_sound(self, *, all_of_it: bool = False) -> None:
        if self._listener is not None:
            for sound in self._listener.heard(all_of_it=all_of_it):
                self._send(sound)

    def _damaged_at(self) -> float | None:
        end = self._shown.end
        if self._reader.broke_off or self._gave_up:
            return end
        claimed = self._footage.duration
        if claimed is None or not self._footage.exact_duration:
            return None
        return end if claimed - max(self._reader.reached, end) > _MISSING_SECONDS else None


def _pixel_aspect(footage: Footage) -> Fraction:
    """How many times as wide as high a pixel is shown; nonsense counts as square."""
    aspect = footage.stream.sample_aspect_ratio
    return aspect if aspect and Fraction(1, 4) <= aspect <= 4 else Fraction(1)
