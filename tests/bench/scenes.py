"""How fast videos are taken apart, beside plain decoding and PySceneDetect, and how large the worker gets."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.clips import Clip, long_clip, uhd_clip
from tests.bench.plan import ROOT, MeasurementFailed, Plan, bytecode, median, module, spread
from tests.bench.rows import Budget, Row
from tests.media import score_corpus
from tests.media.score_corpus import Told, Truth

OURS = "ours"
BARE = "ours, without pictures"
FAST = "ours, fast"
DECODE = "ffmpeg -f null"
DETECT = "detect-adaptive"
SAVE = "detect-adaptive save-images"
TOLERANCE = 2
BARE_TO_DECODE, BARE_TO_DETECT = 0.80, 0.65
TO_DECODE, TO_SAVE = 0.90, 0.50
FAST_TO_DECODE, FAST_F1 = 0.50, 0.95
RSS_MIB, RSS_UHD_MIB = 150.0, 300.0
FIRST_SCENE_PERCENT = 5.0
TIMEOUT = 300.0


@dataclass(frozen=True, slots=True)
class Run:
    """One program on one clip: seconds by the wall clock and of CPU, and what it printed."""

    wall: float
    cpu: float
    out: str


def measure(plan: Plan) -> list[Row]:
    """Cuts alone, as the command lists them, and cuts with a JPEG a scene, as a job wants them, in one pass."""
    clip = long_clip()
    runs: dict[str, list[Run]] = defaultdict(list)
    commands = _commands(clip, plan)
    for _ in range(plan.times(5, 2)):
        for name, command in commands.items():
            runs[name].append(_run(command, plan.folder))
    ours = [json.loads(run.out) for run in runs[OURS]]
    bare = json.loads(runs[BARE][0].out)
    _check(clip, ours[0])
    if not ours[0]["pictures"] or bare["pictures"] or bare["cuts"] != ours[0]["cuts"]:
        raise MeasurementFailed("with and without pictures are not the same scenes")
    rows = [*_speed_rows(runs), *_fast_rows(runs, clip), *_worker_rows(ours, clip)]
    if not plan.quick:
        uhd = json.loads(_run(_scan_command(uhd_clip()), plan.folder).out)
        rows.append(_rss_row("worker RSS, 2160p", [uhd], RSS_UHD_MIB))
    return rows


def _commands(clip: Clip, plan: Plan) -> dict[str, list[str]]:
    scan = _scan_command(clip)
    commands = {OURS: scan, BARE: [*scan, "bare"], FAST: [*scan, "fast"]}
    if (ffmpeg := shutil.which("ffmpeg")) is not None:
        commands[DECODE] = [ffmpeg, "-v", "error", "-i", str(clip.path), "-an", "-f", "null", "-"]
    peer = [sys.executable, "-m", "scenedetect", "-q", "-i", str(clip.path)]
    if subprocess.run([*peer[:3], "version"], capture_output=True, env=_environment()).returncode == 0:
        commands[DETECT] = [*peer, "detect-adaptive"]
        if not plan.quick:
            commands[SAVE] = [*peer, "detect-adaptive", "save-images", "-n", "1"]
    return commands


def _scan_command(clip: Clip) -> list[str]:
    return module("inside_scan", str(clip.path))


def _run(command: list[str], folder: Path) -> Run:
    """PySceneDetect writes pictures where it stands: a folder that goes away afterwards."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        wall, cpu = time.perf_counter(), _children_cpu()
        done = subprocess.run(
            command, cwd=place, env=_environment(), capture_output=True, text=True, timeout=TIMEOUT
        )
        run = Run(time.perf_counter() - wall, _children_cpu() - cpu, done.stdout)
    if done.returncode != 0:
        raise MeasurementFailed(f"{command[:4]} ended with {done.returncode}: {done.stderr[-500:]}")
    return run


def _environment() -> dict[str, str]:
    return {**os.environ, **bytecode(), "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _check(clip: Clip, found: dict[str, Any]) -> None:
    """A fast pass that finds nothing is no result."""
    hit = [cut for cut in clip.cuts if any(abs(cut - other) <= TOLERANCE for other in found["cuts"])]
    if found["frames"] != clip.frames or len(hit) < 0.9 * len(clip.cuts):
        raise MeasurementFailed(f"the scan found {len(hit)} of {len(clip.cuts)} cuts")


def _speed_rows(runs: dict[str, list[Run]]) -> list[Row]:
    ours = median(run.wall for run in runs[OURS])
    return [
        Row("scenes/wall", ours, "s", None, f"1080p30, 86 s; {spread(run.wall for run in runs[OURS])}"),
        Row("scenes/CPU", median(run.cpu for run in runs[OURS]), "s"),
        _ratio("cuts alone, wall to decode-only", runs, BARE, DECODE, BARE_TO_DECODE),
        _ratio("cuts alone, wall to PySceneDetect CLI", runs, BARE, DETECT, BARE_TO_DETECT),
        _ratio("with pictures, wall to decode-only", runs, OURS, DECODE, TO_DECODE),
        _ratio("with pictures, wall to PySceneDetect with pictures", runs, OURS, SAVE, TO_SAVE),
    ]


def _ratio(title: str, runs: dict[str, list[Run]], mine: str, theirs: str, limit: float) -> Row:
    """Run by run, so that it holds when the machine's speed drifts."""
    if theirs not in runs:
        return Row(f"scenes/{title}", None, note="not installed, or left out")
    pairs = list(zip(runs[mine], runs[theirs], strict=True))
    walls = [one.wall / other.wall for one, other in pairs]
    cpus = median(one.cpu / other.cpu for one, other in pairs)
    took = median(run.wall for run in runs[theirs])
    note = f"{spread(walls)}; CPU {cpus:.2f} x; theirs {took:.2f} s"
    return Row(f"scenes/{title}", median(walls), "x", Budget(limit), note)


def _fast_rows(runs: dict[str, list[Run]], clip: Clip) -> list[Row]:
    """The fast mode; that it fell back to the accurate one would be no result."""
    found = [json.loads(run.out) for run in runs[FAST]]
    if any(one["mode"] != "fast" for one in found):
        raise MeasurementFailed("the clip was not read in fast mode")
    told = [Told(frame) for frame in found[0]["cuts"]]
    score = score_corpus.score(Truth(clip.path.name, clip.cuts, (), ()), told)
    return [
        _ratio("fast, wall to decode-only", runs, FAST, DECODE, FAST_TO_DECODE),
        Row("scenes/fast, F1", score_corpus.f1([score]), "", Budget(FAST_F1, at_least=True), "on this clip"),
        _rss_row("fast, worker RSS, 1080p", found, RSS_MIB),
    ]


def _worker_rows(ours: list[dict[str, Any]], clip: Clip) -> list[Row]:
    late = [100 * (found["first_read"] - found["first_end"]) / clip.frames for found in ours]
    note = f"of the clip read past the first scene's end; {spread(late)}"
    return [
        _rss_row("worker RSS, 1080p", ours, RSS_MIB),
        Row("scenes/first scene out", median(late), "%", Budget(FIRST_SCENE_PERCENT), note),
    ]


def _rss_row(name: str, found: list[dict[str, Any]], limit: float) -> Row:
    peaks = [one["worker_mib"] for one in found if one["worker_mib"] is not None]
    if not peaks:
        return Row(f"scenes/{name}", None, note="the system does not tell")
    return Row(f"scenes/{name}", max(peaks), "MiB", Budget(limit), f"peak; {spread(peaks)}")
