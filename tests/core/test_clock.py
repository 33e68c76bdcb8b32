"""The machine's clock goes on while the machine sleeps: how else would anybody notice."""

from __future__ import annotations

import sys
import time

import pytest

from autocut_tray.core import clock as module
from autocut_tray.core.clock import SystemClock


@pytest.mark.fault("FR17")
@pytest.mark.parametrize(
    ("platform", "name"), [("linux", "CLOCK_BOOTTIME"), ("darwin", "CLOCK_MONOTONIC"), ("win32", None)]
)
def test_each_system_has_a_clock_with_the_time_of_a_suspend(
    monkeypatch: pytest.MonkeyPatch, platform: str, name: str | None
) -> None:
    for number, known in enumerate(("CLOCK_BOOTTIME", "CLOCK_MONOTONIC")):
        monkeypatch.setattr(time, known, number, raising=False)
    monkeypatch.setattr(time, "clock_gettime", lambda number: (7200.0, 60.0)[number], raising=False)
    monkeypatch.setattr(time, "monotonic", lambda: 5.0)
    monkeypatch.setattr(sys, "platform", platform)
    expected = {"CLOCK_BOOTTIME": 7200.0, "CLOCK_MONOTONIC": 60.0, None: 5.0}[name]
    assert module._read_through_suspend()() == expected


def test_it_never_goes_back() -> None:
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(1000)]
    assert readings == sorted(readings)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the clock of Linux")
def test_on_this_machine_it_is_the_one_that_counts_sleep() -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= SystemClock().monotonic() <= time.clock_gettime(time.CLOCK_BOOTTIME)
