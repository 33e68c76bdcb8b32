"""What each scene sounds like, measured in the same pass as the pictures.

Sound is made by others, too: whatever goes wrong in it is noted, and never costs a video its scenes.
"""

from __future__ import annotations

import bisect
import contextlib
import logging
from array import array
from collections import deque
from typing import Any

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from numpy.typing import NDArray

from autocut_tray.core.footage import Scene, SceneSound, Sound, SoundProblem, SoundTrack
from autocut_tray.core.media import worker_loudness as loudness
from autocut_tray.core.media import worker_speech as speech
from autocut_tray.core.media.languages import tag_of
from autocut_tray.core.media.worker_loudness import HOP, RATE, Samples
from autocut_tray.core.media.worker_open import CODECS, DECODER_LIMITS

_LEAST_RATE, _MOST_RATE = 4000, 768_000
_MOST_CHANNELS = 16
_MOST_PACKET_BYTES = 16 * 1024**2
"""More than a second of anything that is recorded: 16 channels of 32 bits at 192 kHz take 12 MiB."""
_ERRORS_IN_A_ROW = 500
"""Packets without sound after which a damaged track is given up."""

_LOUDEST = 16.0
"""Floating point samples can be anything; what is 24 dB above full scale is damage."""
_SILENT_POWER = 10 ** (-60 / 10)
_HOP_SECONDS = HOP / RATE
_GAP_SECONDS = 0.1
"""Time stamps of sound may be off by so much from what its samples add up to."""
_BACKWARD_JUMP_SECONDS = 1.0
_FORWARD_JUMP_SECONDS = 3600.0
_SPEECH_LEAST_SECONDS = 1.0
_ROUNDED_HOPS = 2
"""A scene does not begin and end where a figure does."""

_PART = RATE // 2
_PART_HOPS = _PART // HOP
_AROUND = RATE // 4
"""Sound is measured in parts of half a second; whether one is speech is decided with a quarter before and after."""
_DECIMATION = RATE // speech.RATE
_MEAN = np.full(_DECIMATION, 1 / _DECIMATION, np.float32)

log = logging.getLogger(__name__)


def choose_track(container: InputContainer) -> AudioStream | None:
    """The default sound track, else the first; None for a video without sound."""
    tracks = container.streams.audio
    default = [track for track in tracks if track.disposition & Disposition.default]
    return next(iter(default or tracks), None)


def describe_track(container: InputContainer, stream: AudioStream | None) -> SoundTrack | None:
    """The facts of the header; None without a track, or where they make no sense."""
    context = _context(stream)
    if stream is None or context is None or not (context.channels > 0 and context.sample_rate > 0):
        return None
    tracks = container.streams.audio
    return SoundTrack(
        codec=context.codec.canonical_name,
        channels=context.channels,
        sample_rate=context.sample_rate,
        track=tracks.index(stream) + 1,
        tracks=len(tracks),
        language=tag_of(stream.language),
    )


