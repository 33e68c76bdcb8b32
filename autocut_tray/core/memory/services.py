"""The parts that look after memory, together."""

from __future__ import annotations

from typing import Any

from autocut_tray.core.frozen import frozen
from autocut_tray.core.memory.budget import UnifiedMemoryManager
from autocut_tray.core.memory.guard import MemoryGuard
from autocut_tray.core.memory.overview import memory_document
from autocut_tray.core.memory.residency import Residency
from autocut_tray.core.memory.tracker import ResourceTracker


@frozen
class MemoryServices:
    """What this program holds, may hold and gives back."""

    tracker: ResourceTracker
    budget: UnifiedMemoryManager
    guard: MemoryGuard
    residency: Residency

    def document(self) -> dict[str, Any]:
        """The state of now, as the status has it."""
        return memory_document(
            self.tracker.statistics(),
            self.budget.get_memory_stats(),
            self.residency.listed,
            self.guard.reports,
        )
