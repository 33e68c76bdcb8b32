"""Which tiers may be used at all: the execution policy, and the standing wishes of the person."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from autocut_tray.core.policy.governor_types import CLOUD_FIRST, LOCAL_FIRST, Tier


class Mandate:
    """The ladder from best to worst, and the rungs of it that policy, pin and forced tier leave.

    The policy allows a set of tiers up to its base; PAUSED is always allowed. A pin leaves its tier and PAUSED; a
    forced tier leaves nothing above it. Both hold until they are taken back: while the policy does not allow the
    pinned tier, only PAUSED is left.
    """

    def __init__(self, base: Tier, allowed: AbstractSet[Tier], *, prefer_cloud: bool) -> None:
        self.ladder: Sequence[Tier] = CLOUD_FIRST if prefer_cloud else LOCAL_FIRST
        self._rank = {tier: rank for rank, tier in enumerate(self.ladder)}
        self.pin: Tier | None = None
        self.forced: Tier | None = None
        self.set_policy(base, allowed)

    def set_policy(self, base: Tier, allowed: AbstractSet[Tier]) -> None:
        """Raises ValueError when the policy does not allow its own base."""
        if base is not Tier.PAUSED and base not in allowed:
            raise ValueError(f"the base {base.value} is not among the allowed tiers")
        self.base = base
        below_base = self.ladder[self._rank[base] :]
        self._permitted = [tier for tier in below_base if tier in allowed or tier is Tier.PAUSED]
        self._settle()

    def wish(self, pin: Tier | None, forced: Tier | None) -> None:
        """What the person wants from now on."""
        self.pin, self.forced = pin, forced
        self._settle()

    def permits(self, tier: Tier) -> bool:
        """True when the policy allows ``tier``, whatever the person wishes now."""
        return tier in self._permitted

    def may_use(self, tier: Tier) -> bool:
        """True when policy and pin allow ``tier``; a forced tier above or below does not matter."""
        return tier in self._unpinned

    @property
    def ceiling(self) -> Tier:
        """The best tier that may be used now."""
        return self._rungs[0]

    def is_worse(self, tier: Tier, than: Tier) -> bool:
        return self._rank[tier] > self._rank[than]

    def better_than(self, tier: Tier) -> list[Tier]:
        """Tiers to go up to, best first."""
        return [rung for rung in self._rungs if self.is_worse(tier, rung)]

    def worse_than(self, tier: Tier) -> list[Tier]:
        """Tiers to go down to, best first."""
        return [rung for rung in self._rungs if self.is_worse(rung, tier)]

    def _settle(self) -> None:
        pin, top = self.pin, self._rank[self.forced or self.base]
        self._unpinned = [tier for tier in self._permitted if pin is None or tier in (pin, Tier.PAUSED)]
        self._rungs = [tier for tier in self._unpinned if self._rank[tier] >= top]
