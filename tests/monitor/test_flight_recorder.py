"""The flight recorder: what was decided is decided again from the disk, from any moment, and it stays small."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autocut_tray.core.errors import FailureClass, InputError, SettingsError, StorageError
from autocut_tray.core.monitor import flight_recorder
from autocut_tray.core.monitor.history import DAY, History
from autocut_tray.core.monitor.replay import replay
from autocut_tray.core.monitor.what_if import compare
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Tier, UnitResult
from tests.monitor.flight import ALL, Flight
from tests.policy.governor_rig import HEALTHY
from tests.policy.test_governor_properties import stretches


@pytest.fixture
def flight(tmp_path: Path) -> Iterator[Flight]:
    made = Flight(tmp_path)
    yield made
    made.history.close()


@contextmanager
def short_chunks(lines: int) -> Iterator[None]:
    before = flight_recorder.CHUNK_LINES
    flight_recorder.CHUNK_LINES = lines
    try:
        yield
    finally:
        flight_recorder.CHUNK_LINES = before


acts = st.sampled_from(
    ["none", "none", "force", "undo", "pin", "unpin", "restart", "reconfigure", "policy", "config", "worker",
     "memory", "device", "flush", "overtaken"]
)  # fmt: skip
flights = st.lists(st.tuples(stretches, acts), min_size=1, max_size=10)


def act(flight: Flight, name: str) -> None:
    governor, t = flight.governor, flight.clock.monotonic()
    match name:
        case "force":
            flight.note(governor.force(t, Tier.CPU))
        case "undo":
            flight.note(governor.undo(t))
        case "pin":
            flight.note(governor.pin(t, Tier.CLOUD))
        case "unpin":
            flight.note(governor.pin(t, None))
        case "restart":
            flight.restart(600.0)
        case "reconfigure":
            state, carried = governor.state, governor.carryover()
            flight.thresholds = Thresholds(vram_on=88.0, failure_window_units=15)
            flight.governor = flight.make(None if state.starting else state.tier, carried)
        case "policy":
            flight.note(governor.update_policy(t, Tier.CPU, frozenset({Tier.CPU, Tier.CLOUD})))
            flight.note(governor.update_policy(t + 1, Tier.GPU, ALL))
        case "config":
            flight.note(governor.config_changed())
        case "worker":
            for _ in range(4):
                flight.note(governor.worker_restart(t))
        case "memory":
            flight.note(governor.memory_error(t))
        case "device":
            flight.note(governor.wrong_device(t, Tier.GPU))
        case "flush":
            flight.history.flush()
        case "overtaken":  # a result that was measured before the last reading and came after it
            flight.note(governor.unit_result(t - 0.7, UnitResult(FailureClass.DOWN, 1.0, "a")))


def fly(flight: Flight, course: list[tuple[dict[str, Any], str]]) -> list[tuple[float, int]]:
    """Fly it; moments between stretches and how much had been decided then."""
    moments = []
    for stretch, name in course:
        flight.passes = stretch["passes"]
        results = tuple(stretch["units"])
        for n in range(stretch["ticks"]):
            flight.tick(stretch["tick"], results if n % 7 == 3 else (), **stretch["sample"])
            if n % 9 == 5 and results:
                flight.note(flight.governor.unit_result(flight.clock.monotonic(), results[0]))
        act(flight, name)
        moments.append((flight.clock.time(), len(flight.told)))
    return moments


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(flights, st.sampled_from([20, 40, 1000]))
def test_the_same_decisions_again_from_the_disk(course: list[tuple[dict[str, Any], str]], chunk: int) -> None:
    with tempfile.TemporaryDirectory() as folder, short_chunks(chunk):
        flight = Flight(Path(folder))
        moments = fly(flight, course)
        assert flight.replayed() == flight.told
        at, told = moments[len(moments) // 2]
        later = flight.replayed(at)
        assert later[len(later) - (len(flight.told) - told) :] == flight.told[told:], (
            "from the middle as well"
        )
        flight.history.close()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(flights)
def test_limits_that_are_the_same_or_do_not_matter_make_no_difference(
    course: list[tuple[dict[str, Any], str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder, short_chunks(40):
        flight = Flight(Path(folder))
        moments = fly(flight, course)
        compared = flight.compare(moments[0][0], disk_reserve_mib=500.0)
        assert compared.difference is None
        assert compared.would == compared.as_set
        flight.history.close()


def test_a_random_day_with_everything_in_it(tmp_path: Path) -> None:
    """Walks through pressure, failures and suspends, with answers that come late or never."""
    dice = random.Random(7)
    flight = Flight(tmp_path)
    vram, ram = 3000.0, 9000.0
    pending: list[tuple[float, Tier]] = []
    for n in range(20_000):
        vram = min(8192.0, max(0.0, vram + dice.gauss(0, 400)))
        ram = min(16_384.0, max(300.0, ram + dice.gauss(0, 400)))
        flight.passes = None
        before = len(flight.told)
        flight.tick(1.0 if dice.random() < 0.999 else 400.0, vram_used=round(vram), ram_avail=round(ram))
        for told in flight.told[before:]:
            if told["event"] == "probe" and dice.random() < 0.9:
                pending.append((flight.clock.monotonic() + dice.uniform(0.3, 30), Tier(told["tier"])))
        while pending and pending[0][0] <= flight.clock.monotonic():
            due, tier = pending.pop(0)
            flight.note(flight.governor.probe_result(due, tier, dice.random() < 0.8))
        if dice.random() < 0.1:
            kind = dice.choice([None, None, None, None, *FailureClass])
            unit = UnitResult(kind, seconds=dice.uniform(0.5, 3), file_id=str(n % 9))
            flight.note(flight.governor.unit_result(flight.clock.monotonic(), unit))
        if dice.random() < 0.01:
            flight.note(flight.governor.config_changed())
    changes = [one for one in flight.told if one["event"] == "tier"]
    assert len(changes) > 50, "the walk must have been eventful"
    assert flight.replayed() == flight.told
    half = flight.clock.time() - 8000
    later = flight.replayed(half)
    assert later == flight.told[len(flight.told) - len(later) :]
    flight.history.close()


class TestWhatIf:
    def test_fewer_switches_with_a_higher_limit(self, flight: Flight) -> None:
        since = flight.clock.time()
        for _ in range(3):
            flight.run(20, vram_used=7200.0)  # 87.9 %
            flight.run(400, vram_used=1000.0)
        compared = flight.compare(since, vram_on=90.0)
        assert (compared.as_set.switches, compared.would.switches) == (6, 0)
        assert compared.difference.as_set["to"] == "CPU"
        assert compared.difference.would is None
        assert compared.difference.at == pytest.approx(since + 11, abs=1.5)
        assert compared.would.seconds[Tier.CPU] == 0
        assert compared.as_set.seconds[Tier.CPU] == pytest.approx(3 * 70, abs=15)
        assert sum(compared.as_set.seconds.values()) == pytest.approx(1260, abs=3)
        assert compared.recorded == pytest.approx(1260, abs=3)

    def test_a_lower_limit_switches_where_nothing_happened(self, flight: Flight) -> None:
        since = flight.clock.time()
        flight.run(60, vram_used=6600.0)  # 80.6 %
        flight.run(200, vram_used=1000.0)
        compared = flight.compare(since, vram_on=80.0)
        assert (compared.as_set.switches, compared.would.switches) == (0, 2)
        assert compared.difference.as_set is None
        assert (compared.difference.would["from"], compared.difference.would["to"]) == ("GPU", "CPU")

    def test_counts_only_what_is_asked_for(self, flight: Flight) -> None:
        flight.run(20, vram_used=7200.0)
        flight.run(300, vram_used=1000.0)
        since = flight.clock.time()
        flight.run(30)
        compared = flight.compare(since, vram_on=90.0)
        assert (compared.as_set.switches, compared.difference) == (0, None)
        assert compared.recorded == pytest.approx(30, abs=2)

    def test_begins_on_the_tier_of_then(self, flight: Flight) -> None:
        flight.run(20, vram_used=7200.0)
        since = flight.clock.time()
        flight.run(30)
        compared = flight.compare(since + 1, vram_on=95.0)
        assert compared.would.seconds[Tier.CPU] == pytest.approx(30, abs=2), (
            "CPU until the other limits lead back"
        )

    def test_a_restart_keeps_the_other_course(self, flight: Flight) -> None:
        since = flight.clock.time()
        flight.run(30, vram_used=7200.0)
        flight.restart(100.0)
        flight.sample = replace(HEALTHY, vram_used=1000.0)
        flight.run(200)
        compared = flight.compare(since, vram_on=90.0)
        assert (compared.as_set.switches, compared.would.switches) == (1, 0)
        assert compared.recorded == pytest.approx(228, abs=4), "nobody watched in between"

    def test_a_tier_that_was_never_tried_is_answered_as_it_was_last(self, flight: Flight) -> None:
        since = flight.clock.time()
        flight.passes = False
        flight.run(20, vram_used=7200.0)
        flight.run(120, vram_used=1000.0)  # one probe, which fails
        flight.passes = True
        flight.run(30, vram_used=7000.0)  # 85.4 %: counts for a limit of 84 only
        flight.run(300, vram_used=1000.0)
        compared = flight.compare(since, backoff_base=30.0)
        results = [one["to"] for one in compared.would.changes]
        assert results[0] == "CPU"

    def test_nothing_recorded(self, flight: Flight) -> None:
        compared = flight.compare(flight.clock.time() + 10, vram_on=90.0)
        assert compared.recorded == 0.0
        assert compared.difference is None

    def test_as_json(self, flight: Flight) -> None:
        since = flight.clock.time()
        flight.run(20, vram_used=7200.0)
        document = json.loads(json.dumps(flight.compare(since, vram_on=90.0).to_json(), allow_nan=False))
        assert document["event"] == "comparison"
        assert document["set"] == {"vram_on": 90.0}
        assert document["as_set"]["switches"] == 1
        assert document["certain_until"] == document["first_difference"]["at"]

    def test_limits_that_make_no_sense_with_the_recorded_ones(self, flight: Flight) -> None:
        flight.run(3)
        with pytest.raises(SettingsError):
            flight.compare(0.0, vram_on=900.0)


class TestStorage:
    def test_a_crash_loses_no_more_than_the_last_flush(self, flight: Flight) -> None:
        flight.run(100, vram_used=2000.0)
        flight.history.flush()
        flight.run(10)
        again = History(flight.file, flight.clock)  # the first one is never closed: the program was killed
        lines = list(again.tape.lines(0, 9e9))
        assert json.loads(lines[-1])["t"] == pytest.approx(flight.clock.monotonic() - 10)
        again.close()

    def test_a_full_disk_keeps_the_lines_for_later(
        self, flight: Flight, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full() -> Any:
            raise StorageError("disk_full")

        flight.run(10)
        monkeypatch.setattr(flight.history._database, "transaction", full)
        flight.history.flush()
        assert flight.history.problem is not None
        flight.run(20, vram_used=7200.0)
        monkeypatch.undo()
        assert flight.replayed() == flight.told

    def test_what_was_lost_on_a_long_full_disk_leaves_a_readable_rest(
        self, flight: Flight, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full() -> Any:
            raise StorageError("disk_full")

        monkeypatch.setattr(flight_recorder, "_UNSAVED_BYTES", 4096)
        with short_chunks(20):
            flight.run(50)
            flight.history.flush()
            monkeypatch.setattr(flight.history._database, "transaction", full)
            for _ in range(20):
                flight.run(20, vram_used=7200.0)
                flight.history.flush()
            kept = flight.history.tape._chunks
            assert sum(chunk.size for chunk in kept) < 2 * 4096
            assert kept[0].follows is None, (
                "what is lost is not held, and nothing is read as if it were there"
            )
            monkeypatch.undo()
            monkeypatch.setattr(flight_recorder, "_UNSAVED_BYTES", 4096)
            told = len(flight.told)
            flight.run(300, vram_used=1000.0)
            replayed = flight.replayed()
            assert replayed[-(len(flight.told) - told) :] == flight.told[told:]
            assert replayed != flight.told, "what was decided first is lost"

    def test_many_beginnings_between_two_flushes_lose_nothing(self, flight: Flight) -> None:
        """A person tries limits one after the other; each begins a chunk of a line or two."""
        for step in range(14):
            flight.run(2, vram_used=2000.0 + step)
            act(flight, "reconfigure")
        lines = [json.loads(line) for line in flight.history.tape.lines(0, 9e9)]
        assert lines == [], "nothing was flushed yet"
        flight.history.flush()
        lines = [json.loads(line) for line in flight.history.tape.lines(0, 9e9)]
        assert sum(line.get("tick", True) for line in lines) == 28
        assert sum(line.get("start") == "new" for line in lines) == 15
        assert flight.replayed() == flight.told

    def test_another_version_of_the_governor_is_left_out_up_to_the_next_start(self, flight: Flight) -> None:
        with short_chunks(20):
            flight.run(50, vram_used=7200.0)
        flight.restart(5.0)
        flight.run(50)
        flight.history.flush()
        lines = list(flight.history.tape.lines(flight.clock.time() - 80, 9e9))
        state = json.loads(lines[0])
        assert state["start"] == "resume"
        state["state"]["_unheard_of"] = 1
        lines[0] = json.dumps(state)
        with pytest.raises(InputError) as caught:
            list(replay(lines))
        assert caught.value.code == "replay_state"
        compared = compare(lines, {"vram_on": 90.0}, 0.0, 9e9)
        assert compared.recorded == pytest.approx(48, abs=4)

    def test_old_lines_go(self, flight: Flight) -> None:
        flight.run(1500)
        flight.clock.advance(31 * DAY)
        flight.run(30)
        flight.history.flush()
        flight.clock.advance(3601)
        flight.history.flush()
        lines = list(flight.history.tape.lines(0, 9e9))
        assert 0 < len(lines) < 1100

    def test_bounded_in_size(self, flight: Flight, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(flight_recorder, "MOST_BYTES", 60_000)
        dice = random.Random(1)
        for _ in range(10_000):
            flight.tick(ram_avail=float(dice.randrange(8000, 9000)), cpu_percent=dice.randrange(1000) / 10)
        flight.clock.advance(3601)
        flight.history.flush()
        (row,) = flight.history._database.read("SELECT sum(length(head) + length(lines)) AS size FROM tape")
        assert 30_000 < row["size"] <= 60_000
        lines = list(flight.history.tape.lines(0, 9e9))
        assert len(lines) > 1000
        assert json.loads(lines[0])["start"] == "resume", "the rest is readable from where it begins"
        assert list(replay(lines)) == []

    def test_a_reading_takes_few_bytes(self, flight: Flight) -> None:
        """Thirty days of a busy reading each second, 2.6 million, fit into the limit."""
        dice = random.Random(1)
        ram, cpu = 9000, 30.0
        for _ in range(5_000):
            ram = min(15_000, max(2_000, ram + dice.randrange(-30, 31)))
            cpu = min(100.0, max(0.0, cpu + dice.uniform(-8, 8)))
            jitter = dice.uniform(0.0, 0.004)
            flight.tick(1.0 + jitter, ram_avail=ram, cpu_percent=round(cpu, 1), vram_used=3000 + ram % 7)
        flight.history.flush()
        (row,) = flight.history._database.read("SELECT sum(length(head) + length(lines)) AS size FROM tape")
        assert row["size"] / 5_000 * 30 * DAY < flight_recorder.MOST_BYTES
