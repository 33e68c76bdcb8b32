"""The demonstrations really do what they say, within their bounds, and leave nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.errors import SystemExhausted
from autocut_tray.core.memory.demo import show_creation
from autocut_tray.core.memory.demo_pressure import (
    LEAST_MIB,
    LEFT_ALONE_MIB,
    MIB,
    MOST_MIB,
    plan_pressure,
    show_pressure,
)
from autocut_tray.core.memory.policies import FILE_NAME, shipped_policies
from autocut_tray.core.memory.taker import MemoryTaker
from autocut_tray.core.memory.taker import main as taker_main
from autocut_tray.core.messages import Message
from autocut_tray.i18n import LANGUAGES, Translator

ROOT = Path(__file__).parents[2]
POLICIES = shipped_policies()
ENGLISH, CHINESE = (Translator(language) for language in LANGUAGES)


def in_words(said: list[Message]) -> list[str]:
    for one in said:
        for text in (ENGLISH.text(one), CHINESE.text(one)):
            assert text != one.code and "{" not in text
    return [ENGLISH.text(one) for one in said]


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A program of the person that has nothing to do with it."""
    program = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield program
    program.communicate(b"\n", timeout=10)


def test_creation_shows_true_figures() -> None:
    said: list[Message] = []
    document = show_creation(POLICIES, SystemClock(), said.append)
    assert document["ok"] is True
    budget, tracker = document["budget"], document["tracker"]
    assert budget["waited"] and budget["leaks_found"] == 1
    assert budget["stats"]["peak_bytes"] <= budget["stats"]["limit_bytes"]
    released = tracker["released"]
    assert [len(report["released"]) for report in released] == [1, 1, 1, 2]
    assert sum(report["freed_bytes"] for report in released) == tracker["created_bytes"] == 29 * MIB
    assert tracker["left_bytes"] == 0
    assert json.dumps(document)
    words = in_words(said)
    assert any("4.0 MiB (temp_buffers)" in line for line in words)


class Reading:
    """Available memory as if this machine had only us and our children: others may take and give meanwhile."""

    def __init__(self, available: int = 8000) -> None:
        self._available = available
        self._before = children()
        self._own = psutil.Process().memory_info().rss

    def __call__(self) -> int:
        taken = psutil.Process().memory_info().rss - self._own
        for pid in children() - self._before:
            try:
                taken += psutil.Process(pid).memory_info().rss
            except psutil.Error:
                continue
        return self._available - taken // MIB


def test_pressure_reclaims_degrades_and_recovers(bystander: subprocess.Popen[bytes]) -> None:
    said: list[Message] = []
    before = children()
    document = show_pressure(POLICIES, SystemClock(), said.append, Reading(LEFT_ALONE_MIB + 320))
    assert document["ok"] is True, document
    assert document["pressure_mib"] == 320 and document["stages"] == {
        "warned_and_degraded": True,
        "emergency": True,
        "recovered": True,
    }
    events: list[dict[str, Any]] = document["events"]
    kinds = [e.get("to", e["event"]) for e in events]
    for first, second in (
        ("released", "PAUSED"),
        ("PAUSED", "EMERGENCY"),
        ("EMERGENCY", "OK"),
        ("OK", "CPU"),
    ):
        assert kinds.index(first) < kinds.index(second)
    assert [e["child_mib"] for e in events if e["event"] == "child"] == [208, 320, 0]
    deepest = min(e["available_mib"] for e in events)
    assert deepest < LEFT_ALONE_MIB + 320 * 0.2, "the memory was really taken"
    assert document["freed_bytes"] >= document["cache_mib"] * MIB * 0.9 and document["left_bytes"] == 0
    halved = next(e for e in events if e["event"] == "released")
    assert halved["released"][0]["compressed"] is True and halved["keep_percent"] == 50.0
    assert bystander.poll() is None and children() == before
    in_words(said)


