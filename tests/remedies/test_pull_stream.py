"""What the lines of a pull add up to, for real streams and for nonsense in any order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocut_tray.core.remedies.progress import Rate, Stage
from autocut_tray.core.remedies.pull_stream import PullState, lost, read_line

A, B = "sha256:aa", "sha256:bb"
GIB = 2**30


def layer(digest: str, total: object, completed: object = None) -> dict[str, Any]:
    line: dict[str, Any] = {"status": f"pulling {digest[7:]}", "digest": digest, "total": total}
    return line if completed is None else {**line, "completed": completed}


def read(lines: Iterable[Mapping[str, Any]], state: PullState | None = None, step: float = 0.06) -> PullState:
    state = state or PullState()
    for number, line in enumerate(lines):
        state = read_line(state, line, number * step)
    return state


def test_a_whole_download() -> None:
    state = read([{"status": "pulling manifest"}])
    assert state.progress().stage is Stage.PREPARING and state.total_bytes is None
    state = read([layer(A, 1000)], state)
    assert (state.done_bytes, state.total_bytes) == (0, 1000)  # "completed" is left out when it is 0
    state = read([layer(A, 1000, 400), layer(A, 1000, 400), layer(A, 1000, 900)], state)
    assert (state.done_bytes, state.total_bytes) == (900, 1000)
    state = read([layer(B, 50, 20)], state)
    assert (state.done_bytes, state.total_bytes) == (920, 1050)  # the sum is over layers, not over lines
    state = read([{"status": "verifying sha256 digest"}], state)
    assert state.progress().stage is Stage.VERIFYING
    assert (state.done_bytes, state.total_bytes) == (1050, 1050)  # no layer's last line reached its total
    state = read([{"status": "writing manifest"}, {"status": "removing unused layers"}], state)
    assert state.progress().stage is Stage.FINISHING and not state.success
    assert read([{"status": "success"}], state).success


def test_only_success_is_success() -> None:
    assert not read(
        [layer(A, 10, 10), {"status": "verifying sha256 digest"}, {"status": "writing manifest"}]
    ).ended
    failed = read([layer(A, 10, 5), {"error": "max retries exceeded: EOF"}, {"status": "success"}])
    assert failed.error == "max retries exceeded: EOF" and not failed.success


def test_what_is_known_beforehand_is_the_total_until_more_is_known() -> None:
    state = read([layer(A, 800, 400)], PullState(expected_bytes=1500))
    assert state.total_bytes == 1500
    state = read([layer(B, 900, 0)], state)
    assert state.total_bytes == 1700
    assert read([{"status": "verifying"}], read([layer(A, 800, 400)], PullState(1500))).total_bytes == 800


def test_what_was_here_is_not_counted_as_fetched() -> None:
    resumed = read([layer(A, 1000, 600), layer(A, 1000, 700)])
    assert (resumed.done_bytes, resumed.fetched) == (700, 100)
    again = lost(resumed)
    assert again.done_bytes == 700 and again.stage is Stage.PREPARING
    again = read([layer(A, 1000, 690), layer(A, 1000, 800)], again)
    assert (again.done_bytes, again.fetched) == (800, 200)  # it never goes back, and 690 to 700 came twice
    assert read([layer(A, 5, 5), layer(B, 6, 6), {"status": "success"}]).fetched == 0


def test_bytes_taken_back_by_the_server_are_not_taken_back_on_screen() -> None:
    state = read([layer(A, 1000, 600), layer(A, 1000, 500)])
    assert state.done_bytes == 600
    assert read([layer(A, 1000, 650)], state).fetched == 50


def test_speed_and_time_left_wait_until_they_mean_something() -> None:
    state = PullState()
    for tick in range(300):
        state = read_line(state, layer(A, GIB, 1 + tick * 2**20), tick * 0.1)
        progress = state.progress()
        if tick * 0.1 < 2.9:
            assert progress.bytes_per_second is None and progress.seconds_left is None
        elif tick * 0.1 > 3.1:
            assert progress.bytes_per_second == pytest.approx(10 * 2**20, rel=0.01)
            left = (GIB - progress.done_bytes) / (10 * 2**20)
            assert progress.seconds_left == pytest.approx(left, rel=0.01)
    state = read_line(state, {"status": "verifying sha256 digest"}, 31.0)
    assert state.progress().bytes_per_second is None and state.progress().seconds_left is None


def test_the_speed_follows_a_change_and_a_standstill_within_its_window() -> None:
    rate = Rate()
    for tick in range(100):
        rate = rate.add(tick * 0.1, tick * 1000)
    for tick in range(100, 220):
        rate = rate.add(tick * 0.1, 100_000)
    assert rate.bytes_per_second == 0
    assert len(rate.samples) <= 82


def test_repeated_lines_cost_nothing() -> None:
    state = read([layer(A, 1000, 400)] * 5000)
    assert state.done_bytes == 400 and len(state.rate.samples) <= 82


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"status": None},
        {"status": 5, "digest": 7, "total": "x"},
        {"digest": A},
        {"digest": "", "total": 5},
        layer(A, -5, 3),
        layer(A, True, 3),
        layer(A, 1e300, 3),
        layer(A, 2**70, 3),
        {"error": ""},
        {"error": None},
    ],
)
def test_a_line_that_says_nothing_changes_nothing(line: dict[str, Any]) -> None:
    before = read([layer(B, 100, 50)])
    assert read([line], before) == before


def test_the_number_of_layers_is_bounded() -> None:
    state = read(layer(f"sha256:{n}", 10, 1) for n in range(3000))
    assert len(state.layers) == 1000


_numbers = st.one_of(
    st.integers(-10, 200), st.integers(), st.none(), st.booleans(), st.floats(), st.text(max_size=3)
)
_lines = st.one_of(
    st.fixed_dictionaries(
        {
            "digest": st.sampled_from([A, B, "sha256:cc", "", None, 5]),
            "total": _numbers,
            "completed": _numbers,
        },
        optional={"status": st.sampled_from(["pulling aa", "success?", None])},
    ),
    st.sampled_from(
        [
            {"status": "pulling manifest"},
            {"status": "verifying sha256 digest"},
            {"status": "writing manifest"},
            {"status": "removing unused layers"},
        ]
    ),
    st.dictionaries(
        st.text(max_size=6), st.one_of(st.none(), st.integers(), st.text(max_size=4)), max_size=3
    ),
)
_events = st.lists(st.one_of(_lines, st.just("lost")), max_size=40)


@given(_events, st.one_of(st.none(), st.integers(1, 300)), st.floats(0, 5))
@settings(max_examples=300, deadline=None)
def test_progress_only_rises_and_never_passes_the_total(
    events: list[Any], expected: int | None, step: float
) -> None:
    state = PullState(expected)
    done = fetched = 0
    for number, event in enumerate(events):
        state = lost(state) if event == "lost" else read_line(state, event, number * step)
        progress = state.progress()
        assert progress.done_bytes >= done
        assert state.fetched >= fetched
        assert state.fetched <= progress.done_bytes
        assert progress.total_bytes is None or progress.done_bytes <= progress.total_bytes
        assert progress.total_bytes is not None or progress.done_bytes == 0
        assert progress.bytes_per_second is None or progress.bytes_per_second >= 0
        assert progress.seconds_left is None or progress.seconds_left >= 0
        done, fetched = progress.done_bytes, state.fetched


@given(st.permutations([layer(A, 10, 5), layer(B, 20, 20), layer(A, 10, 9), layer(B, 20)]))
def test_the_order_of_lines_does_not_change_the_sum(lines: list[dict[str, Any]]) -> None:
    state = read(lines)
    assert (state.done_bytes, state.total_bytes) == (29, 30)
