"""The library's face of the monitor: in this process, and as a view of the running program."""

from __future__ import annotations

import json
import os
import queue
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autocut_tray import monitoring
from autocut_tray.core.errors import AutoCutError, UsageError
from autocut_tray.core.instance import InstanceLock
from autocut_tray.core.paths import Paths
from autocut_tray.monitoring import RuntimeMonitor, get_runtime_monitor
from tests.e2e.program import FAST_RULES, Program, finish, wait_until
from tests.servers.real_server import RealServer


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMSTUDIO_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    monkeypatch.setenv("AUTOCUT_LIMITS", FAST_RULES)
    monkeypatch.setattr(monitoring, "_LOOK_SECONDS", 0.05)


@pytest.fixture
def instance(autocut_home: Path) -> Iterator[Program]:
    program = Program(autocut_home, {"AUTOCUT_LIMITS": FAST_RULES})
    process = program.start("--headless")
    wait_until((autocut_home / "data" / "instance.json").exists, "the channel is open")
    yield program
    if (autocut_home / "data" / "instance.json").exists():  # else a test has ended it
        process.send_signal(signal.SIGTERM)
    assert finish(process, 15).code == 0


def some_history(monitor: RuntimeMonitor) -> dict[str, Any]:
    wait_until(lambda: bool(monitor.get_metrics_history(minutes=5)["metrics"]["ram"]["t"]), "a reading")
    return monitor.get_metrics_history(minutes=5)


def check_basics(monitor: RuntimeMonitor) -> None:
    """What holds on a machine without any model, wherever the core runs."""
    assert monitor.should_use_cpu_for_vision() is False and monitor.get_tier() == "PAUSED"
    monitor.record_task_result(success=True, seconds=1.5)
    monitor.record_task_result(False)
    found = some_history(monitor)
    assert found["minutes"] == 5 and found["to"] - found["from"] == 300
    measured = monitor.get_current_metrics()
    assert {measured[part]["source"] for part in ("memory", "network")} == {"psutil"}
    ram = found["metrics"]["ram"]
    assert len(ram["t"]) == len(ram["low"]) == len(ram["high"]) and 0 < ram["high"][0] <= 100
    assert found["metrics"]["failures"]["t"] == [], "what was not measured is missing"
    assert monitor.get_status()["monitor"]["running"] is True
    for minutes in (0, -1, float("nan"), 43_201):
        with pytest.raises(UsageError):
            monitor.get_metrics_history(minutes=minutes)
    for seconds in (-1.0, float("nan"), float("inf")):
        with pytest.raises(UsageError):
            monitor.record_task_result(True, seconds=seconds)


def test_in_this_process_where_nothing_runs(autocut_home: Path) -> None:
    lock = InstanceLock(Paths.below(autocut_home).instance_lock)
    with get_runtime_monitor() as monitor:
        check_basics(monitor)
        assert not lock.acquire(), "it is the program's one instance while it is open"
        monitor.suspend()
        assert monitor.get_status()["monitor"]["running"] is False and monitor.get_tier() == "PAUSED"
        monitor.resume()
        monitor.resume()
        assert monitor.get_status()["monitor"]["running"] is True
    assert lock.acquire(), "and no longer"
    lock.release()
    with get_runtime_monitor() as monitor:
        assert monitor.get_tier() == "PAUSED"


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_view_of_the_running_program(instance: Program) -> None:
    seen: queue.Queue[dict[str, Any]] = queue.Queue()
    with get_runtime_monitor() as monitor:
        check_basics(monitor)
        with pytest.raises(UsageError):
            monitor.suspend()
        monitor.resume()
        end = monitor.register_degradation_callback(seen.put)
        end()
        end()
        with get_runtime_monitor() as another:
            assert another.get_tier() == "PAUSED", "any number may look"
    assert instance.run("status", "--json").document["monitor"]["running"], "closing a view ends nothing else"


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_program_that_ends_is_said(instance: Program, autocut_home: Path) -> None:
    monitor = get_runtime_monitor()
    pid = json.loads((autocut_home / "data" / "instance.json").read_text())["pid"]
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not (autocut_home / "data" / "instance.json").exists(), "it ended")
    with pytest.raises(AutoCutError) as raised:
        monitor.get_tier()
    assert raised.value.code == "monitor_ended" and raised.value.hint is not None
    monitor.close()


