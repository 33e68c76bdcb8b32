"""Has a contact sheet drawn by a process of its own, so that nothing but the window's process ever loads Qt."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

from autocut_tray.core.errors import AutoCutError
from autocut_tray.core.messages import message
from autocut_tray.core.process import CONTACT_SHEET, own_command, own_environment
from autocut_tray.core.timeline.sheet import Sheet, sheet_to_json

SECONDS = 120.0
"""400 pictures take a few."""


def draw_sheet(sheet: Sheet, command: Sequence[str] | None = None) -> bytes:
    """The sheet as PNG or PDF; raises AutoCutError ``sheet_not_drawn``. ``command`` starts the process that draws."""
    # Without a display the platform plug-in of the desktop would not start; Windows and macOS always have one.
    extra = {"QT_QPA_PLATFORM": "offscreen"} if sys.platform == "linux" else {}
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        drawn = subprocess.run(
            list(command or own_command(CONTACT_SHEET)),
            input=json.dumps(sheet_to_json(sheet)).encode(),
            capture_output=True,
            env=own_environment(extra),
            timeout=SECONDS,
            check=True,
            creationflags=flags,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or b""
        raise AutoCutError(
            "sheet_not_drawn",
            message("error-sheet-not-drawn"),
            message("error-sheet-not-drawn-hint"),
            detail=f"{error}: {said[-2000:].decode(errors='replace')}",
        ) from error
    return drawn.stdout
