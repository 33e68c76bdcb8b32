"""Units under way, and until when those that began on a tier left softly may take."""

from __future__ import annotations

from autocut_tray.core.policy.governor_types import Tier


class UnitsInFlight:
    """Not thread-safe: the controller's lock guards it."""

    def __init__(self) -> None:
        self.count = 0
        self._left: Tier | None = None
        self._of_left = 0
        self._until: float | None = None

    def begin(self) -> None:
        self.count += 1

    def end(self, tier: Tier | None) -> None:
        """``tier``: where it ran; None for one that did not begin after all."""
        self.count -= 1
        if tier is not None and tier is self._left:
            self._of_left -= 1
        if self._of_left <= 0 or self.count <= 0:
            self._until = None

    def leave(self, tier: Tier, until: float | None) -> None:
        """The tier is another one now: what runs on ``tier`` may take ``until`` then; None: as long as it takes."""
        self._left, self._of_left = tier, self.count
        self._until = until if self.count else None

    def overdue(self, t: float) -> bool:
        """True once, when one that began on the tier that was left takes too long."""
        overdue = self._until is not None and t >= self._until
        if overdue:
            self._until = None
        return overdue
