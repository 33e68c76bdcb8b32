"""How long the program takes to end with work under way."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable

import psutil

from tests.bench.clips import long_clip
from tests.bench.plan import PROGRAM, ROOT, MeasurementFailed, Plan, median, spread
from tests.bench.rows import Budget, Row
from tests.e2e.program import wait_until
from tests.servers.fake_ollama import FakeOllama
from tests.servers.ollama_store import GIB, OllamaModel

LIMIT_S = 4.0
QUICK_ANSWER_S, SLOW_ANSWER_S = 0.02, 120.0
PICTURE_BYTES = 5_000
"""More than the request has that only tries the model."""

Ready = Callable[[subprocess.Popen[bytes], FakeOllama], None]


def measure(plan: Plan) -> list[Row]:
    """From SIGTERM to the end of the process, by the wall clock."""
    if os.name == "nt":
        return [Row("shutdown/with work", None, note="there is no SIGTERM here")]
    clip = str(long_clip().path)
    rows = []
    for moment, ready in (("reading", _reading), ("describing", _describing)):
        walls, left = [], 0
        for number in range(plan.times(5, 2)):
            models = [OllamaModel("moondream:latest", size=GIB, memory=GIB, vision=True)]
            with FakeOllama(models, gpu_bytes=0, ram_bytes=64 * GIB) as ollama:
                wall, orphans = _run(plan, f"shutdown-{moment}-{number}", ollama, clip, ready)
            walls.append(wall)
            left += orphans
        note = f"SIGTERM; {spread(walls)}; {left} processes left behind"
        rows.append(Row(f"shutdown/while {moment}", median(walls), "s", Budget(LIMIT_S), note))
    return rows


def _reading(process: subprocess.Popen[bytes], _ollama: FakeOllama) -> None:
    """The media worker is there and has used the processor for a moment."""

    def busy() -> bool:
        children = psutil.Process(process.pid).children()
        return process.poll() is not None or any(sum(child.cpu_times()[:2]) > 0.5 for child in children)

    wait_until(busy, "the media worker works")


def _describing(process: subprocess.Popen[bytes], ollama: FakeOllama) -> None:
    """A scene was described, and the answer for the next one takes minutes."""

    def asked() -> int:
        return sum(len(entry.body) > PICTURE_BYTES for entry in ollama.journal.entries("/api/chat"))

    wait_until(lambda: asked() >= 1 or process.poll() is not None, "the first scene is asked about")
    ollama.answer_seconds = SLOW_ANSWER_S
    before = asked()
    wait_until(lambda: asked() > before or process.poll() is not None, "the next scene is asked about")


def _run(plan: Plan, name: str, ollama: FakeOllama, clip: str, ready: Ready) -> tuple[float, int]:
    """Seconds from the signal to the end, and how many children outlived the program."""
    program = plan.program(name, OLLAMA_HOST=ollama.url)
    ollama.answer_seconds = QUICK_ANSWER_S
    process = subprocess.Popen(
        [*PROGRAM, "--open", clip],
        cwd=ROOT,
        env=program.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ready(process, ollama)
        if process.poll() is not None:
            raise MeasurementFailed(f"the program ended by itself with {process.returncode}")
        children = psutil.Process(process.pid).children(recursive=True)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        wall = time.monotonic() - begun
        _, alive = psutil.wait_procs(children, timeout=1)
        return wall, len(alive)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
