"""Colour roles of both themes: with :mod:`~autocut_tray.ui.theme.panel` the one place that holds colours.

Contrast of every text role on every ground is measured in ``tests/ui/test_tokens.py``.
"""

from __future__ import annotations

from autocut_tray.core.frozen import frozen


@frozen
class Tokens:
    """One theme. ``line``/``line2``: hairline and strong border; ``*_ground``/``*_line``: the state strip."""

    dark: bool
    bg: str
    side: str
    card: str
    raised: str
    nav_on: str
    open: str
    line: str
    line2: str
    control: str
    text: str
    text2: str
    text3: str
    accent: str
    fill: str
    fill_hover: str
    on_fill: str
    ok: str
    warn: str
    crit: str
    warn_ground: str
    warn_line: str
    crit_ground: str
    crit_line: str
    track: str
    thumb: str

    def state(self, health: str) -> str:
        """The text colour of ``ok``, ``warn`` or ``crit``."""
        return {"ok": self.ok, "warn": self.warn, "crit": self.crit}[health]


DARK = Tokens(
    dark=True,
    bg="#15171A",
    side="#101214",
    card="#1C1F23",
    raised="#272B31",
    nav_on="#272B31",
    open="#22262B",
    line="#2A2E34",
    line2="#3B4149",
    control="#6F7883",
    text="#E9EBEE",
    text2="#B0B7BF",
    text3="#929AA4",
    accent="#8AB0FF",
    fill="#3C6BD6",
    fill_hover="#3561C8",
    on_fill="#FFFFFF",
    ok="#52C4A8",
    warn="#E8B04A",
    crit="#FF8A78",
    warn_ground="#2C2415",
    warn_line="#5A481F",
    crit_ground="#351C1A",
    crit_line="#6B3430",
    track="#30353C",
    thumb="#0D0F11",
)

LIGHT = Tokens(
    dark=False,
    bg="#F5F6F7",
    side="#ECEEF0",
    card="#FFFFFF",
    raised="#EEF0F2",
    nav_on="#DBDFE4",
    open="#F3F5F7",
    line="#E0E3E7",
    line2="#C9CED4",
    control="#7D858F",
    text="#1A1D21",
    text2="#4C535C",
    text3="#5F6771",
    accent="#2A5BC4",
    fill="#2F62CF",
    fill_hover="#2857BD",
    on_fill="#FFFFFF",
    ok="#0C7462",
    warn="#855400",
    crit="#B42318",
    warn_ground="#FFF3D9",
    warn_line="#E9CF94",
    crit_ground="#FDE7E3",
    crit_line="#F0B9B0",
    track="#DADEE3",
    thumb="#E4E7EA",
)
