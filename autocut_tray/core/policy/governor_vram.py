"""The VRAM signal: pressure that our own model does not explain."""

from __future__ import annotations

from dataclasses import replace

from autocut_tray.core.policy.governor_spell import Spell
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import Cause, Evidence, Metric, Reclaim, Sample, Tier


class VramSignal:
    """Follows the VRAM of the chosen device. A failed reading neither begins nor ends a pressure."""

    def __init__(self, limits: Thresholds) -> None:
        self._limits = limits
        self._sample = Sample(t=0.0)
        self._high = Spell()
        self._last_high: Evidence | None = None
        self._scarce_samples = 0
        self._unknown = Spell()
        self._used_before_load: float | None = None
        self._own_at_load = 0.0
        self._foreign_at_load: float | None = None

    def observe(self, s: Sample, tier: Tier) -> list[Reclaim]:
        """Take a plausible sample, seen while work runs on ``tier``."""
        self._sample = s
        limits, percent = self._limits, s.vram_percent
        self._unknown.track(s.t, percent is None)
        self._note_load(s)
        if percent is None or s.vram_used is None or s.vram_total is None:
            return []
        explained = self._explains(s, s.vram_used)
        scarce = s.vram_total - s.vram_used < limits.vram_hard_free_mib and not explained
        self._scarce_samples = self._scarce_samples + 1 if scarce else 0
        high = percent > limits.vram_on and not explained
        if high:
            self._last_high = Evidence(Cause.VRAM, Metric.VRAM_PERCENT, percent, limits.vram_on)
        began = self._high.update(s.t, begins=high, ends=explained or percent < limits.vram_cancel)
        # Pressure on a card that we neither use nor fill is none of our business.
        if began and self._last_high is not None and (tier is Tier.GPU or s.loaded):
            return [Reclaim(s.t, self._last_high, limits.warn_cache_keep, s.own_vram if s.loaded else None)]
        return []

    def pressure(self, t: float) -> tuple[Evidence, bool] | None:
        """Why the GPU must be left, and whether at once; None while it need not."""
        s, limits = self._sample, self._limits
        if s.vram_used is None or s.vram_total is None:
            if self._unknown.lasted(t, limits.vram_unknown_grace):
                return Evidence(Cause.VRAM_UNKNOWN, held_s=self._unknown.held(t)), False
            return None
        if self._scarce_samples >= limits.vram_hard_samples:
            free, limit = s.vram_total - s.vram_used, limits.vram_hard_free_mib
            return Evidence(Cause.VRAM, Metric.VRAM_FREE_MIB, free, limit, self._high.held(t)), True
        if self._last_high is not None and self._high.lasted(t, limits.vram_grace):
            return replace(self._last_high, held_s=self._high.held(t)), False
        return None

    @property
    def is_calm(self) -> bool:
        """True when the reading is known and no pressure is on, its grace included."""
        return self._sample.vram_used is not None and not self._high.on

    @property
    def fits(self) -> bool:
        """True when what the model needs beyond what it already holds, and the reserve, are free."""
        s = self._sample
        if s.vram_used is None or s.vram_total is None:
            return False
        ours = s.own_vram if s.loaded and s.own_vram is not None else 0.0
        return (s.need_vram or 0.0) + self._limits.vram_reserve_mib <= s.vram_total - s.vram_used + ours

    @property
    def fits_more(self) -> bool:
        """True when what the preferred model needs beyond the one of now, and the reserve, are free."""
        s = self._sample
        if s.vram_used is None or s.vram_total is None:
            return False
        return (s.need_more or 0.0) + self._limits.vram_reserve_mib <= s.vram_total - s.vram_used

    @property
    def is_green(self) -> bool:
        percent = self._sample.vram_percent
        return percent is not None and percent < self._limits.vram_off and self.fits

    def green_evidence(self, cause: Cause, held_s: float) -> Evidence:
        """What a receipt for going back to the GPU shows."""
        return Evidence(cause, Metric.VRAM_PERCENT, self._sample.vram_percent, self._limits.vram_off, held_s)

    def enter(self) -> None:
        """Work moves up to the GPU: the grace begins anew, and our model is loaded anew."""
        self._high.stop()
        self._scarce_samples = 0
        self._foreign_at_load = None

    def restart_timers(self) -> None:
        self._high.stop()
        self._unknown.stop()
        self._scarce_samples = 0

    def _note_load(self, s: Sample) -> None:
        """Remember what others held when our model was loaded."""
        if not s.loaded:
            self._foreign_at_load = None
            if s.vram_used is not None:
                self._used_before_load = s.vram_used
        elif self._foreign_at_load is None and s.vram_used is not None:
            own = s.own_vram
            if own is None and self._used_before_load is not None:
                own = s.vram_used - self._used_before_load
            if own is not None and own > 0.0:  # a model that holds no VRAM explains none
                self._own_at_load = own
                self._foreign_at_load = s.vram_used - own

    def _explains(self, s: Sample, used: float) -> bool:
        """True when others hold no more than at our load, give or take the slack."""
        if self._foreign_at_load is None:
            return False
        own = self._own_at_load if s.own_vram is None else s.own_vram
        return used - own <= self._foreign_at_load + self._limits.vram_foreign_slack_mib
