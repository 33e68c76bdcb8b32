"""From the start of the process to the tray icon, the window, the explanation and the plots."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.bench.plan import PROGRAM, MeasurementFailed, Plan, median, module, run_json, spread
from tests.bench.rows import Budget, Row

STAGES = ("tray", "window", "explained", "plots")
PEERS = ("tray", "window", "plots")
CPU_MS = {"tray": 150.0, "window": 200.0, "plots": 650.0}
PEER_FACTOR = 1.5
EXPLAINED_MS = 1500.0
STALL_MS = 50.0
PLOTS_MIB = 140.0


def measure(plan: Plan) -> list[Row]:
    """Ours and the smallest possible programs in turn; the first round only warms the caches."""
    program = plan.program("start")
    environment = program.environment
    ours: dict[str, list[dict[str, Any]]] = defaultdict(list)
    peers: dict[str, list[dict[str, Any]]] = defaultdict(list)
    stalls: list[dict[str, Any]] = []
    for number in range(plan.times(9, 3) + 1):
        for peer in PEERS:
            (line,) = run_json(module("peer", peer), environment)
            if number:
                peers[peer].append(line)
        lines = run_json([*PROGRAM, "--quit-after", "plots"], environment)
        if [line["stage"] for line in lines] != list(STAGES):
            raise MeasurementFailed(f"the stages of the start were {[line['stage'] for line in lines]}")
        (stall,) = run_json(module("stall"), environment)
        if number:
            for line in lines:
                ours[line["stage"]].append(line)
            stalls.append(stall)
    return [*_cpu(ours, peers), *_memory(ours, peers), *_explained(ours), *_stalls(stalls)]


def _cpu(ours: dict[str, list[dict[str, Any]]], peers: dict[str, list[dict[str, Any]]]) -> list[Row]:
    rows = []
    for stage in STAGES:
        values = [line["cpu_ms"] for line in ours[stage]]
        limit = CPU_MS.get(stage)
        note = spread(values)
        if stage in peers:
            floor = median(line["cpu_ms"] for line in peers[stage])
            note += f"; minimal script {floor:.0f} ms, so {median(values) / floor:.2f} x that"
            if stage == "tray" and limit is not None:
                limit = max(limit, PEER_FACTOR * floor)
        rows.append(
            Row(f"start/{stage} CPU", median(values), "ms", None if limit is None else Budget(limit), note)
        )
    return rows


def _memory(ours: dict[str, list[dict[str, Any]]], peers: dict[str, list[dict[str, Any]]]) -> list[Row]:
    rows = []
    for stage in STAGES:
        values = [line["rss_mib"] for line in ours[stage]]
        note = spread(values)
        if stage in peers:
            note += f"; minimal script {median(line['rss_mib'] for line in peers[stage]):.0f} MiB"
        budget = Budget(PLOTS_MIB) if stage == "plots" else None
        rows.append(Row(f"start/{stage} RSS", median(values), "MiB", budget, note))
    return rows


def _explained(ours: dict[str, list[dict[str, Any]]]) -> list[Row]:
    walls = {stage: [line["wall_ms"] for line in ours[stage]] for stage in STAGES}
    return [
        Row("start/tray wall", median(walls["tray"]), "ms", None, spread(walls["tray"])),
        Row(
            "start/explained wall",
            median(walls["explained"]),
            "ms",
            Budget(EXPLAINED_MS),
            f"from process start, nothing reachable; {spread(walls['explained'])}",
        ),
    ]


def _stalls(stalls: list[dict[str, Any]]) -> list[Row]:
    longest = [stall["longest_ms"] for stall in stalls]
    worst = max(stalls, key=lambda stall: stall["longest_ms"])
    gaps = ", ".join(f"{gap['ms']:.0f} ms at {gap['at_ms']:.0f}" for gap in worst["gaps"][:3])
    own = median(stall["own_ms"] for stall in stalls)
    note = (
        f"longest gap of a 5 ms timer until explained, {own:.0f} ms the longest computing of its own; "
        f"{spread(longest)}; worst run: {gaps}"
    )
    return [Row("start/UI stall", median(longest), "ms", Budget(STALL_MS), note)]
