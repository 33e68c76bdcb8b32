"""What a release of memory was asked to do and what it brought: the proof a person can see."""

from __future__ import annotations

import enum
from typing import Any

from autocut_tray.core.frozen import frozen

Json = dict[str, Any]

MIB = 1024 * 1024


class ResourceKind(enum.Enum):
    """What is tracked. The models are those of a server: ``MODEL_SHARDS`` on the graphics card,
    ``MODEL_WEIGHTS_CACHE`` in main memory."""

    MODEL_SHARDS = "model_shards"
    RENDER_CACHE = "render_cache"
    TEMP_BUFFERS = "temp_buffers"
    AUDIO_CACHE = "audio_cache"
    MODEL_WEIGHTS_CACHE = "model_weights_cache"
    SUBTITLE_INDEX = "subtitle_index"

    @property
    def is_model(self) -> bool:
        return self in (ResourceKind.MODEL_SHARDS, ResourceKind.MODEL_WEIGHTS_CACHE)


class ReleaseCause(enum.Enum):
    """Why memory is given back. ``WARN`` and ``EMERGENCY`` are the governor's memory levels, ``PRESSURE`` is its
    signal on VRAM or available RAM; in an order of urgency."""

    EXPIRED = "expired"
    ASKED = "asked"
    WARN = "warn"
    PRESSURE = "pressure"
    EMERGENCY = "emergency"

    @property
    def urgency(self) -> int:
        return list(ReleaseCause).index(self)


class ReleaseOutcome(enum.Enum):
    """``RELEASED``: as much came back as could be expected. ``PARTLY``: less, but worth it. ``KEPT``: hardly
    anything. ``UNMEASURED``: nobody can say. ``FAILED`` and ``TIMED_OUT``: its owner did not do it."""

    RELEASED = "released"
    PARTLY = "partly"
    KEPT = "kept"
    UNMEASURED = "unmeasured"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


@frozen
class ReleaseRecord:
    """One resource's part. ``claimed_bytes``: what it was to give back; ``freed_bytes``: what came back as measured,
    less than 0 when it grew meanwhile. None: not known. ``compressed``: it was to be made smaller before any
    of it was dropped."""

    kind: ResourceKind
    name: str
    claimed_bytes: int | None
    freed_bytes: int | None
    outcome: ReleaseOutcome
    compressed: bool = False

    def to_json(self) -> Json:
        return {
            "kind": self.kind.value,
            "name": self.name,
            "claimed_bytes": self.claimed_bytes,
            "freed_bytes": self.freed_bytes,
            "outcome": self.outcome.value,
            "compressed": self.compressed,
        }


@frozen
class MachineMemory:
    """What the system says, in bytes; None: not known. ``own``: what this process has in memory."""

    ram_available: int | None
    vram_used: int | None
    own: int | None


@frozen
class ReleaseReport:
    """One go at giving memory back. ``at``: seconds since the epoch; ``seconds``: until it had its effect or was
    given up; ``keep``: percent that caches were allowed to keep; ``id``: its place in the history, 0 while it has
    none."""

    at: float
    cause: ReleaseCause
    keep: float
    seconds: float
    records: tuple[ReleaseRecord, ...]
    before: MachineMemory
    after: MachineMemory
    id: int = 0

    @property
    def measured(self) -> bool:
        """Whether anybody can say what came back."""
        return any(record.freed_bytes is not None for record in self.records)

    @property
    def claimed_bytes(self) -> int:
        """Of those whose claim is known."""
        return sum(record.claimed_bytes or 0 for record in self.records)

    @property
    def freed_bytes(self) -> int:
        """Of those that were measured."""
        return sum(record.freed_bytes or 0 for record in self.records)

    def to_json(self) -> Json:
        return {
            "at": self.at,
            "cause": self.cause.value,
            "keep_percent": self.keep,
            "seconds": round(self.seconds, 2),
            "claimed_bytes": self.claimed_bytes,
            "freed_bytes": self.freed_bytes,
            "released": [record.to_json() for record in self.records],
            "ram_available_mib": [_mib(self.before.ram_available), _mib(self.after.ram_available)],
            "vram_used_mib": [_mib(self.before.vram_used), _mib(self.after.vram_used)],
        }


@frozen
class MemoryReleased:
    """Event: memory was given back, or was to be."""

    report: ReleaseReport


def _mib(bytes_: int | None) -> int | None:
    return None if bytes_ is None else round(bytes_ / MIB)
