"""The real program in processes of its own, and looks at what it leaves on disk."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds after which a condition that should come true is given up; nothing waits that long when all is well."""

FAST_RULES = json.dumps(
    {
        "green_hold": 0.5,
        "backoff_base": 0.5,
        "backoff_max": 2,
        "breaker_open": 0.5,
    }
)
"""The control rules with short waits: the same decisions, sooner."""


@dataclass
class Result:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass
class Program:
    """One person's installation. ``servers``: environment that says where model servers are.

    ``command`` starts it, from source or frozen.
    """

    home: Path
    servers: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = (sys.executable, "-m", "autocut_tray")

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LMSTUDIO", "OLLAMA", "AUTOCUT"))}
        return {
            **kept,
            "AUTOCUT_HOME": str(self.home),
            "LMSTUDIO_HOST": "http://127.0.0.1:9",
            "OLLAMA_HOST": "http://127.0.0.1:9",
            "PYTHONPATH": str(ROOT),
            "LANG": "en_GB.UTF-8",
            "QT_QPA_PLATFORM": "offscreen",
            **self.servers,
        }

    def start(self, *arguments: str, prefix: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        """``prefix``: a command that runs it."""
        return subprocess.Popen(
            [*prefix, *self.command, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",  # a test may ask for another encoding
            start_new_session=True,
        )

    def run(self, *arguments: str, timeout: float = PATIENCE) -> Result:
        return finish(self.start(*arguments), timeout)

    def rows(self, sql: str) -> list[sqlite3.Row]:
        """What the database says now; nothing while there is none."""
        file = self.home / "data" / "app.db"
        if not file.exists():
            return []
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5) as db:
            db.row_factory = sqlite3.Row
            try:
                rows = db.execute(sql).fetchall()
            except sqlite3.OperationalError:  # the tables are just being made
                rows = []
        db.close()
        return rows

    def described(self) -> int:
        return len(self.rows("SELECT 1 FROM scenes WHERE status = 'described'"))

    @property
    def log(self) -> str:
        file = self.home / "logs" / "autocut.log"
        return file.read_text("utf-8") if file.exists() else ""


def finish(process: subprocess.Popen[str], timeout: float = PATIENCE) -> Result:
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        raise AssertionError(f"did not end in {timeout} s\n{out[-2000:]}\n{err[-2000:]}") from None
    return Result(process.returncode, out, err)


def wait_until(condition: Callable[[], bool], what: str, timeout: float = PATIENCE) -> None:
    """Poll a fact of another process; it has no event to wait for."""
    until = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < until, f"never: {what}"
        time.sleep(0.02)
