"""The limits in force: the product's for this platform, with what the person changed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping

from autocut_tray.core.errors import SettingsError
from autocut_tray.core.policy.governor_thresholds import Thresholds

log = logging.getLogger(__name__)


def limits_in_force(changes: Mapping[str, float]) -> Thresholds:
    """Changes that make no sense, alone or together, are left out and said in the log."""
    defaults = Thresholds.for_platform(windows=sys.platform == "win32")
    if not changes:
        return defaults
    try:
        return defaults.with_overrides(changes)
    except SettingsError as error:
        log.warning("Limits are not used: %s", error)
        return defaults
