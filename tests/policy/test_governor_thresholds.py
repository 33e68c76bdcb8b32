"""Limits: defaults, overrides by name, and what makes no sense."""

from __future__ import annotations

import dataclasses
import math

import pytest

from autocut_tray.core.errors import SettingsError
from autocut_tray.core.policy.governor_thresholds import Thresholds

NAMES = [item.name for item in dataclasses.fields(Thresholds)]


def test_the_products_numbers() -> None:
    limits = Thresholds()
    assert (limits.vram_on, limits.ram_on_mib, limits.failure_rate) == (85.0, 2048.0, 30.0)
    assert (limits.warn_on, limits.emergency_on) == (75.0, 90.0)
    assert limits.vram_reserve_mib == limits.ram_reserve_mib == limits.disk_reserve_mib == 512.0


def test_windows_keeps_more_vram_in_reserve() -> None:
    assert Thresholds.for_platform(windows=True).vram_reserve_mib == 768.0
    assert Thresholds.for_platform(windows=False) == Thresholds()


@pytest.mark.parametrize("item", dataclasses.fields(Thresholds), ids=NAMES)
def test_every_limit_has_a_unit_and_can_be_named(item: dataclasses.Field[float]) -> None:
    assert item.metadata["unit"] in {"%", "MiB", "s", "count", "factor"}
    assert item.name.endswith("_mib") == (item.metadata["unit"] == "MiB")
    default = getattr(Thresholds(), item.name)
    assert Thresholds().with_overrides({item.name: float(default)}) == Thresholds()


def test_mib_may_be_left_out() -> None:
    assert Thresholds().with_overrides({"ram_on": 1500, "warn_only_below": 7000}) == Thresholds(
        ram_on_mib=1500.0, warn_only_below_mib=7000.0
    )


def test_limits_that_were_not_named_make_room() -> None:
    limits = Thresholds().with_overrides({"vram_on": 60})
    assert (limits.vram_off, limits.vram_cancel, limits.vram_on) == (45.0, 55.0, 60.0)
    limits = Thresholds().with_overrides({"ram_on": 60_000})
    assert (limits.ram_on_mib, limits.ram_cancel_mib, limits.ram_off_mib) == (60_000.0, 60_512.0, 61_024.0)
    limits = Thresholds().with_overrides({"vram_off": 95})
    assert (limits.vram_off, limits.vram_cancel, limits.vram_on) == (95.0, 100.0, 100.0)


def test_limits_that_are_in_order_stay() -> None:
    limits = Thresholds().with_overrides({"vram_on": 90})
    assert (limits.vram_off, limits.vram_cancel) == (70.0, 80.0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"vram_onn": 90}, "threshold_unknown"),
        ({"vram_on": 101}, "threshold_range"),
        ({"vram_on": -1}, "threshold_range"),
        ({"vram_grace": math.nan}, "threshold_range"),
        ({"failure_streak": 2.5}, "threshold_whole"),
        ({"failure_streak": math.inf}, "threshold_whole"),
        ({"failure_streak": 0}, "threshold_range"),
        ({"vram_on": 60, "vram_off": 65}, "threshold_order"),
        ({"failure_min_units": 30, "failure_window_units": 20}, "threshold_order"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, float], code: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Thresholds().with_overrides(changes)
    assert caught.value.code == code
    assert caught.value.message.code == code.replace("_", "-")


def test_ram_limits_shrink_below_ten_gib() -> None:
    limits = Thresholds()
    assert limits.ram_limits(16_384.0) == (2048.0, 2560.0, 3072.0, 2560.0)
    assert limits.ram_limits(10_240.0) == (2048.0, 2560.0, 3072.0, 2560.0)
    assert limits.ram_limits(8192.0) == pytest.approx((1638.4, 2048.0, 2457.6, 2457.6))
    assert Thresholds(small_ram_mib=0).ram_limits(4096.0) == (2048.0, 2560.0, 3072.0, 2560.0)
