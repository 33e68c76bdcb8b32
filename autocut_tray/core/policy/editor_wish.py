"""When the video editor has this machine for itself, by the person's wish."""

from __future__ import annotations

from autocut_tray.core.sample import MetricsSample
from autocut_tray.core.settings.schema import Settings


def editor_claims(settings: Settings, sample: MetricsSample) -> bool:
    """Whether the video editor goes first now, by what the person said; what is not known claims nothing."""
    match settings.policy.editor_first:
        case "open":
            return sample.resolve_running is True
        case "busy":
            return sample.resolve_busy is True
        case _:
            return False
