"""What came back of memory because of a change: releases of memory, told apart by cause and time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autocut_tray.core.frozen import frozen
from autocut_tray.core.policy.governor_types import Cause, MemoryChange, Reclaim, TierChange
from autocut_tray.core.policy.held import RAM_CAUSES
from autocut_tray.core.policy.models import title
from autocut_tray.core.receipt import GivenBack, StillHeld
from autocut_tray.core.release import ReleaseOutcome, ReleaseRecord, ReleaseReport

_SLACK = 2.0
"""Seconds by which an order may be older than the time its signal is known to have stood."""

WORTH_NAMING = 64 * 1024 * 1024
"""Bytes of a model that is said to be still there; less is the rounding of its server."""

Released = tuple[Reclaim, ReleaseReport | None]


@frozen
class Spell:
    """When memory was given back for one change: from the first sign of its cause to the change itself."""

    cause: Cause
    begun: float
    changed: float

    @classmethod
    def of(cls, change: TierChange | MemoryChange) -> Spell:
        return cls(change.why.cause, change.t - change.why.held_s - _SLACK, change.t)

    def covers(self, order: Reclaim) -> bool:
        cause = order.why.cause
        same = cause is self.cause or {cause, self.cause} <= RAM_CAUSES
        return same and self.begun <= order.t <= self.changed


def given_back(spell: Spell, released: Iterable[Released]) -> GivenBack | None:
    """All that was given back in this spell as one; None while nothing was."""
    reports = [report for order, report in released if spell.covers(order)]
    if not reports:
        return None
    return _together([report for report in reports if report is not None])


def _together(reports: Sequence[ReleaseReport]) -> GivenBack:
    """One thing that was asked twice counts with what it held at first."""
    things: dict[tuple[str, str], list[ReleaseRecord]] = {}
    for report in reports:
        for record in report.records:
            things.setdefault((record.kind.value, record.name), []).append(record)
    known = [record.freed_bytes for asked in things.values() for record in asked]
    measured = [freed for freed in known if freed is not None]
    claimed = sum(_claimed(asked) for asked in things.values())
    return GivenBack(
        freed_bytes=max(0, sum(measured)) if measured or not known else None,
        claimed_bytes=claimed,
        seconds=round(sum(report.seconds for report in reports), 2),
        still=tuple(still for asked in things.values() for still in _still(asked)),
    )


def _claimed(asked: Sequence[ReleaseRecord]) -> int:
    return max(record.claimed_bytes or 0 for record in asked)


def _still(asked: Sequence[ReleaseRecord]) -> Iterable[StillHeld]:
    last = asked[-1]
    rest = _claimed(asked) - sum(record.freed_bytes or 0 for record in asked)
    stays = last.outcome not in (ReleaseOutcome.RELEASED, ReleaseOutcome.UNMEASURED)
    if last.kind.is_model and stays and rest >= WORTH_NAMING:
        yield StillHeld(title(last.name), rest)
