"""Metrics, alerts, intervals and reports through the library's face, in this process and beside a running program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from autocut_tray import monitoring
from autocut_tray.core.errors import AutoCutError, SettingsError, UsageError
from autocut_tray.core.events import EventBus
from autocut_tray.core.paths import Paths
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.monitoring import RuntimeMonitor, _There, get_runtime_monitor


@pytest.fixture
def monitor(
    autocut_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RuntimeMonitor]:
    monkeypatch.setenv("LMSTUDIO_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    monkeypatch.setenv("AUTOCUT_UI__LANGUAGE", "en")
    with get_runtime_monitor() as opened:
        yield opened


def stored(autocut_home: Path) -> SettingsStore:
    paths = Paths.below(autocut_home)
    return SettingsStore(paths.settings_file, EventBus(), {}, ())


def test_in_this_process(
    monitor: RuntimeMonitor, autocut_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_alerts(monitor, autocut_home)
    check_reports(monitor, tmp_path)
    # The same from another process' side: this one is now the running program.
    beside = RuntimeMonitor(_There(Paths.below(autocut_home)), monitor._clock)
    beside.set_alert("cpu", warn=61)
    assert monitor._core.settings().current.alerts.cpu_warn == 61.0, "the running program took it over"
    assert beside.generate_report("last_1h")["samples"] >= 0 and beside.get_current_metrics()
    monkeypatch.setenv("AUTOCUT_ALERTS__QUEUE_WARN", "7")
    with pytest.raises(SettingsError) as caught:
        beside.set_alert("queue", warn=9)
    assert caught.value.code == "setting_from_environment", "no change that would have no effect"


def check_alerts(monitor: RuntimeMonitor, autocut_home: Path) -> None:
    monitor.set_alert("cpu", warn=80, critical=95, scale="never")
    monitor.set_alert("memory", muted=True)
    monitor.configure_alerts({"queue": {"warn": 50}, "response": {"critical": 8.5}}, hold=20, cooldown=60)
    monitor.set_intervals(busy=2)
    alerts, intervals = stored(autocut_home).current.alerts, stored(autocut_home).current.monitor
    assert (alerts.cpu_warn, alerts.cpu_critical, alerts.cpu_scale) == (80.0, 95.0, "never")
    assert alerts.memory_muted and alerts.memory_warn == 80.0
    assert (alerts.queue_warn, alerts.response_critical, alerts.hold) == (50, 8.5, 20.0)
    assert (intervals.busy_interval, intervals.idle_interval) == (2.0, 8.0)
    for wrong, error in (
        (lambda: monitor.set_alert("gremlins", warn=1), UsageError),
        (lambda: monitor.set_alert("queue", scale="warn"), SettingsError),
        (lambda: monitor.set_alert("cpu", warn=101), SettingsError),
        (lambda: monitor.configure_alerts({"cpu": {"warn": 50}, "memory": {"warn": -1}}), SettingsError),
        (lambda: monitor.configure_alerts({"cpu": {"colour": 1}}), SettingsError),
        (lambda: monitor.set_intervals(idle=3600), SettingsError),
    ):
        with pytest.raises(error):
            wrong()
    assert stored(autocut_home).current.alerts.cpu_warn == 80.0, "all or none"


def check_reports(monitor: RuntimeMonitor, folder: Path) -> None:
    metrics = monitor.get_current_metrics()
    assert {"gpu", "memory", "cpu", "tasks"} <= set(metrics)
    report = monitor.generate_report("last_1h")
    assert report["period"] == "last_1h" and report["to"] - report["from"] == 3600
    assert report["work"]["described"] == 0 and report["findings"]["happened"]
    for name, form, begin in (
        ("a.csv", None, b"\xef\xbb\xbf"),
        ("b.txt", None, b"{"),
        ("c", "csv", b"\xef\xbb\xbf"),
    ):
        file = monitor.export_report(folder / name, "last_7d", form)
        assert file == folder / name and file.read_bytes().startswith(begin)
    assert json.loads((folder / "b.txt").read_text("utf-8"))["period"] == "last_7d"
    with pytest.raises(UsageError):
        monitor.generate_report("forever")
    with pytest.raises(UsageError):
        monitor.export_report(folder / "d", form="docx")
    with pytest.raises(AutoCutError):
        monitor.export_report(folder / "a.csv" / "d.json")


def test_the_names_that_were_asked_for_are_there() -> None:
    names = "get_current_metrics set_alert configure_alerts set_intervals generate_report export_report"
    for name in names.split():
        assert getattr(monitoring.RuntimeMonitor, name).__doc__, name
