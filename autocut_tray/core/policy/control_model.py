"""What is known of our own model in memory: on which tier, and how much VRAM it holds."""

from __future__ import annotations

import math
from collections.abc import Callable

from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import Route
from autocut_tray.core.sample import MetricsSample

Needs = Callable[[Route], tuple[float | None, float | None]]
"""What a route's model takes, VRAM and RAM in MiB; None: nobody knows."""

LOOK_SECONDS = 10.0
"""How often a server is asked what it has in memory, while we have a model there."""


class LoadedModel:
    """Not thread-safe: the controller's lock guards it."""

    def __init__(self) -> None:
        self.tier: Tier | None = None
        """The tier whose model is in memory because of us, as far as we know."""
        self.own_vram: float | None = None
        """MiB; None while unknown."""
        self._vram_before: int | None = None
        self._looked_at = -math.inf

    def need(self, route: Route | None, needs: Needs) -> float | None:
        """What this route's model would still have to take, MiB of VRAM on the GPU, else of RAM; nothing when it is
        there. ``needs``: both, of a model that is not."""
        if route is None:
            return None
        return 0.0 if self.tier is route.tier else _on_its_tier(route, needs)

    def more(self, wanted: Route | None, standing_in: Route | None, needs: Needs) -> float | None:
        """What the preferred model takes beyond the smaller one that stands in for it and goes then, MiB."""
        if wanted is None or standing_in is None or wanted == standing_in:
            return None
        takes = _on_its_tier(wanted, needs)
        goes = _on_its_tier(standing_in, needs) if self.tier is standing_in.tier else 0.0
        return None if takes is None else max(0.0, takes - (goes or 0.0))

    def begin_load(self, metrics: MetricsSample | None) -> None:
        """Something is about to be loaded: what VRAM is used now is not ours."""
        self._vram_before = metrics.vram_used if metrics else None

    def proven(self, tier: Tier, own_vram: float | None) -> None:
        """A probe on this tier passed. ``own_vram`` as the server says it, if it does."""
        self.tier, self.own_vram = tier, own_vram

    def forget(self) -> None:
        self.tier = self.own_vram = None

    def moved(self, target: Tier) -> None:
        """The tier is another one now; whose model is in memory is to be asked."""
        if self.tier is not target:
            self.forget()
        self.look_soon()

    def look_soon(self) -> None:
        self._looked_at = -math.inf

    def is_look_due(self, now: float, *, in_use: bool) -> bool:
        """Whether to ask the server now: it unloads by itself after a while, and a tier may change unprobed."""
        due = (self.tier is not None or in_use) and now - self._looked_at >= LOOK_SECONDS
        if due:
            self._looked_at = now
        return due

    def note(self, tier: Tier, answer: tuple[bool, float | None]) -> None:
        """What the server of ``tier`` said: whether the model is there, and its VRAM in MiB."""
        loaded, own_vram = answer
        if loaded:
            self.tier, self.own_vram = tier, own_vram
        elif self.tier is tier:
            self.forget()

    def learn(self, metrics: MetricsSample) -> None:
        """Without the server's own figure, what the load added to the use of VRAM is ours."""
        if self.tier is Tier.GPU and self.own_vram is None and metrics.vram_used is not None:
            before = self._vram_before
            self.own_vram = None if before is None else float(max(0, metrics.vram_used - before))


def _on_its_tier(route: Route, needs: Needs) -> float | None:
    vram, ram = needs(route)
    return vram if route.tier is Tier.GPU else ram
