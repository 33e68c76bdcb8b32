"""What the local API costs, and how it answers many clients at once."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import threading
import time
from urllib.parse import urlsplit

from tests.bench.plan import PROGRAM, ROOT, Plan
from tests.bench.processes import cpu_seconds, memory
from tests.bench.rows import Budget, Row
from tests.e2e.program import Program, wait_until

CLIENTS = 50
PAUSE_S = 0.5
"""Each client asks twice a second: a dashboard is not in a greater hurry."""
PATHS = (
    "/api/runtime/status",
    "/api/runtime/monitor",
    "/api/runtime/monitor/metrics/history?minutes=5",
    "/api/jobs",
    "/metrics",
)
P99_MS = 250.0
GROWTH_MIB = 8.0
SETTLE_S = 5.0


def measure(plan: Plan) -> list[Row]:
    """The same program without and with the API, then under load."""
    if os.name == "nt":
        return [Row("api/clients", None, note="there is no SIGTERM here")]
    seconds = float(plan.times(60, 10))
    off = _rss(plan, "api-off", enabled=False)[0]
    rss, rows = _rss(plan, "api-on", enabled=True, load_seconds=seconds)
    return [
        Row("api/memory it adds", rss - off, "MiB", note=f"{off:.0f} MiB headless without"),
        *rows,
    ]


def _rss(plan: Plan, name: str, *, enabled: bool, load_seconds: float = 0.0) -> tuple[float, list[Row]]:
    """Memory at rest, and the rows of a load if one was asked for."""
    program = plan.program(name, AUTOCUT_API__ENABLED=str(enabled).lower())
    process = subprocess.Popen(
        [*PROGRAM, "--headless"],
        cwd=ROOT,
        env=program.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ready = program.home / "data" / ("api.json" if enabled else "instance.json")
        wait_until(ready.exists, "it runs")
        time.sleep(SETTLE_S)
        rest = memory(process.pid).rss
        return rest, _load(program, process.pid, load_seconds) if load_seconds else []
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _load(program: Program, pid: int, seconds: float) -> list[Row]:
    said = json.loads((program.home / "data" / "api.json").read_text("ascii"))
    took: list[float] = []
    failures: list[str] = []
    _clients(said, 5.0, [], [])  # catalogues are read, threads are there
    before, cpu, began = memory(pid).rss, cpu_seconds(pid), time.monotonic()
    _clients(said, seconds, took, failures)
    span = time.monotonic() - began
    used, after = cpu_seconds(pid) - cpu, memory(pid).rss
    times = sorted(took)
    p50, p99 = (times[min(len(times) - 1, int(len(times) * share))] * 1000 for share in (0.5, 0.99))
    note = f"{CLIENTS} clients, {len(times) / span:.0f} requests/s for {span:.0f} s; median {p50:.1f} ms"
    return [
        Row("api/p99 of 50 clients", p99, "ms", Budget(P99_MS), f"{note}; {len(failures)} failed"),
        Row(
            "api/growth under them", after - before, "MiB", Budget(GROWTH_MIB), f"{after:.0f} MiB at the end"
        ),
        Row("api/CPU of a request", used / len(times) * 1000, "ms", note="whole program, a core"),
    ]


def _clients(said: dict[str, str], seconds: float, took: list[float], failures: list[str]) -> None:
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_client, args=(said, number, until, took, failures))
        for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _client(said: dict[str, str], number: int, until: float, took: list[float], failures: list[str]) -> None:
    """Asks for one thing after the other on a connection that it keeps."""
    where = urlsplit(said["url"])
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
    headers = {"Authorization": f"Bearer {said['token']}"}
    time.sleep(PAUSE_S * number / CLIENTS)
    turn = number
    while time.monotonic() < until:
        began = time.perf_counter()
        try:
            connection.request("GET", PATHS[turn % len(PATHS)], headers=headers)
            reply = connection.getresponse()
            reply.read()
            if reply.status != 200:
                failures.append(str(reply.status))
        except (OSError, http.client.HTTPException) as error:
            failures.append(type(error).__name__)
            connection.close()
        took.append(time.perf_counter() - began)
        turn += 1
        time.sleep(PAUSE_S)
    connection.close()
