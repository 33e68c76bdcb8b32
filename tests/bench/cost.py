"""What one reading of the machine costs, and what is done with it: history, the governor."""

from __future__ import annotations

from typing import Any

from tests.bench.plan import Plan, median, module, run_json, spread
from tests.bench.rows import Budget, Row

WARM_MS = 1.0
COLD_MS = 2.0


def measure(plan: Plan) -> list[Row]:
    """Several processes, one after the other; each counts its own CPU time."""
    environment = plan.program("cost").environment
    ticks = str(plan.times(400, 100))
    runs: list[dict[str, Any]] = []
    for _ in range(plan.times(5, 2)):
        runs += run_json(module("inside_cost", ticks), environment)

    def row(name: str, key: str, unit: str, limit: float | None, note: str) -> Row:
        values = [run[key] for run in runs]
        budget = None if limit is None else Budget(limit)
        return Row(f"cost/{name}", median(values), unit, budget, f"{note}; {spread(values)}")

    return [
        row("one sample, warm", "warm_ms", "ms", WARM_MS, "mean of all, as every fifth reads more"),
        row("one sample, cold", "cold_ms", "ms", COLD_MS, "processor caches emptied before each"),
        row(
            "one sample, the first",
            "first_ms",
            "ms",
            None,
            "a VRAM source is looked for, its thread is started",
        ),
        row("one tick", "tick_ms", "ms", None, "sample, history, governor"),
        row("history, one reading", "add_us", "us", None, "five curves at four resolutions"),
        row("history, write of 30 s", "flush_ms", "ms", None, "a reading a second, one transaction"),
        row("governor, quiet", "governor_quiet_us", "us", None, "nothing to decide"),
        row("governor, busy", "governor_busy_us", "us", None, "values swing through every limit"),
    ]
