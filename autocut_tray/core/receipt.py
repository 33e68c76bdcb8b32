"""Proof of a decision: what was measured, against what, for how long, and what changed."""

from __future__ import annotations

import enum
from typing import Any

from autocut_tray.core.frozen import frozen

Json = dict[str, Any]


class ReceiptKind(enum.Enum):
    TIER = "tier"
    MEMORY = "memory"
    MANUAL = "manual"
    SCALE = "scale"
    """How many scenes are described at once: ``from`` and ``to`` are numbers."""
    DEADLINE = "deadline"
    """One job alone goes another way to keep its time limit."""


class HeldMemory(enum.Enum):
    VRAM = "vram"
    RAM = "ram"


@frozen
class HeldBy:
    """A program and what it held of the memory in question, MiB."""

    name: str
    mib: int


@frozen
class Holders:
    """Who held the memory when it ran short, largest first. ``rest_mib``: what was in use besides, by nobody that is
    named; None where that is not known."""

    memory: HeldMemory
    programs: tuple[HeldBy, ...]
    rest_mib: int | None

    def to_json(self) -> Json:
        programs = [{"name": one.name, "mib": one.mib} for one in self.programs]
        return {"memory": self.memory.value, "programs": programs, "rest_mib": self.rest_mib}

    @classmethod
    def from_json(cls, found: Json) -> Holders:
        programs = tuple(HeldBy(one["name"], one["mib"]) for one in found["programs"])
        return cls(HeldMemory(found["memory"]), programs, found["rest_mib"])


@frozen
class StillHeld:
    """A model that was to go and is still there; ``bytes``: of what it was to give back."""

    name: str
    bytes: int


@frozen
class GivenBack:
    """What this program gave back because of the change. ``freed_bytes``: as measured, None where nobody can say;
    ``claimed_bytes``: what it was to be, 0 when there was nothing to give; ``seconds``: until it was free."""

    freed_bytes: int | None
    claimed_bytes: int
    seconds: float
    still: tuple[StillHeld, ...] = ()

    def to_json(self) -> Json:
        still = [{"name": one.name, "bytes": one.bytes} for one in self.still]
        return {
            "freed_bytes": self.freed_bytes,
            "claimed_bytes": self.claimed_bytes,
            "seconds": self.seconds,
            "still": still,
        }

    @classmethod
    def from_json(cls, found: Json) -> GivenBack:
        still = tuple(StillHeld(one["name"], one["bytes"]) for one in found["still"])
        return cls(found["freed_bytes"], found["claimed_bytes"], found["seconds"], still)


@frozen
class Receipt:
    """One change of tier, memory level or scenes at once, of everything or (``DEADLINE``) of one job.

    ``at``: seconds since the epoch; ``metric``: what was measured (``vram_percent``, ``ram_available_mib``,
    ``failure_rate`` …); ``held_s``: how long it stood over the limit. ``policy_before``/``policy_after``:
    ``{"tier", "model", "max_scenes", "concurrency"}``, as far as the change is about them. ``context``: the five
    values before. ``better``: True for a recovery, False for a step down, None where that makes no sense.
    ``held_by`` and ``freed``: None where nobody knows; the latter comes when the memory did, after the change.
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
    held_by: Holders | None = None
    freed: GivenBack | None = None

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
            "held_by": None if self.held_by is None else self.held_by.to_json(),
            "freed": None if self.freed is None else self.freed.to_json(),
        }
