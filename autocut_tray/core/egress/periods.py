"""Days and months of spending, by the calendar of this place."""

from __future__ import annotations

from datetime import datetime, timedelta


def day_start(now: float) -> float:
    """Midnight before ``now`` (seconds since the epoch)."""
    return _midnight(datetime.fromtimestamp(now)).timestamp()


def month_start(now: float) -> float:
    return _midnight(datetime.fromtimestamp(now)).replace(day=1).timestamp()


def day_left(now: float) -> float:
    """Seconds until the next day begins."""
    following = _midnight(datetime.fromtimestamp(now)) + timedelta(days=1)
    return max(0.0, following.timestamp() - now)


def month_left(now: float) -> float:
    first = _midnight(datetime.fromtimestamp(now)).replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return max(0.0, following.timestamp() - now)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
