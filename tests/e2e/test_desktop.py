"""The real desktop program on a real X server: tray icon, window, a real drag-and-drop, analysed to the end."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.program import ROOT, Program, wait_until
from tests.gui import xvfb
from tests.gui.drag import drag_files
from tests.gui.xvfb import Desktop
from tests.media_samples import cuts_video
from tests.servers.real_server import RealServer

pytestmark = [
    pytest.mark.xcb,
    pytest.mark.skipif(not xvfb.available(), reason=f"not installed: {', '.join(xvfb.missing())}"),
]


DOUBLE_CLICK_SECONDS = 0.6
"""Qt takes two clicks within 0.4 s for one double click."""


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    folder = tmp_path / "desktop"
    folder.mkdir()
    with Desktop(folder, size=(1400, 900)) as opened:
        yield opened


def environment(program: Program) -> dict[str, str]:
    names = ("AUTOCUT_HOME", "LMSTUDIO_HOST", "OLLAMA_HOST", "LANG")
    return {"PYTHONPATH": str(ROOT), **{name: program.environment[name] for name in names}}


def test_icon_window_drop_and_quit(desktop: Desktop, tmp_path: Path, real_vision_server: RealServer) -> None:
    clip = cuts_video(tmp_path / "clip A é.mp4", cuts=[30, 60, 90], frames=120)
    program = Program(tmp_path / "home", {"LMSTUDIO_HOST": real_vision_server.base_url})
    command = [sys.executable, "-m", "autocut_tray"]
    app = desktop.spawn(command, **environment(program))
    icon = desktop.wait_for_tray_icon()
    assert icon.width >= 16
    window = desktop.wait_for_window("AutoCut Director")
    shape = desktop.geometry(window)
    wait_until((program.home / "data" / "runtime_profile.json").exists, "the machine is known")
    before = desktop.pixels()
    assert len(np.unique(before.reshape(-1, before.shape[-1]), axis=0)) > 50, "the window shows something"

    assert drag_files(desktop, [clip.path], shape.x + shape.width // 2, shape.y + shape.height // 2)
    wait_until(lambda: bool(program.rows("SELECT 1 FROM jobs WHERE state = 'done'")), "the clip is analysed")
    assert program.described() == 4
    assert [row["path"] for row in program.rows("SELECT path FROM jobs")] == [bytes(clip.path)]

    second = desktop.spawn(command, **environment(program))
    assert second.wait(20) == 0, "a second launch raises the first window and ends"

    desktop.click(*icon.centre)  # toggles the window away ...
    desktop.wait_until(lambda: not _shown(desktop, window), "the window is hidden")
    time.sleep(DOUBLE_CLICK_SECONDS)  # sooner it would be the second half of a double click, not a click
    desktop.click(*icon.centre)  # ... and back
    desktop.wait_until(lambda: _shown(desktop, window), "the window is back")

    began = time.monotonic()
    app.send_signal(signal.SIGTERM)
    assert app.wait(10) == 0
    assert time.monotonic() - began < 4, "shutdown takes less than 4 s"
    assert "Traceback" not in program.log
    assert " ERROR " not in program.log


def _shown(desktop: Desktop, window: int) -> bool:
    return window in desktop.windows("AutoCut Director")
