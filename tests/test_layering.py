"""What really gets imported when the program runs; the static contracts are import-linter's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

PROGRAM = """
import json, sys
from autocut_tray.__main__ import main
code = main(sys.argv[1:])
print("MODULES " + json.dumps([code, sorted(sys.modules)]))
"""


def modules_after(home: Path, *arguments: str) -> set[str]:
    environment = {
        **os.environ,
        "AUTOCUT_HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
        "LMSTUDIO_HOST": "http://127.0.0.1:9",
        "OLLAMA_HOST": "127.0.0.1:9",
    }
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    line = next(line for line in ended.stdout.splitlines() if line.startswith("MODULES "))
    code, modules = json.loads(line.removeprefix("MODULES "))
    assert code == 0, ended.stderr
    return {name.split(".")[0] for name in modules} | set(modules)


def test_the_tray_process_never_loads_a_decoder_nor_what_it_does_not_need(tmp_path: Path) -> None:
    loaded = modules_after(tmp_path, "--quit-after", "explained")
    assert "PySide6" in loaded and "psutil" in loaded
    forbidden = {
        "av",
        "cv2",
        "scenedetect",
        "numpy",
        "pyqtgraph",
        "requests",
        "pydantic",
        "typer",
        "rich",
        "keyring",
        "yaml",
    }
    assert loaded & forbidden == set()


def test_plots_bring_numpy_and_still_no_decoder(tmp_path: Path) -> None:
    loaded = modules_after(tmp_path, "--quit-after", "plots")
    assert "pyqtgraph" in loaded
    assert loaded & {"av", "cv2", "scenedetect"} == set()
    unused = {"pyqtgraph.graphicsItems.PlotItem", "pyqtgraph.widgets.SpinBox", "pyqtgraph.imageview"}
    assert loaded & (unused | {"PySide6.QtTest"}) == set()


def test_the_command_line_never_loads_qt(tmp_path: Path) -> None:
    loaded = modules_after(tmp_path, "profile", "--json")
    assert loaded & {"PySide6", "shiboken6", "av", "cv2", "scenedetect", "pyqtgraph"} == set()


def test_the_icon_is_up_before_anything_costly(tmp_path: Path) -> None:
    loaded = modules_after(tmp_path, "--quit-after", "tray")
    assert (
        loaded & {"sqlite3", "psutil", "fluent", "numpy", "requests", "h11", "autocut_tray.bootstrap"}
        == set()
    )
