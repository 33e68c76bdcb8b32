"""Moments as people type them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from autocut_tray.core.errors import UsageError
from autocut_tray.core.messages import message

_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0, "w": 7 * 86_400.0}
_HOUR = re.compile(r"(\d{1,2}):(\d{2})")
_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h|d|w)")


def parse_moment(text: str, now: float) -> float:
    """``24h`` (so long before ``now``), ``2026-07-14`` or ``2026-07-14T14:00`` (local time unless it says its
    offset), as seconds since the epoch. Raises UsageError."""
    ago = _AGO.fullmatch(text.strip().lower())
    if ago is not None:
        return now - float(ago[1]) * _SECONDS[ago[2]]
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise UsageError("no_such_moment", message("error-no-such-moment", text=text)) from None


def parse_deadline(text: str, now: float) -> float:
    """``18:00`` (the next time that it is so late), ``90min`` or ``2h`` from now, or a date and time.

    Returns seconds since the epoch. Raises UsageError, for a moment that is over as well.
    """
    said = text.strip().lower().removeprefix("+")
    span, hour = _AGO.fullmatch(said), _HOUR.fullmatch(said)
    if span is not None:
        return now + float(span[1]) * _SECONDS[span[2]]
    if hour is not None and int(hour[1]) < 24 and int(hour[2]) < 60:
        local = datetime.fromtimestamp(now)
        at = local.replace(hour=int(hour[1]), minute=int(hour[2]), second=0, microsecond=0)
        return (at if at > local else at + timedelta(days=1)).timestamp()
    at_last = parse_moment(text, now)
    if at_last <= now:
        raise UsageError("no_such_moment", message("error-moment-over", text=text))
    return at_last


def parse_span(since: str, until: str, now: float) -> tuple[float, float]:
    """Both moments; ``until`` empty means now. Raises UsageError, for a span without length as well."""
    first, last = parse_moment(since, now), parse_moment(until, now) if until.strip() else now
    if first >= last:
        raise UsageError("no_such_moment", message("error-empty-span", since=since, until=until or "0s"))
    return first, last
