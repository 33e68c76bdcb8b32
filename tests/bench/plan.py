"""What every measurement works with: how long it may take, where it may write, and how programs are started."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.program import Program
from tests.gui import xvfb

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
PROGRAM = [sys.executable, "-m", "autocut_tray"]


class MeasurementFailed(RuntimeError):
    """A program that was to be measured did something else; the text says what."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Where windows appear. ``offscreen`` knows no tray, so there one is pretended."""

    name: str
    environment: Mapping[str, str]

    @property
    def real(self) -> bool:
        return self.name == "xcb"


@dataclass(frozen=True, slots=True)
class Plan:
    """``quick``: fewer repetitions and shorter watching. ``folder``: temporary, of this run."""

    quick: bool
    folder: Path
    screen: Screen

    @property
    def corpus(self) -> Path:
        """Where the videos with known cuts would be."""
        return Path(os.environ.get("AUTOCUT_CORPUS", ROOT.parent / "shared" / "corpus"))

    def times(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def program(self, name: str, **servers: str) -> Program:
        """An installation of its own, on this plan's screen; by default no model server is reachable."""
        return Program(self.folder / name, {**self.screen.environment, **bytecode(), **servers})


def bytecode() -> dict[str, str]:
    """An environment in which Python keeps what it compiles, as every installation does.

    Without it a checkout under PYTHONDONTWRITEBYTECODE compiles all it imports at each start: hundreds of ms.
    """
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(kept_folder() / "bytecode")}


@contextmanager
def screen(wanted: str | None, folder: Path) -> Iterator[Screen]:
    """An X server with a window manager and a tray where those are installed, else Qt's offscreen platform.

    ``wanted``: ``xcb`` or ``offscreen``; None takes the best there is. Raises MeasurementFailed without an X server.
    """
    if wanted == "offscreen" or (wanted is None and not xvfb.available()):
        yield Screen("offscreen", {"QT_QPA_PLATFORM": "offscreen"})
        return
    if not xvfb.available():
        raise MeasurementFailed(f"for a real screen is missing: {', '.join(xvfb.missing())}")
    with xvfb.Desktop(folder) as desktop:
        dropped = dict.fromkeys(xvfb.FOREIGN, "")
        yield Screen("xcb", {**dropped, "DISPLAY": desktop.display, "QT_QPA_PLATFORM": "xcb"})


def run_json(
    command: list[str], environment: Mapping[str, str], timeout: float = PATIENCE
) -> list[dict[str, Any]]:
    """Run a program to its end and read the JSON lines on its stdout. Raises MeasurementFailed."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
        )
    except subprocess.TimeoutExpired as error:
        said = b" ".join(part for part in (error.stdout, error.stderr) if isinstance(part, bytes))
        last = said.decode("utf-8", "replace")[-500:].strip()
        raise MeasurementFailed(f"{command[2:]} did not end in {timeout:g} s: {last}") from None
    if done.returncode != 0:
        raise MeasurementFailed(f"{command[2:]} ended with {done.returncode}: {done.stderr[-500:].strip()}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def module(name: str, *arguments: str) -> list[str]:
    """The command line of one of this package's own programs."""
    return [sys.executable, "-m", f"tests.bench.{name}", *arguments]


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def spread(values: Iterable[float]) -> str:
    """Smallest and largest of several runs, for a note."""
    found = list(values)
    if len(found) == 1:
        return "one run"
    return f"{min(found):.4g}-{max(found):.4g} in {len(found)}"


def kept_folder() -> Path:
    """A folder of this person's for what is slow to make; kept between runs. Raises MeasurementFailed."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"autocut-bench-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and (folder.is_symlink() or folder.stat().st_uid != user):
        raise MeasurementFailed(f"{folder} belongs to somebody else")
    return folder
