"""What it costs to have the program running: hidden in the tray, and with four plots in view."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.history import fill_month
from tests.bench.pages import page_shown_last, show_monitor_first
from tests.bench.plan import PROGRAM, ROOT, MeasurementFailed, Plan, module
from tests.bench.processes import Memory, Meter, Usage, memory
from tests.bench.rows import Budget, Row
from tests.servers import real_server
from tests.servers.tiny_vlm import write_tiny_vlm

HIDDEN_MIB = 70.0
PLOTS_MIB = 140.0
HIDDEN_CPU = 1.5
PLOTS_CPU = 5.0
WAKEUPS = 30.0
SETTLE_SECONDS = (20.0, 10.0)
WATCH_SECONDS = (90.0, 25.0)
END_SECONDS = 10.0
PLOTS = "plots"


@dataclass(frozen=True, slots=True)
class Watched:
    """One program after its watch."""

    memory: Memory
    later: Memory
    usage: Usage


def measure(plan: Plan) -> list[Row]:
    """All programs side by side for the same span: what each uses is counted, not timed."""
    rows: list[Row] = []
    with ExitStack() as ends:
        started = {
            "script": ends.enter_context(_peer(plan)),
            "hidden": ends.enter_context(_hidden(plan, "hidden")),
            "plots": ends.enter_context(_with_plots(plan)),
        }
        if real_server.available():
            folder = Path(ends.enter_context(tempfile.TemporaryDirectory(dir=plan.folder)))
            server = ends.enter_context(real_server.RealServer(write_tiny_vlm(folder)))
            started["served"] = ends.enter_context(_hidden(plan, "served", LMSTUDIO_HOST=server.base_url))
        else:
            rows.append(Row("idle/hidden, server up", None, note="xllamacpp is not installed"))
        seen = _watch(plan, started)
    if page_shown_last(plan.program(PLOTS).home) != "monitor":
        raise MeasurementFailed("the window to be watched did not show its plots")
    watched = f"{seen['hidden'].usage.seconds:.0f} s watched"
    return [*_hidden_rows(seen, watched), *_plots_rows(seen, watched), *rows]


def _watch(plan: Plan, started: dict[str, subprocess.Popen[bytes]]) -> dict[str, Watched]:
    time.sleep(SETTLE_SECONDS[plan.quick])
    _all_alive(started)
    first = {name: memory(process.pid) for name, process in started.items()}
    meters = {name: Meter(process.pid) for name, process in started.items()}
    time.sleep(WATCH_SECONDS[plan.quick])
    _all_alive(started)
    return {
        name: Watched(first[name], memory(process.pid), meters[name].read())
        for name, process in started.items()
    }


def _all_alive(started: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, process in started.items():
        if process.poll() is not None:
            raise MeasurementFailed(f"the {name} program ended with {process.returncode}")


def _hidden_rows(seen: dict[str, Watched], watched: str) -> list[Row]:
    rows = []
    floor = seen["script"]
    for name, title in (("hidden", "hidden, nothing reachable"), ("served", "hidden, server up")):
        if name not in seen:
            continue
        it = seen[name]
        own = "" if it.memory.own is None else f"; {it.memory.own:.0f} MiB of it its own alone"
        rows += [
            Row(
                f"idle/{title}: RSS",
                it.memory.rss,
                "MiB",
                Budget(HIDDEN_MIB),
                f"minimal tray script {floor.memory.rss:.0f} MiB{own}; at the end {it.later.rss:.1f}",
            ),
            Row(
                f"idle/{title}: CPU",
                it.usage.cpu_seconds_an_hour,
                "s/h",
                Budget(HIDDEN_CPU),
                f"{watched}; minimal tray script {floor.usage.cpu_seconds_an_hour:.2f}",
            ),
        ]
        if it.usage.wakeups_a_minute is not None:
            busiest = sorted(it.usage.woken.items(), key=lambda pair: -pair[1])[:4]
            rows.append(
                Row(
                    f"idle/{title}: wake-ups",
                    it.usage.wakeups_a_minute,
                    "/min",
                    Budget(WAKEUPS),
                    ", ".join(f"{n} {v:.0f}" for n, v in busiest)
                    + f"; others took the processor {it.usage.replaced_a_minute:.0f} times a minute",
                )
            )
    return rows


def _plots_rows(seen: dict[str, Watched], watched: str) -> list[Row]:
    it = seen["plots"]
    note = f"{watched}; the hour's range, 30 days of history"
    return [
        Row("idle/four plots: CPU", it.usage.cpu_seconds_an_hour, "s/h", Budget(PLOTS_CPU), note),
        Row("idle/four plots: RSS", it.later.rss, "MiB", Budget(PLOTS_MIB), "after the watch"),
    ]


@contextmanager
def _hidden(plan: Plan, name: str, **servers: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = plan.program(name, **servers).environment
    # Qt's offscreen platform has no tray, and without one the program shows its window.
    command = [*PROGRAM, "--hidden"] if plan.screen.real else module("pretend_tray", "--hidden")
    with _running(command, environment) as process:
        yield process


@contextmanager
def _with_plots(plan: Plan) -> Iterator[subprocess.Popen[bytes]]:
    program = plan.program(PLOTS)
    show_monitor_first(program.home)
    fill_month(program.home, time.time())
    with _running(PROGRAM, program.environment) as process:
        yield process


@contextmanager
def _peer(plan: Plan) -> Iterator[subprocess.Popen[bytes]]:
    with _running(module("peer", "tray", "--stay"), plan.program("script").environment) as process:
        yield process


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
