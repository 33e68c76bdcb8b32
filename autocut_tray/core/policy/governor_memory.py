"""The RAM signal and the memory level."""

from __future__ import annotations

from dataclasses import replace

from autocut_tray.core.policy.governor_spell import Spell
from autocut_tray.core.policy.governor_thresholds import RamLimits, Thresholds
from autocut_tray.core.policy.governor_types import (
    Action,
    Cause,
    Evidence,
    MemoryChange,
    MemoryLevel,
    Metric,
    Reclaim,
    Sample,
    SmallMachine,
)


class MemorySignal:
    """Follows available RAM. A failed reading neither begins nor ends a pressure, and no level ends on it."""

    def __init__(self, limits: Thresholds) -> None:
        self._limits = limits
        self._sample = Sample(t=0.0)
        self._total: float | None = None
        self._scaled = limits.small_ram_mib, limits.ram_limits(limits.small_ram_mib)
        self._short = Spell()
        self._last_short: Evidence | None = None
        self.level = MemoryLevel.OK
        self._warned = False
        self._tight = Spell()
        self._roomy = Spell()
        self._emergency = False
        self._critical_samples = 0
        self._safe = Spell()

    def observe(self, s: Sample) -> list[Action]:
        """Take a plausible sample."""
        self._sample = s
        used, avail = s.ram_percent, s.ram_avail
        if used is None or avail is None or s.ram_total is None:
            self._roomy.stop()
            self._safe.stop()
            return []
        actions: list[Action] = []
        if s.ram_total != self._total:
            self._learn_total(s.t, s.ram_total, actions)
        self._observe_shortage(s, avail, actions)
        self._observe_warn(s.t, used, avail, actions)
        self._observe_emergency(s.t, used, avail)
        self._settle_level(s.t, used, avail, actions)
        return actions

    def memory_error(self, t: float) -> list[Action]:
        """This process could not allocate: EMERGENCY at once, whatever the readings say."""
        actions: list[Action] = []
        self._safe.stop()
        if not self._emergency:
            self._emergency = True
            self._set_level(t, MemoryLevel.EMERGENCY, Evidence(Cause.MEMORY_ERROR), actions)
        return actions

    def pressure(self, t: float) -> Evidence | None:
        """Why tiers on this machine must be left; None while they need not, or while nothing is known."""
        known = self._sample.ram_avail is not None
        if known and self._last_short is not None and self._short.lasted(t, self._limits.ram_grace):
            return replace(self._last_short, held_s=self._short.held(t))
        return None

    def emergency_reason(self) -> Evidence:
        """Why EMERGENCY holds, for the change to PAUSED that follows from it."""
        used, avail = self._sample.ram_percent, self._sample.ram_avail
        if used is None or avail is None:
            return Evidence(Cause.EMERGENCY)
        return replace(self._critical_evidence(used, avail), cause=Cause.EMERGENCY)

    @property
    def _ram(self) -> RamLimits:
        """The limits for this much memory."""
        total, limits = self._scaled
        if total != self._total and self._total is not None:
            total, limits = self._scaled = self._total, self._limits.ram_limits(self._total)
        return limits

    @property
    def is_calm(self) -> bool:
        """True when the reading is known and no shortage is on, its grace included."""
        return self._sample.ram_avail is not None and not self._short.on

    @property
    def is_enough(self) -> bool:
        """True when a local tier may be entered on the way down."""
        return self._sample.ram_avail is not None and self._sample.ram_avail >= self._ram.on

    @property
    def fits(self) -> bool:
        """True when the model and the reserve fit into what is available."""
        s = self._sample
        return s.ram_avail is not None and (s.need_ram or 0.0) + self._limits.ram_reserve_mib <= s.ram_avail

    @property
    def fits_more(self) -> bool:
        """True when what the preferred model needs beyond the one of now, and the reserve, fit."""
        s = self._sample
        return s.ram_avail is not None and (s.need_more or 0.0) + self._limits.ram_reserve_mib <= s.ram_avail

    @property
    def is_green(self) -> bool:
        s = self._sample
        return s.ram_avail is not None and s.ram_avail > self._ram.off and not s.ram_stalled

    def green_evidence(self, cause: Cause, held_s: float) -> Evidence:
        """What a receipt for going back to the CPU shows."""
        return Evidence(cause, Metric.RAM_AVAILABLE_MIB, self._sample.ram_avail, self._ram.off, held_s)

    def enter(self) -> None:
        """Work moves up to a local tier: the grace begins anew."""
        self._short.stop()

    def restart_timers(self) -> None:
        """Forget how long anything lasted; a level stays until readings end it."""
        for spell in (self._short, self._tight, self._roomy, self._safe):
            spell.stop()
        self._critical_samples = 0

    def _learn_total(self, t: float, total: float, actions: list[Action]) -> None:
        first, self._total = self._total is None, total
        if first and total < self._limits.small_ram_mib:
            actions.append(SmallMachine(t, total, self._ram.on, self._ram.off))

    def _observe_shortage(self, s: Sample, avail: float, actions: list[Action]) -> None:
        if s.ram_stalled:
            self._last_short = Evidence(Cause.RAM, Metric.RAM_STALL)
        elif avail < self._ram.on:
            self._last_short = Evidence(Cause.RAM, Metric.RAM_AVAILABLE_MIB, avail, self._ram.on)
        short = s.ram_stalled or avail < self._ram.on
        over = not s.ram_stalled and avail > self._ram.cancel
        if self._short.update(s.t, begins=short, ends=over) and self._last_short is not None:
            actions.append(Reclaim(s.t, self._last_short, self._limits.warn_cache_keep))

    def _observe_warn(self, t: float, used: float, avail: float, actions: list[Action]) -> None:
        limits = self._limits
        tight = used >= limits.warn_on and avail < limits.warn_only_below_mib
        roomy = used < limits.warn_off or avail > limits.warn_clear_above_mib
        if self._tight.update(t, begins=tight, ends=roomy) and not self._warned:
            why = Evidence(Cause.MEMORY, Metric.RAM_PERCENT, used, limits.warn_on)
            actions.append(Reclaim(t, why, limits.warn_cache_keep))
        self._roomy.track(t, roomy)
        if self._warned:
            self._warned = not self._roomy.lasted(t, limits.warn_off_hold)
        else:
            self._warned = self._tight.lasted(t, limits.warn_grace)

    def _observe_emergency(self, t: float, used: float, avail: float) -> None:
        limits = self._limits
        critical = avail < limits.emergency_avail_mib or (
            used >= limits.emergency_on and avail < limits.emergency_only_below_mib
        )
        safe = avail > self._ram.emergency_off and (
            used < limits.emergency_off_used or avail > limits.emergency_off_above_mib
        )
        self._critical_samples = self._critical_samples + 1 if critical else 0
        self._safe.track(t, safe and not critical)
        if self._emergency:
            self._emergency = not self._safe.lasted(t, limits.emergency_off_hold)
        else:
            self._emergency = self._critical_samples >= limits.emergency_samples

    def _settle_level(self, t: float, used: float, avail: float, actions: list[Action]) -> None:
        limits, source = self._limits, self.level
        level = MemoryLevel.WARN if self._warned else MemoryLevel.OK
        if self._emergency:
            level = MemoryLevel.EMERGENCY
        if level is source:
            return
        if level is MemoryLevel.EMERGENCY:
            why = self._critical_evidence(used, avail)
        elif source is MemoryLevel.EMERGENCY:
            off, held = self._ram.emergency_off, self._safe.held(t)
            why = Evidence(Cause.MEMORY, Metric.RAM_AVAILABLE_MIB, avail, off, held)
        elif level is MemoryLevel.WARN:
            why = Evidence(Cause.MEMORY, Metric.RAM_PERCENT, used, limits.warn_on, self._tight.held(t))
        else:
            why = Evidence(Cause.MEMORY, Metric.RAM_PERCENT, used, limits.warn_off, self._roomy.held(t))
        self._set_level(t, level, why, actions)

    def _critical_evidence(self, used: float, avail: float) -> Evidence:
        limits = self._limits
        if avail < limits.emergency_avail_mib:
            return Evidence(Cause.MEMORY, Metric.RAM_AVAILABLE_MIB, avail, limits.emergency_avail_mib)
        return Evidence(Cause.MEMORY, Metric.RAM_PERCENT, used, limits.emergency_on)

    def _set_level(self, t: float, level: MemoryLevel, why: Evidence, actions: list[Action]) -> None:
        actions.append(MemoryChange(t, self.level, level, why))
        if level is MemoryLevel.EMERGENCY:
            s = self._sample
            actions.append(Reclaim(t, why, 0.0, s.own_vram if s.loaded else None))
        self.level = level
