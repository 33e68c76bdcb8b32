"""``alerts`` and the presets as people run them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from autocut_tray.bootstrap import build_services
from autocut_tray.core.alert import Alert, AlertKind, AlertLevel
from autocut_tray.core.clock import SystemClock
from autocut_tray.core.events import EventBus
from autocut_tray.core.monitor.history import History
from autocut_tray.core.paths import Paths
from autocut_tray.core.settings.presets import PRESETS
from autocut_tray.core.settings.schema import Settings, declared
from autocut_tray.core.settings.store import SettingsStore
from autocut_tray.instance_channel import open_channel
from tests.command_line import Run

pytestmark = pytest.mark.usefixtures("no_model_servers")


def alert(age: float, **changes: object) -> Alert:
    at = SystemClock().time() - age
    plain = Alert(0, at, AlertKind.CPU, AlertLevel.CRITICAL, 97.25, 90.0, 30.0, True, at + 120)
    return replace(plain, **changes)  # type: ignore[arg-type]


def store(paths: Paths, *alerts: Alert) -> None:
    history = History(paths.metrics_database, SystemClock())
    for one in alerts:
        history.alerts.add(one)
    history.close()


def test_before_anything_ran(run: Run) -> None:
    code, out, _ = run("alerts", "--json")
    document = json.loads(out)
    assert code == 0 and document["alerts"] == []
    assert {(one["alert"], one["warn"], one["critical"]) for one in document["limits"]} == {
        ("cpu", 70, 90),
        ("memory", 80, 95),
        ("queue", 500, 1000),
        ("response", 2, 5),
    }
    code, out, _ = run("alerts")
    assert code == 0 and "No alerts" in out and "cpu: warning above 70 %, critical above 90 %" in out


def test_what_was_stored_newest_first(run: Run, paths: Paths) -> None:
    store(paths, alert(300.0), alert(60.0, kind=AlertKind.MEMORY, scaled=False), alert(9 * 86_400.0))
    code, out, _ = run("alerts", "--json")
    found = json.loads(out)["alerts"]
    assert code == 0 and [one["alert"] for one in found] == ["memory", "cpu"]
    assert set(found[1]) >= {
        "at",
        "level",
        "metric",
        "value",
        "threshold",
        "held_s",
        "ended",
        "active",
        "text",
    }
    assert (found[0]["action"], found[1]["action"], found[1]["active"]) == ("critical", "scale", False)
    assert len(json.loads(run("alerts", "--days", "30", "--json")[1])["alerts"]) == 3
    code, out, _ = run("alerts")
    assert "Processor fully busy · over after 2 min" in out and "97.2 % busy for 30 s" in out
    code, out, _ = run("alerts", "--lang", "zh-CN")
    assert code == 0 and "处理器满负荷" in out and "减少同时描述的镜头数" in out


def test_muted_and_remembered(run: Run) -> None:
    code, out, _ = run("alerts", "--mute", "CPU")
    assert code == 0 and "cpu" in out
    assert "cpu: warning above 70 %, critical above 90 %, muted" in run("alerts")[1]
    code, out, _ = run("alerts", "--unmute", "cpu", "--json")
    assert code == 0 and not json.loads(out)["limits"][0]["muted"]


def test_an_alert_that_does_not_exist(run: Run) -> None:
    code, out, err = run("alerts", "--mute", "gpu", "--json")
    assert code == 2 and json.loads(out)["error"]["code"] == "no_such_alert"
    assert "cpu, memory, queue, response" in err


def test_the_running_program_is_asked_and_told(run: Run, paths: Paths) -> None:
    bus = EventBus()
    services = build_services(paths, SettingsStore(paths.settings_file, bus, {}), bus)
    channel = open_channel(services, lambda _: False)
    try:
        services.history.alerts.add(alert(10.0, ended=None))
        (one,) = json.loads(run("alerts", "--json")[1])["alerts"]
        assert one["ended"] is None and one["active"] is False, "what the last session left does not last"
        assert run("alerts", "--mute", "queue")[0] == 0
        assert services.settings.current.alerts.queue_muted
    finally:
        channel.close()
        services.close()


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset(run: Run, preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOCUT_MONITOR__RETENTION_DAYS", "90")
    code, out, err = run("settings", "--preset", preset, "--json")
    changed = {one["path"]: one["value"] for one in json.loads(out)["settings"]}
    expected = dict(PRESETS[preset])
    del expected["monitor.retention_days"]
    assert code == 0 and changed == expected
    assert "monitor.retention_days" in err, "what the environment decides is said"
    assert run("settings", "alerts.hold", "33")[0] == 0
    assert json.loads(run("settings", "alerts.hold", "--json")[1])["value"] == 33


def test_what_the_presets_are_for() -> None:
    """Longer intervals, 30 days and larger budgets; 5 s, verbose and smaller budgets."""
    usual = Settings()
    production, development = PRESETS["production"], PRESETS["development"]
    assert set(production) == set(development) and set(production) <= set(declared())
    for interval in ("monitor.busy_interval", "monitor.idle_interval"):
        assert production[interval] > development[interval]  # type: ignore[operator]
    assert (development["monitor.idle_interval"], development["monitor.verbose_log"]) == (5.0, True)
    assert (production["monitor.retention_days"], production["monitor.verbose_log"]) == (30, False)
    for budget, own in (
        ("memory.budget_mib", usual.memory.budget_mib),
        ("memory.picture_cache_mib", usual.memory.picture_cache_mib),
    ):
        assert production[budget] > own > development[budget]  # type: ignore[operator]


def test_a_preset_that_does_not_exist_or_is_not_alone(run: Run) -> None:
    code, _, err = run("settings", "--preset", "staging")
    assert code == 2 and "production, development" in err
    assert run("settings", "alerts", "--preset", "production")[0] == 2
    assert run("settings", "--reset", "--preset", "production")[0] == 2
