"""Every number of the control rules, each a setting with its default."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping
from dataclasses import field
from typing import Any, NamedTuple

from autocut_tray.core.errors import SettingsError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message


def _percent(default: float) -> Any:
    return field(default=default, metadata={"unit": "%", "max": 100.0})


def _mib(default: float) -> Any:
    return field(default=default, metadata={"unit": "MiB", "max": 1e9})


def _seconds(default: float) -> Any:
    return field(default=default, metadata={"unit": "s", "max": 1e9})


def _count(default: int) -> Any:
    return field(default=default, metadata={"unit": "count", "min": 1.0, "max": 10_000.0})


def _factor(default: float) -> Any:
    return field(default=default, metadata={"unit": "factor", "min": 1.0, "max": 1_000.0})


class RamLimits(NamedTuple):
    """The RAM limits of one machine, MiB of available memory."""

    on: float
    cancel: float
    off: float
    emergency_off: float


@frozen
class Thresholds:
    """The limits that the governor acts on; raises SettingsError when they make no sense together.

    Shares are percent, ``…_mib`` are MiB, ``…_samples``, ``…_units`` and other counts are whole numbers,
    everything else is seconds. ``metadata["unit"]`` of each field says which. The 85/75/90 %, 2 GiB, 30 % and
    512 MiB are the product's; what stands around them keeps them from oscillating.
    """

    _: dataclasses.KW_ONLY

    # VRAM of the chosen device, when our own model does not explain it.
    vram_on: float = _percent(85.0)
    vram_cancel: float = _percent(80.0)  # below this a signal that is still in its grace is forgotten
    vram_off: float = _percent(
        70.0
    )  # green: 15 points away, so that freeing our own cannot re-trigger at once
    vram_grace: float = _seconds(10.0)  # longer than the spike of a model load, short for one who watches
    vram_hard_free_mib: float = _mib(256.0)
    vram_hard_samples: int = _count(2)
    vram_reserve_mib: float = _mib(512.0)  # need + reserve must fit; see `for_platform`
    vram_foreign_slack_mib: float = _mib(
        512.0
    )  # others may grow this much since our load and we still explain it
    vram_unknown_grace: float = _seconds(30.0)

    # Available RAM, for tiers on this machine.
    ram_on_mib: float = _mib(2048.0)
    ram_cancel_mib: float = _mib(2560.0)
    ram_off_mib: float = _mib(3072.0)
    ram_grace: float = _seconds(10.0)
    ram_reserve_mib: float = _mib(512.0)
    small_ram_mib: float = _mib(
        10_240.0
    )  # with less RAM in total the limits shrink in proportion: `ram_limits`

    # Memory levels, by the share of RAM in use.
    warn_on: float = _percent(75.0)
    warn_off: float = _percent(70.0)
    warn_only_below_mib: float = _mib(8192.0)  # on large machines 25 % is a lot
    warn_clear_above_mib: float = _mib(9216.0)
    warn_grace: float = _seconds(10.0)
    warn_off_hold: float = _seconds(30.0)
    emergency_on: float = _percent(90.0)
    emergency_off_used: float = _percent(85.0)
    emergency_only_below_mib: float = _mib(4096.0)
    emergency_off_above_mib: float = _mib(6144.0)
    emergency_avail_mib: float = _mib(1024.0)
    emergency_off_avail_mib: float = _mib(2560.0)
    emergency_samples: int = _count(2)
    emergency_off_hold: float = _seconds(30.0)

    # Units of work: a scene, or at most eight frames.
    failure_rate: float = _percent(30.0)
    failure_window_units: int = _count(20)
    failure_min_units: int = _count(10)
    failure_max_age: float = _seconds(600.0)
    failure_streak: int = _count(3)  # in a row, of class resource or down
    slow_share: float = _percent(50.0)
    slow_floor: float = _seconds(60.0)
    slow_factor: float = _factor(5.0)  # times the median of the tier
    slow_baseline_units: int = _count(5)  # successes before a tier has a median to be slow against
    probation_units: int = _count(3)
    throttle_default: float = _seconds(60.0)  # for a "too many requests" that does not say how long
    crash_restarts: int = _count(4)
    crash_window: float = _seconds(60.0)

    # CPU load: never changes the tier.
    cpu_on: float = _percent(90.0)
    cpu_on_hold: float = _seconds(30.0)
    cpu_off: float = _percent(70.0)
    cpu_off_hold: float = _seconds(60.0)

    # The video editor: it goes first while it needs the machine; how eagerly, the person says.
    editor_grace: float = _seconds(5.0)  # longer than the work of a click, shorter than a playback

    # Recovery.
    green_hold: float = _seconds(60.0)
    cloud_green_hold: float = _seconds(0.0)  # from PAUSED to CLOUD
    backoff_base: float = _seconds(60.0)  # doubles with each failed recovery to a tier …
    backoff_max: float = _seconds(900.0)  # … up to this
    backoff_reset: float = _seconds(1800.0)  # healthy this long: the failed recoveries are forgotten
    breaker_open: float = _seconds(60.0)
    flap_changes: int = _count(3)
    flap_window: float = _seconds(900.0)
    flap_lock: float = _seconds(900.0)
    probe_timeout: float = _seconds(120.0)
    preferred_model_hold: float = _seconds(60.0)  # green this long on the smaller model after an EMERGENCY

    # Time.
    tick: float = _seconds(1.0)
    idle_tick: float = _seconds(5.0)
    gap: float = _seconds(5.0)  # between two ticks, at a tick of 1 s: suspend, debugger, stall
    sample_max_age: float = _seconds(3.0)  # an older reading is none; for whoever hands the samples on

    # For whoever acts on the decisions.
    reclaim_wait: float = _seconds(5.0)
    reclaim_poll: float = _seconds(0.25)
    reclaim_done: float = _percent(75.0)
    warn_cache_keep: float = _percent(50.0)
    unit_finish: float = _seconds(30.0)
    worker_term_wait: float = _seconds(2.0)
    disk_reserve_mib: float = _mib(512.0)
    notice_interval: float = _seconds(60.0)

    def __post_init__(self) -> None:
        for item in dataclasses.fields(self):
            _check(item, getattr(self, item.name))
        for chain in _ASCENDING:
            for low, high in itertools.pairwise(chain):
                if getattr(self, low) > getattr(self, high):
                    raise SettingsError(
                        "threshold_order",
                        message(
                            "threshold-order",
                            low=low,
                            low_value=f"{getattr(self, low):g}",
                            high=high,
                            high_value=f"{getattr(self, high):g}",
                        ),
                    )

    @classmethod
    def for_platform(cls, *, windows: bool) -> Thresholds:
        """The defaults; 768 MiB of VRAM in reserve on Windows, where the driver spills into RAM and does not fail."""
        return cls(vram_reserve_mib=768.0) if windows else cls()

    def with_overrides(self, changes: Mapping[str, float]) -> Thresholds:
        """These limits with some changed by name; ``_mib`` at the end of a name may be left out.

        A limit that was not named and would now stand on the wrong side of a named one keeps its distance to it,
        so that ``vram_on = 60`` does not ask for two more numbers. Raises SettingsError.
        """
        named = {resolve_name(name): value for name, value in changes.items()}
        values = {name: getattr(self, name) for name in _FIELDS} | named
        for chain in _ASCENDING:
            anchor = next((name for name in chain if name in named), None)
            if anchor is None or all(values[a] <= values[b] for a, b in itertools.pairwise(chain)):
                continue
            shift = values[anchor] - getattr(self, anchor)
            for name in chain:
                if name not in named:
                    top = _FIELDS[name].metadata["max"]
                    values[name] = min(max(values[name] + shift, 0.0), top)
        counts = {
            name: _whole(name, values[name]) for name in named if _FIELDS[name].metadata["unit"] == "count"
        }
        return Thresholds(**(values | counts))

    def ram_limits(self, total_mib: float) -> RamLimits:
        """The RAM limits for a machine with this much memory.

        2 and 3 GiB are 0.2 and 0.3 of 10 GiB: below that they shrink with the machine, or it would never leave
        WARN. Leaving EMERGENCY never asks for more than green does.
        """
        scale = min(1.0, total_mib / self.small_ram_mib) if self.small_ram_mib else 1.0
        off = self.ram_off_mib * scale
        return RamLimits(
            self.ram_on_mib * scale,
            self.ram_cancel_mib * scale,
            off,
            min(self.emergency_off_avail_mib, off),
        )


_FIELDS = {item.name: item for item in dataclasses.fields(Thresholds)}

UNITS: Mapping[str, str] = {name: item.metadata["unit"] for name, item in _FIELDS.items()}
"""The unit of every limit by its name: %, MiB, s, count, factor."""

_ASCENDING = (
    ("vram_off", "vram_cancel", "vram_on"),
    ("ram_on_mib", "ram_cancel_mib", "ram_off_mib"),
    ("warn_off", "warn_on"),
    ("warn_only_below_mib", "warn_clear_above_mib"),
    ("emergency_off_used", "emergency_on"),
    ("emergency_only_below_mib", "emergency_off_above_mib"),
    ("emergency_avail_mib", "emergency_off_avail_mib"),
    ("failure_min_units", "failure_window_units"),
    ("failure_streak", "failure_window_units"),
    ("cpu_off", "cpu_on"),
    ("backoff_base", "backoff_max"),
)
"""Limits that make sense only in this order; equal ones have no hysteresis between them, which is allowed."""


def resolve_name(name: str) -> str:
    """The full name of a threshold; raises SettingsError for one that does not exist."""
    for candidate in (name, f"{name}_mib"):
        if candidate in _FIELDS:
            return candidate
    raise SettingsError("threshold_unknown", message("threshold-unknown", name=name))


def _check(item: dataclasses.Field[Any], value: float) -> None:
    low, high = item.metadata.get("min", 0.0), item.metadata["max"]
    if not (math.isfinite(value) and low <= value <= high):
        raise SettingsError(
            "threshold_range",
            message(
                "threshold-range", name=item.name, value=f"{value:g}", low=f"{low:g}", high=f"{high:.0f}"
            ),
        )


def _whole(name: str, value: float) -> int:
    if not math.isfinite(value) or value != int(value):
        raise SettingsError("threshold_whole", message("threshold-whole", name=name, value=f"{value:g}"))
    return int(value)
