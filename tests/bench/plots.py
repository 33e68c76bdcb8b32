"""What it costs to draw four plots, and whether drawing for hours takes more and more memory."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.bench.plan import Plan, median, module, run_json, spread
from tests.bench.rows import Budget, Row

UPDATE_MS = 5.0
GROWTH_MIB = 2.0
UPDATES_OF_8_HOURS = 8640


def measure(plan: Plan) -> list[Row]:
    """Offscreen always: painting is Qt's raster engine there as under X, and nothing is sent to a server."""
    environment = plan.program("plot-updates").environment | {"QT_QPA_PLATFORM": "offscreen"}
    updates = plan.times(120, 50)
    costs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _ in range(plan.times(3, 1)):
        for line in run_json(module("inside_plots", "cost", str(updates)), environment, timeout=180):
            costs[line["range"]].append(line)
    rows = []
    for name, lines in costs.items():
        values = [line["cpu_ms"] for line in lines]
        still = median(line["still_ms"] for line in lines)
        share = median(line["moved"] for line in lines) / updates
        note = f"{spread(values)}; {still:.1f} ms while the axis stands still, it moves in {share:.0%}"
        rows.append(Row(f"plots/update, {name}", median(values), "ms", Budget(UPDATE_MS), note))
    count = UPDATES_OF_8_HOURS if not plan.quick else UPDATES_OF_8_HOURS // 8
    (grown,) = run_json(module("inside_plots", "growth", str(count)), environment, timeout=600)
    note = f"{count} updates of four plots, from {grown['before_mib']:.0f} MiB"
    return [*rows, Row("plots/growth", grown["grown_mib"], "MiB", Budget(GROWTH_MIB), note)]
