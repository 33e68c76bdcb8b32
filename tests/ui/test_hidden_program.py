"""What the program keeps in memory and how often it wakes while nothing works and nobody looks.

The figures themselves are measured by ``tests.bench`` (``--only idle``); these tests hold what they rest on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from autocut_tray.core.monitor.monitor import RuntimeMonitor
from autocut_tray.core.settings.schema import Settings
from autocut_tray.ui.tray_watch import TrayWatch
from tests.fakes import FakeClock
from tests.monitor.test_history import SAMPLE
from tests.servers.fake_ollama import FakeOllama

ROOT = Path(__file__).parents[2]

PROGRAM = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QSystemTrayIcon
QSystemTrayIcon.isSystemTrayAvailable = staticmethod(lambda: True)
from autocut_tray.ui.app import App
real = App._attach
def attach(app, services):
    real(app, services)
    def look():
        if services.detection.explanation is None or services.monitor.latest is None:
            QTimer.singleShot(20, look)
            return
        reached = services.detection.profile.ollama.reachable
        print("FOUND " + json.dumps([reached, app.desktop.window is not None, sorted(sys.modules)]), flush=True)
        app.quit()
    look()
App._attach = attach
from autocut_tray.__main__ import main
sys.exit(main(["--hidden"]))
"""

NOT_WHILE_HIDDEN = {
    # HTTP with TLS, 12 MiB: servers of this machine are asked without it (core/http_light.py).
    *("requests", "urllib3", "charset_normalizer", "idna", "http.client", "email", "ssl", "_hashlib"),
    # Plurals and numbers of all languages, 7 MiB: plain texts are spoken without them (i18n.py).
    *("fluent", "babel", "pytz", "attr"),
    # What the window draws and wears.
    *("numpy", "pyqtgraph", "autocut_tray.ui.window", "autocut_tray.ui.content", "autocut_tray.ui.pages"),
    *("autocut_tray.ui.theme.fonts", "autocut_tray.ui.theme.palette", "autocut_tray.ui.theme.qss"),
    # What only work, a button or a caller needs.
    *(
        "av",
        "cv2",
        "pydantic",
        "yaml",
        "keyring",
        "typer",
        "rich",
        "fastapi",
        "uvicorn",
        "statistics",
        "uuid",
    ),
    *("autocut_tray.core.media.client", "autocut_tray.core.planning.plan", "autocut_tray.core.drill.walk"),
    *("autocut_tray.core.remedies.launch", "autocut_tray.core.analyzers.factory"),
    *("autocut_tray.instance_requests", "autocut_tray.documents", "autocut_tray.api.app"),
}
MOST_MODULES = 244
"""Of our own: a little above what it takes today. Each takes about 0.04 MiB for as long as the program runs."""


def hidden(home: Path, ollama: str) -> tuple[bool, bool, set[str]]:
    """Whether the server was reached, whether there is a window, and every module that was loaded."""
    environment = {
        **os.environ,
        "AUTOCUT_HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
        "LMSTUDIO_HOST": "http://127.0.0.1:9",
        "OLLAMA_HOST": ollama,
    }
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    line = next((line for line in ended.stdout.splitlines() if line.startswith("FOUND ")), None)
    assert ended.returncode == 0 and line is not None, ended.stderr
    reached, window, modules = json.loads(line.removeprefix("FOUND "))
    return reached, window, set(modules)


@pytest.mark.parametrize("served", [False, True], ids=["nothing reachable", "server up"])
def test_hidden_it_loads_nothing_that_only_a_window_or_work_needs(tmp_path: Path, served: bool) -> None:
    with FakeOllama() as server:
        reached, window, modules = hidden(tmp_path, server.url if served else "127.0.0.1:9")
        asked = [entry.path for entry in server.journal]
    assert reached is served and bool(asked) is served
    assert not window
    assert modules & NOT_WHILE_HIDDEN == set()
    assert len([name for name in modules if name.startswith("autocut_tray")]) <= MOST_MODULES


def test_idle_and_hidden_it_wakes_less_than_twelve_times_a_minute(qapp: object) -> None:
    monitor = Settings().monitor
    clock = FakeClock()
    over = threading.Event()
    readings = 0

    def sample() -> object:
        nonlocal readings
        readings += 1
        if clock.monotonic() >= 3600:
            over.set()
        return SAMPLE

    watched = RuntimeMonitor(
        clock,
        sample,  # type: ignore[arg-type]
        (),
        is_busy=lambda: over.is_set() and watched._stopping.wait(60) and False,
        intervals=lambda: (monitor.busy_interval, monitor.idle_interval),
    )
    watched.start()
    assert over.wait(60)
    watched.stop()
    tray = TrayWatch(lambda: True)
    assert readings / 60 + 60_000 / tray._timer.interval() < 12
    tray.stop()


def test_the_tray_is_asked_for_more_often_while_there_is_none(qapp: object) -> None:
    there = True
    watch = TrayWatch(lambda: there)
    assert watch._timer.interval() == 20_000
    there = False
    watch.poll()
    assert watch._timer.interval() == 10_000
    there = True
    watch.poll()
    assert watch._timer.interval() == 20_000
    watch.stop()
