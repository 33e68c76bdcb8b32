"""When jobs that wait are tried again."""

from __future__ import annotations

from autocut_tray.core.jobs.queue import JobQueue
from autocut_tray.core.policy.controller import ControllerChanged
from autocut_tray.core.policy.governor_types import MemoryLevel, Tier


class Resumer:
    """Puts waiting jobs back in line when another tier or model works, or an emergency is over."""

    def __init__(self, jobs: JobQueue) -> None:
        self._jobs = jobs
        self._works: tuple[Tier, str | None] = (Tier.PAUSED, None)
        self._emergency = False

    def on_change(self, event: ControllerChanged) -> None:
        now = (event.state.tier, event.state.model)
        emergency = event.state.level is MemoryLevel.EMERGENCY
        works = now != self._works and event.state.tier is not Tier.PAUSED
        over = self._emergency and not emergency
        self._works, self._emergency = now, emergency
        if works or over:
            self._jobs.requeue_waiting()
        self._jobs.wake()