class Listener:
    """Takes the packets of a track as they come, and scenes as they are found; tells what those sound like.

    Scenes are in seconds from the first frame of the video, packets in seconds of the container; :meth:`begin` says
    how they lie to each other. ``avoid``: do not touch the sound. Nothing here raises.
    """

    def __init__(self, stream: AudioStream, *, avoid: bool = False) -> None:
        self._stream = stream
        self._origin = 0.0
        self._waiting: deque[Scene] = deque()
        self._problem = SoundProblem.AVOIDED if avoid else None
        self._open = False
        self._meter = _Meter()
        self._lost: list[tuple[float, float]] = []
        """Start and seconds of packets that could not be decoded."""
        self._fruitless = 0
        self._next: float | None = None

    @property
    def index(self) -> int:
        return self._stream.index

    def begin(self, origin: float) -> None:
        """``origin``: container time of the first frame."""
        self._origin = origin

    def take(self, packet: av.Packet[Any]) -> None:
        """The next packet of the track; an empty one is its end."""
        if self._problem is not None:
            return
        try:
            self._prepare()
            if self._problem is None:
                self._decode(packet)
        except Exception:
            # PyAV raises its own kinds, ValueError, MemoryError; the scenes must not be lost to any of them.
            log.exception("The sound cannot be read")
            self._give_up(SoundProblem.DAMAGED)

    def expect(self, scene: Scene) -> None:
        """A scene was found; what it sounds like is told once its end is heard."""
        self._waiting.append(scene)

    def heard(self, *, all_of_it: bool = False) -> list[SceneSound]:
        """Scenes that ended in what was heard since; ``all_of_it`` at the end of the video."""
        if all_of_it and self._problem is None:
            try:
                self._meter.end()
            except Exception:
                log.exception("The end of the sound cannot be measured")
                self._give_up(SoundProblem.DAMAGED)
        told = []
        while self._waiting and (
            all_of_it
            or self._problem is not None
            or self._meter.reached >= self._origin + self._waiting[0].end
        ):
            told.append(self._tell(self._waiting.popleft()))
        return told

    def _prepare(self) -> None:
        if self._open:
            return
        self._open = True
        context = _context(self._stream)
        if (
            context is None
            or context.codec.name not in CODECS
            or not _LEAST_RATE <= context.sample_rate <= _MOST_RATE
            or not 0 < context.channels <= _MOST_CHANNELS
        ):
            self._give_up(SoundProblem.UNSUPPORTED)
            return
        context.options = dict(DECODER_LIMITS)
        context.thread_count = 1
        try:
            context.open(strict=False)
        except Exception:
            log.exception("The sound's decoder does not start")
            self._give_up(SoundProblem.UNSUPPORTED)

    def _give_up(self, problem: SoundProblem) -> None:
        self._problem = problem
        self._meter.forget_stream()

    def _decode(self, packet: av.Packet[Any]) -> None:
        try:
            if packet.size > _MOST_PACKET_BYTES:
                raise ValueError(f"a packet of {packet.size} bytes")
            frames = self._stream.decode(packet)
        except (av.FFmpegError, ValueError, IndexError) as error:
            log.debug("Damaged sound: %s", error)
            self._note_loss(packet)
            return
        for frame in frames:
            self._fruitless = 0
            self._hear(frame)

    def _note_loss(self, packet: av.Packet[Any]) -> None:
        self._fruitless += 1
        if self._fruitless > _ERRORS_IN_A_ROW:
            self._give_up(SoundProblem.DAMAGED)
        elif packet.pts is not None and packet.duration and packet.time_base:
            self._lost.append(
                (float(packet.pts * packet.time_base), float(packet.duration * packet.time_base))
            )

    def _hear(self, frame: av.AudioFrame) -> None:
        at = frame.time
        if self._next is None or (at is not None and self._is_gap(at - self._next)):
            self._next = at or 0.0
            self._meter.start(self._next)
        self._meter.take(frame)
        self._next += frame.samples / frame.sample_rate

    def _is_gap(self, step: float) -> bool:
        """A jump is none: the time stamps start anew there, as they do for the pictures."""
        return abs(step) > _GAP_SECONDS and -_BACKWARD_JUMP_SECONDS <= step <= _FORWARD_JUMP_SECONDS

    def _tell(self, scene: Scene) -> SceneSound:
        start, end = self._origin + scene.start, self._origin + scene.end
        lost = sum(seconds for at, seconds in self._lost if start <= at < end)
        self._lost = [(at, seconds) for at, seconds in self._lost if at >= end]
        length = end - start - lost
        sound = self._meter.measure(start, end, length)
        damaged = lost > length
        if self._problem is not None and self._meter.reached < end:
            return SceneSound(scene.id, self._problem)
        return SceneSound(scene.id, SoundProblem.DAMAGED if damaged else sound)


