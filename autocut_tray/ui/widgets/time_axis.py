"""Where a time axis puts its labels: whole local minutes, hours or days, no more than fit."""

from __future__ import annotations

import time

_STEPS = (
    15, 30, 60, 120, 300, 600, 900, 1800, 3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600,
    86_400, 2 * 86_400, 5 * 86_400, 7 * 86_400, 10 * 86_400, 30 * 86_400,
)  # fmt: skip
DAY = 86_400


def tick_labels(since: float, until: float, most: int) -> tuple[float, list[tuple[float, str]]]:
    """The step in seconds and ``(moment, label)`` pairs; moments are seconds since the epoch.

    ``14:02``, ``14:02:15`` for steps below a minute, ``11-18`` from a day on.
    """
    span = max(1.0, until - since)
    step = next((s for s in _STEPS if span / s <= most), _STEPS[-1])
    if step >= DAY:
        return float(step), [(at, _label(at, step)) for at in _midnights(since, until, step // DAY)]
    offset = time.localtime(until).tm_gmtoff
    first = -int(-(since + offset) // step) * step - offset
    ticks: list[tuple[float, str]] = []
    at = float(first)
    while at <= until:
        ticks.append((at, _label(at, step)))
        at += step
    return float(step), ticks


def _midnights(since: float, until: float, days: int) -> list[float]:
    """Every so many local midnights; a day may have 23 or 25 hours."""
    last = time.localtime(until)
    found: list[float] = []
    for back in range(0, int((until - since) // DAY) + 2, days):
        at = time.mktime((last.tm_year, last.tm_mon, last.tm_mday - back, 0, 0, 0, 0, 0, -1))
        if since <= at <= until:
            found.append(at)
    return found[::-1]


def _label(at: float, step: int) -> str:
    form = "%m-%d" if step >= DAY else "%H:%M" if step >= 60 else "%H:%M:%S"
    return time.strftime(form, time.localtime(at))
