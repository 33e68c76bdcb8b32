"""How many videos are worked on side by side: as many as the machine has room for beside everything else it does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier
from autocut_tray.core.runtime.profile import ProfileClass

MOST = 4
"""Videos side by side, whoever asks for them."""

THREADS_A_VIDEO = 8
"""One decoder keeps about so many threads busy: a second video is read at once only beyond that."""

VIDEO_MIB = 350.0
"""What one more video takes of the machine's memory: a worker at 4K, and its part of this process."""

BUDGET_MIB = 32.0
"""What one more video takes of the memory for work: pictures from its worker and on their way to a model."""

_SMALL = (ProfileClass.LOCAL_GPU_LOW, ProfileClass.LOCAL_CPU_ONLY)


@frozen
class Situation:
    """What the number follows from; None is unknown. Memory is in MiB.

    ``chosen``: the person's number, None to have it derived. ``running``: videos under way. ``spare_ram``: what is
    available beyond what is kept for others; ``spare_budget``: what is left of the memory for work, less than nothing
    while somebody waits for it. ``throttled``: the processor is needed elsewhere; ``alerted``: alerts ask for less at
    once. ``editor``: the video editor goes first.
    """

    chosen: int | None
    running: int
    tier: Tier
    profile_class: ProfileClass | None
    threads: int | None
    level: MemoryLevel
    spare_ram: float | None
    spare_budget: float
    throttled: bool = False
    alerted: bool = False
    editor: bool = False


@frozen
class SideBySide:
    """``jobs``: videos under way at most; ``reading``: those among them whose scenes are being found.

    ``give_up``: videos beyond that are put back in line, if they are still being read; else they go on to their end.
    """

    jobs: int
    reading: int
    reasons: tuple[Message, ...] = ()
    give_up: bool = False


ONE_BY_ONE = SideBySide(1, 1)


@dataclass(slots=True)
class _Count:
    """A number that only ever goes down, and why it did."""

    value: SideBySide
    reasons: list[Message] = field(default_factory=list)

    def at_most(self, jobs: int, why: Message) -> None:
        jobs = max(1, jobs)
        if jobs < self.value.jobs:
            self.value = replace(self.value, jobs=jobs, reading=min(jobs, self.value.reading))
            self.reasons.append(why)

    def one_reader(self, why: Message) -> None:
        """One video is read, and another one described beside it."""
        self.at_most(2, why)
        if self.value.reading > 1:
            self.value = replace(self.value, reading=1)


def side_by_side(now: Situation) -> SideBySide:
    """How many videos, and why. What has begun counts as having its memory already."""
    count = _begin(now)
    room_for = now.running + int(max(0.0, now.spare_ram) / VIDEO_MIB) if now.spare_ram is not None else 1
    count.at_most(room_for, message("videos-ram" if now.spare_ram is not None else "videos-ram-unknown"))
    count.at_most(now.running + int(max(0.0, now.spare_budget) / BUDGET_MIB), message("videos-budget"))
    if now.alerted:
        count.at_most(count.value.jobs // 2, message("videos-alert"))
    if now.throttled:
        count.one_reader(message("videos-cpu"))
    short, editor = now.level is not MemoryLevel.OK, now.editor
    if short:
        count.at_most(1, message("videos-memory"))
    if editor:
        count.at_most(1, message("videos-editor"))
    return replace(count.value, reasons=tuple(count.reasons), give_up=short or editor)


def _begin(now: Situation) -> _Count:
    """The person's number, or that of an idle machine of this kind."""
    if now.chosen is not None:
        jobs = max(1, min(MOST, now.chosen))
        return _Count(SideBySide(jobs, jobs), [message("videos-chosen", n=jobs)])
    if now.threads is None:
        return _Count(ONE_BY_ONE, [message("videos-threads-unknown")])
    reading = max(1, min(MOST - 1, now.threads // THREADS_A_VIDEO))
    count = _Count(
        SideBySide(reading + 1, reading), [message("videos-threads", threads=str(now.threads), n=reading)]
    )
    if now.profile_class in _SMALL:
        count.at_most(2, message("videos-small"))
    if now.tier is Tier.CPU and now.threads < THREADS_A_VIDEO:
        count.at_most(1, message("videos-cpu-tier"))
    return count
