"""The shapes of requests, those about jobs apart."""

from __future__ import annotations

from pydantic import Field

from autocut_tray.api.shapes import Asked, TierName


class Degrade(Asked):
    """``tier``: where to go, one rung down where it is left out."""

    tier: TierName | None = None
    reason: str | None = Field(default=None, max_length=200)


class Pin(Asked):
    """``tier`` null takes the pin away."""

    tier: TierName | None


class Mute(Asked):
    muted: bool = True


class ActionAsked(Asked):
    """As a recommendation has it."""

    kind: str = Field(max_length=40)
    argument: str | None = Field(default=None, max_length=300)


class SettingChanges(Asked):
    """Values by path; null takes the choice back. All are changed, or none."""

    changes: dict[str, bool | int | float | str | None] = Field(min_length=1, max_length=50)
