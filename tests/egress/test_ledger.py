"""The ledger: reserved before, settled after, never more than the limits, whoever dies or runs beside whom."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.database import Database
from autocut_tray.core.egress.consent import Purpose
from autocut_tray.core.egress.ledger import (
    Cap,
    CapReached,
    Caps,
    Draft,
    EntryState,
    Ledger,
    OutcomeUnknown,
    Spent,
    wait_for,
)
from autocut_tray.core.egress.prices import USD
from autocut_tray.core.jobs.store import SCHEMA
from tests.fakes import FakeClock

AMPLE = Caps(100 * USD, 1000 * USD, 100_000)
NOON = time.mktime((2026, 11, 20, 12, 0, 0, 0, 0, -1))
DAY = 86_400.0


def draft(cost: int, *, unit: str | None = None, frames: int = 1) -> Draft:
    return Draft(
        *("j1", unit, Purpose.VISION, "openai", "api.openai.com", "gpt-4o"), *(frames, 100, 10, "00", cost)
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(epoch=NOON)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "app.db", SCHEMA, durable=True)
    yield made
    made.close()


@pytest.fixture
def ledger(database: Database, clock: FakeClock) -> Ledger:
    return Ledger(database, clock)


def test_reservations_are_full_sync(database: Database) -> None:
    with database.transaction() as db:
        (level,) = db.execute("PRAGMA synchronous").fetchone()
    assert level == 2


def test_a_reservation_counts_at_once_and_is_settled_at_what_it_cost(ledger: Ledger) -> None:
    number = ledger.reserve(draft(1000), AMPLE)
    assert ledger.spent() == Spent(1000, 1000, 1)
    ledger.settle(number, EntryState.SETTLED, cost=400, reported=400, status=200)
    assert ledger.spent() == Spent(400, 400, 1)
    (entry,) = ledger.entries()
    assert (entry.estimated, entry.reported, entry.cost, entry.state) == (1000, 400, 400, EntryState.SETTLED)


@pytest.mark.parametrize(
    ("state", "cost", "spent"),
    [
        (EntryState.SETTLED, None, Spent(1000, 1000, 1)),
        (EntryState.UNKNOWN, None, Spent(1000, 1000, 1)),
        (EntryState.NOT_SENT, 0, Spent(0, 0, 0)),
    ],
)
def test_how_it_ended_decides_what_counts(
    ledger: Ledger, state: EntryState, cost: int | None, spent: Spent
) -> None:
    ledger.settle(ledger.reserve(draft(1000), AMPLE), state, cost=cost)
    assert ledger.spent() == spent


def test_what_is_settled_stays_settled(ledger: Ledger) -> None:
    number = ledger.reserve(draft(1000), AMPLE)
    ledger.settle(number, EntryState.SETTLED, cost=400)
    ledger.settle(number, EntryState.NOT_SENT, cost=0)
    assert ledger.spent().day == 400


@pytest.mark.parametrize(
    ("caps", "cap"),
    [
        (Caps(2500, 10_000, 100), Cap.DAY),
        (Caps(10_000, 2500, 100), Cap.MONTH),
        (Caps(10_000, 10_000, 2), Cap.REQUESTS),
        (Caps(0, 10_000, 100), Cap.DAY),
        (Caps(10_000, 10_000, 0), Cap.REQUESTS),
    ],
)
def test_each_limit_holds(ledger: Ledger, caps: Caps, cap: Cap) -> None:
    with pytest.raises(CapReached) as caught:
        for _ in range(3):
            ledger.reserve(draft(1000), caps)
    assert caught.value.cap is cap
    assert 0 < caught.value.wait <= (32 * DAY if cap is Cap.MONTH else DAY)
    assert len(ledger.entries()) == ledger.spent().requests <= 2


def test_the_last_cent_may_be_spent(ledger: Ledger) -> None:
    ledger.reserve(draft(1000), Caps(1000, 1000, 1))
    assert ledger.spent().share(Cap.DAY, Caps(1000, 1000, 1)) == 1.0


def test_days_and_months_begin_anew(ledger: Ledger, clock: FakeClock) -> None:
    ledger.reserve(draft(1000), AMPLE)
    clock.advance(wait_for(Cap.DAY, clock.time()) - 1)
    assert ledger.spent().day == 1000
    clock.advance(1)
    assert ledger.spent() == Spent(0, 1000, 0)
    clock.advance(wait_for(Cap.MONTH, clock.time()))
    assert ledger.spent() == Spent(0, 0, 0)


@pytest.mark.fault("FR18")
@pytest.mark.parametrize("back", [3600.0, DAY, 20 * DAY, 400 * DAY])
def test_no_clock_that_is_set_back_gives_money_back(ledger: Ledger, clock: FakeClock, back: float) -> None:
    ledger.reserve(draft(1000), AMPLE)
    clock.shift_wall_clock(-back)
    assert ledger.spent() == Spent(1000, 1000, 1)


def test_a_unit_without_an_answer_goes_out_twice_and_not_a_third_time(
    ledger: Ledger, clock: FakeClock
) -> None:
    ledger.reserve(draft(1, unit="j1/1"), AMPLE)  # nobody lived to settle it
    ledger.settle(ledger.reserve(draft(1, unit="j1/1"), AMPLE), EntryState.UNKNOWN)
    with pytest.raises(OutcomeUnknown):
        ledger.reserve(draft(1, unit="j1/1"), AMPLE)
    ledger.reserve(draft(1, unit="j1/2"), AMPLE)
    clock.advance(DAY + 1)
    ledger.reserve(draft(1, unit="j1/1"), AMPLE)


def test_answered_units_may_go_out_as_often_as_they_are_wanted(ledger: Ledger) -> None:
    for _ in range(5):
        ledger.settle(ledger.reserve(draft(1, unit="j1/1"), AMPLE), EntryState.SETTLED, cost=1)


def test_totals_are_of_a_period_and_of_what_went_out(ledger: Ledger, clock: FakeClock) -> None:
    began = clock.time()
    ledger.settle(ledger.reserve(draft(500), AMPLE), EntryState.SETTLED, cost=200)
    ledger.settle(ledger.reserve(draft(500), AMPLE), EntryState.NOT_SENT, cost=0)
    clock.advance(10)
    ledger.reserve(draft(7), AMPLE)
    early, all_of_it = ledger.totals(began, began + 5), ledger.totals(began, began + 60)
    assert (early.requests, early.frames, early.bytes, early.cost) == (1, 1, 10, 200)
    assert (all_of_it.requests, all_of_it.cost) == (2, 207)


# -- any interleaving

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "settle", "unknown", "not_sent", "die", "wait", "back"]),
        st.integers(0, 900),
        st.integers(0, 9),
    ),
    max_size=60,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, day=st.integers(0, 2000), month=st.integers(0, 4000), requests=st.integers(0, 12))
def test_spending_never_passes_a_limit(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int, int]],
    day: int,
    month: int,
    requests: int,
) -> None:
    """Whatever comes in whatever order; a truth of its own is kept beside the ledger's."""
    file = tmp_path_factory.mktemp("ledger") / "app.db"
    clock, caps = FakeClock(epoch=NOON), Caps(day, month, requests)
    database = Database(file, SCHEMA, durable=False)
    ledger = Ledger(database, clock)
    open_ones: list[tuple[int, int]] = []
    truth: dict[int, tuple[float, int, bool]] = {}
    for what, cost, pick in steps:
        if what == "reserve":
            try:
                number = ledger.reserve(draft(cost), caps)
            except CapReached:
                pass
            else:
                open_ones.append((number, cost))
                truth[number] = clock.time(), cost, True
        elif what == "wait":
            clock.advance(cost * 60.0)
        elif what == "back":
            clock.shift_wall_clock(-cost * 10.0)
        elif what == "die":  # all that is open stays as it is; another process takes over
            open_ones.clear()
            database.close()
            database = Database(file, SCHEMA, durable=False)
            ledger = Ledger(database, clock)
        elif open_ones:
            number, reserved = open_ones.pop(pick % len(open_ones))
            at = truth[number][0]
            actual = {"settle": reserved * pick // 9, "not_sent": 0}.get(what)
            state = {"settle": EntryState.SETTLED, "not_sent": EntryState.NOT_SENT}.get(
                what, EntryState.UNKNOWN
            )
            ledger.settle(number, state, cost=actual)
            truth[number] = at, reserved if actual is None else actual, what != "not_sent"
        spent = ledger.spent()
        if what not in ("wait", "back"):
            local = time.localtime(clock.time())
            midnight = time.mktime((*local[:3], 0, 0, 0, 0, 0, -1))
            today = [(cost, sent) for at, cost, sent in truth.values() if at >= midnight]
            assert spent.day == sum(cost for cost, _ in today)
            assert spent.requests == sum(sent for _, sent in today)
    # What was let in on any one day, as the clock stood, never passed the limits of that day.
    spent = ledger.spent()
    if not any(what == "back" for what, *_ in steps):
        assert spent.day <= day and spent.month <= month and spent.requests <= requests
    database.close()


@pytest.mark.fault("FM21")
def test_ten_threads_with_room_for_one_send_one(database: Database) -> None:
    ledger, caps = Ledger(database, SystemClock()), Caps(1000, 1000, 200)
    gate, passed = threading.Barrier(10), []

    def one() -> None:
        gate.wait()
        try:
            passed.append(ledger.reserve(draft(1000), caps))
        except CapReached:
            pass

    threads = [threading.Thread(target=one) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 1 and ledger.spent() == Spent(1000, 1000, 1)


def test_threads_and_connections_together_stay_below_the_limit(tmp_path: Path) -> None:
    """Four connections, as of four processes, two threads each, reserving and settling as they like."""
    caps = Caps(50_000, 50_000, 70)
    databases = [Database(tmp_path / "app.db", SCHEMA, durable=False) for _ in range(4)]
    seen: list[Spent] = []

    def work(database: Database, seed: int) -> None:
        ledger = Ledger(database, SystemClock())
        for step in range(25):
            cost = (seed * 37 + step * 211) % 3000
            try:
                number = ledger.reserve(draft(cost), caps)
            except CapReached:
                continue
            if step % 3:
                ledger.settle(number, EntryState.SETTLED, cost=cost // 2)
            seen.append(ledger.spent())

    threads = [threading.Thread(target=work, args=(databases[n % 4], n)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.close()
    assert seen and all(s.day <= caps.day and s.requests <= caps.requests for s in seen)


KILLED = """
import sys, time
from pathlib import Path
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.database import Database
from autocut_tray.core.egress.ledger import Caps, Ledger
from autocut_tray.core.jobs.store import SCHEMA
from tests.egress.test_ledger import draft
ledger = Ledger(Database(Path(sys.argv[1]), SCHEMA, durable=True), SystemClock())
number = ledger.reserve(draft(1000, unit="j1/1"), Caps(2500, 2500, 100))
print("reserved", number, flush=True)
time.sleep(60)
"""


@pytest.mark.fault("FM22")
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_reservation_survives_kill_9_and_counts(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    for kills in (1, 2):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(file)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert child.stdout is not None
        assert child.stdout.readline().startswith("reserved")
        child.send_signal(signal.SIGKILL)
        assert child.wait(10) == -signal.SIGKILL
        child.stdout.close()
        database = Database(file, SCHEMA, durable=True)
        ledger = Ledger(database, SystemClock())
        assert ledger.spent() == Spent(1000 * kills, 1000 * kills, kills)
        assert [entry.state for entry in ledger.entries()] == [EntryState.RESERVED] * kills
        (verdict,) = database.read("PRAGMA quick_check(1)")
        assert verdict[0] == "ok"
        if kills == 2:
            with pytest.raises(OutcomeUnknown):  # twice without an answer: not a third time
                ledger.reserve(draft(1000, unit="j1/1"), AMPLE)
            with pytest.raises(CapReached):
                ledger.reserve(draft(1000), Caps(2500, 2500, 100))
        database.close()
