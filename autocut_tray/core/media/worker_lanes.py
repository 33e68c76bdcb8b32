"""Where the frames of a video come from: one decoder, or several side by side.

Side by side each decoder reads groups of packets that stand on their own, and in fast mode leaves out frames in which
hardly a cut can be; the groups come out in order. Where a video cannot be split, or its frames are not those that its
packets say, one decoder reads on from the group before: what comes out is what one decoder alone would have given.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from queue import SimpleQueue
from typing import TypeAlias

import av
from av.video.codeccontext import VideoCodecContext

from autocut_tray.core.frozen import frozen
from autocut_tray.core.media.worker_fast import (
    HELD,
    Likeness,
    ShownTime,
    large,
    likeness,
    may_be_quiet,
    shown_times,
)
from autocut_tray.core.media.worker_groups import Group, GroupSplitter, Unsplittable
from autocut_tray.core.media.worker_packets import DAMAGE, Packet
from autocut_tray.core.media.worker_take import FrameTaker, Taken

_MOST_RUNS, _MOST_BYTES = 5, 4 * 1024**2
"""Runs that wait beyond one for each decoder, if their packets are few: some take long, others next to no time."""
_AT_A_TIME = 8
"""Frames that a decoder hands over together."""
_ERRORS_IN_A_ROW = 500
"""Packets without a picture after which a damaged file is given up."""

log = logging.getLogger(__name__)


@frozen
class Decoder:
    """A decoder and what keeps its frames, for one thread at a time."""

    context: VideoCodecContext
    taker: FrameTaker


OpenDecoder = Callable[[], AbstractContextManager[Decoder]]


class Frames:
    """The frames of a video in order. ``alone``: a decoder that uses all cores; ``another``: opens one that uses one.

    ``lanes``: so many decoders work side by side; 1: the one that is ``alone``, unless ``fast``: then some frames are
    not decoded. Close it: it has threads.
    """

    def __init__(
        self,
        packets: Iterator[Packet],
        alone: Decoder,
        another: OpenDecoder,
        lanes: int,
        *,
        fast: bool = False,
    ) -> None:
        self._packets = packets
        self._alone = alone
        self._another = another
        self._lane_count = lanes
        self._lanes: list[_Lane] = []
        self._work: _Work = SimpleQueue()
        self._given = 0
        self.gave_up = False
        """Nothing could be decoded any more."""
        self.fast = fast
        """False from where on the video had to be decoded as a whole."""

    def frames(self) -> Iterator[Taken]:
        """All of them; raises MemoryError. Picks are numbered from the first frame of the video."""
        rest = self._packets
        skipped, start = 0, None
        if self.fast or self._lane_count > 1:
            try:
                yield from self._side_by_side()
                return
            except _ReadOn as split:
                log.info("The video is read by one decoder: %s", split)
                rest = itertools.chain(split.packets, self._packets)
                skipped, start = split.given, split.start
                self.fast = False
                self.close()
        yield from self._one_after_the_other(rest, skipped, start)

    def close(self) -> None:
        """End the threads; what they are doing is of no use any more."""
        for lane in self._lanes:
            lane.stop()
        for _ in self._lanes:
            self._work.put(None)
        for lane in self._lanes:
            lane.join()
        self._lanes.clear()

    def _side_by_side(self) -> Iterator[Taken]:
        splitter = GroupSplitter(self._packets)
        groups = splitter.groups()
        runs: deque[_Run] = deque()
        unsplittable: Unsplittable | None = None
        before: _Run | None = None
        ended = False
        while True:
            while not ended and self._has_room(runs):
                try:
                    runs.append(self._start(next(groups)))
                except StopIteration:
                    ended = True
                except Unsplittable as error:
                    unsplittable, ended = error, True
            if not runs:
                if unsplittable is not None:
                    raise _read_on([before] if before else [], unsplittable.packets, "no place to split")
                return
            run = runs.popleft()
            try:
                yield from self._numbered(run.taken())
            except Unfit as error:
                rest = splitter.pending if unsplittable is None else unsplittable.packets
                lead = before.group.packets if before is not None else []
                raise _read_on([run, *runs], rest, str(error), lead) from error
            before = run

    def _has_room(self, runs: Sequence[_Run]) -> bool:
        """One more than there are lanes, so that none waits for work while the first takes long; more if small."""
        if len(runs) <= self._lane_count:
            return True
        return len(runs) < _MOST_RUNS and sum(run.size for run in runs) < _MOST_BYTES

    def _start(self, group: Group) -> _Run:
        run = _Run(group, every=not self.fast)
        self._work.put(run)
        if len(self._lanes) < self._lane_count:
            self._lanes.append(_Lane(self._another, self._work))
        return run

    def _numbered(self, run: Iterator[Taken]) -> Iterator[Taken]:
        base = self._given
        for taken in run:
            self._given += 1
            if base and taken.picks:
                picks = tuple(replace(pick, number=pick.number + base) for pick in taken.picks)
                taken = replace(taken, picks=picks)
            yield taken

    def _one_after_the_other(
        self, packets: Iterator[Packet], skipped: int, start: int | None
    ) -> Iterator[Taken]:
        """The first ``skipped`` frames that are shown at ``start`` or later are known already."""
        decoder = self._alone
        frames = self._decoded(decoder.context, packets)
        if start is not None:
            frames = itertools.dropwhile(lambda frame: frame.pts is None or frame.pts < start, frames)
        return self._numbered(
            _taken(decoder.taker, itertools.islice(frames, skipped, None), inside=start is not None)
        )

    def _decoded(self, context: VideoCodecContext, packets: Iterator[Packet]) -> Iterator[av.VideoFrame]:
        fruitless = 0
        for packet in packets:
            frames = decoded(context, packet)
            fruitless = 0 if frames else fruitless + 1
            while frames:  # none is held while the next packet is decoded: they are large
                yield frames.pop(0)
            if fruitless > _ERRORS_IN_A_ROW:
                self.gave_up = True
                break
        yield from decoded(context, None)


class Unfit(Exception):
    """The frames are not those that the packets say."""


class _ReadOn(Exception):
    """One decoder has to go on with these packets, of whose frames from ``start`` on ``given`` were told already."""

    def __init__(self, packets: list[Packet], start: int | None, given: int, why: str) -> None:
        super().__init__(why)
        self.packets = packets
        self.start = start
        self.given = given


def _read_on(runs: Sequence[_Run], rest: Sequence[Packet], why: str, lead: Sequence[Packet] = ()) -> _ReadOn:
    """From the first of ``runs`` on; the ``lead`` before it is for the decoder, which may need what it shows."""
    packets = [packet for run in runs for packet in run.group.packets]
    start, given = (runs[0].group.start, runs[0].given) if runs else (None, 0)
    return _ReadOn([*lead, *packets, *rest], start, given, why)


_Work: TypeAlias = "SimpleQueue[_Run | None]"
"""What is to be decoded, in order; None ends one lane."""


class _Lane:
    """A thread with a decoder of its own, that takes the next run whenever it has done one."""

    def __init__(self, open_decoder: OpenDecoder, work: _Work) -> None:
        self._open_decoder = open_decoder
        self._work = work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="decoder")
        self._thread.start()

    def stop(self) -> None:
        """As soon as it looks up from its work, or is given something."""
        self._stop.set()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        run: _Run | None = None
        try:
            with self._open_decoder() as decoder:
                while (run := self._work.get()) is not None and not self._stop.is_set():
                    run.decode(decoder, self._stop)
        except Exception as error:
            log.info("A decoder ended: %r", error, exc_info=True)  # raised again by who waits for the frames
            while run is not None or (run := self._work.get()) is not None:
                run.fail(error)
                run = None


class _Run:
    """A group while it is being decoded, and what has come of it so far; frames left out come without a picture.

    ``every``: none is left out.
    """

    def __init__(self, group: Group, *, every: bool) -> None:
        self.group = group
        # The first group is read as a whole in any case: it shows whether every packet is one frame.
        self._every = every or group.start is None
        self.size = sum(packet.size for packet in group.packets)
        """Bytes."""
        self.given = 0
        """Frames that were taken out."""
        self._latest: list[Taken] = []
        """Not handed over yet: each time that is done wakes the other side."""
        self._taken: list[Taken] = []
        self._error: Exception | None = None
        self._done = False
        self._changed = threading.Condition()

    def taken(self) -> Iterator[Taken]:
        """Waits for the frames; raises what went wrong."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._taken or self._done)
                if not self._taken:
                    break
                handed, self._taken = self._taken, []
            for one in handed:
                self.given += 1
                yield one
        if self._error is not None:
            raise self._error

    def fail(self, error: Exception) -> None:
        self._error = error
        self._end()

    def decode(self, decoder: Decoder, stop: threading.Event) -> None:
        """In the lane's thread; raises what the frames cannot be had for."""
        times = deque(shown_times(self.group))
        if not self._every and may_be_quiet(self.group):
            first, likeness = self._key_frames(decoder)
            if first is not None and likeness is not Likeness.UNCLEAR:
                self._give_key_frame(decoder, first, times, held=likeness is Likeness.OTHER)
                return
        self._give_some(decoder, times, stop)

    def _give_some(self, decoder: Decoder, times: deque[ShownTime], stop: threading.Event) -> None:
        every = self._every
        decoder.context.flush_buffers()
        frames = itertools.takewhile(lambda _: not stop.is_set(), self._some(decoder))
        numbers: list[int] = []
        """Of the frames that were decoded, which the taker numbers from 0."""
        count = len(times)
        for taken in _taken(decoder.taker, frames, inside=self.group.start is not None):
            while times and times[0][0] != taken.pts:
                if every or taken.pts is None or times[0][0] > taken.pts:
                    raise Unfit("frames are not what the packets say")
                self._give(Taken(*times.popleft(), small=None))
            if not times:
                raise Unfit("more frames than packets")
            numbers.append(count - len(times))
            times.popleft()
            picks = tuple(replace(pick, number=numbers[pick.number]) for pick in taken.picks)
            self._give(replace(taken, picks=picks))
        if every and times and not stop.is_set():
            raise Unfit("fewer frames than packets")
        self._give_left_out(times)
        self._end()

    def _give_key_frame(
        self, decoder: Decoder, frame: av.VideoFrame, times: deque[ShownTime], *, held: bool
    ) -> None:
        """The key frame for the whole group; ``held``: beside a cut, where the detector looks at several frames."""
        (taken,) = _taken(decoder.taker, iter((frame,)), inside=True)
        if not times or times.popleft()[0] != taken.pts:
            raise Unfit("frames are not what the packets say")
        self._give(taken)
        count = len(times)
        for number, time in enumerate(times, 1):
            near = held and (number <= HELD or number > count - HELD)
            self._give(Taken(*time, small=taken.small if near else None))
        self._end()

    def _give_left_out(self, times: Iterable[ShownTime]) -> None:
        for time in times:
            self._give(Taken(*time, small=None))

    def _key_frames(self, decoder: Decoder) -> tuple[av.VideoFrame | None, Likeness]:
        """The first frame, and what it and that of the next group say of what is between them."""
        first = self._only(decoder, self.group.packets[0])
        after = self._only(decoder, self.group.tail[0])
        if first is None or after is None:
            return None, Likeness.UNCLEAR
        return first, likeness(self.group, decoder.taker.small(first), decoder.taker.small(after))

    def _only(self, decoder: Decoder, packet: Packet) -> av.VideoFrame | None:
        decoder.context.flush_buffers()
        frames = [*decoded(decoder.context, packet), *decoded(decoder.context, None)]
        return next((frame for frame in frames if frame.pts == packet.pts), None)

    def _some(self, decoder: Decoder) -> Iterator[av.VideoFrame]:
        """All of the group, or those that others refer to and all near what may be a cut."""
        context = decoder.context
        for packet, near_cut in large(self.group):
            context.skip_frame = "DEFAULT" if self._every or near_cut else "NONREF"
            yield from filter(self._is_ours, decoded(context, packet))
        yield from filter(self._is_ours, decoded(context, None))

    def _is_ours(self, frame: av.VideoFrame) -> bool:
        start, end = self.group.start, self.group.end
        pts = frame.pts
        return pts is None or ((start is None or pts >= start) and (end is None or pts < end))

    def _give(self, taken: Taken) -> None:
        self._latest.append(taken)
        if len(self._latest) == _AT_A_TIME:
            self._hand_over(done=False)

    def _end(self) -> None:
        self._hand_over(done=True)

    def _hand_over(self, *, done: bool) -> None:
        with self._changed:
            self._taken += self._latest
            self._latest.clear()
            self._done = done
            self._changed.notify_all()


def decoded(context: VideoCodecContext, packet: Packet | None) -> list[av.VideoFrame]:
    """The frames that a packet completes, none where it is damaged; None: those that were held back."""
    try:
        return list(context.decode(packet))
    except MemoryError:
        raise
    except DAMAGE as error:
        log.debug("A damaged packet: %s", error)
        return []


def _taken(taker: FrameTaker, frames: Iterator[av.VideoFrame], *, inside: bool) -> Iterator[Taken]:
    taker.begin(inside=inside)
    for frame in frames:
        taken = taker.take(frame)
        del frame
        if taken is not None:
            yield taken
    last = taker.finish()
    if last is not None:
        yield last
