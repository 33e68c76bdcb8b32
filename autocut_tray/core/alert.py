"""An alert: a reading that stood beyond a limit for a while, and what was done about it."""

from __future__ import annotations

import enum
from typing import Any

from autocut_tray.core.frozen import frozen

Json = dict[str, Any]


class AlertKind(enum.Enum):
    """What is watched; there is one alert of each kind."""

    CPU = "cpu"
    MEMORY = "memory"
    QUEUE = "queue"
    RESPONSE = "response"

    @property
    def metric(self) -> str:
        """What is measured, as receipts name it; its unit is in the name."""
        return _METRICS[self]


_METRICS = {
    AlertKind.CPU: "cpu_percent",
    AlertKind.MEMORY: "ram_percent",
    AlertKind.QUEUE: "queue_length",
    AlertKind.RESPONSE: "response_s",
}


class AlertLevel(enum.Enum):
    """How far beyond; OK while it is not."""

    OK = "ok"
    WARN = "warn"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {AlertLevel.OK: 0, AlertLevel.WARN: 1, AlertLevel.CRITICAL: 2}


@frozen
class Alert:
    """One crossing. ``at``: when it was raised, ``ended``: when its level was left, seconds since the epoch; None
    while it lasts, and for one whose end nobody saw.

    ``value`` and ``threshold`` in the unit of the metric, ``held_s``: how long it had stood beyond by then.
    ``scaled``: fewer scenes are described at once because of it. ``id`` 0: not stored.
    """

    id: int
    at: float
    kind: AlertKind
    level: AlertLevel
    value: float
    threshold: float
    held_s: float
    scaled: bool
    ended: float | None = None

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "at": self.at,
            "alert": self.kind.value,
            "level": self.level.value,
            "action": "scale" if self.scaled else self.level.value,
            "metric": self.kind.metric,
            "value": self.value,
            "threshold": self.threshold,
            "held_s": self.held_s,
            "ended": self.ended,
        }
