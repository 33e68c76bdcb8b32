"""The span of time that a report is about."""

from __future__ import annotations

import re

from autocut_tray.core.errors import UsageError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message

PERIODS = ("last_1h", "last_24h", "last_7d", "last_30d")
"""Those that are offered; any other number of hours or days works, too."""

_NAME = re.compile(r"last_([1-9]\d{0,3})(h|d)")
_SECONDS = {"h": 3600.0, "d": 86_400.0}
_MOST = 366 * 86_400.0


@frozen
class Period:
    """Seconds since the epoch. ``name`` None: a span between two moments of the person's own."""

    name: str | None
    since: float
    until: float

    @property
    def seconds(self) -> float:
        return self.until - self.since


def parse_period(name: str, now: float) -> Period:
    """``last_24h`` or ``last_7d``: up to ``now``. Raises UsageError ``no_such_period``."""
    found = _NAME.fullmatch(name.strip().lower())
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0.0
    if found is None or seconds > _MOST:
        raise UsageError(
            "no_such_period", message("error-no-such-period", period=name, periods=", ".join(PERIODS))
        )
    return Period(found[0], now - seconds, now)
