"""Colours of the tray icon on a dark and on a light panel; apart from the tokens, because the icon comes first."""

from __future__ import annotations

from autocut_tray.core.frozen import frozen


@frozen
class PanelColours:
    """Colours of the tray icon on one kind of panel; ``on_crit``: the glyph inside the octagon."""

    fg: str
    ok: str
    warn: str
    crit: str
    job: str
    on_crit: str = "#FFFFFF"

    def state(self, health: str) -> str:
        return {"ok": self.ok, "warn": self.warn, "crit": self.crit}[health]


PANEL_DARK = PanelColours(fg="#F2F4F6", ok="#52C4A8", warn="#F0B84F", crit="#E5484D", job="#7FA9FF")
PANEL_LIGHT = PanelColours(fg="#24282D", ok="#0C7A67", warn="#9A5F00", crit="#C4281C", job="#2A5BC4")
