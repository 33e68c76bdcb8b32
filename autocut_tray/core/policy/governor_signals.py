"""Turns samples into what the governor asks: who is pressed, who is eligible, who is green."""

from __future__ import annotations

from autocut_tray.core.policy.governor_editor import EditorSignal
from autocut_tray.core.policy.governor_memory import MemorySignal
from autocut_tray.core.policy.governor_spell import Spell
from autocut_tray.core.policy.governor_thresholds import Thresholds
from autocut_tray.core.policy.governor_types import (
    Action,
    Cause,
    CpuThrottle,
    Evidence,
    MemoryLevel,
    Metric,
    Sample,
    Tier,
)
from autocut_tray.core.policy.governor_vram import VramSignal


class CpuSignal:
    """Follows the CPU load, which never changes the tier; :attr:`throttled` asks for half the threads."""

    def __init__(self, limits: Thresholds) -> None:
        self._limits = limits
        self._hot = Spell()
        self._cool = Spell()
        self.throttled = False

    def observe(self, s: Sample) -> list[CpuThrottle]:
        load, limits = s.cpu_percent, self._limits
        if load is None:
            return []
        self._hot.track(s.t, load > limits.cpu_on)
        self._cool.track(s.t, load < limits.cpu_off)
        if self.throttled:
            spell, hold, limit = self._cool, limits.cpu_off_hold, limits.cpu_off
        else:
            spell, hold, limit = self._hot, limits.cpu_on_hold, limits.cpu_on
        if not spell.lasted(s.t, hold):
            return []
        self.throttled = not self.throttled
        why = Evidence(Cause.CPU_LOAD, Metric.CPU_PERCENT, load, limit, spell.held(s.t))
        return [CpuThrottle(s.t, self.throttled, why)]

    def restart_timers(self) -> None:
        self._hot.stop()
        self._cool.stop()


class Signals:
    """All signals, and the gate of each tier: since when nothing stands against going up to it."""

    def __init__(self, limits: Thresholds) -> None:
        self.sample = Sample(t=0.0)
        self.vram = VramSignal(limits)
        self.memory = MemorySignal(limits)
        self.cpu = CpuSignal(limits)
        self.editor = EditorSignal(limits)
        self._green: dict[Tier, Spell] = {tier: Spell() for tier in Tier if tier is not Tier.PAUSED}

    def observe(self, sample: Sample, tier: Tier) -> list[Action]:
        """Take a plausible sample, seen while work runs on ``tier``."""
        self.sample = sample
        actions = self.memory.observe(sample)
        actions += self.vram.observe(sample, tier)
        actions += self.cpu.observe(sample)
        actions += self.editor.observe(sample)
        for gate, green in self._green.items():
            green.track(sample.t, self.is_green(gate))
        return actions

    @property
    def emergency(self) -> bool:
        return self.memory.level is MemoryLevel.EMERGENCY

    def is_eligible(self, tier: Tier) -> bool:
        """The table for going down, breakers apart: enough RAM and the model fits, or the cloud is there."""
        if tier is Tier.GPU:
            return self.memory.is_enough and self.vram.fits
        if tier is Tier.CPU:
            return self.memory.is_enough and self.memory.fits
        return tier is Tier.PAUSED or self.sample.cloud_ok

    def is_green(self, tier: Tier) -> bool:
        """True when every limit of ``tier`` is off, with its distance."""
        if self.emergency or (tier.local and not self.editor.is_calm):
            return False
        if tier is Tier.GPU:
            return self.vram.is_green and self.memory.is_green
        if tier is Tier.CPU:
            return self.memory.is_green and self.memory.fits
        return tier is Tier.PAUSED or self.sample.cloud_ok

    def is_calm(self, tier: Tier) -> bool:
        """True when no signal against ``tier`` is on and what it depends on is known: a model may be loaded."""
        if self.emergency:
            return False
        if not tier.local:
            return tier is Tier.PAUSED or self.sample.cloud_ok
        return self.memory.is_calm and self.editor.is_calm and (tier is Tier.CPU or self.vram.is_calm)

    def may_grow(self, tier: Tier) -> bool:
        """True when nothing is against a larger model on ``tier``, and there is room for it."""
        if not (tier.local and self.is_calm(tier) and self.memory.is_green):
            return False
        return self.vram.fits_more if tier is Tier.GPU else self.memory.fits_more

    def may_enter(self, tier: Tier) -> bool:
        """True unless something came up during the probe of ``tier`` that its model's load cannot explain."""
        if tier is Tier.GPU:
            calm = not self.emergency and self.memory.is_calm and self.editor.is_calm
            return calm and self.sample.vram_used is not None
        return self.is_calm(tier)

    def green_lasted(self, tier: Tier, t: float, seconds: float) -> bool:
        return self._green[tier].lasted(t, seconds)

    def green_evidence(self, tier: Tier, t: float, cause: Cause) -> Evidence:
        """What a receipt for going up to ``tier`` shows."""
        held = self._green[tier].held(t)
        if tier is Tier.GPU:
            return self.vram.green_evidence(cause, held)
        if tier is Tier.CPU:
            return self.memory.green_evidence(cause, held)
        return Evidence(cause, held_s=held)

    def enter(self, tier: Tier) -> None:
        """Work moves up to ``tier``: what is against it gets its full grace again."""
        if tier.local:
            self.memory.enter()
        if tier is Tier.GPU:
            self.vram.enter()

    def restart_timers(self) -> None:
        """Time was lost: forget how long anything lasted."""
        self.vram.restart_timers()
        self.memory.restart_timers()
        self.cpu.restart_timers()
        self.editor.restart_timers()
        for green in self._green.values():
            green.stop()
