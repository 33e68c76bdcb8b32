"""The limits in force are worked out once for what the person changed."""

from __future__ import annotations

import sys

import pytest

from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.limits import limits_in_force


def test_the_same_changes_are_checked_once() -> None:
    first = limits_in_force({"cpu_on": 91.5})
    assert first.cpu_on == 91.5
    assert limits_in_force({"cpu_on": 91.5}) is first
    assert limits_in_force({"cpu_on": 92.5}).cpu_on == 92.5


def test_each_platform_has_its_own_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for platform, windows in (("linux", False), ("win32", True), ("linux", False)):
        monkeypatch.setattr(sys, "platform", platform)
        assert limits_in_force({}) == Thresholds.for_platform(windows=windows)


def test_what_makes_no_sense_is_left_out_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    changes = {"cpu_on": -17.25}
    for _ in range(3):
        assert limits_in_force(changes) == limits_in_force({})
    assert [record.getMessage() for record in caplog.records if "not used" in record.getMessage()] != []
    assert len(caplog.records) == 1
