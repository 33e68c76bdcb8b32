"""What helps someone else to understand this machine, as text for the clipboard; no paths, no secrets."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6.QtCore import qVersion

from autocut_tray import __version__
from autocut_tray.core.log import SECRETS

if TYPE_CHECKING:
    from autocut_tray.bootstrap import Services


def diagnostics(services: Services) -> str:
    """Versions, the machine in sentences, what runs where and why, the last reading."""
    t = services.translator.text
    state, sample = services.controller.state, services.monitor.latest
    lines = [
        f"AutoCut Director {__version__}",
        f"Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}",
        f"tier {state.tier.value} (base {state.base.value}), memory {state.level.value}: {t(state.reason)}",
    ]
    explanation = services.detection.explanation
    if explanation is not None:
        lines += [t(sentence) for sentence in explanation.sentences]
    profile = services.detection.profile
    if profile is not None:
        lines += [f"probe {report.name}: {report.outcome.value}, {report.ms} ms" for report in profile.probes]
    if sample is not None:
        lines.append(
            f"VRAM {sample.vram_used}/{sample.vram_total} MiB ({sample.vram_source}), RAM available "
            f"{sample.ram_available}/{sample.ram_total} MiB, CPU {sample.cpu_percent} %, "
            f"jobs {sample.running} running, {sample.queued} waiting"
        )
    return SECRETS.redact("\n".join(lines))
