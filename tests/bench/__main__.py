"""Measures start, memory, idling, plots, shutdown and scene detection against their budgets, in one run.

    python3 dev.py bench                      everything, about six minutes
    python3 dev.py bench --quick              shorter, under two minutes, without the corpus
    python3 dev.py bench --only start idle    some groups
    python3 dev.py bench --json FILE          the figures as JSON too

Budgets are CPU time, memory, counts, or ratios to another program measured in turn: wall times on a shared
machine are noise. The exit status is 0 whatever comes out, unless --strict is given.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import SubprocessError

import psutil

from tests.bench import api, corpus, cost, folder, idle, overlap, plots, scenes, shutdown, start
from tests.bench.machine import machine_line
from tests.bench.plan import MeasurementFailed, Plan, screen
from tests.bench.rows import Row, table

GROUPS: dict[str, Callable[[Plan], list[Row]]] = {
    "start": start.measure,
    "idle": idle.measure,
    "cost": cost.measure,
    "plots": plots.measure,
    "shutdown": shutdown.measure,
    "api": api.measure,
    "scenes": scenes.measure,
    "overlap": overlap.measure,
    "folder": folder.measure,
    "corpus": corpus.measure,
}
SLOW = ("folder", "corpus")
"""Left out of a quick run unless asked for."""
FAILED = "failed: "
FAILURE_CHARACTERS = 300
FAULTS = (
    MeasurementFailed,
    AssertionError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
    SubprocessError,
    psutil.Error,
)
"""What a measurement that goes wrong raises; the others still run."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table; 1 with ``--strict`` when a budget is missed or a group failed."""
    chosen = _parse(arguments)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    rows: list[Row] = []
    machine = machine_line()
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="autocut-bench-", ignore_cleanup_errors=True) as folder,
        screen(chosen.platform, Path(folder)) as found,
    ):
        plan = Plan(chosen.quick, Path(folder), found)
        for name in chosen.only or [name for name in GROUPS if not (chosen.quick and name in SLOW)]:
            _say(f"{name} ...")
            rows += _measured(name, plan)
    seconds = time.monotonic() - begun
    missed = [row for row in rows if row.missed]
    budgeted = [row for row in rows if row.budget is not None]
    _print(f"{machine}; windows on {found.name}; {seconds:.0f} s\n")
    _print(table(rows))
    _print(f"\n{len(budgeted) - len(missed)} of {len(budgeted)} budgets met")
    if chosen.json is not None:
        document = {
            "machine": machine,
            "screen": found.name,
            "quick": chosen.quick,
            "seconds": round(seconds, 1),
            "rows": [row.as_json() for row in rows],
        }
        chosen.json.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return int(chosen.strict and any(row.missed or row.note.startswith(FAILED) for row in rows))


def _measured(name: str, plan: Plan) -> list[Row]:
    try:
        return GROUPS[name](plan)
    except FAULTS as error:
        return [Row(name, None, note=FAILED + " ".join(str(error).split())[-FAILURE_CHARACTERS:])]


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="dev.py bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, shorter watching")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=GROUPS, help=", ".join(GROUPS))
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a budget is missed")
    parser.add_argument(
        "--platform", choices=("xcb", "offscreen"), help="default: xcb under Xvfb if installed"
    )
    return parser.parse_args(arguments)


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _say(text: str) -> None:
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
