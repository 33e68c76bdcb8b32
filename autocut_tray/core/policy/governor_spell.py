"""The one timer of the control rules."""

from __future__ import annotations

from autocut_tray.core.policy.governor_types import DUST


class Spell:
    """Since when something lasts; :attr:`since` is None while it does not."""

    __slots__ = ("since",)

    def __init__(self) -> None:
        self.since: float | None = None

    @property
    def on(self) -> bool:
        return self.since is not None

    def update(self, t: float, *, begins: bool, ends: bool) -> bool:
        """Begin or end it; True when it began now. Between both conditions it stays as it is (hysteresis)."""
        if self.since is None:
            if begins:
                self.since = t
                return True
        elif ends:
            self.since = None
        return False

    def track(self, t: float, holds: bool) -> None:
        """Follow one condition: any break ends the spell."""
        if not holds:
            self.since = None
        elif self.since is None:
            self.since = t

    def stop(self) -> None:
        self.since = None

    def held(self, t: float) -> float:
        return 0.0 if self.since is None else t - self.since

    def lasted(self, t: float, seconds: float) -> bool:
        return self.since is not None and t - self.since >= seconds - DUST
