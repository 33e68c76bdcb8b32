"""When each frame is shown, whatever the file claims about it."""

from __future__ import annotations

from collections import Counter, deque
from fractions import Fraction

_REMEMBERED = 8192
"""Frames whose time can still be asked for; detectors look back a few hundred, at 1000 frames a second 5000."""
_BACKWARD_JUMP_SECONDS = 1.0
_FORWARD_JUMP_SECONDS = 3600.0
_KINDS_OF_STEPS = 256
_GAP_SECONDS = 10.0
"""A longer step is a gap in the time stamps and says nothing about the rate."""

# What a measured rate that is off by less than 1 in 2000 is taken for (24 and 23.976 differ by 1 in 1000).
_STANDARD_RATES = tuple(
    Fraction(n, d)
    for n, d in (
        (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48000, 1001), (48, 1), (50, 1), (60000, 1001),
        (60, 1), (100, 1), (120000, 1001), (120, 1), (240000, 1001), (240, 1), (10, 1), (12, 1), (15, 1),
    )
)  # fmt: skip


def standard_rate(rate: Fraction) -> Fraction:
    """The broadcast or camera rate that a container's rounding stands for, else ``rate`` in small numbers."""
    for standard in _STANDARD_RATES:
        if abs(rate / standard - 1) < Fraction(1, 2000):
            return standard
    return rate.limit_denominator(1001)


class PresentationClock:
    """Turns time stamps into seconds from the first frame that never go back.

    A missing stamp follows the frame before by one step; so does the first after a jump (more than a second back,
    or an hour ahead), and all after it keep their distance. Shorter gaps are believed: a still picture lasts.
    """

    def __init__(self, time_base: Fraction, rate: Fraction | None) -> None:
        self._base = time_base
        self._step = max(1, round(1 / (rate or Fraction(25)) / time_base))
        self._shift: int | None = None
        self._last: int | None = None
        self._length = 0
        self._count = 0
        self._times: deque[int] = deque(maxlen=_REMEMBERED)
        self._steps: Counter[int] = Counter()
        self._other_steps = 0
        self._steady_ticks = 0
        self._steady_steps = 0

    def place(self, stamp: int | None, length: int | None) -> float:
        """Seconds at which the next frame is shown. ``stamp`` and ``length`` (if known) in units of the time base."""
        if self._shift is None:
            self._shift = -(stamp or 0)
        if stamp is None:
            ticks = self._after_last()
        else:
            ticks = stamp + self._shift
            if self._last is not None and self._is_jump(ticks - self._last):
                ticks = self._after_last()
                self._shift = ticks - stamp
            elif self._last is not None and ticks <= self._last:
                ticks = self._last + 1
            if self._last is not None:
                self._count_step(ticks - self._last)
        self._last = ticks
        self._length = length if length and length > 0 else self._step
        self._times.append(ticks)
        self._count += 1
        return self._seconds(ticks)

    def time_of(self, frame: int) -> float:
        """Seconds at which a frame seen lately is shown; for an older one the oldest that is remembered."""
        oldest = self._count - len(self._times)
        return self._seconds(self._times[max(0, frame - oldest)])

    @property
    def count(self) -> int:
        return self._count

    @property
    def end(self) -> float:
        """Seconds at which the last frame so far stops being shown."""
        return 0.0 if self._last is None else self._seconds(self._last + self._length)

    @property
    def variable(self) -> bool:
        """Whether more than 1 % of the steps differ from the usual one by more than a quarter and by rounding."""
        if not self._steps:
            return False
        usual, _ = self._steps.most_common(1)[0]
        tolerance = max(usual / 4, 1.5)
        odd = self._other_steps + sum(n for step, n in self._steps.items() if abs(step - usual) > tolerance)
        return odd >= 2 and odd > 0.01 * (self._steps.total() + self._other_steps)

    def rate(self, nominal: Fraction | None) -> Fraction:
        """Frames a second as counted; the container's figure where it agrees within 1 %."""
        if not self._steady_ticks:
            return nominal or Fraction(25)
        counted = self._steady_steps / (self._steady_ticks * self._base)
        if nominal is not None and abs(counted / nominal - 1) < Fraction(1, 100):
            return nominal
        return standard_rate(counted)

    def _count_step(self, step: int) -> None:
        if step in self._steps or len(self._steps) < _KINDS_OF_STEPS:
            self._steps[step] += 1
        else:
            self._other_steps += 1
        if self._seconds(step) <= _GAP_SECONDS:
            self._steady_ticks += step
            self._steady_steps += 1

    def _is_jump(self, step: int) -> bool:
        return not -_BACKWARD_JUMP_SECONDS <= self._seconds(step) <= _FORWARD_JUMP_SECONDS

    def _after_last(self) -> int:
        return 0 if self._last is None else self._last + self._step

    def _seconds(self, ticks: int) -> float:
        return ticks * self._base.numerator / self._base.denominator
