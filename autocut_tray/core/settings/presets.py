"""Two sets of settings to start one's own from: a workstation left alone, and one that is being worked on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from autocut_tray.core.settings.store import SettingsStore

PRESETS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        # Few readings, long history, room for much work at once, alerts only for what lasts.
        "production": MappingProxyType(
            {
                "monitor.busy_interval": 2.0,
                "monitor.idle_interval": 8.0,
                "monitor.retention_days": 30,
                "monitor.verbose_log": False,
                "alerts.hold": 60.0,
                "alerts.clear": 120.0,
                "alerts.cooldown": 900.0,
                "memory.budget_mib": 512,
                "memory.picture_cache_mib": 64,
            }
        ),
        # Everything is seen soon and written down, little of it is kept, and a lack of memory shows early.
        "development": MappingProxyType(
            {
                "monitor.busy_interval": 1.0,
                "monitor.idle_interval": 5.0,
                "monitor.retention_days": 7,
                "monitor.verbose_log": True,
                "alerts.hold": 10.0,
                "alerts.clear": 20.0,
                "alerts.cooldown": 60.0,
                "memory.budget_mib": 128,
                "memory.picture_cache_mib": 12,
            }
        ),
    }
)


def apply_preset(store: SettingsStore, name: str) -> tuple[str, ...]:
    """Make the values of a preset the person's own; returns the settings that stay as the environment has them.

    Raises SettingsError, and changes nothing then.
    """
    fixed = tuple(path for path in PRESETS[name] if store.from_environment(path))
    store.apply({path: value for path, value in PRESETS[name].items() if path not in fixed})
    return fixed
