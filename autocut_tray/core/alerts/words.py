"""An alert in words."""

from __future__ import annotations

from autocut_tray.core.alert import Alert
from autocut_tray.core.messages import Message, message


def title(alert: Alert) -> Message:
    """What is the matter, in two or three words."""
    return message(f"alert-{alert.kind.value}-{alert.level.value}")


def why(alert: Alert) -> Message:
    """What was measured, for how long, against which limit, and what was done."""
    reason = message(
        f"alert-{alert.kind.value}-why",
        value=_figure(alert.value),
        limit=_figure(alert.threshold),
        held=f"{alert.held_s:.0f}",
    )
    return message("alert-scaled", why=reason) if alert.scaled else reason


def _figure(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
