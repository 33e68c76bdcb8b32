"""Tries the whole program once, from source or frozen, as a person would; needs no window where there is no X server.

python -m tests.smoke                # the source
python -m tests.smoke --frozen       # the program in dist/: what `dev.py freeze --check` does
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import requests

from autocut_tray.selftest.steps import STEPS
from release.names import WORK
from release.names import program as frozen_program
from tests.bench.plan import module, run_json
from tests.e2e.program import ROOT, Program, Result, finish, wait_until
from tests.gui import xvfb
from tests.gui.xvfb import Desktop
from tests.media_samples import SampleVideo, cuts_video
from tests.servers.real_server import RealServer
from tests.servers.tiny_vlm import write_tiny_vlm

SOURCE = (sys.executable, "-P", "-m", "autocut_tray")
START_MS, START_FACTOR = 150.0, 1.5
"""CPU time until the tray icon is up, or that much of what the smallest possible tray program takes: the budget."""
TRAY_RUNS, WHOLE_RUNS = 15, 3
PATIENCE = 180.0


@dataclass
class Trial:
    """One way to start the program, and what came of it. ``folder``: to be written in."""

    command: tuple[str, ...]
    folder: Path
    server: str
    failed: list[str] = field(default_factory=list)

    def program(self, name: str, **environment: str) -> Program:
        return Program(
            self.folder / name, {"LMSTUDIO_HOST": self.server, **environment}, command=self.command
        )

    def run(self, name: str, part: Callable[[Trial], str]) -> None:
        """One part of the trial: a failure is told and the others go on."""
        begin = time.monotonic()
        try:
            said = part(self)
        except Exception as error:
            self.failed.append(name)
            said = f"{type(error).__name__}: {error}"
        mark = "FAIL" if name in self.failed else "ok"
        say(f"{mark:<6}{name} ({time.monotonic() - begin:.0f} s): {said}")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def expect(fact: object, what: str) -> None:
    if not fact:
        raise AssertionError(what)


def done(result: Result) -> Result:
    expect(result.code == 0 and "Traceback" not in result.err, f"exit {result.code}: {result.err[-800:]}")
    return result


def words(trial: Trial) -> str:
    """Both languages, version, licences."""
    program = trial.program("words")
    version = done(program.run("--version", timeout=PATIENCE)).out.strip()
    expect("列出所有任务" in done(program.run("--help", "--lang", "zh-CN", timeout=PATIENCE)).out, "Chinese")
    expect("List all jobs" in done(program.run("--help", "--lang", "en", timeout=PATIENCE)).out, "English")
    if trial.command != SOURCE:
        licences = done(program.run("licences", timeout=PATIENCE)).out
        expect("GNU LESSER GENERAL PUBLIC LICENSE" in licences and "numpy" in licences, "licences")
    return version


def doctor(trial: Trial) -> str:
    """Everything that support asks for; no part of the program is broken."""
    report = done(trial.program("doctor").run("doctor", "--json", timeout=PATIENCE)).document
    bad = [check["text"] for check in report["checks"] if check["verdict"] == "problem"]
    expect(not bad, "; ".join(bad))
    return str(report["summary"]["text"])


def analysis(trial: Trial, clip: SampleVideo) -> str:
    """A clip through the worker and a real vision server, and out as files; PDF is drawn by a child of its own."""
    program = trial.program("analysis")
    (job,) = done(program.run("analyze", str(clip.path), "--json", timeout=PATIENCE)).document["jobs"]
    expect([(s["start_frame"], s["end_frame"]) for s in job["scenes"]] == clip.scenes, "the scenes")
    expect({s["status"] for s in job["scenes"]} == {"described"}, "the descriptions")
    for kind, name in (("otio", "cut.otio"), ("fcpxml", "cut.fcpxml"), ("contact-sheet", "sheet.pdf")):
        out = trial.folder / name
        done(program.run("export", job["id"], "--format", kind, "-o", str(out), timeout=PATIENCE))
        expect(out.stat().st_size > 500, f"{name} is empty")
    return f"{len(job['scenes'])} scenes described, three exports"


def selftest(trial: Trial) -> str:
    """The program's own trial of itself."""
    out = trial.folder / "selftest"
    done(trial.program("selftest").run("--selftest", str(out), timeout=len(STEPS) * PATIENCE))
    return f"{len(STEPS)} parts, {len(list(out.glob('*.png')))} pictures"


def parts(trial: Trial) -> str:
    """Commands that reach modules and files no other part reaches."""
    program = trial.program("parts")
    done(program.run("memory-demo", "--demo", "creation", timeout=PATIENCE))
    done(program.run("policy", "--json", timeout=PATIENCE))
    done(program.run("settings", timeout=PATIENCE))
    done(program.run("drill", timeout=PATIENCE))
    pdf = trial.folder / "report.pdf"
    done(program.run("report", "-o", str(pdf), timeout=PATIENCE))
    expect(pdf.read_bytes().startswith(b"%PDF"), "the report")
    return "memory, policy, settings, drill, report"


