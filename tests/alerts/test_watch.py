"""When an alert begins and ends: exact tables, and any noise that a machine can make."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocut_tray.core.alert import AlertKind, AlertLevel
from autocut_tray.core.alerts.rules import CLEAR_SHARE, Rule, rules_of
from autocut_tray.core.alerts.watch import GAP_SECONDS, AlertWatch, Change
from autocut_tray.core.settings.schema import Alerts

RULE = Rule(warn=70.0, critical=90.0, hold=30.0, clear=60.0, cooldown=300.0)
WARN, CRITICAL, OK = AlertLevel.WARN, AlertLevel.CRITICAL, AlertLevel.OK


def run(
    series: Iterable[tuple[float, float | None]], rule: Rule = RULE
) -> list[tuple[float, AlertLevel, AlertLevel]]:
    """Changes of the CPU alert: when, from, to."""
    return [(t, change.before, change.level) for t, change in changes(series, rule)]


def changes(series: Iterable[tuple[float, float | None]], rule: Rule = RULE) -> list[tuple[float, Change]]:
    watch = AlertWatch()
    return [
        (t, change)
        for t, value in series
        for change in watch.step(t, {AlertKind.CPU: value}, {AlertKind.CPU: rule})
    ]


def seconds(*parts: tuple[int, float | None]) -> list[tuple[float, float | None]]:
    """One reading a second: so many of this value, then so many of that."""
    values = [value for count, value in parts for _ in range(count)]
    return [(float(t), value) for t, value in enumerate(values)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([(200, 70.0)], [], id="exactly at the limit is not above it"),
        pytest.param([(30, 71.0), (10, 60.0)], [], id="29 s above is not 30"),
        pytest.param([(31, 71.0)], [(30.0, OK, WARN)], id="30 s above"),
        pytest.param([(29, 71.0), (1, 69.0), (29, 71.0), (1, 69.0)] * 20, [], id="each break begins anew"),
        pytest.param([(29, 71.0), (1, None)] * 20, [], id="an unknown reading is a break, too"),
        pytest.param([(500, None)], [], id="what is unknown never fires"),
        pytest.param([(500, 95.0)], [(30.0, OK, CRITICAL)], id="critical at once, and once"),
        pytest.param([(100, 75.0), (100, 95.0)], [(30.0, OK, WARN), (130.0, WARN, CRITICAL)], id="worse"),
        pytest.param(
            [(40, 95.0), (200, 75.0)], [(30.0, OK, CRITICAL)], id="critical until the warning's limit is met"
        ),
        pytest.param(
            [(40, 95.0), (100, 65.0), (100, 50.0)],
            [(30.0, OK, CRITICAL), (100.0, CRITICAL, WARN), (200.0, WARN, OK)],
            id="down step by step",
        ),
        pytest.param(
            [(40, 95.0), (100, 50.0)],
            [(30.0, OK, CRITICAL), (100.0, CRITICAL, OK)],
            id="straight down when all is well",
        ),
        pytest.param([(40, 75.0), (300, 64.0)], [(30.0, OK, WARN)], id="just below the limit is not clear"),
        pytest.param(
            [(40, 75.0), (59, 50.0), (1, 64.0), (59, 50.0)], [(30.0, OK, WARN)], id="clear without a break"
        ),
        pytest.param(
            [(40, 75.0), (100, 50.0), (100, 75.0)],
            [(30.0, OK, WARN), (100.0, WARN, OK)],
            id="again within the cool-down",
        ),
        pytest.param(
            [(40, 75.0), (100, 50.0), (300, 75.0)],
            [(30.0, OK, WARN), (100.0, WARN, OK), (330.0, OK, WARN)],
            id="told when the cool-down is over and it still holds",
        ),
        pytest.param(
            [(40, 95.0), (100, 50.0), (195, 75.0)],
            [(30.0, OK, CRITICAL), (100.0, CRITICAL, OK), (330.0, OK, WARN)],
            id="a critical alert has said what the warning would",
        ),
        pytest.param(
            [(40, 75.0), (100, None)], [(30.0, OK, WARN), (100.0, WARN, OK)], id="unknown for long has ended"
        ),
        pytest.param(
            [(40, 75.0), (59, None), (100, 75.0)], [(30.0, OK, WARN)], id="unknown for a while has not"
        ),
    ],
)
def test_table(
    parts: list[tuple[int, float | None]], expected: list[tuple[float, AlertLevel, AlertLevel]]
) -> None:
    assert run(seconds(*parts)) == expected


def test_a_change_says_what_was_measured() -> None:
    ((_, raised),) = changes(seconds((31, 93.5)))
    assert (raised.value, raised.threshold, raised.held_s, raised.raised) == (93.5, 90.0, 30.0, True)
    _, ended = changes(seconds((31, 93.5), (61, 10.0)))[-1]
    assert (ended.value, ended.level, ended.held_s, ended.raised) == (10.0, OK, 60.0, False)


def test_a_gap_is_no_proof() -> None:
    """Awake for a second before and after a night: nobody knows what was between."""
    night = [(0.0, 95.0), (1.0, 95.0), (30_000.0, 95.0), (30_001.0, 95.0)]
    assert run(night) == []
    after = [(30_000.0 + t, 95.0) for t in range(31)]
    assert run([(0.0, 95.0), *after]) == [(30_030.0, OK, CRITICAL)]
    slow = [(t * GAP_SECONDS, 95.0) for t in range(4)]
    assert run(slow) == [(30.0, OK, CRITICAL)], "a slow pace is no gap"


def test_a_clock_that_goes_back_is_a_gap() -> None:
    assert run([(100.0 + t, 95.0) for t in range(20)] + [(50.0 + t, 95.0) for t in range(25)]) == []


def test_other_limits_begin_anew() -> None:
    watch = AlertWatch()
    rules = {AlertKind.CPU: RULE}
    assert not [c for t in range(30) for c in watch.step(t, {AlertKind.CPU: 95.0}, rules)]
    watch.restart_timers()
    assert not [c for t in range(30, 60) for c in watch.step(t, {AlertKind.CPU: 95.0}, rules)]
    assert watch.step(60, {AlertKind.CPU: 95.0}, rules)[0].level is CRITICAL


VALUES = st.one_of(
    st.none(),
    st.floats(0, 100),
    st.sampled_from([62.9, 63.0, 63.1, 69.9, 70.0, 70.1, 89.9, 90.0, 90.1]),
)
STEPS = st.one_of(st.sampled_from([1.0, 1.0, 1.0, 5.0, 8.0]), st.floats(0.1, 40.0))
PLATEAUS = st.lists(st.tuples(VALUES, STEPS, st.integers(1, 60)), min_size=1, max_size=40)
SHORT = Rule(warn=70.0, critical=90.0, hold=10.0, clear=20.0, cooldown=45.0)


def noisy(plateaus: list[tuple[float | None, float, int]]) -> list[tuple[float, float | None]]:
    t, series = 0.0, []
    for value, step, count in plateaus:
        for _ in range(count):
            t += step
            series.append((t, value))
    return series


@settings(max_examples=300, deadline=None)
@given(PLATEAUS)
def test_any_noise(plateaus: list[tuple[float | None, float, int]]) -> None:
    series = noisy(plateaus)
    found = changes(series, SHORT)
    told: dict[AlertLevel, float] = {}
    level, since = OK, -math.inf
    for t, change in found:
        assert change.before is level and change.level is not level
        if change.raised:
            # Never without the duration: every reading of it stood above the limit, and none is missing.
            limit = SHORT.limit(change.level)
            window = [(u, v) for u, v in series if t - change.held_s - 1e-6 <= u <= t]
            assert change.held_s >= SHORT.hold - 1e-6 and window[0][0] <= t - SHORT.hold + 1e-6
            assert all(v is not None and v > limit for _, v in window)
            assert all(b - a <= GAP_SECONDS for (a, _), (b, _) in itertools.pairwise(window))
            # Exactly once for each crossing, and not again before the cool-down is over.
            assert t - told.get(change.level, -math.inf) >= SHORT.cooldown - 1e-6
            told[change.level] = t
        else:
            assert t - since >= SHORT.clear - 1e-6, "what began ends only after it was clear for long"
            end = SHORT.warn if level is CRITICAL and change.level is WARN else CLEAR_SHARE * SHORT.warn
            window = [v for u, v in series if t - SHORT.clear <= u <= t]
            assert all(v is None for v in window) or all(v is not None and v < end for v in window)
        level, since = change.level, t if change.raised else since


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(60.0, 100.0), min_size=100, max_size=200))
def test_noise_around_both_limits_is_at_most_one_notice_each(values: list[float]) -> None:
    """No reading is clear of the warning for long, so nothing may repeat itself."""
    kept = [v if n % 20 else 75.0 for n, v in enumerate(values)]
    found = changes([(float(t), v) for t, v in enumerate(kept)], SHORT)
    raised = [change.level for _, change in found if change.raised]
    assert len(raised) == len(set(raised)) and raised == sorted(raised, key=lambda one: one.rank)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.booleans(), max_size=120))
def test_what_must_fire_does(quiet: list[bool]) -> None:
    """After any past, a reading above the limit for the duration and the cool-down is told."""
    past = [(float(t), 10.0 if calm else 95.0) for t, calm in enumerate(quiet)]
    begun = len(past)
    future = [(float(begun + t), 95.0) for t in range(90)]
    assert [c for _, c in changes(past + future, SHORT) if c.raised and c.level is CRITICAL]


def test_24_hours_with_a_busy_evening() -> None:
    """Idle readings every 8 s; five renders of ten minutes, a lunch break asleep, noise all day."""
    series: list[tuple[float, float | None]] = []
    t = 0.0
    while t < 86_400:
        if 43_000 <= t < 46_600:
            t = 46_600.0
        rendering = any(start <= t < start + 600 for start in range(60_000, 85_000, 5_000))
        value = 97.0 if rendering else 35.0 + 34.0 * abs(math.sin(t / 97.0))
        series.append((t, None if int(t) % 1000 < 8 else value))
        t += 1.0 if rendering else 8.0
    rule = rules_of(Alerts())[AlertKind.CPU]
    raised = [(t, change.level) for t, change in changes(series, rule) if change.raised]
    assert [level for _, level in raised] == [CRITICAL] * 5
    assert all(30 <= (t - 60_000) % 5_000 <= 47 for t, _ in raised)
