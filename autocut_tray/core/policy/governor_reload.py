"""The progressive return of models after an EMERGENCY."""

from __future__ import annotations

from autocut_tray.core.policy.governor_spell import Spell
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import ModelStage, ModelStageChange


class ModelReload:
    """Says which model to load: the small one after an EMERGENCY, until a local tier has held with it for a while."""

    def __init__(self, limits: Thresholds) -> None:
        self._limits = limits
        self.stage = ModelStage.PREFERRED
        self._holding = Spell()

    def emergency(self, t: float) -> list[ModelStageChange]:
        return self._set(t, ModelStage.SMALL)

    def moved(self, t: float, *, local: bool) -> None:
        """The tier changed: how long the model holds is counted from here."""
        self._holding.stop()
        self._holding.track(t, local)

    def follow(self, t: float, *, holds: bool) -> list[ModelStageChange]:
        """``holds``: work is on a local tier, and nothing is against the preferred model there."""
        self._holding.track(t, holds)
        if self._holding.lasted(t, self._limits.preferred_model_hold):
            return self._set(t, ModelStage.PREFERRED)
        return []

    def restart_timers(self) -> None:
        self._holding.stop()

    def _set(self, t: float, stage: ModelStage) -> list[ModelStageChange]:
        if stage is self.stage:
            return []
        self.stage = stage
        return [ModelStageChange(t, stage)]