def test_a_child_that_is_ended_from_outside_ends_the_demo_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    hold = MemoryTaker.hold

    def interrupted(taker: MemoryTaker, mib: int) -> int:
        held = hold(taker, min(mib, 8))
        os.kill(taker.pid, signal.SIGKILL)
        if mib and held:
            hold(taker, mib)
        return held

    before = children()
    monkeypatch.setattr(MemoryTaker, "hold", interrupted)
    with pytest.raises(SystemExhausted) as raised:
        show_pressure(POLICIES, SystemClock(), lambda said: None, Reading())
    in_words([raised.value.message])
    assert children() == before


@pytest.mark.parametrize(
    ("available", "total", "pressure"),
    [
        (22_000, 32_768, MOST_MIB),
        (LEFT_ALONE_MIB + LEAST_MIB, 8192, LEAST_MIB),
        (LEFT_ALONE_MIB + 300, 8192, 300),
        (LEFT_ALONE_MIB + LEAST_MIB - 1, 8192, None),
        (500, 2048, None),
        (1900, 1400, None),
    ],
)
def test_no_more_is_taken_than_a_machine_can_spare(available: int, total: int, pressure: int | None) -> None:
    if pressure is None:
        with pytest.raises(SystemExhausted) as raised:
            plan_pressure(available, total)
        assert raised.value.hint is not None
        in_words([raised.value.message, raised.value.hint])
    else:
        assert plan_pressure(available, total).pressure == pressure


@given(st.integers(LEFT_ALONE_MIB + LEAST_MIB, 1_000_000), st.integers(0, 1_000_000))
def test_the_limits_make_sense_on_every_machine(available: int, used: int) -> None:
    total = available + used
    try:
        plan = plan_pressure(available, total)
    except SystemExhausted:
        assert total // 8 < LEAST_MIB
        return
    limits = plan.thresholds  # raises when they are out of order
    assert available - plan.pressure >= LEFT_ALONE_MIB
    assert limits.emergency_avail_mib > available - plan.pressure, "an emergency comes before all is taken"
    assert plan.cache < 0.1 * plan.pressure, "what is given back does not end the pressure"


# -- the child


def test_the_child_holds_what_it_says_and_never_more_than_it_may() -> None:
    taker = MemoryTaker(96)
    try:
        process = psutil.Process(taker.pid)
        assert taker.hold(0) == 0
        empty = process.memory_info().rss
        assert taker.hold(64) == 64
        assert process.memory_info().rss - empty >= 60 * MIB
        assert taker.hold(500) == 96
        assert taker.hold(0) == 0
        assert taker.alive
    finally:
        taker.close()
    assert not psutil.pid_exists(process.pid)


@pytest.mark.parametrize("arguments", [[], ["1"], ["x", "5"], ["1", "-5"], ["1", "2", "3"]])
def test_by_hand_it_does_nothing(arguments: list[str]) -> None:
    assert taker_main(arguments) == 2


# -- the command


def command(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autocut_tray", "memory-demo", *arguments],
        cwd=ROOT,
        env={**os.environ, "AUTOCUT_HOME": str(home)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=110,
        check=False,
    )


def test_the_command_prints_one_document(tmp_path: Path) -> None:
    ran = command(tmp_path, "--demo", "creation", "--json")
    document = json.loads(ran.stdout)
    assert ran.returncode == 0 and document["ok"] is True and document["pressure"] is None
    assert "24 of 32 MiB" in ran.stderr
    before, created, after = document["creation"]["tracker"]["own_memory_mib"]
    assert created - before > 20, "29 MiB are really there"
    assert created - after > 20, "and really gone"


def test_the_command_speaks_chinese_and_says_what_is_wrong_with_own_rules(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / FILE_NAME).write_text("resources: {nonsense: {}}", "utf-8")
    ran = command(tmp_path, "--demo", "creation", "--lang", "zh-CN")
    assert ran.returncode == 0 and "预留、保存、归还" in ran.stdout
    assert "nonsense" in ran.stderr


@pytest.mark.parametrize("arguments", [("--demo", "everything"), ("--demo",)])
def test_an_unknown_demo_is_a_usage_error(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = command(tmp_path, *arguments)
    assert ran.returncode == 2 and "Traceback" not in ran.stderr and ran.stdout == ""