def tier_in_use(monitor: RuntimeMonitor) -> object:
    """Not only the one that will be tried."""
    return monitor.get_status()["monitor"]["tier"]


def watch_failures(monitor: RuntimeMonitor) -> None:
    """A server that works is proven first; then others report that nothing works there, and it is left."""
    downs: queue.Queue[dict[str, Any]] = queue.Queue()
    both: queue.Queue[dict[str, Any]] = queue.Queue()

    def broken(_: object) -> None:
        raise ValueError("the caller's own fault")

    wait_until(lambda: tier_in_use(monitor) == "CPU", "the model is proven on the processor")
    assert monitor.should_use_cpu_for_vision()
    monitor.register_degradation_callback(broken)
    monitor.register_degradation_callback(downs.put)
    monitor.register_degradation_callback(both.put, recoveries=True)
    for _ in range(6):
        monitor.record_task_result(success=True, seconds=0.5)
    for _ in range(6):
        monitor.record_task_result(success=False)
    down = downs.get(timeout=10)
    assert (down["kind"], down["from"], down["to"], down["cause"]) == ("tier", "CPU", "PAUSED", "failures")
    assert down["metric"] == "failure_percent" and down["value"] > down["threshold"] == 30.0
    assert both.get(timeout=10) == down
    up = both.get(timeout=20)
    assert (up["from"], up["to"], up["better"]) == ("PAUSED", "CPU", True)
    assert downs.empty(), "a step up is no degradation"
    assert monitor.should_use_cpu_for_vision()


def test_alerts_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOCUT_ALERTS__MEMORY_WARN", "1")
    monkeypatch.setenv("AUTOCUT_ALERTS__MEMORY_CRITICAL", "1")
    monkeypatch.setenv("AUTOCUT_ALERTS__HOLD", "5")
    for level in ("WARN", "CRITICAL"):  # no reading is above 100: how busy this machine is does not matter
        monkeypatch.setenv(f"AUTOCUT_ALERTS__CPU_{level}", "100")
    seen: queue.Queue[dict[str, Any]] = queue.Queue()
    steps: queue.Queue[dict[str, Any]] = queue.Queue()
    with get_runtime_monitor() as monitor:
        monitor.register_degradation_callback(steps.put, recoveries=True)
        monitor.register_alert_callback(seen.put)
        alert = seen.get(timeout=20)
        assert (alert["alert"], alert["level"], alert["threshold"]) == ("memory", "critical", 1.0)
        assert alert["value"] > 1.0 and alert["held_s"] >= 5.0
        (active,) = monitor.get_status()["monitor"]["alerts"]
        assert active["id"] == alert["id"] and active["active"] is True
    assert seen.empty() and steps.empty()


@pytest.mark.errors_expected
def test_failures_of_others_degrade_and_it_recovers(
    real_vision_server: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMSTUDIO_HOST", real_vision_server.base_url)
    with get_runtime_monitor() as monitor:
        watch_failures(monitor)


def test_it_may_be_closed_from_a_callback(
    real_vision_server: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMSTUDIO_HOST", real_vision_server.base_url)
    monitor = get_runtime_monitor()
    closed = threading.Event()

    def close(_: object) -> None:
        monitor.close()
        closed.set()

    try:
        wait_until(lambda: tier_in_use(monitor) == "CPU", "the model is proven on the processor")
        monitor.register_degradation_callback(close)
        for _ in range(10):
            monitor.record_task_result(success=False)
        assert closed.wait(15)
    finally:
        monitor.close()  # again: nothing happens
