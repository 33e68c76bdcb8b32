"""A folder of 500 clips: dropped on the window, found, put in line, read and described, with the window open."""

from __future__ import annotations

import json
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from autocut_tray.core.instance import call_instance
from tests.bench.plan import MeasurementFailed, Plan, module
from tests.bench.rows import Budget, Row
from tests.e2e.program import ROOT, Program
from tests.media_samples import cuts_video
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, OllamaModel

CLIPS, QUICK_CLIPS = 500, 40
COPIES = 5
"""Clips that are there a second time, under another name."""
PATIENCE = 1800.0
START_SECONDS = 6.0
"""Building the window is not what is measured here."""
STALL_MS = 100.0
GROWTH_MIB = 30.0
_ENDED = "SELECT count(*) AS n FROM jobs WHERE state NOT IN ('queued', 'running', 'paused')"
_ALL = "SELECT count(*) AS n FROM jobs"


def make_folder(folder: Path, clips: int) -> Path:
    """Tiny clips that differ in a few bytes at their end, and some copies."""
    folder.mkdir()
    whole = cuts_video(folder.parent / "one.mp4", cuts=[12], frames=24, size=(128, 72)).path.read_bytes()
    for number in range(clips):
        mark = struct.pack(">I4sI", 12, b"free", number)
        (folder / f"clip {number:03}.mp4").write_bytes(whole + mark)
        if number < COPIES:
            (folder / f"copy {number:03}.mp4").write_bytes(whole + mark)
    return folder


def measure(plan: Plan) -> list[Row]:
    """How long until all are in line and done, what the window's thread stood still, and what memory it took."""
    clips = plan.times(CLIPS, QUICK_CLIPS)
    folder = make_folder(plan.folder / "clips", clips)
    models = [OllamaModel("moondream:latest", size=GIB, memory=GIB, vision=True)]
    with FakeOllama(models, gpu_bytes=0, ram_bytes=64 * GIB) as server:
        program = plan.program("folder", OLLAMA_HOST=server.url)
        process = subprocess.Popen(
            module("inside_folder", str(START_SECONDS)),
            cwd=ROOT,
            env=program.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            return _watch(program, process, folder, clips)
        finally:
            process.kill()
            process.communicate()


def _watch(program: Program, process: subprocess.Popen[str], folder: Path, clips: int) -> list[Row]:
    instance = program.home / "data" / "instance.json"
    _until(instance.exists, process)
    empty = folder.parent / "empty"
    empty.mkdir()
    call_instance(instance, {"command": "raise", "files": [str(empty)]})  # builds the page
    time.sleep(START_SECONDS + 2.0)
    us = psutil.Process(process.pid)
    before = us.memory_info().rss
    began = time.monotonic()
    call_instance(instance, {"command": "raise", "files": [str(folder)]})
    _until(lambda: _count(program, _ALL) >= clips, process)
    taken = time.monotonic() - began
    most = 0

    def is_done() -> bool:
        nonlocal most
        most = max(most, us.memory_info().rss)
        return _count(program, _ENDED) >= clips

    _until(is_done, process)
    done = time.monotonic() - began
    call_instance(instance, {"command": "quit"})
    out, error = process.communicate(timeout=30)
    lines = [line for line in out.splitlines() if line.startswith("{")]
    if not lines or _count(program, _ALL) != clips:
        raise MeasurementFailed(error[-300:])
    stalls = json.loads(lines[-1])["stalls"]
    worst = max((stall["cpu_ms"] for stall in stalls), default=0.0)
    wall = max((stall["ms"] for stall in stalls), default=0.0)
    states = {
        row["state"]: row["n"] for row in program.rows("SELECT state, count(*) AS n FROM jobs GROUP BY state")
    }
    return [
        Row("folder/in line", round(taken, 1), "s", None, f"{clips} clips and {COPIES} copies: {clips} jobs"),
        Row("folder/done", round(done, 1), "s", None, f"{states}"),
        Row(
            "folder/window busy at a stretch",
            round(worst, 1),
            "ms",
            Budget(STALL_MS),
            f"of its own work; {wall:.0f} ms on the clock, with decoders beside it",
        ),
        Row(
            "folder/memory",
            round((most - before) / 2**20, 1),
            "MiB",
            Budget(GROWTH_MIB),
            "more than before, at most",
        ),
    ]


def _count(program: Program, sql: str) -> int:
    rows = program.rows(sql)
    return int(rows[0]["n"]) if rows else 0


def _until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        if process.poll() is not None:
            raise MeasurementFailed(f"the program ended with {process.returncode}")
        if time.monotonic() > until:
            raise MeasurementFailed("it takes too long")
        time.sleep(0.1)