def api(trial: Trial, clip: SampleVideo) -> str:
    """`serve`: status, a job, metrics, pages; ended by `quit`."""
    program = trial.program("api", AUTOCUT_API__FOLDERS=str(clip.path.parent))
    serving = program.start("serve")
    try:
        assert serving.stdout is not None
        said = json.loads(serving.stdout.readline())
        http = requests.Session()
        http.trust_env = False
        http.headers["Authorization"] = f"Bearer {said['token']}"

        def get(path: str) -> requests.Response:
            return http.get(said["url"] + path, timeout=60)

        wait_until(lambda: get("/api/runtime/policy").status_code == 200, "the machine is known", PATIENCE)
        submitted = http.post(said["url"] + "/api/jobs", json={"paths": [str(clip.path)]}, timeout=60)
        (job,) = submitted.json()["jobs"]
        wait_until(lambda: state_of(get(f"/api/jobs/{job['id']}")) == "done", "the job is done", PATIENCE)
        for path in (
            "/api/runtime/status",
            "/api/runtime/profile",
            "/openapi.json",
            "/docs",
            "/metrics",
            "/",
        ):
            expect(get(path).status_code == 200, path)
        done(program.run("quit", timeout=PATIENCE))
        expect(serving.wait(30) == 0, "it ends when asked")
        finish(serving)
    finally:
        if serving.poll() is None:
            serving.kill()
            finish(serving)
    expect("Traceback" not in program.log and " ERROR " not in program.log, program.log[-800:])
    return "a job through the API, six documents, ended by quit"


def state_of(response: requests.Response) -> str:
    document = response.json()
    return str(document.get("job", document)["state"])


def desktop(trial: Trial, clip: SampleVideo) -> str:
    """Icon in the tray, window with something in it, a file handed over by a second launch, and the end."""
    program = trial.program("desktop")
    names = ("AUTOCUT_HOME", "LMSTUDIO_HOST", "OLLAMA_HOST", "LANG")
    environment = {"PYTHONPATH": str(ROOT), **{name: program.environment[name] for name in names}}
    with Desktop(trial.folder, size=(1400, 900)) as screen:
        app = screen.spawn(list(trial.command), **environment)
        icon = screen.wait_for_tray_icon(timeout=PATIENCE)
        screen.wait_for_window("AutoCut Director", timeout=PATIENCE)
        wait_until((program.home / "data" / "runtime_profile.json").exists, "the machine is known", PATIENCE)
        pixels = screen.pixels()
        colours = len(np.unique(pixels.reshape(-1, pixels.shape[-1]), axis=0))
        expect(colours > 50, "the window shows something")
        second = screen.spawn([*trial.command, "--open", str(clip.path)], **environment)
        expect(second.wait(PATIENCE) == 0, "a second launch hands its file over and ends")
        finished = "SELECT 1 FROM jobs WHERE state = 'done'"
        wait_until(lambda: bool(program.rows(finished)), "the clip is analysed", PATIENCE)
        WORK.mkdir(exist_ok=True)
        screen.screenshot(WORK / "smoke.png")
        done(program.run("quit", timeout=PATIENCE))
        expect(app.wait(30) == 0, "it ends when asked")
    expect("Traceback" not in program.log and " ERROR " not in program.log, program.log[-800:])
    return f"icon of {icon.width} px, window, a file by a second launch, ended by quit"


def start(trial: Trial) -> str:
    """What the start costs, against the smallest possible tray program in turn; offscreen.

    The least of many short runs is compared: other work on the machine only ever adds to what one costs.
    """
    program = trial.program("start")

    def stages(until: str) -> list[dict[str, Any]]:
        return run_json([*trial.command, "--quit-after", until], program.environment)

    stages("plots")  # warms the caches
    ours: list[float] = []
    peers: list[float] = []
    for _ in range(TRAY_RUNS):
        peers += [line["cpu_ms"] for line in run_json(module("peer", "tray"), program.environment)]
        ours += [line["cpu_ms"] for line in stages("tray")]
    runs = [stages("plots") for _ in range(WHOLE_RUNS)]
    said = f"tray {min(ours):.0f} ms CPU, smallest tray program {min(peers):.0f} ms"
    for lines in zip(*runs, strict=True):
        cpu, rss = (statistics.median(line[key] for line in lines) for key in ("cpu_ms", "rss_mib"))
        said += f"; {lines[0]['stage']} {cpu:.0f} ms CPU, {rss:.0f} MiB"
    said += f"; explained after {statistics.median(run[2]['wall_ms'] for run in runs):.0f} ms"
    limit = max(START_MS, START_FACTOR * min(peers))
    expect(min(ours) <= limit, f"{said}; tray limit {limit:.0f} ms")
    return said


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests.smoke")
    parser.add_argument("--frozen", action="store_true", help="the program in dist/ instead of the source")
    parser.add_argument("--only", nargs="*", metavar="PART", help="only these parts")
    options = parser.parse_args(arguments)
    command = (str(frozen_program()),) if options.frozen else SOURCE
    with tempfile.TemporaryDirectory(prefix="autocut-smoke-", ignore_cleanup_errors=True) as name:
        folder = Path(name) / "Clips é 片段"
        folder.mkdir()
        clip = cuts_video(folder / "clip é 片段.mp4", cuts=[30, 60, 90], frames=120)
        with RealServer(write_tiny_vlm(Path(name))) as server:
            trial = Trial(command, folder, server.base_url)
            wanted: dict[str, Callable[[Trial], str]] = {
                "words": words,
                "doctor": doctor,
                "analysis": lambda trial: analysis(trial, clip),
                "parts": parts,
                "selftest": selftest,
                "api": lambda trial: api(trial, clip),
                "start": start,
            }
            if xvfb.available():
                wanted["desktop"] = lambda trial: desktop(trial, clip)
            elif sys.platform == "linux":
                say(f"skip  desktop: not installed: {', '.join(xvfb.missing())}")
            for part, run in wanted.items():
                if not options.only or part in options.only:
                    trial.run(part, run)
    say(f"{len(trial.failed)} failed" + (f": {', '.join(trial.failed)}" if trial.failed else ""))
    return int(bool(trial.failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
