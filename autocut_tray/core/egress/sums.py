"""Entries of the ledger in sums: of a month against its limit, or of any list of them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from autocut_tray.core.egress.ledger import Caps, Entry, EntryState, Ledger, PlaceTotals, Totals
from autocut_tray.core.egress.periods import month_start
from autocut_tray.core.egress.prices import Micros
from autocut_tray.core.frozen import frozen


@frozen
class Sums:
    """``places``: the same apart for each place, the dearest first. ``cap``: what the month may cost, None where the
    sums are not those of a month."""

    totals: Totals
    places: tuple[PlaceTotals, ...]
    cap: Micros | None = None


def of_month(ledger: Ledger, caps: Caps, now: float) -> Sums:
    """This calendar month; an entry that a wrong clock put into the future counts, as it does for the limit. Raises
    StorageError."""
    since = month_start(now)
    return Sums(ledger.totals(since, math.inf), tuple(ledger.by_place(since, math.inf)), caps.month)


def of_entries(entries: Iterable[Entry]) -> Sums:
    """What reached its host of these, as :meth:`Ledger.totals` counts."""
    places: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in entries:
        if entry.state is not EntryState.NOT_SENT:
            places.setdefault((entry.provider, entry.host, entry.model), []).append(entry)
    found = [
        PlaceTotals(*place, sum(one.state is not EntryState.SETTLED for one in sent), _totals(sent))
        for place, sent in places.items()
    ]
    found.sort(key=lambda one: (-one.totals.cost, -one.totals.requests, one.host, one.model))
    return Sums(_totals([entry for sent in places.values() for entry in sent]), tuple(found))


def _totals(sent: list[Entry]) -> Totals:
    return Totals(
        len(sent),
        sum(entry.frames for entry in sent),
        sum(entry.bytes for entry in sent),
        sum(entry.cost for entry in sent),
    )
