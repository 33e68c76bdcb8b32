"""Eight hours of the window in some minutes: what it holds must not grow.

The limit on memory is that of the budgets. Memory goes up and down by a MiB from hour to hour, so what counts is the
line through all hours, not the last one. Python's objects grow by what there is to show, a receipt every four
minutes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

HOURS = 8
GROWN_MIB = 2.0
HELD_MIB = 1.0
"""Of what is given out. It tells a leak from holes in the heap, which let the former grow by 0.3 to 7 MiB, by seed,
once and for all."""
GROWN_OBJECTS = 2000
GROWN_WIDGETS = 60
"""An opened receipt or two of the twelve in sight."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args(arguments).seed
    ran = subprocess.run(
        [sys.executable, "-m", "tests.soak.inside_window", str(seed), str(HOURS)],
        capture_output=True,
        text=True,
    )
    if ran.returncode != 0:
        sys.stderr.write(ran.stderr)
        return 1
    found = json.loads(ran.stdout)
    counts = found["counts"]
    known = [name for name, value in counts[0].items() if value is not None]
    grown = {name: growth([count[name] for count in counts]) for name in known}
    limits = {
        "rss": GROWN_MIB,
        "held": HELD_MIB,
        "objects": GROWN_OBJECTS,
        "widgets": GROWN_WIDGETS,
        "tops": 0.5,
    }
    limits = {name: most for name, most in limits.items() if name in known}
    failed = [name for name, most in limits.items() if grown[name] > most]
    for name, most in limits.items():
        values = ", ".join(f"{count[name]:.6g}" for count in counts)
        sys.stdout.write(
            f"window/{name}: grown by {grown[name]:+.2f} (at most {most:g}) in {HOURS} h: {values}\n"
        )
    if failed:
        sys.stdout.write(f"window: what there is more of: {_named(found['grown'])}\n")
    return int(bool(failed))


def growth(values: Sequence[float]) -> float:
    """By how much the straight line nearest to these values, equally far apart, rises from the first to the last."""
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    slope = sum((place - middle) * (value - mean) for place, value in enumerate(values))
    slope /= sum((place - middle) ** 2 for place in range(len(values)))
    return slope * (len(values) - 1)


def _named(grown: Sequence[Sequence[Any]]) -> str:
    return ", ".join(f"{count} {name}" for name, count in grown)


if __name__ == "__main__":
    sys.exit(main())
