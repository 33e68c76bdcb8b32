"""What there is room for now: the readings and settings that the number of videos side by side follows from."""

from __future__ import annotations

from autocut_tray.core.alerts.scale import ConcurrencyScale
from autocut_tray.core.frozen import frozen
from autocut_tray.core.jobs.side_by_side import Situation
from autocut_tray.core.memory.budget import MIB, UnifiedMemoryManager
from autocut_tray.core.policy.controller import Controller
from autocut_tray.core.policy.limits import limits_in_force
from autocut_tray.core.runtime.profile import RuntimeProfile
from autocut_tray.core.sample import MetricsSample
from autocut_tray.core.settings.schema import Settings


@frozen
class Room:
    """Those who know about the machine and what runs on it."""

    controller: Controller
    budget: UnifiedMemoryManager
    scale: ConcurrencyScale

    def situation(
        self, running: int, settings: Settings, profile: RuntimeProfile | None, sample: MetricsSample | None
    ) -> Situation:
        """``running``: videos under way."""
        state, governor = self.controller.state, self.controller.governor_state
        stats = self.budget.get_memory_stats()
        chosen = settings.analysis.videos_at_once
        return Situation(
            chosen=None if chosen == "auto" else int(chosen),
            running=running,
            tier=state.shown_tier,
            profile_class=profile.profile_class if profile else None,
            threads=profile.cpu.threads if profile else None,
            level=state.level,
            spare_ram=_spare_ram(settings, sample),
            spare_budget=(stats.limit - stats.used - stats.waiting_bytes) / MIB,
            throttled=governor.cpu_throttled,
            alerted=bool(self.scale.asking),
            editor=governor.editor_first,
        )


def _spare_ram(settings: Settings, sample: MetricsSample | None) -> float | None:
    """MiB beyond what the control rules keep available; None while that is not measured."""
    if sample is None or sample.ram_available is None or sample.ram_total is None:
        return None
    return sample.ram_available - limits_in_force(settings.limits).ram_limits(sample.ram_total).off
