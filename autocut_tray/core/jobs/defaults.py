"""What jobs and scans are told unless somebody says otherwise: the person's settings."""

from __future__ import annotations

from autocut_tray.core.footage import ScanMode
from autocut_tray.core.jobs.job import JobOptions
from autocut_tray.core.media.options import ScanOptions
from autocut_tray.core.policy.policy import ExecutionPolicy
from autocut_tray.core.settings.schema import Settings


def scan_options(settings: Settings, policy: ExecutionPolicy | None, language: str) -> ScanOptions:
    """``language``: of descriptions, and so of the subtitles that are preferred."""
    chosen = settings.analysis
    return ScanOptions(
        min_scene=chosen.min_scene_seconds,
        sensitivity=chosen.sensitivity,
        image_px=policy.vision.image_px if policy else 768,
        language=language,
        mode=ScanMode(chosen.scan_mode),
        pictures=chosen.pictures_per_scene,
    )


def default_options(settings: Settings, shown: str) -> JobOptions:
    """``shown``: the language of the program."""
    return JobOptions(language=description_language(settings, shown))


def description_language(settings: Settings, shown: str) -> str:
    """The language of descriptions; ``shown``: that of the program, which "auto" follows."""
    wanted = settings.analysis.description_language
    return shown if wanted == "auto" else wanted
