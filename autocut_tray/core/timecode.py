"""Media time is rational: frame numbers and rates, seconds only at the edge.

A time code is a name for a frame, counted at the nominal whole rate (24 for 23.976) from 00:00:00:00 and starting
anew after 24 hours. Drop-frame counting (SMPTE ST 12-1) leaves out names, never frames, so that the names keep up
with the clock: 2 of 30 (4 of 60) at the start of each minute but every tenth.
"""

from __future__ import annotations

import re
from fractions import Fraction

from autocut_tray.core.frozen import frozen

_TIMECODE = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.,])(\d{2,3})", re.ASCII)


def parse_rate(text: str) -> Fraction:
    """``"30000/1001"`` or ``"25"`` as frames a second; raises ValueError for anything else or <= 0."""
    rate = Fraction(text)
    if rate <= 0:
        raise ValueError(f"not a frame rate: {text!r}")
    return rate


def format_rate(rate: Fraction) -> str:
    """A rate as programs read it back: always ``numerator/denominator``."""
    return f"{rate.numerator}/{rate.denominator}"


def short_rate(rate: Fraction) -> str:
    """A rate as people name it: ``25``, ``29.97``, ``23.976``."""
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")


def clock_time(seconds: float | Fraction) -> str:
    """``HH:MM:SS.mmm`` for people and tables; negative times keep their sign."""
    sign = "-" if seconds < 0 else ""
    ms = round(abs(Fraction(seconds)) * 1000)
    hours, ms = divmod(ms, 3_600_000)
    minutes, ms = divmod(ms, 60_000)
    whole, ms = divmod(ms, 1000)
    return f"{sign}{hours:02d}:{minutes:02d}:{whole:02d}.{ms:03d}"


def nominal(rate: Fraction) -> int:
    """The whole rate at which time codes of ``rate`` are counted; at least 1."""
    return max(1, round(rate))


def can_drop(rate: Fraction) -> bool:
    """Whether drop-frame counting exists for this rate: 29.97, 59.94, 119.88."""
    return rate.denominator == 1001 and nominal(rate) % 30 == 0


def frames_a_day(rate: Fraction, *, drop: bool) -> int:
    """How many frames have a name; the next is 00:00:00:00 again."""
    base = nominal(rate)
    return 24 * 6 * (base * 600 - 9 * _dropped(rate)) if drop else 24 * 3600 * base


def frame_timecode(frame: int, rate: Fraction, *, drop: bool = False) -> str:
    """``HH:MM:SS:FF`` of a frame >= 0, ``HH:MM:SS;FF`` in drop-frame counting; past 24 hours it starts anew.

    Raises ValueError where ``rate`` knows no drop-frame counting.
    """
    if drop and not can_drop(rate):
        raise ValueError(f"no drop-frame counting at {rate}")
    base = nominal(rate)
    number = frame % frames_a_day(rate, drop=drop)
    if drop:
        number += _skipped_names(number, rate)
    seconds, frames = divmod(number, base)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if drop else ':'}{frames:02d}"


@frozen
class Timecode:
    """What a time code names. ``frame``: counted from 00:00:00:00; ``drop``: in drop-frame counting."""

    frame: int
    drop: bool


def parse_timecode(text: str, rate: Fraction) -> Timecode:
    """The frame that a time code names; ``;``, ``.`` or ``,`` before the frames mean drop-frame counting.

    Raises ValueError for anything that names no frame at this rate.
    """
    found = _TIMECODE.fullmatch(text)
    if found is None:
        raise ValueError(f"not a time code: {text!r}")
    hours, minutes, seconds, frames = (int(found[group]) for group in (1, 2, 3, 5))
    base, drop = nominal(rate), found[4] != ":"
    if hours > 23 or minutes > 59 or seconds > 59 or frames >= base or (drop and not can_drop(rate)):
        raise ValueError(f"no frame at {rate} is called {text!r}")
    number = ((hours * 60 + minutes) * 60 + seconds) * base + frames
    if drop:
        left_out = _dropped(rate)
        if seconds == 0 and frames < left_out and minutes % 10:
            raise ValueError(f"drop-frame counting leaves {text!r} out")
        whole_minutes = hours * 60 + minutes
        number -= left_out * (whole_minutes - whole_minutes // 10)
    return Timecode(number, drop)


def _dropped(rate: Fraction) -> int:
    """Names left out at the start of a minute."""
    return nominal(rate) // 15


def _skipped_names(frame: int, rate: Fraction) -> int:
    """How many names were left out before ``frame``, within a day."""
    base, left_out = nominal(rate), _dropped(rate)
    tens, rest = divmod(frame, base * 600 - 9 * left_out)
    minutes = 0 if rest < base * 60 else 1 + (rest - base * 60) // (base * 60 - left_out)
    return left_out * (9 * tens + minutes)
