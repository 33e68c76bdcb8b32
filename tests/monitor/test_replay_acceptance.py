"""The fake-clock acceptance table of the control rules, row by row, through the replay."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autocut_tray.core.monitor.replay import replay

Json = dict[str, Any]
Tick = Callable[[int], Json]

GIB = 1024.0
HIGH, LOW = {"vram_used": 7200.0}, {"vram_used": 1000.0}


def play(seconds: int, tick: Tick, **first: object) -> list[Json]:
    """Ticks of 1 s from 0 to ``seconds``, both included; ``first`` holds unless a tick says otherwise."""

    def lines() -> Iterator[str]:
        for t in range(seconds + 1):
            yield json.dumps({**(first if t == 0 else {}), "t": t, **tick(t)})

    return list(replay(lines()))


def tiers(events: list[Json]) -> list[tuple[float, str]]:
    return [(e["t"], e["to"]) for e in events if e["event"] == "tier"]


def levels(events: list[Json]) -> list[tuple[float, str]]:
    return [(e["t"], e["to"]) for e in events if e["event"] == "memory"]


def probes(events: list[Json]) -> list[float]:
    return [e["t"] for e in events if e["event"] == "probe"]


def constant(**values: object) -> Tick:
    return lambda t: values


def high_until(end: int, then: Json) -> Tick:
    """Row A1 until ``end``, then something else."""
    return lambda t: HIGH if t < end else then


def own(foreign: float) -> Json:
    return {"vram_used": 6000.0 + foreign, "own_vram": 6000.0, "loaded": True}


def ram(mib: float) -> Json:
    return {"ram_avail": mib}


def used(percent: float) -> Json:
    return {"ram_avail": 16 * GIB * (100 - percent) / 100}


def unit(kind: str | None = None, **more: object) -> Json:
    return {"ok": True, **more} if kind is None else {"ok": False, "kind": kind, **more}


def units_at(schedule: dict[int, list[Json]]) -> Tick:
    return lambda t: {"units": schedule[t]} if t in schedule else {}


ROWS: list[tuple[str, int, Tick, Json, list[tuple[float, str]]]] = [
    ("A1", 60, constant(**HIGH), {}, [(10, "CPU")]),
    ("A2", 30, constant(vram_used=6963.2), {}, []),
    ("A2 in whole MiB", 30, constant(vram_used=8500, vram_total=10_000), {}, []),
    ("A3", 240, lambda t: HIGH if t % 12 < 9 else {"vram_used": 6000.0}, {}, []),
    ("A4", 40, lambda t: {"vram_used": 7200.0 if t % 2 else 6800.0}, {}, [(11, "CPU")]),
    ("A4 the other way round", 40, lambda t: {"vram_used": 6800.0 if t % 2 else 7200.0}, {}, [(10, "CPU")]),
    ("A5", 40, constant(vram_used=8000.0), {}, [(1, "CPU")]),
    ("A6", 120, constant(**own(1400)), {}, []),
    ("A7", 120, lambda t: own(1000 if t < 5 else 1600), {}, [(15, "CPU")]),
    ("B1", 60, constant(**ram(1900)), {}, [(10, "CLOUD")]),
    ("B2", 60, constant(**ram(1900)), {"cloud_ok": False}, [(10, "PAUSED")]),
    ("B3", 60, constant(**ram(1600)), {}, [(1, "PAUSED")]),
    ("B4", 200, lambda t: ram(1600 if t < 20 else 9 * GIB), {}, [(1, "PAUSED"), (50, "CLOUD"), (110, "GPU")]),
    ("B5/B9", 120, lambda t: used(75.6 if t < 20 else 72 if t < 60 else 62), {}, []),
    ("B6 above", 60, constant(**ram(5 * GIB)), {"ram_total": 64 * GIB}, []),
    ("B7", 60, lambda t: ram(2355 if t % 2 else 1900), {}, [(10, "CLOUD")]),
    ("B7 on the odd second", 60, lambda t: ram(1900 if t % 2 else 2355), {}, [(11, "CLOUD")]),
    ("C1", 60, lambda t: {"units": [unit("tier" if t in (2, 5, 8) else None)] if t < 10 else []}, {}, []),
    (
        "C2",
        20,
        lambda t: {"units": [unit("tier" if t % 3 == 0 else None)] if t < 10 else []},
        {},
        [(9, "CPU")],
    ),
    ("C3", 60, lambda t: {"units": [unit("tier")] if t < 9 else []}, {}, []),
    ("C4 out of memory", 20, lambda t: {"units": [unit("resource")] if t < 3 else []}, {}, [(2, "CPU")]),
    ("C4 refused", 20, lambda t: {"units": [unit("down")] if t < 3 else []}, {}, [(2, "CPU")]),
    ("C4 in one tick", 20, units_at({0: [unit("down"), unit("resource"), unit("down")]}), {}, [(0, "CPU")]),
    ("C5", 60, lambda t: {"units": [unit("input", file=f"{t}.mp4")] if t < 50 else []}, {}, []),
    ("C6", 400, units_at({300: [unit("down")] * 3}), {}, [(300, "CPU"), (360, "GPU")]),
    ("C7", 60, units_at({3: [unit()] * 15, 5: [unit("tier")] * 2 + [unit()] + [unit("tier")] * 2}), {}, []),
    ("D1", 200, high_until(20, LOW), {}, [(10, "CPU"), (80, "GPU")]),
    ("D2", 1200, high_until(20, {"vram_used": 0.74 * 8192}), {}, [(10, "CPU")]),
    ("D5", 400, lambda t: {**(HIGH if t < 20 else LOW), "work": t >= 300}, {}, [(10, "CPU"), (300, "GPU")]),
    ("D5 from the start", 400, lambda t: {"work": t >= 300}, {"tier": "CPU"}, [(300, "GPU")]),
    (
        "D6",
        600,
        lambda t: {**(HIGH if t < 20 else LOW), **ram(8 * GIB if t < 20 else 2.8 * GIB)},
        {"ram_total": 10 * GIB},
        [(10, "CPU")],
    ),
    ("D8", 600, high_until(20, {"vram_used": 3000.0}), {"need_vram": 4900.0}, [(10, "CPU")]),
    (
        "D8 with just enough",
        90,
        high_until(20, {"vram_used": 2780.0}),
        {"need_vram": 4900.0},
        [(10, "CPU"), (80, "GPU")],
    ),
    ("E3", 120, constant(vram_used=None), {}, [(30, "CPU")]),
    ("F1", 10, lambda t: {"cloud_ok": t < 2}, {"tier": "CLOUD"}, [(2, "PAUSED")]),
]


@pytest.mark.fault("FR1", "FR2", "FR4", "FM1")
@pytest.mark.parametrize(
    ("seconds", "tick", "first", "expected"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS]
)
def test_tier_changes(seconds: int, tick: Tick, first: Json, expected: list[tuple[float, str]]) -> None:
    assert tiers(play(seconds, tick, **first)) == expected


@pytest.mark.fault("FR1")
def test_a1_tells_what_was_measured() -> None:
    reclaim, change = play(10, constant(**HIGH))
    assert (reclaim["t"], reclaim["event"], reclaim["cause"]) == (0, "reclaim", "vram")
    wanted = {
        "t": 10,
        "event": "tier",
        "from": "GPU",
        "to": "CPU",
        "cause": "vram",
        "value": 87.9,
        "threshold": 85.0,
    }
    assert wanted.items() <= change.items()
    assert (change["held_s"], change["hard"]) == (10.0, False)


def test_a2_and_a6_are_silent() -> None:
    assert play(30, constant(vram_used=6963.2)) == []
    assert play(120, constant(**own(1400))) == []


def test_a5_cancels_what_is_in_flight() -> None:
    change = play(1, constant(vram_used=8000.0))[-1]
    assert (change["metric"], change["value"], change["threshold"]) == ("vram_free_mib", 192.0, 256.0)
    assert change["hard"]


@pytest.mark.fault("FR6")
def test_b3_stops_everything() -> None:
    events = play(5, constant(**ram(1600)))
    assert levels(events) == [(1, "EMERGENCY")]
    level = next(e for e in events if e["event"] == "memory")
    assert (level["from"], level["value"], level["threshold"]) == ("OK", 90.2, 90.0)
    assert [e["t"] for e in events if e["event"] == "emergency_stop"] == [1]
    assert [e["cache_keep"] for e in events if e["event"] == "reclaim" and e["t"] == 1] == [0.0]


def test_b4_leaves_the_emergency_after_30_s() -> None:
    events = play(200, lambda t: ram(1600 if t < 20 else 9 * GIB))
    assert levels(events) == [(1, "EMERGENCY"), (50, "OK")]
    assert [(e["t"], e["stage"]) for e in events if e["event"] == "model"] == [
        (1, "small"),
        (170, "preferred"),
    ]


def test_b5_b9_warns_and_stops_warning() -> None:
    assert levels(play(120, lambda t: used(75.6 if t < 20 else 72 if t < 60 else 62))) == [
        (10, "WARN"),
        (90, "OK"),
    ]


@pytest.mark.parametrize(("gib", "expected"), [(3, [(1, "EMERGENCY")]), (5, [(10, "WARN")])])
def test_b6_large_machines_count_in_gib(gib: int, expected: list[tuple[float, str]]) -> None:
    assert levels(play(60, constant(**ram(gib * GIB)), ram_total=64 * GIB)) == expected


def test_b8_small_machine() -> None:
    events = play(5, constant(**ram(900)), ram_total=6 * GIB)
    assert levels(events) == [(1, "EMERGENCY")]
    assert tiers(events) == [(1, "PAUSED")]
    assert [e["ram_on_mib"] for e in events if e["event"] == "small_machine"] == [1228.8]


def test_c2_and_c4_say_how_bad_it_was() -> None:
    rate = play(9, lambda t: {"units": [unit("tier" if t % 3 == 0 else None)]})[-1]
    assert (rate["cause"], rate["value"], rate["threshold"], rate["hard"]) == ("failures", 40.0, 30.0, False)
    streak = play(2, constant(units=[unit("resource")]))[-1]
    assert (streak["metric"], streak["value"], streak["hard"]) == ("failure_streak", 3.0, True)


@pytest.mark.fault("FM1")
def test_c6_probes_when_the_breaker_has_been_open_for_60_s() -> None:
    events = play(400, units_at({300: [unit("down")] * 3}))
    assert probes(events) == [360]
    states = [(e["t"], e["state"]) for e in events if e["event"] == "breaker"]
    assert states == [(300, "open"), (360, "half_open")]


def test_d3_failing_probes_back_off() -> None:
    events = play(3700, lambda t: {**(HIGH if t < 20 else LOW), "probe": "fail"})
    times = probes(events)
    assert times[0] == 80
    assert [b - a for a, b in itertools.pairwise(times)] == [120, 240, 480, 900, 900, 900]
    assert tiers(events) == [(10, "CPU")]


@pytest.mark.fault("FR15")
def test_d4_square_wave_is_locked() -> None:
    events = play(3599, lambda t: HIGH if t % 90 < 15 else LOW)
    up = [t for t, to in tiers(events) if to == "GPU"]
    assert up == [75, 165, 255, 1155, 1245, 1335, 2235, 2325, 2415, 3315, 3405, 3495]
    assert next((e["t"], e["until"]) for e in events if e["event"] == "flap_lock") == (255, 1155)


def degraded_once(at: int) -> Tick:
    """Healthy, then 20 s of pressure at ``at``, then healthy."""
    return lambda t: HIGH if at <= t < at + 20 else LOW


@pytest.mark.parametrize(("at", "back_after"), [(1690, 480), (1800, 70)])
def test_d7_half_an_hour_of_health_forgets_failures(at: int, back_after: int) -> None:
    """Degraded 10 s after ``at``: with k = 3 the rest is 480 s, with k = 0 only the 60 green seconds count."""
    events = play(at + 600, degraded_once(at), k={"GPU": 3})
    assert tiers(events) == [(at + 10, "CPU"), (at + 10 + back_after, "GPU")]
    forgotten = [(e["t"], e["k"]) for e in events if e["event"] == "backoff_reset"]
    assert forgotten == ([(1800, 3)] if at >= 1800 else [])


def test_d7_counts_from_the_recovery() -> None:
    """Three failed probes, then one that passes at 920: three are remembered until 2720."""

    def tick(t: int) -> Json:
        return {**(HIGH if t < 20 else LOW), "probe": "fail" if t < 900 else "pass"}

    events = play(2800, tick)
    assert tiers(events) == [(10, "CPU"), (920, "GPU")]
    assert [(e["t"], e["k"]) for e in events if e["event"] == "backoff_reset"] == [(2720, 3)]


def gap_trace(before: Json) -> list[Json]:
    """20 s of ``before``, 83 minutes of nothing, then green."""
    ticks = [{"t": t, **before} for t in range(20)]
    ticks += [{"t": t, **LOW} for t in range(5000, 5100)]
    return list(replay(json.dumps(tick) for tick in ticks))


@pytest.mark.fault("FR17")
def test_e1_e2_a_gap_starts_every_timer_anew() -> None:
    events = gap_trace(HIGH)
    assert [(e["t"], e["gap_s"]) for e in events if e["event"] == "gap_reset"] == [(5000, 4981.0)]
    assert tiers(events) == [(10, "CPU"), (5060, "GPU")]


@pytest.mark.fault("FR9")
def test_e3_holds_30_s_and_never_probes_blind() -> None:
    events = play(400, constant(vram_used=None))
    assert probes(events) == []
    assert events[-1]["cause"] == "vram_unknown"


@pytest.mark.fault("FM18")
def test_f1_cancels_requests() -> None:
    change = play(3, lambda t: {"cloud_ok": t < 2}, tier="CLOUD")[-1]
    assert (change["cause"], change["hard"]) == ("cloud", True)


def test_g1_a_failure_in_probation_leads_back_at_once() -> None:
    def tick(t: int) -> Json:
        return {**(HIGH if t < 20 else LOW), **({"units": [unit("resource")]} if t == 82 else {})}

    events = play(300, tick)
    assert tiers(events) == [(10, "CPU"), (80, "GPU"), (82, "CPU"), (202, "GPU")]
    back = next(e for e in events if e["t"] == 82 and e["event"] == "tier")
    assert (back["cause"], back["k"], back["hard"]) == ("probation", 1, True)
    assert probes(events) == [80, 202]  # 60 s * 2^1 after the failure
