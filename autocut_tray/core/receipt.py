"""Proof of a decision: what was measured, against what, for how long, and what changed."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


class ReceiptKind(enum.Enum):
    TIER = "tier"
    MEMORY = "memory"
    MANUAL = "manual"
    SCALE = "scale"
    """How many scenes are described at once: ``from`` and ``to`` are numbers."""
    DEADLINE = "deadline"
    """One job alone goes another way to keep its time limit."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One change of tier, memory level or scenes at once, of everything or (``DEADLINE``) of one job.

    ``at``: seconds since the epoch; ``metric``: what was measured (``vram_percent``, ``ram_available_mib``,
    ``failure_rate`` …); ``held_s``: how long it stood over the limit. ``policy_before``/``policy_after``:
    ``{"tier", "model", "max_scenes"}`` or ``{"tier", "concurrency"}``. ``context``: the five values before.
    ``better``: True for a recovery, False for a step down, None where that makes no sense.
    """

    id: int
    at: float
    kind: ReceiptKind
    from_: str
    to: str
    cause: str
    metric: str | None
    value: float | None
    threshold: float | None
    held_s: float | None
    policy_before: Json
    policy_after: Json
    expected_s_per_scene: float | None
    undone: bool
    better: bool | None
    context: tuple[Json, ...] = ()

    def to_json(self) -> Json:
        return {
            "at": self.at,
            "kind": self.kind.value,
            "from": self.from_,
            "to": self.to,
            "cause": self.cause,
            "metric": self.metric,
            "value": self.value,
            "threshold": self.threshold,
            "held_s": self.held_s,
            "policy_before": self.policy_before,
            "policy_after": self.policy_after,
            "expected_s_per_scene": self.expected_s_per_scene,
            "undone": self.undone,
        }
