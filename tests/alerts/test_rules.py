"""From settings to rules, and from a reading to what is watched."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocut_tray.core.alert import AlertKind, AlertLevel
from autocut_tray.core.alerts.rules import Rule, mute_setting, readings, rules_of
from autocut_tray.core.settings.presets import PRESETS
from autocut_tray.core.settings.schema import Alerts, declared, fit
from tests.monitor.test_history import SAMPLE


def test_the_limits_of_the_product() -> None:
    limits = {kind.value: (rule.warn, rule.critical) for kind, rule in rules_of(Alerts()).items()}
    assert limits == {"cpu": (70, 90), "memory": (80, 95), "queue": (500, 1000), "response": (2, 5)}
    scales = {kind.value for kind, rule in rules_of(Alerts()).items() if rule.scale is AlertLevel.CRITICAL}
    assert scales == {"cpu", "memory", "response"}, "a long queue is no reason to do less"


@given(st.floats(1, 100), st.floats(1, 100))
def test_limits_in_the_wrong_order_make_one(warn: float, critical: float) -> None:
    rule = rules_of(Alerts(cpu_warn=warn, cpu_critical=critical))[AlertKind.CPU]
    assert rule.critical == critical and rule.warn == min(warn, critical)


def test_a_floor_raises_both_limits() -> None:
    rule = Rule(2.0, 5.0, 30, 60, 300)
    assert rule.at_least(1.5) is rule
    higher = rule.at_least(8.0)
    assert (higher.warn, higher.critical) == (8.0, 20.0)


def test_every_alert_has_a_mute_that_is_a_setting() -> None:
    for kind in AlertKind:
        assert declared()[mute_setting(kind)].kind is bool
        assert rules_of(replace(Alerts(), **{f"{kind.value}_muted": True}))[kind].muted


@pytest.mark.parametrize(
    ("changes", "kind", "value"),
    [
        ({"cpu_percent": None}, AlertKind.CPU, None),
        ({"cpu_percent": float("nan")}, AlertKind.CPU, None),
        ({"cpu_percent": 100.4}, AlertKind.CPU, None),
        ({"cpu_percent": -1.0}, AlertKind.CPU, None),
        ({"cpu_percent": 88.0}, AlertKind.CPU, 88.0),
        ({"ram_available": None}, AlertKind.MEMORY, None),
        ({"ram_total": 0}, AlertKind.MEMORY, None),
        ({"ram_available": 4096}, AlertKind.MEMORY, 75.0),
        ({"queued": 501}, AlertKind.QUEUE, 501.0),
        ({"processing_s": None}, AlertKind.RESPONSE, None),
        ({"processing_s": 2.5}, AlertKind.RESPONSE, 2.5),
    ],
)
def test_what_cannot_be_is_unknown(changes: dict[str, object], kind: AlertKind, value: float | None) -> None:
    assert readings(replace(SAMPLE, **changes))[kind] == value  # type: ignore[arg-type]


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_possible_settings(preset: str) -> None:
    for path, value in PRESETS[preset].items():
        assert fit(declared()[path], value) == value, path
    assert PRESETS["production"].keys() == PRESETS["development"].keys(), "one undoes the other"
