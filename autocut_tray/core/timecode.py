"""Media time is rational: frame numbers and rates, seconds only at the edge."""

from __future__ import annotations

from fractions import Fraction


def parse_rate(text: str) -> Fraction:
    """``"30000/1001"`` or ``"25"`` as frames a second; raises ValueError for anything else or <= 0."""
    rate = Fraction(text)
    if rate <= 0:
        raise ValueError(f"not a frame rate: {text!r}")
    return rate


def format_rate(rate: Fraction) -> str:
    """A rate as programs read it back: always ``numerator/denominator``."""
    return f"{rate.numerator}/{rate.denominator}"


def frame_to_seconds(frame: int, rate: Fraction) -> Fraction:
    """When ``frame`` starts, counted from 0, at a constant rate."""
    return frame / rate


def clock_time(seconds: float) -> str:
    """``HH:MM:SS.mmm`` for people and tables; negative times keep their sign."""
    sign = "-" if seconds < 0 else ""
    ms = round(abs(seconds) * 1000)
    hours, ms = divmod(ms, 3_600_000)
    minutes, ms = divmod(ms, 60_000)
    whole, ms = divmod(ms, 1000)
    return f"{sign}{hours:02d}:{minutes:02d}:{whole:02d}.{ms:03d}"


def frame_timecode(frame: int, rate: Fraction) -> str:
    """Non-drop ``HH:MM:SS:FF`` counted at the nominal whole rate, as editors show it."""
    base = max(1, round(rate))
    seconds, frames = divmod(frame, base)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}:{frames:02d}"
