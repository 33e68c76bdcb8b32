"""What is read off the tape: results, classes of failures, and how long there was work."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocut_tray.core.errors import FailureClass
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.report.work import read_work

EPOCH = 1_000_000.0


def tape(*lines: dict[str, Any], begin: float = 100.0, at: float = EPOCH) -> list[str]:
    head = {"t": begin, "tick": False, "start": "new", "at": at}
    return [json.dumps(line, separators=(",", ":")) for line in (head, *lines)]


def ok(tier: str = "GPU", seconds: float | None = 1.0) -> dict[str, Any]:
    return {"ok": True, "tier": tier} | ({} if seconds is None else {"seconds": seconds})


def bad(kind: str, tier: str = "GPU") -> dict[str, Any]:
    return {"ok": False, "tier": tier, "kind": kind}


def test_results_by_tier_and_class() -> None:
    work = read_work(
        tape(
            {"t": 101, "units": [ok(seconds=1.0)]},
            {"t": 102, "vram_used": 5},
            {"t": 103, "units": [ok(seconds=3.0), bad("down"), bad("cancel")]},
            {"t": 104, "units": [ok("CPU", 5.0), ok("CPU", None), bad("input", "CPU")]},
        ),
        EPOCH,
        EPOCH + 100,
    )
    assert list(work.tiers) == [Tier.GPU, Tier.CPU], "the best first"
    gpu, cpu = work.tiers[Tier.GPU], work.tiers[Tier.CPU]
    assert (gpu.described, gpu.failed, gpu.seconds) == (2, 1, 2.0)
    assert (cpu.described, cpu.failed, cpu.seconds) == (2, 1, 5.0)
    assert work.failures == {FailureClass.DOWN: 1, FailureClass.INPUT: 1} and work.cancelled == 1
    assert work.failure_rate == pytest.approx(2 / 6), "what somebody cancelled is no failure"
    assert work.extra_s == pytest.approx(6.0)
    assert sum(step.described for step in work.steps) == 4 and sum(step.failed for step in work.steps) == 2


def test_only_what_lies_in_the_span_counts() -> None:
    lines = tape(*({"t": 100 + n, "units": [ok()]} for n in range(1, 10)))
    assert read_work(lines, EPOCH + 3, EPOCH + 6).described == 4
    assert read_work(lines, EPOCH + 50, EPOCH + 60).described == 0
    assert read_work([], 0.0, 1.0).failure_rate is None


@pytest.mark.parametrize(
    ("lines", "busy"),
    [
        ([{"t": 110, "work": True}, {"t": 130, "work": False}], 20.0),
        ([{"t": 110, "work": True}, {"t": 120}, {"t": 150, "vram_used": 1}], 40.0),  # until the last line
        ([{"t": 110, "work": True}, {"t": 115, "work": None}, {"t": 130}], 5.0),
        ([{"t": 90, "work": True}], 0.0),
        ([{"t": 110, "work": True}, {"t": 1110, "work": False}], 190.0),  # the span ends
        # The time of day jumped by an hour while the machine slept: its clock stood still.
        ([{"t": 110, "work": True}, {"t": 120}, {"t": 121, "at": EPOCH + 150}, {"t": 131}], 20.0),
        # The program ended with work to do, and began again later with none.
        ([{"t": 110, "work": True}, {"t": 120}, {"t": 3, "start": "new", "at": EPOCH + 60}, {"t": 63}], 10.0),
        (
            [
                {"t": 110, "work": True},
                {"t": 120},
                {"t": 3, "start": "resume", "work": True, "at": EPOCH + 60},
                {"t": 8},
            ],
            15.0,
        ),
    ],
)  # fmt: skip
def test_how_long_there_was_work(lines: list[dict[str, Any]], busy: float) -> None:
    assert read_work(tape(*lines), EPOCH, EPOCH + 200).busy_s == pytest.approx(busy)


def test_the_pace_is_that_of_the_time_with_work() -> None:
    lines = tape(
        {"t": 200, "work": True}, {"t": 260, "units": [ok(), ok()]}, {"t": 320, "work": False}, {"t": 900}
    )
    assert read_work(lines, EPOCH, EPOCH + 1000).per_hour == pytest.approx(60.0)
    assert read_work(lines, EPOCH, EPOCH + 130).per_hour is None, "half a minute of work says nothing"


@given(st.lists(st.tuples(st.floats(0.1, 50), st.sampled_from([True, False, None])), max_size=20))
@settings(max_examples=50, deadline=None)
def test_there_is_never_more_work_than_time(steps: list[tuple[float, bool | None]]) -> None:
    t, lines = 100.0, []
    for step, wanted in steps:
        t += step
        lines.append({"t": t, "work": wanted})
    work = read_work(tape(*lines), EPOCH, EPOCH + 1000)
    assert 0.0 <= work.busy_s <= t - 100.0 + 1e-6