class _Meter:
    """Turns frames into one set of figures for every 50 ms, and those of a scene into its sound.

    Keeps the figures of what no scene was made of yet: 1.2 MB an hour.
    """

    def __init__(self) -> None:
        self._times = array("d")
        self._powers = array("d")
        self._silent = array("b")
        self._speech = array("b")
        self._resampler: av.AudioResampler | None = None
        self._weights = loudness.weights(("FC",))
        self._pending: Samples = np.zeros((1, 0), np.float32)
        self._time = 0.0
        self.reached = float("-inf")
        """Container time up to which everything is measured."""

    def start(self, time: float) -> None:
        """What comes next begins at this time."""
        self.end()
        self._time = time

    def take(self, frame: av.AudioFrame) -> None:
        """Raises ValueError for what is no sound, or an error of FFmpeg."""
        frame.pts = None
        parts = None
        if self._resampler is not None:
            with contextlib.suppress(ValueError):  # the form of the sound changes within the track
                parts = self._resampler.resample(frame)
        if parts is None:
            self.end()
            parts = self._begin(frame).resample(frame)
        for part in parts:
            self._measure_parts(part)

    def _begin(self, frame: av.AudioFrame) -> av.AudioResampler:
        channels = tuple(channel.name for channel in frame.layout.channels)
        if not _LEAST_RATE <= frame.sample_rate <= _MOST_RATE or not 0 < len(channels) <= _MOST_CHANNELS:
            raise ValueError(f"{frame.sample_rate} Hz, {frame.layout.name}")
        self._weights = loudness.weights(channels)
        # A quarter of a second of nothing before the first part.
        self._pending = np.zeros((len(channels), _AROUND), np.float32)
        self._resampler = av.AudioResampler("fltp", frame.layout, RATE, frame_size=_PART)
        return self._resampler

    def end(self) -> None:
        """Measure what is left of the sound so far; what comes next does not follow it."""
        resampler, self._resampler = self._resampler, None
        if resampler is None:
            return
        for part in resampler.resample(None):
            self._measure_parts(part)
        hops = round((self._pending.shape[1] - _AROUND) / HOP)
        while hops > 0:
            around = self._pending[:, : _PART + 2 * _AROUND]
            around = np.pad(around, ((0, 0), (0, _PART + 2 * _AROUND - around.shape[1])))
            self._measure(around, min(hops, _PART_HOPS))
            self._pending = self._pending[:, _PART:]
            hops -= _PART_HOPS
        self.forget_stream()

    def forget_stream(self) -> None:
        self._resampler = None
        self._pending = np.zeros((1, 0), np.float32)

    def measure(self, start: float, end: float, length: float) -> Sound:
        """The sound between two times, ``length`` seconds of which could be read; what comes before is forgotten.

        Where the track has no samples a player plays nothing, so that counts as silence.
        """
        first = bisect.bisect_left(self._times, start - _HOP_SECONDS / 2)
        last = bisect.bisect_left(self._times, end - _HOP_SECONDS / 2)
        times, power = self._within(start, end)
        silent, spoken = sum(self._silent[first:last]), sum(self._speech[first:last])
        del self._times[:last], self._powers[:last], self._silent[:last], self._speech[:last]
        measured = last - first
        missing = length / _HOP_SECONDS - measured
        if missing < _ROUNDED_HOPS:
            missing = 0.0
        whole = measured + missing
        return Sound(
            loudness=loudness.integrated(times, power),
            silence=(silent + missing) / whole if whole else 1.0,
            speech=spoken / whole if whole and length >= _SPEECH_LEAST_SECONDS else None,
        )

    def _within(self, start: float, end: float) -> tuple[NDArray[np.float64], loudness.Powers]:
        """Times and powers that hold nothing of the neighbouring scenes, the soft edges of their windows included."""
        edge = loudness.EDGE / RATE
        first = bisect.bisect_left(self._times, start + edge)
        last = max(first, bisect.bisect_right(self._times, end - edge - _HOP_SECONDS))
        return np.array(self._times[first:last]), np.array(self._powers[first:last])

    def _measure_parts(self, part: av.AudioFrame) -> None:
        samples = np.asarray(part.to_ndarray(), np.float32)
        if not np.abs(samples).max(initial=0.0) <= _LOUDEST:  # also when it is not a number
            samples = np.nan_to_num(samples, nan=0.0).clip(-_LOUDEST, _LOUDEST)
        self._pending = np.concatenate((self._pending, samples), axis=1)
        while self._pending.shape[1] >= _PART + 2 * _AROUND:
            self._measure(self._pending[:, : _PART + 2 * _AROUND], _PART_HOPS)
            self._pending = self._pending[:, _PART:]

    def _measure(self, around: Samples, hops: int) -> None:
        """Half a second with a quarter on either side, of which ``hops`` times 50 ms are sound."""
        samples = around[:, _AROUND : _AROUND + _PART]
        edge = _AROUND - loudness.EDGE
        powers = loudness.powers(around[:, edge : around.shape[1] - edge], self._weights)
        parts = samples.reshape(len(samples), _PART_HOPS, HOP)
        silent = np.einsum("chn,chn->ch", parts, parts).max(axis=0) < _SILENT_POWER * HOP
        spoken = not silent[:hops].all() and speech.is_speech_like(self._narrowed(around))
        times = self._time + np.arange(hops) * _HOP_SECONDS
        if self._times and hops and times[0] <= self._times[-1]:  # stamps that went back a little
            times += self._times[-1] + _HOP_SECONDS - times[0]
        self._times.extend(times)
        self._powers.extend(powers[:hops])
        self._silent.extend(silent[:hops].astype(np.int8))
        self._speech.extend([int(spoken)] * hops)
        self._time += hops * _HOP_SECONDS
        self.reached = self._time

    def _narrowed(self, samples: Samples) -> Samples:
        """All channels as one, at the rate that speech is looked for at."""
        mono = samples.mean(axis=0) if len(samples) > 1 else samples[0]
        return np.asarray(mono.reshape(-1, _DECIMATION) @ _MEAN, np.float32)


def _context(stream: AudioStream | None) -> AudioCodecContext | None:
    """None where FFmpeg has no decoder, which the type hints of PyAV do not know."""
    return None if stream is None else stream.codec_context
