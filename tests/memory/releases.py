"""Reports of releases as tests need them."""

from __future__ import annotations

from autocut_tray.core.release import (
    MachineMemory,
    ReleaseCause,
    ReleaseOutcome,
    ReleaseRecord,
    ReleaseReport,
    ResourceKind,
)


def release(
    at: float,
    freed: int | None,
    outcome: ReleaseOutcome = ReleaseOutcome.RELEASED,
    cause: ReleaseCause = ReleaseCause.WARN,
) -> ReleaseReport:
    """Of a model of 2 GiB on the card, at ``at`` (seconds since the epoch)."""
    record = ReleaseRecord(ResourceKind.MODEL_SHARDS, "moondream:latest", 2 * 2**30, freed, outcome)
    machine = MachineMemory(ram_available=8 * 2**30, vram_used=3 * 2**30, own=80 * 2**20)
    return ReleaseReport(at, cause, 50.0, 0.8, (record,), machine, machine)
