"""What this program holds, may hold and gave back, as the document that other programs read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autocut_tray.core.memory.budget import MemoryStats
from autocut_tray.core.memory.residency import Resident
from autocut_tray.core.memory.tracker import TrackerStatistics
from autocut_tray.core.release import ReleaseReport

Json = dict[str, Any]

LAST_REPORTS = 5


def memory_document(
    tracked: TrackerStatistics,
    budget: MemoryStats,
    models: Sequence[tuple[Resident, bool]],
    reports: Sequence[ReleaseReport],
) -> Json:
    """Sizes in bytes. ``models``: those in the servers' memory, and whether they are ours."""
    return {
        "tracked": tracked_document(tracked),
        "budget": budget_document(budget),
        "models": [
            {
                "server": resident.backend.value,
                "model": resident.model,
                "ours": ours,
                "size_bytes": resident.size_bytes,
                "vram_bytes": resident.vram_bytes,
            }
            for resident, ours in models
        ],
        "released": [report.to_json() for report in reports[-LAST_REPORTS:]],
    }


def tracked_document(tracked: TrackerStatistics) -> Json:
    """``unknown`` counts resources that do not say their size."""
    return {
        "count": tracked.count,
        "bytes": tracked.bytes,
        "unknown": tracked.unknown,
        "in_use": tracked.in_use,
        "registered": tracked.registered,
        "forgotten": tracked.forgotten,
        "lost": tracked.lost,
        "by_kind": {
            kind.value: {"count": part.count, "bytes": part.bytes, "unknown": part.unknown}
            for kind, part in tracked.by_kind.items()
        },
    }


def budget_document(budget: MemoryStats) -> Json:
    return {
        "limit_bytes": budget.limit,
        "used_bytes": budget.used,
        "peak_bytes": budget.peak,
        "leases": budget.leases,
        "waiting": budget.waiting,
        "waiting_bytes": budget.waiting_bytes,
        "granted": budget.granted,
        "waited": budget.waited,
        "leaked": budget.leaked,
        "leaked_bytes": budget.leaked_bytes,
        "collections": budget.collections,
        "gc_threshold": budget.gc_threshold,
        "by_stage": dict(budget.by_stage),
    }
