"""A door on a database of its own, with what a person allowed and what things cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import cast

from autocut_tray.core.clock import Clock
from autocut_tray.core.database import Database
from autocut_tray.core.egress.consent import Destination, Purpose
from autocut_tray.core.egress.door import Door
from autocut_tray.core.egress.ledger import Caps
from autocut_tray.core.egress.prices import USD, Price, PriceTable
from autocut_tray.core.jobs.store import SCHEMA

AMPLE = Caps(100 * USD, 1000 * USD, 10_000)
DEFAULTS = Caps(1 * USD, 5 * USD, 200)

PRICE = Price(
    input=Decimal("2.5"),
    output=Decimal(10),
    picture_tokens=1445,
    max_output=16384,
    source="test",
    as_of="2026-11-20",
)
TABLE = PriceTable({("api.openai.com", "gpt-4o"): PRICE, ("127.0.0.1", "gpt-4o"): PRICE})

GPT = Destination(
    "openai", "https://api.openai.com:443/v1", "gpt-4o", Purpose.VISION, needs_key=True, has_key=True
)


NO_DOOR = cast("Door", None)
"""For what must not even ask: a local model that did would fail."""


class Rig:
    """``events``: what the door told."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        allowed: Iterable[Destination] = (),
        *,
        caps: Caps | Callable[[], Caps] = AMPLE,
        prices: PriceTable = TABLE,
    ) -> None:
        self.database = Database(folder / "app.db", SCHEMA, durable=True)
        self.events: list[object] = []
        self.door = Door(
            self.database,
            clock,
            caps=caps if callable(caps) else lambda: caps,
            tell=self.events.append,
            prices=prices,
        )
        for destination in allowed:
            self.door.allow(destination)

    def close(self) -> None:
        self.database.close()
