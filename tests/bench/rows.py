"""A figure, what it may be, and how the two compare."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit; with ``at_least`` the figure has to reach it instead of staying below it."""

    limit: float
    at_least: bool = False

    def ratio(self, measured: float) -> float:
        """How much of the budget is used: up to 1 is within it, whichever way the limit counts."""
        if not self.at_least:
            return measured / self.limit
        return self.limit / measured if measured else float("inf")


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. ``measured`` None: it could not be taken, and ``note`` says why.

    ``name`` begins with its group (``start/tray``). ``budget`` None: for information.
    """

    name: str
    measured: float | None
    unit: str = ""
    budget: Budget | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        if self.measured is None or self.budget is None:
            return None
        return self.budget.ratio(self.measured)

    @property
    def missed(self) -> bool:
        return self.ratio is not None and self.ratio > 1

    @property
    def verdict(self) -> str:
        if self.measured is None:
            return "not measured"
        if self.ratio is None:
            return "-"
        if not self.missed:
            return "met"
        assert self.budget is not None
        return f"{'short' if self.budget.at_least else 'over'} by {self.ratio:.2f} x"

    def as_json(self) -> dict[str, object]:
        budget = self.budget
        return {
            "name": self.name,
            "measured": self.measured,
            "unit": self.unit,
            "budget": None if budget is None else budget.limit,
            "at_least": None if budget is None else budget.at_least,
            "ratio": self.ratio,
            "met": None if self.ratio is None else not self.missed,
            "verdict": self.verdict,
            "note": self.note,
        }


HEAD = ("measurement", "measured", "budget", "ratio", "verdict", "note")
_RIGHT = (1, 2, 3)


def table(rows: Sequence[Row]) -> str:
    """The rows as aligned text."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(_columns(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = []
    for line in cells:
        parts = [
            " " * (width - _columns(text)) + text
            if column in _RIGHT
            else text + " " * (width - _columns(text))
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  ".join(parts).rstrip())
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines)


def figure(value: float, unit: str) -> str:
    """Three significant digits, and whole numbers from 100 on."""
    text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{text} {unit}".rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    budget = ""
    if row.budget is not None:
        budget = ("≥ " if row.budget.at_least else "≤ ") + figure(row.budget.limit, row.unit)
    return (
        row.name,
        "" if row.measured is None else figure(row.measured, row.unit),
        budget,
        "" if row.ratio is None else f"{row.ratio:.2f}",
        row.verdict,
        row.note,
    )


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
