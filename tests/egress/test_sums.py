"""Sums of a list of entries are those that the ledger itself makes."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from autocut_tray.core.database import Database
from autocut_tray.core.egress.ledger import EntryState, Ledger, Totals
from autocut_tray.core.egress.prices import USD
from autocut_tray.core.egress.sums import of_entries, of_month
from autocut_tray.core.jobs.store import SCHEMA
from tests.egress.test_ledger import AMPLE, DAY, NOON, draft
from tests.fakes import FakeClock

ENTRY = st.tuples(st.integers(0, 3 * USD), st.integers(0, 30), st.sampled_from(EntryState))


@given(st.lists(ENTRY, max_size=12))
@settings(max_examples=25, deadline=None)
def test_the_same_as_the_ledgers_own(entries: list[tuple[int, int, EntryState]]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Database(Path(folder) / "app.db", SCHEMA, durable=False)) as database,
    ):
        ledger = Ledger(database, FakeClock(epoch=NOON))
        for cost, frames, state in entries:
            number = ledger.reserve(draft(cost, frames=frames), AMPLE)
            if state is not EntryState.RESERVED:
                ledger.settle(number, state, cost=0 if state is EntryState.NOT_SENT else None)
        found = of_entries(ledger.entries())
        assert found.totals == ledger.totals(0.0, NOON + DAY)
        assert list(found.places) == ledger.by_place(0.0, NOON + DAY)
        month = of_month(ledger, AMPLE, NOON)
        assert (month.totals, month.places, month.cap) == (found.totals, found.places, AMPLE.month)
        assert month.totals.cost == ledger.spent().month


def test_the_month_begins_with_its_first_day(tmp_path: Path) -> None:
    clock = FakeClock(epoch=NOON - 25 * DAY)
    with closing(Database(tmp_path / "app.db", SCHEMA, durable=False)) as database:
        ledger = Ledger(database, clock)
        ledger.reserve(draft(USD), AMPLE)
        clock.advance(25 * DAY)
        ledger.reserve(draft(2 * USD, frames=4), AMPLE)
        assert of_month(ledger, AMPLE, NOON).totals == Totals(1, 4, 10, 2 * USD)
