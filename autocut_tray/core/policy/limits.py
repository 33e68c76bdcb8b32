"""The limits in force: the product's for this platform, with what the person changed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from functools import lru_cache

from autocut_tray.core.errors import SettingsError
from autocut_tray.core.policy.governor_thresholds import Thresholds

log = logging.getLogger(__name__)


def limits_in_force(changes: Mapping[str, float]) -> Thresholds:
    """Changes that make no sense, alone or together, are left out and said in the log."""
    return _in_force(tuple(changes.items()), windows=sys.platform == "win32")


@lru_cache(maxsize=8)  # asked for with every reading and every drawing; checking 35 limits takes 0.3 ms
def _in_force(changes: tuple[tuple[str, float], ...], *, windows: bool) -> Thresholds:
    defaults = Thresholds.for_platform(windows=windows)
    if not changes:
        return defaults
    try:
        return defaults.with_overrides(dict(changes))
    except SettingsError as error:
        log.warning("Limits are not used: %s", error)
        return defaults
